//! Tests of PostgreSQL: the index, scans, unusual values and times, and two servers on one database.

mod connections;
mod migrations;
mod network_costs;
mod value_log;

use std::sync::Arc;
use std::time::Duration;

use session::store::{
    Commit, Committed, CommittedVersion, DeleteCondition, Deleted, IndexHash, Json, Limits, LoadedValues,
    PostgresStore, Record, Rotation, SessionStore, StoreError, Timestamp,
};
use session::{ErrorKind, SessionId};
use session_tests::postgres_proxy::Proxy;
use session_tests::sample::{ID, NOW, TOKEN, after, entry, is_done, limits, number, record, set, touch};
use session_tests::servers::{self, ClosedPort, prefix};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Executor, query, query_scalar};
use tokio::task::JoinSet;

use crate::row_races;

const ALICE: IndexHash = IndexHash::from_bytes([11; 32]);
const BOB: IndexHash = IndexHash::from_bytes([12; 32]);

/// A value that does not fit into the row of a session.
fn long() -> String {
    format!("\"{}\"", "x".repeat(3000))
}

fn url() -> String {
    servers::url("SESSION_TEST_POSTGRES")
}

fn options() -> PgConnectOptions {
    url().parse().unwrap()
}

/// An own connection of the test.
async fn admin() -> PgPool {
    pool(1, options()).await
}

async fn pool(connections: u32, options: PgConnectOptions) -> PgPool {
    let pool = PgPoolOptions::new().test_before_acquire(false).max_connections(connections);
    pool.connect_with(options).await.unwrap()
}

async fn run(pool: &PgPool, sql: String) {
    pool.execute(AssertSqlSafe(sql)).await.unwrap();
}

/// One connection to a new database.
async fn database(settings: &str) -> PgPool {
    let name = prefix();
    run(&admin().await, format!("CREATE DATABASE {name} TEMPLATE template0 {settings}")).await;
    pool(1, options().database(&name)).await
}

/// A new store on this pool, and its prefix.
async fn store_on(pool: PgPool) -> (PostgresStore, String) {
    let prefix = prefix();
    let store = PostgresStore::new(pool).with_prefix(&prefix).unwrap();
    store.migrate().await.unwrap();
    (store, prefix)
}

async fn store_behind_a_proxy() -> (PostgresStore, Proxy) {
    let options = options();
    let proxy = Proxy::start(format!("{}:{}", options.get_host(), options.get_port())).await;
    let pool = pool(1, options.host("127.0.0.1").port(proxy.port)).await;
    (store_on(pool).await.0, proxy)
}

