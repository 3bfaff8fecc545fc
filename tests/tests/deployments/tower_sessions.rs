//! The example of a migration, with the recorded rows of tower-sessions in PostgreSQL.

#[path = "../../../session/examples/migration/app.rs"]
mod app;
#[path = "../../../session/examples/browser/mod.rs"]
mod browser;
#[path = "../../../session/examples/migration/carry_over.rs"]
mod carry_over;
#[path = "../../../session/examples/migration/delete_rows.rs"]
mod delete_rows;
#[path = "../../../session/examples/migration/postgres.rs"]
mod postgres;
#[path = "../../../session/examples/migration/tests.rs"]
mod tests;

use self::postgres::{DELETE, DELETE_SOON, LIST, LOAD, Pool};

mod rows {
    use session_tests::servers::{self, prefix};
    use sqlx::AssertSqlSafe;
    use sqlx::postgres::PgConnectOptions;

    use super::Pool;

    /// A new database with the recorded rows, whose schema has a fixed name.
    pub(super) async fn recorded() -> Pool {
        let (options, name) = (servers::url("SESSION_TEST_POSTGRES").parse::<PgConnectOptions>().unwrap(), prefix());
        let admin = Pool::connect_with(options.clone()).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&admin).await.unwrap();
        let rows = Pool::connect_with(options.database(&name)).await.unwrap();
        let recorded = include_str!("../../../session/examples/migration/rows/postgres.sql");
        sqlx::raw_sql(recorded).execute(&rows).await.unwrap();
        rows
    }

    /// Lets a row expire in this many seconds.
    pub(super) async fn expire_in(rows: &Pool, id: &str, seconds: i64) {
        let sql = "UPDATE tower_sessions.session SET expiry_date = now() + $2 * interval '1 second' WHERE id = $1";
        sqlx::query(sql).bind(id).bind(seconds).execute(rows).await.unwrap();
    }

    /// The remaining seconds of a row, or `None` if the row was deleted.
    pub(super) async fn remaining(rows: &Pool, id: &str) -> Option<i64> {
        let sql =
            "SELECT CAST(EXTRACT(EPOCH FROM expiry_date - now()) AS bigint) FROM tower_sessions.session WHERE id = $1";
        sqlx::query_scalar(sql).bind(id).fetch_optional(rows).await.unwrap()
    }

    /// Cuts the last byte off a row.
    pub(super) async fn damage(rows: &Pool, id: &str) {
        let sql = "UPDATE tower_sessions.session SET data = substring(data for length(data) - 1) WHERE id = $1";
        sqlx::query(sql).bind(id).execute(rows).await.unwrap();
    }
}
