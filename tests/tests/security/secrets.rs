//! Tests that no `Debug` output, error or log line contains a secret.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{self, HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use session::axum::SessionLayer;
use session::store::{
    Commit, Committed, DeleteCondition, Deleted, FindPage, IndexChange, IndexHash, MemoryStore, Record, RecordPage,
    SessionStore, SqliteStore, StoreError, Timestamp, TokenHash,
};
use session::{
    CookieConfig, Error, ErrorKind, Lifetime, SecretKey, Session, SessionConfig, SessionId, SessionManager,
    SessionSchema,
};
use session_tests::{App, Browser, Fault, Kind, Log, on_every_store};
use tower::{Layer, ServiceExt};

#[derive(SessionSchema)]
struct Visitor {
    #[session(client)]
    theme: String,
    name: String,
}

const SERVER: &str = "hunter2-in-the-store";
const CLIENT: &str = "hunter2-in-the-cookie";
const NEWER: &str = "hunter2-once-more";
const KEY: [u8; 32] = *b"hunter2-is-a-weak-secret-key....";

/// The secrets in the spellings of a careless `Debug`. White space is ignored.
struct Secrets(Vec<String>);

impl Secrets {
    fn new() -> Self {
        let mut secrets = Self(vec!["hunter2".to_owned()]);
        secrets.bytes(&KEY);
        secrets
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let list = |shown: String| dense(&shown).trim_matches(['[', ']']).to_owned();
        self.0.push(list(format!("{bytes:?}")));
        self.0.push(list(format!("{bytes:02x?}")).replace(',', ""));
        self.0.push(list(format!("{bytes:02X?}")).replace(',', ""));
        self.0.push(dense(&bytes.escape_ascii().to_string()));
    }

    fn cookies(&mut self, browser: &Browser) {
        self.0.extend(browser.cookies.values().cloned());
    }

    fn assert_absent_in(&self, shown: &str) {
        let dense = dense(shown);
        for secret in &self.0 {
            if let Some(at) = dense.find(secret) {
                let around = dense.get(at.saturating_sub(100)..(at + 100).min(dense.len())).unwrap_or(&dense);
                panic!("{secret} appears in …{around}…");
            }
        }
    }
}

fn dense(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

fn debug_output(value: &impl Debug) -> String {
    format!("{value:?}\n{value:#?}\n")
}

/// A store that records the `Debug` output of everything that the runtime passes to it or gets from it.
#[derive(Clone)]
struct RecordingStore {
    store: Arc<dyn SessionStore>,
    seen: Arc<Mutex<Seen>>,
    /// Changes the record before each compare-and-swap.
    contends: bool,
}

#[derive(Default)]
struct Seen {
    shown: String,
    tokens: Vec<TokenHash>,
}

impl RecordingStore {
    fn note<T: Debug>(&self, value: T) -> T {
        self.seen.lock().unwrap().shown += &debug_output(&value);
        value
    }

    fn note_token(&self, token: TokenHash) {
        self.seen.lock().unwrap().tokens.push(token);
    }
}

#[async_trait]
impl SessionStore for RecordingStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        self.store.load(id, now).await.map(|record| self.note(record))
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        self.note((id, record, index));
        self.note_token(record.token);
        self.store.create(id, record, index).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        self.note((id, commit));
        self.note_token(commit.rotation.map_or(commit.token.unwrap(), |rotation| rotation.token));
        if self.contends && commit.revision.is_some() {
            let mut rival = Commit::touch(commit.token.unwrap(), 0, commit.now);
            rival.label = Some("rival".into());
            self.store.commit(id, &rival).await?;
        }
        self.store.commit(id, commit).await.map(|committed| self.note(committed))
    }

    async fn delete(&self, id: &SessionId, proof: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        self.note(proof);
        self.store.delete(id, proof, now).await.map(|deleted| self.note(deleted))
    }

    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        self.note(hash);
        self.store.find(hash, cursor, limit, now).await.map(|found| self.note(found))
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        self.note(hash);
        self.store.find_records(hash, cursor, limit, now).await.map(|page| self.note(page))
    }

    async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
        self.store.count(now).await
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        self.store.scan(from, batch, now).await.map(|page| self.note(page))
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        self.store.delete_expired(now, batch).await
    }
}

fn config() -> SessionConfig {
    SessionConfig::new(SecretKey::from_bytes(&KEY).unwrap())
}

async fn finalize(session: Session, browser: &mut Browser) -> (HeaderMap, Result<(), Error>) {
    let mut headers = HeaderMap::new();
    let result = session.finalize(&mut headers).await;
    browser.keep(&headers);
    (headers, result)
}

