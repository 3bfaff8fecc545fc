//! Tests of the cost of an operation: round trips and bytes.

use super::*;

#[tokio::test]
async fn the_stores_own_connections_are_not_pinged_after_each_operation() {
    let options = options();
    let proxy = Proxy::start(options.get_host(), options.get_port()).await;
    let url = url("SESSION_TEST_MYSQL").replace(&format!(":{}/", options.get_port()), &format!(":{}/", proxy.port));
    let store = MySqlStore::connect(&url).await.unwrap().with_prefix(&prefix()).unwrap();
    store.migrate().await.unwrap();
    store.load(&ID, NOW).await.unwrap();
    proxy.commands_and_pings();
    for _ in 0..20 {
        store.load(&ID, NOW).await.unwrap();
    }
    // Long enough for a ping that would follow the last response.
    tokio::time::sleep(Duration::from_millis(30)).await;
    let kinds: Vec<u8> = proxy.commands_and_pings().iter().map(|command| command.kind).collect();
    assert_eq!(kinds, [Command::EXECUTE; 20]);
}

/// The round trips since the last call. Without those that prepare a statement.
fn round_trips(proxy: &Proxy) -> usize {
    kinds(proxy).iter().filter(|kind| **kind != Command::PREPARE).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn most_operations_are_one_round_trip() {
    let (store, proxy) = store_behind_a_proxy(1).await;
    let (missing, large) = (number(99), format!("\"{}\"", "x".repeat(9000)));
    for round in 0..2 {
        let id = number(round);
        proxy.commands();
        assert!(store.create(&id, &record(&[("a", "1")]), &[]).await.unwrap());
        assert_eq!(round_trips(&proxy), 1);
        assert!(store.create(&number(10 + round), &record(&[("a", &large)]), &[]).await.unwrap());
        assert_eq!(round_trips(&proxy), 1, "a new record with a part");
        store.load(&id, NOW).await.unwrap().unwrap();
        assert_eq!(round_trips(&proxy), 1);
        for commit in [
            set(&[]),
            set(&[("a", "2"), ("b", "3")]),
            swap(2, &[("a", "3")]),
            rotation(TOKEN, limits()),
            with(set(&[]), |commit| commit.label = Some("Firefox".to_owned())),
            with(set(&[]), |commit| commit.changes.clear()),
        ] {
            assert_done(&store.commit(&id, &commit).await);
            assert_eq!(round_trips(&proxy), 1, "{commit:?}");
        }
        assert_eq!(store.delete(&id, DeleteCondition::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
        assert_eq!(round_trips(&proxy), 1);
        store.find(&USER, None, 1000, NOW).await.unwrap();
        assert_eq!(round_trips(&proxy), 1);
        store.scan(None, 10, NOW).await.unwrap();
        assert_eq!(round_trips(&proxy), 1);
        assert_eq!(store.commit(&missing, &set(&[])).await.unwrap(), Committed::Missing);
        assert_eq!(round_trips(&proxy), 2, "the second one finds out why nothing matched");
    }
}

/// The connections of this pool may have any isolation level. On its own connections, the store sends one statement less.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_the_index_is_a_transaction_of_five_statements() {
    let (store, proxy) = store_behind_a_proxy(1).await;
    for round in 0..2 {
        let id = number(round);
        proxy.commands();
        assert!(store.create(&id, &record(&[("a", "1")]), &[entry("user", Some(USER))]).await.unwrap());
        assert_eq!(round_trips(&proxy), 5);
        let login =
            with(rotation(TOKEN, limits()), |commit| commit.index = vec![entry("user", Some(USER)), entry("a", None)]);
        assert_done(&store.commit(&id, &login).await);
        assert_eq!(round_trips(&proxy), 5);
        let logout = with(set(&[]), |commit| commit.index = vec![entry("user", None), entry("a", None)]);
        assert_done(&store.commit(&id, &logout).await);
        assert_eq!(round_trips(&proxy), 1, "a removed entry needs no row of its own");
        assert_eq!(store.delete(&id, DeleteCondition::IndexEntry(USER), NOW).await.unwrap(), Deleted::Missing);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_sends_the_same_bytes_for_a_thousand_keys_as_for_one() {
    let (store, proxy) = store_behind_a_proxy(1).await;
    let mut sent = Vec::new();
    for (byte, keys) in [(0, 1), (1, 1), (2, 10), (3, 100), (4, 1000)] {
        let (id, names) = (number(byte), (0..keys).map(|key| format!("key {key}")));
        let mut large = record(&[]);
        large.values = names.map(|name| (name, Json::from_text("\"some value\""))).collect();
        assert!(store.create(&id, &large, &[]).await.unwrap());
        proxy.commands();
        assert_done(&store.commit(&id, &set(&[("key 0", "\"another value\"")])).await);
        sent.push(proxy.commands().last().unwrap().bytes);
    }
    assert!(sent.iter().all(|bytes| *bytes == sent[0] && *bytes < 300), "{sent:?}");
}
