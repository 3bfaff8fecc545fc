//! What PostgreSQL and the way to it add to the contract of a store.

mod log;

use std::time::{Duration, Instant};

use session::store::{
    Commit, Committed, Deleted, IndexHash, Json, Limits, PostgresStore, Proof, Record, Rotation, SessionStore,
    Timestamp, TokenHash,
};
use session::{ErrorKind, SessionId};
use session_tests::postgres_wire::{Proxy, Sent};
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::sample::{BELOW, ID, NOW, TOKEN, after, entry, is_done, limits, number, record, set, touch};
use session_tests::servers::{self, prefix};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Executor, query, query_scalar};
use tokio::task::JoinSet;

const ALICE: IndexHash = IndexHash::from_bytes([11; 32]);
const BOB: IndexHash = IndexHash::from_bytes([12; 32]);

/// More than a session's row has room for.
fn long() -> String {
    format!("\"{}\"", "x".repeat(2000))
}

fn url() -> String {
    servers::url("SESSION_TEST_POSTGRES")
}

fn options() -> PgConnectOptions {
    url().parse().unwrap()
}

/// A connection beside the store's own.
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

/// One connection to a fresh database.
async fn database(settings: &str) -> PgPool {
    let name = prefix();
    run(&admin().await, format!("CREATE DATABASE {name} TEMPLATE template0 {settings}")).await;
    pool(1, options().database(&name)).await
}

/// A fresh store on this pool, and its prefix.
async fn store_on(pool: PgPool) -> (PostgresStore, String) {
    let prefix = prefix();
    let store = PostgresStore::new(pool).with_prefix(&prefix).unwrap();
    store.migrate().await.unwrap();
    (store, prefix)
}

async fn found(store: &PostgresStore, hash: IndexHash, now: Timestamp) -> Vec<SessionId> {
    store.find(&hash, now).await.unwrap().into_iter().map(|found| found.id).collect()
}

// Index and walk

#[tokio::test]
async fn the_index_follows_what_commits_say() {
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

    let mut drops = Commit::nothing(NOW);
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
    assert_eq!(found(&store, BOB, NOW).await, [], "a commit that did not go ahead");
    assert_eq!(found(&store, ALICE, after(100)).await, [], "expired");
}

