//! Sessions in an embedded SQLite database.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
};
use sqlx::{Row, Sqlite, Transaction};
use tokio::sync::Mutex;

use super::{
    Commit, Committed, Deleted, Found, IndexChange, IndexHash, Json, Limits, Obstacle, Page, Proof, Record,
    SessionStore, StoreError, Timestamp, TokenHash, Values,
};
use crate::error::Error;
use crate::id::SessionId;

/// Keeps sessions in an SQLite database: for applications on one machine.
///
/// One row per session and one per key, so that a commit writes what changed and nothing else. A commit is one
/// transaction that takes the write lock first; a load is one statement, and so one consistent view. Several processes
/// may share the file.
///
/// [`connect`](Self::connect) opens the file in WAL mode with SQLite's full synchronisation: what a commit stored
/// survives a power cut, as far as the disk keeps its word. For less, bring a pool of your own to [`new`](Self::new).
///
/// ```no_run
/// # async fn example() -> Result<(), session::Error> {
/// use session::store::SqliteStore;
///
/// let store = SqliteStore::connect("sqlite:sessions.db").await?;
/// store.migrate().await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct SqliteStore {
    pool: SqlitePool,
    /// SQLite has one writer at a time. Waiting here is fair; waiting for its file lock is polling.
    writer: Arc<Mutex<()>>,
}

/// Each step is run once, in order. A landed step is never edited: changes are steps of their own.
const MIGRATIONS: [&[&str]; 2] = [
    &[
        "CREATE TABLE sessions (
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
        "CREATE INDEX sessions_expires ON sessions (expires)",
        // Keys are bytes: text would compare by collation, and end at a NUL.
        "CREATE TABLE session_values (
        session BLOB NOT NULL,
        key BLOB NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (session, key)
    ) WITHOUT ROWID",
    ],
    &[
        "CREATE TABLE session_index (
        session BLOB NOT NULL,
        key BLOB NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (session, key)
    ) WITHOUT ROWID",
        "CREATE INDEX session_index_hash ON session_index (hash, session)",
    ],
];

const OPEN: &str = "open the SQLite database";

const HEAD: &str = "SELECT token, created, rotated, seen, expires, idle, ends, label, revision
    FROM sessions WHERE id = ? AND expires > ?";

impl SqliteStore {
    /// Opens a database, `sqlite:PATH` or `sqlite::memory:`, and creates the file if it is missing. Call
    /// [`migrate`](Self::migrate) next.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the URL is not one, or the file cannot be opened or created.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        // SQLite itself takes a nameless database: one that is gone when its connection closes.
        if url.strip_prefix("sqlite:").is_none_or(|path| path.trim_start_matches('/').is_empty()) {
            let problem = "its URL is `sqlite:PATH` or `sqlite::memory:`";
            return Err(Error::store(OPEN, problem.into()));
        }
        let in_memory = url.contains(":memory:") || url.contains("mode=memory");
        let opened = match SqliteConnectOptions::from_str(url) {
            Ok(options) => open(options, in_memory).await,
            Err(error) => Err(error),
        };
        Ok(Self::new(opened.map_err(|error| Error::store(OPEN, error.into()))?))
    }

    /// As [`connect`](Self::connect), for a file of any name.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the file cannot be opened or created.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new().filename(path);
        let pool = open(options, false).await.map_err(|error| Error::store(OPEN, error.into()))?;
        Ok(Self::new(pool))
    }

    /// Uses the application's own pool. WAL mode and a busy timeout are recommended; no other setting matters.
    pub fn new(pool: SqlitePool) -> Self {
        Self { pool, writer: Arc::default() }
    }

    /// Creates the tables `sessions`, `session_values` and `session_index`, or brings them up to date. It may run at every start, and
    /// in several processes at once; `session_migrations` keeps what was done.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the database refuses.
    pub async fn migrate(&self) -> Result<(), Error> {
        let migrated = self.run_migrations().await;
        migrated.map_err(|error| Error::store("migrate the SQLite database", error.into()))
    }

    async fn run_migrations(&self) -> sqlx::Result<()> {
        let _writer = self.writer.lock().await;
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("CREATE TABLE IF NOT EXISTS session_migrations (version INTEGER PRIMARY KEY)")
            .execute(&mut *tx)
            .await?;
        let done: i64 = sqlx::query_scalar("SELECT count(*) FROM session_migrations").fetch_one(&mut *tx).await?;
        for (version, step) in (1_i64..).zip(MIGRATIONS).skip(usize::try_from(done).unwrap_or(0)) {
            for statement in step {
                sqlx::query(*statement).execute(&mut *tx).await?;
            }
            sqlx::query("INSERT INTO session_migrations VALUES (?)").bind(version).execute(&mut *tx).await?;
        }
        tx.commit().await
    }
}

