//! Runs one operation on one connection of a server: within the timeout, with retries where nothing was changed.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{Database, Error};

use crate::error::StoreError;
use crate::record::id::random_bytes;
use crate::store::pool::StorePool;
use crate::store::sql::operations::Operation;
use crate::store::sql::record_table::RecordTable;
use crate::store::timeout::{self, Unavailable};

/// Retries of a read after a lost connection. The second one is for a connection that was released after the first loss.
const MAX_READ_RETRIES: u32 = 2;

/// Retries of an operation that the server rolled back because of another transaction. With the pauses, this takes about
/// a second. At a stricter isolation level than READ COMMITTED, each of several concurrent commits may need some.
const MAX_ROLLBACK_RETRIES: u32 = 30;

/// The part of an SQL store that differs per database.
pub(in crate::store) trait Dialect: Send + Sync + 'static {
    type Database: Database;

    type Table<'c>: RecordTable
    where
        Self: 'c;

    /// Returns the tables on a connection.
    fn table<'c>(&'c self, connection: &'c mut <Self::Database as Database>::Connection) -> Self::Table<'c>;

    /// Returns the effect of an error on the operation.
    fn classify(error: &Error) -> ErrorEffect;

    /// Converts an error to one without stored data.
    fn redact(error: Error) -> StoreError;
}

/// The effect of an error on the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum ErrorEffect {
    /// The server closed the connection before it read the statement.
    ClosedBeforeReading,
    /// The connection cannot be used again, and the outcome of a write is unknown.
    ConnectionLost,
    /// The server rolled back the statement or the transaction because of another transaction.
    RolledBack,
    /// The server rejected the statement.
    Rejected,
}

/// The server of one store: its connections, its statements, and the timeout of its operations.
pub(in crate::store) struct Executor<D: Dialect> {
    pub(in crate::store) pool: StorePool<D::Database>,
    pub(in crate::store) dialect: Arc<D>,
    pub(in crate::store) timeout: Duration,
}

impl<D: Dialect> Clone for Executor<D> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), dialect: Arc::clone(&self.dialect), timeout: self.timeout }
    }
}

impl<D: Dialect> Executor<D> {
    /// Runs an operation within the timeout.
    pub(in crate::store) async fn run<O: Operation>(&self, operation: O) -> Result<O::Output, StoreError> {
        let mut is_connected = false;
        let result = tokio::time::timeout(self.timeout, self.run_with_retries(&operation, &mut is_connected)).await;
        if result.is_err() && is_connected {
            self.close_idle_connections();
        }
        timeout::flatten_connecting(self.timeout, is_connected, result)
    }

    /// `is_connected` is set while a statement may be sent. After a retry, no earlier statement has an unknown outcome.
    async fn run_with_retries<O: Operation>(
        &self,
        operation: &O,
        is_connected: &mut bool,
    ) -> Result<O::Output, StoreError> {
        let mut retries = Retries::default();
        loop {
            *is_connected = false;
            let mut connection = match self.pool.acquire().await {
                Err(Error::PoolTimedOut) => continue,
                connection => connection.map_err(|error| Unavailable::not_sent(D::redact(error)))?,
            };
            *is_connected = true;
            let result = operation.run(&mut self.dialect.table(&mut connection)).await;
            let error = match result {
                Ok(output) => {
                    connection.release();
                    return Ok(output);
                }
                Err(error) => error,
            };
            let effect = D::classify(&error);
            match effect {
                ErrorEffect::ClosedBeforeReading | ErrorEffect::ConnectionLost => {
                    drop(connection);
                    self.close_idle_connections();
                }
                // Its transaction was rolled back.
                ErrorEffect::RolledBack | ErrorEffect::Rejected => connection.release(),
            }
            if !retries.take(effect, O::IS_READ).await {
                return Err(D::redact(error));
            }
        }
    }

    /// Closes the idle connections: if one connection was lost, most likely they are lost too.
    fn close_idle_connections(&self) {
        self.pool.close_idle();
    }
}

/// The retries of one operation so far.
#[derive(Default)]
struct Retries {
    closed: u32,
    lost: u32,
    rolled_back: u32,
}

impl Retries {
    /// Returns true if the operation may be retried. Waits first, if another transaction was in the way.
    async fn take(&mut self, effect: ErrorEffect, is_read: bool) -> bool {
        let (count, limit) = match effect {
            ErrorEffect::ClosedBeforeReading => (&mut self.closed, 1),
            ErrorEffect::ConnectionLost if is_read => (&mut self.lost, MAX_READ_RETRIES),
            ErrorEffect::RolledBack => (&mut self.rolled_back, MAX_ROLLBACK_RETRIES),
            ErrorEffect::ConnectionLost | ErrorEffect::Rejected => return false,
        };
        *count += 1;
        let may_retry = *count <= limit;
        if may_retry && effect == ErrorEffect::RolledBack {
            back_off(self.rolled_back).await;
        }
        may_retry
    }
}

/// Waits before a retry: a random time, so that two transactions do not collide again.
async fn back_off(retries: u32) {
    let [random] = random_bytes::<1>();
    let longest = Duration::from_millis(1 << retries.min(6));
    tokio::time::sleep(longest * u32::from(random) / 255).await;
}
