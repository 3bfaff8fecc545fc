//! Claims: a use extends a record's time as its limits allow, an expired record is as good as absent, and the sweep
//! drops what has expired. The sessions of claims that sweep live in a time of their own.

use crate::store::{Commit, Committed, DeleteCondition, Deleted, Timestamp};
use crate::testing::conformance::assertions::{expiry, holds, same, same_record, same_values};
use crate::testing::conformance::store::Store;
use crate::testing::conformance::test_session::Verb::Set;
use crate::testing::conformance::test_session::{EARLY, MILLI, NOW, Subject, changes, entry, index, token};

const DONE: &str = "a use of a live record must be done";

pub(in crate::testing::conformance) async fn a_touch_notes_the_use_and_extends_past_the_threshold_only(store: Store) {
    let subject = Subject::created(&store, &[("a", "1")]).await;
    for (used, expires) in [(0, 100), (20, 100), (21, 121), (41, 121), (42, 142), (141, 241)] {
        let committed = subject.commit(&subject.touch(subject.after(used))).await;
        let promise = format!("a touch must extend past the threshold only: used after {used} s");
        same(expiry(&committed, DONE), subject.after(expires).as_millis(), &promise);
        let record = subject.stored().await;
        same(record.expires, subject.after(expires), &promise);
        same(record.last_seen, subject.after(used), "a touch must note the time as last seen");
        same_values(&record.values, &[("a", "1")], "a touch must leave the values alone");
    }
    for (below, used, expires) in [(1000, 141, 241), (1000, 142, 242), (0, 241, 242)] {
        let committed = subject.commit(&Commit::touch(subject.token, below, subject.after(used))).await;
        let promise = format!("a touch must extend below the threshold that it names: {below} per mille");
        same(expiry(&committed, DONE), subject.after(expires).as_millis(), promise);
    }
}

/// Servers do not agree on the time to the millisecond.
pub(in crate::testing::conformance) async fn no_use_shortens_a_session(store: Store) {
    let subject = Subject::created(&store, &[("a", "1")]).await;
    subject.commit(&subject.touch(subject.after(50))).await;
    for below in [0, 800, 1000] {
        let touch = Commit::touch(subject.token, below, subject.after(10));
        let mut change = touch.clone();
        change.changes = changes(&[Set("a", "2")]);
        for commit in [touch, change] {
            let promise = "no use must shorten a session, as one by a clock that is behind might";
            let committed = subject.commit(&commit).await;
            same(expiry(&committed, DONE), subject.after(150).as_millis(), promise);
            same(subject.stored().await.expires, subject.after(150), promise);
        }
    }
}

pub(in crate::testing::conformance) async fn no_use_extends_beyond_the_end(store: Store) {
    const PROMISE: &str = "no use must extend a session beyond the end that its limits set";
    let subject = Subject::new(&store);
    let mut old = subject.record(&[]);
    old.expires = subject.after(951);
    subject.create(&old, &[]).await;
    for used in [950, 999] {
        let committed = subject.commit(&subject.touch(subject.after(used))).await;
        same(expiry(&committed, DONE), subject.after(1000).as_millis(), PROMISE);
    }
    same(subject.commit(&subject.touch(subject.after(1000))).await, Committed::Missing, PROMISE);
    same_record(subject.load(subject.after(1000)).await.as_ref(), None, PROMISE);
}

pub(in crate::testing::conformance) async fn a_change_extends_as_a_touch_does(store: Store) {
    let subject = Subject::created(&store, &[]).await;
    for (used, expires) in [(20, 100), (21, 121)] {
        let mut change = subject.change(&[Set("a", "1")]);
        change.now = subject.after(used);
        let promise = format!("a change must extend as a touch does: used after {used} s");
        same(expiry(&subject.commit(&change).await, DONE), subject.after(expires).as_millis(), promise);
        same(subject.stored().await.last_seen, subject.after(used), "a change must note the time as last seen");
    }
}

pub(in crate::testing::conformance) async fn a_commit_that_is_no_use_moves_no_time(store: Store) {
    const PROMISE: &str = "a commit that is no use of the session must move neither its expiry nor the last use";
    let subject = Subject::created(&store, &[]).await;
    let mut job = Commit::empty(subject.after(90));
    job.changes = changes(&[Set("a", "1")]);
    let expected = Committed::Done { revision: 2, expires: subject.after(100) };
    same(subject.commit(&job).await, expected.clone(), PROMISE);
    let record = subject.stored().await;
    same((record.last_seen, record.expires), (NOW, subject.after(100)), PROMISE);
    same_values(&record.values, &[("a", "1")], "a commit that is no use must store its changes all the same");
    same(subject.commit(&Commit::empty(subject.after(95))).await, expected, PROMISE);
    job.token = Some(token());
    let promise = "a commit that is no use, and names a token, must be refused under another";
    same(subject.commit(&job).await, Committed::Replaced { rotated: None }, promise);
}

