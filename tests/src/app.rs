//! A small application: a manager on one of the stores, with a spy and a manual clock.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};
use session::store::{MemoryStore, SessionStore, SqliteStore};
use session::testing::TestClock;
use session::{Error, ErrorKind, SecretKey, Session, SessionConfig, SessionManager};
use tempfile::TempDir;

use crate::browser::{Browser, ClientKind};
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
    /// A new store, and the folder of its file.
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
    /// The clients of this application.
    pub clients: ClientKind,
    clock: TestClock,
    _folder: Option<TempDir>,
}

impl App {
    pub async fn new(kind: Kind) -> Self {
        Self::with(kind, |config| config).await
    }

    pub async fn with(kind: Kind, configure: impl FnOnce(SessionConfig) -> SessionConfig) -> Self {
        let (store, folder) = kind.store().await;
        Self { _folder: folder, ..Self::on_store(store, configure) }
    }

    /// An application for one kind of clients.
    pub async fn for_clients(
        kind: Kind,
        clients: ClientKind,
        configure: impl FnOnce(SessionConfig) -> SessionConfig,
    ) -> Self {
        let app = Self::with(kind, |config| configure(config.transport(clients.transport()))).await;
        Self { clients, ..app }
    }

    /// A new client of this application, without a session.
    pub fn client_without_session(&self) -> Browser {
        Browser { kind: self.clients, ..Browser::default() }
    }

    /// An application on a store that the test created.
    pub fn on_store(store: Arc<dyn SessionStore>, configure: impl FnOnce(SessionConfig) -> SessionConfig) -> Self {
        let (spy, key) = (Spy::new(store), SecretKey::generate());
        let clock = TestClock::new();
        let config = configure(SessionConfig::new(key.clone()).clock(clock.source()));
        Self {
            manager: SessionManager::new(spy.clone(), config),
            spy,
            key,
            clients: ClientKind::Browser,
            clock,
            _folder: None,
        }
    }

    /// The time of the clock.
    pub fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// Sets the clock forward.
    pub fn advance(&self, time: Duration) {
        self.clock.advance(time);
    }

    /// Sets the clock back, as an operator might.
    pub fn rewind(&self, time: Duration) {
        self.clock.rewind(time);
    }

    /// Opens the session of a new request of this browser.
    pub fn open(&self, browser: &Browser) -> Session {
        self.manager.open(&browser.request())
    }

    /// Responds with success: commits the session. The browser keeps the cookies, even if the commit fails.
    pub async fn finalize(&self, session: Session, browser: &mut Browser) -> Result<Response, Error> {
        let mut headers = HeaderMap::new();
        let result = session.finalize(&mut headers).await;
        browser.keep(&headers);
        result.map(|()| Response(headers))
    }

    /// Responds with a server error.
    pub async fn abandon(&self, session: Session, browser: &mut Browser) -> Result<Response, Error> {
        let mut headers = HeaderMap::new();
        let result = session.abandon(&mut headers).await;
        browser.keep(&headers);
        result.map(|()| Response(headers))
    }

    /// Runs a request that succeeds. Returns the cookies of its response, in one line.
    pub async fn request(&self, browser: &mut Browser, request: impl AsyncFnOnce(&mut Session)) -> String {
        let mut session = self.open(browser);
        request(&mut session).await;
        self.finalize(session, browser).await.unwrap().cookies()
    }

    /// A browser whose session has these server keys.
    pub async fn browser_with(&self, keys: &[(&str, u64)]) -> Browser {
        let mut browser = self.client_without_session();
        let mut session = self.open(&browser);
        for (key, value) in keys {
            session.insert(*key, value).await.unwrap();
        }
        self.finalize(session, &mut browser).await.unwrap();
        self.spy.take_operations();
        browser
    }

    /// The value of a server key in a later request of this browser.
    pub async fn stored(&self, browser: &Browser, key: &str) -> Option<u64> {
        let value = self.open(browser).get(key).await.unwrap();
        self.spy.take_operations();
        value
    }

    /// All server values in a later request of this browser.
    pub async fn entries(&self, browser: &Browser) -> serde_json::Value {
        let entries = self.open(browser).entries().await.unwrap();
        self.spy.take_operations();
        serde_json::Value::Object(entries)
    }

    /// The value of a client key in a later request of this browser.
    pub fn client(&self, browser: &Browser, key: &str) -> Option<String> {
        self.open(browser).client().get(key).unwrap()
    }
}

/// The headers of a response.
#[derive(Debug)]
pub struct Response(pub HeaderMap);

impl Response {
    /// The cookies that it sets and removes, in one line: `session`, `state`, `-session`, `-state`, or `–` for none.
    pub fn cookies(&self) -> String {
        cookies_in(&self.0)
    }
}

/// The cookies that a response sets and removes. A token header counts as the session cookie.
pub fn cookies_in(headers: &HeaderMap) -> String {
    let words = headers.get_all(header::SET_COOKIE).iter().map(|value| {
        let text = value.to_str().unwrap();
        let removed = if text.contains("Max-Age=0") { "-" } else { "" };
        let name = if text.starts_with(Browser::STATE) { "state" } else { "session" };
        format!("{removed}{name}")
    });
    let tokens = headers.get_all("session-token").iter();
    let tokens = tokens.map(|value| if value.is_empty() { "-session" } else { "session" }.to_owned());
    let words: Vec<String> = words.chain(tokens).collect();
    if words.is_empty() { "–".to_owned() } else { words.join(" ") }
}

/// The result of a request in one word.
pub fn outcome<T>(result: &Result<T, Error>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => word(error.kind()),
    }
}

fn word(kind: ErrorKind) -> String {
    format!("{kind:?}")
}
