//! Claims: a use extends a record's time as its limits allow, an expired record is as good as absent, and the sweep
//! drops what has expired. The sessions of claims that sweep live in a time of their own.

use crate::record::commit::{Commit, Committed};
use crate::record::timestamp::Timestamp;
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::testing::conformance::assertions::{assert_equal, assert_record, assert_values, expect_expiry};
use crate::testing::conformance::test_session::KeyChange::Set;
use crate::testing::conformance::test_session::{
    MILLISECOND, NOW, SWEEP_NOW, TestSession, changes, index_change, random_hash, random_token,
};
use crate::testing::conformance::test_store::TestStore;

const DONE: &str = "a use of a live record must be done";

pub(crate) async fn a_touch_sets_last_seen_and_renews_only_below_the_threshold(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    for (used, expires) in [(0, 100), (20, 100), (21, 121), (41, 121), (42, 142), (141, 241)] {
        let committed = session.commit(&session.touch(session.time_after(used))).await;
        let requirement = format!("a touch must extend past the threshold only: used after {used} s");
        assert_equal(expect_expiry(&committed, DONE), session.time_after(expires).as_millis(), &requirement);
        let record = session.expect_record().await;
        assert_equal(record.expires, session.time_after(expires), &requirement);
        assert_equal(record.last_seen, session.time_after(used), "a touch must note the time as last seen");
        assert_values(&record.values, &[("a", "1")], "a touch must leave the values alone");
    }
    for (below, used, expires) in [(1000, 141, 241), (1000, 142, 242), (0, 241, 242)] {
        let committed = session.commit(&Commit::touch(session.token, below, session.time_after(used))).await;
        let requirement = format!("a touch must extend below the threshold that it names: {below} per mille");
        assert_equal(expect_expiry(&committed, DONE), session.time_after(expires).as_millis(), requirement);
    }
}

/// Servers do not agree on the time to the millisecond.
pub(crate) async fn a_renewal_never_shortens_the_lifetime(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    session.commit(&session.touch(session.time_after(50))).await;
    for below in [0, 800, 1000] {
        let touch = Commit::touch(session.token, below, session.time_after(10));
        let mut change = touch.clone();
        change.changes = changes(&[Set("a", "2")]);
        for commit in [touch, change] {
            let requirement = "no use must shorten a session, as one by a clock that is behind might";
            let committed = session.commit(&commit).await;
            assert_equal(expect_expiry(&committed, DONE), session.time_after(150).as_millis(), requirement);
            assert_equal(session.expect_record().await.expires, session.time_after(150), requirement);
        }
    }
}

pub(crate) async fn a_renewal_never_exceeds_the_absolute_end(store: TestStore) {
    const REQUIREMENT: &str = "no use must extend a session beyond the end that its limits set";
    let session = TestSession::new(&store);
    let mut old = session.new_record(&[]);
    old.expires = session.time_after(951);
    session.store_record(&old, &[]).await;
    for used in [950, 999] {
        let committed = session.commit(&session.touch(session.time_after(used))).await;
        assert_equal(expect_expiry(&committed, DONE), session.time_after(1000).as_millis(), REQUIREMENT);
    }
    assert_equal(session.commit(&session.touch(session.time_after(1000))).await, Committed::Missing, REQUIREMENT);
    assert_record(session.load(session.time_after(1000)).await.as_ref(), None, REQUIREMENT);
}

pub(crate) async fn a_change_renews_like_a_touch(store: TestStore) {
    let session = TestSession::create(&store, &[]).await;
    for (used, expires) in [(20, 100), (21, 121)] {
        let mut change = session.change(&[Set("a", "1")]);
        change.now = session.time_after(used);
        let requirement = format!("a change must extend as a touch does: used after {used} s");
        assert_equal(
            expect_expiry(&session.commit(&change).await, DONE),
            session.time_after(expires).as_millis(),
            requirement,
        );
        assert_equal(
            session.expect_record().await.last_seen,
            session.time_after(used),
            "a change must note the time as last seen",
        );
    }
}

pub(crate) async fn a_commit_without_renewal_changes_no_time(store: TestStore) {
    const REQUIREMENT: &str = "a commit that is no use of the session must move neither its expiry nor the last use";
    let session = TestSession::create(&store, &[]).await;
    let mut job = Commit::empty(session.time_after(90));
    job.changes = changes(&[Set("a", "1")]);
    let expected = Committed::Done { revision: 2, expires: session.time_after(100) };
    assert_equal(session.commit(&job).await, expected.clone(), REQUIREMENT);
    let record = session.expect_record().await;
    assert_equal((record.last_seen, record.expires), (NOW, session.time_after(100)), REQUIREMENT);
    assert_values(&record.values, &[("a", "1")], "a commit that is no use must store its changes all the same");
    assert_equal(session.commit(&Commit::empty(session.time_after(95))).await, expected, REQUIREMENT);
    job.token = Some(random_token());
    let requirement = "a commit that is no use, and names a token, must be refused under another";
    assert_equal(session.commit(&job).await, Committed::Replaced { rotated: None }, requirement);
}