#[tokio::test]
async fn an_entry_proves_that_a_session_may_be_ended() {
    let store = servers::postgres().await;
    assert!(store.create(&ID, &record(&[("a", "1")]), &[entry("user", Some(ALICE))]).await.unwrap());
    assert_eq!(store.delete(&ID, Proof::Entry(BOB), NOW).await.unwrap(), Deleted::Missing);
    assert_eq!(store.delete(&ID, Proof::Entry(ALICE), after(100)).await.unwrap(), Deleted::Missing);
    assert!(store.load(&ID, NOW).await.unwrap().is_some());
    assert_eq!(store.delete(&ID, Proof::Entry(ALICE), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(store.load(&ID, NOW).await.unwrap(), None);
    assert_eq!(found(&store, ALICE, NOW).await, []);

    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    assert_eq!(store.delete(&ID, Proof::None, NOW).await.unwrap(), Deleted::Done);
    assert_eq!(store.delete(&ID, Proof::None, NOW).await.unwrap(), Deleted::Missing);
}

#[tokio::test]
async fn nothing_is_left_of_what_is_ended_or_swept() {
    let (store, prefix) = store_on(admin().await).await;
    for at in 0..4 {
        let entries = [entry("user", Some(ALICE))];
        assert!(store.create(&number(at), &record(&[("a", "1"), ("b", "2")]), &entries).await.unwrap());
    }
    assert_eq!(store.delete(&number(0), Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(store.delete_expired(after(100), 2).await.unwrap(), 2);
    assert_eq!(found(&store, ALICE, NOW).await.len(), 1);
    assert_eq!(store.delete_expired(after(100), 2).await.unwrap(), 1);
    for table in ["s", "_values", "_index"] {
        let count = query_scalar::<_, i64>(AssertSqlSafe(format!("SELECT count(*) FROM {prefix}{table}")));
        assert_eq!(count.fetch_one(&admin().await).await.unwrap(), 0, "{table}");
    }
}

#[tokio::test]
async fn a_walk_comes_by_every_live_session_once() {
    let store = servers::postgres().await;
    for at in 0..7 {
        let mut record = record(&[("at", &at.to_string()), ("\0", "\"\\u0000\"")]);
        record.expires = if at % 3 == 2 { NOW } else { after(1) };
        assert!(store.create(&number(at), &record, &[]).await.unwrap());
    }
    for batch in [1, 2, 5, 100, usize::MAX] {
        let (mut from, mut walked) = (None, Vec::new());
        loop {
            let page = store.scan(from.as_deref(), batch, NOW).await.unwrap();
            walked.extend(page.sessions);
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        let ids: Vec<SessionId> = walked.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, [0, 1, 3, 4, 6].map(number), "in batches of {batch}");
        assert_eq!(walked[4].1, store.load(&number(6), NOW).await.unwrap().unwrap());
    }
    assert!(store.scan(Some("no id"), 1, NOW).await.is_err());
}

// Values and times that a database might not take

#[tokio::test]
async fn what_the_databases_encoding_cannot_hold_is_kept_all_the_same() {
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
    assert_eq!(store.find(&BOB, NOW).await.unwrap()[0].label.as_deref(), Some("\0"));
    assert_eq!(found(&store, ALICE, NOW).await, []);
}

#[tokio::test]
async fn a_life_without_end_is_no_overflow() {
    let store = servers::postgres().await;
    let forever = Limits { idle: Duration::MAX, end: Timestamp::from_millis(i64::MAX) };
    let mut endless = Record::new(TOKEN, forever, NOW);
    endless.expires = after(100);
    assert!(store.create(&ID, &endless, &[]).await.unwrap());
    for below in [0, 800, u16::MAX] {
        let committed = store.commit(&ID, &Commit::touch(TOKEN, below, after(1))).await.unwrap();
        let expires = if below == 0 { after(100) } else { forever.end };
        assert_eq!(committed, Committed::Done { revision: 1, expires }, "{below}");
    }
    let mut rotation = touch(NOW);
    rotation.rotation = Some(Rotation { token: TOKEN, limits: forever });
    assert_eq!(store.commit(&ID, &rotation).await.unwrap(), Committed::Done { revision: 2, expires: forever.end });
    assert_eq!(store.delete_expired(Timestamp::from_millis(i64::MAX), 10).await.unwrap(), 1);
}

#[tokio::test]
async fn the_expiry_moves_at_the_threshold_to_the_millisecond() {
    let store = servers::postgres().await;
    let day = Duration::from_hours(24);
    let lives = [1, 1001, 1_000_003].map(Duration::from_millis);
    let lives = [lives[0], lives[1], lives[2], day, 365 * 100 * day + Duration::from_millis(7)];
    let mut place = 0;
    for (idle, below) in lives.iter().flat_map(|idle| [0, 1, 333, 800, 1000].map(|below| (*idle, below))) {
        let limits = Limits { idle, end: NOW + 2 * idle };
        for early in [0, 1, 2] {
            place += 1;
            let id = number(place);
            let threshold = i64::try_from(limits.threshold(below).as_millis()).unwrap();
            let mut record = Record::new(TOKEN, limits, NOW);
            record.expires =
                Timestamp::from_millis((NOW.as_millis() + threshold + 1 - early).max(after(0).as_millis() + 1));
            assert!(store.create(&id, &record, &[]).await.unwrap());
            let mut commit = Commit::touch(TOKEN, below, NOW);
            if early == 2 {
                // Not what most requests commit.
                commit.label = Some("it".into());
            }
            let committed = store.commit(&id, &commit).await.unwrap();
            commit.apply(&mut record);
            let expected = Committed::Done { revision: record.revision, expires: record.expires };
            assert_eq!(committed, expected, "{idle:?}, {below}, {early}");
        }
    }
}

// Schema

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_migrates_twice_and_from_several_processes_at_once() {
    let prefix = prefix();
    let mut processes = JoinSet::new();
    for _ in 0..4 {
        let prefix = prefix.clone();
        processes.spawn(async move {
            let store = PostgresStore::connect(&url()).await?.with_prefix(&prefix)?;
            store.migrate().await?;
            store.migrate().await.map(|()| store)
        });
    }
    let stores: Vec<PostgresStore> = processes.join_all().await.into_iter().collect::<Result<_, _>>().unwrap();
    assert!(stores[0].create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    stores[1].migrate().await.unwrap();
    assert_eq!(
        stores[2].load(&ID, NOW).await.unwrap(),
        Some(record(&[("a", "1")])),
        "a later start keeps what is there"
    );
}

#[tokio::test]
async fn a_search_path_says_which_sessions_are_meant() {
    let (admin, prefix, schemas) = (admin().await, prefix(), [prefix(), prefix()]);
    let [one, two] = &schemas;
    let at = async |path: String| {
        let options = options().options([("search_path", path)]);
        PostgresStore::new(pool(2, options).await).with_prefix(&prefix).unwrap()
    };
    run(&admin, format!("CREATE SCHEMA {one}")).await;
    let late = at(format!("{two},{one}")).await;
    late.migrate().await.unwrap();
    assert!(late.create(&ID, &record(&[("in", "1")]), &[]).await.unwrap());
    assert!(is_done(&late.commit(&ID, &set(&[("b", "2")])).await.unwrap()));

    // A schema that comes first from now on does not hide what is there.
    run(&admin, format!("CREATE SCHEMA {two}")).await;
    late.migrate().await.unwrap();
    assert!(is_done(&late.commit(&ID, &set(&[("b", "3")])).await.unwrap()));
    assert_eq!(at(format!("public,{one}")).await.load(&ID, NOW).await.unwrap().unwrap().values.len(), 2);

    let other = at(two.clone()).await;
    assert!(other.load(&ID, NOW).await.is_err(), "no tables there");
    other.migrate().await.unwrap();
    assert_eq!(other.load(&ID, NOW).await.unwrap(), None);
    assert!(other.create(&ID, &record(&[("in", "2")]), &[]).await.unwrap());
    assert!(is_done(&other.commit(&ID, &set(&[("in", "4")])).await.unwrap()));
    assert_eq!(at(one.clone()).await.load(&ID, NOW).await.unwrap().unwrap().values.get("in").unwrap().as_str(), "1");
    assert_eq!(other.delete(&ID, Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(other.delete_expired(after(100), 10).await.unwrap(), 0);
}

#[tokio::test]
async fn prefixes_keep_stores_apart() {
    let admin = admin().await;
    let schema = prefix();
    run(&admin, format!("CREATE SCHEMA {schema}")).await;
    let pool = pool(2, options().options([("search_path", schema)])).await;
    let mut stores = Vec::new();
    // Some of these make words of SQL.
    for prefix in ["session", "shop", "value", "table", "user", "select", &"s".repeat(40)] {
        let store = PostgresStore::new(pool.clone()).with_prefix(prefix).unwrap();
        store.migrate().await.unwrap();
        assert!(store.create(&ID, &record(&[("in", &format!("\"{prefix}\""))]), &[]).await.unwrap());
        stores.push((prefix.to_owned(), store));
    }
    for (prefix, store) in &stores {
        assert!(is_done(&store.commit(&ID, &set(&[("b", "2")])).await.unwrap()));
        let loaded = store.load(&ID, NOW).await.unwrap().unwrap();
        assert_eq!(loaded.values.get("in").unwrap().as_str(), format!("\"{prefix}\""));
        assert_eq!(store.delete_expired(after(100), 10).await.unwrap(), 1, "{prefix}");
    }
    let clash = PostgresStore::new(pool).with_prefix("session_value").unwrap().migrate().await.unwrap_err();
    assert!(format!("{clash:?}").contains("already exists"), "its table would be the values of another: {clash:?}");
}

#[tokio::test]
async fn a_hostile_prefix_is_refused() {
    let store = PostgresStore::new(admin().await);
    for prefix in ["", "a\"; DROP TABLE users; --", "a'b", "a b", "A", "1a", "ä", "a.b", &"a".repeat(41)] {
        assert_eq!(store.clone().with_prefix(prefix).unwrap_err().kind(), ErrorKind::Config, "{prefix:?}");
    }
}

#[tokio::test]
async fn without_its_tables_it_is_an_error_and_no_empty_store() {
    let store = PostgresStore::new(admin().await).with_prefix(&prefix()).unwrap();
    let mut errors = vec![store.load(&ID, NOW).await.unwrap_err()];
    errors.push(store.create(&ID, &record(&[]), &[]).await.unwrap_err());
    errors.push(store.commit(&ID, &touch(NOW)).await.unwrap_err());
    errors.push(store.delete(&ID, Proof::Token(TOKEN), NOW).await.unwrap_err());
    errors.push(store.find(&ALICE, NOW).await.unwrap_err());
    errors.push(store.scan(None, 1, NOW).await.unwrap_err());
    errors.push(store.delete_expired(NOW, 1).await.unwrap_err());
    for error in errors {
        assert!(error.to_string().contains("does not exist"), "{error}");
    }
}

// Two servers

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_pools_survive_each_others_writes() {
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
            assert_eq!(store.delete(&number(100 + at), Proof::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
        });
    }
    tasks.join_all().await;
    let loaded = stores[0].load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!((loaded.values.len(), loaded.revision), (100, 101));
    assert_eq!(stores[1].load(&ID, NOW).await.unwrap(), Some(loaded));
    assert_eq!(one.load(&ID, NOW).await.unwrap(), None);
}

#[tokio::test]
async fn a_sweep_passes_by_what_another_one_holds() {
    let (store, prefix) = store_on(pool(2, options()).await).await;
    for at in 0..4 {
        assert!(store.create(&number(at), &record(&[("a", "1")]), &[]).await.unwrap());
    }
    let mut holder = admin().await.begin().await.unwrap();
    let lock = AssertSqlSafe(format!("SELECT FROM {prefix}s WHERE id = $1 FOR UPDATE"));
    query(lock).bind(number(1).as_bytes()).execute(&mut *holder).await.unwrap();
    assert_eq!(store.delete_expired(after(100), 10).await.unwrap(), 3);
    holder.rollback().await.unwrap();
    assert_eq!(store.delete_expired(after(100), 10).await.unwrap(), 1);
}

// What the way to the server does

/// Ends every connection of the pool whose connections have this name.
async fn end_connections(name: &str) -> usize {
    let ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1";
    query_scalar::<_, bool>(ended).bind(name).fetch_all(&admin().await).await.unwrap().len()
}

/// A store with this many idle connections, which have a name of their own.
async fn busy_store(connections: u32) -> (PostgresStore, PgPool, String) {
    let name = prefix();
    let pool = pool(connections, options().application_name(&name)).await;
    let (store, _) = store_on(pool.clone()).await;
    let mut held = Vec::new();
    for _ in 0..connections {
        held.push(pool.acquire().await.unwrap());
    }
    drop(held);
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    (store, pool, name)
}

#[tokio::test]
async fn reads_do_not_notice_that_connections_were_lost() {
    let (store, _, name) = busy_store(5).await;
    for _ in 0..3 {
        assert!(end_connections(&name).await > 0);
        assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[])));
        assert_eq!(end_connections(&name).await, 1, "the broken ones are gone");
        assert_eq!(found(&store, ALICE, NOW).await, []);
    }
}

#[tokio::test]
async fn lost_connections_fail_one_change_at_most() {
    let (store, pool, name) = busy_store(5).await;
    assert_eq!(end_connections(&name).await, 5);
    let failed = store.commit(&ID, &set(&[("a", "1")])).await.unwrap_err();
    assert!(!failed.to_string().is_empty());
    for at in 0..5 {
        assert!(is_done(&store.commit(&ID, &set(&[("a", &at.to_string())])).await.unwrap()));
    }
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().revision, 6, "the failed one was not sent again");
    assert!(pool.size() <= 5);
}

#[tokio::test]
async fn a_locked_row_ends_in_an_error_and_the_next_request_works() {
    let (store, prefix) = store_on(pool(1, options()).await).await;
    let store = store.with_deadline(Duration::from_millis(200));
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    assert!(store.create(&number(8), &record(&[]), &[]).await.unwrap());
    let mut holder = admin().await.begin().await.unwrap();
    holder.execute(AssertSqlSafe(format!("SELECT FROM {prefix}s WHERE id = '\\x{ID}' FOR UPDATE"))).await.unwrap();
    let began = Instant::now();
    let error = store.commit(&ID, &set(&[("a", "1")])).await.unwrap_err();
    assert_eq!(error.to_string(), "no answer within 200ms");
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[])), "reads wait for no lock");
    assert!(is_done(&store.commit(&number(8), &set(&[("a", "1")])).await.unwrap()), "other sessions are not concerned");
    holder.rollback().await.unwrap();
    // What was given up still waited for the row, and is carried out now.
    while store.load(&ID, NOW).await.unwrap().unwrap().values.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "the change that was given up is lost");
    }
    assert!(is_done(&store.commit(&ID, &set(&[("a", "2")])).await.unwrap()));
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().values.get("a").unwrap().as_str(), "2");
}

