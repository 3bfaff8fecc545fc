//! Tests of values and keys that are written by one request and read by the next.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;
use session::store::{
    Commit, Committed, DeleteCondition, Deleted, FindPage, IndexChange, IndexHash, Json, MAX_KEY_LEN, Record,
    RecordPage, SessionStore, StoreError, Timestamp,
};
use session::{Error, ErrorKind, SecretKey, Session, SessionConfig, SessionId, SessionManager};
use session_tests::{App, Browser, Kind, on_every_store};

/// Runs one whole request of this browser.
async fn request<R>(app: &App, browser: &mut Browser, handler: impl AsyncFnOnce(&mut Session) -> R) -> R {
    let mut session = app.open(browser);
    let result = handler(&mut session).await;
    app.finalize(session, browser).await.unwrap();
    result
}

/// The values of the next request, after writes of each kind: a creation, a write over another value, an update, and a
/// write to the client state.
async fn read_back<T: Serialize + DeserializeOwned + Clone>(app: &App, value: &T) -> [T; 4] {
    let mut browser = Browser::default();
    request(app, &mut browser, async |session| session.insert("created", value).await.unwrap()).await;
    request(app, &mut browser, async |session| session.insert("committed", "another value").await.unwrap()).await;
    request(app, &mut browser, async |session| {
        session.insert("committed", value).await.unwrap();
        session.update("updated", |updated: &mut Option<T>| *updated = Some(value.clone())).await.unwrap();
        session.client_mut().insert("client", value).unwrap();
    })
    .await;
    let session = app.open(&browser);
    let mut read = Vec::new();
    for key in ["created", "committed", "updated"] {
        read.push(session.get(key).await.unwrap().unwrap());
    }
    read.push(session.client().get("client").unwrap().unwrap());
    read.try_into().unwrap_or_else(|_| unreachable!("there are four values"))
}

async fn assert_read_back<T: Serialize + DeserializeOwned + Clone + PartialEq + Debug>(app: &App, value: T) {
    for read in read_back(app, &value).await {
        assert_eq!(read, value);
    }
}

/// Compares the bits, because different floats can be equal.
async fn assert_read_back_bits(app: &App, value: f64) {
    for read in read_back(app, &value).await {
        assert_eq!(read.to_bits(), value.to_bits(), "{value:e}");
    }
}

async fn text_is_read_back_equal(kind: Kind) {
    let app = App::new(kind).await;
    let every_ascii: String = (0..128_u8).map(char::from).collect();
    #[rustfmt::skip]
    let texts = [
        "", " ", "\0", "a\0b", "\\u0000", "\\", "\"", "'; --", "null", "{}", "\r\n\t", "á", "a\u{301}", "\u{1f600}",
        "\u{feff}", "\u{2028}", "\u{ffff}", "\u{10ffff}", "\u{202e}", "ﷺ", &every_ascii,
    ];
    for text in texts {
        assert_read_back(&app, text.to_owned()).await;
    }
    assert_read_back(&app, '\0').await;
}

