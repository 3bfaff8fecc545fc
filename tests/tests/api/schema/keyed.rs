//! Tests of `keyed` fields: one session key per entry of a map.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Display};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use session::{Error, ErrorKind, Session, SessionSchema, Side, Snapshot};
use session_tests::{App, Browser, Kind, on_every_store};

on_every_store!(
    entries_are_stored_under_keys_of_their_own_and_read_by_later_requests,
    reading_entries_is_one_load_however_many_there_are,
    two_requests_that_set_different_entries_keep_both,
    two_requests_that_update_one_entry_keep_both_changes,
    an_update_of_an_entry_leaves_the_other_entries,
    unsetting_all_entries_unsets_those_that_were_read,
    unsetting_all_entries_includes_pending_ones,
    unsetting_all_entries_of_a_new_session_stores_nothing,
    client_entries_are_in_the_cookie_and_never_in_the_store,
    a_flash_entry_is_taken_once_and_the_others_stay,
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
    entries_of_a_nested_schema_have_its_prefix,
    a_detached_session_reads_and_writes_entries,
);

/// A part with a type of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Tenant(u32);

impl Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t:{}", self.0)
    }
}

impl FromStr for Tenant {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.strip_prefix("t:").and_then(|number| number.parse().ok()).map(Self).ok_or(())
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Item {
    sku: String,
}

fn item(sku: &str) -> Item {
    Item { sku: sku.to_owned() }
}

#[derive(SessionSchema)]
struct Shop {
    #[session(keyed)]
    cart: BTreeMap<Tenant, Vec<Item>>,
    #[session(keyed, key = "visits.by_page")]
    visits: HashMap<String, u32>,
    #[session(key = "cart")]
    old_cart: u8,
}

/// Runs one request of the browser.
async fn request(app: &App, browser: &mut Browser, handler: impl AsyncFnOnce(&mut Session) -> Result<(), Error>) {
    let mut session = app.open(browser);
    handler(&mut session).await.unwrap();
    app.finalize(session, browser).await.unwrap();
}

async fn entries(app: &App, browser: &Browser) -> Value {
    let entries = app.open(browser).entries().await.unwrap();
    app.spy.take_operations();
    Value::Object(entries)
}

async fn entries_are_stored_under_keys_of_their_own_and_read_by_later_requests(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |session| {
        let mut shop = session.typed_mut::<Shop>();
        shop.set_cart(&Tenant(7), vec![item("mug")])?;
        shop.set_cart(&Tenant(8), vec![item("pot"), item("cup")])?;
        shop.set_visits("a:b%", 1)?;
        shop.set_visits(&String::from("/"), 2)?;
        shop.set_old_cart(9)
    })
    .await;
    assert_eq!(app.spy.take_operations(), "create");
    assert_eq!(
        entries(&app, &browser).await,
        json!({
            "cart": 9,
            "cart:t%3A7": [{ "sku": "mug" }],
            "cart:t%3A8": [{ "sku": "pot" }, { "sku": "cup" }],
            "visits.by_page:/": 2,
            "visits.by_page:a%3Ab%25": 1,
        })
    );
    request(&app, &mut browser, async |session| {
        let mut shop = session.typed_mut::<Shop>();
        assert_eq!(shop.cart(&Tenant(7)).await?, Some(vec![item("mug")]));
        assert_eq!(shop.cart(&Tenant(9)).await?, None);
        assert_eq!(shop.visits("a:b%").await?, Some(1));
        assert_eq!(shop.remove_visits("/").await?, Some(2));
        assert_eq!(shop.remove_visits("/").await?, None);
        shop.unset_cart(&Tenant(8))
    })
    .await;
    assert_eq!(app.spy.take_operations(), "load commit");
    request(&app, &mut browser, async |session| {
        let shop = session.typed::<Shop>();
        assert_eq!(shop.cart_entries().await?, BTreeMap::from([(Tenant(7), vec![item("mug")])]));
        assert_eq!(shop.visits_entries().await?, BTreeMap::from([("a:b%".to_owned(), 1)]));
        assert_eq!(shop.old_cart().await?, Some(9));
        let snapshot: Snapshot<Shop> = session.snapshot::<Shop>().await?;
        assert_eq!(snapshot.cart[&Tenant(7)], [item("mug")]);
        assert_eq!(
            serde_json::to_value(&snapshot).unwrap(),
            json!({ "cart": { "t:7": [{ "sku": "mug" }] }, "visits": { "a:b%": 1 }, "old_cart": 9 })
        );
        Ok(())
    })
    .await;
}