#[tokio::test]
async fn a_request_that_was_given_up_leaves_its_connection_to_nobody() {
    let (store, prefix) = store_on(pool(1, options()).await).await;
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    let mut holder = admin().await.begin().await.unwrap();
    holder.execute(AssertSqlSafe(format!("SELECT FROM {prefix}s WHERE id = '\\x{ID}' FOR UPDATE"))).await.unwrap();
    let change = set(&[("a", "1")]);
    tokio::time::timeout(Duration::from_millis(100), store.commit(&ID, &change)).await.unwrap_err();
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[])));
}

#[tokio::test]
async fn a_server_that_does_not_answer_ends_in_an_error_and_the_next_request_works() {
    let (store, proxy) = store_behind_a_proxy().await;
    let store = store.with_deadline(Duration::from_millis(200));
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    proxy.hold(true);
    for _ in 0..3 {
        let error = store.load(&ID, NOW).await.unwrap_err();
        assert!(error.to_string().starts_with("no answer within 200ms"), "{error}");
    }
    proxy.hold(false);
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[])));
}

#[tokio::test]
async fn an_exhausted_pool_is_a_clear_error_and_the_next_request_works() {
    let pool = pool(1, options()).await;
    let (store, _) = store_on(pool.clone()).await;
    let store = store.with_deadline(Duration::from_millis(100));
    let taken = pool.acquire().await.unwrap();
    let error = store.load(&ID, NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "no answer within 100ms: no connection could be had");
    drop(taken);
    assert_eq!(store.load(&ID, NOW).await.unwrap(), None);
}

