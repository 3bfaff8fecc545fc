//! Tests of Redis: scans, the keys of a prefix, and the errors of the server.

mod access;
mod cluster;
mod connections;
mod index;
mod invalid_keys;
mod network_costs;
mod urls;
mod value_log;

use std::collections::BTreeSet;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use session::store::{
    Commit, Committed, CommittedVersion, DeleteCondition, Deleted, IndexChange, IndexHash, Json, Limits, Record,
    RedisStore, Rotation, SessionInfo, SessionStore, Timestamp, TokenHash,
};
use session::{ErrorKind, SessionId};
use session_tests::sample::{ID, NOW, TOKEN, after, entry, is_done, limits, number, record, set, touch};
use session_tests::{Log, RedisServer, servers};
use tokio::task::JoinSet;
use tracing_subscriber::util::SubscriberInitExt;

const OTHER: SessionId = SessionId::from_bytes([8; 16]);
const NEXT: TokenHash = TokenHash::from_bytes([2; 32]);
const ANNA: IndexHash = IndexHash::from_bytes([10; 32]);
const BERT: IndexHash = IndexHash::from_bytes([11; 32]);

fn user(hash: Option<IndexHash>) -> IndexChange {
    entry("user", hash)
}

fn login(hash: Option<IndexHash>) -> Commit {
    let mut commit = set(&[("user", "1")]);
    commit.index = vec![user(hash)];
    commit
}

async fn store() -> RedisStore {
    let store = RedisStore::connect(&servers::url("SESSION_TEST_REDIS")).await.unwrap();
    store.with_prefix(&servers::prefix()).unwrap()
}

/// A store, its prefix, and a plain connection to its keys.
async fn store_and_keys() -> (RedisStore, String, MultiplexedConnection) {
    let (url, prefix) = (servers::url("SESSION_TEST_REDIS"), servers::prefix());
    let store = RedisStore::connect(&url).await.unwrap().with_prefix(&prefix).unwrap();
    (store, prefix, plain(&url).await)
}

async fn plain(url: &str) -> MultiplexedConnection {
    redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap()
}

async fn find(store: &RedisStore, hash: &IndexHash, now: Timestamp) -> Vec<SessionInfo> {
    store.find(hash, None, 1000, now).await.unwrap().sessions
}

async fn ids(store: &RedisStore, hash: IndexHash) -> Vec<SessionId> {
    find(store, &hash, NOW).await.into_iter().map(|found| found.id).collect()
}

/// Applies a commit to the store and to the expected record, and compares them.
async fn commit_and_compare(store: &RedisStore, held: &mut Record, commit: &Commit) {
    assert!(is_done(&store.commit(&ID, commit).await.unwrap()));
    commit.apply(held);
    assert!(store.load(&ID, NOW).await.unwrap().as_ref() == Some(&*held));
}

async fn text(store: &RedisStore, key: &str) -> Option<String> {
    let record = store.load(&ID, NOW).await.unwrap()?;
    record.values.get(key).map(|value| value.as_str().to_owned())
}

// Scan

async fn scan_all(store: &RedisStore, batch: usize) -> Vec<(SessionId, Record)> {
    let (mut from, mut seen) = (None, Vec::new());
    loop {
        let page = store.scan(from.as_deref(), batch, NOW).await.unwrap();
        seen.extend(page.sessions);
        from = page.next;
        if from.is_none() {
            return seen;
        }
    }
}

#[tokio::test]
async fn a_scan_returns_every_live_session_of_its_prefix() {
    let store = store().await;
    let other = store.clone().with_prefix(&servers::prefix()).unwrap();
    assert!(other.create(&ID, &record(&[("a", "1")]), &[user(Some(ANNA))]).await.unwrap());
    let ids: BTreeSet<SessionId> = (0..50).map(number).collect();
    for id in &ids {
        assert!(store.create(id, &record(&[("a", "1")]), &[user(Some(ANNA))]).await.unwrap());
    }
    let mut expired = record(&[]);
    expired.expires = NOW;
    assert!(store.create(&number(99), &expired, &[]).await.unwrap());
    let seen = scan_all(&store, 10).await;
    assert!(seen.iter().all(|(_, found)| *found == record(&[("a", "1")])));
    let seen: BTreeSet<SessionId> = seen.into_iter().map(|(id, _)| id).collect();
    assert_eq!(seen, ids);
    for nonsense in ["", "x", "-1", "1 2"] {
        assert!(store.scan(Some(nonsense), 10, NOW).await.is_err(), "{nonsense:?}");
    }
    assert_eq!(other.delete_expired(after(100), 10).await.unwrap(), 1);
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[("a", "1")])), "prefixes are separate");
}

// Prefixes and keys

