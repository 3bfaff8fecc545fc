//! Tests of lost, slow and exhausted connections.

use session::store::Unavailable;
use session_tests::sample::is_not_sent;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_connections_were_killed_reads_work_at_once_and_one_commit_at_most_fails() {
    let pool = pool(options(), 4).await;
    let store = MySqlStore::new(pool.clone()).with_prefix(&prefix()).unwrap();
    store.migrate().await.unwrap();
    assert!(store.create(&ID, &record(&[("a", "0")]), &[entry("user", Some(USER))]).await.unwrap());
    let mut admin = admin().await;
    let kill = async |admin: &mut MySqlConnection| {
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(pool.acquire().await.unwrap());
        }
        for connection in &mut held {
            let id: u64 = sqlx::query_scalar("SELECT CONNECTION_ID()").fetch_one(&mut **connection).await.unwrap();
            connection.return_to_pool().await;
            run(admin, format!("KILL {id}")).await.unwrap();
        }
    };
    for _ in 1..4 {
        kill(&mut admin).await;
        assert!(store.load(&ID, NOW).await.unwrap().is_some());
        kill(&mut admin).await;
        assert_eq!(store.find(&USER, None, 1000, NOW).await.unwrap().sessions.len(), 1);
        kill(&mut admin).await;
        let first = store.commit(&ID, &set(&[("a", "1")])).await;
        assert!(first.is_err(), "a commit on a dead connection is not sent twice");
        assert_done(&store.commit(&ID, &set(&[("a", "2")])).await);
        for _ in 0..4 {
            assert!(store.load(&ID, NOW).await.unwrap().is_some());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_reply_was_lost_is_an_error_and_is_not_retried() {
    let (pool, proxy) = pool_behind_a_proxy(1).await;
    let store = MySqlStore::new(pool.clone()).with_prefix(&prefix()).unwrap();
    store.migrate().await.unwrap();
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    assert_done(&store.commit(&ID, &set(&[("a", "1")])).await);
    wait_until_idle(&pool).await;
    proxy.commands();
    proxy.lose_replies(true);
    assert!(store.commit(&ID, &set(&[("a", "2")])).await.is_err());
    proxy.lose_replies(false);
    let commands = kinds(&proxy);
    assert_eq!(commands, [Command::EXECUTE]);
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().revision, 3, "it was stored once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unresponsive_server_times_out_and_the_next_operation_gets_a_new_connection() {
    let (store, proxy) = store_behind_a_proxy(2).await;
    // Only while the server is unresponsive: on a busy machine, a new connection may take longer.
    let short_store = store.clone().with_timeout(Duration::from_millis(500));
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    proxy.pause(true);
    // The connection is in use, or the driver's pool still tests it.
    let error = short_store.load(&ID, NOW).await.unwrap_err();
    assert!(error.is::<Unavailable>(), "{error}");
    let error = short_store.commit(&ID, &set(&[])).await.unwrap_err();
    assert_eq!(error.to_string(), "no connection became free or could be opened within 500ms");
    assert!(is_not_sent(&error));
    proxy.disconnect();
    proxy.pause(false);
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[("a", "1")])));
    assert_done(&store.commit(&ID, &set(&[("a", "2")])).await);
}

/// For example when a browser disconnects and its request is dropped.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_operation_leaves_no_reply_for_the_next() {
    let (store, proxy) = store_behind_a_proxy(1).await;
    let other = number(8);
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    assert!(store.create(&other, &record(&[("b", "2")]), &[]).await.unwrap());
    for round in 0..3 {
        proxy.pause(true);
        let timeout = Duration::from_millis(20);
        assert!(tokio::time::timeout(timeout, store.load(&ID, NOW)).await.is_err());
        proxy.pause(false);
        assert_eq!(store.load(&other, NOW).await.unwrap(), Some(record(&[("b", "2")])), "round {round}");
        store.find(&USER, None, 1000, NOW).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_row_times_out_and_leaks_no_connection() {
    let (pool, prefix) = (pool(options(), 2).await, prefix());
    let store = MySqlStore::new(pool).with_prefix(&prefix).unwrap();
    store.migrate().await.unwrap();
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    // So long that a new connection is opened in this time on a busy machine.
    let short_store = store.clone().with_timeout(Duration::from_secs(1));
    let mut holder = admin().await;
    run(&mut holder, format!("BEGIN; SELECT 1 FROM `{prefix}s` FOR UPDATE")).await.unwrap();
    // More often than the pool has connections.
    for _ in 0..3 {
        let error = short_store.commit(&ID, &set(&[("a", "2")])).await.unwrap_err();
        assert_eq!(error.to_string(), "no reply within 1s");
    }
    assert!(store.load(&ID, NOW).await.unwrap().is_some(), "a read needs no lock");
    run(&mut holder, "ROLLBACK".to_owned()).await.unwrap();
    assert_done(&store.commit(&ID, &set(&[("a", "3")])).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exhausted_pool_is_an_error_until_a_connection_is_released() {
    let pool = pool(options(), 1).await;
    let store = MySqlStore::new(pool.clone()).with_prefix(&prefix()).unwrap();
    store.migrate().await.unwrap();
    let fast = store.clone().with_timeout(Duration::from_millis(100));
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    let held = pool.acquire().await.unwrap();
    for error in [fast.load(&ID, NOW).await.unwrap_err(), fast.commit(&ID, &set(&[])).await.unwrap_err()] {
        assert_eq!(error.to_string(), "no connection became free or could be opened within 100ms");
        assert!(is_not_sent(&error));
    }
    drop(held);
    assert!(store.load(&ID, NOW).await.unwrap().is_some());
}

#[tokio::test]
async fn an_invalid_url_is_rejected_without_being_shown() {
    for url in
        ["", "mysql:", "sqlite::memory:", "postgres://localhost/s", "mysql://:hunter2@/%zz?nonsense=1&ssl-mode=x"]
    {
        let error = MySqlStore::connect(url).await.expect_err(url);
        assert_eq!(error.kind(), ErrorKind::Store, "{url:?}");
        assert_eq!(error.to_string(), "failed to connect to the MySQL database");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    let options = options();
    let wrong = format!("mysql://nobody:hunter2@{}:{}/none", options.get_host(), options.get_port());
    let error = MySqlStore::connect(&wrong).await.unwrap_err();
    let message = format!("{error:?}");
    assert!(message.contains("Access denied") && !message.contains("hunter2"), "{message}");
    let port = ClosedPort::reserve();
    let error = MySqlStore::connect(&format!("mysql://me:hunter2@127.0.0.1:{}/x", port.number())).await.unwrap_err();
    let message = format!("{error:?}");
    assert!(message.contains("refused") && !message.contains("hunter2"), "{message}");
    let shown = format!("{:?}", mysql_at("shop").await);
    assert_eq!(shown, "MySqlStore { prefix: \"shop\", .. }");
}
