//! Executes one operation on one connection: serialized writes, retries on `SQLITE_BUSY`, and failed autocommits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use sqlx::Connection;
use sqlx::sqlite::{Sqlite, SqliteConnection, SqlitePool, SqliteRow};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::error::StoreError;
use crate::store::pool::{ConnectionGuard, StorePool};
use crate::store::sql::operations::Operation;
use crate::store::sqlite::database_file::DatabaseFile;
use crate::store::sqlite::errors::{self, is_busy};
use crate::store::sqlite::statements::{Query, Statements};
use crate::store::timeout::{self, Unavailable};

pub(super) const DEFAULT_PREFIX: &str = "session";

/// The database of one store: its connections, the lock of its writers, its statements, and its timeout.
#[derive(Clone)]
pub(super) struct Executor {
    pool: StorePool<Sqlite>,
    file: Arc<DatabaseFile>,
    /// SQLite has one writer at a time. This lock is fair; waiting for SQLite's file lock would be polling.
    writer: Arc<Mutex<()>>,
    /// True if no connection waits for another process inside of SQLite, so that a waiting operation can be cancelled.
    no_busy_timeout: bool,
    rollbacks: RollbackCounter,
    pub(super) statements: Arc<Statements>,
    pub(super) timeout: Duration,
}

impl Executor {
    /// Uses the application's own pool.
    pub(super) fn shared(pool: SqlitePool) -> Self {
        let file = DatabaseFile::new(pool.connect_options().get_filename());
        Self::new(StorePool::embedded_application(pool), file)
    }

    /// Uses a pool that nothing else uses, of connections without a busy timeout.
    pub(super) fn owned(pool: StorePool<Sqlite>, file: DatabaseFile, rollbacks: RollbackCounter) -> Self {
        Self { no_busy_timeout: true, rollbacks, ..Self::new(pool, file) }
    }

    fn new(pool: StorePool<Sqlite>, file: DatabaseFile) -> Self {
        Self {
            pool,
            file: Arc::new(file),
            writer: Arc::default(),
            no_busy_timeout: false,
            rollbacks: RollbackCounter::default(),
            statements: Arc::new(Statements::new(DEFAULT_PREFIX)),
            timeout: timeout::DEFAULT_TIMEOUT,
        }
    }

    /// Uses the only connection to a database in memory.
    pub(super) fn in_memory(pool: SqlitePool, rollbacks: RollbackCounter) -> Self {
        Self { no_busy_timeout: true, rollbacks, ..Self::shared(pool) }
    }

    /// Starts the execution of one operation.
    pub(super) fn start(&self) -> Execution<'_> {
        Execution { executor: self, is_sent: AtomicBool::new(false) }
    }

    /// Waits for a connection that is not in a transaction.
    ///
    /// SQLite itself rolls back a transaction when the disk is full. The driver does not notice this, and would reject
    /// every later `BEGIN` on that connection.
    async fn acquire(&self) -> sqlx::Result<ConnectionGuard<Sqlite>> {
        loop {
            // Before the pool opens a connection, which would open another file.
            self.file.check()?;
            let connection = self.pool.acquire().await?;
            self.file.remember();
            if !connection.is_in_transaction() {
                return Ok(connection);
            }
            if let Some(connection) = Box::pin(leave_transaction(connection)).await? {
                return Ok(connection);
            }
        }
    }
}

/// The execution of one operation of the store, of one or several statements.
pub(super) struct Execution<'a> {
    executor: &'a Executor,
    /// Set while a statement runs, and after it failed: its outcome is unknown. Not set within a transaction, because
    /// nothing is stored before its commit.
    is_sent: AtomicBool,
}

