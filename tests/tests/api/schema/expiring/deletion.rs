//! The commits that delete expired values.

use session::SessionConfig;
use session_tests::{App, Browser, Kind, on_every_store};

use super::{Login, TEN_MINUTES, expired, otp, request, set_all};
use crate::schema::stored_keys;

on_every_store!(
    a_request_that_only_reads_deletes_nothing,
    the_next_commit_after_a_load_deletes_expired_values,
    a_commit_without_a_load_deletes_nothing,
    a_commit_without_expired_values_has_no_condition,
    a_registered_schema_deletes_expired_values_of_requests_that_do_not_use_it,
    a_detached_handle_deletes_expired_values,
);

async fn a_request_that_only_reads_deletes_nothing(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let operations = request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap(), None);
        assert_eq!(login.take_notice().await.unwrap(), None);
        assert_eq!(login.remove_otp().await.unwrap(), None);
    })
    .await;
    assert_eq!(operations, "load");
    assert_eq!(stored_keys(&app, &browser).await, "attempts name notice otp verifier");
}

async fn the_next_commit_after_a_load_deletes_expired_values(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let operations = request(&app, &mut browser, async |login| {
        login.name().await.unwrap();
        login.set_name("Eve".to_owned()).unwrap();
    })
    .await;
    assert_eq!(operations, "load commit");
    assert_eq!(stored_keys(&app, &browser).await, "attempts name");
    let operations = request(&app, &mut browser, async |login| {
        assert_eq!(login.name().await.unwrap().as_deref(), Some("Eve"));
        login.set_otp("654321".to_owned()).unwrap();
        login.sync().await.unwrap();
        assert_eq!(login.otp().await.unwrap().as_deref(), Some("654321"));
    })
    .await;
    assert_eq!(operations, "load commit");
}

async fn a_commit_without_a_load_deletes_nothing(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    let operations = request(&app, &mut browser, async |login| login.set_name("Eve".to_owned()).unwrap()).await;
    assert_eq!(operations, "commit");
    assert_eq!(stored_keys(&app, &browser).await, "attempts name notice otp verifier");
}

/// With a condition on the revision, the commit would be sent twice.
async fn a_commit_without_expired_values_has_no_condition(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, set_all).await;
    let mut other = browser.clone();
    let operations = request(&app, &mut browser, async |login| {
        login.name().await.unwrap();
        request(&app, &mut other, async |login| login.set_attempts(3).unwrap()).await;
        login.set_name("Eve".to_owned()).unwrap();
    })
    .await;
    assert_eq!(operations, "commit");
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("123456"));
}

async fn a_registered_schema_deletes_expired_values_of_requests_that_do_not_use_it(kind: Kind) {
    let app = App::with(kind, SessionConfig::schema::<Login>).await;
    let mut browser = expired(&app).await;
    let mut session = app.open(&browser);
    session.get_raw("name").await.unwrap();
    session.insert("other", 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(stored_keys(&app, &browser).await, "attempts name other");
}

async fn a_detached_handle_deletes_expired_values(kind: Kind) {
    let app = App::new(kind).await;
    let browser = expired(&app).await;
    let mut session = app.open(&browser);
    session.typed_mut::<Login>().name().await.unwrap();
    let mut detached = session.detached().unwrap();
    let mut other = browser.clone();
    let mut login = detached.typed_mut::<Login>();
    assert_eq!(login.otp().await.unwrap(), None);
    login.set_name("Eve".to_owned()).unwrap();
    detached.sync().await.unwrap();
    assert_eq!(stored_keys(&app, &browser).await, "attempts name");

    request(&app, &mut other, async |login| login.set_otp("1".to_owned()).unwrap()).await;
    app.advance(TEN_MINUTES);
    detached.reload();
    let mut login = detached.typed_mut::<Login>();
    assert_eq!(login.otp().await.unwrap(), None);
    request(&app, &mut other, async |login| login.set_otp("654321".to_owned()).unwrap()).await;
    login.set_name("Eda".to_owned()).unwrap();
    detached.sync().await.unwrap();
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("654321"));
    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.name().await.unwrap().as_deref(), Some("Eda"));
}
