//! MariaDB servers that turn autocommit off, and the settings of the store's own connections.

use session::store::MySqlStore;
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::sample::is_not_sent;
use sqlx::mysql::MySqlPool;

use super::*;

const SETTINGS: [&str; 2] = ["--autocommit=0", "--init-connect=SET autocommit=0"];

#[tokio::test]
async fn own_connections_commit_even_if_the_server_turns_autocommit_off() {
    for setting in SETTINGS {
        let server = PrivateServer::start(Engine::MySql, &[setting]);
        let store = MySqlStore::connect(&server.url()).await.unwrap();
        store.migrate().await.unwrap();
        create(&store).await;
        write_concurrently(&store, "client").await;
        // Its connections are closed, and would roll back.
        drop(store);
        let reader = MySqlStore::connect(&server.url()).await.unwrap();
        let record = reader.load(&ID, NOW).await.unwrap().expect("the session is stored");
        assert_eq!(record.values.get("client0").unwrap().as_str(), "19", "{setting}");
    }
}

#[tokio::test]
async fn the_application_s_pool_is_refused_if_autocommit_is_off() {
    for setting in SETTINGS {
        let server = PrivateServer::start(Engine::MySql, &[setting]);
        let pool = || MySqlPool::connect_lazy(&server.url()).unwrap();
        let error = format!("{:?}", MySqlStore::new(pool()).migrate().await.unwrap_err());
        assert!(error.contains("autocommit"), "{setting}: {error}");
        let store = MySqlStore::new(pool());
        for _ in 0..2 {
            let error = store.commit(&ID, &set(&[])).await.unwrap_err();
            assert!(error.to_string().contains("`SET autocommit = 1`"), "{setting}: {error}");
            assert!(is_not_sent(&error));
        }
    }
}

#[tokio::test]
async fn own_connections_are_set_up_in_one_round_trip() {
    let server = PrivateServer::start(Engine::MySql, &["--general-log=1", "--log-output=TABLE"]);
    let store = MySqlStore::connect(&server.url()).await.unwrap();
    store.migrate().await.unwrap();
    let set_up = "command_type = 'Query' AND argument LIKE '%READ COMMITTED%'";
    let statements = server.query(&format!("SELECT argument FROM mysql.general_log WHERE {set_up} LIMIT 1"));
    assert!(statements.contains("READ COMMITTED"), "{statements}");
    assert_eq!(server.query("SELECT COUNT(*) FROM mysql.general_log WHERE argument LIKE 'SET SESSION wsrep%'"), "0");
}

/// One node of a Galera cluster, if MariaDB can load Galera.
#[tokio::test]
async fn on_galera_loads_wait_for_the_changes_of_other_nodes() {
    const PROVIDER: &str = "/usr/lib/galera/libgalera_smm.so";
    if !std::path::Path::new(PROVIDER).exists() {
        return;
    }
    let provider = format!("--wsrep-provider={PROVIDER}");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let options = format!(
        "--wsrep-provider-options=base_host=127.0.0.1;base_port={port};gmcast.listen_addr=tcp://127.0.0.1:{port}"
    );
    let cluster = ["--wsrep-on=ON", &provider, &options, "--wsrep-cluster-address=gcomm://", "--binlog-format=ROW"];
    let server = PrivateServer::start(
        Engine::MySql,
        &[&cluster[..], &["--general-log=1", "--log-output=TABLE", "--wsrep-node-address=127.0.0.1"]].concat(),
    );
    let store = MySqlStore::connect(&server.url()).await.unwrap();
    store.migrate().await.unwrap();
    create(&store).await;
    commit_each(&store, 1..3).await;
    let sets = server
        .query("SELECT COUNT(*) > 0 FROM mysql.general_log WHERE argument LIKE 'SET SESSION wsrep_sync_wait = %'");
    assert_eq!(sets, "1");
}