async fn numbers_are_read_back_equal(kind: Kind) {
    let app = App::new(kind).await;
    assert_read_back(&app, u64::MAX).await;
    assert_read_back(&app, i64::MIN).await;
    assert_read_back(&app, u128::MAX).await;
    assert_read_back(&app, i128::MIN).await;
    assert_read_back(&app, (u8::MAX, i8::MIN, true)).await;
    #[rustfmt::skip]
    let floats = [
        0.0, -0.0, 0.1, 0.1 + 0.2, 1.0, 1e308, -1e308, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, f64::EPSILON,
        9_007_199_254_740_993.0, 1e23, std::f64::consts::PI, 4.35,
    ];
    for float in floats {
        assert_read_back_bits(&app, float).await;
    }
    assert_read_back(&app, [f32::MAX, f32::MIN_POSITIVE, 0.1]).await;
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Step {
    Idle,
    Paying { cents: u64, note: Option<String> },
    Shipped(IpAddr, Duration),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    steps: Vec<Step>,
    by_number: BTreeMap<i64, Option<()>>,
    by_name: HashMap<String, Box<[u8]>>,
    next: Option<Box<Self>>,
}

async fn structures_are_read_back_equal(kind: Kind) {
    let app = App::new(kind).await;
    let order = Order {
        steps: vec![
            Step::Idle,
            Step::Paying { cents: u64::MAX, note: Some("\0".into()) },
            Step::Shipped("::1".parse().unwrap(), Duration::new(1, 999_999_999)),
        ],
        by_number: [(i64::MIN, None), (0, None)].into(),
        by_name: [(String::new(), Box::from([0, 255])), ("a\0b".into(), Box::from([]))].into(),
        next: None,
    };
    assert_read_back(&app, Order { next: Some(Box::new(order.clone())), ..order }).await;
    assert_read_back(&app, ()).await;
    assert_read_back(&app, None::<u64>).await;
    assert_read_back(&app, Vec::<u64>::new()).await;
    let deepest = (0..126).fold(json!([null]), |inner, _| json!([inner]));
    assert_read_back(&app, deepest).await;
    assert_read_back(&app, json!({ "": { "a ": [1, 1.5, "\0", null, true, {}], "b": u64::MAX, "c": i64::MIN } })).await;
}

async fn a_value_of_a_megabyte_is_read_back_equal(kind: Kind) {
    let app = App::new(kind).await;
    let (ascii, wide) = ("x".repeat(1 << 20), "\u{1f600}\0".repeat(1 << 18));
    let mut browser = app.browser_with(&[("small", 1)]).await;
    request(&app, &mut browser, async |session| session.insert("ascii", &ascii).await.unwrap()).await;
    request(&app, &mut browser, async |session| session.insert("wide", &wide).await.unwrap()).await;
    let session = app.open(&browser);
    assert!(session.get::<String>("ascii").await.unwrap().unwrap() == ascii);
    assert!(session.get::<String>("wide").await.unwrap().unwrap() == wide);
    assert_eq!(session.get("small").await.unwrap(), Some(1));
}

/// The error must name the key, the side, the type and the reason.
fn assert_not_finite(error: &Error, side: &str) {
    assert_eq!(error.kind(), ErrorKind::Value);
    for part in [&*format!("{side} key `a`"), "f64", "NaN or an infinity"] {
        assert!(error.to_string().contains(part), "{part}: {error}");
    }
}

async fn nan_and_infinity_are_an_error_and_the_old_value_is_kept(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f32::NAN.into()] {
        request(&app, &mut browser, async |session| {
            session.client_mut().insert("a", 1).unwrap();
            assert_not_finite(&session.insert("a", float).await.unwrap_err(), "server");
            assert_not_finite(
                &session.insert("a", json!([null]).as_array().zip(Some(float))).await.unwrap_err(),
                "server",
            );
            let update = session.update("a", |value: &mut Option<f64>| *value = Some(float));
            assert_not_finite(&update.await.unwrap_err(), "server");
            let error = session.client_mut().insert("a", BTreeMap::from([(1, vec![float])])).unwrap_err();
            assert_not_finite(&error, "client");
        })
        .await;
        let session = app.open(&browser);
        assert_eq!(session.get("a").await.unwrap(), Some(1));
        assert_eq!(session.client().get("a").unwrap(), Some(1));
    }
}

// Keys

#[rustfmt::skip]
const KEYS: [&str; 24] = [
    "", " ", "a", "A", "á", "a\u{301}", "a ", " a", "\0", "a\0", "a\0b", "ß", "ss", "SS", "\u{feff}", "\u{1f600}", "'",
    "\"", "\\", "%", "_", "a.b", "null", "__proto__",
];

async fn every_key_is_distinct(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let longest = "k".repeat(MAX_KEY_LEN);
    let keys: Vec<&str> = KEYS.into_iter().chain([&*longest]).collect();
    request(&app, &mut browser, async |session| {
        for (key, number) in keys.iter().zip(0..) {
            session.insert(*key, number).await.unwrap();
        }
        for (key, number) in KEYS.iter().zip(100..) {
            session.client_mut().insert(*key, number).unwrap();
        }
    })
    .await;
    let session = app.open(&browser);
    for (key, number) in keys.iter().zip(0..) {
        assert_eq!(session.get(key).await.unwrap(), Some(number), "{key:?}");
    }
    for (key, number) in KEYS.iter().zip(100..) {
        assert_eq!(session.client().get(key).unwrap(), Some(number), "{key:?}");
    }
    assert_eq!(session.entries().await.unwrap().len(), keys.len());
    assert_eq!(session.client().entries().len(), KEYS.len());
}

async fn removing_a_key_removes_no_other(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |session| {
        for key in KEYS {
            session.insert(key, key).await.unwrap();
        }
    })
    .await;
    for (at, key) in KEYS.iter().enumerate() {
        let removed = request(&app, &mut browser, async |session| session.remove::<String>(key).await.unwrap()).await;
        assert_eq!(removed.as_deref(), Some(*key));
        assert_eq!(app.open(&browser).entries().await.unwrap().len(), KEYS.len() - at - 1, "{key:?}");
    }
}

