//! Tests of the schema attributes at run time.

mod checks;
mod null;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use session::{ErrorKind, SessionSchema, Side, Snapshot, Typed};
use session_tests::{App, Browser, Kind, on_every_store};

on_every_store!(
    a_flash_message_can_be_peeked_and_is_taken_once,
    a_client_flash_message_does_not_query_the_store,
    several_flash_messages_of_one_request_are_appended,
    an_alias_is_read_until_the_new_key_is_written,
    removing_and_unsetting_clear_the_old_key,
    an_update_moves_the_value_in_one_commit,
    a_kept_alias_remains_the_written_key,
    servers_of_three_releases_see_each_others_writes,
    a_value_with_a_custom_codec_is_stored_in_its_encoding,
    an_invalid_value_is_an_error_a_default_or_absent,
    a_value_of_the_old_type_is_migrated_and_stored_by_the_next_write,
    nested_schemas_share_the_session_and_keep_their_own_keys,
    a_snapshot_is_one_load_and_shows_what_the_request_wrote,
    a_retired_key_is_removed_with_the_next_commit_after_a_load,
    a_retired_client_key_is_removed_with_the_next_state_cookie,
);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Address {
    city: String,
}

#[derive(SessionSchema)]
struct Messages {
    #[session(flash)]
    notice: String,
    #[session(flash, client)]
    hint: u8,
}

async fn a_flash_message_can_be_peeked_and_is_taken_once(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.typed_mut::<Messages>().set_notice("Saved.".to_owned()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    app.spy.take_operations();
    let mut session = app.open(&browser);
    let mut messages = session.typed_mut::<Messages>();
    assert_eq!(messages.peek_notice().await.unwrap().as_deref(), Some("Saved."));
    assert_eq!(messages.take_notice().await.unwrap().as_deref(), Some("Saved."));
    assert_eq!(messages.take_notice().await.unwrap(), None);
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load commit");

    assert_eq!(app.open(&browser).typed::<Messages>().peek_notice().await.unwrap(), None);
}

async fn a_client_flash_message_does_not_query_the_store(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.typed_mut::<Messages>().set_hint(3).unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let mut session = app.open(&browser);
    assert_eq!(session.typed_mut::<Messages>().take_hint().unwrap(), Some(3));
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.open(&browser).typed::<Messages>().peek_hint().unwrap(), None);
    assert_eq!(app.spy.take_operations(), "");
}

#[derive(SessionSchema)]
struct MessageLists {
    #[session(flash)]
    notices: Vec<String>,
    #[session(flash, client)]
    hints: Vec<u8>,
}

async fn several_flash_messages_of_one_request_are_appended(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    for message in ["one", "two"] {
        let mut session = app.open(&browser);
        let mut lists = session.typed_mut::<MessageLists>();
        for half in ["a", "b"] {
            let notice = format!("{message}{half}");
            lists.update_notices(|notices| notices.get_or_insert_default().push(notice.clone())).await.unwrap();
            lists.update_hints(|hints| hints.get_or_insert_default().push(1)).unwrap();
        }
        let refused: Result<Result<(), ()>, _> = lists.try_update_hints(|hints| {
            *hints = None;
            Err(())
        });
        assert_eq!(refused.unwrap(), Err(()));
        app.finalize(session, &mut browser).await.unwrap();
    }
    let mut session = app.open(&browser);
    let mut lists = session.typed_mut::<MessageLists>();
    assert_eq!(lists.take_notices().await.unwrap().unwrap(), ["onea", "oneb", "twoa", "twob"]);
    assert_eq!(lists.take_hints().unwrap().unwrap(), [1; 4]);
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.open(&browser).typed::<MessageLists>().peek_notices().await.unwrap(), None);
}

/// A release, followed by the next one, which renames the keys.
#[derive(SessionSchema)]
struct Before {
    #[session(key = "name")]
    name: String,
    #[session(client)]
    skin: String,
}

#[derive(SessionSchema)]
struct After {
    #[session(key = "user.name", alias = "login", alias = "name")]
    name: String,
    #[session(client, key = "theme", alias = "skin")]
    theme: String,
}

/// The transition: servers of both releases run.
#[derive(SessionSchema)]
struct Between {
    #[session(key = "user.name", kept_alias = "name", alias = "login")]
    name: String,
    #[session(client, key = "theme", kept_alias = "skin")]
    theme: String,
}

