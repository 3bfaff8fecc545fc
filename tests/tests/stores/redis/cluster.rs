//! Tests of a Redis Cluster.

use session_tests::RedisCluster;
use session_tests::sample::is_not_sent;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_supports_every_operation() {
    let cluster = RedisCluster::start();
    let store = RedisStore::connect(&cluster.0[1].url()).await.unwrap();
    for at in 0..30 {
        assert!(store.create(&number(at), &record(&[("a", "1")]), &[user(Some(ANNA))]).await.unwrap());
        assert!(!store.create(&number(at), &record(&[]), &[user(Some(BERT))]).await.unwrap());
        let mut commit = login(Some(if at < 20 { ANNA } else { BERT }));
        commit.rotation = Some(Rotation { token: NEXT, limits: limits(), is_login: true });
        assert!(is_done(&store.commit(&number(at), &commit).await.unwrap()));
        let loaded = store.load(&number(at), NOW).await.unwrap().unwrap();
        assert!(loaded.token == NEXT);
        assert_eq!(loaded.values, record(&[("a", "1"), ("user", "1")]).values);
        assert_eq!(store.commit(&number(at), &commit).await.unwrap(), Committed::Replaced { rotated: Some(NOW) });
    }
    for node in &cluster.0 {
        assert_ne!(node.query("DBSIZE"), ":0", "each node has sessions");
    }
    assert_eq!(ids(&store, ANNA).await, (0..20).map(number).collect::<Vec<_>>());
    assert_eq!(ids(&store, BERT).await, (20..30).map(number).collect::<Vec<_>>());
    assert_eq!(store.delete(&number(0), DeleteCondition::IndexEntry(ANNA), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(ids(&store, ANNA).await, (1..20).map(number).collect::<Vec<_>>());

    let seen: BTreeSet<SessionId> = scan_all(&store, 5).await.into_iter().map(|(id, _)| id).collect();
    assert_eq!(seen, (1..30).map(number).collect());

    // Connections that break, and a slot that migrates to another node.
    for node in &cluster.0 {
        node.query("CLIENT KILL TYPE normal SKIPME yes");
    }
    for at in 1..30 {
        assert!(store.load(&number(at), NOW).await.unwrap().is_some());
    }
    a_migrating_slot(&cluster, &store).await;

    let mut dropped = Vec::new();
    for _ in 0..3 {
        dropped.push(store.delete_expired(after(1000), 20).await.unwrap());
    }
    assert_eq!(dropped, [20, 9, 0]);
}

async fn a_migrating_slot(cluster: &RedisCluster, store: &RedisStore) {
    let node = |at: usize| &cluster.0[at];
    let slot = node(0).query(&format!("CLUSTER KEYSLOT session:{ID}")).replace(':', "");
    let owns = |at: &usize| !node(*at).query(&format!("EXISTS session:{ID}")).starts_with("-MOVED");
    let from = (0..3).find(owns).unwrap();
    let to = (from + 1) % 3;
    let name = |at: usize| node(at).query("CLUSTER MYID");
    assert_eq!(store.delete(&ID, DeleteCondition::None, NOW).await.unwrap(), Deleted::Done);
    assert_eq!(node(to).query(&format!("CLUSTER SETSLOT {slot} IMPORTING {}", name(from))), "+OK");
    assert_eq!(node(from).query(&format!("CLUSTER SETSLOT {slot} MIGRATING {}", name(to))), "+OK");
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    let mut commit = set(&[("a", "2")]);
    assert!(is_done(&store.commit(&ID, &commit).await.unwrap()));
    assert_eq!(text(store, "a").await.as_deref(), Some("2"));
    for at in [to, from, 3 - to - from] {
        assert_eq!(node(at).query(&format!("CLUSTER SETSLOT {slot} NODE {}", name(to))), "+OK");
    }
    commit = set(&[("a", "3")]);
    assert!(is_done(&store.commit(&ID, &commit).await.unwrap()), "the slot has migrated, and the store is redirected");
    assert_eq!(text(store, "a").await.as_deref(), Some("3"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_any_node_no_operation_is_sent() {
    let mut cluster = RedisCluster::start();
    let store = RedisStore::connect(&cluster.0[0].url()).await.unwrap().with_timeout(Duration::from_hours(1));
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    for node in &mut cluster.0 {
        node.kill();
    }
    // Commands in flight also get the errors of the client's attempts to reconnect, so the first outcomes are unknown.
    let mut unknown = 0;
    while !is_not_sent(&store.load(&ID, NOW).await.unwrap_err()) {
        unknown += 1;
        assert!(unknown < 10, "the store does not notice that no node is reachable");
    }
    for error in [
        store.load(&ID, NOW).await.map(drop).unwrap_err(),
        store.create(&OTHER, &record(&[]), &[user(Some(ANNA))]).await.map(drop).unwrap_err(),
        store.commit(&ID, &login(Some(ANNA))).await.map(drop).unwrap_err(),
        store.delete(&ID, DeleteCondition::None, NOW).await.map(drop).unwrap_err(),
        store.find(&ANNA, None, 10, NOW).await.map(drop).unwrap_err(),
        store.scan(None, 10, NOW).await.map(drop).unwrap_err(),
        store.delete_expired(NOW, 10).await.map(drop).unwrap_err(),
    ] {
        assert!(is_not_sent(&error), "{error}");
    }
    for node in &mut cluster.0 {
        node.restart();
    }
    let mut failures = 0;
    while let Err(error) = store.load(&ID, NOW).await {
        failures += 1;
        assert!(failures < 600, "{error}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
