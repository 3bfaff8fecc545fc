//! Entries of keyed fields that expire.

use std::collections::BTreeMap;

use session::{SessionSchema, Typed};
use session_tests::{App, Browser, Kind, on_every_store};

use super::TEN_MINUTES;
use crate::schema::{is_even, stored_keys};

on_every_store!(
    an_expired_entry_of_a_keyed_field_is_absent_and_deleted,
    unsetting_all_entries_deletes_expired_ones_too,
    unsetting_only_expired_entries_is_no_commit,
    unsetting_all_entries_keeps_an_expired_one_that_another_request_sets,
    removing_an_expired_entry_keeps_one_that_another_request_sets,
);

#[derive(SessionSchema)]
struct Codes {
    #[session(keyed, expires_in = "10m", default = 9)]
    code: BTreeMap<String, u64>,
    #[session(keyed, expires_in = "10m", sealed, check = "is_even")]
    pin: BTreeMap<u32, u64>,
    #[session(keyed, expires_in = "10m", client, flash)]
    hint: BTreeMap<u32, u64>,
}

async fn an_expired_entry_of_a_keyed_field_is_absent_and_deleted(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut codes = session.typed_mut::<Codes>();
    codes.set_code("a:b", 1).unwrap();
    codes.set_code_for("long", 2, TEN_MINUTES * 2).unwrap();
    codes.set_pin(&7, 4).unwrap();
    codes.set_pin_for(&8, 6, TEN_MINUTES * 2).unwrap();
    assert!(codes.set_pin(&9, 5).is_err(), "refused by the check");
    codes.set_hint(&1, 1).unwrap();
    codes.set_hint_for(&2, 2, TEN_MINUTES * 2).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    app.advance(TEN_MINUTES);

    let mut session = app.open(&browser);
    let mut codes = session.typed_mut::<Codes>();
    assert_eq!(codes.code("a:b").await.unwrap(), 9);
    assert_eq!(codes.code("long").await.unwrap(), 2);
    assert_eq!(codes.code_entries().await.unwrap(), BTreeMap::from([("long".to_owned(), 2)]));
    assert_eq!(codes.pin(&7).await.unwrap(), None);
    assert_eq!(codes.pin_entries().await.unwrap(), BTreeMap::from([(8, 6)]));
    assert_eq!(codes.hint_entries().unwrap(), BTreeMap::from([(2, 2)]));
    assert_eq!(codes.take_hint(&1).unwrap(), None);
    codes.update_code("new", |code| *code += 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored_keys(&app, &browser).await, "code:long code:new pin:8");
    let snapshot = app.open(&browser).snapshot::<Codes>().await.unwrap();
    assert_eq!(snapshot.code, BTreeMap::from([("long".to_owned(), 2), ("new".to_owned(), 10)]));
}

/// One request that uses `Codes`. Returns its store operations.
async fn request(app: &App, browser: &mut Browser, request: impl AsyncFnOnce(&mut Typed<Codes>)) -> String {
    app.spy.take_operations();
    let mut session = app.open(browser);
    request(&mut session.typed_mut::<Codes>()).await;
    app.finalize(session, browser).await.unwrap();
    app.spy.take_operations()
}

/// A browser with expired and live entries, plain and sealed ones.
async fn expired(app: &App) -> Browser {
    let mut browser = Browser::default();
    request(app, &mut browser, async |codes| {
        codes.set_code("expired", 1).unwrap();
        codes.set_code_for("live", 2, TEN_MINUTES * 2).unwrap();
        codes.set_pin(&1, 4).unwrap();
        codes.set_pin_for(&2, 6, TEN_MINUTES * 2).unwrap();
    })
    .await;
    app.advance(TEN_MINUTES);
    browser
}

/// Unsets all entries, field by field or with the whole schema.
async fn unset_all(codes: &mut Typed<Codes>, by_schema: bool) {
    if by_schema {
        codes.unset_all().await.unwrap();
    } else {
        codes.unset_all_code().await.unwrap();
        codes.unset_all_pin().await.unwrap();
    }
}

async fn unsetting_all_entries_deletes_expired_ones_too(kind: Kind) {
    for by_schema in [false, true] {
        let app = App::new(kind).await;
        let mut browser = expired(&app).await;
        let operations = request(&app, &mut browser, async |codes| unset_all(codes, by_schema).await).await;
        assert_eq!(operations, "load commit");
        assert_eq!(stored_keys(&app, &browser).await, "", "{by_schema}");
    }
}

async fn unsetting_only_expired_entries_is_no_commit(kind: Kind) {
    for by_schema in [false, true] {
        let app = App::new(kind).await;
        let mut browser = expired(&app).await;
        app.advance(TEN_MINUTES);
        let operations = request(&app, &mut browser, async |codes| unset_all(codes, by_schema).await).await;
        assert_eq!(operations, "load", "a later commit deletes them");
        assert_eq!(stored_keys(&app, &browser).await, "code:expired code:live pin:1 pin:2");
    }
}

async fn unsetting_all_entries_keeps_an_expired_one_that_another_request_sets(kind: Kind) {
    for by_schema in [false, true] {
        let app = App::new(kind).await;
        let mut browser = expired(&app).await;
        let mut other = browser.clone();
        let operations = request(&app, &mut browser, async |codes| {
            assert_eq!(codes.code_entries().await.unwrap(), BTreeMap::from([("live".to_owned(), 2)]));
            request(&app, &mut other, async |codes| {
                codes.set_code("expired", 3).unwrap();
                codes.set_code("live", 5).unwrap();
                codes.set_pin(&1, 8).unwrap();
            })
            .await;
            unset_all(codes, by_schema).await;
        })
        .await;
        assert_eq!(operations, "commit commit", "once more without the deletions");
        let codes = app.open(&browser).typed::<Codes>();
        // The later commit of an entry that both requests changed is stored.
        assert_eq!(codes.code_entries().await.unwrap(), BTreeMap::from([("expired".to_owned(), 3)]), "{by_schema}");
        assert_eq!(codes.pin_entries().await.unwrap(), BTreeMap::from([(1, 8)]), "{by_schema}");
    }
}

async fn removing_an_expired_entry_keeps_one_that_another_request_sets(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let mut other = browser.clone();
    request(&app, &mut browser, async |codes| {
        assert_eq!(codes.pin(&1).await.unwrap(), None);
        request(&app, &mut other, async |codes| {
            codes.set_code("expired", 3).unwrap();
            codes.set_pin(&1, 8).unwrap();
        })
        .await;
        codes.remove_code("expired").await.unwrap();
        assert_eq!(codes.remove_pin(&1).await.unwrap(), None);
        assert_eq!(codes.remove_pin(&2).await.unwrap(), Some(6));
    })
    .await;
    let codes = app.open(&browser).typed::<Codes>();
    assert_eq!(codes.code("expired").await.unwrap(), 3);
    assert_eq!(codes.pin_entries().await.unwrap(), BTreeMap::from([(1, 8)]));
}
