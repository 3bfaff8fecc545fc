//! Migrations on servers whose settings are not the default ones.

use std::error::Error as _;

use session::ErrorKind;
use session::store::{MySqlStore, PostgresStore};
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::servers::{self, prefix};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlPoolOptions};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor};

#[tokio::test]
async fn a_read_only_postgresql_server_is_sufficient_if_nothing_is_missing() {
    let (options, prefix) = (servers::url("SESSION_TEST_POSTGRES").parse::<PgConnectOptions>().unwrap(), prefix());
    let admin = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await.unwrap();
    PostgresStore::new(admin.clone()).with_prefix(&prefix).unwrap().migrate().await.unwrap();
    let read_only = options.options([("default_transaction_read_only", "on")]);
    let standby = PostgresStore::new(PgPoolOptions::new().connect_with(read_only).await.unwrap());
    let standby = standby.with_prefix(&prefix).unwrap();
    standby.migrate().await.unwrap();
    standby.check().await.unwrap();
    admin.execute(AssertSqlSafe(format!("DROP INDEX {prefix}s_expires"))).await.unwrap();
    let message = standby.migrate().await.unwrap_err().source().unwrap().to_string();
    assert!(message.contains("s_expires`") && message.contains("read-only transaction"), "{message}");
}

#[tokio::test]
async fn autocommit_off_on_the_pool_of_an_application_is_refused() {
    let options: MySqlConnectOptions = servers::url("SESSION_TEST_MYSQL").parse().unwrap();
    let pool = MySqlPoolOptions::new().after_connect(|connection, _| {
        Box::pin(async move { connection.execute("SET SESSION autocommit = 0").await.map(drop) })
    });
    let store = MySqlStore::new(pool.connect_with(options).await.unwrap()).with_prefix(&prefix()).unwrap();
    for error in [store.migrate().await.unwrap_err(), store.check().await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("`SET autocommit = 1`"), "{error}");
    }
}

#[tokio::test]
async fn read_uncommitted_on_the_pool_of_an_application_is_refused() {
    let options: MySqlConnectOptions = servers::url("SESSION_TEST_MYSQL").parse().unwrap();
    let pool = MySqlPoolOptions::new().after_connect(|connection, _| {
        let set = "SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED";
        Box::pin(async move { connection.execute(set).await.map(drop) })
    });
    let store = MySqlStore::new(pool.connect_with(options).await.unwrap()).with_prefix(&prefix()).unwrap();
    for error in [store.migrate().await.unwrap_err(), store.check().await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("READ COMMITTED"), "{error}");
    }
}

#[tokio::test]
async fn a_binary_log_of_statements_is_refused() {
    let settings = ["--log-bin=log", "--server-id=1", "--binlog-format=STATEMENT"];
    let server = PrivateServer::start(Engine::MySql, &settings);
    let store = MySqlStore::connect(&server.url()).await.unwrap();
    for error in [store.migrate().await.unwrap_err(), store.check().await.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("set `binlog_format = ROW`"), "{error}");
    }
    for format in ["ROW", "MIXED"] {
        server.query(&format!("SET GLOBAL binlog_format = {format}"));
        let store = MySqlStore::connect(&server.url()).await.unwrap();
        store.migrate().await.unwrap();
        store.check().await.unwrap();
        write_at_read_committed(&server).await.unwrap();
    }
    server.query("SET GLOBAL binlog_format = STATEMENT");
    assert!(write_at_read_committed(&server).await.is_err(), "the server rejects the transactions of a store");
}

#[tokio::test]
async fn the_format_of_a_binary_log_that_is_not_written_does_not_matter() {
    let server = PrivateServer::start(Engine::MySql, &["--skip-log-bin", "--binlog-format=STATEMENT"]);
    let store = MySqlStore::connect(&server.url()).await.unwrap();
    store.migrate().await.unwrap();
    store.check().await.unwrap();
    write_at_read_committed(&server).await.unwrap();
    server.query("SET GLOBAL read_only = 1");
    store.migrate().await.unwrap();
    server.query(
        "SET GLOBAL read_only = 0; ALTER TABLE session.sessions DROP INDEX sessions_expires; SET GLOBAL read_only = 1",
    );
    let message = store.migrate().await.unwrap_err().source().unwrap().to_string();
    assert!(message.contains("`sessions_expires`") && message.contains("read-only"), "{message}");
}

/// Writes as a transaction of a store does.
async fn write_at_read_committed(server: &PrivateServer) -> sqlx::Result<()> {
    let mut connection = MySqlConnection::connect(&server.url()).await?;
    connection.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
    let mut tx = connection.begin().await?;
    tx.execute("INSERT INTO sessions (id, part, log) VALUES (RANDOM_BYTES(16), 1, '')").await?;
    tx.commit().await
}
