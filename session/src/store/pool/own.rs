//! The pool of connections that a store opens itself: `deadpool`.
//!
//! sqlx's pool pings each connection that is returned to it, which is one round trip per operation, or for an embedded
//! database a task and two thread switches. Measured with PostgreSQL 15 and MariaDB 10.11 on the loopback interface, a
//! read and a write of 850 bytes, against `deadpool`: its median latency is 2.5 to 2.9 times as long with one client
//! and 1.6 to 2.1 times with 32 clients, at 0.55 to 0.63 of the operations per second.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{self, Metrics, Object, PoolError, QueueMode, RecycleResult};
use sqlx::{Connection, Database, Error};

use super::{MAX_UNTESTED_IDLE, test};

/// A connection of this age is closed before its next use, so that the store follows a changed DNS entry.
const MAX_LIFETIME: Duration = Duration::from_secs(30 * 60);

const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// The pause before a connection is acquired again, if the server accepts fewer connections than the pool.
const RETRY_DELAY: Duration = Duration::from_millis(10);

pub(super) type OwnConnection<DB> = Object<Connector<DB>>;

/// A pool that only one store uses.
pub(super) struct OwnPool<DB: Database> {
    pool: managed::Pool<Connector<DB>>,
    max_lifetime: Duration,
}

impl<DB: Database> OwnPool<DB> {
    pub(super) fn new<F>(max_connections: usize, open: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<DB::Connection, Error>> + Send + 'static,
    {
        Self::with_open(max_connections, Arc::new(move || Box::pin(open())))
    }

    fn with_open(max_connections: usize, open: Arc<OpenConnection<DB>>) -> Self {
        let connector = Connector { open, close_before: Mutex::default() };
        let pool = managed::Pool::builder(connector).max_size(max_connections);
        // The connections that are in use stay tested, and only the others become idle for long.
        let pool = pool.queue_mode(QueueMode::Lifo).build().expect("only a timeout needs a runtime");
        Self { pool, max_lifetime: MAX_LIFETIME }
    }

    /// Returns a new pool with this limit. Zero would block every operation, so the minimum is 1.
    ///
    /// `deadpool`'s `resize` does not lower the limit of connections that are not open yet.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn with_max_connections(&self, max_connections: usize) -> Self {
        let max_connections = max_connections.clamp(1, tokio::sync::Semaphore::MAX_PERMITS);
        Self::with_open(max_connections, Arc::clone(&self.pool.manager().open))
    }

    pub(super) async fn acquire(&self) -> Result<OwnConnection<DB>, Error> {
        loop {
            match self.pool.get().await {
                Ok(connection) if Object::metrics(&connection).age() < self.max_lifetime => return Ok(connection),
                Ok(connection) => Box::pin(close::<DB>(connection)).await,
                // Another operation of the store will release its connection.
                Err(PoolError::Backend(error)) if is_out_of_connections(&error) && self.pool.status().size > 0 => {
                    tokio::time::sleep(RETRY_DELAY).await;
                }
                Err(PoolError::Backend(error)) => return Err(error),
                Err(_) => return Err(Error::PoolClosed),
            }
        }
    }

    /// Closes each connection that is idle now or in use now, before its next use.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn close_idle(&self) {
        *self.pool.manager().lock_close_before() = Some(Instant::now());
    }
}

/// Returns true if the server, or this user, has the maximal number of connections.
fn is_out_of_connections(error: &Error) -> bool {
    let Some(error) = error.as_database_error() else { return false };
    #[cfg(feature = "mysql")]
    if let Some(error) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        return matches!(error.number(), 1040 | 1203 | 1226);
    }
    error.code().is_some_and(|code| code == "53300")
}

/// Logs out first, because MariaDB logs a warning for a connection that only breaks.
async fn close<DB: Database>(connection: OwnConnection<DB>) {
    _ = tokio::time::timeout(CLOSE_TIMEOUT, Object::take(connection).inner.close()).await;
}

type OpenFuture<DB> = Pin<Box<dyn Future<Output = Result<<DB as Database>::Connection, Error>> + Send>>;

type OpenConnection<DB> = dyn Fn() -> OpenFuture<DB> + Send + Sync;

/// A connection of a pool.
pub(super) struct Pooled<C> {
    pub(super) inner: C,
    /// Set if the connection may still execute the statement of a cancelled operation.
    pub(super) needs_test: bool,
}

/// Opens and tests the connections of a pool.
pub(super) struct Connector<DB: Database> {
    open: Arc<OpenConnection<DB>>,
    /// Connections whose last use started before this time are closed without a test. Set when a connection was lost:
    /// tests of many lost connections would take longer than the timeout of an operation.
    close_before: Mutex<Option<Instant>>,
}

impl<DB: Database> Connector<DB> {
    fn lock_close_before(&self) -> MutexGuard<'_, Option<Instant>> {
        // The time is valid even if the lock is poisoned.
        self.close_before.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<DB: Database> managed::Manager for Connector<DB> {
    type Type = Pooled<DB::Connection>;
    type Error = Error;

    async fn create(&self) -> Result<Self::Type, Error> {
        Ok(Pooled { inner: (self.open)().await?, needs_test: false })
    }

    async fn recycle(&self, connection: &mut Self::Type, metrics: &Metrics) -> RecycleResult<Error> {
        let used = metrics.recycled.unwrap_or(metrics.created);
        if self.lock_close_before().is_some_and(|close_before| used <= close_before) {
            return Err(Error::PoolClosed.into());
        }
        if used.elapsed() < MAX_UNTESTED_IDLE && !connection.needs_test {
            return Ok(());
        }
        // Boxed to keep the futures of all operations small; this path is rare.
        let tested = Box::pin(test::<DB>(&mut connection.inner)).await;
        connection.needs_test = false;
        if tested.is_err() {
            *self.lock_close_before() = Some(Instant::now());
        }
        Ok(tested?)
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use sqlx::{Sqlite, SqliteConnection};

    use super::*;

    fn pool() -> (OwnPool<Sqlite>, Arc<AtomicUsize>) {
        let opened = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&opened);
        let open = move || {
            count.fetch_add(1, Relaxed);
            SqliteConnection::connect("sqlite::memory:")
        };
        (OwnPool::new(2, open), opened)
    }

    #[tokio::test]
    async fn a_released_connection_is_reused() {
        let (pool, opened) = pool();
        for _ in 0..3 {
            drop(pool.acquire().await.unwrap());
        }
        assert_eq!(opened.load(Relaxed), 1);
    }

    #[tokio::test]
    async fn an_old_connection_is_replaced() {
        let (mut pool, opened) = pool();
        drop(pool.acquire().await.unwrap());
        pool.max_lifetime = Duration::from_millis(200);
        tokio::time::sleep(pool.max_lifetime).await;
        drop(pool.acquire().await.unwrap());
        assert!(opened.load(Relaxed) > 1);
    }

    #[cfg(any(feature = "mysql", feature = "postgres"))]
    #[tokio::test]
    async fn after_a_lost_connection_idle_and_used_ones_are_replaced() {
        let (pool, opened) = pool();
        let used = pool.acquire().await.unwrap();
        drop(pool.acquire().await.unwrap());
        pool.close_idle();
        drop(used);
        let _first = pool.acquire().await.unwrap();
        let _second = pool.acquire().await.unwrap();
        assert_eq!(opened.load(Relaxed), 4);
    }
}
