//! `expires_in` together with the other attributes, and in releases with and without it.

use serde_json::{Value, json};
use session::SessionSchema;
use session_tests::{App, Browser, Kind, on_every_store};

use super::{Before, TEN_MINUTES, request, set_all};
use crate::schema::{as_text, is_even, stored_keys};

on_every_store!(
    a_plain_value_from_before_the_attribute_reads_as_absent,
    a_value_stays_readable_after_the_attribute_is_removed,
    the_attribute_combines_with_the_others,
);

async fn a_plain_value_from_before_the_attribute_reads_as_absent(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut before = session.typed_mut::<Before>();
    before.set_otp("123456".to_owned()).unwrap();
    before.set_attempts(7).unwrap();
    before.set_hint("inbox".to_owned()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap(), None);
        assert_eq!(login.attempts().await.unwrap(), 0);
        assert_eq!(login.hint().unwrap(), None);
        login.set_name("Eve".to_owned()).unwrap();
    })
    .await;
    // Servers of the earlier release may still run, so the value stays.
    assert_eq!(app.open(&browser).typed::<Before>().attempts().await.unwrap(), Some(7));
    request(&app, &mut browser, async |login| {
        login.update_attempts(|attempts| *attempts += 1).await.unwrap();
        assert_eq!(login.attempts().await.unwrap(), 1);
    })
    .await;
}

async fn a_value_stays_readable_after_the_attribute_is_removed(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, set_all).await;
    let before = app.open(&browser).typed::<Before>();
    assert_eq!(before.otp().await.unwrap().as_deref(), Some("123456"));
    assert_eq!(before.hint().unwrap().as_deref(), Some("inbox"));
    app.advance(TEN_MINUTES);
    assert_eq!((before.otp().await.unwrap(), before.hint().unwrap()), (None, None));
}

fn from_word(value: &Value) -> Option<u64> {
    (value.as_str()? == "seven").then_some(7)
}

/// The release before `Combined`: other types and keys.
#[derive(SessionSchema)]
struct Words {
    #[session(expires_in = "10m")]
    migrated: String,
    #[session(expires_in = "10m")]
    ignored: String,
    #[session(expires_in = "10m")]
    old: u64,
    #[session(expires_in = "10m")]
    sealed_later: u64,
}

#[derive(SessionSchema)]
struct Combined {
    #[session(expires_in = "10m", with = "as_text", sealed)]
    pin: u64,
    #[session(expires_in = "10m", migrate = "from_word")]
    migrated: u64,
    #[session(expires_in = "10m", on_invalid = "default", default = 3)]
    ignored: u64,
    #[session(expires_in = "10m", alias = "old")]
    renamed: u64,
    #[session(expires_in = "10m", kept_alias = "kept")]
    moved: u64,
    #[session(expires_in = "10m", sealed, on_invalid = "discard")]
    sealed_later: u64,
    #[session(expires_in = "10m", check = "is_even")]
    even: u64,
}

async fn the_attribute_combines_with_the_others(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut words = session.typed_mut::<Words>();
    words.set_migrated("seven".to_owned()).unwrap();
    words.set_ignored("eight".to_owned()).unwrap();
    words.set_old(9).unwrap();
    words.set_sealed_later(1).unwrap();
    let mut combined = session.typed_mut::<Combined>();
    combined.set_pin(4711).unwrap();
    combined.set_moved(5).unwrap();
    combined.set_even(2).unwrap();
    assert!(combined.set_even_for(3, TEN_MINUTES).is_err());
    app.finalize(session, &mut browser).await.unwrap();

    let combined = app.open(&browser).typed::<Combined>();
    assert_eq!(combined.pin().await.unwrap(), Some(4711));
    assert_eq!(combined.migrated().await.unwrap(), Some(7));
    assert_eq!(combined.ignored().await.unwrap(), 3);
    assert_eq!(combined.renamed().await.unwrap(), Some(9));
    assert_eq!(combined.moved().await.unwrap(), Some(5));
    assert_eq!(combined.sealed_later().await.unwrap(), None, "not encrypted");
    assert_eq!(combined.even().await.unwrap(), Some(2));
    assert_eq!(combined.get_raw("kept").await.unwrap(), Some(json!(5)));
    app.advance(TEN_MINUTES);
    assert_eq!(combined.pin().await.unwrap(), None);
    assert_eq!(combined.migrated().await.unwrap(), None);
    assert_eq!(combined.renamed().await.unwrap(), None);
    assert_eq!(combined.moved().await.unwrap(), None);
    assert_eq!(combined.even().await.unwrap(), None);

    let mut session = app.open(&browser);
    let mut combined = session.typed_mut::<Combined>();
    combined.update_renamed(|value| *value = Some(1)).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored_keys(&app, &browser).await, "renamed");
}
