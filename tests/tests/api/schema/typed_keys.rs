//! Tests of typed keys at the raw key API: they keep the type, codec, aliases and other attributes of their fields.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Value, json};
use session::key::{IntoKey, WriteClientKey};
use session::{Error, ErrorKind, Key, Session, SessionConfig, SessionSchema};
use session_tests::{App, Browser, Kind, on_every_store};

on_every_store!(
    every_form_of_a_key_is_accepted_and_its_type_is_inferred,
    a_typed_key_uses_the_codec_of_its_field,
    a_typed_key_reads_and_removes_the_aliases_of_its_field,
    a_typed_key_writes_to_the_kept_alias,
    a_typed_key_encrypts_and_requires_encrypted_values,
    a_hand_made_key_of_a_sealed_field_encrypts_too,
    a_typed_key_migrates_and_ignores_invalid_values,
    an_index_key_needs_its_index_in_every_method,
    typed_client_keys_use_codec_and_aliases,
    the_text_of_a_typed_key_is_one_plain_key,
);

/// A color without serde, as of another crate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Color(u32);

mod hex {
    use super::Color;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(color: &Color, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("#{:x}", color.0))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Color, D::Error> {
        let text = String::deserialize(deserializer)?;
        u32::from_str_radix(text.trim_start_matches('#'), 16).map(Color).map_err(serde::de::Error::custom)
    }
}

#[derive(SessionSchema)]
struct Visitor {
    #[session(key = "cart.items", default)]
    cart: Vec<String>,
    #[session(with = "hex")]
    color: Color,
    #[session(key = "user.name", alias = "name", alias = "login")]
    name: String,
    #[session(key = "level.v2", kept_alias = "level")]
    level: u8,
    #[session(sealed)]
    token: String,
    #[session(on_invalid = "discard")]
    theme: u8,
    #[session(migrate = "number_of_text")]
    size: u8,
    #[session(key = "user.id", index)]
    user_id: u64,
    #[session(client, with = "hex")]
    background: Color,
    #[session(client, key = "lang.v2", alias = "lang")]
    language: String,
}

fn number_of_text(old: &Value) -> Option<u8> {
    old.as_str()?.parse().ok()
}

/// The stored values of both sides.
async fn stored(app: &App, browser: &Browser) -> (Value, Value) {
    let session = app.open(browser);
    let server = session.entries().await.unwrap();
    (server.into(), session.client().entries().into())
}

/// A browser with values under plain keys.
async fn browser_with(app: &App, values: &[(&str, Value)]) -> Browser {
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    for (key, value) in values {
        session.insert(key, value).await.unwrap();
    }
    app.finalize(session, &mut browser).await.unwrap();
    browser
}

async fn every_form_of_a_key_is_accepted_and_its_type_is_inferred(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    let (text, number) = ("key".to_owned(), 7);
    session.insert("key", 1).await.unwrap();
    session.insert(&text, "borrowed").await.unwrap();
    session.insert(text.clone(), &["borrowed"]).await.unwrap();
    session.insert(format!("key.{number}"), 7_u8).await.unwrap();
    session.insert(Cow::from("cow"), 1).await.unwrap();
    session.insert(&Cow::from("cow"), 2).await.unwrap();
    for key in &["a", "b"] {
        session.insert(key, 3).await.unwrap();
    }
    assert_eq!(session.get::<Vec<String>>("key").await.unwrap(), Some(vec!["borrowed".to_owned()]));
    assert_eq!(session.get::<u64>(&format!("key.{number}")).await.unwrap(), Some(7));
    assert_eq!(session.get(&Box::<str>::from("a")).await.unwrap(), Some(3));
    assert_eq!(session.get(&Arc::<str>::from("b")).await.unwrap(), Some(3));
    let cow: Option<u8> = session.remove(&Cow::from("cow")).await.unwrap();
    assert_eq!(cow, Some(2));
    session.unset(format!("key.{number}")).await.unwrap();

    session.insert(Visitor::CART, vec!["tea".to_owned()]).await.unwrap();
    session.update(Visitor::CART, |cart| cart.get_or_insert_default().push("milk".to_owned())).await.unwrap();
    session.update(&Visitor::CART, |cart| cart.get_or_insert_default().sort()).await.unwrap();
    let cart = session.get(&Visitor::CART).await.unwrap().unwrap();
    assert_eq!(cart.join(" "), "milk tea");
    assert_eq!(session.get::<Vec<String>>(&*Visitor::CART).await.unwrap().as_ref(), Some(&cart));
    assert_eq!(session.remove(Visitor::CART).await.unwrap(), Some(cart));
    assert_eq!(session.get(Visitor::CART).await.unwrap(), None, "the default belongs to the accessor");
}