async fn reading_entries_is_one_load_however_many_there_are(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |session| {
        let mut shop = session.typed_mut::<Shop>();
        (0..100).try_for_each(|number| shop.set_visits(&number.to_string(), number))
    })
    .await;
    assert_eq!(app.spy.take_operations(), "create");
    request(&app, &mut browser, async |session| {
        let shop = session.typed::<Shop>();
        let visits = shop.visits_entries().await?;
        assert_eq!((visits.len(), visits["42"]), (100, 42));
        assert_eq!(shop.visits("99").await?, Some(99));
        assert_eq!(shop.cart_entries().await?, BTreeMap::new());
        Ok(())
    })
    .await;
    assert_eq!(app.spy.take_operations(), "load");
}

async fn two_requests_that_set_different_entries_keep_both(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("other", 1)]).await;
    let (mut one, mut other) = (app.open(&browser), app.open(&browser));
    assert_eq!(one.typed::<Shop>().visits_entries().await.unwrap(), BTreeMap::new());
    other.typed_mut::<Shop>().set_visits("/other", 2).unwrap();
    app.finalize(other, &mut browser).await.unwrap();
    one.typed_mut::<Shop>().set_visits("/one", 1).unwrap();
    app.finalize(one, &mut browser).await.unwrap();
    let expected = json!({ "other": 1, "visits.by_page:/one": 1, "visits.by_page:/other": 2 });
    assert_eq!(entries(&app, &browser).await, expected);
}

async fn two_requests_that_update_one_entry_keep_both_changes(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("other", 1)]).await;
    let push = async |sku: &str| {
        let mut session = app.open(&browser);
        let mut shop = session.typed_mut::<Shop>();
        shop.update_cart(&Tenant(1), |cart| cart.get_or_insert_default().push(item(sku))).await.unwrap();
        let failed = shop.try_update_cart(&Tenant(1), |cart| {
            cart.take();
            Err::<(), _>("no")
        });
        assert_eq!(failed.await.unwrap(), Err("no"));
    };
    tokio::join!(push("a"), push("b"), push("c"), push("d"));
    let mut cart = app.open(&browser).typed::<Shop>().cart(&Tenant(1)).await.unwrap().unwrap();
    cart.sort_by(|one, other| one.sku.cmp(&other.sku));
    assert_eq!(cart, ["a", "b", "c", "d"].map(item));
}

async fn an_update_of_an_entry_leaves_the_other_entries(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("visits.by_page:/", 1), ("visits.by_page:/a", 2)]).await;
    let mut session = app.open(&browser);
    let mut shop = session.typed_mut::<Shop>();
    assert_eq!(shop.update_visits("/", |visits| visits.replace(5)).await.unwrap(), Some(1));
    let taken = shop.try_update_visits("/a", |visits| visits.take().ok_or(())).await.unwrap();
    assert_eq!(taken, Ok(2));
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(entries(&app, &browser).await, json!({ "visits.by_page:/": 5 }));
}

async fn unsetting_all_entries_unsets_those_that_were_read(kind: Kind) {
    let app = App::new(kind).await;
    let keys = [("visits.by_page:/", 1), ("visits.by_page:%3a", 2), ("visits.by_page:a:b", 3), ("visits.by_page", 4)];
    let mut browser = app.browser_with(&keys).await;
    let mut session = app.open(&browser);
    session.typed_mut::<Shop>().unset_all_visits().await.unwrap();
    assert_eq!(app.spy.take_operations(), "load");
    assert_eq!(session.typed::<Shop>().visits_entries().await.unwrap(), BTreeMap::new());

    // Another tab adds an entry in between.
    let mut other = app.open(&browser);
    other.typed_mut::<Shop>().set_visits("/new", 1).unwrap();
    app.finalize(other, &mut browser).await.unwrap();
    app.spy.take_operations();

    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "commit");
    // A key with another `:` belongs to another field.
    let expected = json!({ "visits.by_page": 4, "visits.by_page:/new": 1, "visits.by_page:a:b": 3 });
    assert_eq!(entries(&app, &browser).await, expected);
}

