//! Moves the sessions of tower-sessions at the first request of each browser, so that the change logs no user out.
//!
//! `cargo run --example migration --features sqlite`, in the folder of the database `sessions.db` of the old application.
//! Without such a database, it creates an empty one.

#![allow(clippy::incompatible_msrv, reason = "the SQL stores need a newer compiler than the rest")]

mod app;
mod carry_over;
mod delete_rows;
mod sqlite;

use session::store::SqliteStore;
use session::{SecretKey, SessionConfig, SessionManager};
use sqlx::sqlite::SqliteConnectOptions;

use self::sqlite::{DELETE, DELETE_SOON, LIST, LOAD, Pool};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let rows = Pool::connect_with(SqliteConnectOptions::new().filename("sessions.db").create_if_missing(true)).await?;
    sqlx::query(CREATE_TABLE).execute(&rows).await?;
    let store = SqliteStore::connect("sqlite:moved-sessions.db").await?;
    store.migrate().await?;
    let key = SecretKey::from_file_or_new("moved-sessions.key")?; // a new key at each start would log all users out
    let manager = SessionManager::new(store, app::config(SessionConfig::new(key)));
    let app = app::app(app::old_sessions(rows, manager));
    Ok(axum::serve(tokio::net::TcpListener::bind("127.0.0.1:3000").await?, app).await?)
}

/// As tower-sessions creates it.
const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS tower_sessions
    (id text primary key not null, data blob not null, expiry_date integer not null)";

#[cfg(test)]
#[path = "../browser/mod.rs"]
mod browser;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod tests;
