//! Fuzz targets: hostile input causes no panic, unsealed cookies are not trusted, and invalid values affect no others.
//!
//! Each function accepts any bytes. `tests/fuzz/run` runs them in a fuzzer. The tests run them on the recorded corpus
//! and on mutations of it.

#![allow(missing_docs, unreachable_pub, reason = "not an interface")]

use std::error::Error as _;
use std::fmt::Debug;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use session::store::conformance::fuzz_targets;
use session::store::{Json, Limits, MemoryStore, Record, SessionStore, Timestamp, TokenHash, Values};
use session::{
    Error, ErrorKind, HeaderConfig, SecretKey, Session, SessionConfig, SessionId, SessionManager, SessionSchema,
    TokenStatus, Transport,
};

const NOW: u64 = 1_800_000_000_000;
const KEY: [u8; 32] = *b"a key of thirty-two bytes, seals";

static STORE: LazyLock<MemoryStore> = LazyLock::new(MemoryStore::new);
static MANAGER: LazyLock<SessionManager> = LazyLock::new(|| manager(Transport::Cookies));
static HEADER_MANAGERS: LazyLock<[SessionManager; 3]> = LazyLock::new(|| {
    let (named, bearer) = (HeaderConfig::new(), HeaderConfig::bearer());
    [Transport::Headers(named.clone()), Transport::Headers(bearer), Transport::Either(named)].map(manager)
});

fn manager(transport: Transport) -> SessionManager {
    let key = SecretKey::from_bytes(&KEY).expect("32 bytes");
    let config = SessionConfig::new(key).clock(|| UNIX_EPOCH + Duration::from_millis(NOW));
    SessionManager::new(STORE.clone(), config.transport(transport))
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    article: String,
    pieces: u16,
    price: f64,
}

#[derive(SessionSchema)]
pub struct Visitor {
    #[session(key = "value")]
    pub number: u64,
}

/// The same key in the schemas of other releases.
#[derive(SessionSchema)]
pub struct Defaulted {
    #[session(key = "value", default, on_invalid = "default")]
    pub lines: Vec<Line>,
}

#[derive(SessionSchema)]
pub struct Renamed {
    #[session(key = "text", alias = "value", on_invalid = "discard")]
    pub text: String,
}

#[derive(SessionSchema)]
pub struct Migrated {
    #[session(key = "value", migrate = "length")]
    pub length: u64,
}

fn length(old: &Value) -> Option<u64> {
    old.as_str().map(|text| text.len() as u64)
}

/// A `Cookie` header per line. None of them is sealed with the key, so none is trusted.
pub fn cookie_header(data: &[u8]) {
    let headers = headers(data);
    let mut session = MANAGER.open(&headers);
    assert!(session.id().is_none(), "an unsealed cookie was trusted");
    assert!(session.client().is_empty());
    assert_eq!(now(session.get_raw("value")).expect("the store is not queried"), None);
    write(&mut session, false);
    let mut response = HeaderMap::new();
    now(session.finalize(&mut response)).expect("the session is created");
    let set = response.get_all(header::SET_COOKIE).iter().next().expect("a cookie");
    assert!(set.to_str().expect("ASCII").starts_with("__Host-id="));
    // The new session is found among all of these cookies.
    let mut headers = headers;
    headers.append(header::COOKIE, pair(set));
    delete_created(&headers);
}

/// The cookie of a `Set-Cookie` header, as the browser sends it back.
fn pair(set_cookie: &HeaderValue) -> HeaderValue {
    let text = set_cookie.to_str().expect("ASCII");
    text.split(';').next().and_then(|pair| pair.parse().ok()).expect("a pair")
}

/// The next request of a session that [`write`] created. It deletes the session.
fn delete_created(headers: &HeaderMap) {
    let mut session = MANAGER.open(headers);
    assert_eq!(now(session.get::<u64>("written")).expect("loaded"), Some(7));
    session.invalidate();
    now(session.finalize(&mut HeaderMap::new())).expect("deleted");
}

fn headers(data: &[u8]) -> HeaderMap {
    let lines = data.split(|byte| *byte == b'\n').filter_map(|line| HeaderValue::from_bytes(line).ok());
    lines.map(|line| (header::COOKIE, line)).collect()
}

