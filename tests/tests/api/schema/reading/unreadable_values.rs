//! Tests of values that a typed setter accepts or rejects, because they could not be read back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use session::{ErrorKind, SessionSchema};
use session_tests::{App, Browser, Kind, Log, on_every_store};

on_every_store!(
    nan_is_an_error_at_every_typed_setter,
    a_null_that_would_read_as_absent_is_an_error_at_every_typed_setter
);

/// Stores a price with its currency.
mod as_pair {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde requires")]
    pub(super) fn serialize<S: Serializer>(price: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        (price, "EUR").serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        <(f64, String)>::deserialize(deserializer).map(|(price, _)| price)
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Discount {
    None,
    Percent { percent: Option<f32> },
}

#[derive(SessionSchema)]
struct Prices {
    price: f64,
    #[session(with = "as_pair")]
    pair: f64,
    discount: Discount,
    #[session(default)]
    history: Vec<f64>,
    #[session(client)]
    limit: f32,
    #[session(client, serialize_with = "as_pair::serialize", deserialize_with = "as_pair::deserialize")]
    client_pair: f64,
}

async fn nan_is_an_error_at_every_typed_setter(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut prices = session.typed_mut::<Prices>();
    let errors = [
        (prices.set_price(f64::NAN), "server key `price`: the `f64` contains NaN or an infinity"),
        (prices.set_pair(f64::INFINITY), "server key `pair`"),
        (prices.set_discount(Discount::Percent { percent: Some(f32::NAN) }), "server key `discount`"),
        (prices.update_history(|history| history.extend([1.0, f64::NEG_INFINITY])).await, "server key `history`"),
        (prices.set_limit(f32::INFINITY), "client key `limit`"),
        (prices.set_client_pair(f64::NAN), "client key `client_pair`"),
        (prices.update_limit(|limit| *limit = Some(f32::NAN)), "client key `limit`"),
    ];
    for (outcome, part) in errors {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value);
        assert!(error.to_string().contains(part), "{part}: {error}");
    }
    prices.set_discount(Discount::Percent { percent: None }).unwrap();
    prices.set_pair(1.5).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    let session = app.open(&browser);
    let prices = session.typed::<Prices>();
    assert_eq!(prices.discount().await.unwrap(), Some(Discount::Percent { percent: None }));
    assert_eq!((prices.price().await.unwrap(), prices.pair().await.unwrap()), (None, Some(1.5)));
}

/// A type with `null` as a value.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Note(Option<String>);

#[derive(SessionSchema)]
struct Notes {
    #[session(null = "absent")]
    note: Note,
    #[session(null = "absent", client)]
    hint: serde_json::Value,
    #[session(null = "absent", keyed, expires_in = "10m")]
    each: BTreeMap<u8, Note>,
    nullable: Note,
}

async fn a_null_that_would_read_as_absent_is_an_error_at_every_typed_setter(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    let mut notes = session.typed_mut::<Notes>();
    for (outcome, part) in [
        (notes.set_note(Note(None)), "server key `note`: the value is `null`"),
        (notes.update_note(|note| *note = Some(Note(None))).await, "server key `note`"),
        (notes.insert(Notes::NOTE, Note(None)).await, "server key `note`"),
        (notes.set_hint(serde_json::Value::Null), "client key `hint`"),
        (notes.set_each(&1, Note(None)), "server key `each:1`"),
    ] {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value);
        assert!(error.to_string().contains(part), "{part}: {error}");
    }
    notes.set_nullable(Note(None)).unwrap();
    assert_eq!(notes.nullable().await.unwrap(), Some(Note(None)));
    notes.set_note(Note(Some("x".to_owned()))).unwrap();
    assert_eq!(notes.note().await.unwrap(), Some(Note(Some("x".to_owned()))));
    notes.insert_raw(Notes::NOTE, serde_json::Value::Null).await.unwrap();
    assert_eq!(notes.note().await.unwrap(), None, "the raw key API stores any JSON");
}

/// serde writes integer keys of an internally tagged enum, and cannot read them.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    #[default]
    Empty,
    Map {
        numbers: BTreeMap<u64, String>,
    },
}

#[derive(SessionSchema)]
struct Messages {
    #[session(key = "unreadable.server", default)]
    default_value: Tagged,
    #[session(key = "unreadable.update")]
    updated: Tagged,
    #[session(key = "unreadable.client", client)]
    in_cookie: Tagged,
    #[session(key = "readable.tagged")]
    readable: Tagged,
}

#[tokio::test]
async fn a_debug_build_logs_a_typed_value_that_cannot_be_read_back() {
    let log = Log::of_this_process();
    let app = App::new(Kind::Memory).await;
    let mut session = app.open(&Browser::default());
    let mut messages = session.typed_mut::<Messages>();
    let unreadable = || Tagged::Map { numbers: [(1, "hunter2".to_owned())].into() };
    messages.set_default_value(unreadable()).unwrap();
    messages.update_updated(|value| *value = Some(unreadable())).await.unwrap();
    messages.set_in_cookie(unreadable()).unwrap();
    messages.set_readable(Tagged::Empty).unwrap();
    assert_eq!(messages.default_value().await.unwrap_err().kind(), ErrorKind::Value);

    let log = log.all();
    for key in ["server key `unreadable.server`", "server key `unreadable.update`", "client key `unreadable.client`"] {
        let line = log.lines().find(|line| line.contains(key)).unwrap_or_else(|| panic!("{key}: {log}"));
        assert!(line.contains("ERROR") && line.contains("Tagged"), "{line}");
    }
    assert!(!log.contains("hunter2") && !log.contains("readable.tagged"), "{log}");
}