/// A browser whose session was written by the previous release.
async fn written_before(app: &App) -> Browser {
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut before = session.typed_mut::<Before>();
    before.set_name("ann".to_owned()).unwrap();
    before.set_skin("dark".to_owned()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    app.spy.take_operations();
    browser
}

/// The stored values of both sides.
async fn stored(app: &App, browser: &Browser) -> (Value, Value) {
    let session = app.open(browser);
    let stored = (session.entries().await.unwrap().into(), session.client().entries().into());
    app.spy.take_operations();
    stored
}

async fn an_alias_is_read_until_the_new_key_is_written(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = written_before(&app).await;

    let mut session = app.open(&browser);
    let mut after = session.typed_mut::<After>();
    assert_eq!(after.name().await.unwrap().as_deref(), Some("ann"));
    assert_eq!(after.theme().unwrap().as_deref(), Some("dark"));
    after.set_name("bob".to_owned()).unwrap();
    after.set_theme("light".to_owned()).unwrap();
    assert_eq!(after.name().await.unwrap().as_deref(), Some("bob"));
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load commit");

    assert_eq!(stored(&app, &browser).await, (json!({ "user.name": "bob" }), json!({ "theme": "light" })));
}

async fn removing_and_unsetting_clear_the_old_key(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = written_before(&app).await;
    let mut session = app.open(&browser);
    let mut after = session.typed_mut::<After>();
    assert_eq!(after.remove_name().await.unwrap().as_deref(), Some("ann"));
    assert_eq!(after.name().await.unwrap(), None);
    assert_eq!(after.remove_theme().unwrap().as_deref(), Some("dark"));
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await, (json!({}), json!({})));

    let mut browser = written_before(&app).await;
    let mut session = app.open(&browser);
    session.typed_mut::<After>().unset_name().unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "commit", "no load");
    assert_eq!(stored(&app, &browser).await.0, json!({}));
}

async fn an_update_moves_the_value_in_one_commit(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = written_before(&app).await;
    let mut session = app.open(&browser);
    let mut after = session.typed_mut::<After>();
    after.update_name(|name| name.as_mut().unwrap().push('a')).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load commit");
    assert_eq!(stored(&app, &browser).await.0, json!({ "user.name": "anna" }));

    after.update_name(|_| ()).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "", "nothing changes, and the old key was removed before");
}

async fn a_kept_alias_remains_the_written_key(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = written_before(&app).await;
    let mut session = app.open(&browser);
    let mut between = session.typed_mut::<Between>();
    assert_eq!(between.name().await.unwrap().as_deref(), Some("ann"));
    between.set_name("bob".to_owned()).unwrap();
    between.set_theme("light".to_owned()).unwrap();
    assert_eq!(between.name().await.unwrap().as_deref(), Some("bob"));
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await, (json!({ "name": "bob" }), json!({ "skin": "light" })));
}

/// `Before` and `Between` run together, then `Between` and `After`. Both always read the last write.
async fn servers_of_three_releases_see_each_others_writes(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = written_before(&app).await;
    macro_rules! write {
        ($release:ident, $name:expr) => {
            let mut session = app.open(&browser);
            let name: Option<&str> = $name;
            match name {
                Some(name) => session.typed_mut::<$release>().set_name(name.to_owned()).unwrap(),
                None => session.typed_mut::<$release>().unset_name().unwrap(),
            }
            app.finalize(session, &mut browser).await.unwrap();
        };
    }
    macro_rules! reads {
        ($release:ident, $name:expr) => {
            assert_eq!(app.open(&browser).typed::<$release>().name().await.unwrap().as_deref(), $name);
        };
    }
    for name in [Some("b"), None, Some("c")] {
        write!(Between, name);
        reads!(Before, name);
        reads!(Between, name);
    }
    for name in [Some("d"), None, Some("e")] {
        write!(Before, name);
        reads!(Before, name);
        reads!(Between, name);
    }
    for name in [Some("f"), None, Some("g")] {
        write!(After, name);
        reads!(Between, name);
        reads!(After, name);
    }
    for name in [Some("h"), None, Some("i")] {
        write!(Between, name);
        reads!(Between, name);
        reads!(After, name);
    }
}

mod spaced {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(words: &[String], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&words.join(" "))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
        Ok(String::deserialize(deserializer)?.split(' ').map(str::to_owned).collect())
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde requires")]
    pub(super) fn hex<S: Serializer>(number: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{number:x}"))
    }

    pub(super) fn from_hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        u32::from_str_radix(&String::deserialize(deserializer)?, 16).map_err(serde::de::Error::custom)
    }
}

/// A type without serde, which only its codec makes a session value.
#[derive(Debug, PartialEq, Clone)]
struct Foreign(u32);

mod foreign {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Foreign;

