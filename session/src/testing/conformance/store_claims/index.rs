//! Claims: `find` returns exactly the live sessions with an index entry, oldest first.

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

/// Creates a session with these index entries.
async fn create_indexed(store: &TestStore, index: &[IndexChange]) -> TestSession {
    let session = TestSession::new(store);
    session.store_record(&session.new_record(&[]), index).await;
    session
}

fn user_entry(hash: IndexHash) -> IndexChange {
    index_change("user", Some(hash))
}

/// Returns a commit that changes only index entries.
fn index_commit(index: &[IndexChange]) -> Commit {
    Commit { index: index.to_vec(), ..Commit::empty(NOW) }
}

async fn find_ids(store: &TestStore, hash: &IndexHash, now: Timestamp) -> Vec<SessionId> {
    store.find(hash, now).await.into_iter().map(|info| info.id).collect()
}

pub(crate) async fn a_session_is_found_by_its_initial_index_entries(store: TestStore) {
    let (hash, device) = (random_hash(), random_hash());
    assert!(store.find(&hash, NOW).await.is_empty(), "`find` must return no session for an unused index entry");
    let session =
        create_indexed(&store, &[user_entry(hash), index_change("device", Some(device)), index_change("none", None)])
            .await;
    let (with_another, without) =
        (create_indexed(&store, &[user_entry(random_hash())]).await, create_indexed(&store, &[]).await);
    for hash in [hash, device] {
        let requirement = "`find` must return exactly the session that was created with the index entry";
        assert_equal(find_ids(&store, &hash, NOW).await, vec![session.id], requirement);
    }
    for other in [with_another, without] {
        assert!(other.load(NOW).await.is_some(), "a record must be stored with any index entries");
    }
}

pub(crate) async fn a_session_is_found_by_a_committed_index_entry(store: TestStore) {
    let (hash, session) = (random_hash(), TestSession::create(&store, &[]).await);
    let mut change = session.change(&[Set("user", "7")]);
    change.index = vec![user_entry(hash)];
    session.commit(&change).await;
    assert_equal(
        find_ids(&store, &hash, NOW).await,
        vec![session.id],
        "a session must be found after its commit returned",
    );
}

pub(crate) async fn a_found_session_has_the_current_metadata(store: TestStore) {
    const REQUIREMENT: &str = "a found session must have the current id, times and label of its record";
    let hash = random_hash();
    let session = create_indexed(&store, &[user_entry(hash)]).await;
    assert_equal(store.find(&hash, NOW).await, vec![session.info().await], REQUIREMENT);
    let mut touch = session.touch(session.time_after(50));
    touch.label = Some("Firefox \u{1f98a}".into());
    session.commit(&touch).await;
    let info = session.info().await;
    assert_equal(
        (info.last_seen, info.expires),
        (session.time_after(50).into(), session.time_after(150).into()),
        "a touch must set `last_seen` and renew the expiry",
    );
    assert_equal(store.find(&hash, NOW).await, vec![info], REQUIREMENT);
    session.commit(&session.rotation(random_token(), session.limits(), session.time_after(60))).await;
    assert_equal(store.find(&hash, NOW).await, vec![session.info().await], REQUIREMENT);
}

pub(crate) async fn a_changed_index_entry_is_found_only_by_its_new_hash(store: TestStore) {
    let (before, after, device) = (random_hash(), random_hash(), random_hash());
    let session = create_indexed(&store, &[user_entry(before), index_change("device", Some(device))]).await;
    session.commit(&index_commit(&[user_entry(after)])).await;
    assert_equal(
        find_ids(&store, &before, NOW).await,
        vec![],
        "a session must not be found by its previous index entry",
    );
    assert_equal(
        find_ids(&store, &after, NOW).await,
        vec![session.id],
        "a session must be found by its new index entry",
    );
    assert_equal(find_ids(&store, &device, NOW).await, vec![session.id], "the index entry of another key must remain");
    session.commit(&index_commit(&[user_entry(before)])).await;
    assert_equal(
        find_ids(&store, &before, NOW).await,
        vec![session.id],
        "an index entry that was restored must be found again",
    );
    assert_equal(
        find_ids(&store, &after, NOW).await,
        vec![],
        "a session must not be found by its previous index entry",
    );
}