/// A browser whose session contains both secrets.
async fn browser_with_secrets(manager: &SessionManager) -> Browser {
    let mut browser = Browser::default();
    let mut session = manager.open(&browser.request());
    session.insert("password", SERVER).await.unwrap();
    session.client_mut().insert("note", CLIENT).unwrap();
    finalize(session, &mut browser).await.1.unwrap();
    browser
}

async fn no_debug_output_shows_a_secret(kind: Kind) {
    let (store, _folder) = kind.store().await;
    let store_ = RecordingStore { store, seen: Arc::default(), contends: true };
    let events = Arc::new(Mutex::new(String::new()));
    let shown_events = Arc::clone(&events);
    let config = config().fallback_key(SecretKey::from_bytes(&KEY).unwrap());
    let config = config.on_event(move |event| *shown_events.lock().unwrap() += &debug_output(event));
    let manager = SessionManager::new(store_.clone(), config);
    let mut browser = browser_with_secrets(&manager).await;
    let mut secrets = Secrets::new();
    secrets.cookies(&browser);

    let mut session = manager.open(&browser.request());
    let mut seen = debug_output(&session);
    assert_eq!(session.get::<String>("password").await.unwrap().as_deref(), Some(SERVER));
    assert_eq!(session.client().get::<String>("note").unwrap().as_deref(), Some(CLIENT));
    session.cycle_id();
    session.set_label("Firefox");
    session.insert("password", NEWER).await.unwrap();
    session.client_mut().insert("note", NEWER).unwrap();
    session.update("history", |history: &mut Option<String>| *history = Some(NEWER.into())).await.unwrap_err();
    seen += &debug_output(&session);
    seen += &debug_output(&session.meta().await.unwrap());
    seen += &debug_output(&session.typed::<Visitor>());
    seen += &debug_output(&session.typed_mut::<Visitor>());
    let handle = session.handle();
    let (headers, result) = finalize(session, &mut browser).await;
    result.unwrap();
    assert_eq!(headers.get_all(header::SET_COOKIE).iter().count(), 2);
    assert!(headers.get_all(header::SET_COOKIE).iter().all(http::HeaderValue::is_sensitive));
    secrets.cookies(&browser);
    seen += &debug_output(&headers);
    seen += &debug_output(&handle);
    seen += &debug_output(&manager);
    seen += &debug_output(&SessionLayer::new(manager.clone()));
    seen += &debug_output(&SessionLayer::new(manager).layer(()));
    seen +=
        &debug_output(&(self::config(), SecretKey::from_bytes(&KEY).unwrap(), CookieConfig::new(), Lifetime::new()));

    let passed = store_.seen.lock().unwrap();
    for word in ["Record {", "Commit {", "Conflict(", "Done(", "Rotation {", "Changes {", "Firefox"] {
        assert!(passed.shown.contains(word), "{word}");
    }
    assert!(passed.tokens.len() > 2);
    passed.tokens.iter().for_each(|token| secrets.bytes(token.as_bytes()));
    secrets.assert_absent_in(&seen);
    secrets.assert_absent_in(&passed.shown);
    let events = events.lock().unwrap();
    for word in ["Created {", "Rotated {", "Retried {", "Refused {", "StoreOperation {"] {
        assert!(events.contains(word), "{word}");
    }
    secrets.assert_absent_in(&events);
}

#[tokio::test]
async fn no_serialized_session_info_shows_a_secret() {
    let store = RecordingStore { store: Arc::new(MemoryStore::new()), seen: Arc::default(), contends: false };
    let manager = SessionManager::new(store.clone(), config());
    let mut browser = browser_with_secrets(&manager).await;
    let mut secrets = Secrets::new();
    secrets.cookies(&browser);
    let mut session = manager.open(&browser.request());
    session.cycle_id();
    session.set_label("Firefox");
    finalize(session, &mut browser).await.1.unwrap();
    secrets.cookies(&browser);
    let tokens = store.seen.lock().unwrap().tokens.clone();
    assert!(tokens.len() > 1);
    for token in tokens {
        secrets.bytes(token.as_bytes());
    }

    let info = manager.open(&browser.request()).meta().await.unwrap().unwrap();
    let json = serde_json::to_value(&info).unwrap();
    assert_eq!((json["id"].as_str(), &json["label"]), (Some(&*info.id.to_string()), &"Firefox".into()));
    secrets.assert_absent_in(&json.to_string());
    let fields: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["created", "expires", "id", "label", "last_seen", "rotated"]);
}

/// The key is derived, so its spelling is unknown.
#[test]
fn a_secret_key_has_an_opaque_debug_output() {
    for key in [SecretKey::generate(), SecretKey::from_bytes(&KEY).unwrap()] {
        assert_eq!(debug_output(&key), "SecretKey(..)\nSecretKey(..)\n");
        let config = SessionConfig::new(key.clone()).fallback_key(key);
        assert_eq!(debug_output(&config).matches("SecretKey").count(), 4);
        assert_eq!(debug_output(&config).matches("SecretKey(..)").count(), 4);
    }
}

