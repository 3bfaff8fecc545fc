//! The databases.

use std::str::FromStr;

use bench_common::CONNECTIONS;
use pavex_session_redis::{RedisSessionStore, RedisSessionStoreConfig};
use pavex_session_sqlx::{MySqlSessionStore, PostgresSessionStore, SqliteSessionStore};
use redis::aio::ConnectionManager;
use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};

use crate::app::App;

pub async fn sqlite(url: &str) -> App {
    let options = SqliteConnectOptions::from_str(url).expect("a URL").journal_mode(SqliteJournalMode::Wal);
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await.expect("SQLite");
    let store = SqliteSessionStore::new(pool);
    store.migrate().await.expect("a table");
    App::new(store)
}

// The table name is fixed, so it needs a separate schema.
pub async fn postgres(url: &str) -> App {
    let options = PgConnectOptions::from_str(url).expect("a URL").options([("search_path", "bench_pavex_session")]);
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await.expect("PostgreSQL");
    sqlx::query("DROP SCHEMA IF EXISTS bench_pavex_session CASCADE").execute(&pool).await.expect("no table");
    sqlx::query("CREATE SCHEMA bench_pavex_session").execute(&pool).await.expect("a schema");
    let store = PostgresSessionStore::new(pool);
    store.migrate().await.expect("a table");
    App::new(store)
}

pub async fn mysql(url: &str) -> App {
    let pool = MySqlPoolOptions::new().max_connections(CONNECTIONS).connect(url).await.expect("MariaDB");
    sqlx::query("DROP TABLE IF EXISTS sessions").execute(&pool).await.expect("no table");
    let store = MySqlSessionStore::new(pool);
    store.migrate().await.expect("a table");
    App::new(store)
}

pub async fn redis(url: &str) -> App {
    let client = redis::Client::open(url).expect("a URL");
    let connection = ConnectionManager::new(client).await.expect("Redis");
    App::new(RedisSessionStore::new(connection, RedisSessionStoreConfig::default()))
}