async fn a_key_that_is_too_long_is_an_error_and_nothing_is_stored(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let before = app.open(&browser).entries().await.unwrap();
    app.spy.take_operations();
    for key in ["k".repeat(MAX_KEY_LEN + 1), "é".repeat(MAX_KEY_LEN / 2 + 1)] {
        request(&app, &mut browser, async |session| {
            let outcomes = [
                session.insert(&key, 1).await,
                session.insert_raw(&key, json!(1)).await,
                session.unset(&key).await,
                session.update(&key, |value: &mut Option<u64>| *value = Some(1)).await,
                session.client_mut().insert(&key, 1),
                session.client_mut().insert_raw(&key, json!(1)),
            ];
            for (at, outcome) in outcomes.into_iter().enumerate() {
                let error = outcome.expect_err(&format!("outcome {at}"));
                assert_eq!(error.kind(), ErrorKind::TooLarge, "outcome {at}");
                let length = key.len().to_string();
                assert!(error.to_string().contains("1024") && error.to_string().contains(&length), "{error}");
                assert!(!error.to_string().contains(&key), "the message does not contain such a key");
            }
            assert_eq!(session.get::<u64>(&key).await.unwrap(), None);
            assert_eq!(session.remove::<u64>(&key).await.unwrap(), None);
        })
        .await;
        assert_eq!(app.spy.take_operations(), "load", "neither commit nor create");
    }
    assert_eq!(app.open(&browser).entries().await.unwrap(), before);
    assert!(app.open(&browser).client().is_empty());
}

// Values of another type

/// The error must contain the key, the side, the expected type and the kind of JSON that was found, but not the value.
fn assert_describes(error: &Error, side: &str) {
    assert_eq!(error.kind(), ErrorKind::Value);
    let (shown, debug) = (error.to_string(), format!("{error:?}"));
    for word in [&*format!("{side} key `user.id`"), "expected a `u64`", "found a text"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    assert!(!shown.contains("hunter2") && !debug.contains("hunter2"), "{debug}");
    assert!(std::error::Error::source(error).is_none(), "the source would quote the value");
}

async fn with_a_text(app: &App) -> Browser {
    let mut browser = Browser::default();
    request(app, &mut browser, async |session| {
        session.insert("user.id", "hunter2").await.unwrap();
        session.insert("other", 1).await.unwrap();
        session.client_mut().insert("user.id", "hunter2").unwrap();
    })
    .await;
    app.spy.take_operations();
    browser
}

async fn a_value_of_another_type_is_an_error_that_does_not_show_it(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&with_a_text(&app).await);
    assert_describes(&session.get::<u64>("user.id").await.unwrap_err(), "server");
    assert_describes(&session.remove::<u64>("user.id").await.unwrap_err(), "server");
    let update = session.update("user.id", |_: &mut Option<u64>| panic!("the closure must not run"));
    assert_describes(&update.await.unwrap_err(), "server");
    assert_describes(&session.client().get::<u64>("user.id").unwrap_err(), "client");
    assert_describes(&session.client_mut().get::<u64>("user.id").unwrap_err(), "client");
    assert_describes(&session.client_mut().remove::<u64>("user.id").unwrap_err(), "client");
}

async fn a_value_of_another_type_is_kept(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = with_a_text(&app).await;
    request(&app, &mut browser, async |session| {
        session.remove::<u64>("user.id").await.unwrap_err();
        session.client_mut().remove::<u64>("user.id").unwrap_err();
        session.update("user.id", |_: &mut Option<u64>| ()).await.unwrap_err();
    })
    .await;
    assert_eq!(app.spy.take_operations(), "load");
    let session = app.open(&browser);
    assert_eq!(session.get::<String>("user.id").await.unwrap().as_deref(), Some("hunter2"));
    assert_eq!(session.client().get::<String>("user.id").unwrap().as_deref(), Some("hunter2"));
}

async fn a_value_of_another_type_affects_no_other_key_and_can_be_overwritten(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = with_a_text(&app).await;
    request(&app, &mut browser, async |session| {
        session.get::<u64>("user.id").await.unwrap_err();
        assert_eq!(session.get("other").await.unwrap(), Some(1));
        session.insert("third", 3).await.unwrap();
    })
    .await;
    assert_eq!(app.stored(&browser, "third").await, Some(3));
    request(&app, &mut browser, async |session| {
        session.get::<u64>("user.id").await.unwrap_err();
        session.insert("user.id", 7).await.unwrap();
    })
    .await;
    assert_eq!(app.stored(&browser, "user.id").await, Some(7));
    assert_eq!(app.stored(&browser, "other").await, Some(1));
}

