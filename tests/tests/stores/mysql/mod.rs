//! Tests of MariaDB and MySQL: the index, scans, locks, packets, settings, and two servers on one database.

mod connections;
mod killed_statements;
mod locks;
mod migrations;
mod network_costs;
mod races;
mod value_log;

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use session::ErrorKind;
use session::store::{
    Changes, Commit, Committed, DeleteCondition, Deleted, IndexHash, Json, Limits, LoadedValues, MySqlStore, Record,
    Rotation, SessionStore, StoreError, Timestamp, TokenHash,
};
use session_tests::mysql_proxy::{Command, Proxy};
use session_tests::sample::{ID, NOW, TOKEN, after, entry, is_done, limits, number, record, set};
use session_tests::servers::{ClosedPort, mysql, mysql_at, prefix, url, wait_until_idle};
use sqlx::mysql::{MySqlConnectOptions, MySqlPool, MySqlPoolOptions};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection};
use tokio::task::JoinSet;

const USER: IndexHash = IndexHash::from_bytes([9; 32]);

/// A commit on this revision only.
fn swap(revision: u64, pairs: &[(&str, &str)]) -> Commit {
    with(set(pairs), |commit| commit.revision = Some(revision))
}

fn rotation(token: TokenHash, limits: Limits) -> Commit {
    with(set(&[]), |commit| commit.rotation = Some(Rotation { token, limits, is_login: true }))
}

fn with(mut commit: Commit, change: impl FnOnce(&mut Commit)) -> Commit {
    change(&mut commit);
    commit
}

fn assert_done(committed: &Result<Committed, StoreError>) {
    assert!(matches!(committed, Ok(Committed::Done(_))), "{committed:?}");
}

fn options() -> MySqlConnectOptions {
    MySqlConnectOptions::from_str(&url("SESSION_TEST_MYSQL")).unwrap()
}

async fn pool(options: MySqlConnectOptions, connections: u32) -> MySqlPool {
    let pool = MySqlPoolOptions::new().test_before_acquire(false).max_connections(connections);
    pool.connect_with(options).await.unwrap()
}

const ISOLATION_LEVELS: [&str; 3] = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"];

/// A pool of ten connections with this isolation level.
async fn isolated_pool(options: MySqlConnectOptions, isolation: &'static str) -> MySqlPool {
    let pool = MySqlPoolOptions::new().test_before_acquire(false).after_connect(move |connection, _| {
        Box::pin(async move { run(connection, format!("SET SESSION TRANSACTION ISOLATION LEVEL {isolation}")).await })
    });
    pool.connect_with(options).await.unwrap()
}

/// An own connection of the test, for statements that the store does not run.
async fn admin() -> MySqlConnection {
    MySqlConnection::connect_with(&options()).await.unwrap()
}

async fn run(connection: &mut MySqlConnection, sql: String) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop)
}

async fn count(connection: &mut MySqlConnection, table: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(format!("SELECT COUNT(*) FROM `{table}`"))).fetch_one(connection).await.unwrap()
}

/// A new store with its own connections, and its prefix.
async fn new_store() -> (MySqlStore, String) {
    let prefix = prefix();
    let store = mysql_at(&prefix).await;
    store.migrate().await.unwrap();
    (store, prefix)
}

/// A pool that connects through a proxy.
async fn pool_behind_a_proxy(connections: u32) -> (MySqlPool, Proxy) {
    let options = options();
    let proxy = Proxy::start(options.get_host(), options.get_port()).await;
    (pool(options.host("127.0.0.1").port(proxy.port), connections).await, proxy)
}

/// A store that connects through a proxy, with one command at a time.
async fn store_behind_a_proxy(connections: u32) -> (MySqlStore, Proxy) {
    let (pool, proxy) = pool_behind_a_proxy(connections).await;
    let store = MySqlStore::new(pool).with_prefix(&prefix()).unwrap();
    store.migrate().await.unwrap();
    assert_eq!(
        store.delete(&ID, DeleteCondition::None, NOW).await.unwrap(),
        Deleted::Missing,
        "this opens a connection"
    );
    (store, proxy)
}

/// The kinds of commands since the last call, in order.
fn kinds(proxy: &Proxy) -> Vec<u8> {
    proxy.commands().iter().map(|command| command.kind).collect()
}

// Index and scan