pub(crate) async fn a_removed_index_entry_is_not_found(store: TestStore) {
    let (hash, device) = (random_hash(), random_hash());
    let session = create_indexed(&store, &[user_entry(hash), index_change("device", Some(device))]).await;
    session.commit(&index_commit(&[index_change("user", None)])).await;
    assert_equal(find_ids(&store, &hash, NOW).await, vec![], "a session must not be found by a removed index entry");
    assert_equal(
        find_ids(&store, &device, NOW).await,
        vec![session.id],
        "removing an index entry must keep the index entry of another key",
    );
    session.commit(&index_commit(&[index_change("user", None)])).await;
    session.commit(&index_commit(&[user_entry(hash)])).await;
    assert_equal(
        find_ids(&store, &hash, NOW).await,
        vec![session.id],
        "an index entry that was removed must be found after it is added again",
    );
}

pub(crate) async fn an_index_entry_is_kept_by_commits_of_other_keys(store: TestStore) {
    let hash = random_hash();
    let session = create_indexed(&store, &[user_entry(hash)]).await;
    session.commit(&session.change(&[Set("a", "1")])).await;
    session.commit(&index_commit(&[user_entry(hash)])).await;
    session.commit(&session.rotation(random_token(), session.limits(), NOW)).await;
    assert_equal(
        find_ids(&store, &hash, NOW).await,
        vec![session.id],
        "an index entry must remain until a commit changes its key",
    );
}

pub(crate) async fn a_commit_of_index_entries_changes_only_the_revision(store: TestStore) {
    let session = TestSession::create(&store, &[("a", "1")]).await;
    let commit = index_commit(&[user_entry(random_hash())]);
    session.apply(&commit, "a commit of index entries on a live record must return Done").await;
    let mut expected = session.new_record(&[("a", "1")]);
    expected.revision = 2;
    let requirement = "a commit of only index entries must increment the revision and change nothing else";
    assert_record(Some(&session.expect_record().await), Some(&expected), requirement);
}

pub(crate) async fn a_rejected_operation_changes_no_index_entry(store: TestStore) {
    let (kept, rejected) = (random_hash(), random_hash());
    let session = create_indexed(&store, &[user_entry(kept)]).await;
    let with_other_token = Commit { token: Some(random_token()), ..index_commit(&[user_entry(rejected)]) };
    let on_other_revision = Commit { revision: Some(9), ..index_commit(&[user_entry(rejected)]) };
    let too_late = Commit { now: session.time_after(100), ..index_commit(&[user_entry(rejected)]) };
    for commit in [with_other_token, on_other_revision, too_late] {
        let committed = session.commit(&commit).await;
        assert!(
            !matches!(committed, Committed::Done(_)),
            "a commit with another token, another revision or a late time must be rejected"
        );
    }
    let missing = TestSession::new(&store).commit(&index_commit(&[user_entry(rejected)])).await;
    assert_equal(missing, Committed::Missing, "a commit on an id without a record must return Missing");
    let created = store.create(&session.id, &session.new_record(&[]), &[user_entry(rejected)]).await;
    assert!(!created, "creating on a live id must return false");
    assert_equal(find_ids(&store, &rejected, NOW).await, vec![], "a rejected operation must add no index entry");
    assert_equal(
        find_ids(&store, &kept, NOW).await,
        vec![session.id],
        "a rejected operation must remove no index entry",
    );
    let outcome = session.delete(DeleteCondition::IndexEntry(rejected), NOW).await;
    assert_equal(outcome, Deleted::Missing, "an index entry of a rejected operation must not delete the session");
}

pub(crate) async fn a_deleted_session_is_not_found(store: TestStore) {
    let hash = random_hash();
    let sessions =
        [create_indexed(&store, &[user_entry(hash)]).await, create_indexed(&store, &[user_entry(hash)]).await];
    for condition in [DeleteCondition::Token(sessions[0].token), DeleteCondition::IndexEntry(hash)] {
        sessions[0].delete(condition, NOW).await;
        assert_equal(find_ids(&store, &hash, NOW).await, vec![sessions[1].id], "a deleted session must not be found");
    }
}

