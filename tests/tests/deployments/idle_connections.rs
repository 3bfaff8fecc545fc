//! Connections that a proxy or the server closes while they are idle.

use std::time::Duration;

use session::store::{MySqlStore, PostgresStore};
use session_tests::postgres_proxy::Proxy;
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::servers::HaProxy;
use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;

use super::*;

/// Longer than the time after which a store tests a connection, and than the timeouts of the proxies and servers.
const PAUSE: Duration = Duration::from_secs(6);

/// Longer than the timeout of a server, and so short that the store does not test a connection.
const UNTESTED_PAUSE: Duration = Duration::from_secs(3);

/// Opens several connections, and checks that no operation fails after they were closed.
async fn no_operation_fails_after_a_pause(store: &impl SessionStore) {
    create(store).await;
    load_at_once(store, 8).await;
    tokio::time::sleep(PAUSE).await;
    // Writes come first: a load would be retried on a new connection.
    write_concurrently(store, "client").await;
    assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().revision, 1 + CONCURRENT_WRITES);
}

async fn postgres_stores(url: &str) -> [PostgresStore; 2] {
    let pool = PgPoolOptions::new().test_before_acquire(false).connect_lazy(url).unwrap();
    let stores = [PostgresStore::connect(url).await.unwrap(), PostgresStore::new(pool).with_prefix("app").unwrap()];
    for store in &stores {
        store.migrate().await.unwrap();
    }
    stores
}

async fn mysql_stores(url: &str) -> [MySqlStore; 2] {
    let pool = MySqlPoolOptions::new().test_before_acquire(false).connect_lazy(url).unwrap();
    let stores = [MySqlStore::connect(url).await.unwrap(), MySqlStore::new(pool).with_prefix("app").unwrap()];
    for store in &stores {
        store.migrate().await.unwrap();
    }
    stores
}

async fn no_operation_of_both_fails(stores: [impl SessionStore; 2]) {
    let [own, application] = &stores;
    tokio::join!(no_operation_fails_after_a_pause(own), no_operation_fails_after_a_pause(application));
}

#[tokio::test]
async fn a_proxy_that_closes_idle_connections_to_postgresql_fails_no_operation() {
    let server = PrivateServer::start(Engine::Postgres, &[]);
    let proxy = HaProxy::start(server.port);
    no_operation_of_both_fails(postgres_stores(&server.url_at(proxy.port)).await).await;
}

#[tokio::test]
async fn a_proxy_that_closes_idle_connections_to_mariadb_fails_no_operation() {
    let server = PrivateServer::start(Engine::MySql, &[]);
    let proxy = HaProxy::start(server.port);
    no_operation_of_both_fails(mysql_stores(&server.url_at(proxy.port)).await).await;
}

#[tokio::test]
async fn an_idle_session_timeout_of_postgresql_fails_no_operation() {
    let server = PrivateServer::start(Engine::Postgres, &["-c", "idle_session_timeout=2s"]);
    no_operation_of_both_fails(postgres_stores(&server.url()).await).await;
}

#[tokio::test]
async fn a_wait_timeout_of_mariadb_fails_no_operation() {
    let server = PrivateServer::start(Engine::MySql, &["--wait-timeout=2"]);
    no_operation_of_both_fails(mysql_stores(&server.url()).await).await;
}

#[tokio::test]
async fn a_write_that_the_server_did_not_read_is_retried_once() {
    let server = PrivateServer::start(Engine::Postgres, &["-c", "idle_session_timeout=1s"]);
    for store in postgres_stores(&server.url()).await {
        create(&store).await;
        load_at_once(&store, 8).await;
        tokio::time::sleep(UNTESTED_PAUSE).await;
        assert!(is_done(&store.commit(&ID, &set(&[("count", "1")])).await.unwrap()));
        assert_eq!(store.load(&ID, NOW).await.unwrap().unwrap().revision, 2);
    }
}

#[tokio::test]
async fn a_connection_costs_a_round_trip_only_after_a_pause() {
    const STATEMENT: &str = "BECS";
    let server = PrivateServer::start(Engine::Postgres, &[]);
    let proxy = Proxy::start(format!("127.0.0.1:{}", server.port)).await;
    let store = PostgresStore::connect(&server.url_at(proxy.port)).await.unwrap();
    store.migrate().await.unwrap();
    create(&store).await;
    load_at_once(&store, 1).await;
    proxy.take_sent();
    for _ in 0..3 {
        load_at_once(&store, 1).await;
        assert_eq!(proxy.take_sent().messages, STATEMENT);
    }
    tokio::time::sleep(PAUSE).await;
    load_at_once(&store, 1).await;
    assert_eq!(proxy.take_sent().messages, format!("S{STATEMENT}"));
}
