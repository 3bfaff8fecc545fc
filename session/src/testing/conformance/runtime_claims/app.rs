//! An application of two servers on the store under test, with a common clock and a log of store operations.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use serde::de::DeserializeOwned;

use super::browser::Browser;
use super::counting_store::{CountingStore, OperationLog};
use crate::config::secret_key::SecretKey;
use crate::config::session_config::SessionConfig;
use crate::error::{Error, ErrorKind};
use crate::session::handle::Session;
use crate::session::manager::session_manager::SessionManager;
use crate::testing::conformance::assertions::assert_equal;
use crate::testing::conformance::test_session::NOW;
use crate::testing::conformance::test_store::TestStore;

/// Two servers with the same key, clock and store.
pub(super) struct App {
    pub(super) manager: SessionManager,
    pub(super) other_manager: SessionManager,
    pub(super) log: OperationLog,
    now_ms: Arc<AtomicU64>,
}

impl App {
    pub(super) fn new(store: &TestStore) -> Self {
        Self::with(store, |config| config)
    }

    pub(super) fn with(store: &TestStore, configure: impl FnOnce(SessionConfig) -> SessionConfig) -> Self {
        let now_ms = Arc::new(AtomicU64::new(NOW.as_millis().unsigned_abs()));
        let clock = Arc::clone(&now_ms);
        let now = move || SystemTime::UNIX_EPOCH + Duration::from_millis(clock.load(Ordering::SeqCst));
        let config = configure(SessionConfig::new(SecretKey::generate()).clock(now));
        let log = OperationLog::default();
        let manager =
            |store: &TestStore| SessionManager::new(CountingStore::new(store.to_session_store(), &log), config.clone());
        Self { manager: manager(store), other_manager: manager(&store.on_other_server()), log, now_ms }
    }

    /// Advances the clock.
    pub(super) fn advance(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.now_ms.fetch_add(millis, Ordering::SeqCst);
    }

    /// Starts a request of this browser on the first server.
    pub(super) fn open(&self, browser: &Browser) -> Session {
        self.manager.open(&browser.request())
    }

    /// Starts a request of this browser on the other server.
    pub(super) fn open_on_other_server(&self, browser: &Browser) -> Session {
        self.other_manager.open(&browser.request())
    }

    /// Runs a complete request on the first server.
    pub(super) async fn request(&self, browser: &mut Browser, handler: impl AsyncFnOnce(&mut Session)) {
        let mut session = self.open(browser);
        handler(&mut session).await;
        expect_ok(finalize(session, browser).await);
    }

    /// Runs a complete request on the other server, usually while a request on the first one is in flight.
    pub(super) async fn request_on_other_server(&self, browser: &mut Browser, handler: impl AsyncFnOnce(&mut Session)) {
        let mut session = self.open_on_other_server(browser);
        handler(&mut session).await;
        expect_ok(finalize(session, browser).await);
    }

    /// Creates a session with these values, and clears the log.
    pub(super) async fn browser_with(&self, values: &[(&str, u64)]) -> Browser {
        let mut browser = Browser::default();
        self.request(&mut browser, async |session| {
            for (key, value) in values {
                expect_ok(session.insert(*key, value).await);
            }
        })
        .await;
        self.log.take();
        browser
    }

    /// Returns the value that a later request of this browser reads on each server.
    #[track_caller]
    pub(super) fn stored(&self, browser: &Browser, key: &'static str) -> impl Future<Output = Option<u64>> {
        let (session, on_other_server) = (self.open(browser), self.open_on_other_server(browser));
        async move {
            let stored = get(&session, key).await;
            assert_equal(get(&on_other_server, key).await, stored, "both servers must read the same value");
            stored
        }
    }
}

/// Reads a value without an error.
pub(super) async fn get<T: DeserializeOwned>(session: &Session, key: &str) -> Option<T> {
    expect_ok(session.get::<T>(key).await)
}

/// Finalizes the response, and stores its cookies in the browser.
pub(super) async fn finalize(session: Session, browser: &mut Browser) -> Result<(), Error> {
    let mut headers = HeaderMap::new();
    let result = session.finalize(&mut headers).await;
    browser.store_cookies(&headers);
    result
}

/// Fails if a session operation returned an error.
#[track_caller]
pub(super) fn expect_ok<T>(result: Result<T, Error>) -> T {
    result.unwrap_or_else(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        panic!("a session operation on this store must succeed, but failed: {error} {cause}")
    })
}

/// Fails if the result is not an error of this kind.
#[track_caller]
pub(super) fn assert_error(result: Result<(), Error>, kind: ErrorKind, requirement: &str) {
    assert_equal(result.map_err(|error| error.kind()), Err(kind), requirement);
}
