//! `TestClock`: a clock that tests advance.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// A clock that stands still until a test moves it. Clones share the time.
///
/// ```
/// use std::time::Duration;
///
/// use session::store::MemoryStore;
/// use session::testing::{Browser, TestClock};
/// use session::{SecretKey, SessionConfig, SessionManager};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let clock = TestClock::new();
/// let config = SessionConfig::new(SecretKey::generate()).clock(clock.source());
/// let manager = SessionManager::new(MemoryStore::new(), config);
/// let mut browser = Browser::new();
/// browser.with(&manager, async |session| session.insert("user", 7).await).await?;
///
/// clock.advance(Duration::from_secs(25 * 3600)); // longer than the idle timeout
/// assert_eq!(manager.open(&browser.request()).get::<u64>("user").await?, None);
/// # Ok::<(), session::Error>(()) }).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct TestClock(Arc<Mutex<SystemTime>>);

impl TestClock {
    /// Creates a clock that shows 2027-01-15 08:00:00 UTC.
    pub fn new() -> Self {
        Self::starting_at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000))
    }

    /// Creates a clock that shows this time.
    pub fn starting_at(time: SystemTime) -> Self {
        Self(Arc::new(Mutex::new(time)))
    }

    /// Returns the time of the clock.
    pub fn now(&self) -> SystemTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the clock forward.
    pub fn advance(&self, duration: Duration) {
        self.update(|now| now + duration);
    }

    /// Moves the clock back, as a correction of the server's clock does.
    pub fn rewind(&self, duration: Duration) {
        self.update(|now| now - duration);
    }

    /// Sets the time.
    pub fn set(&self, time: SystemTime) {
        self.update(|_| time);
    }

    fn update(&self, change: impl FnOnce(SystemTime) -> SystemTime) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = change(*now);
    }

    /// Returns the function for [`SessionConfig::clock`](crate::SessionConfig::clock) and [`Browser::clock`](crate::testing::Browser::clock).
    pub fn source(&self) -> impl Fn() -> SystemTime + Send + Sync + 'static + use<> {
        let clock = self.clone();
        move || clock.now()
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}
