//! Claims: a record is kept as it was created, once, and apart from all others.

use std::time::Duration;

use crate::record::id::SessionId;
use crate::store::{DeleteCondition, Deleted, Limits, Record, Timestamp};
use crate::testing::conformance::assertions::{holds, revision, same, same_record, same_values};
use crate::testing::conformance::store::Store;
use crate::testing::conformance::test_session::Verb::{Clear, Set};
use crate::testing::conformance::test_session::{MILLI, NOW, Subject};

pub(in crate::testing::conformance) async fn an_absent_record_loads_as_none(store: Store) {
    let loaded = Subject::new(&store).load(NOW).await;
    same_record(loaded.as_ref(), None, "an absent record must load as none");
}

pub(in crate::testing::conformance) async fn a_created_record_loads_equal_in_every_field(store: Store) {
    const PROMISE: &str = "a created record must load equal in every field";
    let subject = Subject::new(&store);
    let fresh = subject.record(&[("a", "1"), ("b", "[true]")]);
    subject.create(&fresh, &[]).await;
    same_record(subject.load(NOW).await.as_ref(), Some(&fresh), PROMISE);

    let subject = Subject::new(&store);
    let unusual = unusual(&subject);
    subject.create(&unusual, &[]).await;
    same_record(subject.load(NOW).await.as_ref(), Some(&unusual), PROMISE);
}

/// A record with a value of its own in each field.
fn unusual(subject: &Subject) -> Record {
    let mut record = subject.record(&[]);
    record.created = before(7);
    record.rotated = Some(before(5));
    record.last_seen = before(3);
    record.expires = NOW + MILLI;
    record.limits = Limits { idle: MILLI, absolute_end: NOW + Duration::from_secs(400 * 24 * 60 * 60) };
    record.label = Some("Firefox \u{1f98a} on “Linux”, O'Brien's".into());
    record.revision = 41;
    record
}

fn before(millis: i64) -> Timestamp {
    Timestamp::from_millis(NOW.as_millis() - millis)
}

pub(in crate::testing::conformance) async fn an_empty_record_is_a_record(store: Store) {
    let subject = Subject::created(&store, &[]).await;
    let record = subject.stored().await;
    same_record(Some(&record), Some(&subject.record(&[])), "a record without values must be kept as one");
}

pub(in crate::testing::conformance) async fn creating_on_a_live_id_changes_nothing(store: Store) {
    let subject = Subject::created(&store, &[("a", "1")]).await;
    let before = subject.stored().await;
    let mut thief = Subject::new(&store).record(&[("a", "2"), ("b", "2")]);
    thief.label = Some("thief".into());
    let created = store.create(&subject.id, &thief, &[]).await;
    holds(!created, "creating on a live id must say false: it said that a record was created");
    same_record(Some(&subject.stored().await), Some(&before), "creating on a live id must change nothing");
}

pub(in crate::testing::conformance) async fn creating_on_an_expired_id_says_false_too(store: Store) {
    let subject = Subject::created(&store, &[("a", "1")]).await;
    let later = Subject::at(&store, subject.after(200));
    let created = store.create(&subject.id, &later.record(&[("b", "2")]), &[]).await;
    holds(!created, "creating on an expired id must say false, since ids are never used again: it said true");
    let revived = subject.load(subject.after(200)).await;
    same_record(revived.as_ref(), None, "creating on an expired id must not bring it back to life");
    let kept = subject.stored().await;
    same_record(Some(&kept), Some(&subject.record(&[("a", "1")])), "creating on an expired id must change nothing");
}

pub(in crate::testing::conformance) async fn records_do_not_mix(store: Store) {
    let first = Subject::new(&store);
    let mut bytes = *first.id.as_bytes();
    bytes[15] ^= 1;
    let one_bit_off = Subject { id: SessionId::from_bytes(bytes), ..first.clone() };
    let subjects = [first, one_bit_off, Subject::new(&store), Subject::new(&store)];
    for (subject, text) in subjects.iter().zip(["0", "1", "2", "3"]) {
        subject.create(&subject.record(&[("a", text)]), &[]).await;
    }
    let committed = subjects[0].commit(&subjects[0].change(&[Clear, Set("b", "9")])).await;
    same(revision(&committed, "a commit on a live record must be done"), 2, "the first commit must make revision 2");
    let ended = subjects[2].end(DeleteCondition::Token(subjects[2].token), NOW).await;
    same(ended, Deleted::Done, "the current token must end its session");
    for (subject, expected) in subjects.iter().zip([Some(("b", "9")), Some(("a", "1")), None, Some(("a", "3"))]) {
        let promise = "a commit and an ending must reach the record of their id alone";
        match (subject.load(NOW).await, expected) {
            (Some(record), Some(pair)) => same_values(&record.values, &[pair], promise),
            (loaded, expected) => same(loaded.is_some(), expected.is_some(), promise),
        }
    }
}