pub(crate) async fn a_record_is_live_until_its_expiry(store: TestStore) {
    const GONE: &str = "from the instant it expires, a record must be as good as absent";
    let session = TestSession::create(&store, &[("a", "1")]).await;
    let last = just_before(session.time_after(100));
    assert!(session.load(last).await.is_some(), "a record must live until the very instant it expires");
    let never = Commit::touch(session.token, 0, last);
    let requirement = "a use in the last millisecond must find the record alive";
    assert_equal(
        expect_expiry(&session.commit(&never).await, requirement),
        session.time_after(100).as_millis(),
        requirement,
    );
    for now in [session.time_after(100), session.time_after(100) + MILLISECOND, session.time_after(100_000)] {
        assert_record(session.load(now).await.as_ref(), None, GONE);
        assert_equal(session.commit(&session.touch(now)).await, Committed::Missing, GONE);
        for token in [session.token, random_token()] {
            assert_equal(session.delete(DeleteCondition::Token(token), now).await, Deleted::Missing, GONE);
        }
    }
}

fn just_before(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millis() - 1)
}

pub(crate) async fn sweeping_deletes_only_expired_records_up_to_the_limit(store: TestStore) {
    let sessions = [(); 7].map(|()| TestSession::starting_at(&store, SWEEP_NOW));
    let after = |seconds| sessions[0].time_after(seconds);
    store.delete_all_expired(after(1000)).await;
    for (session, expires) in sessions.iter().zip(1..) {
        let mut record = session.new_record(&[("a", "1"), ("b", "2")]);
        record.expires = after(expires);
        session.store_record(&record, &[]).await;
    }
    assert_equal(store.delete_expired(SWEEP_NOW, 10).await, 0, "a sweep must not drop, or count, live records");
    let mut counts = Vec::new();
    for batch in [0, 2, 2, 2, 2] {
        counts.push(store.delete_expired(after(5), batch).await);
    }
    let requirement = "a sweep must drop up to `batch` expired records, all of them in the end, and say how many";
    assert_equal(counts, vec![0, 2, 2, 1, 0], requirement);
    for (session, expires) in sessions.iter().zip(1..) {
        let loaded = session.load(SWEEP_NOW).await;
        let requirement =
            format!("a sweep after 5 s must drop what expired until then and no other: after {expires} s");
        assert_equal(loaded.is_some(), expires > 5, &requirement);
        if let Some(record) = loaded {
            assert_values(&record.values, &[("a", "1"), ("b", "2")], "a sweep must leave live records whole");
        }
    }
    assert_equal(store.delete_expired(after(1000), usize::MAX).await, 2, "a sweep must take any number as its batch");
}

pub(crate) async fn sweeping_keeps_a_record_until_its_expiry(store: TestStore) {
    let session = TestSession::starting_at(&store, SWEEP_NOW);
    store.delete_all_expired(session.time_after(1000)).await;
    session.store_record(&session.new_record(&[]), &[]).await;
    let last = just_before(session.time_after(100));
    assert_equal(
        store.delete_expired(last, 10).await,
        0,
        "a sweep must spare a record until the very instant it expires",
    );
    assert!(session.load(last).await.is_some(), "a sweep must spare a record until the very instant it expires");
    assert_equal(
        store.delete_expired(session.time_after(100), 10).await,
        1,
        "a sweep must drop a record at the instant it expires",
    );
}

pub(crate) async fn sweeping_keeps_a_renewed_record_until_its_new_expiry(store: TestStore) {
    let session = TestSession::starting_at(&store, SWEEP_NOW);
    store.delete_all_expired(session.time_after(1000)).await;
    session.store_record(&session.new_record(&[]), &[]).await;
    let mut change = session.change(&[Set("a", "1")]);
    change.now = session.time_after(90);
    let uses = [
        ("a touch", session.touch(session.time_after(50)), 150),
        ("a rotation", session.rotation(session.token, session.limits(), session.time_after(60)), 160),
        ("a change", change, 190),
    ];
    for (what, commit, expires) in uses {
        session.commit(&commit).await;
        let requirement = format!("a sweep must spare an extended record until its new time: after {what}");
        assert_equal(store.delete_expired(just_before(session.time_after(expires)), 10).await, 0, &requirement);
        assert!(session.load(SWEEP_NOW).await.is_some(), "{requirement}");
    }
    let requirement = "a sweep must drop an extended record at its new time";
    assert_equal(store.delete_expired(session.time_after(190), 10).await, 1, requirement);
    assert_record(session.load(SWEEP_NOW).await.as_ref(), None, requirement);
}

pub(crate) async fn sweeping_does_not_count_a_deleted_session(store: TestStore) {
    let session = TestSession::starting_at(&store, SWEEP_NOW);
    store.delete_all_expired(session.time_after(1000)).await;
    session.store_record(&session.new_record(&[]), &[]).await;
    session.delete(DeleteCondition::Token(session.token), SWEEP_NOW).await;
    let requirement = "a sweep must not count a session that was ended before";
    assert_equal(store.delete_expired(session.time_after(1000), 10).await, 0, requirement);
}

pub(crate) async fn sweeping_leaves_no_data(store: TestStore) {
    let (session, hash) = (TestSession::starting_at(&store, SWEEP_NOW), random_hash());
    store.delete_all_expired(session.time_after(1000)).await;
    session.store_record(&session.new_record(&[("a", "1")]), &[index_change("user", Some(hash))]).await;
    assert_equal(store.delete_expired(session.time_after(100), 10).await, 1, "a sweep must drop an expired record");
    assert_record(session.load(SWEEP_NOW).await.as_ref(), None, "a record that was swept must not load");
    assert!(store.find(&hash, SWEEP_NOW).await.is_empty(), "a record that was swept must leave no index entry behind");
    if store.create(&session.id, &session.new_record(&[]), &[]).await {
        let requirement = "a record that was swept must leave no values behind for a record of its id";
        assert_record(session.load(SWEEP_NOW).await.as_ref(), Some(&session.new_record(&[])), requirement);
        store.delete_all_expired(session.time_after(1000)).await;
    }
}