#[tokio::test]
async fn a_url_that_leads_nowhere_is_an_error_that_shows_no_password() {
    for url in
        ["", "postgres", "mysql://localhost/sessions", "postgres://me:hunter2@127.0.0.1:x/", "sqlite:sessions.db"]
    {
        let error = PostgresStore::connect(url).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Store, "the session store failed to connect to PostgreSQL")
        );
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    let free_port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = PostgresStore::connect(&format!("postgres://me:hunter2@127.0.0.1:{free_port}/x")).await.unwrap_err();
    assert!(format!("{error:?}").contains("refused"), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn no_error_and_no_debug_shows_a_stored_value() {
    let options = options().options([("log_parameter_max_length_on_error", "-1")]);
    let (store, prefix) = store_on(pool(1, options).await).await;
    let hex = "68756e74657232"; // how PostgreSQL shows these bytes
    let long = format!("\"hunter2{}\"", "x".repeat(2000));
    run(&admin().await, format!("ALTER TABLE {prefix}s ADD CHECK (length(log) < 20)")).await;
    run(&admin().await, format!("ALTER TABLE {prefix}_values ADD CHECK (length(entry) < 20)")).await;
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    for text in ["\"hunter2\"", &long] {
        let error = store.commit(&ID, &set(&[("password", text)])).await.unwrap_err();
        let shown = format!("{error} {error:?} {store:?}");
        assert!(shown.contains("violates check constraint"), "{shown}");
        assert!(!shown.contains("hunter2") && !shown.contains(hex), "{shown}");
        assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[])), "nothing was half-written");
    }
}

