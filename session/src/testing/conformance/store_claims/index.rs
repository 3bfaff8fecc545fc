//! Claims: the sessions of an index entry are found, all of them and no others.

use std::time::Duration;

use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexHash};
use crate::record::session_info::SessionInfo;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::testing::conformance::assertions::{assert_equal, assert_record};
use crate::testing::conformance::test_session::KeyChange::Set;
use crate::testing::conformance::test_session::{NOW, TestSession, index_change, random_hash, random_token};
use crate::testing::conformance::test_store::TestStore;

/// A session with these entries.
async fn indexed(store: &TestStore, index: &[IndexChange]) -> TestSession {
    let session = TestSession::new(store);
    session.store_record(&session.new_record(&[]), index).await;
    session
}

fn user(hash: IndexHash) -> IndexChange {
    index_change("user", Some(hash))
}

/// A commit of entries alone.
fn entries(index: &[IndexChange]) -> Commit {
    Commit { index: index.to_vec(), ..Commit::empty(NOW) }
}

async fn found(store: &TestStore, hash: &IndexHash, now: Timestamp) -> Vec<SessionId> {
    store.find(hash, now).await.into_iter().map(|found| found.id).collect()
}

pub(crate) async fn a_session_is_found_by_its_initial_index_entries(store: TestStore) {
    let (hash, device) = (random_hash(), random_hash());
    assert!(store.find(&hash, NOW).await.is_empty(), "an entry that no session has must find none");
    let session =
        indexed(&store, &[user(hash), index_change("device", Some(device)), index_change("none", None)]).await;
    let (with_another, without) = (indexed(&store, &[user(random_hash())]).await, indexed(&store, &[]).await);
    for hash in [hash, device] {
        let requirement = "a session must be found by each entry that it was created with, and no other session";
        assert_equal(found(&store, &hash, NOW).await, vec![session.id], requirement);
    }
    for other in [with_another, without] {
        assert!(other.load(NOW).await.is_some(), "a record must be kept whatever its entries");
    }
}

pub(crate) async fn a_session_is_found_by_a_committed_index_entry(store: TestStore) {
    let (hash, session) = (random_hash(), TestSession::create(&store, &[]).await);
    let mut change = session.change(&[Set("user", "7")]);
    change.index = vec![user(hash)];
    session.commit(&change).await;
    assert_equal(
        found(&store, &hash, NOW).await,
        vec![session.id],
        "a session must be found once the commit has returned",
    );
}

pub(crate) async fn a_found_session_has_the_current_metadata(store: TestStore) {
    const REQUIREMENT: &str = "a found session must tell id, times and label as its record has them now";
    let hash = random_hash();
    let session = indexed(&store, &[user(hash)]).await;
    assert_equal(store.find(&hash, NOW).await, vec![session.info().await], REQUIREMENT);
    let mut use_and_name = session.touch(session.time_after(50));
    use_and_name.label = Some("Firefox \u{1f98a}".into());
    session.commit(&use_and_name).await;
    let line = session.info().await;
    assert_equal(
        (line.last_seen, line.expires),
        (session.time_after(50).into(), session.time_after(150).into()),
        "a touch must note and extend the time",
    );
    assert_equal(store.find(&hash, NOW).await, vec![line], REQUIREMENT);
    session.commit(&session.rotation(random_token(), session.limits(), session.time_after(60))).await;
    assert_equal(store.find(&hash, NOW).await, vec![session.info().await], REQUIREMENT);
}

pub(crate) async fn a_changed_index_entry_is_found_only_by_its_new_hash(store: TestStore) {
    let (before, after, device) = (random_hash(), random_hash(), random_hash());
    let session = indexed(&store, &[user(before), index_change("device", Some(device))]).await;
    session.commit(&entries(&[user(after)])).await;
    assert_equal(found(&store, &before, NOW).await, vec![], "a session must not be found by an entry that was moved");
    assert_equal(
        found(&store, &after, NOW).await,
        vec![session.id],
        "a session must be found where its entry was moved to",
    );
    assert_equal(found(&store, &device, NOW).await, vec![session.id], "the entry of another key must stay where it is");
    session.commit(&entries(&[user(before)])).await;
    assert_equal(
        found(&store, &before, NOW).await,
        vec![session.id],
        "an entry that was moved back must be found again",
    );
    assert_equal(found(&store, &after, NOW).await, vec![], "an entry that was moved back must leave nothing behind");
}

pub(crate) async fn a_removed_index_entry_is_not_found(store: TestStore) {
    let (hash, device) = (random_hash(), random_hash());
    let session = indexed(&store, &[user(hash), index_change("device", Some(device))]).await;
    session.commit(&entries(&[index_change("user", None)])).await;
    assert_equal(found(&store, &hash, NOW).await, vec![], "a session must not be found by an entry that was dropped");
    assert_equal(
        found(&store, &device, NOW).await,
        vec![session.id],
        "dropping an entry must leave that of another key",
    );
    session.commit(&entries(&[index_change("user", None)])).await;
    session.commit(&entries(&[user(hash)])).await;
    assert_equal(found(&store, &hash, NOW).await, vec![session.id], "an entry that was dropped may come back");
}

pub(crate) async fn an_index_entry_is_kept_by_commits_of_other_keys(store: TestStore) {
    let hash = random_hash();
    let session = indexed(&store, &[user(hash)]).await;
    session.commit(&session.change(&[Set("a", "1")])).await;
    session.commit(&entries(&[user(hash)])).await;
    session.commit(&session.rotation(random_token(), session.limits(), NOW)).await;
    assert_equal(found(&store, &hash, NOW).await, vec![session.id], "an entry must stay until a commit names its key");
}

