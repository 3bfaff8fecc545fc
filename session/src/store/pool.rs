//! A connection pool for the SQL stores that needs no ping per operation.
//!
//! The driver's pool pings each connection that is returned to it. A ping is one round trip, or for an embedded
//! database a task and two thread switches. A pool that only the store uses therefore keeps idle connections here. It
//! returns each of them to the driver's pool once a minute, where it is tested and, if too old, closed.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::{Pool, PoolConnection};
use sqlx::{Database, Error};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A connection that was not tested for this long is tested before its next use or at its release: networks and servers
/// close idle connections.
const TEST_INTERVAL: Duration = Duration::from_secs(60);

/// The connections of a store. Clones share them.
pub(super) struct StorePool<DB: Database>(Arc<Inner<DB>>);

struct Inner<DB: Database> {
    pool: Pool<DB>,
    /// Set if only this store uses the pool.
    owned: Option<OwnedPool<DB>>,
    on_failure: OnFailure,
}

/// The treatment of a connection whose operation failed or was cancelled.
enum OnFailure {
    /// Close it, because the reply may never arrive.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    Close,
    /// Return it to the driver's pool, which waits until the embedded database finished the statement.
    #[cfg(feature = "sqlite")]
    Return,
}

/// The idle connections of a pool that only this store uses.
struct OwnedPool<DB: Database> {
    /// One permit per connection, so that its holder finds a connection without waiting for the driver's pool.
    permits: Arc<Semaphore>,
    /// The connection that was released last is reused first.
    idle: Mutex<Vec<IdleConnection<DB>>>,
}

struct IdleConnection<DB: Database> {
    connection: PoolConnection<DB>,
    /// The time of the last test by the driver's pool.
    tested: Instant,
    released: Instant,
}

impl<DB: Database> StorePool<DB> {
    /// Uses a pool that the application uses too: released connections return to it at once.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn shared(pool: Pool<DB>) -> Self {
        Self(Arc::new(Inner { pool, owned: None, on_failure: OnFailure::Close }))
    }

    /// Uses a pool that nothing else uses.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn owned(pool: Pool<DB>) -> Self {
        let owned = Some(OwnedPool::new(&pool));
        Self(Arc::new(Inner { pool, owned, on_failure: OnFailure::Close }))
    }

    /// Like [`shared`](Self::shared), for an embedded database.
    #[cfg(feature = "sqlite")]
    pub(super) fn shared_embedded(pool: Pool<DB>) -> Self {
        Self(Arc::new(Inner { pool, owned: None, on_failure: OnFailure::Return }))
    }

    /// Like [`owned`](Self::owned), for an embedded database.
    #[cfg(feature = "sqlite")]
    pub(super) fn owned_embedded(pool: Pool<DB>) -> Self {
        let owned = Some(OwnedPool::new(&pool));
        Self(Arc::new(Inner { pool, owned, on_failure: OnFailure::Return }))
    }

    /// Waits for a connection. The operation's timeout bounds the wait.
    pub(super) async fn acquire(&self) -> Result<ConnectionGuard<DB>, Error> {
        let permit = match &self.0.owned {
            Some(owned) => Some(Arc::clone(&owned.permits).acquire_owned().await.map_err(|_| Error::PoolClosed)?),
            None => None,
        };
        let (connection, tested) = match self.0.lock_idle().and_then(|mut idle| idle.pop()) {
            Some(idle) if idle.released.elapsed() < TEST_INTERVAL => (idle.connection, idle.tested),
            expired => {
                // Return it first: the driver's pool may have no other connection.
                drop(expired);
                // Boxed to keep the futures of all operations small; this path is rare.
                (Box::pin(self.0.pool.acquire()).await?, Instant::now())
            }
        };
        Ok(ConnectionGuard { connection: Some(connection), tested, pool: Self(Arc::clone(&self.0)), _permit: permit })
    }

    /// Removes and returns the idle connections, of this pool and of the driver's.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn take_idle(&self) -> Vec<PoolConnection<DB>> {
        let own = self.0.take_own_idle();
        let in_driver = std::iter::from_fn(|| self.0.pool.try_acquire());
        own.into_iter().map(|idle| idle.connection).chain(in_driver).collect()
    }
}

impl<DB: Database> OwnedPool<DB> {
    fn new(pool: &Pool<DB>) -> Self {
        let max = usize::try_from(pool.options().get_max_connections()).unwrap_or(usize::MAX);
        Self { permits: Arc::new(Semaphore::new(max.min(Semaphore::MAX_PERMITS))), idle: Mutex::default() }
    }
}

impl<DB: Database> Clone for StorePool<DB> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<DB: Database> Inner<DB> {
    fn lock_idle(&self) -> Option<MutexGuard<'_, Vec<IdleConnection<DB>>>> {
        // The list is valid even if the lock is poisoned: no code that runs under it can panic halfway.
        self.owned.as_ref().map(|owned| owned.idle.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take_own_idle(&self) -> Vec<IdleConnection<DB>> {
        self.lock_idle().map(|mut idle| std::mem::take(&mut *idle)).unwrap_or_default()
    }
}

impl<DB: Database> Drop for Inner<DB> {
    fn drop(&mut self) {
        // Returning them to the driver's pool would spawn a task, and the runtime may already be shut down.
        for idle in self.take_own_idle() {
            drop(idle.connection.leak());
        }
    }
}

/// A connection in use. Call [`release`](Self::release) after success; dropping it means that the operation failed or
/// was cancelled.
pub(super) struct ConnectionGuard<DB: Database> {
    /// `None` only after the release or `close`.
    connection: Option<PoolConnection<DB>>,
    tested: Instant,
    pool: StorePool<DB>,
    /// Dropped last: its next holder must find the released connection.
    _permit: Option<OwnedSemaphorePermit>,
}

impl<DB: Database> ConnectionGuard<DB> {
    /// Makes the connection available to other operations.
    pub(super) fn release(mut self) {
        let Some(connection) = self.connection.take() else { return };
        let released = Instant::now();
        if released.duration_since(self.tested) < TEST_INTERVAL
            && let Some(mut idle) = self.pool.0.lock_idle()
        {
            idle.push(IdleConnection { connection, tested: self.tested, released });
        }
    }

    #[cfg(feature = "sqlite")]
    pub(super) async fn close(mut self) -> Result<(), Error> {
        match self.connection.take() {
            Some(connection) => connection.close().await,
            None => Ok(()),
        }
    }
}

impl<DB: Database> Deref for ConnectionGuard<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        self.connection.as_ref().expect("the connection was already released")
    }
}

impl<DB: Database> DerefMut for ConnectionGuard<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        self.connection.as_mut().expect("the connection was already released")
    }
}

impl<DB: Database> Drop for ConnectionGuard<DB> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        match self.pool.0.on_failure {
            #[cfg(any(feature = "mysql", feature = "postgres"))]
            OnFailure::Close => drop(connection.detach()),
            #[cfg(feature = "sqlite")]
            OnFailure::Return => drop(connection),
        }
    }
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use sqlx::postgres::PgPool;

    use super::*;

    /// The future is part of each operation's future, and is moved with it.
    #[tokio::test]
    async fn the_acquire_future_is_small() {
        let pool = StorePool::owned(PgPool::connect_lazy("postgres://localhost").unwrap());
        let size = size_of_val(&pool.acquire());
        assert!(size < 1000, "{size} bytes");
    }
}
