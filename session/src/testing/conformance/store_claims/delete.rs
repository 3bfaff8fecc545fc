//! Claims: a session ends once, for whoever proves that he may end it, and stays ended.

use crate::record::commit::Committed;
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::testing::conformance::assertions::{assert_equal, assert_record};
use crate::testing::conformance::test_session::KeyChange::Set;
use crate::testing::conformance::test_session::{NOW, TestSession, index_change, random_hash, random_token};
use crate::testing::conformance::test_store::TestStore;

pub(crate) async fn the_current_token_deletes_the_session(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    let current = DeleteCondition::Token(session.token);
    assert_equal(session.delete(current, NOW).await, Deleted::Done, "the current token must end its session");
    assert_record(session.load(NOW).await.as_ref(), None, "a session that was ended must not load");
    assert_equal(session.delete(current, NOW).await, Deleted::Missing, "ending a session twice must say Missing");
    let committed = session.commit(&session.change(&[Set("a", "2")])).await;
    assert_equal(committed, Committed::Missing, "a commit on a session that was ended must say Missing");
    assert_record(session.load(NOW).await.as_ref(), None, "a commit must not bring back a session that was ended");
}

pub(crate) async fn another_token_does_not_delete_the_session(store: TestStore) {
    const REPLACED: &str = "another token must not end a session: it must be answered Replaced";
    const UNCHANGED: &str = "an ending that is refused must change nothing";
    let session = TestSession::create(&store, &[("a", "1")]).await;
    assert_equal(
        session.delete(DeleteCondition::Token(random_token()), NOW).await,
        Deleted::Replaced { rotated: None },
        REPLACED,
    );
    assert_record(session.load(NOW).await.as_ref(), Some(&session.new_record(&[("a", "1")])), UNCHANGED);

    let (next, rotated) = (random_token(), Some(session.time_after(10)));
    session.commit(&session.rotation(next, session.limits(), session.time_after(10))).await;
    let before = session.expect_record().await;
    let ended = session.delete(DeleteCondition::Token(session.token), session.time_after(11)).await;
    assert_equal(ended, Deleted::Replaced { rotated }, REPLACED);
    assert_record(session.load(NOW).await.as_ref(), Some(&before), UNCHANGED);
    let ended = session.delete(DeleteCondition::Token(next), session.time_after(11)).await;
    assert_equal(ended, Deleted::Done, "the token of the last rotation must end the session");
}

pub(crate) async fn an_index_entry_deletes_only_a_session_that_has_it(store: TestStore) {
    let (mine, before, never) = (random_hash(), random_hash(), random_hash());
    let (session, other) = (TestSession::new(&store), TestSession::new(&store));
    session
        .store_record(
            &session.new_record(&[]),
            &[index_change("user", Some(before)), index_change("device", Some(random_hash()))],
        )
        .await;
    other.store_record(&other.new_record(&[]), &[index_change("user", Some(mine))]).await;
    let mut moved = session.touch(NOW);
    moved.index = vec![index_change("user", Some(mine))];
    session.commit(&moved).await;
    for (hash, what) in [(never, "an entry that no session has"), (before, "an entry that was moved")] {
        let requirement = format!("{what} must not end a session: it must be answered Missing");
        assert_equal(session.delete(DeleteCondition::IndexEntry(hash), NOW).await, Deleted::Missing, &requirement);
        assert_record(session.load(NOW).await.as_ref(), Some(&session.new_record(&[])), &requirement);
    }
    let ended = session.delete(DeleteCondition::IndexEntry(mine), NOW).await;
    assert_equal(ended, Deleted::Done, "an entry that the session has must end it, whatever its token");
    assert_record(session.load(NOW).await.as_ref(), None, "a session that was ended by its entry must not load");
    assert_equal(
        session.delete(DeleteCondition::IndexEntry(mine), NOW).await,
        Deleted::Missing,
        "an entry must end a session once",
    );
    let kept = other.load(NOW).await;
    assert_record(kept.as_ref(), Some(&other.new_record(&[])), "an entry must end the session of that id alone");
}

pub(crate) async fn a_session_is_deleted_without_a_condition(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    session.commit(&session.rotation(random_token(), session.limits(), NOW)).await;
    assert_equal(
        session.delete(DeleteCondition::None, NOW).await,
        Deleted::Done,
        "the application's word must end a session",
    );
    assert_record(session.load(NOW).await.as_ref(), None, "a session that the application ended must not load");
    assert_equal(
        session.delete(DeleteCondition::None, NOW).await,
        Deleted::Missing,
        "ending a session twice must say Missing",
    );
}

pub(crate) async fn deleting_an_absent_or_expired_record_returns_missing(store: TestStore) {
    let (session, hash) = (TestSession::new(&store), random_hash());
    for proof in [DeleteCondition::Token(session.token), DeleteCondition::IndexEntry(hash), DeleteCondition::None] {
        assert_equal(
            session.delete(proof, NOW).await,
            Deleted::Missing,
            "ending an id without a record must say Missing",
        );
    }
    session.store_record(&session.new_record(&[("a", "1")]), &[index_change("user", Some(hash))]).await;
    for proof in [
        DeleteCondition::Token(session.token),
        DeleteCondition::Token(random_token()),
        DeleteCondition::IndexEntry(hash),
        DeleteCondition::None,
    ] {
        let ended = session.delete(proof, session.time_after(100)).await;
        assert_equal(ended, Deleted::Missing, "ending a record that has expired must say Missing");
    }
    let requirement = "ending a record that has expired must leave it to the sweep";
    assert_record(session.load(NOW).await.as_ref(), Some(&session.new_record(&[("a", "1")])), requirement);
}

/// Ids are never used again; should one be all the same, nothing of its former life may show.
pub(crate) async fn a_deleted_session_leaves_no_data(store: TestStore) {
    let (session, hash) = (TestSession::new(&store), random_hash());
    session.store_record(&session.new_record(&[("a", "1")]), &[index_change("user", Some(hash))]).await;
    let mut renaming = session.touch(NOW);
    renaming.label = Some("phone".into());
    session.commit(&renaming).await;
    session.delete(DeleteCondition::None, NOW).await;
    if store.create(&session.id, &session.new_record(&[("b", "2")]), &[]).await {
        let requirement = "an ended session must leave neither values nor label behind for a record of its id";
        assert_record(session.load(NOW).await.as_ref(), Some(&session.new_record(&[("b", "2")])), requirement);
    }
    assert!(store.find(&hash, NOW).await.is_empty(), "an ended session must leave no index entry behind");
}
