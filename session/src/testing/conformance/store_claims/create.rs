//! Claims: `create` stores a record once, unchanged, and without effect on other records.

use std::time::Duration;

use crate::record::id::SessionId;
use crate::record::lifetime_limits::Limits;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::testing::conformance::assertions::{assert_equal, assert_record, assert_values};
use crate::testing::conformance::test_session::KeyChange::{Clear, Set};
use crate::testing::conformance::test_session::{MILLISECOND, NOW, TestSession};
use crate::testing::conformance::test_store::TestStore;

pub(crate) async fn loading_an_absent_record_returns_none(store: TestStore) {
    let loaded = TestSession::new(&store).load(NOW).await;
    assert_record(loaded.as_ref(), None, "loading an absent record must return None");
}

pub(crate) async fn every_field_of_a_created_record_is_loaded_unchanged(store: TestStore) {
    const REQUIREMENT: &str = "a created record must be loaded with every field unchanged";
    let session = TestSession::new(&store);
    let fresh = session.new_record(&[("a", "1"), ("b", "[true]")]);
    session.store_record(&fresh, &[]).await;
    assert_record(session.load(NOW).await.as_ref(), Some(&fresh), REQUIREMENT);

    let session = TestSession::new(&store);
    let unusual = unusual(&session);
    session.store_record(&unusual, &[]).await;
    assert_record(session.load(NOW).await.as_ref(), Some(&unusual), REQUIREMENT);
}

/// Returns a record with a different value in each field.
fn unusual(session: &TestSession) -> Record {
    let mut record = session.new_record(&[]);
    record.created = time_before(7);
    record.rotated = Some(time_before(5));
    record.last_seen = time_before(3);
    record.expires = NOW + MILLISECOND;
    record.limits = Limits { idle: MILLISECOND, absolute_end: NOW + Duration::from_secs(400 * 24 * 3600) };
    record.label = Some("Firefox \u{1f98a} on “Linux”, O'Brien's".into());
    record.revision = 41;
    record
}

fn time_before(millis: i64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() - millis)
}

pub(crate) async fn a_record_without_values_is_stored(store: TestStore) {
    let session = TestSession::create(&store, &[]).await;
    let record = session.expect_record().await;
    assert_record(Some(&record), Some(&session.new_record(&[])), "a record without values must be stored");
}

pub(crate) async fn creating_on_a_live_id_changes_nothing(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    let before = session.expect_record().await;
    let mut other = TestSession::new(&store).new_record(&[("a", "2"), ("b", "2")]);
    other.label = Some("other".into());
    let created = store.create(&session.id, &other, &[]).await;
    assert!(!created, "creating on a live id must return false: it returned true");
    assert_record(Some(&session.expect_record().await), Some(&before), "creating on a live id must change nothing");
}

pub(crate) async fn creating_on_an_expired_id_returns_false(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    let later = TestSession::starting_at(&store, session.time_after(200));
    let created = store.create(&session.id, &later.new_record(&[("b", "2")]), &[]).await;
    assert!(!created, "creating on an expired id must return false, because ids are never reused: it returned true");
    let revived = session.load(session.time_after(200)).await;
    assert_record(revived.as_ref(), None, "creating on an expired id must not revive the session");
    let stored = session.expect_record().await;
    assert_record(
        Some(&stored),
        Some(&session.new_record(&[("a", "1")])),
        "creating on an expired id must change nothing",
    );
}

pub(crate) async fn operations_affect_only_the_record_of_their_id(store: TestStore) {
    let first = TestSession::new(&store);
    let mut bytes = *first.id.as_bytes();
    bytes[15] ^= 1;
    let one_bit_off = TestSession { id: SessionId::from_bytes(bytes), ..first.clone() };
    let sessions = [first, one_bit_off, TestSession::new(&store), TestSession::new(&store)];
    for (session, text) in sessions.iter().zip(["0", "1", "2", "3"]) {
        session.store_record(&session.new_record(&[("a", text)]), &[]).await;
    }
    let change = sessions[0].change(&[Clear, Set("b", "9")]);
    let version = sessions[0].apply(&change, "a commit on a live record must return Done").await;
    assert_equal(version.revision, 2, "the first commit must increment the revision to 2");
    let outcome = sessions[2].delete(DeleteCondition::Token(sessions[2].token), NOW).await;
    assert_equal(outcome, Deleted::Done, "the current token must delete the session");
    for (session, expected) in sessions.iter().zip([Some(("b", "9")), Some(("a", "1")), None, Some(("a", "3"))]) {
        let requirement = "a commit and a deletion must affect only the record of their id";
        match (session.load(NOW).await, expected) {
            (Some(record), Some(pair)) => assert_values(&record.values, &[pair], requirement),
            (loaded, expected) => assert_equal(loaded.is_some(), expected.is_some(), requirement),
        }
    }
}
