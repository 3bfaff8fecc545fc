//! Tests of the cost of an operation: round trips, bytes, and work of the server.

use session::store::TokenHash;
use session_tests::postgres_proxy::Sent;
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::sample::RENEW_BELOW;

use super::*;

/// The messages of one operation, without the pings of the pool.
async fn sent<T>(proxy: &Proxy, operation: impl Future<Output = T>) -> Sent {
    proxy.take_sent();
    operation.await;
    proxy.take_sent().without_pings()
}

#[tokio::test]
async fn the_stores_own_connections_are_not_pinged_after_each_operation() {
    let options = options();
    let proxy = Proxy::start(format!("{}:{}", options.get_host(), options.get_port())).await;
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
async fn every_ordinary_operation_is_one_round_trip() {
    let (store, proxy) = store_behind_a_proxy().await;
    let mut everything = set(&[("a", "1"), ("b", "2")]);
    everything.changes.clear();
    everything.changes.set("c", Json::from_text("3")).unwrap();
    everything.rotation = Some(Rotation { token: TOKEN, limits: limits(), is_login: true });
    everything.label = Some("phone".into());
    everything.index = vec![entry("user", Some(BOB)), entry("device", None)];
    let mut login = set(&[("a", "1")]);
    login.rotation = everything.rotation;
    login.index = vec![entry("user", Some(BOB))];
    let mut unsets = touch(NOW);
    unsets.changes.unset("a").unwrap();
    let entries = [entry("user", Some(ALICE))];
    let large = long();
    // The first time, each statement is prepared.
    for first in [true, false] {
        let (record, large) = (record(&[("a", "1")]), record(&[("a", &large)]));
        let all = [
            ("create", sent(&proxy, store.create(&ID, &record, &entries)).await),
            ("create a large session", sent(&proxy, store.create(&number(8), &large, &entries)).await),
            ("load", sent(&proxy, store.load(&ID, NOW)).await),
            ("touch", sent(&proxy, store.commit(&ID, &touch(NOW))).await),
            ("clear and everything else", sent(&proxy, store.commit(&ID, &everything)).await),
            ("login", sent(&proxy, store.commit(&ID, &login)).await),
            ("unset", sent(&proxy, store.commit(&ID, &unsets)).await),
            ("a commit to a large session", sent(&proxy, store.commit(&number(8), &set(&[("b", "1")]))).await),
            ("a touch of a large session", sent(&proxy, store.commit(&number(8), &touch(NOW))).await),
            ("a load of a large session", sent(&proxy, store.load(&number(8), NOW)).await),
            ("find", sent(&proxy, store.find(&BOB, None, 1000, NOW)).await),
            ("scan", sent(&proxy, store.scan(None, 10, NOW)).await),
            ("delete", sent(&proxy, store.delete(&ID, DeleteCondition::Token(TOKEN), NOW)).await),
        ];
        for (operation, Sent { messages, .. }) in all {
            // One bind, execute, close and sync are one batch, and so one round trip.
            assert!(first || messages == "BECS", "{operation}: {messages}");
        }
        store.delete(&number(8), DeleteCondition::None, NOW).await.unwrap();
    }
}

/// The number of round trips. `BECS` is a prepared statement, and `Q` a statement as text.
fn round_trips(sent: &Sent) -> usize {
    sent.messages.replace("BECS", "Q").len()
}

#[tokio::test]
async fn an_operation_that_is_not_ordinary_takes_a_few_round_trips() {
    let (store, proxy) = store_behind_a_proxy().await;
    let mut conflict = touch(NOW);
    conflict.revision = Some(99);
    let replaced = Commit::touch(TokenHash::from_bytes([2; 32]), RENEW_BELOW, NOW);
    let mut clears = touch(NOW);
    clears.changes.clear();
    let (long, full) = (long(), format!("\"{}\"", "x".repeat(1300)));
    for first in [true, false] {
        assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
        let all = [
            ("replaced: the update, and the reason", sent(&proxy, store.commit(&ID, &replaced)).await, 2),
            ("missing", sent(&proxy, store.commit(&number(9), &touch(NOW))).await, 2),
            ("conflict", sent(&proxy, store.commit(&ID, &conflict)).await, 2),
            ("a commit that fits", sent(&proxy, store.commit(&ID, &set(&[("a", &full)]))).await, 1),
            ("compaction: and the new log", sent(&proxy, store.commit(&ID, &set(&[("a", &full)]))).await, 3),
            ("a move to a part: and a transaction", sent(&proxy, store.commit(&ID, &set(&[("b", &full)]))).await, 6),
            ("longer than the row: no update", sent(&proxy, store.commit(&ID, &set(&[("c", &long)]))).await, 5),
            (
                "compaction of all parts",
                sent(&proxy, store.commit(&ID, &set(&[("c", &long), ("a", &long), ("b", &long)]))).await,
                7,
            ),
            ("a clear with parts", sent(&proxy, store.commit(&ID, &clears)).await, 6),
            (
                "a deletion of a missing record",
                sent(&proxy, store.delete(&number(9), DeleteCondition::None, NOW)).await,
                2,
            ),
            ("sweep", sent(&proxy, store.delete_expired(NOW, 10)).await, 2),
        ];
        for (operation, sent, expected) in all {
            assert!(first || round_trips(&sent) == expected, "{operation}: {}", sent.messages);
        }
        store.delete(&ID, DeleteCondition::None, NOW).await.unwrap();
    }
}

#[tokio::test]
async fn a_request_that_loaded_compacts_in_its_own_round_trip() {
    let (store, proxy) = store_behind_a_proxy().await;
    let text = format!("\"{}\"", "x".repeat(400));
    for id in [1, 2].map(number) {
        assert!(store.create(&id, &record(&[]), &[]).await.unwrap());
        for (round, key) in (0..40).zip(["a", "b", "c"].into_iter().cycle()) {
            let loaded = store.load(&id, NOW).await.unwrap().unwrap();
            let mut commit = set(&[(key, &text)]);
            commit.loaded = LoadedValues::new(&loaded);
            let sent = sent(&proxy, store.commit(&id, &commit)).await;
            assert!(id == number(1) || sent.messages == "BECS", "{round}: {}", sent.messages);
        }
        assert_eq!(store.load(&id, NOW).await.unwrap().unwrap().values.len(), 3);
    }
}

#[tokio::test]
async fn a_commit_of_one_key_sends_the_same_bytes_for_any_number_of_keys() {
    let (store, proxy) = store_behind_a_proxy().await;
    let mut bytes = Vec::new();
    for (at, keys) in (0..).zip([1, 1, 10, 100, 1000]) {
        let keys: Vec<String> = (0..keys).map(|key| format!("{key:04}")).collect();
        let pairs: Vec<(&str, &str)> = keys.iter().map(|key| (&**key, "\"some value\"")).collect();
        assert!(store.create(&number(at), &record(&pairs), &[]).await.unwrap());
        bytes.push(sent(&proxy, store.commit(&number(at), &set(&[("0000", "1")]))).await.bytes);
    }
    assert_eq!(bytes[1..], [bytes[1]; 4], "the first commit also prepared: {bytes:?}");
}

/// A counter of the server for a table, after a flush of the statistics of the pool's only connection.
async fn counted(pool: &PgPool, table: &str, count: &str) -> i64 {
    pool.execute("SELECT pg_stat_force_next_flush()").await.unwrap();
    let sql = format!("SELECT {count} FROM pg_stat_user_tables WHERE relname = $1");
    query_scalar(AssertSqlSafe(sql)).bind(table).fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn ordinary_commits_update_no_index() {
    // On the common server, open transactions of other tests prevent PostgreSQL from cleaning up a page.
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
            let version = CommittedVersion { revision: round + 2, expires: after(100) };
            assert_eq!(committed, Committed::Done(Some(version)));
        }
    }
    let table = format!("{prefix}s");
    let (all, hot) = (counted(&pool, &table, "n_tup_upd").await, counted(&pool, &table, "n_tup_hot_upd").await);
    assert_eq!(all, 300);
    assert!(hot * 100 >= all * 95, "{hot} of {all} updates were HOT");
}

