//! Claims: a session ends once, for whoever proves that he may end it, and stays ended.

use crate::store::{Committed, DeleteCondition, Deleted};
use crate::testing::conformance::assertions::{holds, same, same_record};
use crate::testing::conformance::store::Store;
use crate::testing::conformance::test_session::Verb::Set;
use crate::testing::conformance::test_session::{NOW, Subject, entry, index, token};

pub(in crate::testing::conformance) async fn the_current_token_ends_a_session(store: Store) {
    let subject = Subject::created(&store, &[("a", "1")]).await;
    let current = DeleteCondition::Token(subject.token);
    same(subject.end(current, NOW).await, Deleted::Done, "the current token must end its session");
    same_record(subject.load(NOW).await.as_ref(), None, "a session that was ended must not load");
    same(subject.end(current, NOW).await, Deleted::Missing, "ending a session twice must say Missing");
    let committed = subject.commit(&subject.change(&[Set("a", "2")])).await;
    same(committed, Committed::Missing, "a commit on a session that was ended must say Missing");
    same_record(subject.load(NOW).await.as_ref(), None, "a commit must not bring back a session that was ended");
}

pub(in crate::testing::conformance) async fn another_token_does_not_end_a_session(store: Store) {
    const REPLACED: &str = "another token must not end a session: it must be answered Replaced";
    const UNCHANGED: &str = "an ending that is refused must change nothing";
    let subject = Subject::created(&store, &[("a", "1")]).await;
    same(subject.end(DeleteCondition::Token(token()), NOW).await, Deleted::Replaced { rotated: None }, REPLACED);
    same_record(subject.load(NOW).await.as_ref(), Some(&subject.record(&[("a", "1")])), UNCHANGED);

    let (next, rotated) = (token(), Some(subject.after(10)));
    subject.commit(&subject.rotation(next, subject.limits(), subject.after(10))).await;
    let before = subject.stored().await;
    let ended = subject.end(DeleteCondition::Token(subject.token), subject.after(11)).await;
    same(ended, Deleted::Replaced { rotated }, REPLACED);
    same_record(subject.load(NOW).await.as_ref(), Some(&before), UNCHANGED);
    let ended = subject.end(DeleteCondition::Token(next), subject.after(11)).await;
    same(ended, Deleted::Done, "the token of the last rotation must end the session");
}

pub(in crate::testing::conformance) async fn an_index_entry_ends_only_a_session_that_has_it(store: Store) {
    let (mine, before, never) = (entry(), entry(), entry());
    let (subject, other) = (Subject::new(&store), Subject::new(&store));
    subject.create(&subject.record(&[]), &[index("user", Some(before)), index("device", Some(entry()))]).await;
    other.create(&other.record(&[]), &[index("user", Some(mine))]).await;
    let mut moved = subject.touch(NOW);
    moved.index = vec![index("user", Some(mine))];
    subject.commit(&moved).await;
    for (hash, what) in [(never, "an entry that no session has"), (before, "an entry that was moved")] {
        let promise = format!("{what} must not end a session: it must be answered Missing");
        same(subject.end(DeleteCondition::IndexEntry(hash), NOW).await, Deleted::Missing, &promise);
        same_record(subject.load(NOW).await.as_ref(), Some(&subject.record(&[])), &promise);
    }
    let ended = subject.end(DeleteCondition::IndexEntry(mine), NOW).await;
    same(ended, Deleted::Done, "an entry that the session has must end it, whatever its token");
    same_record(subject.load(NOW).await.as_ref(), None, "a session that was ended by its entry must not load");
    same(
        subject.end(DeleteCondition::IndexEntry(mine), NOW).await,
        Deleted::Missing,
        "an entry must end a session once",
    );
    let kept = other.load(NOW).await;
    same_record(kept.as_ref(), Some(&other.record(&[])), "an entry must end the session of that id alone");
}

pub(in crate::testing::conformance) async fn the_application_ends_a_session_without_a_proof(store: Store) {
    let subject = Subject::created(&store, &[("a", "1")]).await;
    subject.commit(&subject.rotation(token(), subject.limits(), NOW)).await;
    same(subject.end(DeleteCondition::None, NOW).await, Deleted::Done, "the application's word must end a session");
    same_record(subject.load(NOW).await.as_ref(), None, "a session that the application ended must not load");
    same(subject.end(DeleteCondition::None, NOW).await, Deleted::Missing, "ending a session twice must say Missing");
}

pub(in crate::testing::conformance) async fn there_is_nothing_to_end_where_no_record_lives(store: Store) {
    let (subject, hash) = (Subject::new(&store), entry());
    for proof in [DeleteCondition::Token(subject.token), DeleteCondition::IndexEntry(hash), DeleteCondition::None] {
        same(subject.end(proof, NOW).await, Deleted::Missing, "ending an id without a record must say Missing");
    }
    subject.create(&subject.record(&[("a", "1")]), &[index("user", Some(hash))]).await;
    for proof in [
        DeleteCondition::Token(subject.token),
        DeleteCondition::Token(token()),
        DeleteCondition::IndexEntry(hash),
        DeleteCondition::None,
    ] {
        let ended = subject.end(proof, subject.after(100)).await;
        same(ended, Deleted::Missing, "ending a record that has expired must say Missing");
    }
    let promise = "ending a record that has expired must leave it to the sweep";
    same_record(subject.load(NOW).await.as_ref(), Some(&subject.record(&[("a", "1")])), promise);
}

/// Ids are never used again; should one be all the same, nothing of its former life may show.
pub(in crate::testing::conformance) async fn an_ended_session_leaves_nothing_behind(store: Store) {
    let (subject, hash) = (Subject::new(&store), entry());
    subject.create(&subject.record(&[("a", "1")]), &[index("user", Some(hash))]).await;
    let mut renaming = subject.touch(NOW);
    renaming.label = Some("phone".into());
    subject.commit(&renaming).await;
    subject.end(DeleteCondition::None, NOW).await;
    if store.create(&subject.id, &subject.record(&[("b", "2")]), &[]).await {
        let promise = "an ended session must leave neither values nor label behind for a record of its id";
        same_record(subject.load(NOW).await.as_ref(), Some(&subject.record(&[("b", "2")])), promise);
    }
    holds(store.find(&hash, NOW).await.is_empty(), "an ended session must leave no index entry behind");
}
