//! The pool of the application: `sqlx`'s, with tests of idle connections.
//!
//! If the server refuses connections, sqlx's pool retries until its timeout. A second, direct connection attempt detects
//! this at once.

use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use sqlx::pool::{Pool, PoolConnection};
use sqlx::{ConnectOptions, Connection, Database, Error};

use super::{MAX_UNTESTED_IDLE, test};

/// sqlx's pool opens a connection within this time, unless the server is slow or refuses connections.
const PROBE_DELAY: Duration = Duration::from_millis(20);

/// The minimal interval of direct connection attempts that succeed: they use connections of the server.
const PROBE_INTERVAL: Duration = Duration::from_secs(1);

/// Fails if the connections of the pool have a setting with which the store would lose data.
pub(in crate::store) type FirstUseCheck<DB> =
    for<'c> fn(&'c mut <DB as Database>::Connection) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'c>>;

/// A pool that the application uses too.
pub(super) struct ApplicationPool<DB: Database> {
    pool: Pool<DB>,
    check: Option<FirstUseCheck<DB>>,
    is_checked: AtomicBool,
    idle_tests: Mutex<IdleTests>,
    /// The time at which the server last accepted a direct connection. Locked during the attempt, so that concurrent
    /// operations make one.
    accepted: tokio::sync::Mutex<Option<Instant>>,
}

impl<DB: Database> ApplicationPool<DB> {
    pub(super) fn new(pool: Pool<DB>, check: Option<FirstUseCheck<DB>>) -> Self {
        Self {
            pool,
            check,
            is_checked: AtomicBool::new(false),
            idle_tests: Mutex::new(IdleTests { acquired: Instant::now(), remaining: 0 }),
            accepted: tokio::sync::Mutex::default(),
        }
    }

    /// Waits for a connection that is alive and checked.
    pub(super) async fn acquire(&self) -> Result<PoolConnection<DB>, Error> {
        let mut connection = self.acquire_alive().await?;
        if let Some(check) = self.check
            && !self.is_checked.load(Relaxed)
        {
            check(&mut connection).await?;
            self.is_checked.store(true, Relaxed);
        }
        Ok(connection)
    }

    pub(super) fn close_idle(&self) {
        while let Some(connection) = self.pool.try_acquire() {
            drop(connection.detach());
        }
    }

    async fn acquire_alive(&self) -> Result<PoolConnection<DB>, Error> {
        loop {
            let needs_test = self.needs_test();
            let mut connection = self.acquire_from_driver().await?;
            if !needs_test || test::<DB>(&mut connection).await.is_ok() {
                return Ok(connection);
            }
            drop(connection.detach());
            self.close_idle();
        }
    }

    fn needs_test(&self) -> bool {
        if self.pool.options().get_test_before_acquire() {
            return false;
        }
        // The counter is valid even if the lock is poisoned.
        self.idle_tests.lock().unwrap_or_else(PoisonError::into_inner).next(self.pool.size())
    }

    async fn acquire_from_driver(&self) -> Result<PoolConnection<DB>, Error> {
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
            // sqlx's pool returns this error too, unless the server may soon accept connections.
            Err(_) => {}
        }
        *accepted = Some(Instant::now());
        None
    }
}

/// The tests of connections that may have been idle for long. sqlx does not report the idle time of a connection.
struct IdleTests {
    /// The time of the store's last acquisition.
    acquired: Instant,
    /// The number of next acquisitions that need a test.
    remaining: u32,
}

impl IdleTests {
    /// Returns true if the next acquired connection needs a test.
    ///
    /// sqlx's pool reuses the connection that was idle for longest. At a steady interval each of its `size` connections
    /// is therefore used at every `size`-th acquisition. After a longer pause, all of them need a test.
    fn next(&mut self, size: u32) -> bool {
        if self.acquired.elapsed().saturating_mul(size) >= MAX_UNTESTED_IDLE {
            self.remaining = size;
        }
        self.acquired = Instant::now();
        let needs_test = self.remaining > 0;
        self.remaining = self.remaining.saturating_sub(1);
        needs_test
    }
}

fn is_refused(error: &Error) -> bool {
    matches!(error, Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pause: Duration) -> IdleTests {
        IdleTests { acquired: Instant::now().checked_sub(pause).unwrap(), remaining: 0 }
    }

    #[test]
    fn every_connection_is_tested_once_after_a_pause() {
        let mut tests = after(MAX_UNTESTED_IDLE);
        assert_eq!([(); 5].map(|()| tests.next(3)), [true, true, true, false, false]);
    }

    #[test]
    fn a_larger_pool_needs_tests_after_a_shorter_pause() {
        assert!(!after(MAX_UNTESTED_IDLE / 3).next(1));
        assert!(after(MAX_UNTESTED_IDLE / 3).next(4));
    }

    #[test]
    fn an_empty_pool_needs_no_test() {
        assert!(!after(MAX_UNTESTED_IDLE).next(0));
    }
}