impl Execution<'_> {
    /// Runs the operation within the timeout.
    pub(super) async fn run<T>(&self, operation: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let result = tokio::time::timeout(self.executor.timeout, operation).await;
        if result.is_err() && !self.is_sent.load(Relaxed) {
            let message = format!(
                "the database was busy for {:?}, and nothing was stored: look for a long transaction",
                self.executor.timeout
            );
            return Err(Unavailable::not_sent(message).into());
        }
        timeout::flatten(self.executor.timeout, result)
    }

    /// Runs an operation of one statement that changes nothing.
    pub(super) async fn read<O: Operation>(&self, operation: &O) -> Result<O::Output, StoreError> {
        const { assert!(O::IS_READ) };
        self.retry_busy(|| self.read_once(operation)).await
    }

    /// Executes a query of the schema.
    pub(super) async fn read_rows(&self, query: impl Fn() -> Query) -> Result<Vec<SqliteRow>, StoreError> {
        self.retry_busy(|| self.read_rows_once(query())).await
    }

    async fn read_once<O: Operation>(&self, operation: &O) -> sqlx::Result<O::Output> {
        let mut connection = self.executor.acquire().await?;
        self.mark_sent();
        let result = self.record_outcome(operation.run(&mut self.executor.statements.table(&mut connection)).await);
        connection.release();
        result
    }

    async fn read_rows_once(&self, query: Query) -> sqlx::Result<Vec<SqliteRow>> {
        let mut connection = self.executor.acquire().await?;
        self.mark_sent();
        let rows = self.record_outcome(query.fetch_all(&mut *connection).await);
        connection.release();
        rows
    }

    /// Runs an operation in a transaction.
    pub(super) async fn write<O: Operation>(&self, operation: &O) -> Result<O::Output, StoreError> {
        self.transaction(async |tx| operation.run(&mut self.executor.statements.table(tx)).await).await
    }

    /// Returns true if [`autocommit`](Self::autocommit) may be used, without a transaction.
    ///
    /// A statement that waits within SQLite for the write lock cannot be cancelled. It would be executed when the lock
    /// becomes free, possibly after another request has checked the outcome.
    pub(super) fn supports_autocommit(&self) -> bool {
        self.executor.no_busy_timeout
    }

    /// Executes one statement in autocommit mode. It returns a row if it changed something.
    pub(super) async fn autocommit(
        &self,
        statement: impl Fn(&Statements) -> Query + Send + Sync,
    ) -> Result<Option<SqliteRow>, StoreError> {
        let _writer = self.executor.writer.lock().await;
        self.retry_busy(|| self.autocommit_once(statement(&self.executor.statements))).await
    }

    /// Runs a transaction that holds the write lock from its start, so that it sees all earlier commits.
    ///
    /// If it fails or is cancelled, it is rolled back.
    pub(super) async fn transaction<T>(
        &self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> sqlx::Result<T>,
    ) -> Result<T, StoreError> {
        let _writer = self.executor.writer.lock().await;
        let mut retry = self.busy_retry();
        loop {
            let mut connection = match self.executor.acquire().await {
                Err(error) if retry.back_off(Some(&error)).await => continue,
                connection => connection.map_err(|error| self.to_store_error(error))?,
            };
            let mut tx = match connection.begin_with("BEGIN IMMEDIATE").await {
                Ok(tx) => tx,
                Err(error) if retry.back_off(Some(&error)).await => continue,
                Err(error) => return Err(self.to_store_error(error)),
            };
            let result = work(&mut tx).await.map_err(errors::describe)?;
            self.mark_sent();
            let committed = self.record_outcome(tx.commit().await);
            committed.map_err(|error| self.to_store_error(error))?;
            connection.release();
            return Ok(result);
        }
    }

    /// Executes a statement, and detects an implicit commit that failed (for example on a full disk).
    ///
    /// `fetch_optional` finishes the statement before it returns the row, so this task is woken only once. But the driver
    /// ignores the result of the implicit commit. The rollback counter shows if one failed.
    async fn autocommit_once(&self, statement: Query) -> sqlx::Result<Option<SqliteRow>> {
        let mut connection = self.executor.acquire().await?;
        let rollbacks_before = self.executor.rollbacks.count();
        self.mark_sent();
        let row = self.record_outcome(statement.fetch_optional(&mut *connection).await);
        // The rollback may be from another connection, so the error of this one decides.
        if row.is_ok() && self.executor.rollbacks.count() != rollbacks_before {
            self.mark_sent();
            if let Some(error) = connection.lock_handle().await?.last_error() {
                return self.record_outcome(Err(sqlx::Error::Database(Box::new(error))));
            }
            self.record_outcome(Ok(()))?;
        }
        connection.release();
        row
    }

    /// Retries a statement that a lock of the file prevented.
    async fn retry_busy<T, F: Future<Output = sqlx::Result<T>>>(&self, once: impl Fn() -> F) -> Result<T, StoreError> {
        let mut retry = self.busy_retry();
        loop {
            let result = once().await;
            if !retry.back_off(result.as_ref().err()).await {
                return result.map_err(|error| self.to_store_error(error));
            }
        }
    }

    fn busy_retry(&self) -> BusyRetry {
        BusyRetry { started: Instant::now(), timeout: self.executor.timeout, delay: Duration::from_millis(1) }
    }

    fn mark_sent(&self) {
        self.is_sent.store(true, Relaxed);
    }

    /// A statement that succeeded, or changed nothing because of a lock, has no unknown outcome.
    fn record_outcome<T>(&self, result: sqlx::Result<T>) -> sqlx::Result<T> {
        let is_unknown = result.as_ref().is_err_and(|error| !is_busy(error));
        self.is_sent.store(is_unknown, Relaxed);
        result
    }

    fn to_store_error(&self, error: sqlx::Error) -> StoreError {
        let described = errors::describe(error);
        if self.is_sent.load(Relaxed) { described } else { Unavailable::not_sent(described).into() }
    }
}

/// Returns the connection after its cancelled transaction was rolled back. Closes it if it remains in the transaction.
async fn leave_transaction(mut connection: ConnectionGuard<Sqlite>) -> sqlx::Result<Option<ConnectionGuard<Sqlite>>> {
    // A pending rollback is executed before the ping.
    connection.ping().await?;
    if !connection.is_in_transaction() {
        return Ok(Some(connection));
    }
    connection.close().await?;
    Ok(None)
}

/// Counts the rollbacks on all watched connections.
#[derive(Clone, Default)]
pub(super) struct RollbackCounter(Arc<AtomicU64>);

impl RollbackCounter {
    /// Watches a new connection.
    pub(super) async fn watch(&self, connection: &mut SqliteConnection) -> sqlx::Result<()> {
        let count = Arc::clone(&self.0);
        connection.lock_handle().await?.set_rollback_hook(move || _ = count.fetch_add(1, Relaxed));
        Ok(())
    }

    fn count(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// The retries of a statement that failed with `SQLITE_BUSY` and therefore changed nothing.
struct BusyRetry {
    started: Instant,
    timeout: Duration,
    delay: Duration,
}

impl BusyRetry {
    /// Waits before the next attempt (exponential back-off). Returns false if the operation must not be retried.
    ///
    /// An attempt that is in flight at the timeout has an unknown outcome. Therefore none starts shortly before it.
    async fn back_off(&mut self, error: Option<&sqlx::Error>) -> bool {
        const MAX_DELAY: Duration = Duration::from_millis(20);
        const ATTEMPT_TIME: Duration = Duration::from_millis(20);
        let is_late = self.started.elapsed() + self.delay + ATTEMPT_TIME > self.timeout;
        if is_late || !error.is_some_and(is_busy) {
            return false;
        }
        tokio::time::sleep(self.delay).await;
        self.delay = MAX_DELAY.min(2 * self.delay);
        true
    }
}
