//! `SqliteStore`: sessions in an embedded SQLite database.

mod commit;
mod connect;
mod database_file;
mod errors;
mod executor;
mod migrations;
mod record_row;
mod statements;
mod table;

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

use self::executor::{DEFAULT_PREFIX, Executor};
use self::statements::Statements;
use self::table::SqliteTable;
use crate::error::{Error, StoreError};
use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexHash};
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::{DeleteCondition, Deleted, FindPage, RecordPage, SessionStore};
use crate::store::sql;
use crate::store::sql::log_rewrite::NewLog;
use crate::store::sql::operations::{
    CountSessions, CreateRecord, DeleteExpired, DeleteRecord, FindRecords, FindSessions, LoadRecord, ScanSessions,
};
use crate::store::sql::record_table::RecordTable;
use crate::store::sql::schema_check::SchemaError;
use crate::store::table_prefix;

/// A store in an SQLite database, for applications on one machine. Several processes can share the file.
///
/// ```no_run
/// # async fn example() -> Result<(), session::Error> {
/// use session::store::SqliteStore;
///
/// let store = SqliteStore::connect("sqlite:sessions.db").await?;
/// store.migrate().await?;
/// # Ok(()) }
/// ```
///
/// It is cheap to clone, and clones share the connections. The storage layout, costs and benchmarks are described in
/// [`docs::stores`](crate::docs::stores) and [`docs::benchmarks`](crate::docs::benchmarks).
///
/// # Guarantees
///
/// - A load is one statement and therefore one consistent view. Each operation is atomic.
/// - [`connect`](Self::connect) and [`open`](Self::open) use WAL mode with full synchronization: commits survive a
///   power failure if the disk honors fsync. For weaker durability, pass your own pool to [`new`](Self::new).
/// - An operation fails if it takes longer than its [timeout](Self::with_timeout), including the wait for other
///   writers. If it was still waiting, nothing is stored, and the error is
///   [`Unavailable::NotSent`](crate::store::Unavailable::NotSent). A statement that already runs may be stored.
/// - If the file is deleted or replaced while it is open, all operations fail within 100 ms, instead of storing changes
///   in a file that will be lost. Copy a file in use with `VACUUM INTO` or SQLite's backup.
///
/// # Connections
///
/// [`connect`](Self::connect) and [`open`](Self::open) open connections that only the store uses, without SQLite's busy
/// timeout. A cancelled request therefore leaves no statement that is executed later, and most commits are one
/// statement. A pool passed to [`new`](Self::new) has its own busy timeout, so each write is a transaction.
#[derive(Clone)]
pub struct SqliteStore {
    executor: Executor,
    prefix: Arc<str>,
}

const OPEN_OPERATION: &str = "open the SQLite database";

