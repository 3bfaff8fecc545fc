//! Tests that every value that a setter accepts can be read back, although serde_json has `arbitrary_precision`.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::{Deserialize, Serialize};
use serde_json::{Number, json};
use session::store::{MemoryStore, SessionStore, SqliteStore};
use session::{ErrorKind, SecretKey, SessionConfig, SessionManager, SessionSchema};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Flat {
    name: String,
    #[serde(flatten)]
    inner: Inner,
    #[serde(flatten)]
    rest: BTreeMap<String, f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Inner {
    count: u64,
    below_zero: i8,
    ratio: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Point {
    x: f64,
    y: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    Float { ratio: f64 },
    Newtype(Point),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Float(f64),
    Points(Vec<Point>),
}

/// Stores a value in a list, with a unit.
mod with_unit {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Tagged;

    pub(super) fn serialize<S: Serializer>(value: &Tagged, serializer: S) -> Result<S::Ok, S::Error> {
        (value, "EUR").serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tagged, D::Error> {
        <(Tagged, String)>::deserialize(deserializer).map(|(value, _)| value)
    }
}

#[derive(SessionSchema)]
struct Values {
    flat: Flat,
    tagged: Tagged,
    newtype: Tagged,
    untagged: Untagged,
    #[session(with = "with_unit")]
    with_codec: Tagged,
    number: Number,
    #[session(client)]
    client_flat: Flat,
    #[session(client)]
    client_newtype: Tagged,
    #[session(client)]
    client_untagged: Untagged,
    #[session(client, with = "with_unit")]
    client_codec: Tagged,
}

/// Runs the test with both stores.
macro_rules! on_both_stores {
    ($($name:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $name() { super::$name(super::MemoryStore::new()).await; })*
        }

        mod sqlite {
            $(#[tokio::test] async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let store = super::SqliteStore::open(folder.path().join("sessions.db")).await.unwrap();
                store.migrate().await.unwrap();
                super::$name(store).await;
            })*
        }
    };
}

on_both_stores!(
    typed_values_with_buffered_numbers_are_read_back_equal,
    raw_values_with_buffered_numbers_are_read_back_equal,
    numbers_of_any_length_are_read_back_to_the_letter,
    a_value_of_another_type_is_an_error_with_its_position,
);

fn manager(store: impl SessionStore) -> SessionManager {
    SessionManager::new(store, SessionConfig::new(SecretKey::generate()))
}

/// Returns the cookies of a response as the next request.
fn next_request(response: &http::HeaderMap) -> http::HeaderMap {
    let cookies = response.get_all(http::header::SET_COOKIE).iter();
    cookies
        .map(|cookie| (http::header::COOKIE, cookie.to_str().unwrap().split(';').next().unwrap().parse().unwrap()))
        .collect()
}

fn flat() -> Flat {
    let inner = Inner { count: u64::MAX, below_zero: -1, ratio: 0.1 };
    Flat { name: "a".into(), inner, rest: [("pi".into(), std::f64::consts::PI)].into() }
}

fn newtype() -> Tagged {
    Tagged::Newtype(Point { x: 5e-324, y: i64::MIN })
}

async fn typed_values_with_buffered_numbers_are_read_back_equal(store: impl SessionStore) {
    let (manager, float, points) = (manager(store), Tagged::Float { ratio: 1e300 }, vec![Point { x: -0.5, y: 7 }]);
    let mut session = manager.open(&http::HeaderMap::new());
    let mut values = session.typed_mut::<Values>();
    values.set_flat(flat()).unwrap();
    values.set_tagged(float.clone()).unwrap();
    values.set_newtype(newtype()).unwrap();
    values.set_untagged(Untagged::Float(2.5)).unwrap();
    values.set_with_codec(float.clone()).unwrap();
    values.set_client_flat(flat()).unwrap();
    values.set_client_newtype(newtype()).unwrap();
    values.set_client_untagged(Untagged::Points(points.clone())).unwrap();
    values.set_client_codec(newtype()).unwrap();
    let mut response = http::HeaderMap::new();
    session.finalize(&mut response).await.unwrap();

    let mut session = manager.open(&next_request(&response));
    let mut values = session.typed_mut::<Values>();
    assert_eq!(values.flat().await.unwrap(), Some(flat()));
    assert_eq!(values.tagged().await.unwrap(), Some(float.clone()));
    assert_eq!(values.newtype().await.unwrap(), Some(newtype()));
    assert_eq!(values.with_codec().await.unwrap(), Some(float));
    assert_eq!(values.client_flat().unwrap(), Some(flat()));
    assert_eq!(values.client_newtype().unwrap(), Some(newtype()));
    assert_eq!(values.client_untagged().unwrap(), Some(Untagged::Points(points)));
    assert_eq!(values.client_codec().unwrap(), Some(newtype()));
    let updated = values.update_untagged(|value| std::mem::replace(value, Some(Untagged::Float(f64::MAX))));
    assert_eq!(updated.await.unwrap(), Some(Untagged::Float(2.5)));
    assert_eq!(values.remove_untagged().await.unwrap(), Some(Untagged::Float(f64::MAX)));
}

async fn raw_values_with_buffered_numbers_are_read_back_equal(store: impl SessionStore) {
    async fn check<T>(manager: &SessionManager, value: T)
    where
        T: Clone + Debug + PartialEq + Serialize + for<'de> Deserialize<'de>,
    {
        let mut session = manager.open(&http::HeaderMap::new());
        session.insert("a", value.clone()).await.unwrap();
        session.client_mut().insert("a", value.clone()).unwrap();
        let mut response = http::HeaderMap::new();
        session.finalize(&mut response).await.unwrap();
        let session = manager.open(&next_request(&response));
        assert_eq!(session.get("a").await.unwrap(), Some(value.clone()));
        assert_eq!(session.client().get("a").unwrap(), Some(value));
    }
    let manager = manager(store);
    check(&manager, flat()).await;
    check(&manager, newtype()).await;
    check(&manager, vec![Untagged::Float(-1e-7), Untagged::Points(vec![Point { x: 1.0, y: 2 }])]).await;
    check(&manager, (u128::MAX, i128::MIN, 0.1 + 0.2, f32::MIN_POSITIVE)).await;
    check(&manager, json!({ "a": [1.5, u64::MAX, null], "b": { "c": -1 } })).await;
}

async fn numbers_of_any_length_are_read_back_to_the_letter(store: impl SessionStore) {
    let manager = manager(store);
    for text in ["1e+400", "0.10", "123456789012345678901234567890.5"] {
        let number: Number = text.parse().unwrap();
        let mut session = manager.open(&http::HeaderMap::new());
        session.typed_mut::<Values>().set_number(number).unwrap();
        let mut response = http::HeaderMap::new();
        session.finalize(&mut response).await.unwrap();
        let session = manager.open(&next_request(&response));
        assert_eq!(session.typed::<Values>().number().await.unwrap().unwrap().as_str(), text);
        assert_eq!(session.get_raw("number").await.unwrap().map(|value| value.to_string()).as_deref(), Some(text));
    }
}

async fn a_value_of_another_type_is_an_error_with_its_position(store: impl SessionStore) {
    let mut session = manager(store).open(&http::HeaderMap::new());
    session.insert("tagged", json!({ "kind": "Float", "ratio": "hunter2" })).await.unwrap();
    session.insert("number", "hunter2").await.unwrap();
    let values = session.typed::<Values>();
    // serde buffers a tagged value, so its error has no position.
    for (error, parts) in [
        (values.tagged().await.unwrap_err(), ["server key `tagged`", "found an object that is not a valid one;"]),
        (values.number().await.unwrap_err(), ["server key `number`", "expected a `Number`, found a text;"]),
    ] {
        assert_eq!(error.kind(), ErrorKind::Value);
        let text = error.to_string();
        assert!(parts.iter().all(|part| text.contains(part)) && !text.contains("line 0"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}
