//! Connections between two operations.
//!
//! The driver's pool asks each connection that it gets back whether it still works, which is a round trip of its own, or a
//! task and two changes of threads where the database is in this process. A pool that nobody else uses therefore gets its
//! connections back once a minute, to test and retire them; in between they wait here.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::{Pool, PoolConnection};
use sqlx::{Database, Error};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a connection stays away from the pool, and how long it may wait here unused: what the network or the server
/// closes for having been idle is tested first.
const LONG: Duration = Duration::from_secs(60);

pub(super) struct Rack<DB: Database>(Arc<Inner<DB>>);

struct Inner<DB: Database> {
    pool: Pool<DB>,
    own: Option<Own<DB>>,
    given_up: GivenUp,
}

/// What becomes of a connection whose operation failed or was given up.
enum GivenUp {
    /// It is closed: its answer did not come in time and may never come.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    Closed,
    /// The pool gets it back when it has done what it was told, which no network can prevent.
    #[cfg(feature = "sqlite")]
    Awaited,
}

/// What a pool has that is this store's own.
struct Own<DB: Database> {
    /// One for each connection of the pool: who has a seat need not wait for the pool.
    seats: Arc<Semaphore>,
    /// The one that was used last comes first.
    kept: Mutex<Vec<Kept<DB>>>,
}

struct Kept<DB: Database> {
    connection: PoolConnection<DB>,
    taken: Instant,
    used: Instant,
}

impl<DB: Database> Rack<DB> {
    /// For a pool that the application uses too: each connection goes back at once.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn shared(pool: Pool<DB>) -> Self {
        Self(Arc::new(Inner { pool, own: None, given_up: GivenUp::Closed }))
    }

    /// For a pool that nobody else uses.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn own(pool: Pool<DB>) -> Self {
        let own = Some(Own::of(&pool));
        Self(Arc::new(Inner { pool, own, given_up: GivenUp::Closed }))
    }

    /// As [`shared`](Self::shared), for a database in this process.
    #[cfg(feature = "sqlite")]
    pub(super) fn shared_embedded(pool: Pool<DB>) -> Self {
        Self(Arc::new(Inner { pool, own: None, given_up: GivenUp::Awaited }))
    }

    /// As [`own`](Self::own), for a database in this process.
    #[cfg(feature = "sqlite")]
    pub(super) fn own_embedded(pool: Pool<DB>) -> Self {
        let own = Some(Own::of(&pool));
        Self(Arc::new(Inner { pool, own, given_up: GivenUp::Awaited }))
    }

    /// Waits for a connection, as long as the pool has patience.
    pub(super) async fn take(&self) -> Result<Lease<DB>, Error> {
        let seat = match &self.0.own {
            Some(own) => Some(Arc::clone(&own.seats).acquire_owned().await.map_err(|_| Error::PoolClosed)?),
            None => None,
        };
        let (connection, taken) = match self.0.kept().and_then(|mut kept| kept.pop()) {
            Some(kept) if kept.used.elapsed() < LONG => (kept.connection, kept.taken),
            old => {
                // The pool may have no other one to give.
                drop(old);
                // In a place of its own: each operation is as large as what it may wait for, and this is rare.
                (Box::pin(self.0.pool.acquire()).await?, Instant::now())
            }
        };
        Ok(Lease { connection: Some(connection), taken, rack: Self(Arc::clone(&self.0)), _seat: seat })
    }

    /// The connections that nobody uses, here and in the pool.
    #[cfg(any(feature = "mysql", feature = "postgres"))]
    pub(super) fn idle(&self) -> Vec<PoolConnection<DB>> {
        let kept = self.0.kept().map(|mut kept| std::mem::take(&mut *kept)).unwrap_or_default();
        let in_pool = std::iter::from_fn(|| self.0.pool.try_acquire());
        kept.into_iter().map(|kept| kept.connection).chain(in_pool).collect()
    }
}

impl<DB: Database> Own<DB> {
    fn of(pool: &Pool<DB>) -> Self {
        let most = usize::try_from(pool.options().get_max_connections()).unwrap_or(usize::MAX);
        Self { seats: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))), kept: Mutex::default() }
    }
}

impl<DB: Database> Clone for Rack<DB> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<DB: Database> Inner<DB> {
    fn kept(&self) -> Option<MutexGuard<'_, Vec<Kept<DB>>>> {
        // A poisoned lock still holds whole connections: nothing runs under it that could panic halfway.
        self.own.as_ref().map(|own| own.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<DB: Database> Drop for Inner<DB> {
    fn drop(&mut self) {
        // Given back to the pool, they would be tested by a task, and there may be no runtime any more.
        let kept = self.kept().map(|mut kept| std::mem::take(&mut *kept)).unwrap_or_default();
        for kept in kept {
            drop(kept.connection.leak());
        }
    }
}

/// A connection in use. Unless it is given back it is broken, or was given up in the middle of something.
pub(super) struct Lease<DB: Database> {
    connection: Option<PoolConnection<DB>>,
    taken: Instant,
    rack: Rack<DB>,
    /// Given up last, when the connection is where the next one looks for it.
    _seat: Option<OwnedSemaphorePermit>,
}

impl<DB: Database> Lease<DB> {
    pub(super) fn give_back(mut self) {
        let Some(connection) = self.connection.take() else { return };
        let used = Instant::now();
        if used.duration_since(self.taken) < LONG
            && let Some(mut kept) = self.rack.0.kept()
        {
            kept.push(Kept { connection, taken: self.taken, used });
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

impl<DB: Database> Deref for Lease<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        self.connection.as_ref().expect("it is taken at the end of the loan alone")
    }
}

impl<DB: Database> DerefMut for Lease<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        self.connection.as_mut().expect("it is taken at the end of the loan alone")
    }
}

impl<DB: Database> Drop for Lease<DB> {
    fn drop(&mut self) {
        let Some(given_up) = self.connection.take() else { return };
        match self.rack.0.given_up {
            #[cfg(any(feature = "mysql", feature = "postgres"))]
            GivenUp::Closed => drop(given_up.detach()),
            #[cfg(feature = "sqlite")]
            GivenUp::Awaited => drop(given_up),
        }
    }
}

#[cfg(all(test, feature = "postgres"))]
mod tests {
    use sqlx::postgres::PgPool;

    use super::*;

    /// It is a part of each operation, and is moved with it.
    #[tokio::test]
    async fn what_takes_a_connection_is_small() {
        let rack = Rack::own(PgPool::connect_lazy("postgres://localhost").unwrap());
        let size = size_of_val(&rack.take());
        assert!(size < 1000, "{size} bytes");
    }
}
