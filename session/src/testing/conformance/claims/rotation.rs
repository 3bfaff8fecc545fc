//! Claims: a rotation replaces the token and the limits, and nothing else.

use std::time::Duration;

use crate::store::{Committed, DeleteCondition, Deleted, Limits};
use crate::testing::conformance::assertions::{expiry, same, same_record};
use crate::testing::conformance::store::Store;
use crate::testing::conformance::test_session::Verb::Set;
use crate::testing::conformance::test_session::{Subject, changes, token};

const DONE: &str = "a rotation under the current token must be done";

pub(in crate::testing::conformance) async fn a_rotation_replaces_the_token_and_keeps_the_values(store: Store) {
    let subject = Subject::created(&store, &[("a", "1"), ("b", "2")]).await;
    let mut expected = subject.record(&[("a", "1"), ("b", "3"), ("c", "4")]);
    let longer = Limits { idle: Duration::from_secs(500), absolute_end: subject.after(5000) };
    let (next, rotated) = (token(), subject.after(50));
    (expected.token, expected.rotated, expected.last_seen) = (next, Some(rotated), rotated);
    (expected.limits, expected.expires, expected.revision) = (longer, subject.after(550), 2);

    let mut cycle = subject.rotation(next, longer, rotated);
    cycle.changes = changes(&[Set("b", "3"), Set("c", "4")]);
    let said = Committed::Done { revision: 2, expires: subject.after(550) };
    same(subject.commit(&cycle).await, said, "a rotation must say the revision and the expiry that it made");
    let promise = "a rotation must replace token, limits and expiry, and keep the values";
    same_record(Some(&subject.stored().await), Some(&expected), promise);

    let replaced = Committed::Replaced { rotated: Some(rotated) };
    same(subject.commit(&subject.touch(subject.after(51))).await, replaced, "a token that was replaced must not pass");
    let with_the_new_token = Subject { token: next, ..subject.clone() };
    let touched = subject.commit(&with_the_new_token.touch(subject.after(151))).await;
    let extended = Committed::Done { revision: 2, expires: subject.after(651) };
    same(touched, extended, "after a rotation the new token must pass, and extend by the new limits");
}

pub(in crate::testing::conformance) async fn a_rotation_may_shorten_the_life_of_a_session(store: Store) {
    let subject = Subject::created(&store, &[]).await;
    let shorter = Limits { idle: Duration::from_secs(10), absolute_end: subject.after(55) };
    let committed = subject.commit(&subject.rotation(token(), shorter, subject.after(1))).await;
    let promise = "a rotation must move the expiry to what its limits allow, also to an earlier time";
    same(expiry(&committed, DONE), subject.after(11).as_millis(), promise);
    same_record(subject.load(subject.after(11)).await.as_ref(), None, promise);
    same(subject.stored().await.limits, shorter, "a rotation must keep its limits in the record");
}

pub(in crate::testing::conformance) async fn the_last_rotation_is_the_one_that_is_remembered(store: Store) {
    let subject = Subject::created(&store, &[]).await;
    let next = Subject { token: token(), ..subject.clone() };
    subject.commit(&subject.rotation(next.token, subject.limits(), subject.after(10))).await;
    subject.commit(&next.rotation(token(), subject.limits(), subject.after(20))).await;
    let rotated = Some(subject.after(20));
    for earlier in [&subject, &next] {
        let promise = "every earlier token must be answered with the time of the last rotation";
        let touched = earlier.commit(&earlier.touch(subject.after(30))).await;
        same(touched, Committed::Replaced { rotated }, promise);
        let ended = earlier.end(DeleteCondition::Token(earlier.token), subject.after(30)).await;
        same(ended, Deleted::Replaced { rotated }, promise);
    }
}