pub(crate) async fn an_expired_session_is_not_found(store: TestStore) {
    const REQUIREMENT: &str = "a session must be found until its expiry, and not from then on";
    let hash = random_hash();
    let (session, long_lived) = (
        create_indexed(&store, &[user_entry(hash)]).await,
        TestSession::starting_at(&store, NOW + Duration::from_secs(1)),
    );
    long_lived.store_record(&long_lived.new_record(&[]), &[user_entry(hash)]).await;
    let last = Timestamp::from_millis(session.time_after(100).as_millis() - 1);
    assert_equal(find_ids(&store, &hash, last).await, vec![session.id, long_lived.id], REQUIREMENT);
    assert_equal(find_ids(&store, &hash, session.time_after(100)).await, vec![long_lived.id], REQUIREMENT);
    long_lived.commit(&long_lived.touch(session.time_after(90))).await;
    let requirement = "a renewed session must be found until its new expiry";
    assert_equal(find_ids(&store, &hash, session.time_after(189)).await, vec![long_lived.id], requirement);
}

pub(crate) async fn the_sessions_of_an_index_entry_are_found_oldest_first(store: TestStore) {
    const SESSIONS: usize = 25;
    let hash = random_hash();
    let mut infos = Vec::<SessionInfo>::new();
    for number in 0..SESSIONS {
        // The order of start times differs from the order of creation, in both directions.
        let start = NOW + Duration::from_secs((number * 7 % SESSIONS) as u64);
        let session = TestSession::starting_at(&store, start);
        let is_indexed_later = number % 2 == 0;
        let initial = if is_indexed_later { vec![] } else { vec![user_entry(hash)] };
        session.store_record(&session.new_record(&[]), &initial).await;
        if is_indexed_later {
            session.commit(&Commit { now: start, ..index_commit(&[user_entry(hash)]) }).await;
        }
        if number % 3 == 0 {
            session.commit(&session.rotation(random_token(), session.limits(), start)).await;
        }
        infos.push(session.info().await);
    }
    infos.sort_by_key(|info| info.created);
    let found = store.find(&hash, NOW + Duration::from_secs(30)).await;
    assert_equal(found.len(), SESSIONS, "each session with the index entry must be found exactly once");
    assert_equal(found, infos, "the sessions of an index entry must be found oldest first");
}

/// Reads all pages, alternately on both servers, and calls `on_page` after each.
async fn find_in_pages(
    store: &TestStore,
    hash: &IndexHash,
    limit: usize,
    mut on_page: impl AsyncFnMut(),
) -> Vec<SessionInfo> {
    const MAX_PAGES: usize = 1000;
    let (mut sessions, mut cursor, servers) = (Vec::new(), None::<String>, [store.clone(), store.on_other_server()]);
    for number in 0..MAX_PAGES {
        let page = servers[number % 2].find_page(hash, cursor.as_deref(), limit, NOW).await;
        assert!(page.sessions.len() <= limit, "a page of `find` must have at most {limit} sessions");
        sessions.extend(page.sessions);
        cursor = page.next;
        if cursor.is_none() {
            return sessions;
        }
        on_page().await;
    }
    panic!("the pages of `find` must be finite: there were {MAX_PAGES} with a next cursor");
}

pub(crate) async fn pages_of_an_index_entry_return_each_session_once_in_order(store: TestStore) {
    const SESSIONS: usize = 25;
    let (hash, device) = (random_hash(), random_hash());
    let mut infos = Vec::<SessionInfo>::new();
    for number in 0..SESSIONS {
        // Several sessions start at the same time.
        let session = TestSession::starting_at(&store, NOW + Duration::from_secs((number % 4) as u64));
        let index = [user_entry(hash), index_change("device", Some(device))];
        session.store_record(&session.new_record(&[]), &index).await;
        infos.push(session.info().await);
    }
    create_indexed(&store, &[user_entry(random_hash())]).await;
    infos.sort_by_key(|info| (info.created, info.id));
    for limit in [1, 4, SESSIONS, SESSIONS + 1, 1000] {
        let requirement = format!("pages of {limit} must return each session once, by creation and then by id");
        assert_equal(find_in_pages(&store, &hash, limit, async || ()).await, infos.clone(), requirement);
    }
}