async fn a_typed_key_uses_the_codec_of_its_field(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert(Visitor::COLOR, Color(255)).await.unwrap();
    assert_eq!(session.typed::<Visitor>().color().await.unwrap(), Some(Color(255)));
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await.0, json!({ "color": "#ff" }));

    let mut session = app.open(&browser);
    assert_eq!(session.get(&Visitor::COLOR).await.unwrap(), Some(Color(255)));
    let darken = |color: &mut Option<Color>| *color = color.map(|color| Color(color.0 - 1));
    session.update(Visitor::COLOR, darken).await.unwrap();
    assert_eq!(session.get_raw(Visitor::COLOR).await.unwrap(), Some(json!("#fe")));
    assert_eq!(session.remove(Visitor::COLOR).await.unwrap(), Some(Color(254)));
    session.insert(&Visitor::COLOR, Color(1)).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await.0, json!({ "color": "#1" }));
}

async fn a_typed_key_reads_and_removes_the_aliases_of_its_field(kind: Kind) {
    let app = App::new(kind).await;
    let old = [("name", json!("Ada")), ("login", json!("ada")), ("other", json!(1))];
    let changes: [(&str, Value); 5] = [
        ("insert", json!({ "user.name": "Grace", "other": 1 })),
        ("insert_raw", json!({ "user.name": "Grace", "other": 1 })),
        ("update", json!({ "user.name": "Ada!", "other": 1 })),
        ("remove", json!({ "other": 1 })),
        ("unset", json!({ "other": 1 })),
    ];
    for (method, expected) in changes {
        let mut browser = browser_with(&app, &old).await;
        let mut session = app.open(&browser);
        if method != "unset" {
            assert_eq!(session.get(&Visitor::NAME).await.unwrap().as_deref(), Some("Ada"));
            assert_eq!(session.get_raw(&Visitor::NAME).await.unwrap(), Some(json!("Ada")));
        }
        match method {
            "insert" => session.insert(Visitor::NAME, "Grace".to_owned()).await.unwrap(),
            "insert_raw" => session.insert_raw(Visitor::NAME, json!("Grace")).await.unwrap(),
            "update" => session.update(Visitor::NAME, |name| name.as_mut().unwrap().push('!')).await.unwrap(),
            "remove" => assert_eq!(session.remove_raw(Visitor::NAME).await.unwrap(), Some(json!("Ada"))),
            _ => session.unset(Visitor::NAME).await.unwrap(),
        }
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(stored(&app, &browser).await.0, expected, "{method}");
    }
}

async fn a_typed_key_writes_to_the_kept_alias(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = browser_with(&app, &[("level.v2", json!(1))]).await;
    let mut session = app.open(&browser);
    session.insert(Visitor::LEVEL, 2).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await.0, json!({ "level": 2 }));

    let mut session = app.open(&browser);
    assert_eq!(session.get(Visitor::LEVEL).await.unwrap(), Some(2));
    session.unset(&Visitor::LEVEL).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await.0, json!({}));
}

