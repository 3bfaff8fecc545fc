//! One operation on one connection: past other writers, and with a limit to its patience.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use sqlx::Connection;
use sqlx::sqlite::{Sqlite, SqliteConnection, SqlitePool, SqlitePoolOptions, SqliteRow};
use tokio::sync::Mutex;

use super::super::pool::{ConnectionGuard, StorePool};
use super::super::{StoreError, timeout};
use super::statements::Query;

/// The database, as one store reaches it.
#[derive(Clone)]
pub(super) struct Database {
    pool: StorePool<Sqlite>,
    /// SQLite has one writer at a time. Waiting here is fair; waiting for its file lock is polling.
    writer: Arc<Mutex<()>>,
    /// Whether no statement ever waits within SQLite, where nobody could call it back.
    waits_here: bool,
    undone: Undone,
    pub(super) deadline: Duration,
}

impl Database {
    /// Over the application's own pool.
    pub(super) fn shared(pool: SqlitePool) -> Self {
        let (writer, undone) = (Arc::default(), Undone::default());
        Self {
            pool: StorePool::shared_embedded(pool),
            writer,
            waits_here: false,
            undone,
            deadline: timeout::DEFAULT_TIMEOUT,
        }
    }

    /// Over a pool that nobody else uses, of connections without a busy timeout.
    pub(super) fn own(pool: SqlitePool, undone: Undone) -> Self {
        Self { pool: StorePool::owned_embedded(pool.clone()), waits_here: true, undone, ..Self::shared(pool) }
    }

    /// Over the one connection to a database that nobody else can reach.
    pub(super) fn in_memory(pool: SqlitePool, undone: Undone) -> Self {
        Self { waits_here: true, undone, ..Self::shared(pool) }
    }

    /// The first row of one statement that changes nothing.
    pub(super) async fn read_row(
        &self,
        query: impl Fn() -> Query + Send + Sync,
    ) -> Result<Option<SqliteRow>, StoreError> {
        let mut patience = Patience::new(self.deadline);
        loop {
            let row = self.ask_for_row(query()).await;
            if !patience.outlasts(row.as_ref().err()).await {
                return Ok(row?);
            }
        }
    }

    /// One statement that changes nothing.
    pub(super) async fn read(&self, query: impl Fn() -> Query + Send + Sync) -> Result<Vec<SqliteRow>, StoreError> {
        let mut patience = Patience::new(self.deadline);
        loop {
            let rows = self.ask(query()).await;
            if !patience.outlasts(rows.as_ref().err()).await {
                return Ok(rows?);
            }
        }
    }

    /// Whether a change may be one statement, with no transaction around it.
    ///
    /// Given up while it waits for the write lock, such a statement could not be taken back: it would be carried out as
    /// soon as the lock is free, and perhaps after somebody has looked whether it had been.
    pub(super) fn takes_single_statements(&self) -> bool {
        self.waits_here
    }

    /// One statement that is a change of its own, whole or not at all, and gives a row if it was made.
    pub(super) async fn change(
        &self,
        query: impl Fn() -> Query + Send + Sync,
    ) -> Result<Option<SqliteRow>, StoreError> {
        let _writer = self.writer.lock().await;
        let mut patience = Patience::new(self.deadline);
        loop {
            let row = self.ask_to_change(query()).await;
            if !patience.outlasts(row.as_ref().err()).await {
                return Ok(row?);
            }
        }
    }

    /// Runs a transaction that holds the write lock from its first moment, so that it sees everything committed before
    /// it. If it fails or is given up, nothing of it is stored.
    pub(super) async fn transaction<T>(
        &self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let _writer = self.writer.lock().await;
        let mut patience = Patience::new(self.deadline);
        loop {
            let mut connection = match self.connection().await {
                Err(error) if patience.outlasts(Some(&error)).await => continue,
                connection => connection?,
            };
            let mut tx = match connection.begin_with("BEGIN IMMEDIATE").await {
                Ok(tx) => tx,
                Err(error) if patience.outlasts(Some(&error)).await => continue,
                Err(error) => return Err(error.into()),
            };
            let done = work(&mut tx).await?;
            tx.commit().await?;
            connection.release();
            return Ok(done);
        }
    }