/// Between the pages, sessions that a page has returned are deleted or get another entry, and younger ones are created.
pub(crate) async fn pages_return_every_session_that_has_the_index_entry_throughout(store: TestStore) {
    const KEPT: usize = 40;
    let (hash, mut seconds) = (random_hash(), 0..);
    let mut create = async || {
        let session = TestSession::starting_at(&store, NOW + Duration::from_secs(seconds.next().unwrap_or_default()));
        session.store_record(&session.new_record(&[]), &[user_entry(hash)]).await;
        session
    };
    let (mut kept, mut others) = (Vec::new(), Vec::new());
    for _ in 0..KEPT {
        kept.push(create().await);
        others.push(create().await);
    }
    let mut others = others.into_iter();
    let mut changed = kept.iter().cycle();
    let found = find_in_pages(&store, &hash, 7, async || {
        if let (Some(deleted), Some(moved)) = (others.next(), others.next()) {
            deleted.delete(DeleteCondition::None, NOW).await;
            moved.commit(&index_commit(&[user_entry(random_hash())])).await;
        }
        create().await;
        if let Some(session) = changed.next() {
            session.commit(&session.rotation(random_token(), session.limits(), NOW)).await;
        }
    })
    .await;
    for session in &kept {
        let count = found.iter().filter(|info| info.id == session.id).count();
        assert_equal(count, 1, "pages must return each session once that has the index entry throughout");
    }
}

/// One session has values that most stores keep apart from the record, and one has changed values.
pub(crate) async fn the_records_of_an_index_entry_are_the_stored_records_in_the_same_pages(store: TestStore) {
    const SESSIONS: usize = 9;
    let (hash, long) = (random_hash(), format!("\"{}\"", "x".repeat(50_000)));
    for number in 0..SESSIONS {
        let session = TestSession::starting_at(&store, NOW + Duration::from_secs((number * 2 % SESSIONS) as u64));
        let value = if number == 3 { long.as_str() } else { "1" };
        session.store_record(&session.new_record(&[("a", value)]), &[user_entry(hash)]).await;
        if number % 4 == 0 {
            session.commit(&session.change(&[Set("b", "2")])).await;
        }
    }
    for limit in [1, 4, SESSIONS, SESSIONS + 1] {
        let mut cursor = None::<String>;
        loop {
            let page = store.find_page(&hash, cursor.as_deref(), limit, NOW).await;
            let records = store.find_records(&hash, cursor.as_deref(), limit, NOW).await;
            let infos: Vec<_> = records.sessions.iter().map(|(id, record)| SessionInfo::new(*id, record)).collect();
            assert_equal(infos, page.sessions, "`find_records` must return the sessions of the page of `find`");
            for (id, record) in &records.sessions {
                let stored = store.load(id, NOW).await;
                assert_record(Some(record), stored.as_ref(), "`find_records` must return the stored record");
            }
            assert_equal(records.next.is_some(), page.next.is_some(), "both pages must have a next cursor, or none");
            // The cursor of one operation continues the pages of the other.
            cursor = if limit % 2 == 0 { records.next } else { page.next };
            if cursor.is_none() {
                break;
            }
        }
    }
}

pub(crate) async fn the_records_of_an_index_entry_are_live_and_have_it(store: TestStore) {
    let (hash, mut sessions) = (random_hash(), Vec::new());
    for _ in 0..4 {
        sessions.push(create_indexed(&store, &[user_entry(hash)]).await);
    }
    sessions[0].delete(DeleteCondition::None, NOW).await;
    sessions[1].commit(&index_commit(&[user_entry(random_hash())])).await;
    sessions[2].commit(&sessions[2].touch(sessions[2].time_after(90))).await;
    let find = async |now| {
        let page = store.find_records(&hash, None, 10, now).await;
        page.sessions.into_iter().map(|(id, _)| id).collect::<std::collections::BTreeSet<_>>()
    };
    let live = [sessions[2].id, sessions[3].id].into();
    assert_equal(find(NOW).await, live, "a deleted session, or one without the entry, must not be found");
    let requirement = "an expired session must not be found";
    assert_equal(find(sessions[2].time_after(100)).await, [sessions[2].id].into(), requirement);
}

pub(crate) async fn concurrently_created_sessions_are_all_found(store: TestStore) {
    const SESSIONS: usize = 40;
    let hash = random_hash();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..SESSIONS {
        let store = if number % 2 == 0 { store.clone() } else { store.on_other_server() };
        tasks.spawn(async move {
            let session = TestSession::create(&store, &[]).await;
            session.commit(&index_commit(&[user_entry(hash)])).await;
            let is_found = find_ids(&store, &hash, NOW).await.contains(&session.id);
            assert!(is_found, "a session must be found after its commit returned");
        });
    }
    tasks.join_all().await;
    assert_equal(store.find(&hash, NOW).await.len(), SESSIONS, "concurrently created sessions must all be found");
}