// What it costs

async fn store_behind_a_proxy() -> (PostgresStore, Proxy) {
    let options = options();
    let proxy = Proxy::before(format!("{}:{}", options.get_host(), options.get_port())).await;
    let pool = pool(1, options.host("127.0.0.1").port(proxy.port)).await;
    (store_on(pool).await.0, proxy)
}

/// What one operation sent, besides the sync by which the pool tests a connection that comes back to it.
async fn sent<T>(proxy: &Proxy, operation: impl Future<Output = T>) -> Sent {
    let pause = Duration::from_millis(30);
    tokio::time::sleep(pause).await;
    proxy.take_sent();
    operation.await;
    tokio::time::sleep(pause).await;
    let mut sent = proxy.take_sent();
    assert_eq!(sent.messages.pop(), Some('S'), "the test of the connection");
    sent.bytes -= 5;
    sent
}

#[tokio::test]
async fn a_connection_of_its_own_is_not_tested_after_each_operation() {
    let options = options();
    let proxy = Proxy::before(format!("{}:{}", options.get_host(), options.get_port())).await;
    let url = url().replace(&format!(":{}/", options.get_port()), &format!(":{}/", proxy.port));
    let store = PostgresStore::connect(&url).await.unwrap().with_prefix(&prefix()).unwrap();
    store.migrate().await.unwrap();
    store.load(&ID, NOW).await.unwrap();
    proxy.take_sent();
    for _ in 0..20 {
        store.load(&ID, NOW).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(30)).await;
    assert_eq!(proxy.take_sent().messages, "BECS".repeat(20));
}

