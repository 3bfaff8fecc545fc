//! The connections of a SQL store: the store's own pool, or the pool of the application.

#[cfg(any(feature = "mysql", feature = "postgres"))]
mod application;
mod own;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::{Pool, PoolConnection};
use sqlx::{Connection, Database, Error};

#[cfg(any(feature = "mysql", feature = "postgres"))]
use self::application::ApplicationPool;
#[cfg(feature = "mysql")]
pub(super) use self::application::FirstUseCheck;
use self::own::{OwnConnection, OwnPool};

/// A connection that was idle for this long is tested before its next use: networks, proxies and servers close idle
/// connections. A longer time would turn each of their timeouts into a failed write.
const MAX_UNTESTED_IDLE: Duration = Duration::from_secs(5);

/// The limit of a test.
const TEST_TIMEOUT: Duration = Duration::from_secs(1);

/// The connections of a store. Clones share them.
pub(super) struct StorePool<DB: Database>(Arc<Inner<DB>>);

struct Inner<DB: Database> {
    source: Source<DB>,
    on_failure: OnFailure,
}

enum Source<DB: Database> {
    Own(OwnPool<DB>),
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    Application(ApplicationPool<DB>),
    /// A pool of the application, or of a database in memory. Its connections cannot be lost.
    #[cfg(feature = "sqlite")]
    Embedded(Pool<DB>),
}

/// The treatment of a connection whose operation failed or was cancelled.
#[derive(Clone, Copy)]
enum OnFailure {
    /// Close it, because the reply may never arrive.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    Close,
    /// Return it to its pool. A test before its next use waits until the embedded database finished the statement.
    #[cfg(feature = "sqlite")]
    Return,
}

impl<DB: Database> StorePool<DB> {
    /// Creates a pool that only the store uses. It opens each connection with `open`.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn own<F>(max_connections: usize, open: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<DB::Connection, Error>> + Send + 'static,
    {
        Self::new(Source::Own(OwnPool::new(max_connections, open)), OnFailure::Close)
    }

    /// Like [`own`](Self::own), for an embedded database.
    #[cfg(feature = "sqlite")]
    pub(super) fn own_embedded<F>(max_connections: usize, open: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<DB::Connection, Error>> + Send + 'static,
    {
        Self::new(Source::Own(OwnPool::new(max_connections, open)), OnFailure::Return)
    }

    /// Uses a pool that the application uses too.
    #[cfg(feature = "postgres")]
    pub(super) fn application(pool: Pool<DB>) -> Self {
        Self::new(Source::Application(ApplicationPool::new(pool, None)), OnFailure::Close)
    }

    /// Like [`application`](Self::application). The first operation checks its connection.
    #[cfg(feature = "mysql")]
    pub(super) fn checked_application(pool: Pool<DB>, check: FirstUseCheck<DB>) -> Self {
        Self::new(Source::Application(ApplicationPool::new(pool, Some(check))), OnFailure::Close)
    }

    /// Like [`application`](Self::application), for an embedded database.
    #[cfg(feature = "sqlite")]
    pub(super) fn embedded_application(pool: Pool<DB>) -> Self {
        Self::new(Source::Embedded(pool), OnFailure::Return)
    }

    fn new(source: Source<DB>, on_failure: OnFailure) -> Self {
        Self(Arc::new(Inner { source, on_failure }))
    }

    /// Returns a new pool with this limit. The application's pool keeps its own limit.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn with_max_connections(self, max_connections: u32) -> Self {
        match &self.0.source {
            Source::Own(pool) => {
                let pool = pool.with_max_connections(usize::try_from(max_connections).unwrap_or(usize::MAX));
                Self::new(Source::Own(pool), self.0.on_failure)
            }
            _ => self,
        }
    }

    /// Waits for a connection, and fails at once if the server refuses connections. The operation's timeout bounds the
    /// wait.
    pub(super) async fn acquire(&self) -> Result<ConnectionGuard<DB>, Error> {
        // sqlx's futures are boxed to keep the futures of all operations small.
        let connection = match &self.0.source {
            Source::Own(pool) => AcquiredConnection::Own(pool.acquire().await?),
            #[cfg(any(feature = "mysql", feature = "postgres"))]
            Source::Application(pool) => AcquiredConnection::Sqlx(Box::pin(pool.acquire()).await?),
            #[cfg(feature = "sqlite")]
            Source::Embedded(pool) => AcquiredConnection::Sqlx(Box::pin(pool.acquire()).await?),
        };
        Ok(ConnectionGuard { connection: Some(connection), on_failure: self.0.on_failure })
    }