async fn unsetting_all_entries_includes_pending_ones(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("visits.by_page:/", 1), ("other", 1)]).await;
    request(&app, &mut browser, async |session| {
        let mut shop = session.typed_mut::<Shop>();
        shop.set_visits("/pending", 2)?;
        shop.unset_all_visits().await?;
        shop.set_visits("/later", 3)
    })
    .await;
    assert_eq!(entries(&app, &browser).await, json!({ "other": 1, "visits.by_page:/later": 3 }));
}

async fn unsetting_all_entries_of_a_new_session_stores_nothing(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |session| session.typed_mut::<Shop>().unset_all_visits().await).await;
    assert_eq!(app.spy.take_operations(), "");
}

#[derive(SessionSchema)]
struct Tables {
    #[session(keyed, client, default = 10)]
    rows: BTreeMap<String, u32>,
    #[session(keyed, client, flash)]
    hint: BTreeMap<u8, String>,
}

async fn client_entries_are_in_the_cookie_and_never_in_the_store(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |session| {
        let mut tables = session.typed_mut::<Tables>();
        assert_eq!(tables.rows("users")?, 10);
        tables.set_rows("users", 50)?;
        assert_eq!(tables.update_rows("orders", |rows| std::mem::replace(rows, 25))?, 10);
        assert_eq!(tables.try_update_rows("orders", |_| Err::<(), _>("no"))?, Err("no"));
        tables.set_hint(&1, "one".to_owned())?;
        tables.set_hint(&2, "two".to_owned())
    })
    .await;
    request(&app, &mut browser, async |session| {
        let mut tables = session.typed_mut::<Tables>();
        assert_eq!(tables.rows_entries()?, BTreeMap::from([("orders".to_owned(), 25), ("users".to_owned(), 50)]));
        assert_eq!(tables.remove_rows("users")?, Some(50));
        assert_eq!(tables.peek_hint(&1)?.as_deref(), Some("one"));
        assert_eq!(tables.take_hint(&1)?.as_deref(), Some("one"));
        assert_eq!(tables.hint_entries()?, BTreeMap::from([(2, "two".to_owned())]));
        let snapshot = tables.snapshot().await?;
        assert_eq!(serde_json::to_value(&snapshot).unwrap(), json!({ "rows": { "orders": 25 } }));
        Ok(())
    })
    .await;
    request(&app, &mut browser, async |session| {
        assert_eq!(Value::Object(session.client().entries()), json!({ "hint:2": "two", "rows:orders": 25 }));
        session.typed_mut::<Tables>().unset_all_rows()?;
        session.typed_mut::<Tables>().unset_hint(&2)
    })
    .await;
    assert_eq!(Value::Object(app.open(&browser).client().entries()), json!({}));
    assert_eq!(app.spy.take_operations(), "");
}

#[derive(SessionSchema)]
struct Notices {
    #[session(keyed, flash)]
    notice: BTreeMap<u32, String>,
}

async fn a_flash_entry_is_taken_once_and_the_others_stay(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |session| {
        let mut notices = session.typed_mut::<Notices>();
        notices.set_notice(&1, "one".to_owned())?;
        notices.set_notice(&2, "two".to_owned())?;
        notices.update_notice(&2, |notice| notice.get_or_insert_default().push('!')).await
    })
    .await;
    request(&app, &mut browser, async |session| {
        let mut notices = session.typed_mut::<Notices>();
        assert_eq!(notices.peek_notice(&1).await?.as_deref(), Some("one"));
        assert_eq!(notices.take_notice(&1).await?.as_deref(), Some("one"));
        assert_eq!(notices.take_notice(&1).await?, None);
        Ok(())
    })
    .await;
    request(&app, &mut browser, async |session| {
        let mut notices = session.typed_mut::<Notices>();
        assert_eq!(notices.notice_entries().await?, BTreeMap::from([(2, "two!".to_owned())]));
        notices.unset_all_notice().await
    })
    .await;
    assert_eq!(entries(&app, &browser).await, json!({}));
}

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