#[tokio::test]
async fn no_store_shows_its_values() {
    let memory = MemoryStore::new();
    browser_with_secrets(&SessionManager::new(memory.clone(), config())).await;
    assert_eq!(format!("{memory:?}"), "MemoryStore { sessions: 1 }");
    let sqlite = SqliteStore::connect("sqlite::memory:").await.unwrap();
    sqlite.migrate().await.unwrap();
    browser_with_secrets(&SessionManager::new(sqlite.clone(), config())).await;
    Secrets::new().assert_absent_in(&debug_output(&sqlite));
}

struct NotSerializable;

impl serde::Serialize for NotSerializable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom(SERVER))
    }
}

/// An error of every kind, with secrets in the session.
async fn errors(kind: Kind, secrets: &mut Secrets) -> Vec<Error> {
    let app = App::new(kind).await;
    let mut errors = Vec::new();

    for overtake in [Session::invalidate, Session::cycle_id] {
        let mut browser = browser_with_secrets(&app.manager).await;
        secrets.cookies(&browser);
        let (mut session, mut rival) = (app.open(&browser), app.open(&browser));
        session.get::<String>("password").await.unwrap();
        overtake(&mut rival);
        rival.sync().await.unwrap();
        session.insert("password", NEWER).await.unwrap();
        errors.push(finalize(session, &mut browser).await.1.unwrap_err());
    }

    let mut browser = browser_with_secrets(&app.manager).await;
    secrets.cookies(&browser);
    for (operation, fault) in [("load", Fault::Refuse), ("commit", Fault::LoseReply), ("delete", Fault::Refuse)] {
        app.spy.fail_next(operation, fault);
        let mut session = app.open(&browser);
        match operation {
            "load" => errors.push(session.get::<String>("password").await.unwrap_err()),
            "commit" => session.insert("password", NEWER).await.unwrap(),
            _ => session.delete(),
        }
        errors.extend(finalize(session, &mut browser.clone()).await.1.err());
    }

    let mut session = app.open(&browser);
    errors.push(session.get::<u64>("password").await.unwrap_err());
    errors.push(session.remove::<Vec<u8>>("password").await.unwrap_err());
    errors.push(session.update("password", |_: &mut Option<bool>| ()).await.unwrap_err());
    errors.push(session.insert("password", NotSerializable).await.unwrap_err());
    errors.push(session.insert(SERVER.repeat(100), SERVER).await.unwrap_err());
    errors.push(session.client().get::<u64>("note").unwrap_err());
    errors.push(session.client_mut().insert("note", NotSerializable).unwrap_err());
    session.client_mut().insert("note", CLIENT.repeat(200)).unwrap();
    let mut handle = session.handle();
    errors.push(finalize(session, &mut browser).await.1.unwrap_err());
    errors.push(handle.insert("password", SERVER).await.unwrap_err());
    errors.push(handle.client_mut().insert("note", CLIENT).unwrap_err());

    let (store, _folder) = kind.store().await;
    let contended = SessionManager::new(RecordingStore { store, seen: Arc::default(), contends: true }, config());
    let mut session = contended.open(&browser_with_secrets(&contended).await.request());
    let update = session.update("password", |password: &mut Option<String>| *password = Some(NEWER.into()));
    errors.push(update.await.unwrap_err());

    let mut request = Request::new(());
    *request.headers_mut() = browser.request();
    errors.push(Session::from_request_parts(&mut request.into_parts().0, &()).await.unwrap_err());

    errors.push(SecretKey::from_bytes(&KEY[..31]).unwrap_err());
    errors.push(SecretKey::from_base64(SERVER).unwrap_err());
    errors.push(SecretKey::from_hex(SERVER).unwrap_err());
    errors.push(SERVER.parse::<SessionId>().unwrap_err());
    errors
}

async fn no_error_shows_a_secret(kind: Kind) {
    #[rustfmt::skip]
    let kinds = [
        ErrorKind::Ended, ErrorKind::Replaced, ErrorKind::Conflict, ErrorKind::Store, ErrorKind::TooLarge,
        ErrorKind::Value, ErrorKind::Finalized, ErrorKind::MissingLayer, ErrorKind::Config,
    ];
    let mut secrets = Secrets::new();
    let errors = errors(kind, &mut secrets).await;
    for kind in kinds {
        assert!(errors.iter().any(|error| error.kind() == kind), "an error of kind {kind:?}");
    }
    for error in errors {
        let mut seen = format!("{error}\n{}", debug_output(&error));
        let mut cause = std::error::Error::source(&error);
        while let Some(source) = cause {
            seen += &source.to_string();
            seen += &debug_output(&source);
            cause = source.source();
        }
        secrets.assert_absent_in(&seen);
    }
}

