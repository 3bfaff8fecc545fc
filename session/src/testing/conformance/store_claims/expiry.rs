//! Claims: renewal within the limits, expired records, and `delete_expired`.
//!
//! The sessions of `sweeping` claims start at `SWEEP_NOW`, so that no session of another claim is deleted.

use crate::record::commit::{Commit, Committed, CommittedVersion};
use crate::record::timestamp::Timestamp;
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::testing::conformance::assertions::{assert_equal, assert_record, assert_values};
use crate::testing::conformance::test_session::KeyChange::Set;
use crate::testing::conformance::test_session::{
    MILLISECOND, NOW, SWEEP_NOW, TestSession, changes, index_change, random_hash, random_token,
};
use crate::testing::conformance::test_store::TestStore;

const DONE: &str = "a renewal of a live record must return Done";

pub(crate) async fn a_touch_sets_last_seen_and_renews_only_below_the_threshold(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    for (seconds, expires) in [(0, 100), (20, 100), (21, 121), (41, 121), (42, 142), (141, 241)] {
        let version = session.apply(&session.touch(session.time_after(seconds)), DONE).await;
        let requirement = format!("a touch must renew only below the threshold: after {seconds} s");
        assert_equal(version.expires, session.time_after(expires), &requirement);
        let record = session.expect_record().await;
        assert_equal(record.expires, session.time_after(expires), &requirement);
        assert_equal(record.last_seen, session.time_after(seconds), "a touch must set `last_seen`");
        assert_values(&record.values, &[("a", "1")], "a touch must not change the values");
    }
    for (below, seconds, expires) in [(1000, 141, 241), (1000, 142, 242), (0, 241, 242)] {
        let touch = Commit::touch(session.token, below, session.time_after(seconds));
        let requirement = format!("a touch must renew below its own threshold: {below} per mille");
        assert_equal(session.apply(&touch, DONE).await.expires, session.time_after(expires), requirement);
    }
}

/// The clocks of servers differ (clock skew).
pub(crate) async fn a_renewal_never_shortens_the_lifetime(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    session.commit(&session.touch(session.time_after(50))).await;
    for below in [0, 800, 1000] {
        let touch = Commit::touch(session.token, below, session.time_after(10));
        let mut change = touch.clone();
        change.changes = changes(&[Set("a", "2")]);
        for commit in [touch, change] {
            let requirement = "a renewal with an earlier clock must not shorten the lifetime";
            assert_equal(session.apply(&commit, DONE).await.expires, session.time_after(150), requirement);
        }
    }
}

pub(crate) async fn a_renewal_never_exceeds_the_absolute_end(store: TestStore) {
    const REQUIREMENT: &str = "a renewal must not exceed the absolute end";
    let session = TestSession::new(&store);
    let mut old = session.new_record(&[]);
    old.expires = session.time_after(951);
    session.store_record(&old, &[]).await;
    for seconds in [950, 999] {
        let version = session.apply(&session.touch(session.time_after(seconds)), DONE).await;
        assert_equal(version.expires, session.time_after(1000), REQUIREMENT);
    }
    assert_equal(session.commit(&session.touch(session.time_after(1000))).await, Committed::Missing, REQUIREMENT);
    assert_record(session.load(session.time_after(1000)).await.as_ref(), None, REQUIREMENT);
}

pub(crate) async fn a_change_renews_like_a_touch(store: TestStore) {
    let session = TestSession::create(&store, &[]).await;
    for (seconds, expires) in [(20, 100), (21, 121)] {
        let mut change = session.change(&[Set("a", "1")]);
        change.now = session.time_after(seconds);
        let requirement = format!("a change must renew like a touch: after {seconds} s");
        assert_equal(session.apply(&change, DONE).await.expires, session.time_after(expires), requirement);
        assert_equal(
            session.expect_record().await.last_seen,
            session.time_after(seconds),
            "a change must set `last_seen`",
        );
    }
}

pub(crate) async fn a_commit_without_renewal_changes_no_time(store: TestStore) {
    const REQUIREMENT: &str = "a commit without renewal must change neither `expires` nor `last_seen`";
    let session = TestSession::create(&store, &[]).await;
    let mut change = Commit::empty(session.time_after(90));
    change.changes = changes(&[Set("a", "1")]);
    let expected = CommittedVersion { revision: 2, expires: session.time_after(100) };
    assert_equal(session.apply(&change, DONE).await, expected, REQUIREMENT);
    let record = session.expect_record().await;
    assert_equal((record.last_seen, record.expires), (NOW, session.time_after(100)), REQUIREMENT);
    assert_values(&record.values, &[("a", "1")], "a commit without renewal must store its changes");
    assert_equal(session.apply(&Commit::empty(session.time_after(95)), DONE).await, expected, REQUIREMENT);
    change.token = Some(random_token());
    let requirement = "a commit without renewal must be rejected with another token";
    assert_equal(session.commit(&change).await, Committed::Replaced { rotated: None }, requirement);
}

pub(crate) async fn a_commit_without_a_token_can_renew(store: TestStore) {
    const REQUIREMENT: &str = "a commit that counts as activity must renew also without a token";
    for key_changes in [&[][..], &[Set("a", "1")]] {
        for (before, seconds, expires) in [(100, 20, 100), (100, 21, 121), (990, 950, 1000)] {
            let session = TestSession::new(&store);
            let mut record = session.new_record(&[]);
            record.expires = session.time_after(before);
            session.store_record(&record, &[]).await;
            let mut commit = session.change(key_changes);
            (commit.token, commit.now) = (None, session.time_after(seconds));
            assert_equal(session.apply(&commit, DONE).await.expires, session.time_after(expires), REQUIREMENT);
            let last_seen = session.expect_record().await.last_seen;
            assert_equal(last_seen, session.time_after(seconds), REQUIREMENT);
        }
    }
}

