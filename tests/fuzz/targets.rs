//! What a fuzzer throws at the library, and what must hold all the same: nothing panics, nothing that was not sealed by
//! us is believed, and what one value does wrong costs no other.
//!
//! Each function takes any bytes. `tests/fuzz/run` has a fuzzer find them; the tests run the corpus, and mutations of it.

#![allow(missing_docs, unreachable_pub, reason = "not an interface")]

use std::error::Error as _;
use std::fmt::Debug;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use session::store::{Json, Limits, MemoryStore, Record, SessionStore, Timestamp, TokenHash, Values};
use session::testing::foreign;
use session::{Error, ErrorKind, SecretKey, Session, SessionConfig, SessionId, SessionManager, SessionSchema};

const NOW: u64 = 1_800_000_000_000;
const KEY: [u8; 32] = *b"a key of thirty-two bytes, seals";

static STORE: LazyLock<MemoryStore> = LazyLock::new(MemoryStore::new);
static MANAGER: LazyLock<SessionManager> = LazyLock::new(|| {
    let key = SecretKey::from_bytes(&KEY).expect("32 bytes");
    let config = SessionConfig::new(key).clock(|| UNIX_EPOCH + Duration::from_millis(NOW));
    SessionManager::new(STORE.clone(), config)
});

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

/// The same key, as other releases read it.
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

/// A `Cookie` header for each line. Nothing in them was sealed by us, so nothing is believed.
pub fn cookie_header(data: &[u8]) {
    let headers = headers(data);
    let mut session = MANAGER.open(&headers);
    assert!(session.id().is_none(), "a cookie that we did not seal was believed");
    assert!(session.client().is_empty());
    assert_eq!(now(session.get_raw("value")).expect("no store is asked"), None);
    answer(&mut session, false);
    let mut response = HeaderMap::new();
    now(session.finalize(&mut response)).expect("a session begins");
    let set = response.get_all(header::SET_COOKIE).iter().next().expect("a cookie");
    assert!(set.to_str().expect("ASCII").starts_with("__Host-id="));
    // A session of one's own beside all that is found.
    let mut headers = headers;
    headers.append(header::COOKIE, pair(set));
    end_begun(&headers);
}

/// The cookie of a `Set-Cookie` header, as the browser sends it back.
fn pair(set_cookie: &HeaderValue) -> HeaderValue {
    let text = set_cookie.to_str().expect("ASCII");
    text.split(';').next().and_then(|pair| pair.parse().ok()).expect("a pair")
}

/// The next request of a session that [`answer`] has begun, which ends it.
fn end_begun(headers: &HeaderMap) {
    let mut session = MANAGER.open(headers);
    assert_eq!(now(session.get::<u64>("written")).expect("loaded"), Some(7));
    session.invalidate();
    now(session.finalize(&mut HeaderMap::new())).expect("ended");
}

fn headers(data: &[u8]) -> HeaderMap {
    let lines = data.split(|byte| *byte == b'\n').filter_map(|line| HeaderValue::from_bytes(line).ok());
    lines.map(|line| (header::COOKIE, line)).collect()
}

/// Two cookies with true seals, over the two halves of the data: what a leaked key could write.
pub fn sealed_cookie(data: &[u8]) {
    let Some((&cut, data)) = data.split_first() else { return };
    let (token, state) = data.split_at(usize::from(cut).min(data.len()));
    let cookies = [foreign::session_cookie(&MANAGER, token), foreign::state_cookie(&MANAGER, state)];
    let line = HeaderValue::try_from(cookies.join("; ")).expect("a sealed cookie is a header");
    let headers: HeaderMap = [(header::COOKIE, line)].into_iter().collect();
    for rotates in [false, true] {
        let mut session = MANAGER.open(&headers);
        let before = session.client().entries();
        assert_eq!(now(session.get_raw("value")).expect("loaded"), None, "there is no such record");
        assert!(session.id().is_none(), "the record is known to be gone");
        assert!(session.client().entries().len() <= before.len());
        answer(&mut session, rotates);
        let mut response = HeaderMap::new();
        match now(session.finalize(&mut response)) {
            Ok(()) => {
                let set_cookies = response.get_all(header::SET_COOKIE).iter();
                end_begun(&set_cookies.map(|set_cookie| (header::COOKIE, pair(set_cookie))).collect());
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}"),
        }
    }
}

