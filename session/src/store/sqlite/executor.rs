//! Executes one operation on one connection: serialized writes, retries on `SQLITE_BUSY`, and failed autocommits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use sqlx::Connection;
use sqlx::sqlite::{Sqlite, SqliteConnection, SqlitePool, SqliteRow};
use tokio::sync::Mutex;

use super::super::pool::{ConnectionGuard, StorePool};
use super::statements::Query;
use crate::error::StoreError;
use crate::store::timeout::{self, Unavailable};

/// The database of one store: its connections, the lock of its writers, and its timeout.
#[derive(Clone)]
pub(super) struct Executor {
    pool: StorePool<Sqlite>,
    /// SQLite has one writer at a time. This lock is fair; waiting for SQLite's file lock would be polling.
    writer: Arc<Mutex<()>>,
    /// True if no connection waits for another process inside of SQLite, so that a waiting operation can be cancelled.
    no_busy_timeout: bool,
    rollbacks: RollbackCounter,
    pub(super) timeout: Duration,
}

impl Executor {
    /// Uses the application's own pool.
    pub(super) fn shared(pool: SqlitePool) -> Self {
        Self {
            pool: StorePool::embedded_application(pool),
            writer: Arc::default(),
            no_busy_timeout: false,
            rollbacks: RollbackCounter::default(),
            timeout: timeout::DEFAULT_TIMEOUT,
        }
    }

    /// Uses a pool that nothing else uses, of connections without a busy timeout.
    pub(super) fn owned(pool: StorePool<Sqlite>, rollbacks: RollbackCounter) -> Self {
        Self { pool, writer: Arc::default(), no_busy_timeout: true, rollbacks, timeout: timeout::DEFAULT_TIMEOUT }
    }

    /// Uses the only connection to a database in memory.
    pub(super) fn in_memory(pool: SqlitePool, rollbacks: RollbackCounter) -> Self {
        Self { no_busy_timeout: true, rollbacks, ..Self::shared(pool) }
    }

    /// Starts an operation of the store.
    pub(super) fn operation(&self) -> Operation<'_> {
        Operation { executor: self, is_sent: AtomicBool::new(false) }
    }

    /// Waits for a connection that is not in a transaction.
    ///
    /// SQLite itself rolls back a transaction when the disk is full. The driver does not notice this, and would reject
    /// every later `BEGIN` on that connection.
    async fn acquire(&self) -> sqlx::Result<ConnectionGuard<Sqlite>> {
        loop {
            let connection = self.pool.acquire().await?;
            if !connection.is_in_transaction() {
                return Ok(connection);
            }
            if let Some(connection) = Box::pin(leave_transaction(connection)).await? {
                return Ok(connection);
            }
        }
    }
}

/// One operation of the store, of one or several statements.
pub(super) struct Operation<'a> {
    executor: &'a Executor,
    /// Set while a statement runs, and after it failed: its outcome is unknown. Not set within a transaction, because
    /// nothing is stored before its commit.
    is_sent: AtomicBool,
}

impl Operation<'_> {
    /// Runs the operation within the timeout.
    pub(super) async fn run<T>(&self, operation: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let result = tokio::time::timeout(self.executor.timeout, operation).await;
        if result.is_err() && !self.is_sent.load(Relaxed) {
            let message = format!("the database was busy for {:?}, and nothing was stored", self.executor.timeout);
            return Err(Unavailable::not_sent(message).into());
        }
        timeout::flatten(self.executor.timeout, result)
    }

    /// Executes a query that returns at most one row.
    pub(super) async fn read_row(
        &self,
        query: impl Fn() -> Query + Send + Sync,
    ) -> Result<Option<SqliteRow>, StoreError> {
        let mut retry = self.busy_retry();
        loop {
            let row = self.fetch_row(query()).await;
            if !retry.back_off(row.as_ref().err()).await {
                return row.map_err(|error| self.to_store_error(error));
            }
        }
    }

    /// Executes a query that returns several rows.
    pub(super) async fn read_rows(
        &self,
        query: impl Fn() -> Query + Send + Sync,
    ) -> Result<Vec<SqliteRow>, StoreError> {
        let mut retry = self.busy_retry();
        loop {
            let rows = self.fetch_rows(query()).await;
            if !retry.back_off(rows.as_ref().err()).await {
                return rows.map_err(|error| self.to_store_error(error));
            }
        }
    }

    /// Returns true if [`write`](Self::write) may be used, without a transaction.
    ///
    /// A statement that waits within SQLite for the write lock cannot be cancelled. It would be executed when the lock
    /// becomes free, possibly after another request has checked the outcome.
    pub(super) fn supports_autocommit(&self) -> bool {
        self.executor.no_busy_timeout
    }

    /// Executes one statement in autocommit mode. It returns a row if it changed something.
    pub(super) async fn write(
        &self,
        statement: impl Fn() -> Query + Send + Sync,
    ) -> Result<Option<SqliteRow>, StoreError> {
        let _writer = self.executor.writer.lock().await;
        let mut retry = self.busy_retry();
        loop {
            let row = self.autocommit(statement()).await;
            if !retry.back_off(row.as_ref().err()).await {
                return row.map_err(|error| self.to_store_error(error));
            }
        }
    }

    /// Runs a transaction that holds the write lock from its start, so that it sees all earlier commits.
    ///
    /// If it fails or is cancelled, it is rolled back.
    pub(super) async fn transaction<T>(
        &self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
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
            let result = work(&mut tx).await?;
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
    async fn autocommit(&self, statement: Query) -> sqlx::Result<Option<SqliteRow>> {
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

    async fn fetch_rows(&self, query: Query) -> sqlx::Result<Vec<SqliteRow>> {
        let mut connection = self.executor.acquire().await?;
        self.mark_sent();
        let rows = self.record_outcome(query.fetch_all(&mut *connection).await);
        connection.release();
        rows
    }

    async fn fetch_row(&self, query: Query) -> sqlx::Result<Option<SqliteRow>> {
        let mut connection = self.executor.acquire().await?;
        self.mark_sent();
        let row = self.record_outcome(query.fetch_optional(&mut *connection).await);
        connection.release();
        row
    }

    fn busy_retry(&self) -> BusyRetry {
        BusyRetry { remaining: self.executor.timeout, delay: Duration::from_millis(1) }
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
        if self.is_sent.load(Relaxed) { error.into() } else { Unavailable::not_sent(error).into() }
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
    remaining: Duration,
    delay: Duration,
}

impl BusyRetry {
    /// Waits before the next attempt (exponential back-off). Returns false if the operation must not be retried.
    async fn back_off(&mut self, error: Option<&sqlx::Error>) -> bool {
        const MAX_DELAY: Duration = Duration::from_millis(20);
        if self.remaining.is_zero() || !error.is_some_and(is_busy) {
            return false;
        }
        tokio::time::sleep(self.delay).await;
        self.remaining = self.remaining.saturating_sub(self.delay);
        self.delay = MAX_DELAY.min(2 * self.delay);
        true
    }
}

/// Returns true if another connection or process holds the file's lock.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    const SQLITE_BUSY: u32 = 5;
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    // The higher bytes of an extended code state the reason.
    code.is_some_and(|code| code & 0xff == SQLITE_BUSY)
}