#[tokio::test]
async fn the_index_follows_commits_and_deletions() {
    let (store, prefix) = new_store().await;
    let other = IndexHash::from_bytes([8; 32]);
    let ids = [3, 1, 2].map(number);
    for (id, seconds) in ids.iter().zip([5, 3, 5]) {
        let mut one = record(&[("user", "7")]);
        (one.created, one.label) = (after(seconds), Some("Firefox".to_owned()));
        assert!(store.create(id, &one, &[entry("user", Some(USER)), entry("device", Some(other))]).await.unwrap());
    }
    let found = store.find(&USER, None, 1000, NOW).await.unwrap().sessions;
    assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), [ids[1], ids[2], ids[0]], "the oldest first");
    assert_eq!((found[0].created, found[0].expires), (after(3).into(), after(100).into()));
    assert_eq!(found[0].label.as_deref(), Some("Firefox"));

    let mut moves = set(&[("user", "8")]);
    moves.index = vec![entry("user", Some(other)), entry("device", None)];
    assert_done(&store.commit(&ids[0], &moves).await);
    assert_eq!(store.find(&USER, None, 1000, NOW).await.unwrap().sessions.len(), 2);
    assert_eq!(store.find(&other, None, 1000, NOW).await.unwrap().sessions.len(), 3);

    let mut refused = set(&[]);
    (refused.token, refused.index) = (Some(TokenHash::from_bytes([6; 32])), vec![entry("user", None)]);
    assert!(matches!(store.commit(&ids[1], &refused).await, Ok(Committed::Replaced { .. })));
    assert_eq!(
        store.find(&USER, None, 1000, NOW).await.unwrap().sessions.len(),
        2,
        "a rejected commit does not change the index"
    );

    assert_eq!(
        store.delete(&ids[0], DeleteCondition::IndexEntry(USER), NOW).await.unwrap(),
        Deleted::Missing,
        "the session belongs to another user"
    );
    assert_eq!(store.delete(&ids[1], DeleteCondition::IndexEntry(USER), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(store.find(&USER, None, 1000, NOW).await.unwrap().sessions.len(), 1);
    assert_eq!(store.find(&USER, None, 1000, after(100)).await.unwrap().sessions, [], "expired sessions are not found");
    assert_eq!(store.delete_expired(after(1000), 10).await.unwrap(), 2);
    let mut admin = admin().await;
    for table in ["s", "_index"] {
        assert_eq!(count(&mut admin, &format!("{prefix}{table}")).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_scan_returns_every_live_session_once() {
    let store = mysql().await;
    let ids = [0, 1, 2, 3, 4, 254, 255].map(number);
    for (at, id) in ids.iter().enumerate() {
        let mut one = record(&[("a", "1"), ("b", "2")][..at % 3]);
        one.expires = if at == 3 { NOW } else { after(9) };
        assert!(store.create(id, &one, &[]).await.unwrap());
    }
    for batch in [1, 2, 3, 7, 8, usize::MAX] {
        let (mut from, mut scanned) = (None::<String>, Vec::new());
        loop {
            let page = store.scan(from.as_deref(), batch, NOW).await.unwrap();
            scanned.extend(page.sessions.into_iter().map(|(id, record)| (id, record.values.len())));
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        let expected: Vec<_> = ids.into_iter().zip([0, 1, 2, 0, 1, 2, 0]).filter(|(id, _)| *id != ids[3]).collect();
        assert_eq!(scanned, expected, "in batches of {batch}");
    }
}

// Locks, packets and settings

/// Waits until this number of statements of other connections wait for a lock. The condition selects their connections.
async fn wait_for_waiting_statements(connection: &mut MySqlConnection, condition: &str, expected: i64) {
    let sql = format!(
        "SELECT COUNT(*) FROM information_schema.PROCESSLIST
        WHERE command = 'Execute' AND id <> CONNECTION_ID() AND {condition}"
    );
    let mut polls = 0;
    for _ in 0..1_200 {
        let running: i64 = sqlx::query_scalar(AssertSqlSafe(&*sql)).fetch_one(&mut *connection).await.unwrap();
        polls = if running == expected { polls + 1 } else { 0 };
        // A statement that does not wait is not seen several times.
        if polls == 4 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{expected} statements do not wait: {condition}");
}

/// The other transaction has changed more rows, so the server rolls back the transaction of the store.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_rolled_back_by_a_deadlock_is_retried() {
    let (store, prefix) = new_store().await;
    assert!(store.create(&ID, &record(&[("a", "1")]), &[entry("user", Some(USER))]).await.unwrap());
    let mut other = admin().await;
    run(&mut other, format!("CREATE TABLE `{prefix}_weight` (id INT PRIMARY KEY)")).await.unwrap();
    let weight: Vec<String> = (0..500).map(|id| format!("({id})")).collect();
    let weight = format!("BEGIN; INSERT INTO `{prefix}_weight` VALUES {}", weight.join(", "));
    let lock_the_entry = format!("{weight}; SELECT 1 FROM `{prefix}_index` FOR UPDATE");
    run(&mut other, lock_the_entry).await.unwrap();
    let commit = {
        let store = store.clone();
        let moves = with(set(&[("a", "2")]), |commit| commit.index = vec![entry("user", None)]);
        tokio::spawn(async move { store.commit(&ID, &moves).await })
    };
    wait_for_waiting_statements(&mut other, &format!("info LIKE '%`{prefix}_index`%'"), 1).await;
    assert!(!commit.is_finished(), "the commit waits for the index entry");
    run(&mut other, format!("SELECT 1 FROM `{prefix}s` FOR UPDATE")).await.unwrap();
    run(&mut other, "ROLLBACK".to_owned()).await.unwrap();
    assert_done(&commit.await.unwrap());
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().values, record(&[("a", "2")]).values);
}

type Make = fn(&mut Record, Duration);

#[tokio::test]
async fn sessions_with_unusual_times_and_revisions_work() {
    let (store, _) = new_store().await;
    let (forever, second) = (Duration::from_hours(100 * 365 * 24), TokenHash::from_bytes([2; 32]));
    let unusual: [(u8, Make); 5] = [
        (1, |record, forever| record.limits = Limits { idle: forever, absolute_end: NOW + forever * 2 }),
        (2, |record, forever| record.expires = NOW + forever),
        (3, |record, _| record.revision = (1 << 21) - 2),
        (4, |record, _| record.revision = 1 << 40),
        (5, |record, _| record.limits.idle = Duration::ZERO),
    ];
    for (byte, make) in unusual {
        let (id, mut expected) = (number(byte), record(&[("a", "1")]));
        make(&mut expected, forever);
        assert!(store.create(&id, &expected, &[]).await.unwrap());
        for commit in [set(&[("a", "2")]), set(&[]), rotation(second, expected.limits)] {
            if commit.rotation.is_some() && byte == 5 {
                continue;
            }
            commit.apply(&mut expected);
            assert_done(&store.commit(&id, &commit).await);
            assert_eq!(store.load(&id, NOW).await.unwrap().as_ref(), Some(&expected), "session {byte}");
        }
    }
    for (byte, rotated) in [(6, None), (7, Some(-5)), (8, Some(0)), (9, Some(1_900_000_000_000))] {
        let (id, mut replaced) = (number(byte), record(&[("a", "1")]));
        (replaced.token, replaced.rotated) = (second, rotated.map(Timestamp::from_millis));
        assert!(store.create(&id, &replaced, &[]).await.unwrap());
        for commit in [set(&[("a", "2")]), rotation(TOKEN, replaced.limits)] {
            let outcome = store.commit(&id, &commit).await.unwrap();
            assert_eq!(outcome, Committed::Replaced { rotated: replaced.rotated });
        }
        assert_eq!(store.load(&id, NOW).await.unwrap(), Some(replaced), "nothing was stored");
    }
}

/// The pool of the application has its own modes. In one of them, assignments see the old values.
#[tokio::test]
async fn the_sql_mode_of_a_connection_changes_nothing() {
    for mode in [
        "",
        "SIMULTANEOUS_ASSIGNMENT",
        "ANSI",
        "ORACLE",
        "TRADITIONAL",
        "NO_UNSIGNED_SUBTRACTION",
        "EMPTY_STRING_IS_NULL",
    ] {
        let options = options();
        let pool = MySqlPoolOptions::new().test_before_acquire(false).max_connections(1);
        let pool = pool.after_connect(move |connection, _| {
            Box::pin(async move { run(connection, format!("SET SESSION sql_mode = '{mode}'")).await })
        });
        let store = MySqlStore::new(pool.connect_with(options).await.unwrap()).with_prefix(&prefix()).unwrap();
        store.migrate().await.unwrap();
        let mut expected = record(&[("a", "1")]);
        assert!(store.create(&ID, &expected, &[]).await.unwrap());
        let second = TokenHash::from_bytes([2; 32]);
        let limits = Limits { idle: Duration::from_secs(50), absolute_end: after(500) };
        let mut steps: Vec<Commit> = (0..100).map(|turn| set(&[("a", &format!("{turn}").repeat(20))])).collect();
        steps.push(with(set(&[]), |commit| commit.now = after(30)));
        steps.push(with(rotation(second, limits), |commit| commit.now = after(40)));
        steps.push(with(set(&[("b", "2")]), |commit| (commit.token, commit.now) = (Some(second), after(60))));
        steps.push(with(set(&[]), |commit| (commit.token, commit.label) = (Some(second), Some("Firefox".to_owned()))));
        steps.push(with(set(&[]), |commit| (commit.token, commit.now) = (Some(second), after(60))));
        let empty = number(8);
        assert!(store.create(&empty, &record(&[]), &[]).await.unwrap());
        assert_eq!(store.load(&empty, NOW).await.unwrap(), Some(record(&[])), "{mode}");
        for commit in steps {
            commit.apply(&mut expected);
            assert!(is_done(&store.commit(&ID, &commit).await.unwrap()), "{mode}");
        }
        assert_eq!(store.load(&ID, after(60)).await.unwrap(), Some(expected), "{mode}");
        let replaced = Committed::Replaced { rotated: Some(after(40)) };
        assert_eq!(store.commit(&ID, &set(&[])).await.unwrap(), replaced, "{mode}");
        let late = with(set(&[]), |commit| commit.now = after(500));
        assert_eq!(store.commit(&ID, &late).await.unwrap(), Committed::Missing, "{mode}");
    }
}

/// The pool of the application may use another character set, and the server may be lax.
#[tokio::test]
async fn no_setting_of_a_connection_rewrites_keys_or_values() {
    let lax = "SET SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH'";
    let lax = if sqlx::raw_sql(lax).execute(&mut admin().await).await.is_ok() {
        lax
    } else {
        "SET SESSION sql_mode = 'ANSI_QUOTES'"
    };
    let pool = MySqlPoolOptions::new().max_connections(1).after_connect(move |connection, _| {
        Box::pin(async move { sqlx::raw_sql(lax).execute(connection).await.map(drop) })
    });
    let pool = pool.connect_with(options().charset("latin1")).await.unwrap();
    let store = MySqlStore::new(pool).with_prefix(&prefix()).unwrap();
    store.migrate().await.unwrap();
    let pairs = [
        ("", "\"\\u0000\""),
        ("a", "-0.0"),
        ("A ", "\"\u{1f98a} é\""),
        ("a\0", "18446744073709551615"),
        ("é", "1E400"),
    ];
    let mut expected = record(&pairs);
    expected.label = Some("\u{1f98a} é".to_owned());
    assert!(store.create(&ID, &expected, &[]).await.unwrap());
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(expected.clone()));
    let mut rewrites = set(&pairs);
    (rewrites.changes, rewrites.label) = (Changes::default(), expected.label.clone());
    rewrites.changes.clear();
    for (key, text) in pairs {
        rewrites.changes.set(key, Json::from_text(text)).unwrap();
    }
    assert_done(&store.commit(&ID, &rewrites).await);
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().values, expected.values);
}

// Two servers on one database

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_writes_of_two_pools_on_one_database_are_kept() {
    let prefix = prefix();
    let stores = [Arc::new(mysql_at(&prefix).await), Arc::new(mysql_at(&prefix).await)];
    stores[0].migrate().await.unwrap();
    assert!(stores[0].create(&ID, &record(&[]), &[]).await.unwrap());
    let mut tasks = JoinSet::new();
    for at in 0..200_u8 {
        let store = Arc::clone(&stores[usize::from(at % 2)]);
        tasks.spawn(async move {
            let id = number(at);
            let mut commit = set(&[(&format!("key {at}"), "1")]);
            commit.index = vec![entry(&format!("user {at}"), Some(USER))];
            assert_done(&store.commit(&ID, &commit).await);
            if id != ID {
                assert!(store.create(&id, &record(&[("a", "1")]), &[entry("user", Some(USER))]).await.unwrap());
                assert!(store.find(&USER, None, 1000, NOW).await.unwrap().sessions.iter().any(|found| found.id == id));
                assert_eq!(store.delete(&id, DeleteCondition::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
            }
        });
    }
    tasks.join_all().await;
    let record = stores[1].load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!((record.values.len(), record.revision), (200, 201));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_sweeps_delete_each_session_once_and_no_live_one() {
    let prefix = prefix();
    let stores = [Arc::new(mysql_at(&prefix).await), Arc::new(mysql_at(&prefix).await)];
    stores[0].migrate().await.unwrap();
    for byte in 0..100 {
        let mut one = record(&[("a", "1")]);
        one.expires = after(if byte % 2 == 0 { 1 } else { 90 });
        assert!(stores[0].create(&number(byte), &one, &[]).await.unwrap());
    }
    let mut tasks = JoinSet::new();
    for store in stores.iter().chain(&stores) {
        let store = Arc::clone(store);
        tasks.spawn(async move {
            let mut dropped = 0;
            for _ in 0..10 {
                dropped += store.delete_expired(after(2), 7).await.unwrap();
            }
            dropped
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().sum::<usize>(), 50);
    assert_eq!(stores[1].scan(None, 1000, after(2)).await.unwrap().sessions.len(), 50);
}