/// Two cookies that are sealed with the key and contain any bytes, as after a leak of the key.
pub fn sealed_cookie(data: &[u8]) {
    let Some((&cut, data)) = data.split_first() else { return };
    let (token, state) = data.split_at(usize::from(cut).min(data.len()));
    let cookies =
        [fuzz_targets::encrypt_session_cookie(&MANAGER, token), fuzz_targets::encrypt_state_cookie(&MANAGER, state)];
    let line = HeaderValue::try_from(cookies.join("; ")).expect("a sealed cookie is a valid header");
    let headers: HeaderMap = [(header::COOKIE, line)].into_iter().collect();
    for rotates in [false, true] {
        let mut session = MANAGER.open(&headers);
        let before = session.client().entries();
        assert_eq!(now(session.get_raw("value")).expect("loaded"), None, "there is no such record");
        assert!(session.id().is_none(), "the record is known to be missing");
        assert!(session.client().entries().len() <= before.len());
        write(&mut session, rotates);
        let mut response = HeaderMap::new();
        match now(session.finalize(&mut response)) {
            Ok(()) => {
                let set_cookies = response.get_all(header::SET_COOKIE).iter();
                delete_created(&set_cookies.map(|set_cookie| (header::COOKIE, pair(set_cookie))).collect());
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}"),
        }
    }
}

/// A request header per line, `name: value`, on each transport. The value of a line `sealed: value` is encrypted with the
/// key. A token may decrypt, but it names no record.
pub fn header_token(data: &[u8]) {
    for manager in &*HEADER_MANAGERS {
        let request = named_headers(data, manager);
        let values = |name: &str| request.get_all(name).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>();
        let mut session = manager.open(&request);
        assert_eq!(session.id(), manager.begin_from(values).session().id(), "both forms are one request");
        // A token that decrypts may have any time of issue, and then be used instead of the new one.
        let next = if session.id().is_none() { request.clone() } else { HeaderMap::new() };
        let status = now(session.token_status()).expect("loaded");
        assert!(matches!(status, TokenStatus::Missing | TokenStatus::Invalid), "{status:?}");
        assert!(session.id().is_none() && session.client().is_empty());
        now(session.insert("written", 7)).expect("the write is buffered");
        let mut response = HeaderMap::new();
        now(session.finalize(&mut response)).expect("the session is created");
        delete_created_by(manager, next, &response);
    }
}

/// The number of managers on which a token of these headers decrypts.
#[allow(dead_code, reason = "only the tests check the corpus")]
pub fn decrypted_tokens(data: &[u8]) -> usize {
    let decrypts = |manager: &&SessionManager| manager.open(&named_headers(data, manager)).id().is_some();
    HEADER_MANAGERS.iter().filter(decrypts).count()
}

/// The next request of a session, with the token of the response after other headers. It deletes the session.
fn delete_created_by(manager: &SessionManager, mut request: HeaderMap, response: &HeaderMap) {
    if let Some(set_cookie) = response.get(header::SET_COOKIE) {
        request.append(header::COOKIE, pair(set_cookie));
    } else {
        let token = response["session-token"].to_str().expect("ASCII");
        request.append("session-token", token.parse().expect("a header"));
        request.append(header::AUTHORIZATION, format!("Bearer {token}").parse().expect("a header"));
    }
    let mut session = manager.open(&request);
    assert_eq!(now(session.get::<u64>("written")).expect("loaded"), Some(7));
    assert_eq!(now(session.token_status()).expect("loaded"), TokenStatus::Valid);
    session.invalidate();
    let mut response = HeaderMap::new();
    now(session.finalize(&mut response)).expect("deleted");
    assert!(!response.is_empty(), "the token is removed");
}

fn named_headers(data: &[u8], manager: &SessionManager) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name == b"sealed" {
            let token = fuzz_targets::encrypt_header_token(manager, value);
            headers.append("session-token", token.parse().expect("a header"));
            headers.append(header::AUTHORIZATION, format!("Bearer {token}").parse().expect("a header"));
        } else if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    headers
}

fn write(session: &mut Session, rotates: bool) {
    if rotates {
        session.cycle_id();
    }
    now(session.insert("written", 7)).expect("the write is buffered");
    session.client_mut().insert("theme", "dark").expect("the write is buffered");
}

