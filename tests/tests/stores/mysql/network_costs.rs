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
    proxy.commands_and_pings().await;
    for _ in 0..20 {
        store.load(&ID, NOW).await.unwrap();
    }
    let kinds: Vec<u8> = proxy.commands_and_pings().await.iter().map(|command| command.kind).collect();
    assert_eq!(kinds, [Command::EXECUTE; 20]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_operation_is_one_round_trip() {
    let (store, proxy) = store_behind_a_proxy(1).await;
    for round in 0..2 {
        let id = number(round);
        proxy.commands().await;
        assert!(store.create(&id, &record(&[("a", "1")]), &[entry("user", Some(USER))]).await.unwrap());
        let mut sent = vec![kinds(&proxy).await];
        store.load(&id, NOW).await.unwrap().unwrap();
        sent.push(kinds(&proxy).await);
        revision(&store.commit(&id, &set(&[("a", "2"), ("b", "3")])).await);
        sent.push(kinds(&proxy).await);
        assert!(matches!(store.commit(&id, &swap(99, &[("a", "2")])).await, Ok(Committed::Conflict(_))));
        sent.push(kinds(&proxy).await);
        revision(&store.commit(&id, &rotation(TOKEN, limits())).await);
        sent.push(kinds(&proxy).await);
        let (missing, other_token) = (number(99), TokenHash::from_bytes([6; 32]));
        assert_eq!(store.commit(&missing, &set(&[])).await.unwrap(), Committed::Missing);
        let foreign = with(set(&[]), |commit| commit.token = Some(other_token));
        assert!(matches!(store.commit(&id, &foreign).await, Ok(Committed::Replaced { .. })));
        assert_eq!(store.find(&USER, None, 1000, NOW).await.unwrap().sessions.len(), 1);
        store.scan(None, 10, NOW).await.unwrap();
        assert_eq!(store.delete(&id, DeleteCondition::IndexEntry(USER), NOW).await.unwrap(), Deleted::Done);
        store.delete_expired(NOW, 10).await.unwrap();
        let rest = kinds(&proxy).await;
        if round == 0 {
            assert!(sent.iter().all(|kinds| kinds[..] == [Command::PREPARE, Command::EXECUTE]), "{sent:?}");
        } else {
            assert_eq!(sent, vec![vec![Command::EXECUTE]; 5], "prepared statements are reused");
            assert_eq!(rest, [Command::EXECUTE; 6]);
        }
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
        proxy.commands().await;
        revision(&store.commit(&id, &set(&[("key 0", "\"another value\"")])).await);
        sent.push(proxy.commands().await.last().unwrap().bytes);
    }
    assert!(sent.iter().all(|bytes| *bytes == sent[0] && *bytes < 300), "{sent:?}");
}