pub(crate) async fn a_record_is_live_until_its_expiry(store: TestStore) {
    const ABSENT: &str = "a record must be treated as absent from its expiry on";
    let session = TestSession::create(&store, &[("a", "1")]).await;
    let last = millisecond_before(session.time_after(100));
    assert!(session.load(last).await.is_some(), "a record must be live until its expiry");
    let touch = Commit::touch(session.token, 0, last);
    let requirement = "a renewal in the last millisecond must return Done";
    assert_equal(session.apply(&touch, requirement).await.expires, session.time_after(100), requirement);
    for now in [session.time_after(100), session.time_after(100) + MILLISECOND, session.time_after(100_000)] {
        assert_record(session.load(now).await.as_ref(), None, ABSENT);
        assert_equal(session.commit(&session.touch(now)).await, Committed::Missing, ABSENT);
        for token in [session.token, random_token()] {
            assert_equal(session.delete(DeleteCondition::Token(token), now).await, Deleted::Missing, ABSENT);
        }
    }
}

fn millisecond_before(time: Timestamp) -> Timestamp {
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
    assert_equal(
        store.delete_expired(SWEEP_NOW, 10).await,
        0,
        "`delete_expired` must neither delete nor count live records",
    );
    let mut counts = Vec::new();
    for limit in [0, 2, 2, 2, 2] {
        counts.push(store.delete_expired(after(5), limit).await);
    }
    let requirement =
        "`delete_expired` must delete up to `limit` expired records, all of them in the end, and return their number";
    assert_equal(counts, vec![0, 2, 2, 1, 0], requirement);
    for (session, expires) in sessions.iter().zip(1..) {
        let loaded = session.load(SWEEP_NOW).await;
        let requirement =
            format!("`delete_expired` after 5 s must delete exactly the expired records: expiry after {expires} s");
        assert_equal(loaded.is_some(), expires > 5, &requirement);
        if let Some(record) = loaded {
            assert_values(&record.values, &[("a", "1"), ("b", "2")], "`delete_expired` must not change live records");
        }
    }
    assert_equal(store.delete_expired(after(1000), usize::MAX).await, 2, "`delete_expired` must accept any limit");
}

pub(crate) async fn sweeping_keeps_a_record_until_its_expiry(store: TestStore) {
    let session = TestSession::starting_at(&store, SWEEP_NOW);
    store.delete_all_expired(session.time_after(1000)).await;
    session.store_record(&session.new_record(&[]), &[]).await;
    let last = millisecond_before(session.time_after(100));
    assert_equal(store.delete_expired(last, 10).await, 0, "`delete_expired` must keep a record until its expiry");
    assert!(session.load(last).await.is_some(), "`delete_expired` must keep a record until its expiry");
    assert_equal(
        store.delete_expired(session.time_after(100), 10).await,
        1,
        "`delete_expired` must delete a record at its expiry",
    );
}

pub(crate) async fn sweeping_keeps_a_renewed_record_until_its_new_expiry(store: TestStore) {
    let session = TestSession::starting_at(&store, SWEEP_NOW);
    store.delete_all_expired(session.time_after(1000)).await;
    session.store_record(&session.new_record(&[]), &[]).await;
    let mut change = session.change(&[Set("a", "1")]);
    change.now = session.time_after(90);
    let renewals = [
        ("a touch", session.touch(session.time_after(50)), 150),
        ("a rotation", session.rotation(session.token, session.limits(), session.time_after(60)), 160),
        ("a change", change, 190),
    ];
    for (name, commit, expires) in renewals {
        session.commit(&commit).await;
        let requirement = format!("`delete_expired` must keep a renewed record until its new expiry: after {name}");
        assert_equal(store.delete_expired(millisecond_before(session.time_after(expires)), 10).await, 0, &requirement);
        assert!(session.load(SWEEP_NOW).await.is_some(), "{requirement}");
    }
    let requirement = "`delete_expired` must delete a renewed record at its new expiry";
    assert_equal(store.delete_expired(session.time_after(190), 10).await, 1, requirement);
    assert_record(session.load(SWEEP_NOW).await.as_ref(), None, requirement);
}

pub(crate) async fn sweeping_does_not_count_a_deleted_session(store: TestStore) {
    let session = TestSession::starting_at(&store, SWEEP_NOW);
    store.delete_all_expired(session.time_after(1000)).await;
    session.store_record(&session.new_record(&[]), &[]).await;
    session.delete(DeleteCondition::Token(session.token), SWEEP_NOW).await;
    let requirement = "`delete_expired` must not count a deleted session";
    assert_equal(store.delete_expired(session.time_after(1000), 10).await, 0, requirement);
}

pub(crate) async fn sweeping_leaves_no_data(store: TestStore) {
    let (session, hash) = (TestSession::starting_at(&store, SWEEP_NOW), random_hash());
    store.delete_all_expired(session.time_after(1000)).await;
    session.store_record(&session.new_record(&[("a", "1")]), &[index_change("user", Some(hash))]).await;
    assert_equal(
        store.delete_expired(session.time_after(100), 10).await,
        1,
        "`delete_expired` must delete an expired record",
    );
    assert_record(session.load(SWEEP_NOW).await.as_ref(), None, "a deleted record must not be loaded");
    assert!(store.find(&hash, SWEEP_NOW).await.is_empty(), "a deleted record must leave no index entry");
    if store.create(&session.id, &session.new_record(&[]), &[]).await {
        let requirement = "a deleted record must leave no values for a new record with its id";
        assert_record(session.load(SWEEP_NOW).await.as_ref(), Some(&session.new_record(&[])), requirement);
        store.delete_all_expired(session.time_after(1000)).await;
    }
}