/// Waits until a statement on the tables of this prefix waits for a lock.
async fn wait_for_a_waiting_statement(prefix: &str) {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND strpos(query, $1) > 0";
    let admin = admin().await;
    for _ in 0..3_000 {
        if query_scalar::<_, i64>(sql).bind(prefix).fetch_one(&admin).await.unwrap() > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no statement on the tables of {prefix} waits");
}

async fn found(store: &PostgresStore, hash: IndexHash, now: Timestamp) -> Vec<SessionId> {
    store.find(&hash, None, 1000, now).await.unwrap().sessions.into_iter().map(|found| found.id).collect()
}

// Index and scan

#[tokio::test]
async fn the_index_follows_commits() {
    let store = servers::postgres().await;
    let user = [entry("user", Some(ALICE)), entry("device", None)];
    for at in [3, 1, 2] {
        let mut record = record(&[]);
        record.created = after(10 - u64::from(at));
        assert!(store.create(&number(at), &record, &user).await.unwrap());
    }
    assert!(!store.create(&number(1), &record(&[]), &[entry("user", Some(BOB))]).await.unwrap());
    assert_eq!(found(&store, ALICE, NOW).await, [number(3), number(2), number(1)], "the oldest first");
    assert_eq!(found(&store, BOB, NOW).await, []);

    let mut moves = touch(NOW);
    moves.index = vec![entry("user", Some(BOB)), entry("device", Some(ALICE)), entry("absent", None)];
    assert!(is_done(&store.commit(&number(1), &moves).await.unwrap()));
    assert_eq!(found(&store, ALICE, NOW).await, [number(3), number(2), number(1)], "by another key");
    assert_eq!(found(&store, BOB, NOW).await, [number(1)]);

    let mut drops = Commit::empty(NOW);
    drops.index = vec![entry("user", Some(ALICE)), entry("device", None)];
    assert!(is_done(&store.commit(&number(1), &drops).await.unwrap()));
    assert_eq!(found(&store, BOB, NOW).await, []);
    drops.index = vec![entry("user", None)];
    assert!(is_done(&store.commit(&number(1), &drops).await.unwrap()));
    assert_eq!(found(&store, ALICE, NOW).await, [number(3), number(2)]);

    let mut stale = touch(NOW);
    stale.revision = Some(9);
    stale.index = vec![entry("user", Some(BOB))];
    assert!(matches!(store.commit(&number(2), &stale).await.unwrap(), Committed::Conflict(_)));
    assert_eq!(found(&store, BOB, NOW).await, [], "a rejected commit");
    assert_eq!(found(&store, ALICE, after(100)).await, [], "expired");
}

#[tokio::test]
async fn an_index_entry_is_a_condition_for_deletion() {
    let store = servers::postgres().await;
    assert!(store.create(&ID, &record(&[("a", "1")]), &[entry("user", Some(ALICE))]).await.unwrap());
    assert_eq!(store.delete(&ID, DeleteCondition::IndexEntry(BOB), NOW).await.unwrap(), Deleted::Missing);
    assert_eq!(store.delete(&ID, DeleteCondition::IndexEntry(ALICE), after(100)).await.unwrap(), Deleted::Missing);
    assert!(store.load(&ID, NOW).await.unwrap().is_some());
    assert_eq!(store.delete(&ID, DeleteCondition::IndexEntry(ALICE), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(store.load(&ID, NOW).await.unwrap(), None);
    assert_eq!(found(&store, ALICE, NOW).await, []);

    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    assert_eq!(store.delete(&ID, DeleteCondition::None, NOW).await.unwrap(), Deleted::Done);
    assert_eq!(store.delete(&ID, DeleteCondition::None, NOW).await.unwrap(), Deleted::Missing);
}

#[tokio::test]
async fn deleted_and_swept_sessions_leave_no_rows() {
    let (store, prefix) = store_on(admin().await).await;
    let large = long();
    for at in 0..6 {
        let entries = [entry("user", Some(ALICE))];
        let second = if at < 4 { "2" } else { &large };
        assert!(store.create(&number(at), &record(&[("a", "1"), ("b", second)]), &entries).await.unwrap());
    }
    assert_eq!(store.delete(&number(4), DeleteCondition::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(store.delete(&number(0), DeleteCondition::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(store.delete_expired(after(100), 2).await.unwrap(), 2);
    assert_eq!(found(&store, ALICE, NOW).await.len(), 2);
    assert_eq!(store.delete_expired(after(100), 2).await.unwrap(), 2);
    for table in ["s", "_index"] {
        let count = query_scalar::<_, i64>(AssertSqlSafe(format!("SELECT count(*) FROM {prefix}{table}")));
        assert_eq!(count.fetch_one(&admin().await).await.unwrap(), 0, "{table}");
    }
}

#[tokio::test]
async fn a_scan_returns_every_live_session_once() {
    let store = servers::postgres().await;
    for at in 0..7 {
        let mut record = record(&[("at", &at.to_string()), ("\0", "\"\\u0000\"")]);
        record.expires = if at % 3 == 2 { NOW } else { after(1) };
        assert!(store.create(&number(at), &record, &[]).await.unwrap());
    }
    for batch in [1, 2, 5, 100, usize::MAX] {
        let (mut from, mut scanned) = (None, Vec::new());
        loop {
            let page = store.scan(from.as_deref(), batch, NOW).await.unwrap();
            scanned.extend(page.sessions);
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        let ids: Vec<SessionId> = scanned.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, [0, 1, 3, 4, 6].map(number), "in batches of {batch}");
        assert_eq!(scanned[4].1, store.load(&number(6), NOW).await.unwrap().unwrap());
    }
    assert!(store.scan(Some("no id"), 1, NOW).await.is_err());
}

// Values and times that a database might reject

#[tokio::test]
async fn text_outside_the_databases_encoding_is_stored() {
    let pool = database("ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C'").await;
    let (store, _) = store_on(pool).await;
    let mut kept = record(&[("\0 \u{1f600} ł", "\"\u{1f600} ł \\u0000\""), ("", "-0.0")]);
    kept.label = Some("ł\0\u{1f600}".into());
    assert!(store.create(&ID, &kept, &[entry("ł\0", Some(ALICE))]).await.unwrap());
    let mut renaming = set(&[("ł\0", "\"ł\"")]);
    renaming.label = Some("\0".into());
    renaming.index = vec![entry("ł\0", Some(BOB))];
    assert!(is_done(&store.commit(&ID, &renaming).await.unwrap()));
    renaming.apply(&mut kept);
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(kept));
    assert_eq!(store.find(&BOB, None, 1000, NOW).await.unwrap().sessions[0].label.as_deref(), Some("\0"));
    assert_eq!(found(&store, ALICE, NOW).await, []);
}

#[tokio::test]
async fn an_unlimited_lifetime_does_not_overflow() {
    let store = servers::postgres().await;
    let forever = Limits { idle: Duration::MAX, absolute_end: Timestamp::from_millis(i64::MAX) };
    let mut endless = Record::new(TOKEN, forever, NOW);
    endless.expires = after(100);
    assert!(store.create(&ID, &endless, &[]).await.unwrap());
    for below in [0, 800, u16::MAX] {
        let committed = store.commit(&ID, &Commit::touch(TOKEN, below, after(1))).await.unwrap();
        let expires = if below == 0 { after(100) } else { forever.absolute_end };
        assert_eq!(committed, Committed::Done(Some(CommittedVersion { revision: 1, expires })), "{below}");
    }
    let mut rotation = touch(NOW);
    rotation.rotation = Some(Rotation { token: TOKEN, limits: forever, is_login: true });
    assert_eq!(
        store.commit(&ID, &rotation).await.unwrap(),
        Committed::Done(Some(CommittedVersion { revision: 2, expires: forever.absolute_end }))
    );
    assert_eq!(store.delete_expired(Timestamp::from_millis(i64::MAX), 10).await.unwrap(), 1);
}

#[tokio::test]
async fn the_renewal_threshold_is_exact_to_the_millisecond() {
    let store = servers::postgres().await;
    let day = Duration::from_hours(24);
    let lives = [1, 1001, 1_000_003].map(Duration::from_millis);
    let lives = [lives[0], lives[1], lives[2], day, 365 * 100 * day + Duration::from_millis(7)];
    let mut count = 0;
    for (idle, below) in lives.iter().flat_map(|idle| [0, 1, 333, 800, 1000].map(|below| (*idle, below))) {
        let limits = Limits { idle, absolute_end: NOW + 2 * idle };
        for early in [0, 1, 2] {
            count += 1;
            let id = number(count);
            let threshold = i64::try_from(limits.threshold(below).as_millis()).unwrap();
            let mut record = Record::new(TOKEN, limits, NOW);
            record.expires =
                Timestamp::from_millis((NOW.as_millis() + threshold + 1 - early).max(after(0).as_millis() + 1));
            assert!(store.create(&id, &record, &[]).await.unwrap());
            let mut commit = Commit::touch(TOKEN, below, NOW);
            if early == 2 {
                // A commit that is not the usual case.
                commit.label = Some("it".into());
            }
            let committed = store.commit(&id, &commit).await.unwrap();
            commit.apply(&mut record);
            let expected =
                Committed::Done(Some(CommittedVersion { revision: record.revision, expires: record.expires }));
            assert_eq!(committed, expected, "{idle:?}, {below}, {early}");
        }
    }
}

// Two servers

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_writes_of_two_pools_are_kept() {
    let one = servers::postgres().await;
    let (two, prefix) = store_on(pool(5, options()).await).await;
    let stores = [PostgresStore::new(pool(5, options()).await).with_prefix(&prefix).unwrap(), two];
    assert!(stores[0].create(&ID, &record(&[]), &[]).await.unwrap());
    let mut tasks = JoinSet::new();
    for at in 0..100_u8 {
        let store = stores[usize::from(at % 2)].clone();
        tasks.spawn(async move {
            let own = set(&[(&format!("own {at}"), "1")]);
            assert!(is_done(&store.commit(&ID, &own).await.unwrap()));
            assert!(store.create(&number(100 + at), &record(&[("a", "1")]), &[]).await.unwrap());
            assert_eq!(
                store.delete(&number(100 + at), DeleteCondition::Token(TOKEN), NOW).await.unwrap(),
                Deleted::Done
            );
        });
    }
    tasks.join_all().await;
    let loaded = stores[0].load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!((loaded.values.len(), loaded.revision), (100, 101));
    assert_eq!(stores[1].load(&ID, NOW).await.unwrap(), Some(loaded));
    assert_eq!(one.load(&ID, NOW).await.unwrap(), None);
}

#[tokio::test]
async fn a_sweep_waits_for_a_locked_row_and_deletes_it_if_it_is_still_expired() {
    let (store, prefix) = store_on(pool(2, options()).await).await;
    for at in 0..4 {
        assert!(store.create(&number(at), &record(&[("a", "1")]), &[]).await.unwrap());
    }
    let mut holder = admin().await.begin().await.unwrap();
    let renew = AssertSqlSafe(format!("UPDATE {prefix}s SET expires = $2 WHERE id = $1"));
    query(renew).bind(number(1).as_bytes()).bind(after(1000).as_millis()).execute(&mut *holder).await.unwrap();
    let sweep = tokio::spawn({
        let store = store.clone();
        async move { store.delete_expired(after(100), 10).await }
    });
    wait_for_a_waiting_statement(&prefix).await;
    assert!(!sweep.is_finished());
    holder.commit().await.unwrap();
    assert_eq!(sweep.await.unwrap().unwrap(), 3);
    assert!(store.load(&number(1), after(100)).await.unwrap().is_some(), "renewed in between");
    assert_eq!(store.delete_expired(after(1000), 10).await.unwrap(), 1);
}

// Isolation levels

/// A store whose connections have this isolation level by default.
async fn store_at(isolation: &str) -> Arc<dyn SessionStore> {
    let options = options().options([("default_transaction_isolation", isolation)]);
    Arc::new(store_on(pool(8, options).await).await.0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn races_on_a_full_log_lose_nothing_at_every_isolation_level() {
    for isolation in ["read committed", "repeatable read", "serializable"] {
        row_races::commits_and_clears_are_atomic(store_at(isolation).await).await;
        row_races::a_replaced_token_is_never_accepted(store_at(isolation).await).await;
    }
}

// Secrets in errors

#[tokio::test]
async fn no_error_and_no_debug_shows_a_stored_value() {
    let options = options().options([("log_parameter_max_length_on_error", "-1")]);
    let (store, prefix) = store_on(pool(1, options).await).await;
    let hex = "68756e74657232"; // how PostgreSQL shows these bytes
    let long = format!("\"hunter2{}\"", "x".repeat(2000));
    run(&admin().await, format!("ALTER TABLE {prefix}s ADD CHECK (length(log) < 20)")).await;
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    for text in ["\"hunter2\"", &long] {
        let error = store.commit(&ID, &set(&[("password", text)])).await.unwrap_err();
        let shown = format!("{error} {error:?} {store:?}");
        assert!(shown.contains("violates check constraint"), "{shown}");
        assert!(!shown.contains("hunter2") && !shown.contains(hex), "{shown}");
        assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[])), "nothing was stored");
    }
}

#[tokio::test]
async fn a_damaged_record_does_not_stop_the_sweep() {
    let (store, prefix) = store_on(admin().await).await;
    for at in 0..3 {
        assert!(store.create(&number(at), &record(&[("a", &*long())]), &[]).await.unwrap());
    }
    let is_damaged = format!("part = 0 AND id = (SELECT id FROM {prefix}s ORDER BY id LIMIT 1)");
    run(&admin().await, format!("UPDATE {prefix}s SET revision = NULL WHERE {is_damaged}")).await;
    assert_eq!(store.delete_expired(after(2000), 10).await.unwrap(), 3);
    let left: i64 =
        query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {prefix}s"))).fetch_one(&admin().await).await.unwrap();
    assert_eq!(left, 0);
}