/// No schema is registered or in use: the key alone has the attribute.
async fn a_typed_key_encrypts_and_requires_encrypted_values(kind: Kind) {
    let app = App::new(kind).await;
    for method in ["insert", "insert_raw", "update"] {
        let mut browser = Browser::default();
        let mut session = app.open(&browser);
        match method {
            "insert" => session.insert(Visitor::TOKEN, "hunter2".to_owned()).await.unwrap(),
            "insert_raw" => session.insert_raw(Visitor::TOKEN, json!("hunter2")).await.unwrap(),
            _ => session.update(Visitor::TOKEN, |token| *token = Some("hunter2".to_owned())).await.unwrap(),
        }
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(stored(&app, &browser).await.0, json!({ "token": "[redacted]" }), "{method}");
        let session = app.open(&browser);
        assert_eq!(session.get(Visitor::TOKEN).await.unwrap().as_deref(), Some("hunter2"), "{method}");
        assert_eq!(session.get_raw(Visitor::TOKEN).await.unwrap(), Some(json!("hunter2")), "{method}");
    }

    let browser = browser_with(&app, &[("token", json!("plain"))]).await;
    let mut session = app.open(&browser);
    assert_eq!(session.get(Visitor::TOKEN).await.unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(session.remove(Visitor::TOKEN).await.unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(session.update(Visitor::TOKEN, |_| ()).await.unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(session.get_raw(Visitor::TOKEN).await.unwrap(), Some(json!("plain")));
}

async fn a_hand_made_key_of_a_sealed_field_encrypts_too(kind: Kind) {
    const TOKEN: Key<String> = Key::declare("token");
    let app = App::with(kind, SessionConfig::schema::<Visitor>).await;
    let mut browser = Browser::default();
    for method in ["insert", "update", "log_in"] {
        let mut session = app.open(&browser);
        match method {
            "insert" => session.insert(TOKEN, "hunter2".to_owned()).await.unwrap(),
            "log_in" => session.log_in(TOKEN, "hunter2".to_owned()).await.unwrap(),
            _ => session.update(TOKEN, |token| token.as_mut().unwrap().push('!')).await.unwrap(),
        }
        app.finalize(session, &mut browser).await.unwrap();
        let session = app.open(&browser);
        assert_eq!(session.entries().await.unwrap()["token"], json!("[redacted]"), "{method}");
        assert!(session.typed::<Visitor>().token().await.unwrap().is_some(), "{method}");
    }
}

async fn a_typed_key_migrates_and_ignores_invalid_values(kind: Kind) {
    let app = App::new(kind).await;
    let browser = browser_with(&app, &[("theme", json!("dark")), ("size", json!("40"))]).await;
    let mut session = app.open(&browser);
    assert_eq!(session.get(Visitor::THEME).await.unwrap(), None);
    assert_eq!(session.get(Visitor::SIZE).await.unwrap(), Some(40));
    assert_eq!(session.get_raw(Visitor::SIZE).await.unwrap(), Some(json!("40")), "as it is stored");
    assert_eq!(session.update(Visitor::SIZE, |size| *size).await.unwrap(), Some(40));
    assert_eq!(session.get_raw("size").await.unwrap(), Some(json!(40)));
}

async fn an_index_key_needs_its_index_in_every_method(kind: Kind) {
    const USER: session::IndexKey<u64> = Visitor::USER_ID;
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    let results = [
        session.get(&USER).await.err(),
        session.get_raw(USER).await.err(),
        session.insert(USER, 7).await.err(),
        session.insert_raw(&USER, json!(7)).await.err(),
        session.remove(USER).await.err(),
        session.remove_raw(USER).await.err(),
        session.unset(&USER).await.err(),
        session.update(USER, |_| ()).await.err(),
        session.log_in(USER, 7).await.err(),
        session.log_in(&USER, 7).await.err(),
    ];
    for (number, error) in results.into_iter().enumerate() {
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Config), "call {number}");
    }

    let app = App::with(kind, |config| config.index(USER)).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert(USER, 7).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.manager.find(USER, &7).await.unwrap().len(), 1);
    let mut session = app.open(&browser);
    assert_eq!(session.remove(&USER).await.unwrap(), Some(7));
    app.finalize(session, &mut browser).await.unwrap();
    assert!(app.manager.find(USER, &7).await.unwrap().is_empty());
}

