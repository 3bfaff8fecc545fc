//! Tests of `keyed` fields: one session key per entry of a map.

mod attributes;
mod parts;

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Display};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use session::{Error, ErrorKind, Session, SessionSchema, Side, Snapshot};
use session_tests::{App, Browser, ClientKind, Kind, on_every_store};

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
    writing_client_entries_of_a_header_request_is_an_error,
    a_flash_entry_is_taken_once_and_the_others_stay,
    entries_of_a_nested_schema_have_its_prefix,
    a_detached_session_reads_and_writes_entries,
    unset_all_of_a_schema_includes_all_entries,
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
        app.entries(&browser).await,
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
    assert_eq!(app.entries(&browser).await, expected);
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
    assert_eq!(app.entries(&browser).await, json!({ "visits.by_page:/": 5 }));
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
    assert_eq!(app.entries(&browser).await, expected);
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
    assert_eq!(app.entries(&browser).await, json!({ "other": 1, "visits.by_page:/later": 3 }));
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

async fn writing_client_entries_of_a_header_request_is_an_error(kind: Kind) {
    let app = App::for_clients(kind, ClientKind::Header, |config| config).await;
    let mut session = app.open(&app.client_without_session());
    let mut tables = session.typed_mut::<Tables>();
    for result in [tables.set_rows("users", 50), tables.unset_rows("users"), tables.unset_all_rows()] {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::NoBrowser);
    }
    assert_eq!(tables.rows_entries().unwrap(), BTreeMap::new());
    tables.unset_all().await.unwrap();
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
    assert_eq!(app.entries(&browser).await, json!({}));
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
    assert_eq!(app.entries(&browser).await, json!({ "shop.seats:1": 1, "inner.freeSeats:1": 2 }));
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
    assert_eq!(app.entries(&browser).await, json!({ "visits.by_page:/": 2, "visits.by_page:/a": 3 }));
}

async fn unset_all_of_a_schema_includes_all_entries(kind: Kind) {
    let app = App::new(kind).await;
    let keys = [("shop.seats:1", 1), ("shop.seats:x", 2), ("inner.freeSeats:1", 3), ("inner.freeSeats", 4)];
    let mut browser = app.browser_with(&keys).await;
    let mut session = app.open(&browser);
    session.typed_mut::<Outer>().set_seats(&2, 5).unwrap();
    session.typed_mut::<Outer>().unset_all().await.unwrap();
    assert_eq!(session.typed::<Outer>().seats_entries().await.unwrap(), BTreeMap::new());
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load commit");
    assert_eq!(app.entries(&browser).await, json!({ "inner.freeSeats": 4 }));

    request(&app, &mut browser, async |session| session.typed_mut::<Tables>().set_rows("users", 50)).await;
    // Client entries are known without a load.
    request(&app, &mut browser, async |session| session.typed_mut::<Tables>().unset_all().await).await;
    assert_eq!(Value::Object(app.open(&browser).client().entries()), json!({}));
    assert_eq!(app.spy.take_operations(), "");
}

#[test]
fn the_declaration_names_keyed_fields() {
    let cart = &Shop::schema().fields()[0];
    assert_eq!((cart.name(), cart.key(), cart.side()), ("cart", "cart", Side::Server));
    assert_eq!(cart.type_name(), "BTreeMap<Tenant, Vec<Item>>");
    assert!(cart.is_keyed() && !Shop::schema().fields()[2].is_keyed());
    assert_eq!(format!("{:?} {:?}", Shop::CART, Tables::ROWS), r#"KeyPrefix("cart") ClientKeyPrefix("rows")"#);
}

session::assert_disjoint!(Shop, Outer, Notices, Tables);
