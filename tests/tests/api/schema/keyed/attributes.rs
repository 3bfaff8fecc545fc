//! Tests of `keyed` together with the other attributes: they apply to each entry.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use session::{ErrorKind, SessionConfig, SessionSchema};
use session_tests::{App, Browser, Kind, on_every_store};

use super::request;
use crate::schema::as_text;

on_every_store!(
    a_stored_null_is_no_entry_where_the_field_reads_it_as_absent,
    each_entry_has_the_default,
    entries_with_a_codec_are_stored_in_their_encoding,
    an_entry_of_an_old_type_is_migrated,
    entries_are_read_under_the_prefix_of_an_earlier_release,
    a_kept_alias_remains_the_written_prefix,
    a_retired_prefix_deletes_all_its_entries,
    a_retired_client_prefix_deletes_all_its_entries,
    sealed_entries_are_encrypted_and_bound_to_their_part,
    secret_entries_are_redacted_and_not_in_snapshots,
    the_raw_key_api_encrypts_and_reads_sealed_entries,
    a_check_applies_to_each_entry,
    the_raw_key_api_uses_the_codec_of_an_entry,
    the_raw_key_api_reads_and_removes_the_aliases_of_an_entry,
    the_raw_key_api_writes_to_the_kept_alias_of_an_entry,
    the_raw_key_api_checks_expires_and_migrates_entries,
    the_raw_key_api_refuses_a_part_that_is_too_long,
);

#[derive(SessionSchema)]
#[session(default)]
struct Counters {
    #[session(keyed)]
    count: BTreeMap<u8, u32>,
    #[session(keyed, default = 100, on_invalid = "default")]
    quota: BTreeMap<u8, u32>,
    #[session(keyed, on_invalid = "default")]
    seen: BTreeMap<u8, Vec<u8>>,
}

async fn each_entry_has_the_default(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("quota:2", 7), ("seen:1", 1), ("seen:x", 1)]).await;
    request(&app, &mut browser, async |session| {
        session.insert("quota:3", "text").await?;
        let mut counters = session.typed_mut::<Counters>();
        assert_eq!((counters.count(&1).await?, counters.quota(&1).await?), (0, 100));
        counters.update_count(&1, |count| *count += 1).await?;
        counters.update_quota(&1, |quota| *quota -= 1).await?;
        assert_eq!(counters.try_update_count(&1, |count| Ok::<_, ()>(*count)).await?, Ok(1));
        // Only stored entries are listed. An invalid value reads as the default, and an invalid part is ignored.
        assert_eq!(counters.quota_entries().await?, BTreeMap::from([(1, 99), (2, 7), (3, 100)]));
        assert_eq!(counters.seen_entries().await?, BTreeMap::from([(1, vec![])]));
        assert_eq!(counters.snapshot().await?.quota, counters.quota_entries().await?);
        assert_eq!(counters.remove_count(&2).await?, None);
        Ok(())
    })
    .await;
}

#[derive(SessionSchema)]
struct Encoded {
    #[session(keyed, with = "as_text")]
    color: BTreeMap<char, u64>,
    #[session(
        keyed,
        client,
        default,
        serialize_with = "as_text::serialize",
        deserialize_with = "as_text::deserialize"
    )]
    size: BTreeMap<char, u64>,
}

async fn entries_with_a_codec_are_stored_in_their_encoding(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |session| {
        let mut encoded = session.typed_mut::<Encoded>();
        encoded.set_color(&':', 255)?;
        encoded.set_size(&'s', 36)
    })
    .await;
    assert_eq!(app.entries(&browser).await, json!({ "color:%3A": "pin-255" }));
    let session = app.open(&browser);
    assert_eq!(Value::Object(session.client().entries()), json!({ "size:s": "pin-36" }));
    let encoded = session.typed::<Encoded>();
    assert_eq!(encoded.color(&':').await.unwrap(), Some(255));
    assert_eq!(encoded.color_entries().await.unwrap(), BTreeMap::from([(':', 255)]));
    let snapshot = serde_json::to_value(encoded.snapshot().await.unwrap()).unwrap();
    assert_eq!(snapshot, json!({ "color": { ":": "pin-255" }, "size": { "s": "pin-36" } }));
}

fn from_word(value: &Value) -> Option<u32> {
    (value.as_str()? == "large").then_some(44)
}

#[derive(SessionSchema)]
struct Migrated {
    #[session(keyed, migrate = "from_word")]
    size: BTreeMap<u8, u32>,
}

async fn an_entry_of_an_old_type_is_migrated(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("size:1", 36)]).await;
    request(&app, &mut browser, async |session| session.insert("size:2", "large").await).await;
    request(&app, &mut browser, async |session| {
        let mut migrated = session.typed_mut::<Migrated>();
        assert_eq!(migrated.size(&2).await?, Some(44));
        assert_eq!(migrated.size_entries().await?, BTreeMap::from([(1, 36), (2, 44)]));
        migrated.update_size(&2, |size| *size = size.map(|size| size + 1)).await
    })
    .await;
    assert_eq!(app.entries(&browser).await, json!({ "size:1": 36, "size:2": 45 }));
}

