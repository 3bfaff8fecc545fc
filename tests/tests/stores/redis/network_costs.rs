//! Tests of the cost of an operation: round trips, and commands of the server.

use session_tests::Monitor;

use super::*;

#[tokio::test]
async fn every_operation_is_one_round_trip() {
    let server = RedisServer::start(&[]);
    let store = RedisStore::connect(&server.url()).await.unwrap();
    // The server must have each script.
    assert!(store.create(&OTHER, &record(&[]), &[user(Some(BERT))]).await.unwrap());
    assert!(is_done(&store.commit(&OTHER, &set(&[])).await.unwrap()));
    assert_eq!(ids(&store, BERT).await, [OTHER]);
    assert_eq!(store.delete(&OTHER, DeleteCondition::None, NOW).await.unwrap(), Deleted::Done);

    let mut monitor = Monitor::start(&server).await;
    assert!(store.create(&ID, &record(&[("a", "1"), ("b", "2")]), &[]).await.unwrap());
    assert_eq!(monitor.take(&server).await, ["SET"], "create");
    store.load(&ID, NOW).await.unwrap().unwrap();
    assert_eq!(monitor.take(&server).await, ["GET"], "load");

    let mut everything = set(&[("a", "2"), ("c", "3"), ("d", "4")]);
    everything.changes.unset("b").unwrap();
    everything.label = Some("phone".into());
    everything.rotation = Some(Rotation { token: TOKEN, limits: limits(), is_login: true });
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
    assert!(is_done(&store.commit(&ID, &login(Some(ANNA))).await.unwrap()));
    assert_eq!(monitor.take(&server).await, ["GETRANGE", "EVALSHA", "EVALSHA"], "read the creation, add, commit");
    assert!(is_done(&store.commit(&ID, &login(Some(BERT))).await.unwrap()));
    assert_eq!(
        monitor.take(&server).await,
        ["GETRANGE", "EVALSHA", "EVALSHA", "ZREM"],
        "read the creation, add, commit, remove"
    );
    assert_eq!(ids(&store, BERT).await, [ID]);
    assert_eq!(monitor.take(&server).await, ["EVALSHA", "EVALSHA"], "find, and one for each hit, all at once");
    assert_eq!(store.delete(&ID, DeleteCondition::Token(TOKEN), NOW).await.unwrap(), Deleted::Done);
    assert_eq!(monitor.take(&server).await, ["EVALSHA", "ZREM"]);
}

/// Each command in a script costs the server about as much as a separate command.
#[tokio::test]
async fn an_ordinary_commit_runs_two_commands() {
    let server = RedisServer::start(&[]);
    let (store, mut keys) = (RedisStore::connect(&server.url()).await.unwrap(), plain(&server.url()).await);
    let mut held = record(&[("a", "1")]);
    // The first few commits that add something, and every eighth of the others, also copy the string.
    held.revision = 17;
    assert!(store.create(&ID, &held, &[]).await.unwrap());
    commit_and_compare(&store, &mut held, &set(&[("a", "2")])).await;
    let () = redis::cmd("CONFIG").arg("RESETSTAT").query_async(&mut keys).await.unwrap();
    assert!(is_done(&store.commit(&ID, &set(&[("b", "3")])).await.unwrap()));
    let stats: String = redis::cmd("INFO").arg("commandstats").query_async(&mut keys).await.unwrap();
    let mut calls: Vec<_> = stats.lines().filter_map(|line| line.strip_prefix("cmdstat_")?.split(',').next()).collect();
    calls.retain(|call| !call.starts_with("config"));
    calls.sort_unstable();
    assert_eq!(calls, ["evalsha:calls=1", "getrange:calls=1", "setrange:calls=1"]);
}

#[tokio::test]
async fn the_older_protocol_version_works() {
    let url = format!("{}?protocol=resp2", servers::url("SESSION_TEST_REDIS"));
    let store = RedisStore::connect(&url).await.unwrap().with_prefix(&servers::prefix()).unwrap();
    assert!(store.create(&ID, &record(&[("a", "1")]), &[user(Some(ANNA))]).await.unwrap());
    let mut swap = set(&[("a", "2")]);
    swap.revision = Some(9);
    assert!(matches!(store.commit(&ID, &swap).await.unwrap(), Committed::Conflict(_)));
    assert!(is_done(&store.commit(&ID, &login(Some(BERT))).await.unwrap()));
    assert_eq!((text(&store, "a").await.as_deref(), ids(&store, BERT).await), (Some("1"), vec![ID]));
    assert_eq!(scan_all(&store, 1000).await.len(), 1);
    let client = redis::Client::open(servers::url("SESSION_TEST_REDIS")).unwrap();
    let own = RedisStore::new(client).with_prefix(&servers::prefix()).unwrap();
    assert!(own.create(&ID, &record(&[]), &[]).await.unwrap());
    assert_eq!(own.delete_expired(after(100), 10).await.unwrap(), 1);
}
