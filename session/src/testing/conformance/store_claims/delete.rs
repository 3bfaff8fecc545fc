//! Claims: `delete` deletes a session once, if its condition is met, with all its data.

use crate::record::commit::Committed;
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::testing::conformance::assertions::{assert_equal, assert_record};
use crate::testing::conformance::test_session::KeyChange::Set;
use crate::testing::conformance::test_session::{NOW, TestSession, index_change, random_hash, random_token};
use crate::testing::conformance::test_store::TestStore;

pub(crate) async fn the_current_token_deletes_the_session(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    let current = DeleteCondition::Token(session.token);
    assert_equal(session.delete(current, NOW).await, Deleted::Done, "the current token must delete the session");
    assert_record(session.load(NOW).await.as_ref(), None, "a deleted session must not be loaded");
    assert_equal(session.delete(current, NOW).await, Deleted::Missing, "deleting a session twice must return Missing");
    let committed = session.commit(&session.change(&[Set("a", "2")])).await;
    assert_equal(committed, Committed::Missing, "a commit on a deleted session must return Missing");
    assert_record(session.load(NOW).await.as_ref(), None, "a commit must not revive a deleted session");
}

pub(crate) async fn another_token_does_not_delete_the_session(store: TestStore) {
    const REPLACED: &str = "a deletion with another token must return Replaced";
    const UNCHANGED: &str = "a rejected deletion must change nothing";
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
    let outcome = session.delete(DeleteCondition::Token(session.token), session.time_after(11)).await;
    assert_equal(outcome, Deleted::Replaced { rotated }, REPLACED);
    assert_record(session.load(NOW).await.as_ref(), Some(&before), UNCHANGED);
    let outcome = session.delete(DeleteCondition::Token(next), session.time_after(11)).await;
    assert_equal(outcome, Deleted::Done, "the token of the last rotation must delete the session");
}

pub(crate) async fn an_index_entry_deletes_only_a_session_that_has_it(store: TestStore) {
    let (current, previous, unused) = (random_hash(), random_hash(), random_hash());
    let (session, other) = (TestSession::new(&store), TestSession::new(&store));
    session
        .store_record(
            &session.new_record(&[]),
            &[index_change("user", Some(previous)), index_change("device", Some(random_hash()))],
        )
        .await;
    other.store_record(&other.new_record(&[]), &[index_change("user", Some(current))]).await;
    let mut change = session.touch(NOW);
    change.index = vec![index_change("user", Some(current))];
    session.commit(&change).await;
    let before = session.expect_record().await;
    for (hash, condition) in [(unused, "an unused index entry"), (previous, "the previous index entry")] {
        let requirement = format!("a deletion with {condition} must return Missing");
        assert_equal(session.delete(DeleteCondition::IndexEntry(hash), NOW).await, Deleted::Missing, &requirement);
        assert_record(session.load(NOW).await.as_ref(), Some(&before), &requirement);
    }
    let outcome = session.delete(DeleteCondition::IndexEntry(current), NOW).await;
    assert_equal(outcome, Deleted::Done, "an index entry of the session must delete it");
    assert_record(
        session.load(NOW).await.as_ref(),
        None,
        "a session that was deleted by its index entry must not be loaded",
    );
    assert_equal(
        session.delete(DeleteCondition::IndexEntry(current), NOW).await,
        Deleted::Missing,
        "deleting a session twice must return Missing",
    );
    let loaded = other.load(NOW).await;
    assert_record(
        loaded.as_ref(),
        Some(&other.new_record(&[])),
        "an index entry must delete only the session with the given id",
    );
}

pub(crate) async fn a_session_is_deleted_without_a_condition(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    session.commit(&session.rotation(random_token(), session.limits(), NOW)).await;
    assert_equal(
        session.delete(DeleteCondition::None, NOW).await,
        Deleted::Done,
        "a deletion without a condition must return Done",
    );
    assert_record(session.load(NOW).await.as_ref(), None, "a deleted session must not be loaded");
    assert_equal(
        session.delete(DeleteCondition::None, NOW).await,
        Deleted::Missing,
        "deleting a session twice must return Missing",
    );
}

pub(crate) async fn deleting_an_absent_or_expired_record_returns_missing(store: TestStore) {
    let (session, hash) = (TestSession::new(&store), random_hash());
    for condition in [DeleteCondition::Token(session.token), DeleteCondition::IndexEntry(hash), DeleteCondition::None] {
        assert_equal(
            session.delete(condition, NOW).await,
            Deleted::Missing,
            "deleting an id without a record must return Missing",
        );
    }
    session.store_record(&session.new_record(&[("a", "1")]), &[index_change("user", Some(hash))]).await;
    for condition in [
        DeleteCondition::Token(session.token),
        DeleteCondition::Token(random_token()),
        DeleteCondition::IndexEntry(hash),
        DeleteCondition::None,
    ] {
        let outcome = session.delete(condition, session.time_after(100)).await;
        assert_equal(outcome, Deleted::Missing, "deleting an expired record must return Missing");
    }
    let requirement = "deleting an expired record must not change it";
    assert_record(session.load(NOW).await.as_ref(), Some(&session.new_record(&[("a", "1")])), requirement);
}

/// Ids are never reused. If a store allows it, a new record must not contain data of the deleted one.
pub(crate) async fn a_deleted_session_leaves_no_data(store: TestStore) {
    let (session, hash) = (TestSession::new(&store), random_hash());
    session.store_record(&session.new_record(&[("a", "1")]), &[index_change("user", Some(hash))]).await;
    let mut labelling = session.touch(NOW);
    labelling.label = Some("phone".into());
    session.commit(&labelling).await;
    session.delete(DeleteCondition::None, NOW).await;
    if store.create(&session.id, &session.new_record(&[("b", "2")]), &[]).await {
        let requirement = "a deleted session must leave no values and no label for a new record with its id";
        assert_record(session.load(NOW).await.as_ref(), Some(&session.new_record(&[("b", "2")])), requirement);
    }
    assert!(store.find(&hash, NOW).await.is_empty(), "a deleted session must leave no index entry");
}