#[derive(SessionSchema)]
struct Renamed {
    #[session(keyed, alias = "basket", alias = "bag:old")]
    cart: BTreeMap<u8, u64>,
}

async fn entries_are_read_under_the_prefix_of_an_earlier_release(kind: Kind) {
    let app = App::new(kind).await;
    let keys = [
        ("basket:1", 1),
        ("bag:old:2", 2),
        ("basket:3", 3),
        ("cart:3", 33),
        ("bag:old:4", 4),
        ("basket", 5),
        ("bag", 6),
    ];
    let mut browser = app.browser_with(&keys).await;
    request(&app, &mut browser, async |session| {
        let mut cart = session.typed_mut::<Renamed>();
        let all = BTreeMap::from([(1, 1), (2, 2), (3, 33), (4, 4)]);
        assert_eq!(cart.cart_entries().await?, all);
        assert_eq!(cart.snapshot().await?.cart, all);
        assert_eq!((cart.cart(&1).await?, cart.cart(&2).await?, cart.cart(&3).await?), (Some(1), Some(2), Some(33)));
        cart.set_cart(&1, 11)?;
        cart.update_cart(&2, |cart| *cart = Some(22)).await?;
        cart.unset_cart(&3)
    })
    .await;
    let expected = json!({ "cart:1": 11, "cart:2": 22, "bag:old:4": 4, "basket": 5, "bag": 6 });
    assert_eq!(app.entries(&browser).await, expected);
    request(&app, &mut browser, async |session| session.typed_mut::<Renamed>().unset_all_cart().await).await;
    assert_eq!(app.entries(&browser).await, json!({ "basket": 5, "bag": 6 }));
}

#[derive(SessionSchema)]
struct Between {
    #[session(keyed, kept_alias = "basket")]
    cart: BTreeMap<u8, u64>,
}

async fn a_kept_alias_remains_the_written_prefix(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("basket:1", 1), ("cart:2", 2)]).await;
    request(&app, &mut browser, async |session| {
        let mut cart = session.typed_mut::<Between>();
        assert_eq!(cart.cart_entries().await?, BTreeMap::from([(1, 1), (2, 2)]));
        cart.set_cart(&2, 22)?;
        cart.set_cart(&3, 3)
    })
    .await;
    assert_eq!(app.entries(&browser).await, json!({ "basket:1": 1, "basket:2": 22, "basket:3": 3 }));
}

#[derive(SessionSchema)]
#[session(retired = "cart:*", retired_client = "rows:*")]
struct Later {
    visits: u64,
    #[session(client)]
    theme: u8,
}

async fn a_retired_prefix_deletes_all_its_entries(kind: Kind) {
    let app = App::new(kind).await;
    let keys = [("cart:1", 1), ("cart:", 2), ("cart:%3A", 3), ("cart", 4), ("cart:a:b", 5), ("carts:1", 6)];
    let mut browser = app.browser_with(&keys).await;
    request(&app, &mut browser, async |session| {
        let mut later = session.typed_mut::<Later>();
        assert_eq!(later.visits().await?, None);
        later.set_visits(1)
    })
    .await;
    assert_eq!(app.spy.take_operations(), "load commit");
    assert_eq!(app.entries(&browser).await, json!({ "cart": 4, "cart:a:b": 5, "carts:1": 6, "visits": 1 }));
}

async fn a_retired_client_prefix_deletes_all_its_entries(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |session| {
        let mut client = session.client_mut();
        client.insert("rows:a", 1)?;
        client.insert("rows:b", 2)?;
        client.insert("rows", 3)
    })
    .await;
    request(&app, &mut browser, async |session| session.typed_mut::<Later>().set_theme(1)).await;
    assert_eq!(Value::Object(app.open(&browser).client().entries()), json!({ "rows": 3, "theme": 1 }));
}

#[derive(SessionSchema)]
struct Tokens {
    #[session(keyed, sealed)]
    token: BTreeMap<String, String>,
    #[session(keyed, secret, flash)]
    code: BTreeMap<u8, String>,
    #[session(keyed, secret, client)]
    device: BTreeMap<u8, String>,
}

