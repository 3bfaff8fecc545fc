//! Tests of lost, slow and exhausted connections.

use std::time::Instant;

use session::store::Unavailable;
use session_tests::sample::is_not_sent;

use super::*;

/// Terminates every connection with this application name, and returns their number.
async fn terminate_connections(name: &str) -> usize {
    let ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = $1";
    query_scalar::<_, bool>(ended).bind(name).fetch_all(&admin().await).await.unwrap().len()
}

/// A store with this many idle connections, which have their own application name.
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
async fn reads_succeed_after_connections_were_lost() {
    let (store, _, name) = busy_store(5).await;
    for _ in 0..3 {
        assert!(terminate_connections(&name).await > 0);
        assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[])));
        assert_eq!(terminate_connections(&name).await, 1, "the broken connections were closed");
        assert_eq!(found(&store, ALICE, NOW).await, []);
    }
}

#[tokio::test]
async fn lost_connections_fail_at_most_one_change() {
    let (store, pool, name) = busy_store(5).await;
    assert_eq!(terminate_connections(&name).await, 5);
    let failed = store.commit(&ID, &set(&[("a", "1")])).await.unwrap_err();
    assert!(!failed.to_string().is_empty());
    for at in 0..5 {
        assert!(is_done(&store.commit(&ID, &set(&[("a", &at.to_string())])).await.unwrap()));
    }
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().revision, 6, "the failed commit was not retried");
    assert!(pool.size() <= 5);
}

#[tokio::test]
async fn a_locked_row_times_out_and_the_next_request_works() {
    let (store, prefix) = store_on(pool(1, options()).await).await;
    // Only for the locked row: on a busy machine, a new connection may take longer.
    let short_store = store.clone().with_timeout(Duration::from_millis(500));
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    assert!(store.create(&number(8), &record(&[]), &[]).await.unwrap());
    let mut holder = admin().await.begin().await.unwrap();
    holder.execute(AssertSqlSafe(format!("SELECT FROM {prefix}s WHERE id = '\\x{ID}' FOR UPDATE"))).await.unwrap();
    let error = short_store.commit(&ID, &set(&[("a", "1")])).await.unwrap_err();
    assert_eq!(error.to_string(), "no reply within 500ms");
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[])), "reads need no lock");
    assert!(is_done(&store.commit(&number(8), &set(&[("a", "1")])).await.unwrap()), "other sessions are not affected");
    holder.rollback().await.unwrap();
    // The cancelled commit still waits for the row, and is applied now.
    let started = Instant::now();
    while store.load(&ID, NOW).await.unwrap().unwrap().values.is_empty() {
        assert!(started.elapsed() < Duration::from_secs(20), "the cancelled change is lost");
    }
    assert!(is_done(&store.commit(&ID, &set(&[("a", "2")])).await.unwrap()));
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().values.get("a").unwrap().as_str(), "2");
}

#[tokio::test]
async fn the_error_of_a_lock_timeout_names_the_fix() {
    let (store, prefix) = store_on(pool(1, options().options([("lock_timeout", "100ms")])).await).await;
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    let mut holder = admin().await.begin().await.unwrap();
    holder.execute(AssertSqlSafe(format!("SELECT FROM {prefix}s WHERE id = '\\x{ID}' FOR UPDATE"))).await.unwrap();
    let error = store.commit(&ID, &set(&[("a", "1")])).await.unwrap_err().to_string();
    assert!(error.contains("55P03") && error.contains("raise `lock_timeout`"), "{error}");
    holder.rollback().await.unwrap();
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[])), "the failed commit stored nothing");
}

#[tokio::test]
async fn the_connection_of_a_cancelled_request_is_not_reused() {
    let (store, prefix) = store_on(pool(1, options()).await).await;
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    let mut holder = admin().await.begin().await.unwrap();
    holder.execute(AssertSqlSafe(format!("SELECT FROM {prefix}s WHERE id = '\\x{ID}' FOR UPDATE"))).await.unwrap();
    let change = set(&[("a", "1")]);
    tokio::time::timeout(Duration::from_millis(100), store.commit(&ID, &change)).await.unwrap_err();
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[])));
}

