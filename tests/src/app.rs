//! A whole application in miniature: a manager on one of the stores, with a spy and a clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};
use session::store::{MemoryStore, SessionStore, SqliteStore};
use session::{Error, ErrorKind, SecretKey, Session, SessionConfig, SessionManager};
use tempfile::TempDir;

use crate::browser::Browser;
use crate::servers;
use crate::spy::Spy;

/// The stores that every test of the runtime runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Memory,
    Sqlite,
    Postgres,
    MySql,
    Redis,
}

impl Kind {
    /// A fresh store, and the folder that its file lives in.
    pub async fn store(self) -> (Arc<dyn SessionStore>, Option<TempDir>) {
        match self {
            Self::Memory => (Arc::new(MemoryStore::new()), None),
            Self::Sqlite => {
                let folder = TempDir::new().unwrap();
                let url = format!("sqlite:{}", folder.path().join("sessions.db").display());
                let store = SqliteStore::connect(&url).await.unwrap();
                store.migrate().await.unwrap();
                (Arc::new(store), Some(folder))
            }
            Self::Postgres => (Arc::new(servers::postgres().await), None),
            Self::MySql => (Arc::new(servers::mysql().await), None),
            Self::Redis => (Arc::new(servers::redis().await), None),
        }
    }
}

pub struct App {
    pub manager: SessionManager,
    pub spy: Spy,
    pub key: SecretKey,
    millis: Arc<AtomicU64>,
    _folder: Option<TempDir>,
}

impl App {
    pub async fn new(kind: Kind) -> Self {
        Self::with(kind, |config| config).await
    }

    pub async fn with(kind: Kind, configure: impl FnOnce(SessionConfig) -> SessionConfig) -> Self {
        let (store, folder) = kind.store().await;
        Self { _folder: folder, ..Self::over(store, configure) }
    }

    /// An application on this store.
    pub fn over(store: Arc<dyn SessionStore>, configure: impl FnOnce(SessionConfig) -> SessionConfig) -> Self {
        let (spy, key) = (Spy::new(store), SecretKey::generate());
        let millis = Arc::new(AtomicU64::new(1_800_000_000_000));
        let clock = Arc::clone(&millis);
        let now = move || SystemTime::UNIX_EPOCH + Duration::from_millis(clock.load(Ordering::SeqCst));
        let config = configure(SessionConfig::new(key.clone()).clock(now));
        Self { manager: SessionManager::new(spy.clone(), config), spy, key, millis, _folder: None }
    }

    /// Turns the clock.
    pub fn wait(&self, time: Duration) {
        self.millis.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// Turns the clock back, as an operator might.
    pub fn turn_back(&self, time: Duration) {
        self.millis.fetch_sub(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    /// One request of this browser, until its handler begins.
    pub fn open(&self, browser: &Browser) -> Session {
        self.manager.open(&browser.request())
    }

    /// Answers with success: commits, and gives the browser its cookies, also beside an error.
    pub async fn finalize(&self, session: Session, browser: &mut Browser) -> Result<Answer, Error> {
        let mut headers = HeaderMap::new();
        let result = session.finalize(&mut headers).await;
        browser.keep(&headers);
        result.map(|()| Answer(headers))
    }

    /// Answers with a server error.
    pub async fn abandon(&self, session: Session, browser: &mut Browser) -> Result<Answer, Error> {
        let mut headers = HeaderMap::new();
        let result = session.abandon(&mut headers).await;
        browser.keep(&headers);
        result.map(|()| Answer(headers))
    }

    /// A browser whose session holds these server keys.
    pub async fn signed_in(&self, keys: &[(&str, u64)]) -> Browser {
        let mut browser = Browser::default();
        let mut session = self.open(&browser);
        for (key, value) in keys {
            session.insert(*key, value).await.unwrap();
        }
        self.finalize(session, &mut browser).await.unwrap();
        self.spy.take_operations();
        browser
    }

    /// What a later request of this browser reads under a server key.
    pub async fn stored(&self, browser: &Browser, key: &str) -> Option<u64> {
        let value = self.open(browser).get(key).await.unwrap();
        self.spy.take_operations();
        value
    }

    /// What a later request of this browser reads under a client key.
    pub fn client(&self, browser: &Browser, key: &str) -> Option<String> {
        self.open(browser).client().get(key).unwrap()
    }
}

/// The headers of an answer.
#[derive(Debug)]
pub struct Answer(pub HeaderMap);

impl Answer {
    /// The cookies it sets and removes, in one line: `session`, `state`, `-session`, `-state`, or `–` for none.
    pub fn cookies(&self) -> String {
        cookies_in(&self.0)
    }
}

pub fn cookies_in(headers: &HeaderMap) -> String {
    let words = headers.get_all(header::SET_COOKIE).iter().map(|value| {
        let text = value.to_str().unwrap();
        let removed = if text.contains("Max-Age=0") { "-" } else { "" };
        let name = if text.starts_with(Browser::STATE) { "state" } else { "session" };
        format!("{removed}{name}")
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() { "–".to_owned() } else { words.join(" ") }
}

/// How a request ended, in one word.
pub fn outcome<T>(result: &Result<T, Error>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => word(error.kind()),
    }
}

fn word(kind: ErrorKind) -> String {
    format!("{kind:?}")
}