// Logs

fn routes(app: &App) -> Router {
    let manager = app.manager.clone();
    let overtaken = async move |headers: HeaderMap, mut session: Session| {
        session.get::<String>("password").await?;
        let mut rival = manager.open(&headers);
        rival.invalidate();
        rival.sync().await?;
        session.insert("password", NEWER).await
    };
    let late = async |mut session: Session| {
        session.handle().finalize(&mut HeaderMap::new()).await?;
        session.cycle_id();
        session.invalidate();
        session.insert("password", SERVER).await
    };
    let layered = Router::new()
        .route("/read", get(async |session: Session| session.get::<String>("password").await.map(|_| ())))
        .route("/write", get(async |mut session: Session| session.insert("password", SERVER).await))
        .route("/unwritable", get(async |mut session: Session| session.insert("password", NotSerializable).await))
        .route("/misread", get(async |session: Session| session.get::<u64>("password").await.map(|_| ())))
        .route("/large", get(async |mut session: Session| session.client_mut().insert("note", CLIENT.repeat(200))))
        .route("/logout", get(async |mut session: Session| session.invalidate()))
        .route("/overtaken", get(overtaken))
        .route("/late", get(late))
        .layer(SessionLayer::new(app.manager.clone()));
    let login = async |mut session: Session| {
        session.cycle_id();
        session.insert("password", SERVER).await
    };
    let layered =
        layered.merge(Router::new().route("/login", get(login)).layer(SessionLayer::new(app.manager.clone())));
    layered.route("/forgotten", get(async |_: Session| ()))
}

async fn send(app: &App, browser: &Browser, path: &str) -> Response<Body> {
    let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
    *request.headers_mut() = browser.request();
    request.headers_mut().insert(header::REFERER, "http://shop.example/".parse().unwrap());
    request.headers_mut().insert(header::HOST, "shop.example".parse().unwrap());
    routes(app).oneshot(request).await.unwrap()
}

async fn no_log_line_shows_a_secret(kind: Kind) {
    let log = Log::of_this_process();
    let (app, mut secrets) = (App::new(kind).await, Secrets::new());
    send(&app, &Browser::default(), "/read").await;
    let mut browser = browser_with_secrets(&app.manager).await;
    #[rustfmt::skip]
    let requests = [
        ("/read", Some(("load", Fault::Refuse)), 503, "failed to load the session"),
        ("/write", Some(("commit", Fault::Refuse)), 503, "the store is down"),
        ("/login", Some(("commit", Fault::LoseReply)), 200, ""),
        ("/write", Some(("commit", Fault::LoseReply)), 503, "the connection was lost"),
        ("/logout", Some(("delete", Fault::Refuse)), 503, "failed to delete the session"),
        ("/misread", None, 500, "server key `password`: expected a `u64`"),
        ("/unwritable", None, 500, "cannot be encoded as JSON"),
        ("/large", None, 500, "the client state needs a cookie of"),
        ("/late", None, 500, "the response was already finalized"),
        ("/forgotten", None, 500, "SessionLayer::new"),
        ("/overtaken", None, 409, "the session ended during"),
    ];
    for (path, fault, status, _) in requests {
        secrets.cookies(&browser);
        if let Some((operation, fault)) = fault {
            app.spy.fail_next(operation, fault);
        }
        let response = send(&app, &browser, path).await;
        assert_eq!(response.status(), StatusCode::from_u16(status).unwrap(), "{path}");
        browser.keep(response.headers());
    }
    let log = log.all();
    for line in requests.iter().map(|(.., line)| line).chain(&["request over plain http"]) {
        assert!(log.contains(line), "{line} is missing in\n{log}");
    }
    secrets.assert_absent_in(&log);
}

#[cfg(unix)]
#[test]
fn a_key_file_that_other_users_may_write_is_logged() {
    use std::os::unix::fs::PermissionsExt;

    let log = Log::of_this_process();
    let folder = tempfile::tempdir().unwrap();
    for (mode, is_logged) in [(0o600, false), (0o640, false), (0o644, false), (0o660, true), (0o602, true)] {
        let path = folder.path().join(format!("{mode:o}.key"));
        SecretKey::from_file_or_new(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        SecretKey::from_file_or_new(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let (log, name) = (log.all(), path.display().to_string());
        let is_warning = |line: &str| line.contains("WARN") && line.contains(&name) && line.contains("chmod 600");
        assert_eq!(log.lines().any(is_warning), is_logged, "{mode:o}: {log}");
        assert!(!log.contains(&text), "the log shows the key");
    }
}

on_every_store!(no_debug_output_shows_a_secret, no_error_shows_a_secret, no_log_line_shows_a_secret);