mod as_text {
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("#{value}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.trim_start_matches('#').parse().map_err(serde::de::Error::custom)
    }
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
    assert_eq!(entries(&app, &browser).await, json!({ "color:%3A": "#255" }));
    let session = app.open(&browser);
    assert_eq!(Value::Object(session.client().entries()), json!({ "size:s": "#36" }));
    let encoded = session.typed::<Encoded>();
    assert_eq!(encoded.color(&':').await.unwrap(), Some(255));
    assert_eq!(encoded.color_entries().await.unwrap(), BTreeMap::from([(':', 255)]));
    let snapshot = serde_json::to_value(encoded.snapshot().await.unwrap()).unwrap();
    assert_eq!(snapshot, json!({ "color": { ":": "#255" }, "size": { "s": "#36" } }));
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
    assert_eq!(entries(&app, &browser).await, json!({ "size:1": 36, "size:2": 45 }));
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
    assert_eq!(entries(&app, &browser).await, expected);
    request(&app, &mut browser, async |session| session.typed_mut::<Renamed>().unset_all_cart().await).await;
    assert_eq!(entries(&app, &browser).await, json!({ "basket": 5, "bag": 6 }));
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
    assert_eq!(entries(&app, &browser).await, json!({ "basket:1": 1, "basket:2": 22, "basket:3": 3 }));
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
    assert_eq!(entries(&app, &browser).await, json!({ "cart": 4, "cart:a:b": 5, "carts:1": 6, "visits": 1 }));
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
        session.insert(Tokens::TOKEN.key("a:b"), "hunter2").await
    })
    .await;
    let session = app.open(&browser);
    assert_eq!(session.typed::<Tokens>().token("a:b").await.unwrap().as_deref(), Some("hunter2"));
    let raw = session.get::<String>(&Tokens::TOKEN.key(&"a:b".to_owned())).await.unwrap();
    assert_eq!(raw.as_deref(), Some("hunter2"));
}

#[derive(SessionSchema)]
#[session(prefix = "shop.")]
struct Outer {
    #[session(keyed)]
    seats: BTreeMap<u8, u64>,
    #[session(nested)]
    inner: Inner,
}

#[derive(SessionSchema)]
#[session(prefix = "inner.", rename_all = "camelCase")]
struct Inner {
    #[session(keyed)]
    free_seats: BTreeMap<u8, u64>,
}

async fn entries_of_a_nested_schema_have_its_prefix(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |session| {
        let mut outer = session.typed_mut::<Outer>();
        outer.set_seats(&1, 1)?;
        outer.inner_mut().set_free_seats(&1, 2)
    })
    .await;
    assert_eq!(entries(&app, &browser).await, json!({ "shop.seats:1": 1, "inner.freeSeats:1": 2 }));
    let snapshot = app.open(&browser).snapshot::<Outer>().await.unwrap();
    let expected = json!({ "seats": { "1": 1 }, "inner": { "free_seats": { "1": 2 } } });
    assert_eq!(serde_json::to_value(snapshot).unwrap(), expected);
}

async fn a_detached_session_reads_and_writes_entries(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("visits.by_page:/", 1)]).await;
    let mut detached = app.open(&browser).detached().unwrap();
    let mut shop = detached.typed_mut::<Shop>();
    assert_eq!(shop.visits("/").await.unwrap(), Some(1));
    shop.update_visits("/", |visits| *visits = Some(2)).await.unwrap();
    shop.set_visits("/a", 3).unwrap();
    detached.sync().await.unwrap();
    assert_eq!(entries(&app, &browser).await, json!({ "visits.by_page:/": 2, "visits.by_page:/a": 3 }));
}

#[test]
fn the_declaration_names_keyed_fields() {
    let cart = &Shop::schema().fields()[0];
    assert_eq!((cart.name(), cart.key(), cart.side()), ("cart", "cart", Side::Server));
    assert_eq!(cart.type_name(), "BTreeMap<Tenant, Vec<Item>>");
    assert!(cart.is_keyed() && !Shop::schema().fields()[2].is_keyed());
    assert_eq!(format!("{:?} {:?}", Shop::CART, Tables::ROWS), r#"KeyPrefix("cart") ClientKeyPrefix("rows")"#);
}

session::assert_disjoint!(Shop, Outer, Notices, Counters, Encoded);
