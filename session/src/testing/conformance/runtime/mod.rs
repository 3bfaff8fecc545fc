//! Claims: what the runtime promises over any store. An application of two servers in miniature.

pub(super) mod costs;
mod counting;
pub(super) mod requests;
pub(super) mod user_sessions;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use cookie::Cookie;
use http::{HeaderMap, HeaderValue, header};
use serde::de::DeserializeOwned;

use self::counting::{Count, Counting};
use super::assertions::same;
use super::store::Store;
use super::test_session::NOW;
use crate::{Error, ErrorKind, SecretKey, Session, SessionConfig, SessionManager};

/// Two servers that share a key, a clock and the store under test, and a count of what they ask it.
struct App {
    here: SessionManager,
    there: SessionManager,
    count: Count,
    millis: Arc<AtomicU64>,
}

impl App {
    fn new(store: &Store) -> Self {
        Self::with(store, |config| config)
    }

    fn with(store: &Store, configure: impl FnOnce(SessionConfig) -> SessionConfig) -> Self {
        let millis = Arc::new(AtomicU64::new(NOW.as_millis().unsigned_abs()));
        let clock = Arc::clone(&millis);
        let now = move || SystemTime::UNIX_EPOCH + Duration::from_millis(clock.load(Ordering::SeqCst));
        let config = configure(SessionConfig::new(SecretKey::generate()).clock(now));
        let count = Count::default();
        let manager = |store: Store| SessionManager::new(Counting::new(store.inner(), &count), config.clone());
        Self { here: manager(store.clone()), there: manager(store.other()), count, millis }
    }

    fn wait(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.millis.fetch_add(millis, Ordering::SeqCst);
    }

    /// One request of this browser, until its handler begins.
    fn open(&self, browser: &Browser) -> Session {
        self.here.open(&browser.request())
    }

    /// The same on the other server.
    fn open_there(&self, browser: &Browser) -> Session {
        self.there.open(&browser.request())
    }

    /// One whole request on the first server.
    async fn request(&self, browser: &mut Browser, handler: impl AsyncFnOnce(&mut Session)) {
        let mut session = self.open(browser);
        handler(&mut session).await;
        works(answer(session, browser).await);
    }

    /// One whole request on the other server, while one on the first is under way.
    async fn overtake(&self, browser: &mut Browser, handler: impl AsyncFnOnce(&mut Session)) {
        let mut session = self.open_there(browser);
        handler(&mut session).await;
        works(answer(session, browser).await);
    }

    /// A browser whose session holds these keys.
    async fn signed_in(&self, keys: &[(&str, u64)]) -> Browser {
        let mut browser = Browser::default();
        self.request(&mut browser, async |session| {
            for (key, value) in keys {
                works(session.insert(*key, value).await);
            }
        })
        .await;
        self.count.take();
        browser
    }

    /// What a later request of this browser reads, on either server.
    #[track_caller]
    fn stored(&self, browser: &Browser, key: &'static str) -> impl Future<Output = Option<u64>> {
        let (here, there) = (self.open(browser), self.open_there(browser));
        async move {
            let stored = get(&here, key).await;
            same(get(&there, key).await, stored, "both servers must read the same");
            stored
        }
    }
}

async fn get<T: DeserializeOwned>(session: &Session, key: &str) -> Option<T> {
    works(session.get::<T>(key).await)
}

/// Ends a request with success: what is wanted is committed, and the browser keeps its cookies.
async fn answer(session: Session, browser: &mut Browser) -> Result<(), Error> {
    let mut headers = HeaderMap::new();
    let result = session.finalize(&mut headers).await;
    browser.keep(&headers);
    result
}

/// A verb that must not fail over this store.
#[track_caller]
fn works<T>(result: Result<T, Error>) -> T {
    result.unwrap_or_else(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        panic!("the runtime must work over this store, and failed: {error} {cause}")
    })
}

/// Fails unless a request was refused for this reason.
#[track_caller]
fn refused(result: Result<(), Error>, kind: ErrorKind, promise: &str) {
    same(result.map_err(|error| error.kind()), Err(kind), promise);
}

/// A jar of cookies. A clone is a second tab that went its own way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    fn request(&self) -> HeaderMap {
        let line: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let line = HeaderValue::try_from(line.join("; ")).expect("cookies are sent as they were set");
        [(header::COOKIE, line)].into_iter().filter(|_| !self.cookies.is_empty()).collect()
    }

    fn keep(&mut self, answer: &HeaderMap) {
        for line in answer.get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("a cookie is text").to_owned();
            let cookie = Cookie::parse(line).expect("what the runtime sends is a cookie");
            if cookie.max_age().is_some_and(cookie::time::Duration::is_zero) {
                self.cookies.remove(cookie.name());
            } else {
                self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
    }
}