/// A store whose records have one value that is invalid JSON, as after a disk failure or a manual change.
struct Damaged(Arc<dyn SessionStore>);

#[async_trait]
impl SessionStore for Damaged {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let damage = |mut record: Record| {
            let damaged = |(key, value): (&str, &str)| match key {
                "damaged" => (key.to_owned(), Json::from_text("{\"hunter2\": ")),
                _ => (key.to_owned(), Json::from_text(value)),
            };
            record.values = record.values.iter().map(damaged).collect();
            record
        };
        Ok(self.0.load(id, now).await?.map(damage))
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        self.0.create(id, record, index).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        self.0.commit(id, commit).await
    }

    async fn delete(&self, id: &SessionId, proof: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        self.0.delete(id, proof, now).await
    }

    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        self.0.find(hash, cursor, limit, now).await
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        self.0.find_records(hash, cursor, limit, now).await
    }

    async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
        self.0.count(now).await
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        self.0.scan(from, batch, now).await
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        self.0.delete_expired(now, batch).await
    }
}

async fn invalid_json_affects_only_its_own_key(kind: Kind) {
    let (store, _folder) = kind.store().await;
    let manager = SessionManager::new(Damaged(store), SessionConfig::new(SecretKey::generate()));
    let mut browser = Browser::default();
    let mut first = manager.open(&browser.request());
    first.insert("damaged", 1).await.unwrap();
    first.insert("whole", 2).await.unwrap();
    let mut headers = http::HeaderMap::new();
    first.finalize(&mut headers).await.unwrap();
    browser.keep(&headers);

    let mut session = manager.open(&browser.request());
    assert_eq!(session.get("whole").await.unwrap(), Some(2));
    let errors = [
        session.get::<u64>("damaged").await.unwrap_err(),
        session.get_raw("damaged").await.unwrap_err(),
        session.remove_raw("damaged").await.unwrap_err(),
        session.entries().await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Value);
        assert!(error.to_string().contains("server key `damaged`"), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
    session.insert("damaged", 3).await.unwrap();
    assert_eq!(session.entries().await.unwrap().len(), 2, "the value can be overwritten");
    session.sync().await.unwrap();
}

// Values that cannot be written

struct NotSerializable;

impl Serialize for NotSerializable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("hunter2 cannot be serialized"))
    }
}

/// A type that can be read, but can be written only with small numbers.
#[derive(Deserialize)]
struct SmallNumber(u64);

impl Serialize for SmallNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 > 9 { NotSerializable.serialize(serializer) } else { serializer.serialize_u64(self.0) }
    }
}

async fn a_value_that_cannot_be_serialized_is_an_error_and_the_old_one_is_kept(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    request(&app, &mut browser, async |session| {
        session.insert("pending", 2).await.unwrap();
        session.client_mut().insert("a", "3").unwrap();
        let pairs = BTreeMap::from([((1, 2), "hunter2")]);
        let too_deep = (0..128).fold(json!("hunter2"), |inner, _| json!([inner]));
        let outcomes = [
            session.insert("a", NotSerializable).await,
            session.insert("a", &pairs).await,
            session.insert_raw("a", too_deep.clone()).await,
            session.insert("pending", NotSerializable).await,
            session.update("a", |a: &mut Option<SmallNumber>| a.as_mut().unwrap().0 = 10).await,
            session.client_mut().insert("a", NotSerializable),
            session.client_mut().insert("a", &pairs),
            session.client_mut().insert_raw("a", too_deep),
        ];
        let map = "BTreeMap<(i32, i32), &str>`";
        let types = ["`NotSerializable`", map, "`Value`", "`NotSerializable`", "`SmallNumber`"];
        let client_types = ["`NotSerializable`", map, "`Value`"];
        for ((at, outcome), type_name) in outcomes.into_iter().enumerate().zip(types.into_iter().chain(client_types)) {
            let error = outcome.expect_err(&format!("outcome {at}"));
            assert_eq!(error.kind(), ErrorKind::Value, "outcome {at}");
            let key = if at == 3 { "`pending`" } else { "`a`" };
            let side = if at < 5 { "server" } else { "client" };
            for word in [key, side, type_name] {
                assert!(error.to_string().contains(word), "{word}: {error}");
            }
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    })
    .await;
    assert_eq!(app.stored(&browser, "a").await, Some(1));
    assert_eq!(app.stored(&browser, "pending").await, Some(2), "the earlier write is stored");
    assert_eq!(app.client(&browser, "a").as_deref(), Some("3"));
}

// What changes nothing is not written

async fn an_unchanged_value_is_not_written(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1), ("b", 2)]).await;
    request(&app, &mut browser, async |session| {
        session.get::<u64>("a").await.unwrap();
        session.insert("a", 1).await.unwrap();
        session.insert("b", 3).await.unwrap();
        session.insert("b", 2).await.unwrap();
    })
    .await;
    assert_eq!(app.spy.take_operations(), "load");
}

