//! Creates the tables and procedures of MariaDB and MySQL, and migrates them (`migrations/*.sql`).

use sqlx::AssertSqlSafe;
use sqlx::mysql::{MySql, MySqlConnection};

use super::{executor, layout};
use crate::error::StoreError;
use crate::store::pool::StorePool;

/// Each step runs once, in order. Never edit a released step: add a new one. A changed procedure gets a new number, so
/// that servers with the previous release can still call theirs.
///
/// MySQL commits each of these statements implicitly. An interrupted step runs again, so each step must be idempotent.
const MIGRATIONS: [&[&str]; 1] = [&[
    include_str!("migrations/tables.sql"),
    CHECK_TABLE_SQL,
    "DROP PROCEDURE IF EXISTS `{p}_create_1`",
    include_str!("migrations/create.sql"),
    "DROP PROCEDURE IF EXISTS `{p}_commit_1`",
    include_str!("migrations/commit.sql"),
    "DROP PROCEDURE IF EXISTS `{p}_delete_1`",
    include_str!("migrations/delete.sql"),
    "DROP PROCEDURE IF EXISTS `{p}_sweep_1`",
    include_str!("migrations/sweep.sql"),
]];

/// Fails with [`UNKNOWN_COLUMN_ERROR`] if another library created the table; many name theirs `sessions`.
const CHECK_TABLE_SQL: &str = "SELECT part, token, apart, recent, held FROM `{p}s` LIMIT 0";

/// The server's error number (`ER_BAD_FIELD_ERROR`).
const UNKNOWN_COLUMN_ERROR: u16 = 1054;

/// The longest wait for the migration of another process.
const LOCK_TIMEOUT_SECONDS: i64 = 60;

/// Runs the missing steps.
pub(super) async fn run(pool: &StorePool<MySql>, prefix: &str) -> Result<(), StoreError> {
    // Not released: the connection is closed in any case, which frees the lock and discards the SQL mode.
    let mut connection = pool.acquire().await?;
    run_steps(&mut connection, prefix).await
}

async fn run_steps(connection: &mut MySqlConnection, prefix: &str) -> Result<(), StoreError> {
    // Procedures keep the SQL mode of their creation. Strict mode prevents that a value is truncated.
    execute(connection, "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'", prefix).await?;
    lock(connection, prefix).await?;
    let table = "CREATE TABLE IF NOT EXISTS `{p}_migrations` (version BIGINT NOT NULL PRIMARY KEY) ENGINE = InnoDB";
    execute(connection, table, prefix).await?;
    let count = format!("SELECT COUNT(*) FROM `{prefix}_migrations`");
    let done: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut *connection).await?;
    for (version, step) in (1_i64..).zip(MIGRATIONS).skip(usize::try_from(done).unwrap_or(0)) {
        for statement in step {
            match execute(connection, statement, prefix).await {
                Err(error)
                    if *statement == CHECK_TABLE_SQL
                        && executor::error_number(&error) == Some(UNKNOWN_COLUMN_ERROR) =>
                {
                    return Err(format!(
                        "the table `{prefix}s` belongs to another library: set another prefix with `with_prefix`"
                    )
                    .into());
                }
                result => result?,
            }
        }
        execute(connection, &format!("INSERT INTO `{{p}}_migrations` VALUES ({version})"), prefix).await?;
    }
    Ok(())
}

/// Sends a statement as text, because `CREATE PROCEDURE` cannot be prepared.
async fn execute(connection: &mut MySqlConnection, statement: &str, prefix: &str) -> sqlx::Result<()> {
    // Blocks first, since they contain placeholders too.
    let placeholders = [
        ("{shorten_log}", include_str!("migrations/shorten_log.sql")),
        ("{compact_parts}", include_str!("migrations/compact_parts.sql")),
        ("{compact_row}", include_str!("migrations/compact_row.sql")),
        ("{update_index}", include_str!("migrations/update_index.sql")),
        ("{record}", &layout::record_expression()),
        ("{row_log}", &layout::row_log_expression()),
        ("{recent_column_bytes}", &layout::RECENT_COLUMN_BYTES.to_string()),
        ("{row_spill_bytes}", &layout::ROW_SPILL_BYTES.to_string()),
        ("{max_part_bytes}", &layout::MAX_PART_BYTES.to_string()),
        ("{compaction_slack_bytes}", &layout::COMPACTION_SLACK_BYTES.to_string()),
        ("{p}", prefix),
    ];
    let statement =
        placeholders.iter().fold(statement.to_owned(), |statement, (name, text)| statement.replace(name, text));
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await.map(drop)
}

/// Allows one process at a time. The lock is global to the server, so its name contains the database.
async fn lock(connection: &mut MySqlConnection, prefix: &str) -> Result<(), StoreError> {
    let query =
        sqlx::query_scalar("SELECT GET_LOCK(CONCAT('session:', SHA1(CONCAT(COALESCE(DATABASE(), ''), '.', ?))), ?)");
    let locked: Option<i64> = query.bind(prefix).bind(LOCK_TIMEOUT_SECONDS).fetch_one(connection).await?;
    if locked == Some(1) {
        return Ok(());
    }
    Err(format!("another migration holds the lock for more than {LOCK_TIMEOUT_SECONDS} seconds").into())
}
