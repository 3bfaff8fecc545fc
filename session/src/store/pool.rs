//! A connection pool for the SQL stores that needs no ping per operation.
//!
//! The driver's pool pings each connection that is returned to it. A ping is one round trip, or for an embedded
//! database a task and two thread switches. A pool that only the store uses therefore keeps idle connections here. It
//! returns each of them to the driver's pool once a minute, where it is tested and, if too old, closed.
//!
//! If the server refuses connections, the driver's pool retries until its timeout. A second, direct connection attempt
//! detects this at once.

use std::io;
use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use sqlx::pool::{Pool, PoolConnection};
use sqlx::{ConnectOptions, Connection, Database, Error};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A connection that was not tested for this long is tested before its next use or at its release: networks and servers
/// close idle connections.
const TEST_INTERVAL: Duration = Duration::from_secs(60);

/// The driver's pool opens a connection within this time, unless the server is slow or refuses connections.
const PROBE_DELAY: Duration = Duration::from_millis(20);

/// The minimal interval of direct connection attempts that succeed: they use connections of the server.
const PROBE_INTERVAL: Duration = Duration::from_secs(1);

/// The connections of a store. Clones share them.
pub(super) struct StorePool<DB: Database>(Arc<Inner<DB>>);

struct Inner<DB: Database> {
    pool: Pool<DB>,
    /// Set if only this store uses the pool.
    owned: Option<OwnedPool<DB>>,
    on_failure: OnFailure,
    /// The time at which the server last accepted a direct connection. Locked during the attempt, so that concurrent
    /// operations make one.
    accepted: tokio::sync::Mutex<Option<Instant>>,
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
        Self::new(pool, None, OnFailure::Close)
    }

    /// Uses a pool that nothing else uses.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn owned(pool: Pool<DB>) -> Self {
        let owned = Some(OwnedPool::new(&pool));
        Self::new(pool, owned, OnFailure::Close)
    }

    /// Like [`shared`](Self::shared), for an embedded database.
    #[cfg(feature = "sqlite")]
    pub(super) fn shared_embedded(pool: Pool<DB>) -> Self {
        Self::new(pool, None, OnFailure::Return)
    }

    /// Like [`owned`](Self::owned), for an embedded database.
    #[cfg(feature = "sqlite")]
    pub(super) fn owned_embedded(pool: Pool<DB>) -> Self {
        let owned = Some(OwnedPool::new(&pool));
        Self::new(pool, owned, OnFailure::Return)
    }

    fn new(pool: Pool<DB>, owned: Option<OwnedPool<DB>>, on_failure: OnFailure) -> Self {
        Self(Arc::new(Inner { pool, owned, on_failure, accepted: tokio::sync::Mutex::default() }))
    }

    /// Waits for a connection, and fails at once if the server refuses connections. The operation's timeout bounds the
    /// wait.
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
                (Box::pin(self.0.acquire_from_driver()).await?, Instant::now())
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

    async fn acquire_from_driver(&self) -> Result<PoolConnection<DB>, Error> {
        #[cfg(feature = "sqlite")]
        if matches!(self.on_failure, OnFailure::Return) {
            return self.pool.acquire().await;
        }
        let (mut connection, mut refusal) = (pin!(self.pool.acquire()), pin!(self.refusal()));
        std::future::poll_fn(|context| match connection.as_mut().poll(context) {
            Poll::Pending => refusal.as_mut().poll(context).map(Err),
            ready @ Poll::Ready(_) => ready,
        })
        .await
    }

    /// Waits until the server refuses a connection.
    async fn refusal(&self) -> Error {
        tokio::time::sleep(PROBE_DELAY).await;
        loop {
            if let Some(refusal) = self.probe().await {
                return refusal;
            }
            tokio::time::sleep(PROBE_INTERVAL).await;
        }
    }

    /// Opens and closes a connection, unless the server accepted one recently. Returns the error if it is refused.
    ///
    /// A complete login, because MySQL blocks a host that opens connections and does not log in.
    async fn probe(&self) -> Option<Error> {
        let mut accepted = self.accepted.lock().await;
        if accepted.is_some_and(|at| at.elapsed() < PROBE_INTERVAL) {
            return None;
        }
        match self.pool.connect_options().connect().await {
            Err(error) if is_refused(&error) => return Some(error),
            Ok(connection) => _ = connection.close().await,
            // The driver's pool returns this error too, unless the server may soon accept connections.
            Err(_) => {}
        }
        *accepted = Some(Instant::now());
        None
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

fn is_refused(error: &Error) -> bool {
    matches!(error, Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused)
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
