//! The databases. None of these stores supports 0.15, so they use 0.14.

use std::str::FromStr;

use bench_common::CONNECTIONS;
use bench_common::router::App;
use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};
use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::prelude::{ClientLike, Config, Pool};
use tower_sessions_sqlx_store::{MySqlStore, PostgresStore, SqliteStore};

use crate::routes::v14::app;

pub async fn sqlite(url: &str) -> App {
    let options = SqliteConnectOptions::from_str(url).expect("a URL").journal_mode(SqliteJournalMode::Wal);
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await.expect("SQLite");
    let store = SqliteStore::new(pool);
    store.migrate().await.expect("a table");
    app(store)
}

pub async fn postgres(url: &str) -> App {
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(url).await.expect("PostgreSQL");
    sqlx::query("DROP SCHEMA IF EXISTS tower_sessions CASCADE").execute(&pool).await.expect("no table");
    let store = PostgresStore::new(pool);
    store.migrate().await.expect("a table");
    app(store)
}

pub async fn mysql(url: &str) -> App {
    let pool = MySqlPoolOptions::new().max_connections(CONNECTIONS).connect(url).await.expect("MariaDB");
    sqlx::query("DROP SCHEMA IF EXISTS tower_sessions").execute(&pool).await.expect("no table");
    let store = MySqlStore::new(pool);
    store.migrate().await.expect("a table");
    // The column is a BLOB of 64 KiB; 1,000 keys need 67 kB.
    app(store).with_max_keys(100)
}

pub async fn redis(url: &str) -> App {
    let config = Config::from_url(url).expect("a URL");
    let pool = Pool::new(config, None, None, None, CONNECTIONS as usize).expect("a pool");
    pool.init().await.expect("Redis");
    app(RedisStore::new(pool))
}
