//! The recorded rows of tower-sessions, in SQLite.

use sqlx::sqlite::SqlitePoolOptions;

use super::Pool;

/// A database with the recorded rows.
pub(crate) async fn recorded() -> Pool {
    // One connection, because each one would have its own database in memory.
    let rows = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    sqlx::raw_sql(include_str!("rows/sqlite.sql")).execute(&rows).await.unwrap();
    rows
}

/// Lets a row expire in this many seconds.
pub(crate) async fn expire_in(rows: &Pool, id: &str, seconds: i64) {
    let sql =
        "UPDATE tower_sessions SET expiry_date = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', $2 || ' seconds') WHERE id = $1";
    sqlx::query(sql).bind(id).bind(seconds).execute(rows).await.unwrap();
}

/// The remaining seconds of a row, or `None` if the row was deleted.
pub(crate) async fn remaining(rows: &Pool, id: &str) -> Option<i64> {
    let sql = "SELECT CAST(strftime('%s', expiry_date) AS INTEGER) - CAST(strftime('%s') AS INTEGER)
        FROM tower_sessions WHERE id = $1";
    sqlx::query_scalar(sql).bind(id).fetch_optional(rows).await.unwrap()
}

/// Cuts the last byte off a row.
pub(crate) async fn damage(rows: &Pool, id: &str) {
    let sql = "UPDATE tower_sessions SET data = substr(data, 1, length(data) - 1) WHERE id = $1";
    sqlx::query(sql).bind(id).execute(rows).await.unwrap();
}