#[tokio::test]
async fn an_unresponsive_server_times_out_and_the_next_request_works() {
    let (store, proxy) = store_behind_a_proxy().await;
    // Only while the server is unresponsive: on a busy machine, a new connection may take longer.
    let short_store = store.clone().with_timeout(Duration::from_millis(200));
    assert!(store.create(&ID, &record(&[]), &[]).await.unwrap());
    proxy.pause(true);
    // The connection is in use, or the driver's pool still tests it.
    let error = short_store.load(&ID, NOW).await.unwrap_err();
    assert!(error.is::<Unavailable>(), "{error}");
    for _ in 0..2 {
        let error = short_store.load(&ID, NOW).await.unwrap_err();
        assert_eq!(error.to_string(), "no connection became free or could be opened within 200ms");
    }
    proxy.pause(false);
    assert_eq!(store.load(&ID, NOW).await.unwrap(), Some(record(&[])));
}

#[tokio::test]
async fn an_exhausted_pool_is_a_clear_error_and_the_next_request_works() {
    let pool = pool(1, options()).await;
    let (store, _) = store_on(pool.clone()).await;
    let short_store = store.clone().with_timeout(Duration::from_millis(100));
    let taken = pool.acquire().await.unwrap();
    for error in [short_store.load(&ID, NOW).await.unwrap_err(), short_store.commit(&ID, &set(&[])).await.unwrap_err()]
    {
        assert_eq!(error.to_string(), "no connection became free or could be opened within 100ms");
        assert!(is_not_sent(&error));
    }
    drop(taken);
    assert_eq!(store.load(&ID, NOW).await.unwrap(), None);
}

#[tokio::test]
async fn the_error_of_an_invalid_url_shows_no_password() {
    for url in
        ["", "postgres", "mysql://localhost/sessions", "postgres://me:hunter2@127.0.0.1:x/", "sqlite:sessions.db"]
    {
        let error = PostgresStore::connect(url).await.unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Store, "failed to connect to PostgreSQL"));
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    let port = ClosedPort::reserve();
    let url = format!("postgres://me:hunter2@127.0.0.1:{}/x", port.number());
    let error = PostgresStore::connect(&url).await.unwrap_err();
    assert!(format!("{error:?}").contains("refused"), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

async fn await_connections(name: &str, condition: &str, expected: i64) {
    let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND {condition}");
    let admin = admin().await;
    for _ in 0..3_000 {
        let count: i64 = query_scalar(AssertSqlSafe(&*sql)).bind(name).fetch_one(&admin).await.unwrap();
        if count == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("expected {expected} connections with {condition}");
}

/// The server reports a timeout within a transaction as a fatal error, and closes the connection.
#[tokio::test]
async fn a_connection_that_the_server_closed_in_a_transaction_is_not_used_again() {
    let (server, name) = (format!("{}:{}", options().get_host(), options().get_port()), prefix());
    let proxy = Proxy::start(server.clone()).await;
    let url = url().replace(&server, &format!("127.0.0.1:{}", proxy.port));
    let timeout = format!("{url}?application_name={name}&options[idle_in_transaction_session_timeout]=1000");
    let store = PostgresStore::connect(&timeout).await.unwrap().with_prefix(&name).unwrap();
    store.migrate().await.unwrap();
    assert!(store.create(&ID, &record(&[("a", &*long())]), &[]).await.unwrap());
    let mut holder = admin().await.begin().await.unwrap();
    holder.execute(AssertSqlSafe(format!("SELECT FROM {name}s FOR UPDATE"))).await.unwrap();
    let deleting = store.clone();
    let deletion = tokio::spawn(async move { deleting.delete(&ID, DeleteCondition::None, NOW).await });
    await_connections(&name, "wait_event_type = 'Lock'", 1).await;
    proxy.pause(true);
    holder.rollback().await.unwrap();
    await_connections(&name, "true", 0).await;
    proxy.pause(false);
    deletion.await.unwrap().unwrap_err();
    assert!(is_done(&store.commit(&ID, &set(&[("b", "1")])).await.unwrap()));
}
