//! Tests of client state and its cookie: when it is trusted, sent and removed.

use std::time::Duration;

use session::{ErrorKind, Session};
use session_tests::{App, Browser, Kind, on_every_store};

async fn set_theme(session: &mut Session) {
    session.client_mut().insert("theme", "dark").unwrap();
}

async fn client_state_alone_has_no_record_and_survives_a_server_read(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    assert_eq!(app.request(&mut browser, set_theme).await, "state");
    let read = async |session: &mut Session| {
        assert_eq!(session.get::<u64>("a").await.unwrap(), None);
        assert_eq!(session.client().get::<String>("theme").unwrap().as_deref(), Some("dark"));
        assert!(session.id().is_none());
    };
    assert_eq!(app.request(&mut browser, read).await, "–");
    assert_eq!(app.spy.take_operations(), "");
}

async fn client_state_from_before_the_record_is_kept_when_the_record_is_created(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    app.request(&mut browser, set_theme).await;
    let login = async |session: &mut Session| session.insert("user", 7).await.unwrap();
    assert_eq!(app.request(&mut browser, login).await, "session");
    assert_eq!(app.client(&browser, "theme").as_deref(), Some("dark"));
}

async fn replayed_client_state_of_a_logged_out_browser_is_not_trusted_after_a_load(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("user", 7)]).await;
    app.request(&mut browser, set_theme).await;
    let replay = browser.clone();
    app.request(&mut browser, async |session| session.invalidate()).await;

    let session = app.open(&replay);
    assert_eq!(session.client().get_raw("theme"), Some("dark".into()), "the record is not loaded yet");
    session.get::<u64>("user").await.unwrap();
    assert!(session.client().is_empty());

    let verified = app.manager.open_verified(&replay.request()).await.unwrap();
    assert!(verified.client().is_empty());
}

async fn client_state_of_a_replaced_token_is_empty_after_a_load(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("user", 7)]).await;
    app.request(&mut browser, set_theme).await;
    let old = browser.clone();
    app.request(&mut browser, async |session| session.cycle_id()).await;
    let session = app.manager.open_verified(&old.request()).await.unwrap();
    assert!(session.is_replaced());
    assert!(session.client().is_empty());
    assert_eq!(
        app.client(&browser, "theme").as_deref(),
        Some("dark"),
        "the id of the record and the client state remain"
    );
}

async fn the_state_cookie_of_another_session_is_not_trusted(kind: Kind) {
    let app = App::new(kind).await;
    let mut victim = app.browser_with(&[("user", 7)]).await;
    let mut thief = app.browser_with(&[("user", 8)]).await;
    app.request(&mut victim, set_theme).await;
    app.request(&mut thief, async |session| session.client_mut().insert("theme", "planted").unwrap()).await;
    let planted = thief.cookies[Browser::STATE].clone();
    victim.cookies.insert(Browser::STATE.to_owned(), planted.clone());
    assert_eq!(app.client(&victim, "theme"), None);
    victim.cookies.remove(Browser::SESSION);
    assert_eq!(app.client(&victim, "theme"), None, "without the session cookie neither");
}

async fn client_state_has_its_own_expiry_and_is_sent_again_below_the_threshold(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    app.request(&mut browser, set_theme).await;
    let use_theme = async |session: &mut Session| _ = session.client().get::<String>("theme").unwrap();
    let hours = |hours: u64| Duration::from_hours(hours);
    app.advance(hours(4));
    assert_eq!(app.request(&mut browser, use_theme).await, "–");
    app.advance(hours(1));
    assert_eq!(app.request(&mut browser, async |_| {}).await, "–", "unused client state is not extended");
    assert_eq!(app.request(&mut browser, use_theme).await, "state");
    let old = browser.clone();
    app.advance(hours(24));
    assert_eq!(app.client(&old, "theme"), None);
}

async fn writing_or_listing_client_state_is_a_use(kind: Kind) {
    let list = async |session: &mut Session| assert_eq!(session.client().entries().len(), 1);
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    app.request(&mut browser, set_theme).await;
    app.advance(Duration::from_hours(5));
    assert_eq!(app.request(&mut browser, set_theme).await, "state", "the same value, below the threshold");
    app.advance(Duration::from_hours(5));
    assert_eq!(app.request(&mut browser, list).await, "state");
}