pub(crate) async fn a_commit_of_index_entries_does_not_change_the_record(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    let committed = session.commit(&entries(&[user(random_hash())])).await;
    let expected = Committed::Done { revision: 1, expires: session.time_after(100) };
    assert_equal(committed, expected, "a commit of index entries alone must leave revision and expiry");
    let requirement = "a commit of index entries alone must leave the record";
    assert_record(Some(&session.expect_record().await), Some(&session.new_record(&[("a", "1")])), requirement);
}

pub(crate) async fn a_rejected_operation_changes_no_index_entry(store: TestStore) {
    let (kept, refused) = (random_hash(), random_hash());
    let session = indexed(&store, &[user(kept)]).await;
    let of_a_stranger = Commit { token: Some(random_token()), ..entries(&[user(refused)]) };
    let on_another_revision = Commit { revision: Some(9), ..entries(&[user(refused)]) };
    let too_late = Commit { now: session.time_after(100), ..entries(&[user(refused)]) };
    for commit in [of_a_stranger, on_another_revision, too_late] {
        let committed = session.commit(&commit).await;
        assert!(!matches!(committed, Committed::Done { .. }), "a commit must be refused where there is an obstacle");
    }
    let missing = TestSession::new(&store).commit(&entries(&[user(refused)])).await;
    assert_equal(missing, Committed::Missing, "a commit on an id without a record must say Missing");
    let created = store.create(&session.id, &session.new_record(&[]), &[user(refused)]).await;
    assert!(!created, "creating on a live id must say false");
    assert_equal(found(&store, &refused, NOW).await, vec![], "what is refused must give no session an entry");
    assert_equal(found(&store, &kept, NOW).await, vec![session.id], "what is refused must drop no entry");
    let ended = session.delete(DeleteCondition::IndexEntry(refused), NOW).await;
    assert_equal(ended, Deleted::Missing, "an entry that was refused must not end the session");
}

pub(crate) async fn a_deleted_session_is_not_found(store: TestStore) {
    let hash = random_hash();
    let sessions = [indexed(&store, &[user(hash)]).await, indexed(&store, &[user(hash)]).await];
    for proof in [DeleteCondition::Token(sessions[0].token), DeleteCondition::IndexEntry(hash)] {
        sessions[0].delete(proof, NOW).await;
        assert_equal(found(&store, &hash, NOW).await, vec![sessions[1].id], "an ended session must not be found");
    }
}

pub(crate) async fn an_expired_session_is_not_found(store: TestStore) {
    const REQUIREMENT: &str = "a session must be found until the very instant it expires";
    let hash = random_hash();
    let (session, long_lived) =
        (indexed(&store, &[user(hash)]).await, TestSession::starting_at(&store, NOW + Duration::from_secs(1)));
    long_lived.store_record(&long_lived.new_record(&[]), &[user(hash)]).await;
    let last = Timestamp::from_millis(session.time_after(100).as_millis() - 1);
    assert_equal(found(&store, &hash, last).await, vec![session.id, long_lived.id], REQUIREMENT);
    assert_equal(found(&store, &hash, session.time_after(100)).await, vec![long_lived.id], REQUIREMENT);
    long_lived.commit(&long_lived.touch(session.time_after(90))).await;
    let requirement = "a session that was extended must be found until its new time";
    assert_equal(found(&store, &hash, session.time_after(189)).await, vec![long_lived.id], requirement);
}

pub(crate) async fn the_sessions_of_an_index_entry_are_found_oldest_first(store: TestStore) {
    const SESSIONS: usize = 25;
    let hash = random_hash();
    let mut lines = Vec::<SessionInfo>::new();
    for number in 0..SESSIONS {
        // Neither in the order of creation nor against it.
        let began = NOW + Duration::from_secs((number * 7 % SESSIONS) as u64);
        let session = TestSession::starting_at(&store, began);
        let gives_it_later = number % 2 == 0;
        let given = if gives_it_later { vec![] } else { vec![user(hash)] };
        session.store_record(&session.new_record(&[]), &given).await;
        if gives_it_later {
            session.commit(&Commit { now: began, ..entries(&[user(hash)]) }).await;
        }
        lines.push(session.info().await);
    }
    lines.sort_by_key(|line| line.created);
    let found = store.find(&hash, NOW + Duration::from_secs(30)).await;
    assert_equal(found.len(), SESSIONS, "every session that has the entry must be found, once");
    assert_equal(found, lines, "the sessions of an entry must be found the oldest first");
}

pub(crate) async fn concurrently_created_sessions_are_all_found(store: TestStore) {
    const SESSIONS: usize = 40;
    let hash = random_hash();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..SESSIONS {
        let store = if number % 2 == 0 { store.clone() } else { store.on_other_server() };
        tasks.spawn(async move {
            let session = TestSession::create(&store, &[]).await;
            session.commit(&entries(&[user(hash)])).await;
            let is_found = found(&store, &hash, NOW).await.contains(&session.id);
            assert!(is_found, "a session whose commit has returned must never be missed");
        });
    }
    tasks.join_all().await;
    assert_equal(store.find(&hash, NOW).await.len(), SESSIONS, "sessions that come at once must all be found");
}
