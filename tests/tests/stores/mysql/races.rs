//! Tests of many concurrent commits on one session, at three isolation levels of the application's pool.
//!
//! The values are so large that nearly every commit compacts the value log, or moves it to a part.

use session::SessionId;
use session_tests::private_server::{Engine, PrivateServer};

use super::*;
use crate::row_races;

const WRITERS: u8 = 6;
const TURNS: u8 = 25;
const CLEARS: u8 = 8;

/// A value of about 2.6 KB.
fn value(writer: u8, turn: u8) -> String {
    format!("\"{writer} {turn} {}\"", "x".repeat(2600))
}

/// Two keys with equal values.
fn pair(writer: u8, turn: u8) -> Commit {
    let value = value(writer, turn);
    set(&[(&format!("a{writer}"), &value), (&format!("b{writer}"), &value)])
}

/// The index entry of a login by this writer.
fn login_hash(writer: u8) -> IndexHash {
    IndexHash::from_bytes([100 + writer; 32])
}

fn login(writer: u8, turn: u8) -> Commit {
    let mut commit = pair(writer, turn);
    commit.changes.set("user", Json::from_text(writer.to_string())).unwrap();
    commit.index = vec![entry("user", Some(login_hash(writer)))];
    commit
}

fn clear(turn: u8) -> Commit {
    let mut commit = set(&[]);
    commit.changes.clear();
    commit.changes.set("cleared", Json::from_text(turn.to_string())).unwrap();
    commit.index = vec![entry("user", None)];
    commit
}

async fn empty_store_at(isolation: &'static str) -> (MySqlStore, String) {
    let prefix = prefix();
    let store = MySqlStore::new(isolated_pool(options(), isolation).await).with_prefix(&prefix).unwrap();
    let store = store.with_timeout(Duration::from_mins(1));
    store.migrate().await.unwrap();
    (store, prefix)
}

fn is_torn(record: &Record) -> bool {
    (0..WRITERS).any(|writer| record.values.get(&format!("a{writer}")) != record.values.get(&format!("b{writer}")))
}