#[expect(clippy::needless_borrows_for_generic_args, reason = "both forms are tested")]
async fn typed_client_keys_use_codec_and_aliases(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.client_mut().insert(Visitor::BACKGROUND, Color(255)).unwrap();
    session.client_mut().insert("lang", "en").unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await.1, json!({ "background": "#ff", "lang": "en" }));

    let mut session = app.open(&browser);
    assert_eq!(session.client().get(&Visitor::BACKGROUND).unwrap(), Some(Color(255)));
    assert_eq!(session.client_mut().get(Visitor::LANGUAGE).unwrap().as_deref(), Some("en"));
    assert_eq!(session.client().get_raw(&Visitor::LANGUAGE), Some(json!("en")));
    assert_eq!(session.client_mut().get_raw(Visitor::BACKGROUND), Some(json!("#ff")));
    assert_eq!(session.client_mut().remove(Visitor::BACKGROUND).unwrap(), Some(Color(255)));
    assert_eq!(session.client_mut().remove_raw(Visitor::LANGUAGE), Some(json!("en")));
    assert!(session.client().is_empty(), "the alias is removed too");

    session.client_mut().insert("lang", "en").unwrap();
    session.client_mut().insert(&Visitor::LANGUAGE, "de".to_owned()).unwrap();
    assert_eq!(Value::from(session.client().entries()), json!({ "lang.v2": "de" }));
    session.client_mut().insert("lang", "en").unwrap();
    session.client_mut().insert_raw(Visitor::LANGUAGE, json!("fr")).unwrap();
    assert_eq!(Value::from(session.client().entries()), json!({ "lang.v2": "fr" }));
    session.client_mut().insert("lang", "en").unwrap();
    assert_eq!(session.client_mut().remove(Visitor::LANGUAGE).unwrap().as_deref(), Some("fr"));
    assert!(session.client().is_empty(), "the alias is removed too");
}

/// For the same text on both sides, and for other types than the field's.
async fn the_text_of_a_typed_key_is_one_plain_key(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    session.insert(&*Visitor::COLOR, 255).await.unwrap();
    assert_eq!(session.get::<u32>(Visitor::COLOR.as_str()).await.unwrap(), Some(255));
    session.client_mut().insert(&*Visitor::COLOR, "client").unwrap();
    assert_eq!(session.client().get_raw("color"), Some(json!("client")));
    assert_eq!(session.get(Visitor::COLOR).await.unwrap_err().kind(), ErrorKind::Value);
    session.insert("name", "Ada").await.unwrap();
    session.unset(&*Visitor::NAME).await.unwrap();
    assert_eq!(session.get(Visitor::NAME).await.unwrap().as_deref(), Some("Ada"), "only one key is unset");
}

/// Functions of an application take every form of a key, and their futures are `Send`.
#[test]
fn generic_functions_take_every_form_of_a_key() {
    async fn push(session: &mut Session, key: impl IntoKey<Vec<String>> + Copy) -> Result<usize, Error> {
        let mut items = session.get(key).await?.unwrap_or_default();
        items.push(String::new());
        session.insert(key, items).await?;
        session.update(key, |items| items.as_ref().map_or(0, Vec::len)).await
    }

    fn remember(session: &mut Session, key: impl WriteClientKey<String>) -> Result<(), Error> {
        session.client_mut().insert(key, "de".to_owned())
    }

    fn assert_send<T: Send>(future: T) -> T {
        future
    }

    let app = App::on_store(Arc::new(session::store::MemoryStore::new()), |config| config);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut session = app.open(&Browser::default());
    remember(&mut session, Visitor::LANGUAGE).unwrap();
    runtime.block_on(async {
        assert_eq!(assert_send(push(&mut session, Visitor::CART)).await.unwrap(), 1);
        assert_eq!(assert_send(push(&mut session, &Visitor::CART)).await.unwrap(), 2);
        assert_eq!(assert_send(push(&mut session, "text")).await.unwrap(), 1);
    });
}