#[tokio::test]
async fn every_operation_is_one_round_trip() {
    let (store, proxy) = store_behind_a_proxy().await;
    let mut everything = set(&[("a", "1"), ("b", "2")]);
    everything.changes.clear();
    everything.changes.set("c", Json::from_text("3")).unwrap();
    everything.rotation = Some(Rotation { token: TOKEN, limits: limits() });
    everything.label = Some("phone".into());
    everything.index = vec![entry("user", Some(BOB)), entry("device", None)];
    let mut conflict = touch(NOW);
    conflict.revision = Some(99);
    let mut unsets = touch(NOW);
    unsets.changes.unset("a").unwrap();
    let replaced = Commit::touch(TokenHash::from_bytes([2; 32]), BELOW, NOW);
    let long = long();
    let entries = [entry("user", Some(ALICE))];
    // The first time, each statement is prepared.
    for first in [true, false] {
        let record = record(&[("a", "1")]);
        let all = [
            ("create", sent(&proxy, store.create(&ID, &record, &entries)).await),
            ("load", sent(&proxy, store.load(&ID, NOW)).await),
            ("touch", sent(&proxy, store.commit(&ID, &touch(NOW))).await),
            ("commit", sent(&proxy, store.commit(&ID, &everything)).await),
            ("unset", sent(&proxy, store.commit(&ID, &unsets)).await),
            ("conflict", sent(&proxy, store.commit(&ID, &conflict)).await),
            ("replaced", sent(&proxy, store.commit(&ID, &replaced)).await),
            ("missing", sent(&proxy, store.commit(&number(9), &touch(NOW))).await),
            ("more than the log has room for", sent(&proxy, store.commit(&ID, &set(&[("a", &long[..900])]))).await),
            ("that once more", sent(&proxy, store.commit(&ID, &set(&[("a", &long[..900])]))).await),
            ("more than a row has room for", sent(&proxy, store.commit(&ID, &set(&[("a", &long)]))).await),
            ("a commit to rows", sent(&proxy, store.commit(&ID, &set(&[("b", "1")]))).await),
            ("a touch of rows", sent(&proxy, store.commit(&ID, &touch(NOW))).await),
            ("a load of rows", sent(&proxy, store.load(&ID, NOW)).await),
            ("find", sent(&proxy, store.find(&BOB, NOW)).await),
            ("scan", sent(&proxy, store.scan(None, 10, NOW)).await),
            ("delete", sent(&proxy, store.delete(&ID, Proof::Token(TOKEN), NOW)).await),
            ("delete_expired", sent(&proxy, store.delete_expired(NOW, 10)).await),
        ];
        for (operation, Sent { messages, .. }) in all {
            // One bind, one execution, the portal closed, one sync: one batch, and so one round trip.
            assert!(first || messages == "BECS", "{operation}: {messages}");
        }
    }
}

#[tokio::test]
async fn a_commit_of_one_key_sends_as_much_however_many_there_are() {
    let (store, proxy) = store_behind_a_proxy().await;
    let mut bytes = Vec::new();
    for (at, keys) in (0..).zip([1, 1, 10, 100, 1000]) {
        let keys: Vec<String> = (0..keys).map(|key| format!("{key:04}")).collect();
        let pairs: Vec<(&str, &str)> = keys.iter().map(|key| (&**key, "\"some value\"")).collect();
        assert!(store.create(&number(at), &record(&pairs), &[]).await.unwrap());
        bytes.push(sent(&proxy, store.commit(&number(at), &set(&[("0000", "1")]))).await.bytes);
    }
    assert_eq!(bytes[1..], [bytes[1]; 4], "the first one was prepared: {bytes:?}");
}