/// Writes, clears and loads at once. Returns after all of them.
async fn run_writers(store: &MySqlStore) {
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        tasks.spawn(async move {
            for turn in 0..TURNS {
                let mut commit = if turn % 10 == 9 { login(writer, turn) } else { pair(writer, turn) };
                if turn % 3 == 2 {
                    commit.loaded = LoadedValues::new(&store.load(&ID, NOW).await.unwrap().unwrap());
                }
                assert_done(&store.commit(&ID, &commit).await);
            }
        });
    }
    let clearing = store.clone();
    tasks.spawn(async move {
        for turn in 0..CLEARS {
            assert_done(&clearing.commit(&ID, &clear(turn)).await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let loading = store.clone();
    tasks.spawn(async move {
        for _ in 0..100 {
            assert!(!is_torn(&loading.load(&ID, NOW).await.unwrap().unwrap()));
        }
    });
    tasks.join_all().await;
}

async fn check_race(isolation: &'static str) {
    let (store, prefix) = empty_store_at(isolation).await;
    assert!(store.create(&ID, &record(&[("start", "1")]), &[]).await.unwrap());
    run_writers(&store).await;
    // Without clears, the last value of each writer stays.
    let mut tasks = JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        tasks.spawn(async move { assert_done(&store.commit(&ID, &login(writer, TURNS)).await) });
    }
    tasks.join_all().await;

    let last = store.load(&ID, NOW).await.unwrap().unwrap();
    let commits = u64::from(WRITERS) * u64::from(TURNS + 1) + u64::from(CLEARS);
    assert_eq!(last.revision, 1 + commits, "each commit was stored once");
    assert!(!is_torn(&last));
    for writer in 0..WRITERS {
        assert!(last.values.get(&format!("a{writer}")).unwrap().as_str() == value(writer, TURNS), "writer {writer}");
    }
    let user: u8 = last.values.get("user").unwrap().as_str().parse().unwrap();
    for writer in 0..WRITERS {
        let found = store.find(&login_hash(writer), None, 10, NOW).await.unwrap().sessions.len();
        assert_eq!(found, usize::from(writer == user), "the index entry of {writer}, and {user} is logged in");
    }

    assert_done(&store.commit(&ID, &clear(0)).await);
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().values, record(&[("cleared", "0")]).values);
    assert_eq!(count(&mut admin().await, &format!("{prefix}s")).await, 1, "no part is left");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_commit_is_lost_and_no_view_is_torn_at_read_committed() {
    check_race("READ COMMITTED").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_commit_is_lost_and_no_view_is_torn_at_repeatable_read() {
    check_race("REPEATABLE READ").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_commit_is_lost_and_no_view_is_torn_at_serializable() {
    check_race("SERIALIZABLE").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_replaced_token_is_never_accepted_at_any_isolation_level() {
    for isolation in ISOLATION_LEVELS {
        row_races::a_replaced_token_is_never_accepted(Arc::new(empty_store_at(isolation).await.0)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commits_and_clears_are_atomic_at_every_isolation_level() {
    for isolation in ISOLATION_LEVELS {
        row_races::commits_and_clears_are_atomic(Arc::new(empty_store_at(isolation).await.0)).await;
    }
}

/// Starts, changes and deletes sessions of one user, while another task sweeps.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sessions_that_start_and_end_at_once_do_not_fail_at_any_isolation_level() {
    let server = PrivateServer::start(Engine::MySql, &[]);
    for isolation in ISOLATION_LEVELS {
        let options = MySqlConnectOptions::from_str(&server.url()).unwrap();
        let store = MySqlStore::new(isolated_pool(options, isolation).await);
        store.migrate().await.unwrap();
        let mut tasks = JoinSet::new();
        for task in 0..8 {
            let store = store.clone();
            tasks.spawn(async move {
                for turn in 0..30 {
                    start_and_delete(&store, number(task * 30 + turn), turn).await;
                }
            });
        }
        let sweeper = store.clone();
        tasks.spawn(async move {
            for _ in 0..30 {
                sweeper.delete_expired(after(2), 10).await.unwrap();
            }
        });
        tasks.join_all().await;
        while store.delete_expired(after(2), 10).await.unwrap() > 0 {}
        for table in ["sessions", "session_index"] {
            assert_eq!(server.query(&format!("SELECT COUNT(*) FROM session.{table}")).trim(), "0", "{isolation}");
        }
        if isolation == "READ COMMITTED" {
            // At stricter levels, a deletion locks gaps beside the session, and may be retried.
            let deadlocks = server.query("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'");
            assert_eq!(deadlocks.split_whitespace().last(), Some("0"));
        }
    }
}

async fn start_and_delete(store: &MySqlStore, id: SessionId, turn: u8) {
    // Every second one has a part.
    let large = value(1, turn);
    let mut one = record(&[("a", &value(0, turn)), ("b", if turn.is_multiple_of(2) { "1" } else { &large })]);
    // Another machine's clock is ahead.
    one.expires = after(if turn.is_multiple_of(5) { 1 } else { 90 });
    assert!(store.create(&id, &one, &[entry("user", Some(USER))]).await.unwrap());
    let mut login = login(0, turn);
    login.renew_below = None;
    let is_swept = store.commit(&id, &login).await.unwrap() == Committed::Missing;
    assert!(!is_swept || turn.is_multiple_of(5));
    if !turn.is_multiple_of(5) {
        let conditions =
            [DeleteCondition::Token(TOKEN), DeleteCondition::IndexEntry(login_hash(0)), DeleteCondition::None];
        let condition = conditions[usize::from(turn % 3)];
        assert_eq!(store.delete(&id, condition, NOW).await.unwrap(), Deleted::Done);
    }
}
