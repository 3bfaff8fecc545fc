//! The databases.

use std::str::FromStr;

use axum_session::SessionConfig;
use axum_session_redispool::SessionRedisPool;
use axum_session_sqlx::{SessionMySqlPool, SessionPgPool, SessionSqlitePool};
use bench_common::CONNECTIONS;
use bench_common::router::App;
use redis_pool::RedisPool;
use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};

use crate::routes::app;

fn with_table_name(config: &SessionConfig) -> SessionConfig {
    config.clone().with_table_name("bench_axum_session")
}

pub async fn sqlite(url: &str, config: &SessionConfig) -> App {
    let options = SqliteConnectOptions::from_str(url).expect("a URL").journal_mode(SqliteJournalMode::Wal);
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await.expect("SQLite");
    sqlx::query("DROP TABLE IF EXISTS bench_axum_session").execute(&pool).await.expect("no table");
    app(Some(SessionSqlitePool::from(pool)), with_table_name(config)).await
}

pub async fn postgres(url: &str, config: &SessionConfig) -> App {
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(url).await.expect("PostgreSQL");
    sqlx::query("DROP TABLE IF EXISTS bench_axum_session").execute(&pool).await.expect("no table");
    app(Some(SessionPgPool::from(pool)), with_table_name(config)).await
}

pub async fn mysql(url: &str, config: &SessionConfig) -> App {
    let pool = MySqlPoolOptions::new().max_connections(CONNECTIONS).connect(url).await.expect("MariaDB");
    sqlx::query("DROP TABLE IF EXISTS bench_axum_session").execute(&pool).await.expect("no table");
    // The column is a TEXT of 64 KiB; 1,000 keys need 95 kB.
    app(Some(SessionMySqlPool::from(pool)), with_table_name(config)).await.with_max_keys(100)
}

pub async fn redis(url: &str, config: &SessionConfig) -> App {
    let client = redis::Client::open(url).expect("a URL");
    let pool = RedisPool::new(client, CONNECTIONS as usize, Some(CONNECTIONS as usize));
    app(Some(SessionRedisPool::from(pool)), with_table_name(config)).await
}