async fn writing_the_same_value_sends_no_cookie_and_emptying_removes_it(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    app.request(&mut browser, set_theme).await;
    assert_eq!(app.request(&mut browser, set_theme).await, "–");
    let empty = async |session: &mut Session| {
        let theme: Option<String> = session.client_mut().remove("theme").unwrap();
        assert_eq!(theme.as_deref(), Some("dark"));
        assert!(session.client().is_empty());
    };
    assert_eq!(app.request(&mut browser, empty).await, "-state");
    assert!(browser.cookies.is_empty());
    assert_eq!(app.request(&mut browser, async |session| session.client_mut().clear()).await, "–");
}

async fn a_cookie_that_is_too_large_is_an_error_and_nothing_is_stored(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let before = browser.clone();
    let mut session = app.open(&browser);
    session.insert("a", 2).await.unwrap();
    session.client_mut().insert("note", "x".repeat(4000)).unwrap();
    let error = app.finalize(session, &mut browser).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let end = "browsers accept 4096; its largest key is `note` with 4002 bytes of JSON; nothing was stored";
    assert!(error.to_string().ends_with(end), "{error}");
    assert_eq!(app.spy.take_operations(), "");
    assert_eq!(browser.cookies, before.cookies);
    assert_eq!(app.stored(&browser, "a").await, Some(1));
}

async fn a_cookie_that_is_too_large_names_the_keyed_field_and_its_number_of_entries(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    session.client_mut().insert("note", "x".repeat(500)).unwrap();
    for number in 0..84 {
        session.client_mut().insert(format!("flags:some-long-flag-name-{number:02}"), true).unwrap();
    }
    let error = app.finalize(session, &mut Browser::default()).await.unwrap_err();
    let end = "browsers accept 4096; its largest part is `flags`: 84 entries with 2688 bytes of keys and JSON; nothing was stored";
    assert!(error.to_string().ends_with(end), "{error}");
}

async fn client_state_written_after_the_session_is_known_to_be_deleted_is_kept(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("user", 7)]).await;
    app.request(&mut browser.clone(), async |session| session.invalidate()).await;
    let visit = async |session: &mut Session| {
        assert_eq!(session.get::<u64>("user").await.unwrap(), None);
        set_theme(session).await;
    };
    assert_eq!(app.request(&mut browser, visit).await, "state");
    let session = app.manager.open_verified(&browser.request()).await.unwrap();
    assert_eq!(session.client().get::<String>("theme").unwrap().as_deref(), Some("dark"));
}

async fn a_client_write_never_sends_a_token(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("user", 7)]).await;
    let mut slow = app.open(&browser);
    set_theme(&mut slow).await;
    let stale = browser.clone();
    app.request(&mut browser, async |session| session.cycle_id()).await;
    let token = browser.cookies[Browser::SESSION].clone();
    app.finalize(slow, &mut browser).await.unwrap();
    assert_eq!(browser.cookies[Browser::SESSION], token, "no old token overwrites a newer one");
    assert_ne!(stale.cookies[Browser::SESSION], token);
    assert_eq!(app.client(&browser, "theme").as_deref(), Some("dark"));
}

async fn reading_client_state_as_the_wrong_type_is_an_error_and_keeps_it(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    app.request(&mut browser, set_theme).await;
    let mut session = app.open(&browser);
    let error = session.client_mut().remove::<u64>("theme").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert!(error.to_string().starts_with("client key `theme`: expected a `u64`"), "{error}");
    assert_eq!(session.client().get_raw("theme"), Some("dark".into()));
    assert_eq!(session.client().entries().len(), 1);
}

on_every_store!(
    client_state_alone_has_no_record_and_survives_a_server_read,
    client_state_from_before_the_record_is_kept_when_the_record_is_created,
    replayed_client_state_of_a_logged_out_browser_is_not_trusted_after_a_load,
    client_state_of_a_replaced_token_is_empty_after_a_load,
    the_state_cookie_of_another_session_is_not_trusted,
    client_state_has_its_own_expiry_and_is_sent_again_below_the_threshold,
    writing_or_listing_client_state_is_a_use,
    writing_the_same_value_sends_no_cookie_and_emptying_removes_it,
    a_cookie_that_is_too_large_is_an_error_and_nothing_is_stored,
    a_cookie_that_is_too_large_names_the_keyed_field_and_its_number_of_entries,
    client_state_written_after_the_session_is_known_to_be_deleted_is_kept,
    a_client_write_never_sends_a_token,
    reading_client_state_as_the_wrong_type_is_an_error_and_keeps_it,
);
