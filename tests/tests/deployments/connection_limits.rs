//! The number of connections: the server's limit, and the setting of a store.

use session::store::{MySqlStore, PostgresStore};
use session_tests::private_server::{Engine, PrivateServer};

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
async fn a_store_opens_no_more_connections_than_its_setting() {
    let server = PrivateServer::start(Engine::Postgres, &[]);
    for max_connections in [0, 1, 3, 20] {
        let name = format!("limit{max_connections}");
        let url = format!("{}?application_name={name}", server.url());
        let store = PostgresStore::connect(&url).await.unwrap().with_max_connections(max_connections);
        store.migrate().await.unwrap();
        if max_connections == 0 {
            create(&store).await;
        }
        load_at_once(&store, LOADS).await;
        let open = format!("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = '{name}'");
        // A fast server may serve all loads before the last connection is open.
        let open: u32 = server.query(&open).parse().unwrap();
        assert!((1..=max_connections.max(1)).contains(&open), "{open} connections instead of {max_connections}");
    }
}
