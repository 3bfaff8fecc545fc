//! The tables, and how they come to be.

use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

/// Each step is run once, in order. A landed step is never edited: changes are steps of their own.
const MIGRATIONS: [&[&str]; 2] = [
    &[
        "CREATE TABLE {p}s (
            id BLOB PRIMARY KEY,
            token BLOB NOT NULL,
            created INTEGER NOT NULL,
            rotated INTEGER,
            seen INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            idle INTEGER NOT NULL,
            ends INTEGER NOT NULL,
            label TEXT,
            revision INTEGER NOT NULL
        ) WITHOUT ROWID",
        "CREATE INDEX {p}s_expires ON {p}s (expires)",
        // Keys are bytes: text would compare by collation, and end at a NUL.
        "CREATE TABLE {p}_values (
            session BLOB NOT NULL,
            key BLOB NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (session, key)
        ) WITHOUT ROWID",
        "CREATE TABLE {p}_index (
            session BLOB NOT NULL,
            key BLOB NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (session, key)
        ) WITHOUT ROWID",
        "CREATE INDEX {p}_index_hash ON {p}_index (hash, session)",
    ],
    // From a row for each key to logs. Nothing is renamed: a rename looks through the application's own tables too.
    &[
        "CREATE TABLE {p}s_before AS SELECT * FROM {p}s",
        // The number is 1, the length of the key in 4 digits and that of the value in 10.
        "CREATE TABLE {p}_values_before AS SELECT session, CAST(group_concat(
            '+' || substr(100000000000000 + 10000000000 * length(key) + length(CAST(value AS BLOB)), 2) || key || value, ''
        ) AS BLOB) AS entries FROM {p}_values GROUP BY session",
        "DROP TABLE {p}s",
        "DROP TABLE {p}_values",
        // With a rowid: rows lie in the leaves of the table, where one may fill a page. Without, a quarter of a page is
        // the most, and what is longer goes to pages of its own.
        "CREATE TABLE {p}s (
            id BLOB PRIMARY KEY NOT NULL,
            token BLOB NOT NULL,
            created INTEGER NOT NULL,
            rotated INTEGER,
            seen INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            idle INTEGER NOT NULL,
            ends INTEGER NOT NULL,
            label TEXT,
            revision INTEGER NOT NULL,
            size INTEGER NOT NULL,
            folded INTEGER NOT NULL,
            log BLOB NOT NULL
        )",
        "CREATE INDEX {p}s_expires ON {p}s (expires)",
        "CREATE TABLE {p}_values (
            session BLOB NOT NULL,
            part INTEGER NOT NULL,
            entries BLOB NOT NULL,
            PRIMARY KEY (session, part)
        ) WITHOUT ROWID",
        "INSERT INTO {p}_values SELECT session, 0, entries FROM {p}_values_before",
        "INSERT INTO {p}s SELECT before.*, coalesce(length(entries), 0), coalesce(length(entries), 0), x''
            FROM {p}s_before AS before LEFT JOIN {p}_values ON session = id",
        "DROP TABLE {p}s_before",
        "DROP TABLE {p}_values_before",
    ],
];

/// Runs the steps that are missing, inside a transaction that holds the write lock.
pub(super) async fn run(connection: &mut SqliteConnection, prefix: &str) -> sqlx::Result<()> {
    execute(connection, "CREATE TABLE IF NOT EXISTS {p}_migrations (version INTEGER PRIMARY KEY)", prefix).await?;
    let count = AssertSqlSafe(format!("SELECT count(*) FROM {prefix}_migrations"));
    let done: i64 = sqlx::query_scalar(count).fetch_one(&mut *connection).await?;
    for (version, step) in (1_i64..).zip(MIGRATIONS).skip(usize::try_from(done).unwrap_or(0)) {
        for statement in step {
            execute(connection, statement, prefix).await?;
        }
        execute(connection, &format!("INSERT INTO {{p}}_migrations VALUES ({version})"), prefix).await?;
    }
    Ok(())
}

async fn execute(connection: &mut SqliteConnection, statement: &str, prefix: &str) -> sqlx::Result<()> {
    let statement = AssertSqlSafe(statement.replace("{p}", prefix));
    sqlx::query(statement).execute(connection).await.map(drop)
}
