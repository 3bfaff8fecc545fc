//! What Redis adds to the contract of a store: the index under its own keys, lost connections and scripts, the cluster.

mod log;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use session::store::{
    Commit, Committed, Deleted, Found, IndexChange, IndexHash, Json, Limits, Proof, Record, RedisStore, Rotation,
    SessionStore, Timestamp, TokenHash,
};
use session::{ErrorKind, SessionId};
use session_tests::sample::{ID, NOW, TOKEN, after, entry, is_done, limits, number, record, set, touch};
use session_tests::{Log, Monitor, RedisCluster, RedisServer, servers};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tracing_subscriber::util::SubscriberInitExt;

const OTHER: SessionId = SessionId::from_bytes([8; 16]);
const NEXT: TokenHash = TokenHash::from_bytes([2; 32]);
const ANNA: IndexHash = IndexHash::from_bytes([10; 32]);
const BERT: IndexHash = IndexHash::from_bytes([11; 32]);
const DAY: u64 = 86_400;
/// How many bytes stand before the log of a session without a label and index entries, and behind it.
const HEAD: usize = 36;
const TAIL: usize = 80;

fn user(hash: Option<IndexHash>) -> IndexChange {
    entry("user", hash)
}

fn sign_in(hash: Option<IndexHash>) -> Commit {
    let mut commit = set(&[("user", "1")]);
    commit.index = vec![user(hash)];
    commit
}

async fn store() -> RedisStore {
    let store = RedisStore::connect(&servers::url("SESSION_TEST_REDIS")).await.unwrap();
    store.with_prefix(&servers::prefix()).unwrap()
}

/// A store and a plain connection to what is under its prefix.
async fn store_and_keys() -> (RedisStore, String, MultiplexedConnection) {
    let (url, prefix) = (servers::url("SESSION_TEST_REDIS"), servers::prefix());
    let store = RedisStore::connect(&url).await.unwrap().with_prefix(&prefix).unwrap();
    (store, prefix, plain(&url).await)
}

async fn plain(url: &str) -> MultiplexedConnection {
    redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap()
}

async fn ids(store: &RedisStore, hash: IndexHash) -> Vec<SessionId> {
    store.find(&hash, NOW).await.unwrap().into_iter().map(|found| found.id).collect()
}

/// A commit on a session whose state is known, and that state afterwards.
async fn carried_out(store: &RedisStore, held: &mut Record, commit: &Commit) {
    assert!(is_done(&store.commit(&ID, commit).await.unwrap()));
    commit.apply(held);
    assert!(store.load(&ID, NOW).await.unwrap().as_ref() == Some(&*held));
}

async fn text(store: &RedisStore, key: &str) -> Option<String> {
    let record = store.load(&ID, NOW).await.unwrap()?;
    record.values.get(key).map(|value| value.as_str().to_owned())
}

// The index

#[tokio::test]
async fn the_index_follows_creations_commits_and_endings() {
    let store = store().await;
    assert!(store.create(&ID, &record(&[]), &[user(Some(ANNA))]).await.unwrap());
    let mut younger = record(&[]);
    younger.created = after(1);
    younger.label = Some("phone".into());
    assert!(store.create(&OTHER, &younger, &[user(Some(ANNA))]).await.unwrap());
    let found = store.find(&ANNA, NOW).await.unwrap();
    assert_eq!(found, [Found::new(ID, &record(&[])), Found::new(OTHER, &younger)], "the oldest first");
    assert!(!store.create(&ID, &record(&[]), &[user(Some(BERT))]).await.unwrap());
    assert_eq!(ids(&store, BERT).await, [], "what was not created is not found");

    assert!(is_done(&store.commit(&ID, &sign_in(Some(BERT))).await.unwrap()));
    assert_eq!((ids(&store, ANNA).await, ids(&store, BERT).await), (vec![OTHER], vec![ID]));
    assert!(is_done(&store.commit(&ID, &set(&[("cart", "1")])).await.unwrap()));
    assert_eq!(ids(&store, BERT).await, [ID], "other keys leave it alone");
    assert!(is_done(&store.commit(&ID, &sign_in(None)).await.unwrap()));
    assert_eq!(ids(&store, BERT).await, []);

    assert_eq!(store.delete(&OTHER, Proof::None, NOW).await.unwrap(), Deleted::Done);
    assert_eq!(ids(&store, ANNA).await, []);
    assert!(is_done(&store.commit(&ID, &sign_in(Some(ANNA))).await.unwrap()));
    assert_eq!(store.find(&ANNA, after(100)).await.unwrap(), [], "an expired session is not listed");
}