async fn open(options: SqliteConnectOptions, in_memory: bool) -> sqlx::Result<SqlitePool> {
    let mut options = options.create_if_missing(true);
    if !in_memory {
        options = options.journal_mode(SqliteJournalMode::Wal);
    }
    // A database in memory is gone when its last connection closes; so there is one, and it stays.
    let pool = SqlitePoolOptions::new().test_before_acquire(false).max_connections(if in_memory { 1 } else { 4 });
    let pool = if in_memory { pool.idle_timeout(None).max_lifetime(None).min_connections(1) } else { pool };
    // The first of several processes turns a new file to WAL. The others find it locked for that moment, and SQLite
    // does not wait for this one lock by itself.
    for _ in 0..100 {
        match pool.clone().connect_with(options.clone()).await {
            Err(error) if is_busy(&error) => tokio::time::sleep(Duration::from_millis(20)).await,
            opened => return opened,
        }
    }
    pool.connect_with(options).await
}

fn is_busy(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some("5"))
}

/// The record of a `HEAD` row, without its values.
fn head(row: &SqliteRow) -> Result<Record, StoreError> {
    let time = |column: &str| row.try_get(column).map(Timestamp::from_millis);
    let token: [u8; 32] = row.try_get::<Vec<u8>, _>("token")?.try_into().map_err(|_| "a token hash has 32 bytes")?;
    let idle = Duration::from_millis(u64::try_from(row.try_get::<i64, _>("idle")?)?);
    let limits = Limits { idle, end: time("ends")? };
    let mut record = Record::new(TokenHash::from_bytes(token), limits, time("created")?);
    record.rotated = row.try_get::<Option<i64>, _>("rotated")?.map(Timestamp::from_millis);
    record.seen = time("seen")?;
    record.expires = time("expires")?;
    record.label = row.try_get("label")?;
    record.revision = u64::try_from(row.try_get::<i64, _>("revision")?)?;
    Ok(record)
}

fn id(row: &SqliteRow) -> Result<SessionId, StoreError> {
    Ok(SessionId::from_bytes(row.try_get::<&[u8], _>("id")?.try_into()?))
}

fn value(row: &SqliteRow) -> Result<(String, Json), StoreError> {
    let key = String::from_utf8(row.try_get("key")?).map_err(|_| "a key is not UTF-8")?;
    Ok((key, Json::from_text(row.try_get::<&str, _>("value")?)))
}

async fn find_head(
    connection: &mut SqliteConnection,
    id: &SessionId,
    now: Timestamp,
) -> Result<Option<Record>, StoreError> {
    let row = sqlx::query(HEAD).bind(&id.as_bytes()[..]).bind(now.as_millis()).fetch_optional(connection).await?;
    row.as_ref().map(head).transpose()
}

async fn read_values(connection: &mut SqliteConnection, id: &SessionId) -> Result<Values, StoreError> {
    let query = sqlx::query("SELECT key, value FROM session_values WHERE session = ?").bind(&id.as_bytes()[..]);
    query.fetch_all(connection).await?.iter().map(value).collect()
}

/// Writes the changed keys, and no others.
async fn write_changes(
    connection: &mut SqliteConnection,
    id: &SessionId,
    changes: &super::Changes,
) -> Result<(), StoreError> {
    if changes.is_cleared() {
        drop_values(connection, id).await?;
    }
    for key in changes.unsets() {
        let query = sqlx::query("DELETE FROM session_values WHERE session = ? AND key = ?");
        query.bind(&id.as_bytes()[..]).bind(key.as_bytes()).execute(&mut *connection).await?;
    }
    for (key, value) in changes.sets() {
        write_value(connection, id, key, value).await?;
    }
    Ok(())
}

async fn write_value(
    connection: &mut SqliteConnection,
    id: &SessionId,
    key: &str,
    value: &Json,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "INSERT INTO session_values (session, key, value) VALUES (?, ?, ?)
        ON CONFLICT (session, key) DO UPDATE SET value = excluded.value",
    );
    query.bind(&id.as_bytes()[..]).bind(key.as_bytes()).bind(value.as_str()).execute(connection).await?;
    Ok(())
}