/// A damaged stored record: the string of a session in Redis, and the value log of the other stores. Input that decodes
/// to a record must encode and decode to the same record.
pub fn stored_record(data: &[u8]) {
    if let Ok(record) = fuzz_targets::decode_redis_record(data.to_vec()) {
        let written = fuzz_targets::encode_redis_record(&record).expect("a decoded record can be encoded");
        assert_eq!(fuzz_targets::decode_redis_record(written).expect("a record"), record);
    }
    for decode in [fuzz_targets::decode_value_log, fuzz_targets::decode_value_log_newest_first] {
        if let Ok(values) = decode(data.to_vec()) {
            let written = fuzz_targets::encode_value_log(&values);
            assert_eq!(decode(written).expect("a log"), values);
        }
    }
}

/// A stored value with any text. Each accessor reads it as `serde_json` does, or returns an error without the text.
pub fn typed_read(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let id = store_record([("value", Json::from_text(text)), ("whole", Json::from_text("1"))]);
    let session = MANAGER.by_id(id);
    assert_same(text, now(session.get::<u64>("value")));
    assert_same(text, now(session.get::<f64>("value")));
    assert_same(text, now(session.get::<String>("value")));
    assert_same(text, now(session.get::<Vec<Line>>("value")));
    assert_same(text, now(session.get_raw("value")));
    assert_same(text, now(session.typed::<Visitor>().number()));
    let lines = now(session.typed::<Defaulted>().lines()).expect("an invalid list is the default");
    assert_eq!(lines, serde_json::from_str::<Vec<Line>>(text).unwrap_or_default());
    let renamed = now(session.typed::<Renamed>().text()).expect("an invalid text is absent");
    assert_eq!(renamed, serde_json::from_str(text).ok());
    let migrated = now(session.typed::<Migrated>().length()).ok().flatten();
    let expected = serde_json::from_str(text).ok();
    assert_eq!(migrated, expected.or_else(|| length(&serde_json::from_str(text).ok()?)));
    check_and_delete(session, text);
}

/// A damaged value affects no other, and can be overwritten. Deletes the session.
fn check_and_delete(mut session: Session, text: &str) {
    assert_eq!(now(session.get::<u64>("whole")).expect("another value"), Some(1));
    let removed = now(session.remove_raw("value"));
    assert_eq!(removed.is_ok(), serde_json::from_str::<Value>(text).is_ok());
    now(session.insert("value", 3)).expect("the value is overwritten");
    assert_eq!(now(session.entries()).expect("all values are valid").len(), 2);
    session.delete();
    now(session.finalize(&mut HeaderMap::new())).expect("deleted");
}

/// Checks that an accessor reads the value as `serde_json` does, and that its error does not quote the value.
fn assert_same<T: DeserializeOwned + PartialEq + Debug>(text: &str, read: Result<Option<T>, Error>) {
    match (serde_json::from_str::<T>(text), read) {
        (Ok(expected), Ok(Some(read))) => assert_eq!(read, expected),
        (Err(_), Err(error)) => {
            assert_eq!(error.kind(), ErrorKind::Value);
            assert!(error.to_string().starts_with("server key `value`: expected a `"));
            assert!(error.source().is_none(), "the source would quote the value");
        }
        (_, read) => panic!("the accessor and serde_json differ: {read:?}"),
    }
}

/// The memory store completes at once.
fn now<T>(operation: impl Future<Output = T>) -> T {
    operation.now_or_never().expect("the future is ready")
}

fn store_record<const N: usize>(pairs: [(&str, Json); N]) -> SessionId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut id = [0; 16];
    id[..8].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    let (id, created) = (SessionId::from_bytes(id), Timestamp::from_millis(NOW.cast_signed()));
    let limits = Limits { idle: Duration::from_hours(1), absolute_end: created + Duration::from_hours(2) };
    let mut record = Record::new(TokenHash::from_bytes([7; 32]), limits, created);
    record.values = pairs.into_iter().collect::<Values>();
    assert!(now(STORE.create(&id, &record, &[])).expect("a store in memory"), "a new id");
    id
}