    pub(super) fn serialize<S: Serializer>(value: &Foreign, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(value.0)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Foreign, D::Error> {
        u32::deserialize(deserializer).map(Foreign)
    }
}

#[derive(SessionSchema)]
struct Coded {
    #[session(with = "spaced", default)]
    words: Vec<String>,
    #[session(with = "foreign")]
    foreign: Foreign,
    #[session(serialize_with = "spaced::hex", deserialize_with = "spaced::from_hex")]
    both: u32,
    #[session(client, serialize_with = "spaced::hex")]
    written: u32,
}

async fn a_value_with_a_custom_codec_is_stored_in_its_encoding(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut coded = session.typed_mut::<Coded>();
    coded.update_words(|words| words.extend(["a".to_owned(), "b".to_owned()])).await.unwrap();
    coded.set_foreign(Foreign(7)).unwrap();
    coded.set_both(255).unwrap();
    coded.set_written(16).unwrap();
    let error = coded.snapshot().await.expect_err("`written` is serialized as a text, and deserialized as a number");
    assert_eq!(error.kind(), ErrorKind::Value);
    coded.unset_written().unwrap();
    let snapshot = serde_json::to_value(coded.snapshot().await.unwrap()).unwrap();
    assert_eq!(snapshot, json!({ "words": "a b", "foreign": 7, "both": "ff", "written": null }));
    app.finalize(session, &mut browser).await.unwrap();

    assert_eq!(stored(&app, &browser).await.0, json!({ "words": "a b", "foreign": 7, "both": "ff" }));
    let session = app.open(&browser);
    let coded = session.typed::<Coded>();
    assert_eq!(coded.words().await.unwrap(), ["a", "b"]);
    assert_eq!(coded.foreign().await.unwrap(), Some(Foreign(7)));
    assert_eq!(coded.both().await.unwrap(), Some(255));
}

#[derive(SessionSchema)]
struct Strict {
    size: u64,
}

#[derive(SessionSchema)]
struct Forgiving {
    #[session(on_invalid = "discard")]
    size: u64,
    #[session(on_invalid = "default", default = 40)]
    width: u64,
}

async fn an_invalid_value_is_an_error_a_default_or_absent(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert("size", "large").await.unwrap();
    session.insert("width", "wide").await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let mut session = app.open(&browser);
    let error = session.typed::<Strict>().size().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert!(!format!("{error:?} {error}").contains("large"));
    let forgiving = session.typed_mut::<Forgiving>();
    assert_eq!(forgiving.size().await.unwrap(), None);
    assert_eq!(forgiving.width().await.unwrap(), 40);
    let snapshot = forgiving.snapshot().await.unwrap();
    assert_eq!((snapshot.size, snapshot.width), (None, 40));
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await.0, json!({ "size": "large", "width": "wide" }), "reading changes nothing");

    let mut session = app.open(&browser);
    let mut forgiving = session.typed_mut::<Forgiving>();
    assert_eq!(forgiving.remove_size().await.unwrap(), None);
    forgiving.update_width(|width| *width += 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await.0, json!({ "width": 41 }), "removed and updated values are replaced");
}

#[derive(SessionSchema)]
struct Migrated {
    #[session(migrate = "address_of_text", alias = "town")]
    address: Address,
}

fn address_of_text(old: &Value) -> Option<Address> {
    Some(Address { city: old.as_str()?.to_owned() })
}

async fn a_value_of_the_old_type_is_migrated_and_stored_by_the_next_write(kind: Kind) {
    let app = App::new(kind).await;
    let bern = Address { city: "Bern".to_owned() };
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert("town", "Bern").await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let mut session = app.open(&browser);
    let mut migrated = session.typed_mut::<Migrated>();
    assert_eq!(migrated.address().await.unwrap().as_ref(), Some(&bern));
    migrated.update_address(|address| address.as_mut().unwrap().city.push('!')).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await.0, json!({ "address": { "city": "Bern!" } }));

    let mut session = app.open(&browser);
    session.insert("address", 7).await.unwrap();
    let error = session.typed::<Migrated>().address().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value, "a value that the function rejects is invalid");
}

#[derive(SessionSchema)]
#[session(prefix = "checkout.")]
struct Checkout {
    address: Address,
    #[session(client, default)]
    express: bool,
}

#[derive(SessionSchema)]
#[session(prefix = "visitor.", client)]
struct Visitor {
    name: String,
    /// The current purchase.
    #[session(nested)]
    checkout: Checkout,
}

