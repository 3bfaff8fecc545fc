//! Expiring values in the raw key API.

use std::time::Duration;

use serde_json::json;
use session::ClientKey;
use session_tests::{App, Browser, Kind, on_every_store};

use super::{Login, TEN_MINUTES, request};

on_every_store!(
    the_raw_key_api_reads_and_writes_expiring_values,
    a_value_of_the_application_in_the_stored_form_is_unchanged,
    a_typed_key_gives_its_expiry_time_to_raw_values,
    a_hand_made_client_key_of_an_expiring_field_gives_an_expiry_time_too,
);

async fn the_raw_key_api_reads_and_writes_expiring_values(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |login| {
        login.insert("otp", "123456").await.unwrap();
        login.insert_raw("verifier", json!("pkce")).await.unwrap();
        login.client_mut().insert("hint", "inbox").unwrap();
        login.update("attempts", |attempts: &mut Option<u32>| *attempts = Some(1)).await.unwrap();
        assert_eq!(login.get_raw("otp").await.unwrap(), Some(json!("123456")));
    })
    .await;
    request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap().as_deref(), Some("123456"));
        assert_eq!(login.verifier().await.unwrap().as_deref(), Some("pkce"));
        assert_eq!(login.hint().unwrap().as_deref(), Some("inbox"));
        assert_eq!(login.attempts().await.unwrap(), 1);
        assert_eq!(login.get::<String>("otp").await.unwrap().as_deref(), Some("123456"));
    })
    .await;
    app.advance(TEN_MINUTES);
    let mut session = app.open(&browser);
    assert_eq!(session.get::<String>("otp").await.unwrap(), None, "also without the schema");
    assert_eq!(session.remove_raw("otp").await.unwrap(), None);
    assert_eq!(session.client().get_raw("hint"), None);
    session.update("otp", |otp: &mut Option<String>| assert_eq!(*otp, None)).await.unwrap();
}

async fn a_value_of_the_application_in_the_stored_form_is_unchanged(kind: Kind) {
    let app = App::new(kind).await;
    let value = json!({ "timed:expires_at": 1, "value": "mine" });
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert("mine", &value).await.unwrap();
    session.client_mut().insert("mine", &value).unwrap();
    session.insert("plain", "{\"timed:expires_at\":1,\"value\":2}").await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let session = app.open(&browser);
    assert_eq!(session.get_raw("mine").await.unwrap(), Some(value.clone()));
    assert_eq!(session.client().get_raw("mine"), Some(value.clone()));
    assert_eq!(session.entries().await.unwrap()["mine"], value);
    assert_eq!(session.client().entries()["mine"], value);
    assert_eq!(session.get_raw("plain").await.unwrap(), Some(json!("{\"timed:expires_at\":1,\"value\":2}")));
}

async fn a_typed_key_gives_its_expiry_time_to_raw_values(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert(Login::OTP, "123456".to_owned()).await.unwrap();
    session.insert_raw(Login::VERIFIER, json!("pkce")).await.unwrap();
    session.client_mut().insert_raw(Login::HINT, json!("inbox")).unwrap();
    session.update(Login::ATTEMPTS, |attempts| *attempts = Some(4)).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.otp().await.unwrap().as_deref(), Some("123456"));
    assert_eq!(login.verifier().await.unwrap().as_deref(), Some("pkce"));
    assert_eq!(login.hint().unwrap().as_deref(), Some("inbox"));
    assert_eq!(login.attempts().await.unwrap(), 4);
    app.advance(TEN_MINUTES);
    assert_eq!((login.otp().await.unwrap(), login.verifier().await.unwrap()), (None, None));
    assert_eq!(login.hint().unwrap(), None);
    assert_eq!(login.get(Login::OTP).await.unwrap(), None);
    app.advance(Duration::from_mins(50));
    assert_eq!(login.get_raw(Login::ATTEMPTS).await.unwrap(), None);
}

async fn a_hand_made_client_key_of_an_expiring_field_gives_an_expiry_time_too(kind: Kind) {
    const HINT: ClientKey<String> = ClientKey::declare("hint");
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |login| login.client_mut().insert(HINT, "inbox".to_owned()).unwrap()).await;
    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.hint().unwrap().as_deref(), Some("inbox"));
    app.advance(TEN_MINUTES);
    assert_eq!(login.client().get(HINT).unwrap(), None);
}