    /// A statement on its own is committed after it gave its row, and fails then if the disk is full. Asked for one row,
    /// the driver ends the statement before it hands the row over, so that this task is woken once, when all is stored;
    /// but it does not say what the end said.
    async fn ask_to_change(&self, query: Query) -> sqlx::Result<Option<SqliteRow>> {
        let mut connection = self.connection().await?;
        let before = self.undone.count();
        let row = query.fetch_optional(&mut *connection).await?;
        // It may have been another connection's change.
        if self.undone.count() != before
            && let Some(error) = connection.lock_handle().await?.last_error()
        {
            return Err(sqlx::Error::Database(Box::new(error)));
        }
        connection.release();
        Ok(row)
    }

    async fn ask(&self, query: Query) -> sqlx::Result<Vec<SqliteRow>> {
        let mut connection = self.connection().await?;
        let rows = query.fetch_all(&mut *connection).await?;
        connection.release();
        Ok(rows)
    }

    async fn ask_for_row(&self, query: Query) -> sqlx::Result<Option<SqliteRow>> {
        let mut connection = self.connection().await?;
        let row = query.fetch_optional(&mut *connection).await?;
        connection.release();
        Ok(row)
    }

    /// A connection that is in no transaction.
    ///
    /// SQLite itself undoes a transaction that the disk has no room for. The driver does not notice, and would let nobody
    /// begin another one on that connection for as long as it lives.
    async fn connection(&self) -> sqlx::Result<ConnectionGuard<Sqlite>> {
        loop {
            let connection = self.pool.acquire().await?;
            if !connection.is_in_transaction() {
                return Ok(connection);
            }
            if let Some(connection) = Box::pin(out_of_its_transaction(connection)).await? {
                return Ok(connection);
            }
        }
    }
}

/// The connection, unless it does not come out of it.
async fn out_of_its_transaction(
    mut connection: ConnectionGuard<Sqlite>,
) -> sqlx::Result<Option<ConnectionGuard<Sqlite>>> {
    // A transaction that was given up is undone by the time that this is answered.
    connection.ping().await?;
    if !connection.is_in_transaction() {
        return Ok(Some(connection));
    }
    connection.close().await?;
    Ok(None)
}

/// How often SQLite has undone a change, or what led to it, on any of the connections that are watched.
#[derive(Clone, Default)]
pub(super) struct Undone(Arc<AtomicU64>);

impl Undone {
    pub(super) fn watch(&self, pool: SqlitePoolOptions) -> SqlitePoolOptions {
        let count = Arc::clone(&self.0);
        pool.after_connect(move |connection, _| {
            let count = Arc::clone(&count);
            Box::pin(async move {
                connection.lock_handle().await?.set_rollback_hook(move || _ = count.fetch_add(1, Relaxed));
                Ok(())
            })
        })
    }

    fn count(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// With somebody else who holds the file: what met a lock has done nothing, and may be tried again.
struct Patience {
    left: Duration,
    pause: Duration,
}

impl Patience {
    fn new(left: Duration) -> Self {
        Self { left, pause: Duration::from_millis(1) }
    }

    /// Waits for a moment, if this is worth waiting for and has not lasted too long.
    async fn outlasts(&mut self, error: Option<&sqlx::Error>) -> bool {
        const LONGEST: Duration = Duration::from_millis(20);
        if self.left.is_zero() || !error.is_some_and(is_busy) {
            return false;
        }
        tokio::time::sleep(self.pause).await;
        self.left = self.left.saturating_sub(self.pause);
        self.pause = LONGEST.min(2 * self.pause);
        true
    }
}

/// Whether somebody else holds the file.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    const BUSY: u32 = 5;
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    // The higher bytes say what for.
    code.is_some_and(|code| code & 0xff == BUSY)
}