#[tokio::test]
async fn no_operation_scans_a_table() {
    let pool = pool(1, options()).await;
    let (store, prefix) = store_on(pool.clone()).await;
    let fill = "INSERT INTO {prefix}s (id, part, token, created, last_seen, expires, idle_timeout, absolute_end, revision,
                parts_bytes, compacted_bytes, log)
            SELECT decode(md5(n::text), 'hex'), 0, decode(repeat('01', 32), 'hex'), n, n, n, 100000, 1000000000, 1,
                CASE WHEN n % 5 = 0 THEN 17 ELSE 0 END, 0, ''
            FROM generate_series(1, 5000) AS n;
        INSERT INTO {prefix}s (id, part, log) SELECT id, 1, '+00010000000001a1' FROM {prefix}s WHERE parts_bytes > 0;
        INSERT INTO {prefix}_index SELECT id, 'user', token, created FROM {prefix}s WHERE part = 0 AND created > 4997;
        INSERT INTO {prefix}_index SELECT id, 'user', sha256(id), created FROM {prefix}s WHERE part = 0 AND created <= 4997;
        ANALYZE {prefix}s, {prefix}_index";
    run(&pool, fill.replace("{prefix}", &prefix)).await;
    let tables = ["s", "_index"].map(|table| prefix.clone() + table);
    let mut before = Vec::new();
    for table in &tables {
        before.push(counted(&pool, table, "seq_scan").await);
    }
    let now = Timestamp::from_millis(100);
    // PostgreSQL plans the first few executions separately.
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
        assert_eq!(store.delete(&id, DeleteCondition::IndexEntry(ALICE), now).await.unwrap(), Deleted::Done);
    }
    for (table, before) in tables.iter().zip(before) {
        assert_eq!(counted(&pool, table, "seq_scan").await, before, "{table}");
    }
}