async fn nested_schemas_share_the_session_and_keep_their_own_keys(kind: Kind) {
    let app = App::new(kind).await;
    let bern = Address { city: "Bern".to_owned() };
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut visitor = session.typed_mut::<Visitor>();
    visitor.set_name("ann".to_owned()).unwrap();
    visitor.checkout_mut().set_address(bern.clone()).unwrap();
    visitor.checkout_mut().set_express(true).unwrap();
    assert_eq!(visitor.checkout().address().await.unwrap().as_ref(), Some(&bern));
    let snapshot: Snapshot<Visitor> = visitor.snapshot().await.unwrap();
    assert!(snapshot.checkout.express);
    let expected = json!({ "name": "ann", "checkout": { "address": { "city": "Bern" }, "express": true } });
    assert_eq!(serde_json::to_value(&snapshot).unwrap(), expected);
    app.finalize(session, &mut browser).await.unwrap();

    let expected =
        (json!({ "checkout.address": { "city": "Bern" } }), json!({ "visitor.name": "ann", "checkout.express": true }));
    assert_eq!(stored(&app, &browser).await, expected);
}

#[derive(SessionSchema)]
#[session(default)]
struct Everything {
    #[session(default = 5)]
    stars: u8,
    name: String,
    big: u128,
    #[session(flash)]
    notice: String,
    #[session(client)]
    r#type: BTreeMap<String, u8>,
}

async fn a_snapshot_is_one_load_and_shows_what_the_request_wrote(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.typed_mut::<Everything>().set_big(u128::MAX).unwrap();
    session.typed_mut::<Everything>().set_notice("Hello".to_owned()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    app.spy.take_operations();

    let mut session = app.open(&browser);
    let mut everything: Typed<Everything> = session.typed_mut();
    everything.set_name("ann".to_owned()).unwrap();
    let snapshot = everything.snapshot().await.unwrap();
    assert_eq!((snapshot.stars, snapshot.name.as_str(), snapshot.big), (5, "ann", u128::MAX));
    let text = serde_json::to_string(&snapshot).unwrap();
    assert_eq!(text, r#"{"stars":5,"name":"ann","big":340282366920938463463374607431768211455,"type":{}}"#);
    assert_eq!(app.spy.take_operations(), "load");
    assert_eq!(
        everything.peek_notice().await.unwrap().as_deref(),
        Some("Hello"),
        "a snapshot does not take the message"
    );
}

#[derive(SessionSchema)]
#[session(retired = "cart.v1", retired = "promo", retired_client = "skin")]
struct Tidy {
    visits: u64,
    #[session(client)]
    theme: String,
}

async fn a_retired_key_is_removed_with_the_next_commit_after_a_load(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("cart.v1", 1), ("other", 2)]).await;

    let mut session = app.open(&browser);
    assert_eq!(session.typed_mut::<Tidy>().visits().await.unwrap(), None);
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load", "reading commits nothing");

    let mut session = app.open(&browser);
    session.typed_mut::<Tidy>().set_visits(1).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.keys_sent(), 1, "a blind write sends only its own key");
    assert_eq!(app.spy.take_operations(), "commit");

    let mut session = app.open(&browser);
    let mut tidy = session.typed_mut::<Tidy>();
    let visits = tidy.visits().await.unwrap().unwrap();
    tidy.set_visits(visits + 1).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load commit");
    assert_eq!(stored(&app, &browser).await.0, json!({ "visits": 2, "other": 2 }));
}

async fn a_retired_client_key_is_removed_with_the_next_state_cookie(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.client_mut().insert("skin", "dark").unwrap();
    session.client_mut().insert("other", 1).unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let mut session = app.open(&browser);
    session.typed_mut::<Tidy>().set_theme("light".to_owned()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await.1, json!({ "other": 1, "theme": "light" }));
    assert_eq!(app.spy.take_operations(), "");
}

#[test]
fn a_schema_describes_its_fields_at_run_time() {
    let fields = Visitor::schema().all_fields();
    let lines: Vec<_> = fields
        .iter()
        .map(|(path, field)| (path.as_str(), field.key(), field.side(), field.type_name(), field.has_default()))
        .collect();
    assert_eq!(
        lines,
        [
            ("name", "visitor.name", Side::Client, "String", false),
            ("checkout.address", "checkout.address", Side::Server, "Address", false),
            ("checkout.express", "checkout.express", Side::Client, "bool", true),
        ]
    );
    let name = &Between::schema().fields()[0];
    assert_eq!((name.kept_alias(), name.aliases()), (Some("name"), ["login"].as_slice()));
    assert_eq!(Tidy::schema().retired(), [(Side::Server, "cart.v1"), (Side::Server, "promo"), (Side::Client, "skin")]);
    assert!(Messages::schema().fields().iter().all(session::FieldInfo::is_flash));
    assert!(Coded::schema().fields().iter().all(session::FieldInfo::has_codec));
}

session::assert_disjoint!(Messages, Strict, Checkout, Tidy);
