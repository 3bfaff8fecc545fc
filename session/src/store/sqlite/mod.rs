//! `SqliteStore`: sessions in an embedded SQLite database.

mod commit;
mod connect;
mod decode;
mod executor;
mod layout;
mod migrations;
mod statements;

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool};

use self::executor::Executor;
use self::layout::StoredLog;
use self::statements::Statements;
use crate::error::{Error, StoreError};
use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexHash};
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::{DeleteCondition, Deleted, FindPage, ScanPage, SessionStore};
use crate::store::sql::schema_check::SchemaError;
use crate::store::{sql, table_prefix};

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
    statements: Arc<Statements>,
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
        Ok(Self::with_executor(executor.map_err(|error| Error::store(OPEN_OPERATION, error.into()))?))
    }

    /// Opens a file by its path, like [`connect`](Self::connect).
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the file cannot be opened or created.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let options = SqliteConnectOptions::new().filename(path);
        let executor = connect::open_file(options).await.map_err(|error| Error::store(OPEN_OPERATION, error.into()))?;
        Ok(Self::with_executor(executor))
    }

    /// Uses the application's own pool.
    ///
    /// The database must use UTF-8, which is SQLite's default. WAL mode and a busy timeout are recommended.
    pub fn new(pool: SqlitePool) -> Self {
        Self::with_executor(Executor::shared(pool))
    }

    fn with_executor(executor: Executor) -> Self {
        Self { executor, prefix: "session".into(), statements: Arc::new(Statements::new("session")) }
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
    pub fn with_prefix(self, prefix: &str) -> Result<Self, Error> {
        let prefix = table_prefix::validate(prefix)?;
        Ok(Self { prefix: prefix.into(), statements: Arc::new(Statements::new(prefix)), ..self })
    }

    /// Creates the missing tables, indexes and version numbers. Call it at startup.
    ///
    /// Several processes may call it at once. If nothing is missing, a read-only file is sufficient.
    ///
    /// If it creates `session_index` beside existing sessions, it logs a warning. Then run
    /// [`SessionManager::reindex`](crate::SessionManager::reindex).
    ///
    /// Cost: two queries if nothing is missing. It is not bound by the [timeout](Self::with_timeout).
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached, or an object is missing and the file is
    ///   read-only.
    /// - [`Config`](crate::ErrorKind::Config): another library created a table of the same name.
    pub async fn migrate(&self) -> Result<(), Error> {
        let migrated = migrations::migrate(&self.executor.operation(), &self.prefix).await;
        migrated.map_err(|error| error.into_error("migrate the SQLite database"))
    }

    /// Returns an error that names the objects which [`migrate`](Self::migrate) would create. Changes nothing.
    ///
    /// Cost: two queries.
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached, or an object is missing.
    /// - [`Config`](crate::ErrorKind::Config): another library created a table of the same name.
    pub async fn check(&self) -> Result<(), Error> {
        let operation = self.executor.operation();
        let check = operation.run(async { Ok(migrations::check(&operation, &self.prefix).await) });
        let checked = check.await.map_err(SchemaError::Store).flatten();
        checked.map_err(|error| error.into_error("check the SQLite database"))
    }

    async fn create_in_transaction(
        &self,
        tx: &mut SqliteConnection,
        id: &SessionId,
        (record, log, part): (&Record, &StoredLog, Option<&[u8]>),
        index: &[IndexChange],
    ) -> Result<bool, StoreError> {
        if self.statements.insert(id, record, log.clone()).execute(&mut *tx).await?.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some(entries) = part {
            self.statements.insert_part(tx, id, entries.to_vec()).await?;
        }
        self.statements.update_index(tx, id, index).await?;
        Ok(true)
    }

    async fn delete_in_transaction(
        &self,
        tx: &mut SqliteConnection,
        id: &SessionId,
        condition: DeleteCondition,
        now: Timestamp,
    ) -> Result<Deleted, StoreError> {
        let row = self.statements.select_head(id, now).fetch_optional(&mut *tx).await?;
        let Some(record) = row.as_ref().map(decode::head).transpose()? else { return Ok(Deleted::Missing) };
        match condition {
            DeleteCondition::Token(token) if record.token != token => {
                return Ok(Deleted::Replaced { rotated: record.rotated });
            }
            DeleteCondition::IndexEntry(hash) if !self.statements.has_index_entry(tx, id, &hash).await? => {
                return Ok(Deleted::Missing);
            }
            _ => {}
        }
        self.statements.delete(tx, id).await?;
        Ok(Deleted::Done)
    }
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let operation = self.executor.operation();
        let load = operation.read_row(|| self.statements.load(id, now));
        operation.run(load).await?.as_ref().map(decode::record).transpose()
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let operation = self.executor.operation();
        let (log, part) = StoredLog::new(&record.values);
        if part.is_none() && index.is_empty() && operation.supports_autocommit() {
            let insert = operation.write(|| self.statements.insert(id, record, log.clone()));
            return Ok(operation.run(insert).await?.is_some());
        }
        let new = (record, &log, part.as_deref());
        let create = operation.transaction(async |tx| self.create_in_transaction(tx, id, new, index).await);
        operation.run(create).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let operation = self.executor.operation();
        operation.run(commit::run(&operation, &self.statements, id, commit)).await
    }

    async fn delete(&self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        let operation = self.executor.operation();
        let delete = operation.transaction(async |tx| self.delete_in_transaction(tx, id, condition, now).await);
        operation.run(delete).await
    }

    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        let after = cursor.map(str::parse).transpose()?;
        let operation = self.executor.operation();
        let find = operation.read_rows(|| self.statements.find(hash, after.as_ref(), limit, now));
        let sessions = operation.run(find).await?.iter().map(decode::session_info).collect::<Result<_, _>>()?;
        Ok(FindPage::from_sessions(sessions, limit))
    }

    async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<ScanPage, StoreError> {
        let after = cursor.map(str::parse::<SessionId>).transpose()?;
        let operation = self.executor.operation();
        let rows = operation.run(operation.read_rows(|| self.statements.scan(after.as_ref(), limit))).await?;
        let ids = rows.iter().map(|row| decode::id(row, 0)).collect::<Result<Vec<_>, StoreError>>()?;
        let mut page = ScanPage::new(Vec::new(), sql::next_cursor(ids.last().copied(), ids.len(), limit));
        for id in ids {
            page.sessions.extend(self.load(&id, now).await?.map(|record| (id, record)));
        }
        Ok(page)
    }

    async fn delete_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let operation = self.executor.operation();
        let delete = operation.transaction(async |tx| {
            let expired = self.statements.select_expired(now, limit).fetch_all(&mut *tx).await?;
            for row in &expired {
                self.statements.delete(tx, &decode::id(row, 0)?).await?;
            }
            Ok(expired.len())
        });
        operation.run(delete).await
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}