async fn drop_values(connection: &mut SqliteConnection, id: &SessionId) -> sqlx::Result<()> {
    let query = sqlx::query("DELETE FROM session_values WHERE session = ?").bind(&id.as_bytes()[..]);
    query.execute(connection).await.map(drop)
}

/// Brings the session's index entries up to date.
async fn write_index(
    connection: &mut SqliteConnection,
    id: &SessionId,
    changes: &[IndexChange],
) -> Result<(), StoreError> {
    for IndexChange { key, hash } in changes {
        let query = match hash {
            None => sqlx::query("DELETE FROM session_index WHERE session = ? AND key = ?"),
            Some(_) => sqlx::query(
                "INSERT INTO session_index (session, key, hash) VALUES (?, ?, ?)
                ON CONFLICT (session, key) DO UPDATE SET hash = excluded.hash",
            ),
        };
        let query = query.bind(&id.as_bytes()[..]).bind(key.as_bytes());
        let query = if let Some(hash) = hash { query.bind(&hash.as_bytes()[..]) } else { query };
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn has_entry(connection: &mut SqliteConnection, id: &SessionId, hash: &IndexHash) -> sqlx::Result<bool> {
    let query = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM session_index WHERE hash = ? AND session = ?)");
    query.bind(&hash.as_bytes()[..]).bind(&id.as_bytes()[..]).fetch_one(connection).await
}

async fn drop_record(connection: &mut SqliteConnection, id: &SessionId) -> sqlx::Result<()> {
    drop_values(connection, id).await?;
    let query = sqlx::query("DELETE FROM session_index WHERE session = ?").bind(&id.as_bytes()[..]);
    query.execute(&mut *connection).await?;
    let query = sqlx::query("DELETE FROM sessions WHERE id = ?").bind(&id.as_bytes()[..]);
    query.execute(connection).await.map(drop)
}

async fn write_head(connection: &mut SqliteConnection, id: &SessionId, record: &Record) -> Result<(), StoreError> {
    let query = sqlx::query(
        "UPDATE sessions SET token = ?, rotated = ?, seen = ?, expires = ?, idle = ?, ends = ?, label = ?, revision = ?
        WHERE id = ?",
    );
    let query = query
        .bind(&record.token.as_bytes()[..])
        .bind(record.rotated.map(Timestamp::as_millis))
        .bind(record.seen.as_millis())
        .bind(record.expires.as_millis())
        .bind(millis(record.limits.idle))
        .bind(record.limits.end.as_millis())
        .bind(record.label.as_deref())
        .bind(i64::try_from(record.revision)?)
        .bind(&id.as_bytes()[..]);
    query.execute(connection).await?;
    Ok(())
}

/// False if there is a record of this id already.
async fn insert_head(connection: &mut SqliteConnection, id: &SessionId, record: &Record) -> Result<bool, StoreError> {
    let query = sqlx::query(
        "INSERT INTO sessions (id, token, created, rotated, seen, expires, idle, ends, label, revision)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
    );
    let query = query
        .bind(&id.as_bytes()[..])
        .bind(&record.token.as_bytes()[..])
        .bind(record.created.as_millis())
        .bind(record.rotated.map(Timestamp::as_millis))
        .bind(record.seen.as_millis())
        .bind(record.expires.as_millis())
        .bind(millis(record.limits.idle))
        .bind(record.limits.end.as_millis())
        .bind(record.label.as_deref())
        .bind(i64::try_from(record.revision)?);
    Ok(query.execute(connection).await?.rows_affected() == 1)
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl SqliteStore {
    /// A transaction that holds the write lock from its first moment, so that it sees everything committed before it.
    async fn write(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.pool.begin_with("BEGIN IMMEDIATE").await
    }

    async fn commit_in(tx: &mut SqliteConnection, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let Some(mut record) = find_head(tx, id, commit.now).await? else { return Ok(Committed::Missing) };
        match commit.obstacle(&record.token, record.rotated, record.revision) {
            Some(Obstacle::Replaced { rotated }) => return Ok(Committed::Replaced { rotated }),
            Some(Obstacle::Conflict) => {
                record.values = read_values(tx, id).await?;
                return Ok(Committed::Conflict(Box::new(record)));
            }
            None => {}
        }
        write_changes(tx, id, &commit.changes).await?;
        write_index(tx, id, &commit.index).await?;
        commit.apply(&mut record);
        write_head(tx, id, &record).await?;
        Ok(Committed::Done { revision: record.revision, expires: record.expires })
    }

    async fn delete_in(
        tx: &mut SqliteConnection,
        id: &SessionId,
        proof: Proof,
        now: Timestamp,
    ) -> Result<Deleted, StoreError> {
        let Some(record) = find_head(tx, id, now).await? else { return Ok(Deleted::Missing) };
        match proof {
            Proof::Token(token) if record.token != token => return Ok(Deleted::Replaced { rotated: record.rotated }),
            Proof::Entry(hash) if !has_entry(tx, id, &hash).await? => return Ok(Deleted::Missing),
            _ => {}
        }
        drop_record(tx, id).await?;
        Ok(Deleted::Done)
    }
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let query = sqlx::query(
            "SELECT token, created, rotated, seen, expires, idle, ends, label, revision, key, value
            FROM sessions LEFT JOIN session_values ON session = id WHERE id = ? AND expires > ?",
        );
        let rows = query.bind(&id.as_bytes()[..]).bind(now.as_millis()).fetch_all(&self.pool).await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let mut record = head(first)?;
        let has_values = first.try_get::<Option<&[u8]>, _>("key")?.is_some();
        if has_values {
            record.values = rows.iter().map(value).collect::<Result<_, _>>()?;
        }
        Ok(Some(record))
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let _writer = self.writer.lock().await;
        let mut tx = self.write().await?;
        if !insert_head(&mut tx, id, record).await? {
            return Ok(false);
        }
        for (key, value) in record.values.iter() {
            write_value(&mut tx, id, key, value).await?;
        }
        write_index(&mut tx, id, index).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let _writer = self.writer.lock().await;
        let mut tx = self.write().await?;
        let committed = Self::commit_in(&mut tx, id, commit).await?;
        tx.commit().await?;
        Ok(committed)
    }

    async fn delete(&self, id: &SessionId, proof: Proof, now: Timestamp) -> Result<Deleted, StoreError> {
        let _writer = self.writer.lock().await;
        let mut tx = self.write().await?;
        let deleted = Self::delete_in(&mut tx, id, proof, now).await?;
        tx.commit().await?;
        Ok(deleted)
    }

    async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<Found>, StoreError> {
        let query = sqlx::query(
            "SELECT id, token, created, rotated, seen, expires, idle, ends, label, revision
            FROM session_index JOIN sessions ON id = session WHERE hash = ? AND expires > ? ORDER BY created, id",
        );
        let rows = query.bind(&hash.as_bytes()[..]).bind(now.as_millis()).fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok(Found::new(id(row)?, &head(row)?))).collect()
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<Page, StoreError> {
        let after: Vec<u8> = match from {
            Some(from) => from.parse::<SessionId>()?.as_bytes().to_vec(),
            None => Vec::new(),
        };
        let query = sqlx::query_scalar("SELECT id FROM sessions WHERE id > ? ORDER BY id LIMIT ?");
        let limit = i64::try_from(batch).unwrap_or(i64::MAX);
        let ids: Vec<Vec<u8>> = query.bind(after).bind(limit).fetch_all(&self.pool).await?;
        let mut page = Page::default();
        for bytes in &ids {
            let id = SessionId::from_bytes(bytes[..].try_into()?);
            page.sessions.extend(self.load(&id, now).await?.map(|record| (id, record)));
            page.next = Some(id.to_string()).filter(|_| ids.len() == batch);
        }
        Ok(page)
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        let _writer = self.writer.lock().await;
        let mut tx = self.write().await?;
        let query = sqlx::query_scalar("SELECT id FROM sessions WHERE expires <= ? ORDER BY expires LIMIT ?");
        let expired: Vec<Vec<u8>> =
            query.bind(now.as_millis()).bind(i64::try_from(batch).unwrap_or(i64::MAX)).fetch_all(&mut *tx).await?;
        for id in &expired {
            let id: [u8; 16] = id[..].try_into()?;
            drop_record(&mut tx, &SessionId::from_bytes(id)).await?;
        }
        tx.commit().await?;
        Ok(expired.len())
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}
