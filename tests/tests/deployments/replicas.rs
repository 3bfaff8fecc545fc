//! Servers that reject writes when a store connects.

use session::store::{MySqlStore, PostgresStore};
use session_tests::Log;
use session_tests::private_server::{Engine, PrivateServer};

use super::*;

const WARNING: &str = "server is read-only, and every write will fail: use the address of the primary";

#[tokio::test]
async fn a_read_only_postgresql_is_a_warning_and_loads_work() {
    let server = PrivateServer::start(Engine::Postgres, &[]);
    let primary = PostgresStore::connect(&server.url()).await.unwrap();
    primary.migrate().await.unwrap();
    create(&primary).await;
    assert!(!Log::of_this_process().all().contains(&format!("the PostgreSQL {WARNING}")));
    server.query("ALTER ROLE shop SET default_transaction_read_only = on");
    let replica = PostgresStore::connect(&server.url()).await.unwrap();
    assert!(Log::of_this_process().all().contains(&format!("the PostgreSQL {WARNING}")));
    assert!(replica.load(&ID, NOW).await.unwrap().is_some());
    let error = replica.commit(&ID, &set(&[("a", "1")])).await.unwrap_err().to_string();
    assert!(error.contains("25006") && error.ends_with("use the address of the primary"), "{error}");
}

#[tokio::test]
async fn a_read_only_mariadb_is_a_warning_and_loads_work() {
    let server = PrivateServer::start(Engine::MySql, &[]);
    let primary = MySqlStore::connect(&server.url()).await.unwrap();
    primary.migrate().await.unwrap();
    create(&primary).await;
    assert!(!Log::of_this_process().all().contains(&format!("the MySQL {WARNING}")));
    server.query("SET GLOBAL read_only = 1");
    let replica = MySqlStore::connect(&server.url()).await.unwrap();
    assert!(Log::of_this_process().all().contains(&format!("the MySQL {WARNING}")));
    assert!(replica.load(&ID, NOW).await.unwrap().is_some());
    let error = replica.commit(&ID, &set(&[("a", "1")])).await.unwrap_err().to_string();
    assert!(error.contains("1290") && error.ends_with("use the address of the primary"), "{error}");
}