impl SqliteStore {
    /// Opens `sqlite:PATH` or `sqlite::memory:`, and creates the file if it is missing.
    ///
    /// Call [`migrate`](Self::migrate) next.
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the URL is invalid, or the file cannot be opened or created.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        // SQLite accepts an empty name for a temporary database, which is deleted when its connection closes.
        if url.strip_prefix("sqlite:").is_none_or(|path| path.trim_start_matches('/').is_empty()) {
            return Err(Error::store(OPEN_OPERATION, "invalid URL: use `sqlite:PATH` or `sqlite::memory:`".into()));
        }
        let in_memory = url.contains(":memory:") || url.contains("mode=memory");
        let executor = match SqliteConnectOptions::from_str(url) {
            Ok(options) if in_memory => connect::open_in_memory(options).await,
            Ok(options) => connect::open_file(options).await,
            Err(error) => Err(error),
        };
        Ok(Self::with_executor(executor.map_err(|error| Error::store(OPEN_OPERATION, errors::describe(error)))?))
    }

    /// Opens a file by its path, like [`connect`](Self::connect).
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the file cannot be opened or created.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new().filename(path);
        let executor = connect::open_file(options).await;
        let executor = executor.map_err(|error| Error::store(OPEN_OPERATION, errors::describe(error)))?;
        Ok(Self::with_executor(executor))
    }

    /// Uses the application's own pool.
    ///
    /// The database must use UTF-8, which is SQLite's default. WAL mode and a busy timeout are recommended.
    pub fn new(pool: SqlitePool) -> Self {
        Self::with_executor(Executor::shared(pool))
    }

    fn with_executor(executor: Executor) -> Self {
        Self { executor, prefix: DEFAULT_PREFIX.into() }
    }

    /// Sets the timeout of one operation, including the wait for other writers. Default: 5 seconds.
    ///
    /// [`SessionConfig::store_timeout`](crate::SessionConfig::store_timeout) is 5 seconds by default too. The shorter of both
    /// applies.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.executor.timeout = timeout;
        self
    }

    /// Sets the prefix of the table names. Default: `session`.
    ///
    /// The prefix `shop` selects the tables `shops`, `shop_index` and `shop_migrations`.
    ///
    /// # Errors
    ///
    /// - [`Config`](crate::ErrorKind::Config): the prefix is not 1 to 40 lower-case ASCII letters, digits and `_`,
    ///   starting with a letter.
    pub fn with_prefix(mut self, prefix: &str) -> Result<Self, Error> {
        self.prefix = table_prefix::validate(prefix)?.into();
        self.executor.statements = Arc::new(Statements::new(prefix));
        Ok(self)
    }

    /// Creates the missing tables, indexes and version numbers. Call it at startup.
    ///
    /// Several processes may call it at once. If nothing is missing, a read-only file is sufficient.
    ///
    /// If it creates `session_index` beside existing sessions, it logs a warning. Then run
    /// [`SessionManager::reindex`](crate::SessionManager::reindex).
    ///
    /// Cost: three queries if nothing is missing. It is not bound by the [timeout](Self::with_timeout).
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached, or an object is missing and the file is
    ///   read-only.
    /// - [`Config`](crate::ErrorKind::Config): another library created a table of the same name, or the database has the
    ///   encoding UTF-16.
    pub async fn migrate(&self) -> Result<(), Error> {
        let migrated = migrations::migrate(&self.executor.start(), &self.prefix).await;
        migrated.map_err(|error| error.into_error("migrate the SQLite database"))
    }

    /// Returns an error that names the objects which [`migrate`](Self::migrate) would create. Changes nothing.
    ///
    /// Cost: three queries.
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached, or an object is missing.
    /// - [`Config`](crate::ErrorKind::Config): another library created a table of the same name, or the database has the
    ///   encoding UTF-16.
    pub async fn check(&self) -> Result<(), Error> {
        let execution = self.executor.start();
        let check = execution.run(async { Ok(migrations::check(&execution, &self.prefix).await) });
        let checked = check.await.map_err(SchemaError::Store).flatten();
        checked.map_err(|error| error.into_error("check the SQLite database"))
    }
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let execution = self.executor.start();
        let record = execution.run(execution.read(&LoadRecord { id })).await?;
        Ok(record.filter(|record| record.is_live(now)))
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let execution = self.executor.start();
        if index.is_empty() && execution.supports_autocommit() {
            let log = NewLog::new(&record.values, SqliteTable::LIMITS);
            let create = execution.autocommit(|statements| statements.create(id, record, &log));
            return Ok(execution.run(create).await?.is_some());
        }
        execution.run(execution.write(&CreateRecord { id, record, index })).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let execution = self.executor.start();
        execution.run(commit::run(&execution, id, commit)).await
    }

    async fn delete(&self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        let execution = self.executor.start();
        execution.run(execution.write(&DeleteRecord { id, condition, now })).await
    }

    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        let after = cursor.map(str::parse).transpose()?;
        let execution = self.executor.start();
        let sessions = execution.run(execution.read(&FindSessions { hash, after, limit, now })).await?;
        Ok(FindPage::from_sessions(sessions, limit))
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        let after = cursor.map(str::parse).transpose()?;
        let execution = self.executor.start();
        let sessions = execution.run(execution.read(&FindRecords { hash, after, limit, now })).await?;
        Ok(RecordPage::from_sessions(sessions, limit))
    }

    async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
        let execution = self.executor.start();
        execution.run(execution.read(&CountSessions { now })).await.map(Some)
    }

    async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        let after = sql::parse_cursor(cursor)?;
        let execution = self.executor.start();
        let sessions = execution.run(execution.read(&ScanSessions { after, limit, now })).await?;
        Ok(RecordPage::by_id(sessions, limit))
    }

    async fn delete_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let execution = self.executor.start();
        execution.run(execution.write(&DeleteExpired { now, limit })).await
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}
