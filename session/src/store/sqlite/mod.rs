//! Sessions in an embedded SQLite database.

mod migrations;
mod rows;
mod statements;

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::Connection;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use tokio::sync::Mutex;

#[cfg(feature = "testing")]
pub(crate) use self::rows::read;
use self::statements::Statements;
use super::{
    Commit, Committed, Deleted, Found, IndexChange, IndexHash, Obstacle, Page, Proof, Record, SessionStore, StoreError,
    Timestamp, deadline, names,
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
/// An operation that takes longer than its [deadline](Self::with_deadline), behind other writers or a process that holds
/// the file, is an error, and nothing of it is stored.
///
/// # How values lie
///
/// A row for each key, gathered into one row when a session is loaded. Measured on two cores, medians of 60 interleaved
/// rounds without the disk's own synchronisation, in microseconds:
///
/// | keys | 1 | 10 | 100 | 1,000 |
/// | --- | --- | --- | --- | --- |
/// | load: one document | 23 | 27 | 52 | 259 |
/// | load: document and 8 log entries | 43 | 48 | 70 | 371 |
/// | load: row for each key, as rows | 22 | 33 | 206 | 2,597 |
/// | **load: row for each key, gathered** | **28** | **32** | **70** | **383** |
/// | commit of one key: document | 70 | 73 | 96 | 312 |
/// | commit of one key: log | 91 | 91 | 95 | 226 |
/// | **commit of one key: row for each key** | **91** | **88** | **87** | **98** |
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
    deadline: Duration,
    prefix: Arc<str>,
    statements: Arc<Statements>,
}

const OPEN: &str = "open the SQLite database";

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
        let statements = Arc::new(Statements::new("session"));
        Self { pool, writer: Arc::default(), deadline: deadline::DEFAULT, prefix: "session".into(), statements }
    }

    /// How long one operation may take, waiting for other writers included. Default: 5 seconds.
    #[must_use]
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// Names the tables otherwise. `shop` makes them `shops`, `shop_values`, `shop_index` and `shop_migrations`; the
    /// default is `session`.
    ///
    /// # Errors
    ///
    /// [`Config`](crate::ErrorKind::Config): a prefix is 1 to 40 lower-case ASCII letters, digits and `_`, and begins
    /// with a letter.
    pub fn with_prefix(self, prefix: &str) -> Result<Self, Error> {
        let prefix = names::checked(prefix)?;
        Ok(Self { prefix: prefix.into(), statements: Arc::new(Statements::new(prefix)), ..self })
    }

    /// Creates the tables `sessions`, `session_values` and `session_index`, or brings them up to date. It may run at
    /// every start, and in several processes at once; `session_migrations` keeps what was done.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the database refuses.
    pub async fn migrate(&self) -> Result<(), Error> {
        let migrated = self.transaction(async |tx| Ok(migrations::run(tx, &self.prefix).await?)).await;
        migrated.map_err(|error| Error::store("migrate the SQLite database", error))
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

impl SqliteStore {
    /// A connection that is in no transaction.
    ///
    /// SQLite itself undoes a transaction that the disk has no room for. The driver does not notice, and would let nobody
    /// begin another one on that connection for as long as it lives.
    async fn connection(&self) -> sqlx::Result<PoolConnection<Sqlite>> {
        loop {
            let mut connection = self.pool.acquire().await?;
            if connection.is_in_transaction() {
                // A transaction that was given up is undone by the time that this is answered.
                connection.ping().await?;
            }
            if !connection.is_in_transaction() {
                return Ok(connection);
            }
            connection.close().await?;
        }
    }

    /// Runs a transaction that holds the write lock from its first moment, so that it sees everything committed before
    /// it. If it fails or is given up, nothing of it is stored.
    async fn transaction<T>(
        &self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _writer = self.writer.lock().await;
        let mut connection = self.connection().await?;
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
        let done = work(&mut tx).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn commit_in(
        &self,
        tx: &mut SqliteConnection,
        id: &SessionId,
        commit: &Commit,
    ) -> Result<Committed, StoreError> {
        let Some(mut record) = self.statements.head(tx, id, commit.now).await? else { return Ok(Committed::Missing) };
        match commit.obstacle(&record.token, record.rotated, record.revision) {
            Some(Obstacle::Replaced { rotated }) => return Ok(Committed::Replaced { rotated }),
            Some(Obstacle::Conflict) => {
                let row = self.statements.load(id, commit.now).fetch_one(tx).await?;
                return Ok(Committed::Conflict(Box::new(rows::record(&row)?)));
            }
            None => {}
        }
        self.statements.change(tx, id, &commit.changes).await?;
        self.statements.index(tx, id, &commit.index).await?;
        commit.apply(&mut record);
        self.statements.update(tx, id, &record).await?;
        Ok(Committed::Done { revision: record.revision, expires: record.expires })
    }

    async fn delete_in(
        &self,
        tx: &mut SqliteConnection,
        id: &SessionId,
        proof: Proof,
        now: Timestamp,
    ) -> Result<Deleted, StoreError> {
        let Some(record) = self.statements.head(tx, id, now).await? else { return Ok(Deleted::Missing) };
        match proof {
            Proof::Token(token) if record.token != token => return Ok(Deleted::Replaced { rotated: record.rotated }),
            Proof::Entry(hash) if !self.statements.has_entry(tx, id, &hash).await? => return Ok(Deleted::Missing),
            _ => {}
        }
        self.statements.delete(tx, id).await?;
        Ok(Deleted::Done)
    }
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let load = async {
            let row = self.statements.load(id, now).fetch_optional(&self.pool).await?;
            row.as_ref().map(rows::record).transpose()
        };
        deadline::within(self.deadline, load).await
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let create = self.transaction(async |tx| {
            let created = self.statements.insert(tx, id, record).await?;
            if created {
                self.statements.index(tx, id, index).await?;
            }
            Ok(created)
        });
        deadline::within(self.deadline, create).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let committed = self.transaction(async |tx| self.commit_in(tx, id, commit).await);
        deadline::within(self.deadline, committed).await
    }

    async fn delete(&self, id: &SessionId, proof: Proof, now: Timestamp) -> Result<Deleted, StoreError> {
        let deleted = self.transaction(async |tx| self.delete_in(tx, id, proof, now).await);
        deadline::within(self.deadline, deleted).await
    }

    async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<Found>, StoreError> {
        let find = async { Ok(self.statements.find(hash, now).fetch_all(&self.pool).await?) };
        let rows = deadline::within(self.deadline, find).await?;
        rows.iter().map(|row| Ok(Found::new(rows::id(row)?, &rows::head(row)?))).collect()
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<Page, StoreError> {
        let after = from.map(str::parse::<SessionId>).transpose()?;
        let after = after.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
        let ids = async { Ok(self.statements.ids(after, batch).fetch_all(&self.pool).await?) };
        let rows = deadline::within(self.deadline, ids).await?;
        let mut page = Page::default();
        for row in &rows {
            let id = rows::id(row)?;
            page.sessions.extend(self.load(&id, now).await?.map(|record| (id, record)));
            page.next = Some(id.to_string()).filter(|_| rows.len() == batch);
        }
        Ok(page)
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        let deleted = self.transaction(async |tx| {
            let expired = self.statements.expired(now, batch).fetch_all(&mut *tx).await?;
            for row in &expired {
                self.statements.delete(tx, &rows::id(row)?).await?;
            }
            Ok(expired.len())
        });
        deadline::within(self.deadline, deleted).await
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}
