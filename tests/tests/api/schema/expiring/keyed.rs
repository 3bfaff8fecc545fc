//! Entries of keyed fields that expire.

use std::collections::BTreeMap;

use session::SessionSchema;
use session_tests::{App, Browser, Kind, on_every_store};

use super::{TEN_MINUTES, is_even, stored_keys};

on_every_store!(an_expired_entry_of_a_keyed_field_is_absent_and_deleted,);

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
