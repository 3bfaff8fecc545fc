//! The number of connections: the server's limit, and the setting of a store.

use std::time::Duration;

use session::store::{MySqlStore, PostgresStore};
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::sample::touch;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};

use super::*;

/// More than the connections of every store and server here.
const LOADS: usize = 40;

#[tokio::test]
async fn a_postgresql_with_fewer_connections_than_the_pool_serves_every_operation() {
    let server = PrivateServer::start(Engine::Postgres, &["-c", "max_connections=8"]);
    let store = PostgresStore::connect(&server.url()).await.unwrap();
    store.migrate().await.unwrap();
    create(&store).await;
    load_at_once(&store, LOADS).await;
    write_concurrently(&store, "client").await;
}

#[tokio::test]
async fn a_mariadb_with_fewer_connections_than_the_pool_serves_every_operation() {
    // The minimum of the server.
    let server = PrivateServer::start(Engine::MySql, &["--max-connections=10"]);
    let store = MySqlStore::connect(&server.url()).await.unwrap().with_max_connections(20);
    store.migrate().await.unwrap();
    create(&store).await;
    load_at_once(&store, LOADS).await;
    write_concurrently(&store, "client").await;
}

#[tokio::test]
async fn a_store_opens_as_many_connections_as_its_setting_and_no_more() {
    let server = PrivateServer::start(Engine::Postgres, &[]);
    let mut admin = PgConnection::connect(&server.url()).await.unwrap();
    for max_connections in [0, 1, 3, 20] {
        let name = format!("limit{max_connections}");
        let url = format!("{}?application_name={name}", server.url());
        let store = PostgresStore::connect(&url).await.unwrap().with_max_connections(max_connections);
        // So that no commit times out while it waits for the row.
        let store = store.with_timeout(Duration::from_mins(1));
        store.migrate().await.unwrap();
        if max_connections == 0 {
            create(&store).await;
        }
        // Each commit waits for the row, and uses one connection.
        admin.execute("BEGIN; SELECT FROM sessions FOR UPDATE").await.unwrap();
        let commits = tokio::spawn({
            let store = store.clone();
            async move { commit_at_once(&store, LOADS).await }
        });
        let count = format!("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = '{name}'");
        let expected = max_connections.max(1).to_string();
        for _ in 0..1_000 {
            if server.query(&count) == expected {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(server.query(&count), expected);
        admin.execute("ROLLBACK").await.unwrap();
        commits.await.unwrap();
    }
}

async fn commit_at_once(store: &PostgresStore, commits: usize) {
    let touch = touch(NOW);
    for committed in futures_util::future::join_all((0..commits).map(|_| store.commit(&ID, &touch))).await {
        assert!(is_done(&committed.unwrap()));
    }
}