pub(in crate::testing::conformance) async fn a_record_lives_until_the_very_instant_it_expires(store: Store) {
    const GONE: &str = "from the instant it expires, a record must be as good as absent";
    let subject = Subject::created(&store, &[("a", "1")]).await;
    let last = just_before(subject.after(100));
    holds(subject.load(last).await.is_some(), "a record must live until the very instant it expires");
    let never = Commit::touch(subject.token, 0, last);
    let promise = "a use in the last millisecond must find the record alive";
    same(expiry(&subject.commit(&never).await, promise), subject.after(100).as_millis(), promise);
    for now in [subject.after(100), subject.after(100) + MILLI, subject.after(100_000)] {
        same_record(subject.load(now).await.as_ref(), None, GONE);
        same(subject.commit(&subject.touch(now)).await, Committed::Missing, GONE);
        for token in [subject.token, token()] {
            same(subject.end(DeleteCondition::Token(token), now).await, Deleted::Missing, GONE);
        }
    }
}

fn just_before(time: Timestamp) -> Timestamp {
    Timestamp::from_millis(time.as_millis() - 1)
}

pub(in crate::testing::conformance) async fn sweeping_drops_what_expired_in_batches_and_nothing_else(store: Store) {
    let subjects = [(); 7].map(|()| Subject::at(&store, EARLY));
    let after = |seconds| subjects[0].after(seconds);
    store.drain(after(1000)).await;
    for (subject, expires) in subjects.iter().zip(1..) {
        let mut record = subject.record(&[("a", "1"), ("b", "2")]);
        record.expires = after(expires);
        subject.create(&record, &[]).await;
    }
    same(store.delete_expired(EARLY, 10).await, 0, "a sweep must not drop, or count, live records");
    let mut counts = Vec::new();
    for batch in [0, 2, 2, 2, 2] {
        counts.push(store.delete_expired(after(5), batch).await);
    }
    let promise = "a sweep must drop up to `batch` expired records, all of them in the end, and say how many";
    same(counts, vec![0, 2, 2, 1, 0], promise);
    for (subject, expires) in subjects.iter().zip(1..) {
        let loaded = subject.load(EARLY).await;
        let promise = format!("a sweep after 5 s must drop what expired until then and no other: after {expires} s");
        same(loaded.is_some(), expires > 5, &promise);
        if let Some(record) = loaded {
            same_values(&record.values, &[("a", "1"), ("b", "2")], "a sweep must leave live records whole");
        }
    }
    same(store.delete_expired(after(1000), usize::MAX).await, 2, "a sweep must take any number as its batch");
}

pub(in crate::testing::conformance) async fn sweeping_spares_a_record_until_the_very_instant_it_expires(store: Store) {
    let subject = Subject::at(&store, EARLY);
    store.drain(subject.after(1000)).await;
    subject.create(&subject.record(&[]), &[]).await;
    let last = just_before(subject.after(100));
    same(store.delete_expired(last, 10).await, 0, "a sweep must spare a record until the very instant it expires");
    holds(subject.load(last).await.is_some(), "a sweep must spare a record until the very instant it expires");
    same(store.delete_expired(subject.after(100), 10).await, 1, "a sweep must drop a record at the instant it expires");
}

pub(in crate::testing::conformance) async fn sweeping_spares_an_extended_record_until_its_new_time(store: Store) {
    let subject = Subject::at(&store, EARLY);
    store.drain(subject.after(1000)).await;
    subject.create(&subject.record(&[]), &[]).await;
    let mut change = subject.change(&[Set("a", "1")]);
    change.now = subject.after(90);
    let uses = [
        ("a touch", subject.touch(subject.after(50)), 150),
        ("a rotation", subject.rotation(subject.token, subject.limits(), subject.after(60)), 160),
        ("a change", change, 190),
    ];
    for (what, commit, expires) in uses {
        subject.commit(&commit).await;
        let promise = format!("a sweep must spare an extended record until its new time: after {what}");
        same(store.delete_expired(just_before(subject.after(expires)), 10).await, 0, &promise);
        holds(subject.load(EARLY).await.is_some(), &promise);
    }
    let promise = "a sweep must drop an extended record at its new time";
    same(store.delete_expired(subject.after(190), 10).await, 1, promise);
    same_record(subject.load(EARLY).await.as_ref(), None, promise);
}

pub(in crate::testing::conformance) async fn sweeping_does_not_count_an_ended_session(store: Store) {
    let subject = Subject::at(&store, EARLY);
    store.drain(subject.after(1000)).await;
    subject.create(&subject.record(&[]), &[]).await;
    subject.end(DeleteCondition::Token(subject.token), EARLY).await;
    let promise = "a sweep must not count a session that was ended before";
    same(store.delete_expired(subject.after(1000), 10).await, 0, promise);
}

pub(in crate::testing::conformance) async fn sweeping_leaves_nothing_behind(store: Store) {
    let (subject, hash) = (Subject::at(&store, EARLY), entry());
    store.drain(subject.after(1000)).await;
    subject.create(&subject.record(&[("a", "1")]), &[index("user", Some(hash))]).await;
    same(store.delete_expired(subject.after(100), 10).await, 1, "a sweep must drop an expired record");
    same_record(subject.load(EARLY).await.as_ref(), None, "a record that was swept must not load");
    holds(store.find(&hash, EARLY).await.is_empty(), "a record that was swept must leave no index entry behind");
    if store.create(&subject.id, &subject.record(&[]), &[]).await {
        let promise = "a record that was swept must leave no values behind for a record of its id";
        same_record(subject.load(EARLY).await.as_ref(), Some(&subject.record(&[])), promise);
        store.drain(subject.after(1000)).await;
    }
}