async fn an_update_that_changes_nothing_writes_nothing(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let runs = AtomicU64::new(0);
    let count = |_: &mut Option<u64>| runs.fetch_add(1, Ordering::Relaxed);
    request(&app, &mut browser, async |session| session.update("a", count).await.unwrap()).await;
    assert_eq!((app.spy.take_operations().as_str(), runs.into_inner()), ("load", 1));
}

async fn an_update_back_to_the_stored_value_writes_nothing(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    for pending in [1, 5] {
        request(&app, &mut browser, async |session| {
            session.insert("a", pending).await.unwrap();
            session.update("a", |a: &mut Option<u64>| a.replace(1)).await.unwrap();
        })
        .await;
        assert_eq!(app.spy.take_operations(), "load", "{pending}");
        assert_eq!(app.stored(&browser, "a").await, Some(1));
    }
}

async fn an_update_to_none_creates_no_session(kind: Kind) {
    let app = App::new(kind).await;
    let take = |a: &mut Option<u64>| a.take();
    for pending in [None, Some(None), Some(Some(1))] {
        let mut browser = Browser::default();
        let taken = request(&app, &mut browser, async |session| {
            match pending {
                Some(Some(value)) => session.insert("a", value).await.unwrap(),
                Some(None) => session.unset("a").await.unwrap(),
                None => {}
            }
            session.update("a", take).await.unwrap()
        })
        .await;
        assert_eq!(taken, pending.flatten());
        assert_eq!(app.spy.take_operations(), "", "after {pending:?}");
        assert!(browser.cookies.is_empty());
    }
}

async fn only_the_values_that_differ_are_sent(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1), ("b", 2), ("c", 3)]).await;
    let mut session = app.open(&browser);
    for key in ["a", "b", "c"] {
        let value: u64 = session.get(key).await.unwrap().unwrap();
        session.insert(key, if key == "b" { 9 } else { value }).await.unwrap();
    }
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.keys_sent(), 1);
    assert_eq!(app.spy.take_operations(), "load commit");
}

async fn removing_an_absent_key_writes_nothing(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[]).await;
    let absent = async |session: &mut Session| {
        assert_eq!(session.remove::<u64>("z").await.unwrap(), None);
        assert_eq!(session.remove_raw("z").await.unwrap(), None);
        session.unset("z").await.unwrap();
        session.insert("y", 1).await.unwrap();
        session.unset("y").await.unwrap();
    };
    request(&app, &mut browser, absent).await;
    assert_eq!(app.spy.take_operations(), "", "there is no record");
    let mut browser = app.browser_with(&[("a", 1)]).await;
    request(&app, &mut browser, absent).await;
    assert_eq!(app.spy.take_operations(), "load");
    assert_eq!(app.stored(&browser, "a").await, Some(1));
}

on_every_store!(
    text_is_read_back_equal,
    numbers_are_read_back_equal,
    structures_are_read_back_equal,
    a_value_of_a_megabyte_is_read_back_equal,
    nan_and_infinity_are_an_error_and_the_old_value_is_kept,
    every_key_is_distinct,
    removing_a_key_removes_no_other,
    a_key_that_is_too_long_is_an_error_and_nothing_is_stored,
    a_value_of_another_type_is_an_error_that_does_not_show_it,
    a_value_of_another_type_is_kept,
    a_value_of_another_type_affects_no_other_key_and_can_be_overwritten,
    invalid_json_affects_only_its_own_key,
    a_value_that_cannot_be_serialized_is_an_error_and_the_old_one_is_kept,
    an_unchanged_value_is_not_written,
    an_update_that_changes_nothing_writes_nothing,
    an_update_back_to_the_stored_value_writes_nothing,
    an_update_to_none_creates_no_session,
    only_the_values_that_differ_are_sent,
    removing_an_absent_key_writes_nothing,
);
