//! The tables and procedures, and how they come to be.

use sqlx::AssertSqlSafe;
use sqlx::mysql::{MySql, MySqlConnection};

use super::{decode, executor};
use crate::store::StoreError;
use crate::store::pool::StorePool;

/// Each step is run once, in order. A landed step is never edited: changes are steps of their own, and a procedure that
/// changes gets a new number, so that servers of the release before keep calling theirs.
///
/// Each statement commits by itself here, so a step that was cut short is run again, and must bear it.
const MIGRATIONS: [&[&str]; 1] = [&[
    include_str!("migrations/tables.sql"),
    OURS,
    "DROP PROCEDURE IF EXISTS `{p}_create_1`",
    include_str!("migrations/create.sql"),
    "DROP PROCEDURE IF EXISTS `{p}_commit_1`",
    include_str!("migrations/commit.sql"),
    "DROP PROCEDURE IF EXISTS `{p}_delete_1`",
    include_str!("migrations/delete.sql"),
    "DROP PROCEDURE IF EXISTS `{p}_sweep_1`",
    include_str!("migrations/sweep.sql"),
]];

/// The server's number for it.
const UNKNOWN_COLUMN: u16 = 1054;

/// Fails so on a table of the same name that another library has made; many call theirs `sessions`.
const OURS: &str = "SELECT part, token, apart, recent, held FROM `{p}s` LIMIT 0";

/// How long the column `recent` is, whatever is in it.
pub(super) const COLUMN: usize = 512;

/// How much of a session's log it has room for, behind its head.
pub(super) const RECENT: usize = COLUMN - RECENT_HEAD;

/// What begins it: how much is in it, in four digits, and what key was written if it was one alone.
pub(super) const RECENT_HEAD: usize = 4 + KEY;

/// How long the second of that is.
pub(super) const KEY: usize = 32;

/// The row's own share of the log.
pub(super) fn own() -> String {
    format!("CONCAT(held, SUBSTRING(recent, {}, CAST(LEFT(recent, 4) AS SIGNED)))", RECENT_HEAD + 1)
}

/// How much more may be in the row. With the rest of the row, it stays within a page of the table.
const ROW: usize = 4096;

/// With as much in the row, nobody waits for a process that commits twice: the update leaves it to the call.
pub(super) const CROWDED: usize = 16 * ROW;

/// How long a part of a folded log may be, unless it is a single entry.
const PART: usize = 16_384;

/// How much longer than twice a folded log it may be before it is folded again.
const SLACK: usize = 2048;

/// Whether a call would find too much in the row, or too much in all that nobody needs any more.
pub(super) fn is_long() -> String {
    format!("LENGTH(held) > LEAST({ROW}, 2 * folded + {SLACK} - apart)")
}

/// How long one process waits for another one's migration, in seconds.
const PATIENCE: i64 = 60;

pub(super) async fn migrate(pool: &StorePool<MySql>, prefix: &str) -> Result<(), StoreError> {
    // Not given back: closing it gives up the lock and the mode, whatever happens.
    let mut connection = pool.acquire().await?;
    run(&mut connection, prefix).await
}

async fn run(connection: &mut MySqlConnection, prefix: &str) -> Result<(), StoreError> {
    // Procedures keep the mode that they are created in: no value is ever cut to fit.
    execute(connection, "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'", prefix).await?;
    lock(connection, prefix).await?;
    let table = "CREATE TABLE IF NOT EXISTS `{p}_migrations` (version BIGINT NOT NULL PRIMARY KEY) ENGINE = InnoDB";
    execute(connection, table, prefix).await?;
    let count = format!("SELECT COUNT(*) FROM `{prefix}_migrations`");
    let done: i64 = sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(&mut *connection).await?;
    for (version, step) in (1_i64..).zip(MIGRATIONS).skip(usize::try_from(done).unwrap_or(0)) {
        for statement in step {
            match execute(connection, statement, prefix).await {
                Err(error) if *statement == OURS && executor::number(&error) == Some(UNKNOWN_COLUMN) => {
                    let problem = format!("`{prefix}s` is another library's table: name this store's by `with_prefix`");
                    return Err(problem.into());
                }
                done => done?,
            }
        }
        execute(connection, &format!("INSERT INTO `{{p}}_migrations` VALUES ({version})"), prefix).await?;
    }
    Ok(())
}

/// As text: a procedure cannot be created by a prepared statement.
async fn execute(connection: &mut MySqlConnection, statement: &str, prefix: &str) -> sqlx::Result<()> {
    let parts = [
        ("{settle}", include_str!("migrations/settle.sql")),
        ("{fold}", include_str!("migrations/fold.sql")),
        ("{fold_row}", include_str!("migrations/fold_row.sql")),
        ("{index}", include_str!("migrations/index.sql")),
        ("{record}", &decode::record_column()),
        ("{own}", &own()),
        ("{column}", &COLUMN.to_string()),
        ("{row}", &ROW.to_string()),
        ("{part}", &PART.to_string()),
        ("{slack}", &SLACK.to_string()),
        ("{p}", prefix),
    ];
    let statement = parts.iter().fold(statement.to_owned(), |statement, (name, text)| statement.replace(name, text));
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(connection).await.map(drop)
}

/// One process at a time. The lock is the server's, so its name says which database it is for.
async fn lock(connection: &mut MySqlConnection, prefix: &str) -> Result<(), StoreError> {
    let query =
        sqlx::query_scalar("SELECT GET_LOCK(CONCAT('session:', SHA1(CONCAT(COALESCE(DATABASE(), ''), '.', ?))), ?)");
    let locked: Option<i64> = query.bind(prefix).bind(PATIENCE).fetch_one(connection).await?;
    if locked == Some(1) {
        return Ok(());
    }
    Err(format!("another migration holds the lock for more than {PATIENCE} seconds").into())
}
