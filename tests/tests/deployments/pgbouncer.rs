//! `PgBouncer`, with its default configuration and in each pool mode.

use session::store::PostgresStore;
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::servers::PgBouncer;

use super::*;

/// A server, and a pooler before it with additional lines of configuration.
fn pooled(settings: &[&str]) -> (PrivateServer, PgBouncer, String) {
    let server = PrivateServer::start(Engine::Postgres, &[]);
    let pooler = PgBouncer::start(&server, settings);
    let url = server.url_at(pooler.port);
    (server, pooler, url)
}

async fn every_change_of_two_processes_is_kept(url: &str) {
    let processes = [PostgresStore::connect(url).await.unwrap(), PostgresStore::connect(url).await.unwrap()];
    for process in &processes {
        process.migrate().await.unwrap();
    }
    let [one, two] = &processes;
    create(one).await;
    tokio::join!(write_concurrently(one, "one"), write_concurrently(two, "two"));
    commit_each(two, 1..10).await;
}

async fn connect_error(url: &str) -> String {
    let error = PostgresStore::connect(url).await.unwrap_err();
    std::error::Error::source(&error).expect("the error has a source").to_string()
}

#[tokio::test]
async fn the_default_configuration_works() {
    let (_server, _pooler, url) = pooled(&[]);
    every_change_of_two_processes_is_kept(&url).await;
}

#[tokio::test]
async fn transaction_mode_works_if_the_pooler_supports_prepared_statements() {
    if !PgBouncer::supports_prepared_statements() {
        return;
    }
    for pool_size in [1, 5] {
        let settings = ["pool_mode = transaction", "max_prepared_statements = 200"];
        let pool_size = format!("default_pool_size = {pool_size}");
        let (_server, _pooler, url) = pooled(&[settings[0], settings[1], &pool_size]);
        every_change_of_two_processes_is_kept(&url).await;
    }
}

#[tokio::test]
async fn a_pooler_that_loses_prepared_statements_is_an_error_that_names_the_fix() {
    let setting = if PgBouncer::supports_prepared_statements() { "max_prepared_statements = 0" } else { "" };
    for pool_size in [1, 5] {
        let pool_size = format!("default_pool_size = {pool_size}");
        let (_server, _pooler, url) = pooled(&["pool_mode = transaction", setting, &pool_size]);
        for url in [url.clone(), format!("{url}?statement-cache-capacity=0")] {
            for _ in 0..3 {
                let error = connect_error(&url).await;
                assert!(error.contains("`max_prepared_statements` above 0, or `pool_mode = session`"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn statement_mode_is_an_error_that_names_the_fix() {
    let (_server, _pooler, url) = pooled(&["pool_mode = statement"]);
    let error = connect_error(&url).await;
    assert!(error.contains("needs transactions: use `pool_mode = transaction` or `session`"), "{error}");
}

#[tokio::test]
async fn a_session_pool_of_one_connection_serves_a_store_of_one_connection() {
    let (_server, _pooler, url) = pooled(&["pool_mode = session", "default_pool_size = 1"]);
    let store = PostgresStore::connect(&url).await.unwrap().with_max_connections(1);
    store.migrate().await.unwrap();
    create(&store).await;
    write_concurrently(&store, "client").await;
}

#[tokio::test]
async fn options_in_the_url_are_an_error_that_names_the_fix() {
    let (server, _pooler, url) = pooled(&[]);
    let option = "?options[lock_timeout]=5s";
    let error = connect_error(&format!("{url}{option}")).await;
    assert!(error.contains("ALTER ROLE"), "{error}");
    PostgresStore::connect(&format!("{}{option}", server.url())).await.unwrap();
}
