//! Claims: the sessions of an index entry are found, all of them and no others.

use std::time::Duration;

use crate::record::id::SessionId;
use crate::store::{Commit, Committed, DeleteCondition, Deleted, IndexChange, IndexHash, SessionInfo, Timestamp};
use crate::testing::conformance::assertions::{holds, same, same_record};
use crate::testing::conformance::store::Store;
use crate::testing::conformance::test_session::Verb::Set;
use crate::testing::conformance::test_session::{NOW, Subject, entry, index, token};

/// A session with these entries.
async fn indexed(store: &Store, index: &[IndexChange]) -> Subject {
    let subject = Subject::new(store);
    subject.create(&subject.record(&[]), index).await;
    subject
}

fn user(hash: IndexHash) -> IndexChange {
    index("user", Some(hash))
}

/// A commit of entries alone.
fn entries(index: &[IndexChange]) -> Commit {
    Commit { index: index.to_vec(), ..Commit::empty(NOW) }
}

async fn found(store: &Store, hash: &IndexHash, now: Timestamp) -> Vec<SessionId> {
    store.find(hash, now).await.into_iter().map(|found| found.id).collect()
}

pub(in crate::testing::conformance) async fn a_session_is_found_by_the_entries_it_was_created_with(store: Store) {
    let (hash, device) = (entry(), entry());
    holds(store.find(&hash, NOW).await.is_empty(), "an entry that no session has must find none");
    let subject = indexed(&store, &[user(hash), index("device", Some(device)), index("none", None)]).await;
    let (with_another, without) = (indexed(&store, &[user(entry())]).await, indexed(&store, &[]).await);
    for hash in [hash, device] {
        let promise = "a session must be found by each entry that it was created with, and no other session";
        same(found(&store, &hash, NOW).await, vec![subject.id], promise);
    }
    for other in [with_another, without] {
        holds(other.load(NOW).await.is_some(), "a record must be kept whatever its entries");
    }
}

pub(in crate::testing::conformance) async fn a_session_is_found_by_the_entry_that_a_commit_gave_it(store: Store) {
    let (hash, subject) = (entry(), Subject::created(&store, &[]).await);
    let mut change = subject.change(&[Set("user", "7")]);
    change.index = vec![user(hash)];
    subject.commit(&change).await;
    same(found(&store, &hash, NOW).await, vec![subject.id], "a session must be found once the commit has returned");
}

pub(in crate::testing::conformance) async fn a_found_session_tells_what_its_record_says(store: Store) {
    const PROMISE: &str = "a found session must tell id, times and label as its record has them now";
    let hash = entry();
    let subject = indexed(&store, &[user(hash)]).await;
    same(store.find(&hash, NOW).await, vec![subject.line().await], PROMISE);
    let mut use_and_name = subject.touch(subject.after(50));
    use_and_name.label = Some("Firefox \u{1f98a}".into());
    subject.commit(&use_and_name).await;
    let line = subject.line().await;
    same(
        (line.last_seen, line.expires),
        (subject.after(50).into(), subject.after(150).into()),
        "a touch must note and extend the time",
    );
    same(store.find(&hash, NOW).await, vec![line], PROMISE);
    subject.commit(&subject.rotation(token(), subject.limits(), subject.after(60))).await;
    same(store.find(&hash, NOW).await, vec![subject.line().await], PROMISE);
}

pub(in crate::testing::conformance) async fn a_moved_entry_is_found_where_it_is_and_no_longer_where_it_was(
    store: Store,
) {
    let (before, after, device) = (entry(), entry(), entry());
    let subject = indexed(&store, &[user(before), index("device", Some(device))]).await;
    subject.commit(&entries(&[user(after)])).await;
    same(found(&store, &before, NOW).await, vec![], "a session must not be found by an entry that was moved");
    same(found(&store, &after, NOW).await, vec![subject.id], "a session must be found where its entry was moved to");
    same(found(&store, &device, NOW).await, vec![subject.id], "the entry of another key must stay where it is");
    subject.commit(&entries(&[user(before)])).await;
    same(found(&store, &before, NOW).await, vec![subject.id], "an entry that was moved back must be found again");
    same(found(&store, &after, NOW).await, vec![], "an entry that was moved back must leave nothing behind");
}

pub(in crate::testing::conformance) async fn a_dropped_entry_is_not_found(store: Store) {
    let (hash, device) = (entry(), entry());
    let subject = indexed(&store, &[user(hash), index("device", Some(device))]).await;
    subject.commit(&entries(&[index("user", None)])).await;
    same(found(&store, &hash, NOW).await, vec![], "a session must not be found by an entry that was dropped");
    same(found(&store, &device, NOW).await, vec![subject.id], "dropping an entry must leave that of another key");
    subject.commit(&entries(&[index("user", None)])).await;
    subject.commit(&entries(&[user(hash)])).await;
    same(found(&store, &hash, NOW).await, vec![subject.id], "an entry that was dropped may come back");
}

pub(in crate::testing::conformance) async fn an_entry_stays_through_commits_that_do_not_name_it(store: Store) {
    let hash = entry();
    let subject = indexed(&store, &[user(hash)]).await;
    subject.commit(&subject.change(&[Set("a", "1")])).await;
    subject.commit(&entries(&[user(hash)])).await;
    subject.commit(&subject.rotation(token(), subject.limits(), NOW)).await;
    same(found(&store, &hash, NOW).await, vec![subject.id], "an entry must stay until a commit names its key");
}