/// What the server counted for a table, with what the pool's only connection did.
async fn counted(pool: &PgPool, table: &str, count: &str) -> i64 {
    pool.execute("SELECT pg_stat_force_next_flush()").await.unwrap();
    let sql = format!("SELECT {count} FROM pg_stat_user_tables WHERE relname = $1");
    query_scalar(AssertSqlSafe(sql)).bind(table).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn ordinary_commits_touch_no_index() {
    // On the common server, what other tests hold open keeps PostgreSQL from making room on a page.
    let server = PrivateServer::start(Engine::Postgres, &[]);
    let pool = pool(1, server.url().parse().unwrap()).await;
    let (store, prefix) = store_on(pool.clone()).await;
    let long = long();
    for at in 0..50 {
        let second = if at % 2 == 0 { "2" } else { &long };
        assert!(store.create(&number(at), &record(&[("a", "1"), ("b", second)]), &[]).await.unwrap());
    }
    for round in 0..6 {
        for at in 0..50 {
            let committed = store.commit(&number(at), &set(&[("a", &round.to_string())])).await.unwrap();
            assert_eq!(committed, Committed::Done { revision: round + 2, expires: after(100) });
        }
    }
    for (table, updates) in [(format!("{prefix}s"), 300), (format!("{prefix}_values"), 150)] {
        let (all, hot) = (counted(&pool, &table, "n_tup_upd").await, counted(&pool, &table, "n_tup_hot_upd").await);
        assert_eq!(all, updates, "{table}");
        assert!(hot * 100 >= all * 95, "{hot} of {all} updates of {table} were HOT");
    }
}

#[tokio::test]
async fn no_operation_scans_a_table() {
    let pool = pool(1, options()).await;
    let (store, prefix) = store_on(pool.clone()).await;
    let fill = "INSERT INTO {prefix}s (id, token, created, seen, expires, idle, ends, revision)
            SELECT decode(md5(n::text), 'hex'), decode(repeat('01', 32), 'hex'), n, n, n, 100000, 1000000000, 1
            FROM generate_series(1, 5000) AS n;
        INSERT INTO {prefix}_values SELECT id, key, '+00010000000001' || key || '1'
            FROM {prefix}s, unnest('{a,b,c}'::bytea[]) AS key;
        INSERT INTO {prefix}_index SELECT id, 'user', token FROM {prefix}s WHERE created > 4997;
        INSERT INTO {prefix}_index SELECT id, 'user', sha256(id) FROM {prefix}s WHERE created <= 4997;
        ANALYZE {prefix}s, {prefix}_values, {prefix}_index";
    run(&pool, fill.replace("{prefix}", &prefix)).await;
    let tables = ["s", "_values", "_index"].map(|table| prefix.clone() + table);
    let mut before = Vec::new();
    for table in &tables {
        before.push(counted(&pool, table, "seq_scan").await);
    }
    let now = Timestamp::from_millis(100);
    // Of the first few executions each is planned on its own.
    for _ in 0..8 {
        assert_eq!(store.delete_expired(now, 10).await.unwrap(), 10);
        assert_eq!(found(&store, IndexHash::from_bytes([1; 32]), now).await.len(), 3);
        let (id, record) = store.scan(None, 10, now).await.unwrap().sessions.pop().unwrap();
        assert_eq!(store.load(&id, now).await.unwrap(), Some(record));
        let mut commit = set(&[("a", "2")]);
        commit.now = now;
        commit.changes.unset("b").unwrap();
        assert!(is_done(&store.commit(&id, &commit).await.unwrap()));
        commit.index = vec![entry("device", Some(ALICE)), entry("user", None)];
        assert!(is_done(&store.commit(&id, &commit).await.unwrap()));
        assert_eq!(store.delete(&id, Proof::Entry(ALICE), now).await.unwrap(), Deleted::Done);
    }
    for (table, before) in tables.iter().zip(before) {
        assert_eq!(counted(&pool, table, "seq_scan").await, before, "{table}");
    }
}