    /// Closes all idle connections. Call it after a connection was lost: others may be lost too.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn close_idle(&self) {
        match &self.0.source {
            Source::Own(pool) => pool.close_idle(),
            Source::Application(pool) => pool.close_idle(),
            #[cfg(feature = "sqlite")]
            Source::Embedded(_) => {}
        }
    }
}

impl<DB: Database> Clone for StorePool<DB> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Tests a connection with one round trip.
async fn test<DB: Database>(connection: &mut DB::Connection) -> Result<(), Error> {
    tokio::time::timeout(TEST_TIMEOUT, connection.ping()).await.unwrap_or(Err(Error::PoolTimedOut))
}

/// A connection in use. Call [`release`](Self::release) when its statement is complete. Dropping it means that the
/// connection was lost or the operation was cancelled.
pub(super) struct ConnectionGuard<DB: Database> {
    /// `None` only after the release or `close`.
    connection: Option<AcquiredConnection<DB>>,
    on_failure: OnFailure,
}

enum AcquiredConnection<DB: Database> {
    Own(OwnConnection<DB>),
    Sqlx(PoolConnection<DB>),
}

impl<DB: Database> ConnectionGuard<DB> {
    /// Makes the connection available to other operations.
    pub(super) fn release(mut self) {
        drop(self.connection.take());
    }

    #[cfg(feature = "sqlite")]
    pub(super) async fn close(mut self) -> Result<(), Error> {
        match self.connection.take() {
            Some(AcquiredConnection::Own(connection)) => OwnConnection::take(connection).inner.close().await,
            Some(AcquiredConnection::Sqlx(connection)) => connection.close().await,
            None => Ok(()),
        }
    }
}

impl<DB: Database> Deref for ConnectionGuard<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        match self.connection.as_ref().expect("the connection was already released") {
            AcquiredConnection::Own(connection) => &connection.inner,
            AcquiredConnection::Sqlx(connection) => connection,
        }
    }
}

impl<DB: Database> DerefMut for ConnectionGuard<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        match self.connection.as_mut().expect("the connection was already released") {
            AcquiredConnection::Own(connection) => &mut connection.inner,
            AcquiredConnection::Sqlx(connection) => connection,
        }
    }
}

impl<DB: Database> Drop for ConnectionGuard<DB> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        match (connection, self.on_failure) {
            #[cfg(any(feature = "mysql", feature = "postgres"))]
            (AcquiredConnection::Own(connection), OnFailure::Close) => drop(OwnConnection::take(connection)),
            #[cfg(any(feature = "mysql", feature = "postgres"))]
            (AcquiredConnection::Sqlx(connection), OnFailure::Close) => drop(connection.detach()),
            #[cfg(feature = "sqlite")]
            (AcquiredConnection::Own(mut connection), OnFailure::Return) => connection.needs_test = true,
            // sqlx's pool tests each returned connection.
            #[cfg(feature = "sqlite")]
            (AcquiredConnection::Sqlx(connection), OnFailure::Return) => drop(connection),
        }
    }
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use sqlx::postgres::{PgConnectOptions, Postgres};
    use sqlx::{ConnectOptions, Connection};

    use super::*;

    /// The future is part of each operation's future, and is moved with it.
    #[tokio::test]
    async fn the_acquire_future_is_small() {
        let pool = StorePool::<Postgres>::own(1, || async { PgConnectOptions::new().connect().await });
        let size = size_of_val(&pool.acquire());
        assert!(size < 1000, "{size} bytes");
    }

    /// Application code may create a store before it starts the runtime.
    #[test]
    fn an_own_pool_needs_no_runtime() {
        let open = || async { <sqlx::PgConnection as Connection>::connect("postgres://localhost").await };
        drop(StorePool::<Postgres>::own(1, open));
    }
}