#[tokio::test]
async fn a_prefix_that_could_match_other_keys_is_rejected() {
    for prefix in ["", "*", "a*", "a:b", "{a}", "a b", "A", "1", "a\r\nFLUSHALL"] {
        let error = store().await.with_prefix(prefix).expect_err(prefix);
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

#[tokio::test]
async fn an_application_key_never_collides_with_a_field_of_the_record() {
    let store = store().await;
    let fields = ["token", "expires", "index", "kept", "revision", "label", "0", "31", "", "=", "+00010000000001a1"];
    let pairs = fields.map(|field| (field, "\"nonsense\""));
    assert!(store.create(&ID, &record(&pairs[..5]), &[user(Some(ANNA))]).await.unwrap());
    assert!(is_done(&store.commit(&ID, &set(&pairs[5..])).await.unwrap()));
    let loaded = store.load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!(loaded.values, record(&pairs).values);
    assert_eq!((loaded.label, loaded.revision), (None, 2));

    let mut clear = touch(NOW);
    clear.changes.clear();
    clear.changes.set("token", Json::from_text("1")).unwrap();
    assert!(is_done(&store.commit(&ID, &clear).await.unwrap()));
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().values, record(&[("token", "1")]).values);
    assert_eq!(ids(&store, ANNA).await, [ID], "a clear keeps the index");
}

#[tokio::test]
async fn redis_expires_a_record_a_minute_after_its_expiry() {
    let (store, prefix, mut keys) = store_and_keys().await;
    let mut seconds_left = async || {
        let ttl: u64 = redis::cmd("PTTL").arg(format!("{prefix}:{ID}")).query_async(&mut keys).await.unwrap();
        (ttl + 5_000) / 10_000 * 10
    };
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    assert_eq!(seconds_left().await, 160);
    assert!(is_done(&store.commit(&ID, &touch(after(90))).await.unwrap()));
    assert_eq!(seconds_left().await, 160, "a use extends it");
    let mut rotation = touch(after(100));
    rotation.rotation = Some(Rotation {
        token: NEXT,
        limits: Limits { idle: Duration::MAX, absolute_end: after(u64::MAX) },
        is_login: true,
    });
    let committed = store.commit(&ID, &rotation).await.unwrap();
    let forever = Timestamp::from_millis(i64::MAX);
    assert_eq!(committed, Committed::Done(Some(CommittedVersion { revision: 2, expires: forever })));
    assert_eq!(store.load(&ID, after(100)).await.unwrap().unwrap().limits.absolute_end, forever);
    assert!(seconds_left().await > 1 << 40);
    rotation.token = Some(NEXT);
    rotation.rotation =
        Some(Rotation { token: NEXT, limits: Limits { idle: Duration::ZERO, absolute_end: after(0) }, is_login: true });
    assert!(is_done(&store.commit(&ID, &rotation).await.unwrap()));
    assert_eq!(seconds_left().await, 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_of_one_application_lose_no_write() {
    let (one, prefix) = (store().await, servers::prefix());
    let one = one.with_prefix(&prefix).unwrap();
    let two = store().await.with_prefix(&prefix).unwrap();
    assert!(one.create(&ID, &record(&[]), &[]).await.unwrap());
    let mut tasks = JoinSet::new();
    for pair in 0..100 {
        for (side, store) in [("a", &one), ("b", &two)] {
            let store = store.clone();
            let key = format!("{side}{pair}");
            tasks.spawn(async move { store.commit(&ID, &set(&[(&key, "1")])).await.unwrap() });
        }
    }
    assert!(tasks.join_all().await.iter().all(is_done));
    let loaded = two.load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!((loaded.values.len(), loaded.revision), (200, 201));
}

// Errors and warnings

#[tokio::test]
async fn a_rejected_command_is_not_quoted_in_the_error() {
    let server = RedisServer::start(&["--rename-command", "GET", "nothing", "--rename-command", "EVALSHA", "none"]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    let error = store.load(&ID, NOW).await.unwrap_err();
    let expected =
        "Redis returned an error: ERR unknown command 'GET'; the server does not have this command, or has renamed it";
    assert_eq!(error.to_string().replace('`', "'"), expected);
    assert!(!format!("{error:?}").contains(&ID.to_string()));
    let error = store.commit(&ID, &set(&[("a", "\"hunter2\"")])).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hunter2") && !error.to_string().contains(&ID.to_string()));
}

#[tokio::test]
async fn connecting_to_a_server_that_may_evict_sessions_logs_a_warning() {
    let log = Log::default();
    let writer = log.clone();
    let _guard = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish().set_default();
    for (policy, warns) in [("noeviction", false), ("allkeys-lru", true), ("volatile-ttl", true)] {
        let server = RedisServer::start(&["--maxmemory-policy", policy]);
        RedisStore::connect(&server.url()).await.unwrap();
        let lines = log.take();
        assert_eq!(
            lines.contains("WARN") && lines.contains(policy) && lines.contains("evict sessions"),
            warns,
            "{lines}"
        );
    }
    let silent = RedisServer::start(&["--rename-command", "INFO", "nothing"]);
    RedisStore::connect(&silent.url()).await.unwrap();
    assert_eq!(log.take(), "", "a server that does not report its policy is accepted");
}