async fn sealed_entries_are_encrypted_and_bound_to_their_part(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |session| {
        let mut tokens = session.typed_mut::<Tokens>();
        tokens.set_token("github", "hunter2".to_owned())?;
        tokens.set_token("gitlab", "battery".to_owned())
    })
    .await;
    let mut id = app.open(&browser).id().unwrap();
    let record = app.spy.inner().load(&id, session::store::Timestamp::from_millis(0)).await.unwrap().unwrap();
    let texts: Vec<_> = record.values.iter().map(|(_, text)| text.to_owned()).collect();
    assert!(texts.len() == 2 && texts.iter().all(|text| text.starts_with("\"sealed:")), "{texts:?}");
    request(&app, &mut browser, async |session| {
        let mut tokens = session.typed_mut::<Tokens>();
        let all =
            BTreeMap::from([("github".to_owned(), "hunter2".to_owned()), ("gitlab".to_owned(), "battery".to_owned())]);
        assert_eq!(tokens.token_entries().await?, all);
        assert_eq!(
            tokens.update_token("github", |token| token.replace("staple".to_owned())).await?.unwrap(),
            "hunter2"
        );
        Ok(())
    })
    .await;
    // An equal value is no commit.
    app.spy.take_operations();
    request(&app, &mut browser, async |session| {
        let mut tokens = session.typed_mut::<Tokens>();
        assert_eq!(tokens.token("github").await?.unwrap(), "staple");
        tokens.set_token("github", "staple".to_owned())
    })
    .await;
    assert_eq!(app.spy.take_operations(), "load");
    // A text that was copied to another entry does not decrypt.
    id = app.open(&browser).id().unwrap();
    let record = app.spy.inner().load(&id, session::store::Timestamp::from_millis(0)).await.unwrap().unwrap();
    let copied: Value = serde_json::from_str(record.values.get("token:github").unwrap().as_str()).unwrap();
    let mut session = app.open(&browser);
    session.insert("token:copy", copied).await.unwrap();
    let error = session.typed::<Tokens>().token("copy").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert_eq!(session.typed::<Tokens>().token_entries().await.unwrap_err().kind(), ErrorKind::Value);
}

async fn secret_entries_are_redacted_and_not_in_snapshots(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |session| {
        let mut tokens = session.typed_mut::<Tokens>();
        tokens.set_code(&1, "4711".to_owned())?;
        tokens.set_device(&1, "phone".to_owned())
    })
    .await;
    let session = app.open(&browser);
    let tokens = session.typed::<Tokens>();
    assert_eq!(tokens.peek_code(&1).await.unwrap().as_deref(), Some("4711"));
    assert_eq!(Value::Object(session.entries().await.unwrap()), json!({ "code:1": "[redacted]" }));
    assert_eq!(Value::Object(session.client().entries()), json!({ "device:1": "[redacted]" }));
    assert_eq!(serde_json::to_value(tokens.snapshot().await.unwrap()).unwrap(), json!({ "token": {} }));
}

async fn the_raw_key_api_encrypts_and_reads_sealed_entries(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |session| {
        assert_eq!(session.typed::<Tokens>().token("a:b").await?, None);
        session.insert(Tokens::TOKEN.key("a:b"), "hunter2".to_owned()).await
    })
    .await;
    let session = app.open(&browser);
    assert_eq!(session.typed::<Tokens>().token("a:b").await.unwrap().as_deref(), Some("hunter2"));
    let raw = session.get(&Tokens::TOKEN.key(&"a:b".to_owned())).await.unwrap();
    assert_eq!(raw.as_deref(), Some("hunter2"));
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature of a check")]
fn is_small(number: &u64) -> Result<(), &'static str> {
    if *number < 10 { Ok(()) } else { Err("too many") }
}

#[derive(SessionSchema)]
struct Checked {
    #[session(keyed, check = "is_small")]
    seats: BTreeMap<u8, u64>,
}

async fn a_check_applies_to_each_entry(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("seats:1", 1)]).await;
    request(&app, &mut browser, async |session| {
        let mut checked = session.typed_mut::<Checked>();
        let error = checked.set_seats(&2, 10).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value);
        assert!(error.to_string().contains("server key `seats:2`: the value was refused: too many"), "{error}");
        assert!(checked.update_seats(&1, |seats| *seats = Some(11)).await.is_err());
        checked.set_seats(&3, 9)
    })
    .await;
    assert_eq!(app.entries(&browser).await, json!({ "seats:1": 1, "seats:3": 9 }));
}

#[derive(SessionSchema)]
struct Ported {
    #[session(keyed, null = "absent", default)]
    seats: BTreeMap<u32, Vec<String>>,
    #[session(keyed, null = "absent", default, on_invalid = "default")]
    lenient: BTreeMap<u32, Vec<String>>,
    #[session(keyed, null = "absent", default, client)]
    hints: BTreeMap<u32, Vec<String>>,
    #[session(keyed, null = "absent", default, sealed, migrate = "no_seats")]
    sealed: BTreeMap<u32, Vec<String>>,
}

fn no_seats(_: &Value) -> Option<Vec<String>> {
    None
}