#[tokio::test]
async fn commits_that_are_refused_leave_no_entry() {
    let (store, prefix, mut keys) = store_and_keys().await;
    assert!(store.create(&ID, &record(&[]), &[user(Some(ANNA))]).await.unwrap());
    let mut stranger = sign_in(Some(BERT));
    stranger.token = Some(NEXT);
    assert_eq!(store.commit(&ID, &stranger).await.unwrap(), Committed::Replaced { rotated: None });
    let mut swap = sign_in(Some(BERT));
    swap.revision = Some(7);
    assert!(matches!(store.commit(&ID, &swap).await.unwrap(), Committed::Conflict(_)));
    assert_eq!(store.commit(&OTHER, &sign_in(Some(BERT))).await.unwrap(), Committed::Missing);
    let names: BTreeSet<String> = redis::cmd("KEYS").arg(format!("{prefix}:*")).query_async(&mut keys).await.unwrap();
    assert_eq!(names, [format!("{prefix}:{ID}"), index_key(&prefix, ANNA)].into());
}

fn index_key(prefix: &str, hash: IndexHash) -> String {
    format!("{prefix}:index:{}", hash.as_bytes().map(|byte| format!("{byte:02x}")).concat())
}

#[tokio::test]
async fn an_entry_ends_its_own_session_and_no_other() {
    let store = store().await;
    let device = entry("device", Some(BERT));
    assert!(store.create(&ID, &record(&[]), &[user(Some(ANNA)), device]).await.unwrap());
    assert!(store.create(&OTHER, &record(&[]), &[]).await.unwrap());
    assert_eq!(store.delete(&OTHER, Proof::Entry(ANNA), NOW).await.unwrap(), Deleted::Missing);
    assert_eq!(store.delete(&ID, Proof::Entry(IndexHash::from_bytes([12; 32])), NOW).await.unwrap(), Deleted::Missing);
    assert_eq!(store.delete(&ID, Proof::Entry(BERT), after(100)).await.unwrap(), Deleted::Missing, "expired");
    assert_eq!(store.delete(&ID, Proof::Entry(BERT), NOW).await.unwrap(), Deleted::Done);
    assert_eq!((ids(&store, ANNA).await, ids(&store, BERT).await), (vec![], vec![]));
    assert!(store.load(&OTHER, NOW).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn find_never_misses_a_session_whose_commit_returned() {
    let store = store().await;
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    let mut tasks = JoinSet::new();
    // Both hashes come and go under the same session; nobody but the last may be sure of his own.
    for task in 0..4 {
        let store = store.clone();
        tasks.spawn(async move {
            for round in 0..100 {
                let hash = if (task + round) % 2 == 0 { ANNA } else { BERT };
                assert!(is_done(&store.commit(&ID, &sign_in(Some(hash))).await.unwrap()));
                let (anna, bert) = (ids(&store, ANNA).await, ids(&store, BERT).await);
                assert!(anna.len() + bert.len() <= 2);
            }
        });
    }
    while tasks.join_next().await.transpose().unwrap().is_some() {}
    for hash in [ANNA, BERT, BERT, ANNA, ANNA] {
        assert!(is_done(&store.commit(&ID, &sign_in(Some(hash))).await.unwrap()));
        assert_eq!(ids(&store, hash).await, [ID]);
    }
    assert_eq!(ids(&store, BERT).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_session_that_signs_in_again_and_again_is_always_found() {
    let store = store().await;
    assert!(store.create(&ID, &record(&[]), &[user(Some(ANNA))]).await.unwrap());
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let store = store.clone();
        tasks.spawn(async move {
            for _ in 0..50 {
                assert!(is_done(&store.commit(&ID, &sign_in(Some(ANNA))).await.unwrap()));
                assert_eq!(ids(&store, ANNA).await, [ID]);
            }
        });
    }
    tasks.join_all().await;
}

#[tokio::test]
async fn find_drops_entries_that_are_out_of_date_but_none_on_its_way() {
    let (store, prefix, mut keys) = store_and_keys().await;
    assert!(store.create(&ID, &record(&[]), &[user(Some(ANNA))]).await.unwrap());
    let index = index_key(&prefix, ANNA);
    let on_its_way = [ID.as_bytes(), &[1; 8][..]].concat();
    let gone = [OTHER.as_bytes(), &[2; 8][..]].concat();
    let mut add = redis::cmd("ZADD");
    add.arg(&index).arg(9e15).arg(&on_its_way).arg(1).arg(&gone);
    add.arg(2).arg([ID.as_bytes(), &[3; 8][..]].concat());
    let added: usize = add.query_async(&mut keys).await.unwrap();
    assert_eq!((added, ids(&store, ANNA).await), (3, vec![ID]));
    let left: Vec<Vec<u8>> = redis::cmd("ZRANGE").arg(&index).arg(0).arg(-1).query_async(&mut keys).await.unwrap();
    assert_eq!(left.len(), 2, "its own entry, and the one on its way");
    assert!(left.contains(&on_its_way));

    let added: usize = redis::cmd("ZADD").arg(&index).arg(1).arg(&gone).query_async(&mut keys).await.unwrap();
    assert_eq!((added, store.delete_expired(NOW, 10).await.unwrap()), (1, 0));
    let left: usize = redis::cmd("ZCARD").arg(&index).query_async(&mut keys).await.unwrap();
    assert_eq!(left, 2, "a sweep drops them too");
}

#[tokio::test]
async fn a_session_that_outlives_its_index_keeps_it() {
    let (store, prefix, mut keys) = store_and_keys().await;
    let mut long = record(&[]);
    long.limits = Limits { idle: Duration::from_secs(100 * DAY), end: after(1000 * DAY) };
    long.expires = after(20 * DAY);
    assert!(store.create(&ID, &long, &[]).await.unwrap());
    let mut days_left = async || {
        let ttl: u64 = redis::cmd("PTTL").arg(index_key(&prefix, ANNA)).query_async(&mut keys).await.unwrap();
        (ttl + 3_600_000) / (DAY * 1000)
    };
    // Nobody says how long the session may live: a month, for now.
    let mut first = sign_in(Some(ANNA));
    first.extend_below = Some(0);
    assert!(is_done(&store.commit(&ID, &first).await.unwrap()));
    assert_eq!(days_left().await, 31);
    assert!(is_done(&store.commit(&ID, &touch(after(DAY))).await.unwrap()));
    assert_eq!(days_left().await, 999, "extended with the session, to its very end");
    assert_eq!(store.find(&ANNA, after(90 * DAY)).await.unwrap().len(), 1);

    let mut rotation = touch(after(2 * DAY));
    rotation.rotation = Some(Rotation { token: NEXT, limits: Limits { end: after(3000 * DAY), ..long.limits } });
    assert!(is_done(&store.commit(&ID, &rotation).await.unwrap()));
    assert_eq!(days_left().await, 999, "the session does not live that long yet");
    rotation.token = Some(NEXT);
    rotation.rotation = Some(Rotation {
        token: NEXT,
        limits: Limits { idle: Duration::from_secs(2000 * DAY), end: after(3000 * DAY) },
    });
    assert!(is_done(&store.commit(&ID, &rotation).await.unwrap()));
    assert_eq!(days_left().await, 2998);
}

#[tokio::test]
async fn a_user_may_have_hundreds_of_sessions() {
    let store = store().await;
    let id = |number: u16| SessionId::from_bytes([number.to_be_bytes(); 8].concat().try_into().unwrap());
    let create = |number| {
        let store = store.clone();
        async move { store.create(&id(number), &record(&[]), &[user(Some(ANNA))]).await.unwrap() }
    };
    assert!((0..300).map(create).collect::<JoinSet<_>>().join_all().await.into_iter().all(|created| created));
    assert_eq!(ids(&store, ANNA).await, (0..300).map(id).collect::<Vec<_>>());
}

// The walk

async fn walk(store: &RedisStore, batch: usize) -> Vec<(SessionId, Record)> {
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
async fn a_walk_comes_by_every_live_session_of_its_prefix() {
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
    let seen = walk(&store, 10).await;
    assert!(seen.iter().all(|(_, found)| *found == record(&[("a", "1")])));
    let seen: BTreeSet<SessionId> = seen.into_iter().map(|(id, _)| id).collect();
    assert_eq!(seen, ids);
    for nonsense in ["", "x", "-1", "1 2"] {
        assert!(store.scan(Some(nonsense), 10, NOW).await.is_err(), "{nonsense:?}");
    }
    assert_eq!(other.delete_expired(after(100), 10).await.unwrap(), 1);
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[("a", "1")])), "prefixes are worlds apart");
}

// Prefixes, names, and what lies where

#[tokio::test]
async fn a_prefix_that_could_lead_elsewhere_is_refused() {
    for prefix in ["", "*", "a*", "a:b", "{a}", "a b", "A", "1", "a\r\nFLUSHALL"] {
        let error = store().await.with_prefix(prefix).expect_err(prefix);
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

#[tokio::test]
async fn a_key_of_the_user_s_never_meets_what_the_record_says_of_itself() {
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
    assert_eq!(ids(&store, ANNA).await, [ID], "a clearing leaves what is not the user's");
}

#[tokio::test]
async fn redis_drops_a_record_by_itself_a_minute_after_its_time() {
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
    rotation.rotation = Some(Rotation { token: NEXT, limits: Limits { idle: Duration::MAX, end: after(u64::MAX) } });
    let committed = store.commit(&ID, &rotation).await.unwrap();
    let for_ever = Timestamp::from_millis(i64::MAX);
    assert_eq!(committed, Committed::Done { revision: 2, expires: for_ever });
    assert_eq!(store.load(&ID, after(100)).await.unwrap().unwrap().limits.end, for_ever);
    assert!(seconds_left().await > 1 << 40);
    rotation.token = Some(NEXT);
    rotation.rotation = Some(Rotation { token: NEXT, limits: Limits { idle: Duration::ZERO, end: after(0) } });
    assert!(is_done(&store.commit(&ID, &rotation).await.unwrap()));
    assert_eq!(seconds_left().await, 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_of_one_application_lose_nothing_to_each_other() {
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

#[tokio::test]
async fn the_older_version_of_the_protocol_serves_too() {
    let url = format!("{}?protocol=resp2", servers::url("SESSION_TEST_REDIS"));
    let store = RedisStore::connect(&url).await.unwrap().with_prefix(&servers::prefix()).unwrap();
    assert!(store.create(&ID, &record(&[("a", "1")]), &[user(Some(ANNA))]).await.unwrap());
    let mut swap = set(&[("a", "2")]);
    swap.revision = Some(9);
    assert!(matches!(store.commit(&ID, &swap).await.unwrap(), Committed::Conflict(_)));
    assert!(is_done(&store.commit(&ID, &sign_in(Some(BERT))).await.unwrap()));
    assert_eq!((text(&store, "a").await.as_deref(), ids(&store, BERT).await), (Some("1"), vec![ID]));
    assert_eq!(walk(&store, 1000).await.len(), 1);
    let client = redis::Client::open(servers::url("SESSION_TEST_REDIS")).unwrap();
    let own = RedisStore::new(client).with_prefix(&servers::prefix()).unwrap();
    assert!(own.create(&ID, &record(&[]), &[]).await.unwrap());
    assert_eq!(own.delete_expired(after(100), 10).await.unwrap(), 1);
}

// Round trips

#[tokio::test]
async fn every_operation_is_one_round_trip() {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    // The server has to see each script once.
    assert!(store.create(&OTHER, &record(&[]), &[user(Some(BERT))]).await.unwrap());
    assert!(is_done(&store.commit(&OTHER, &set(&[])).await.unwrap()));
    assert_eq!(ids(&store, BERT).await, [OTHER]);
    assert_eq!(store.delete(&OTHER, Proof::None, NOW).await.unwrap(), Deleted::Done);

    let mut monitor = Monitor::of(&server).await;
    assert!(store.create(&ID, &record(&[("a", "1"), ("b", "2")]), &[]).await.unwrap());
    assert_eq!(monitor.take(&server).await, ["SET"], "create");
    store.load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!(monitor.take(&server).await, ["GET"], "load");

    let mut everything = set(&[("a", "2"), ("c", "3"), ("d", "4")]);
    everything.changes.unset("b").unwrap();
    everything.label = Some("phone".into());
    everything.rotation = Some(Rotation { token: TOKEN, limits: limits() });
    everything.revision = Some(1);
    let mut clear = set(&[]);
    clear.changes.clear();
    clear.changes.set("e", Json::from_text("5")).unwrap();
    let mut stranger = set(&[("a", "3")]);
    stranger.token = Some(NEXT);
    for commit in [&everything, &clear, &everything, &stranger, &touch(after(50))] {
        let committed = store.commit(&ID, commit).await.unwrap();
        assert_eq!(monitor.take(&server).await, ["EVALSHA"], "{committed:?}");
    }
    assert!(is_done(&store.commit(&ID, &sign_in(Some(ANNA))).await.unwrap()));
    assert_eq!(monitor.take(&server).await, ["EVALSHA", "EVALSHA"], "add, commit");
    assert!(is_done(&store.commit(&ID, &sign_in(Some(BERT))).await.unwrap()));
    assert_eq!(monitor.take(&server).await, ["EVALSHA", "EVALSHA", "ZREM"], "add, commit, drop");
    assert_eq!(ids(&store, BERT).await, [ID]);
    assert_eq!(monitor.take(&server).await, ["EVALSHA", "EVALSHA"], "find, and one for each hit, all at once");
    assert_eq!(store.delete(&ID, Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(monitor.take(&server).await, ["EVALSHA", "ZREM"]);
}

/// Each command within a script costs the server about as much as a bare one costs altogether.
#[tokio::test]
async fn an_ordinary_commit_carries_out_two_commands() {
    let server = RedisServer::start(&[]);
    let (store, mut keys) = (RedisStore::connect(&server.url()).await.unwrap(), plain(&server.url()).await);
    let mut held = record(&[("a", "1")]);
    // Those of the first few commits that add something copy the string as well, and every eighth of the others.
    held.revision = 17;
    assert!(store.create(&ID, &held, &[]).await.unwrap());
    carried_out(&store, &mut held, &set(&[("a", "2")])).await;
    let () = redis::cmd("CONFIG").arg("RESETSTAT").query_async(&mut keys).await.unwrap();
    assert!(is_done(&store.commit(&ID, &set(&[("b", "3")])).await.unwrap()));
    let stats: String = redis::cmd("INFO").arg("commandstats").query_async(&mut keys).await.unwrap();
    let mut calls: Vec<_> = stats.lines().filter_map(|line| line.strip_prefix("cmdstat_")?.split(',').next()).collect();
    calls.retain(|call| !call.starts_with("config"));
    calls.sort_unstable();
    assert_eq!(calls, ["evalsha:calls=1", "getrange:calls=1", "setrange:calls=1"]);
}

// What goes wrong

#[tokio::test]
async fn a_server_that_forgot_its_scripts_fails_no_request() {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    let forget = || assert_eq!(server.ask("SCRIPT FLUSH"), "+OK");
    forget();
    assert!(store.create(&ID, &record(&[]), &[user(Some(ANNA))]).await.unwrap());
    forget();
    assert!(is_done(&store.commit(&ID, &sign_in(Some(BERT))).await.unwrap()));
    forget();
    assert_eq!(ids(&store, BERT).await, [ID]);
    forget();
    assert_eq!(store.delete_expired(after(100), 10).await.unwrap(), 1);
    forget();
    assert_eq!(store.delete(&ID, Proof::None, NOW).await.unwrap(), Deleted::Missing);
}

#[tokio::test]
async fn a_connection_that_the_server_closes_fails_no_request() {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    for round in 0..5 {
        server.ask("CLIENT KILL TYPE normal SKIPME yes");
        // It is told before the next request comes.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let value = round.to_string();
        assert!(is_done(&store.commit(&ID, &set(&[("round", &value)])).await.unwrap()));
        server.ask("CLIENT KILL TYPE normal SKIPME yes");
        assert_eq!(text(&store, "round").await, Some(value), "a load needs no time to be told");
    }
}

#[tokio::test]
async fn a_server_that_died_is_a_clear_error_and_works_when_it_is_back() {
    let mut server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    server.kill();
    for _ in 0..3 {
        let began = Instant::now();
        let error = store.load(&ID, NOW).await.unwrap_err();
        assert!(error.to_string().contains("refused"), "{error}");
        let error = store.commit(&ID, &set(&[("a", "1")])).await.unwrap_err();
        assert!(error.to_string().contains("refused"), "{error}");
        assert!(began.elapsed() < Duration::from_secs(1), "at once");
    }
    server.start_again();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap(), "the first request, and memory is empty");
    assert!(is_done(&store.commit(&ID, &set(&[("a", "1")])).await.unwrap()));
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up_and_asked_again() {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap().with_deadline(Duration::from_millis(150));
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    server.ask("CLIENT PAUSE 700 ALL");
    let began = Instant::now();
    let error = store.load(&ID, NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "no answer within 150ms");
    let error = store.commit(&ID, &set(&[("b", "1")])).await.unwrap_err();
    assert_eq!(error.to_string(), "no answer within 150ms");
    assert!(began.elapsed() < Duration::from_millis(600));
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(text(&store, "a").await.as_deref(), Some("1"), "the next request works");
    assert!(is_done(&store.commit(&ID, &set(&[("c", "1")])).await.unwrap()));
}

/// A way to a server that can be made to swallow the answers.
async fn mute(server: &RedisServer) -> (String, Arc<Mutex<bool>>) {
    let (listener, port) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), server.port);
    let url = format!("redis://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    let is_mute = Arc::new(Mutex::new(false));
    let mute = Arc::clone(&is_mute);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let (mute, mut server) = (Arc::clone(&mute), TcpStream::connect(("127.0.0.1", port)).await.unwrap());
            tokio::spawn(async move {
                let (mut question, mut answer) = (vec![0; 65536], vec![0; 65536]);
                loop {
                    tokio::select! {
                        Ok(len @ 1..) = client.read(&mut question) => {
                            server.write_all(&question[..len]).await.unwrap();
                        }
                        Ok(len @ 1..) = server.read(&mut answer) => {
                            if std::mem::take(&mut *mute.lock().unwrap()) {
                                // The work is done; the connection breaks before it is told.
                                return;
                            }
                            client.write_all(&answer[..len]).await.unwrap();
                        }
                        else => return,
                    }
                }
            });
        }
    });
    (url, is_mute)
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_not_sent_again_and_a_load_is() {
    let server = RedisServer::start(&[]);
    let (url, is_mute) = mute(&server).await;
    let store = RedisStore::connect(&url).await.unwrap();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    assert!(is_done(&store.commit(&ID, &set(&[("a", "1")])).await.unwrap()));
    *is_mute.lock().unwrap() = true;
    store.commit(&ID, &set(&[("a", "2")])).await.unwrap_err();
    let stored = store.load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!(stored.revision, 3, "it was carried out once");
    *is_mute.lock().unwrap() = true;
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(stored));
    *is_mute.lock().unwrap() = true;
    assert_eq!(ids(&store, ANNA).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_requests_at_once_share_the_connection() {
    let store = store().await;
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    let load = |_| {
        let store = store.clone();
        async move { store.load(&ID, NOW).await.unwrap().is_some() }
    };
    assert!((0..1000).map(load).collect::<JoinSet<_>>().join_all().await.into_iter().all(|loaded| loaded));
}

#[tokio::test]
async fn what_cannot_be_connected_to_is_a_clear_error_that_tells_no_secret() {
    let mut server = RedisServer::start(&["--requirepass", "hunter2"]);
    let with = |secret: &str| format!("redis://:{secret}@127.0.0.1:{}/", server.port);
    let store = RedisStore::connect(&with("hunter2")).await.unwrap();
    assert_eq!(format!("{store:?}"), "RedisStore { prefix: \"session\", .. }");
    let wrong = [with("*******"), server.url(), format!("{},{}", with("hunter2"), with("hunter2"))];
    for url in wrong.iter().map(|url| &**url).chain(["", "redis", "http://hunter2@localhost", "redis://:hunter2@:x/"]) {
        let error = RedisStore::connect(url).await.expect_err(url);
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Store, "the session store failed to connect to Redis")
        );
        let cause = std::error::Error::source(&error).expect("the cause is told").to_string();
        assert!(!cause.contains("hunter2") && !format!("{error:?}").contains("hunter2"), "{cause}");
    }
    server.kill();
    let error = RedisStore::connect(&server.url()).await.unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("refused"));
}

#[tokio::test]
async fn a_server_that_quotes_what_it_refuses_is_not_passed_on() {
    let server = RedisServer::start(&["--rename-command", "GET", "nothing", "--rename-command", "EVALSHA", "none"]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    let error = store.load(&ID, NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "Redis refuses: ERR unknown command");
    assert!(!format!("{error:?}").contains(&ID.to_string()));
    let error = store.commit(&ID, &set(&[("a", "\"hunter2\"")])).await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hunter2") && !error.to_string().contains(&ID.to_string()));
}

// Eviction

#[tokio::test]
async fn a_server_that_may_evict_sessions_is_named_when_it_is_connected_to() {
    let log = Log::default();
    let writer = log.clone();
    let _guard = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish().set_default();
    for (policy, warns) in [("noeviction", false), ("allkeys-lru", true), ("volatile-ttl", true)] {
        let server = RedisServer::start(&["--maxmemory-policy", policy]);
        RedisStore::connect(&server.url()).await.unwrap();
        let told = log.take();
        assert_eq!(told.contains("WARN") && told.contains(policy) && told.contains("signed out"), warns, "{told}");
    }
    let silent = RedisServer::start(&["--rename-command", "INFO", "nothing"]);
    RedisStore::connect(&silent.url()).await.unwrap();
    assert_eq!(log.take(), "", "a server that tells nothing is taken as it is");
}

// The cluster

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_works_on_a_cluster() {
    let cluster = RedisCluster::start();
    let store = RedisStore::connect(&cluster.0[1].url()).await.unwrap();
    for at in 0..30 {
        assert!(store.create(&number(at), &record(&[("a", "1")]), &[user(Some(ANNA))]).await.unwrap());
        assert!(!store.create(&number(at), &record(&[]), &[user(Some(BERT))]).await.unwrap());
        let mut commit = sign_in(Some(if at < 20 { ANNA } else { BERT }));
        commit.rotation = Some(Rotation { token: NEXT, limits: limits() });
        assert!(is_done(&store.commit(&number(at), &commit).await.unwrap()));
        let loaded = store.load(&number(at), NOW).await.unwrap().unwrap();
        assert!(loaded.token == NEXT);
        assert_eq!(loaded.values, record(&[("a", "1"), ("user", "1")]).values);
        assert_eq!(store.commit(&number(at), &commit).await.unwrap(), Committed::Replaced { rotated: Some(NOW) });
    }
    for node in &cluster.0 {
        assert_ne!(node.ask("DBSIZE"), ":0", "each node has some");
    }
    assert_eq!(ids(&store, ANNA).await, (0..20).map(number).collect::<Vec<_>>());
    assert_eq!(ids(&store, BERT).await, (20..30).map(number).collect::<Vec<_>>());
    assert_eq!(store.delete(&number(0), Proof::Entry(ANNA), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(ids(&store, ANNA).await, (1..20).map(number).collect::<Vec<_>>());

    let seen: BTreeSet<SessionId> = walk(&store, 5).await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(seen, (1..30).map(number).collect());

    // Connections that break, and a slot that is on its way to another node.
    for node in &cluster.0 {
        node.ask("CLIENT KILL TYPE normal SKIPME yes");
    }
    for at in 1..30 {
        assert!(store.load(&number(at), NOW).await.unwrap().is_some());
    }
    a_slot_on_its_way(&cluster, &store).await;

    let mut dropped = Vec::new();
    for _ in 0..3 {
        dropped.push(store.delete_expired(after(1000), 20).await.unwrap());
    }
    assert_eq!(dropped, [20, 9, 0]);
}

async fn a_slot_on_its_way(cluster: &RedisCluster, store: &RedisStore) {
    let node = |at: usize| &cluster.0[at];
    let slot = node(0).ask(&format!("CLUSTER KEYSLOT session:{ID}")).replace(':', "");
    let owns = |at: &usize| !node(*at).ask(&format!("EXISTS session:{ID}")).starts_with("-MOVED");
    let from = (0..3).find(owns).unwrap();
    let to = (from + 1) % 3;
    let name = |at: usize| node(at).ask("CLUSTER MYID");
    assert_eq!(store.delete(&ID, Proof::None, NOW).await.unwrap(), Deleted::Done);
    assert_eq!(node(to).ask(&format!("CLUSTER SETSLOT {slot} IMPORTING {}", name(from))), "+OK");
    assert_eq!(node(from).ask(&format!("CLUSTER SETSLOT {slot} MIGRATING {}", name(to))), "+OK");
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    let mut commit = set(&[("a", "2")]);
    assert!(is_done(&store.commit(&ID, &commit).await.unwrap()));
    assert_eq!(text(store, "a").await.as_deref(), Some("2"));
    for at in [to, from, 3 - to - from] {
        assert_eq!(node(at).ask(&format!("CLUSTER SETSLOT {slot} NODE {}", name(to))), "+OK");
    }
    commit = set(&[("a", "3")]);
    assert!(is_done(&store.commit(&ID, &commit).await.unwrap()), "it has arrived, and the store is told so");
    assert_eq!(text(store, "a").await.as_deref(), Some("3"));
}
