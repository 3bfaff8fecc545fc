//! Values by the clock: the time after which they read as absent, and how writes start it again.

use std::time::Duration;

use serde_json::{Value, json};
use session_tests::{App, Browser, Kind, on_every_store};

use super::{Login, TEN_MINUTES, expired, otp, request, set_all};

on_every_store!(
    a_value_reads_as_absent_after_its_time_by_the_configured_clock,
    a_value_can_expire_after_another_time,
    setting_an_equal_value_moves_the_time,
    an_update_sees_an_expired_value_as_absent_and_starts_the_time_again,
    an_expired_client_value_is_deleted_with_the_next_state_cookie,
);

async fn a_value_reads_as_absent_after_its_time_by_the_configured_clock(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |login| {
        set_all(login).await;
        assert_eq!(login.otp().await.unwrap().as_deref(), Some("123456"), "before the commit");
        assert_eq!(login.verifier().await.unwrap().as_deref(), Some("pkce"));
    })
    .await;
    app.advance(Duration::from_millis(10 * 60 * 1000 - 1));
    request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap().as_deref(), Some("123456"));
        assert_eq!(login.verifier().await.unwrap().as_deref(), Some("pkce"));
        assert_eq!(login.peek_notice().await.unwrap().as_deref(), Some("sent"));
        assert_eq!(login.hint().unwrap().as_deref(), Some("inbox"));
        assert_eq!(login.snapshot().await.unwrap().otp.as_deref(), Some("123456"));
        let expected = json!({
            "name": "Ada", "otp": "123456", "attempts": 2, "notice": "sent", "verifier": "[redacted]",
        });
        assert_eq!(Value::from(login.entries().await.unwrap()), expected);
        assert_eq!(Value::from(login.client().entries()), json!({ "hint": "inbox" }));
    })
    .await;

    app.advance(Duration::from_millis(1));
    request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap(), None);
        assert_eq!(login.verifier().await.unwrap(), None);
        assert_eq!(login.peek_notice().await.unwrap(), None);
        assert_eq!(login.hint().unwrap(), None);
        assert_eq!(login.attempts().await.unwrap(), 2);
        let snapshot = login.snapshot().await.unwrap();
        assert_eq!((snapshot.otp, snapshot.hint, snapshot.attempts), (None, None, 2));
        assert_eq!(login.get::<String>("otp").await.unwrap(), None);
        assert_eq!(login.get_raw("verifier").await.unwrap(), None);
        assert_eq!(login.client().get_raw("hint"), None);
        assert_eq!(Value::from(login.entries().await.unwrap()), json!({ "name": "Ada", "attempts": 2 }));
        assert!(login.client().is_empty() && login.client().entries().is_empty());
        assert!(!login.is_empty().await.unwrap());
        // A write makes the next reads take another path.
        login.set_dark(true).unwrap();
        login.set_name("Eve".to_owned()).unwrap();
        assert_eq!((login.otp().await.unwrap(), login.verifier().await.unwrap()), (None, None));
    })
    .await;

    app.advance(Duration::from_hours(1));
    assert_eq!(app.open(&browser).typed::<Login>().attempts().await.unwrap(), 0);
    request(&app, &mut browser, async |login| login.unset_name().unwrap()).await;
    let session = app.open(&browser);
    assert!(session.is_empty().await.unwrap(), "only expired values");
    assert!(session.entries().await.unwrap().is_empty());
}

async fn a_value_can_expire_after_another_time(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, async |login| {
        login.set_otp_for("123456".to_owned(), Duration::from_secs(5)).unwrap();
        login.set_notice_for("sent".to_owned(), Duration::from_mins(20)).unwrap();
        login.set_hint_for("inbox".to_owned(), Duration::from_secs(5)).unwrap();
        login.set_verifier_for("pkce".to_owned(), Duration::MAX).unwrap();
        login.set_attempts_for(3, Duration::ZERO).unwrap();
        assert_eq!(login.attempts().await.unwrap(), 0, "expired at once");
    })
    .await;
    app.advance(Duration::from_millis(4_999));
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("123456"));
    assert_eq!(app.open(&browser).typed::<Login>().hint().unwrap().as_deref(), Some("inbox"));
    app.advance(Duration::from_millis(1));
    assert_eq!(otp(&app, &browser).await, None);
    assert_eq!(app.open(&browser).typed::<Login>().hint().unwrap(), None);
    app.advance(TEN_MINUTES);
    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.peek_notice().await.unwrap().as_deref(), Some("sent"));
    assert_eq!(login.verifier().await.unwrap().as_deref(), Some("pkce"));
}

async fn setting_an_equal_value_moves_the_time(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    request(&app, &mut browser, set_all).await;
    app.advance(TEN_MINUTES / 2);
    let operations = request(&app, &mut browser, async |login| {
        assert_eq!(login.otp().await.unwrap().as_deref(), Some("123456"));
        login.set_otp("123456".to_owned()).unwrap();
        login.set_name("Ada".to_owned()).unwrap();
    })
    .await;
    assert_eq!(operations, "load commit");
    app.advance(TEN_MINUTES / 2);
    assert_eq!(otp(&app, &browser).await.as_deref(), Some("123456"));
    assert_eq!(app.open(&browser).typed::<Login>().verifier().await.unwrap(), None);
}

async fn an_update_sees_an_expired_value_as_absent_and_starts_the_time_again(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = expired(&app).await;
    request(&app, &mut browser, async |login| {
        login
            .update_otp(|otp| {
                assert_eq!(otp.as_deref(), None);
                *otp = Some("654321".to_owned());
            })
            .await
            .unwrap();
        login.update_attempts(|attempts| *attempts += 1).await.unwrap();
        login.update_hint(|hint| assert_eq!(*hint, None)).unwrap();
    })
    .await;
    app.advance(Duration::from_millis(10 * 60 * 1000 - 1));
    let login = app.open(&browser).typed::<Login>();
    assert_eq!(login.otp().await.unwrap().as_deref(), Some("654321"));
    app.advance(Duration::from_mins(50));
    assert_eq!((login.otp().await.unwrap(), login.attempts().await.unwrap()), (None, 3), "an hour since the update");
    app.advance(Duration::from_millis(1));
    assert_eq!(login.attempts().await.unwrap(), 0);
}

async fn an_expired_client_value_is_deleted_with_the_next_state_cookie(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut login = session.typed_mut::<Login>();
    login.set_hint("inbox".to_owned()).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    app.advance(TEN_MINUTES);

    let mut session = app.open(&browser);
    assert_eq!(session.typed_mut::<Login>().hint().unwrap(), None);
    let response = app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(response.cookies(), "–", "a read writes no cookie");

    let mut session = app.open(&browser);
    session.typed_mut::<Login>().set_dark(true).unwrap();
    let response = app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(response.cookies(), "state");
    app.rewind(TEN_MINUTES);
    let session = app.open(&browser);
    assert_eq!(session.typed::<Login>().hint().unwrap(), None, "deleted from the cookie");
    assert!(session.typed::<Login>().dark().unwrap());

    let mut session = app.open(&browser);
    let mut login = session.typed_mut::<Login>();
    login.unset_dark().unwrap();
    login.set_hint_for("gone".to_owned(), Duration::ZERO).unwrap();
    let response = app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(response.cookies(), "-state", "only an expired value");
    assert_eq!(app.spy.take_operations(), "");
}