async fn a_stored_null_is_no_entry_where_the_field_reads_it_as_absent(kind: Kind) {
    let app = App::with(kind, SessionConfig::schema::<Ported>).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    for key in ["seats:7", "lenient:7"] {
        session.insert_raw(key, Value::Null).await.unwrap();
    }
    session.insert_raw(Ported::SEATS.key(&8), json!([])).await.unwrap();
    session.insert_raw(Ported::SEALED.key(&7), Value::Null).await.unwrap();
    session.client_mut().insert_raw("hints:7", Value::Null).unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let session = app.open(&browser);
    let ported = session.typed::<Ported>();
    let only_eight = BTreeMap::from([(8, Vec::new())]);
    assert_eq!(ported.seats(&7).await.unwrap(), [""; 0]);
    assert_eq!(ported.seats_entries().await.unwrap(), only_eight);
    assert!(ported.lenient_entries().await.unwrap().is_empty());
    assert!(ported.sealed_entries().await.unwrap().is_empty());
    assert!(ported.hints_entries().unwrap().is_empty());
    let snapshot = ported.snapshot().await.unwrap();
    assert_eq!((snapshot.seats, snapshot.lenient.len(), snapshot.hints.len()), (only_eight, 0, 0));
}

async fn the_raw_key_api_uses_the_codec_of_an_entry(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let (color, size) = (Encoded::COLOR.key(&':'), Encoded::SIZE.key(&'s'));
    assert_eq!((&*color, size.as_str()), ("color:%3A", "size:s"));
    request(&app, &mut browser, async |session| {
        session.insert(&color, 254).await?;
        session.update(&color, |color| *color = color.map(|color| color + 1)).await?;
        session.client_mut().insert(&size, 36)
    })
    .await;
    assert_eq!(app.entries(&browser).await, json!({ "color:%3A": "pin-255" }));
    let session = app.open(&browser);
    assert_eq!(session.typed::<Encoded>().color(&':').await.unwrap(), Some(255));
    assert_eq!(session.get(&color).await.unwrap(), Some(255));
    assert_eq!(session.get_raw(&color).await.unwrap(), Some(json!("pin-255")));
    assert_eq!(session.client().get(size.clone()).unwrap(), Some(36));
    assert_eq!(session.client().get_raw(size), Some(json!("pin-36")));
}

async fn the_raw_key_api_reads_and_removes_the_aliases_of_an_entry(kind: Kind) {
    let app = App::new(kind).await;
    let keys = [("basket:1", 1), ("bag:old:2", 2), ("basket:3", 3), ("cart:4", 4)];
    let mut browser = app.browser_with(&keys).await;
    request(&app, &mut browser, async |session| {
        let key = |part: u8| Renamed::CART.key(&part);
        assert_eq!(session.get(key(1)).await?, Some(1));
        session.update(key(1), |cart| *cart = Some(11)).await?;
        session.insert(key(2), 22).await?;
        session.unset(key(3)).await?;
        assert_eq!(session.remove(key(4)).await?, Some(4));
        Ok(())
    })
    .await;
    assert_eq!(app.entries(&browser).await, json!({ "cart:1": 11, "cart:2": 22 }));
}

async fn the_raw_key_api_writes_to_the_kept_alias_of_an_entry(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("cart:2", 2)]).await;
    request(&app, &mut browser, async |session| session.insert(Between::CART.key(&2), 22).await).await;
    assert_eq!(app.entries(&browser).await, json!({ "basket:2": 22 }));
}

#[derive(SessionSchema)]
struct Timed {
    #[session(keyed, expires_in = "10m")]
    code: BTreeMap<u8, u32>,
}

async fn the_raw_key_api_checks_expires_and_migrates_entries(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |session| {
        let error = session.insert(Checked::SEATS.key(&2), 10).await.unwrap_err();
        assert!(error.to_string().contains("server key `seats:2`: the value was refused: too many"), "{error}");
        assert!(session.update(Checked::SEATS.key(&2), |seats| *seats = Some(11)).await.is_err());
        session.insert(Timed::CODE.key(&1), 4711).await?;
        session.insert("code:2", 4712).await?;
        session.insert("size:1", "large").await
    })
    .await;
    let session = app.open(&browser);
    assert_eq!(session.get(Timed::CODE.key(&1)).await.unwrap(), Some(4711));
    assert_eq!(session.get(Timed::CODE.key(&2)).await.unwrap(), None, "a value without an expiry time");
    assert_eq!(session.get(Migrated::SIZE.key(&1)).await.unwrap(), Some(44));
    assert_eq!(session.get(Checked::SEATS.key(&2)).await.unwrap(), None);
}

async fn the_raw_key_api_refuses_a_part_that_is_too_long(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    let key = Tokens::TOKEN.key(&"x".repeat(1024));
    let error = session.insert(&key, "hunter2".to_owned()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(session.get(&key).await.unwrap(), None);
}
