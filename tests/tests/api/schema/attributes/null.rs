//! Tests of `null = "absent"`: a stored `null` reads as an absent key.

use serde_json::{Value, json};
use session::{ErrorKind, SessionSchema};
use session_tests::{App, Browser, Kind, on_every_store};

use super::stored;

on_every_store!(a_stored_null_reads_as_absent_where_the_field_requests_it,);

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
