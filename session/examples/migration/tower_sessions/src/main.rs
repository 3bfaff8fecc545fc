//! Records the rows of tower-sessions for the tests of the example. In the folder of this package:
//! `../../../../tests/servers cargo run`.

use std::fmt::Write;
use std::fs;

use session_example_migration::{log_in_with_axum_login, records};
use tower_sessions::SessionStore;
use tower_sessions_sqlx_store::sqlx::sqlite::SqlitePoolOptions;
use tower_sessions_sqlx_store::sqlx::{self, PgPool};
use tower_sessions_sqlx_store::{PostgresStore, SqliteStore};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    let store = SqliteStore::new(pool.clone());
    store.migrate().await?;
    write_sessions(store).await?;
    let table: String =
        sqlx::query_scalar("SELECT sql FROM sqlite_master WHERE type = 'table'").fetch_one(&pool).await?;
    let rows = "SELECT id, hex(data), expiry_date FROM tower_sessions ORDER BY rowid";
    let rows = sqlx::query_as(rows).fetch_all(&pool).await?;
    save("sqlite.sql", &table, "tower_sessions", |data| format!("x'{data}'"), rows)?;

    let pool = PgPool::connect(&std::env::var("SESSION_TEST_POSTGRES")?).await?;
    let store = PostgresStore::new(pool.clone());
    store.migrate().await?;
    write_sessions(store).await?;
    let table = "CREATE SCHEMA tower_sessions;\nCREATE TABLE tower_sessions.session
        (id text PRIMARY KEY NOT NULL, data bytea NOT NULL, expiry_date timestamptz NOT NULL)";
    let rows = "SELECT id, encode(data, 'hex'), expiry_date::text FROM tower_sessions.session ORDER BY ctid";
    let rows = sqlx::query_as(rows).fetch_all(&pool).await?;
    save("postgres.sql", table, "tower_sessions.session", |data| format!(r"'\x{data}'"), rows)
}

async fn write_sessions(store: impl SessionStore + Clone) -> anyhow::Result<()> {
    for mut record in records() {
        store.create(&mut record).await?;
    }
    log_in_with_axum_login(store).await;
    Ok(())
}

type Row = (String, String, String);

const HEADER: &str =
    "-- Recorded by tower_sessions/src/main.rs: tower-sessions 0.14, tower-sessions-sqlx-store 0.15, axum-login 0.18.";

fn save(file: &str, table: &str, name: &str, blob: fn(&str) -> String, rows: Vec<Row>) -> anyhow::Result<()> {
    let mut sql = format!("{HEADER}\n{table};\n");
    for (id, data, expiry) in rows {
        writeln!(sql, "INSERT INTO {name} VALUES ('{id}', {}, '{expiry}');", blob(&data))?;
    }
    fs::create_dir_all("../rows")?;
    Ok(fs::write(format!("../rows/{file}"), sql)?)
}