fn answer(session: &mut Session, rotates: bool) {
    if rotates {
        session.cycle_id();
    }
    now(session.insert("written", 7)).expect("a write is noted");
    session.client_mut().insert("theme", "dark").expect("a write is noted");
}

/// A record as a damaged store might hold it: for Redis, the string of a session; for the stores that keep one, a log.
/// What reads as a record is written and read again as the same.
pub fn stored_record(data: &[u8]) {
    if let Ok(record) = foreign::redis_record(data.to_vec()) {
        let written = foreign::redis_string(&record).expect("what was read can be written");
        assert_eq!(foreign::redis_record(written).expect("a record"), record);
    }
    if let Ok(values) = foreign::logged_values(data.to_vec()) {
        let written = foreign::log_of(&values);
        assert_eq!(foreign::logged_values(written).expect("a log"), values);
    }
}

/// A stored value that is any text. Each door reads it as `serde_json` does, or says so in an error
/// that does not quote it.
pub fn typed_read(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let id = store_record([("value", Json::from_text(text)), ("whole", Json::from_text("1"))]);
    let session = MANAGER.by_id(id);
    same(text, now(session.get::<u64>("value")));
    same(text, now(session.get::<f64>("value")));
    same(text, now(session.get::<String>("value")));
    same(text, now(session.get::<Vec<Line>>("value")));
    same(text, now(session.get_raw("value")));
    same(text, now(session.typed::<Visitor>().number()));
    let lines = now(session.typed::<Defaulted>().lines()).expect("what is no list of lines is the default");
    assert_eq!(lines, serde_json::from_str::<Vec<Line>>(text).unwrap_or_default());
    let renamed = now(session.typed::<Renamed>().text()).expect("what is no text is absent");
    assert_eq!(renamed, serde_json::from_str(text).ok());
    let migrated = now(session.typed::<Migrated>().length()).ok().flatten();
    let expected = serde_json::from_str(text).ok();
    assert_eq!(migrated, expected.or_else(|| length(&serde_json::from_str(text).ok()?)));
    end(session, text);
}

/// A damaged value costs no other, and may be written over.
fn end(mut session: Session, text: &str) {
    assert_eq!(now(session.get::<u64>("whole")).expect("another value"), Some(1));
    let removed = now(session.remove_raw("value"));
    assert_eq!(removed.is_ok(), serde_json::from_str::<Value>(text).is_ok());
    now(session.insert("value", 3)).expect("it is written over");
    assert_eq!(now(session.entries()).expect("all is whole").len(), 2);
    session.delete();
    now(session.finalize(&mut HeaderMap::new())).expect("ended");
}

/// What a door reads is what `serde_json` reads, and an error quotes none of it.
fn same<T: DeserializeOwned + PartialEq + Debug>(text: &str, read: Result<Option<T>, Error>) {
    match (serde_json::from_str::<T>(text), read) {
        (Ok(expected), Ok(Some(read))) => assert_eq!(read, expected),
        (Err(_), Err(error)) => {
            assert_eq!(error.kind(), ErrorKind::Value);
            assert!(error.to_string().starts_with("server key `value`: expected a `"));
            assert!(error.source().is_none(), "serde quotes values");
        }
        (_, read) => panic!("a door reads otherwise than serde_json: {read:?}"),
    }
}

/// A store in memory answers at once.
fn now<T>(operation: impl Future<Output = T>) -> T {
    operation.now_or_never().expect("nothing waits")
}

fn store_record<const N: usize>(pairs: [(&str, Json); N]) -> SessionId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut id = [0; 16];
    id[..8].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    let (id, began) = (SessionId::from_bytes(id), Timestamp::from_millis(NOW.cast_signed()));
    let limits = Limits { idle: Duration::from_hours(1), end: began + Duration::from_hours(2) };
    let mut record = Record::new(TokenHash::from_bytes([7; 32]), limits, began);
    record.values = pairs.into_iter().collect::<Values>();
    assert!(now(STORE.create(&id, &record, &[])).expect("a store in memory"), "a new id");
    id
}
