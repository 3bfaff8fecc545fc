//! Creates the tables, and migrates them step by step (`migrations/*.sql`).

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, query_scalar, raw_sql};

/// Each step runs once, in order. Never edit a released step: add a new one.
const MIGRATIONS: [&str; 2] = [include_str!("migrations/1_tables.sql"), include_str!("migrations/2_value_log.sql")];

/// Runs the missing steps. The caller's transaction holds the write lock, so that only one process migrates.
pub(super) async fn run(connection: &mut SqliteConnection, prefix: &str) -> sqlx::Result<()> {
    let with_prefix = |sql: &str| AssertSqlSafe(sql.replace("{prefix}", prefix));
    let create = "CREATE TABLE IF NOT EXISTS {prefix}_migrations (version INTEGER PRIMARY KEY)";
    raw_sql(with_prefix(create)).execute(&mut *connection).await?;
    let count = query_scalar(with_prefix("SELECT count(*) FROM {prefix}_migrations"));
    let done: i64 = count.fetch_one(&mut *connection).await?;
    for (version, step) in (1_i64..).zip(MIGRATIONS).skip(usize::try_from(done).unwrap_or(0)) {
        raw_sql(with_prefix(step)).execute(&mut *connection).await?;
        let insert = format!("INSERT INTO {{prefix}}_migrations VALUES ({version})");
        raw_sql(with_prefix(&insert)).execute(&mut *connection).await?;
    }
    Ok(())
}
