//! Tests of `null = "absent"`: a stored `null` reads as an absent key.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use session::{ErrorKind, SessionSchema};
use session_tests::{App, Browser, Kind, on_every_store};

use super::stored;

on_every_store!(
    a_stored_null_reads_as_absent_where_the_field_requests_it,
    a_null_entry_of_a_keyed_field_is_absent,
    a_null_entry_is_removed_like_a_value,
    a_null_entry_is_invalid_without_the_attribute,
    a_group_with_a_null_field_reads_as_none,
);

/// A session of an application in JavaScript: absent values are stored as `null`.
#[derive(SessionSchema)]
struct Ported {
    #[session(null = "absent")]
    reserve_id: u64,
    #[session(null = "absent", default = 40)]
    size: u8,
    #[session(null = "absent", flash)]
    notice: String,
    #[session(null = "absent", migrate = "no_migration")]
    migrated: u8,
    /// `null` is a value of this type.
    #[session(null = "absent", alias = "old_note")]
    note: Value,
    #[session(null = "absent", on_invalid = "discard")]
    color: u8,
    #[session(null = "absent", client)]
    theme: String,
    #[session(null = "absent", client, default = 7)]
    page: u8,
    #[session(null = "absent", client, flash)]
    hint: u8,
    strict: u64,
    #[session(client)]
    strict_theme: String,
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of `migrate`")]
fn no_migration(_: &Value) -> Option<u8> {
    Some(1)
}

async fn a_stored_null_reads_as_absent_where_the_field_requests_it(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    for key in ["reserve_id", "size", "notice", "migrated", "old_note", "color", "strict"] {
        session.insert_raw(key, Value::Null).await.unwrap();
    }
    for key in ["theme", "page", "hint", "strict_theme"] {
        session.client_mut().insert_raw(key, Value::Null).unwrap();
    }
    app.finalize(session, &mut browser).await.unwrap();

    let mut session = app.open(&browser);
    let ported = session.typed::<Ported>();
    assert_eq!(ported.reserve_id().await.unwrap(), None);
    assert_eq!(ported.size().await.unwrap(), 40);
    assert_eq!(ported.peek_notice().await.unwrap(), None);
    assert_eq!(ported.migrated().await.unwrap(), None);
    assert_eq!(ported.note().await.unwrap(), None);
    assert_eq!(ported.color().await.unwrap(), None);
    assert_eq!((ported.theme().unwrap(), ported.page().unwrap(), ported.peek_hint().unwrap()), (None, 7, None));
    assert_eq!(ported.strict().await.unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(ported.strict_theme().unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(session.get(Ported::RESERVE_ID).await.unwrap(), None);
    assert_eq!(session.get_raw(Ported::RESERVE_ID).await.unwrap(), Some(Value::Null), "as it is stored");

    session.unset("strict").await.unwrap();
    session.client_mut().remove_raw("strict_theme");
    let snapshot = session.snapshot::<Ported>().await.unwrap();
    assert_eq!((snapshot.reserve_id, snapshot.size, snapshot.note), (None, 40, None));
    assert_eq!((snapshot.theme, snapshot.page), (None, 7));

    let mut ported = session.typed_mut::<Ported>();
    assert_eq!(ported.update_reserve_id(|id| id.replace(7)).await.unwrap(), None);
    assert_eq!(ported.update_size(|size| std::mem::replace(size, 41)).await.unwrap(), 40);
    assert_eq!(ported.take_notice().await.unwrap(), None);
    assert_eq!(ported.remove_note().await.unwrap(), None);
    assert_eq!(ported.remove_theme().unwrap(), None);
    assert_eq!(ported.take_hint().unwrap(), None);
    ported.update_page(|page| *page += 1).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    let server = json!({ "reserve_id": 7, "size": 41, "migrated": null, "color": null });
    assert_eq!(stored(&app, &browser).await, (server, json!({ "page": 8 })), "a removal removes the `null`");
}

#[derive(SessionSchema)]
struct Entries {
    #[session(keyed, null = "absent")]
    seats: BTreeMap<u8, u64>,
    #[session(keyed, null = "absent", default = 40)]
    size: BTreeMap<u8, u64>,
    #[session(keyed, null = "absent", client, default = 7)]
    page: BTreeMap<u8, u64>,
    #[session(keyed, null = "absent", expires_in = "10m", default = 9)]
    code: BTreeMap<u8, u64>,
}

/// A browser with a `null` and a number in each field.
async fn browser_with_nulls(app: &App) -> Browser {
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.typed::<Entries>();
    for (part, value) in [("1", Value::Null), ("2", json!(2))] {
        for key in ["seats", "size", "code"] {
            session.insert_raw(format!("{key}:{part}"), value.clone()).await.unwrap();
        }
        session.client_mut().insert_raw(format!("page:{part}"), value).unwrap();
    }
    app.finalize(session, &mut browser).await.unwrap();
    app.spy.take_operations();
    browser
}

async fn a_null_entry_of_a_keyed_field_is_absent(kind: Kind) {
    let app = App::new(kind).await;
    let browser = browser_with_nulls(&app).await;
    let mut session = app.open(&browser);
    let mut entries = session.typed_mut::<Entries>();
    assert_eq!((entries.seats(&1).await.unwrap(), entries.seats(&2).await.unwrap()), (None, Some(2)));
    assert_eq!((entries.size(&1).await.unwrap(), entries.size(&2).await.unwrap()), (40, 2));
    assert_eq!((entries.page(&1).unwrap(), entries.page(&2).unwrap()), (7, 2));
    assert_eq!((entries.code(&1).await.unwrap(), entries.code(&2).await.unwrap()), (9, 2));
    // An absent entry is not listed, also with a default.
    let listed = BTreeMap::from([(2, 2)]);
    assert_eq!(entries.seats_entries().await.unwrap(), listed);
    assert_eq!(entries.size_entries().await.unwrap(), listed);
    assert_eq!(entries.page_entries().unwrap(), listed);
    assert_eq!(entries.code_entries().await.unwrap(), listed);
    let snapshot = entries.snapshot().await.unwrap();
    assert_eq!([&snapshot.seats, &snapshot.size, &snapshot.page, &snapshot.code], [&listed; 4]);

    assert_eq!(entries.update_seats(&1, |seats| seats.replace(5)).await.unwrap(), None);
    assert_eq!(entries.update_size(&1, |size| std::mem::replace(size, 41)).await.unwrap(), 40);
    assert_eq!(entries.update_page(&1, |page| std::mem::replace(page, 8)).unwrap(), 7);
    assert_eq!(entries.seats_entries().await.unwrap(), BTreeMap::from([(1, 5), (2, 2)]));
    assert_eq!(entries.size_entries().await.unwrap(), BTreeMap::from([(1, 41), (2, 2)]));
    assert_eq!(entries.page_entries().unwrap(), BTreeMap::from([(1, 8), (2, 2)]));
}

async fn a_null_entry_is_removed_like_a_value(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = browser_with_nulls(&app).await;
    let mut session = app.open(&browser);
    let mut entries = session.typed_mut::<Entries>();
    assert_eq!(entries.remove_seats(&1).await.unwrap(), None);
    assert_eq!(entries.remove_page(&1).unwrap(), None);
    entries.unset_size(&1).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    let server = json!({ "seats:2": 2, "size:2": 2, "code:1": null, "code:2": 2 });
    assert_eq!(stored(&app, &browser).await, (server, json!({ "page:2": 2 })));

    let mut browser = browser_with_nulls(&app).await;
    let mut session = app.open(&browser);
    let mut entries = session.typed_mut::<Entries>();
    entries.unset_all_seats().await.unwrap();
    entries.unset_all_size().await.unwrap();
    entries.unset_all_page().unwrap();
    entries.unset_all_code().await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await, (json!({}), json!({})));
}

async fn a_null_entry_is_invalid_without_the_attribute(kind: Kind) {
    #[derive(SessionSchema)]
    struct Strict {
        #[session(keyed)]
        seats: BTreeMap<u8, u64>,
        #[session(keyed, client)]
        page: BTreeMap<u8, u64>,
    }

    let app = App::new(kind).await;
    let browser = browser_with_nulls(&app).await;
    let strict = app.open(&browser).typed::<Strict>();
    assert_eq!(strict.seats(&1).await.unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(strict.seats_entries().await.unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(strict.page(&1).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(strict.page_entries().unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(strict.seats(&2).await.unwrap(), Some(2));
}

#[derive(SessionSchema)]
struct Owner {
    #[session(group)]
    seat: Seat,
}

#[derive(SessionSchema, Debug, PartialEq)]
#[session(group, prefix = "seat.")]
struct Seat {
    row: String,
    #[session(null = "absent")]
    number: u64,
}

async fn a_group_with_a_null_field_reads_as_none(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert("seat.row", "A").await.unwrap();
    session.insert_raw("seat.number", Value::Null).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let mut session = app.open(&browser);
    let mut owner = session.typed_mut::<Owner>();
    assert_eq!(owner.seat().await.unwrap(), None);
    assert_eq!(owner.snapshot().await.unwrap().seat.map(|seat| seat.row), None);
    owner.set_seat(Seat { row: "B".to_owned(), number: 1 }).unwrap();
    assert_eq!(owner.seat().await.unwrap(), Some(Seat { row: "B".to_owned(), number: 1 }));
    drop(session);

    let mut session = app.open(&browser);
    assert_eq!(session.typed_mut::<Owner>().remove_seat().await.unwrap(), None);
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored(&app, &browser).await, (json!({}), json!({})), "a removal removes the `null`");
}