pub(in crate::testing::conformance) async fn a_commit_of_entries_alone_is_no_change_of_the_record(store: Store) {
    let subject = Subject::created(&store, &[("a", "1")]).await;
    let committed = subject.commit(&entries(&[user(entry())])).await;
    let expected = Committed::Done { revision: 1, expires: subject.after(100) };
    same(committed, expected, "a commit of index entries alone must leave revision and expiry");
    let promise = "a commit of index entries alone must leave the record";
    same_record(Some(&subject.stored().await), Some(&subject.record(&[("a", "1")])), promise);
}

pub(in crate::testing::conformance) async fn what_is_refused_changes_no_entry(store: Store) {
    let (kept, refused) = (entry(), entry());
    let subject = indexed(&store, &[user(kept)]).await;
    let of_a_stranger = Commit { token: Some(token()), ..entries(&[user(refused)]) };
    let on_another_revision = Commit { revision: Some(9), ..entries(&[user(refused)]) };
    let too_late = Commit { now: subject.after(100), ..entries(&[user(refused)]) };
    for commit in [of_a_stranger, on_another_revision, too_late] {
        let committed = subject.commit(&commit).await;
        holds(!matches!(committed, Committed::Done { .. }), "a commit must be refused where there is an obstacle");
    }
    let missing = Subject::new(&store).commit(&entries(&[user(refused)])).await;
    same(missing, Committed::Missing, "a commit on an id without a record must say Missing");
    let created = store.create(&subject.id, &subject.record(&[]), &[user(refused)]).await;
    holds(!created, "creating on a live id must say false");
    same(found(&store, &refused, NOW).await, vec![], "what is refused must give no session an entry");
    same(found(&store, &kept, NOW).await, vec![subject.id], "what is refused must drop no entry");
    let ended = subject.end(DeleteCondition::IndexEntry(refused), NOW).await;
    same(ended, Deleted::Missing, "an entry that was refused must not end the session");
}

pub(in crate::testing::conformance) async fn an_ended_session_is_not_found(store: Store) {
    let hash = entry();
    let subjects = [indexed(&store, &[user(hash)]).await, indexed(&store, &[user(hash)]).await];
    for proof in [DeleteCondition::Token(subjects[0].token), DeleteCondition::IndexEntry(hash)] {
        subjects[0].end(proof, NOW).await;
        same(found(&store, &hash, NOW).await, vec![subjects[1].id], "an ended session must not be found");
    }
}

pub(in crate::testing::conformance) async fn an_expired_session_is_not_found(store: Store) {
    const PROMISE: &str = "a session must be found until the very instant it expires";
    let hash = entry();
    let (subject, long_lived) =
        (indexed(&store, &[user(hash)]).await, Subject::at(&store, NOW + Duration::from_secs(1)));
    long_lived.create(&long_lived.record(&[]), &[user(hash)]).await;
    let last = Timestamp::from_millis(subject.after(100).as_millis() - 1);
    same(found(&store, &hash, last).await, vec![subject.id, long_lived.id], PROMISE);
    same(found(&store, &hash, subject.after(100)).await, vec![long_lived.id], PROMISE);
    long_lived.commit(&long_lived.touch(subject.after(90))).await;
    let promise = "a session that was extended must be found until its new time";
    same(found(&store, &hash, subject.after(189)).await, vec![long_lived.id], promise);
}

pub(in crate::testing::conformance) async fn the_sessions_of_an_entry_are_found_the_oldest_first(store: Store) {
    const SESSIONS: usize = 25;
    let hash = entry();
    let mut lines = Vec::<SessionInfo>::new();
    for number in 0..SESSIONS {
        // Neither in the order of creation nor against it.
        let began = NOW + Duration::from_secs((number * 7 % SESSIONS) as u64);
        let subject = Subject::at(&store, began);
        let gives_it_later = number % 2 == 0;
        let given = if gives_it_later { vec![] } else { vec![user(hash)] };
        subject.create(&subject.record(&[]), &given).await;
        if gives_it_later {
            subject.commit(&Commit { now: began, ..entries(&[user(hash)]) }).await;
        }
        lines.push(subject.line().await);
    }
    lines.sort_by_key(|line| line.created);
    let found = store.find(&hash, NOW + Duration::from_secs(30)).await;
    same(found.len(), SESSIONS, "every session that has the entry must be found, once");
    same(found, lines, "the sessions of an entry must be found the oldest first");
}

pub(in crate::testing::conformance) async fn sessions_that_come_at_once_are_all_found(store: Store) {
    const SESSIONS: usize = 40;
    let hash = entry();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..SESSIONS {
        let store = if number % 2 == 0 { store.clone() } else { store.other() };
        tasks.spawn(async move {
            let subject = Subject::created(&store, &[]).await;
            subject.commit(&entries(&[user(hash)])).await;
            let is_found = found(&store, &hash, NOW).await.contains(&subject.id);
            holds(is_found, "a session whose commit has returned must never be missed");
        });
    }
    tasks.join_all().await;
    same(store.find(&hash, NOW).await.len(), SESSIONS, "sessions that come at once must all be found");
}
