//! Tests of the lifetime of sessions, with a manual clock.

use std::time::{Duration, SystemTime};

use session::store::MemoryStore;
use session::{ErrorKind, Lifetime, SecretKey, Session, SessionConfig, SessionId, SessionManager};
use session_tests::{App, Browser, Kind, on_every_store};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

async fn read(session: &mut Session) {
    session.get::<u64>("a").await.unwrap();
}

async fn an_idle_session_expires_on_the_server_independent_of_the_cookie(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    app.advance(Duration::from_millis(86_399_999));
    assert_eq!(app.stored(&browser, "a").await, Some(1));
    app.advance(Duration::from_millis(1));
    assert_eq!(app.stored(&browser, "a").await, None);
}

async fn reading_keeps_a_session_alive_to_its_absolute_end_and_no_further(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    for _ in 0..59 {
        app.advance(12 * HOUR);
        app.request(&mut browser, read).await;
        assert_eq!(app.stored(&browser, "a").await, Some(1));
    }
    app.advance(12 * HOUR);
    assert_eq!(app.stored(&browser, "a").await, None, "30 days are over");
}

async fn a_rotation_restarts_the_absolute_lifetime(kind: Kind) {
    let app = App::with(kind, |config| config.lifetime(Lifetime::new().idle(20 * DAY))).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    app.advance(19 * DAY);
    app.request(&mut browser, async |session| session.cycle_id()).await;
    app.advance(19 * DAY);
    assert_eq!(app.stored(&browser, "a").await, Some(1));
    app.request(&mut browser, read).await;
    app.advance(11 * DAY);
    assert_eq!(app.stored(&browser, "a").await, None, "30 days after the rotation");
}

async fn remember_me_outlives_the_default_and_survives_a_rotation_without_a_load(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let old = browser.clone();
    let remember_me = Lifetime::new().idle(14 * DAY).absolute(90 * DAY);
    app.request(&mut browser, async |session| session.set_lifetime(remember_me)).await;
    assert_ne!(browser.cookies, old.cookies, "the token carries the lifetime");
    app.advance(13 * DAY);
    app.request(&mut browser, async |session| session.cycle_id()).await;
    app.advance(13 * DAY);
    assert_eq!(app.stored(&browser, "a").await, Some(1));
    app.advance(DAY);
    assert_eq!(app.stored(&browser, "a").await, None);
}

async fn remember_me_applies_when_the_login_creates_a_new_session(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    app.request(&mut browser.clone(), async |session| session.invalidate()).await;
    let login = async |session: &mut Session| {
        session.set_lifetime(Lifetime::new().idle(14 * DAY));
        session.set_label("Firefox on Linux");
        session.insert("a", 2).await.unwrap();
    };
    app.request(&mut browser, login).await;
    app.advance(13 * DAY);
    assert_eq!(app.stored(&browser, "a").await, Some(2));
    let meta = app.open(&browser).meta().await.unwrap().unwrap();
    assert_eq!(meta.label.as_deref(), Some("Firefox on Linux"));
}

async fn max_age_is_the_absolute_end_or_absent(kind: Kind) {
    for (lifetime, expected) in [
        (Lifetime::new(), Some("Max-Age=2592000")),
        (Lifetime::new().absolute(1000 * DAY), Some("Max-Age=34560000")),
        (Lifetime::new().until_browser_closes(), None),
    ] {
        let app = App::with(kind, |config| config.lifetime(lifetime)).await;
        let mut session = app.open(&Browser::default());
        session.insert("a", 1).await.unwrap();
        session.client_mut().insert("theme", "dark").unwrap();
        let response = app.finalize(session, &mut Browser::default()).await.unwrap();
        let cookies: Vec<_> = response.0.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
        assert_eq!(cookies.len(), 2);
        match expected {
            Some(age) => assert!(cookies[0].contains(age), "{age}"),
            None => assert!(cookies.iter().all(|cookie| !cookie.contains("Max-Age"))),
        }
    }
}

async fn a_request_that_outlives_its_new_token_sends_no_cookie_and_no_removal(kind: Kind) {
    let app = App::with(kind, |config| config.lifetime(Lifetime::new().absolute(HOUR))).await;
    let almost = Duration::from_millis(3_599_999);
    for (wait, cookies, age) in [(almost, "session", "Max-Age=1"), (HOUR, "–", "")] {
        let mut session = app.open(&Browser::default());
        session.insert("a", 1).await.unwrap();
        session.sync().await.unwrap();
        app.advance(wait);
        let response = app.finalize(session, &mut Browser::default()).await.unwrap();
        assert_eq!(response.cookies(), cookies);
        assert!(response.0.get("set-cookie").is_none_or(|cookie| cookie.to_str().unwrap().ends_with(age)));
    }
}

async fn session_info_has_created_last_seen_and_expires(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let initial = app.open(&browser).meta().await.unwrap().unwrap();
    assert_eq!(initial.created, SystemTime::UNIX_EPOCH + Duration::from_hours(500_000));
    assert_eq!((initial.last_seen, initial.expires), (initial.created, initial.created + DAY));
    app.advance(6 * HOUR);
    app.request(&mut browser, async |session| session.set_label("phone")).await;
    let meta = app.open(&browser).meta().await.unwrap().unwrap();
    assert_eq!(meta.created, initial.created);
    assert_eq!(meta.last_seen, initial.created + 6 * HOUR);
    assert_eq!(meta.expires, initial.created + 6 * HOUR + DAY);
    assert_eq!(meta.label.as_deref(), Some("phone"));
    assert!(app.open(&Browser::default()).meta().await.unwrap().is_none());
}

async fn a_threshold_of_one_renews_on_every_read_and_of_zero_never(kind: Kind) {
    for (part, expected) in [(1.0, "load touch"), (0.0, "load")] {
        let app = App::with(kind, |config| config.renew_below(part)).await;
        let mut browser = app.browser_with(&[("a", 1)]).await;
        app.advance(HOUR);
        app.request(&mut browser, read).await;
        assert_eq!(app.spy.take_operations(), expected, "{part}");
    }
}

async fn sweeping_deletes_expired_sessions_and_nothing_else(kind: Kind) {
    let app = App::new(kind).await;
    for _ in 0..5 {
        app.browser_with(&[("a", 1)]).await;
    }
    app.advance(20 * HOUR);
    let browser = app.browser_with(&[("a", 1)]).await;
    app.advance(5 * HOUR);
    let mut swept = 0;
    for _ in 0..5 {
        swept += app.manager.delete_expired(2).await.unwrap();
    }
    // The memory store deletes up to two expired sessions at each creation, and none was created since.
    assert_eq!(swept, 5);
    assert_eq!(app.stored(&browser, "a").await, Some(1));
}

async fn a_rotated_secret_key_is_accepted_only_as_a_fallback(kind: Kind) {
    let (store, _folder) = kind.store().await;
    let manager = |config| SessionManager::new(std::sync::Arc::clone(&store), config);
    let (old, new) = (SecretKey::generate(), SecretKey::generate());
    let before = manager(SessionConfig::new(old.clone()));
    let mut browser = Browser::default();
    let mut session = before.open(&browser.request());
    session.insert("a", 1).await.unwrap();
    let mut headers = http::HeaderMap::new();
    session.finalize(&mut headers).await.unwrap();
    browser.keep(&headers);

    let after = manager(SessionConfig::new(new.clone()).fallback_key(old));
    assert_eq!(after.open(&browser.request()).get::<u64>("a").await.unwrap(), Some(1));
    let without = manager(SessionConfig::new(new));
    assert_eq!(without.open(&browser.request()).get::<u64>("a").await.unwrap(), None);

    let mut session = after.open(&browser.request());
    session.cycle_id();
    let mut headers = http::HeaderMap::new();
    session.finalize(&mut headers).await.unwrap();
    browser.keep(&headers);
    assert_eq!(without.open(&browser.request()).get::<u64>("a").await.unwrap(), Some(1), "sealed with the new key");
}

// Exact limits

const MILLISECOND: Duration = Duration::from_millis(1);

fn just_before(time: Duration) -> Duration {
    time.saturating_sub(MILLISECOND)
}

async fn the_rotation_grace_is_exact_to_the_millisecond(kind: Kind) {
    for grace in [Duration::from_mins(1), Duration::from_secs(1), Duration::ZERO] {
        let app = App::with(kind, |config| config.rotation_grace(grace)).await;
        let mut browser = app.browser_with(&[("a", 1)]).await;
        let old = browser.clone();
        app.advance(HOUR);
        app.request(&mut browser, async |session| session.cycle_id()).await;
        if let Some(time) = grace.checked_sub(MILLISECOND) {
            app.advance(time);
            assert_eq!(app.stored(&old, "a").await, None);
            assert_eq!(write(&app, &old).await, Err(ErrorKind::Replaced), "{grace:?}");
            app.advance(MILLISECOND);
        }
        let late = app.open(&old);
        assert_eq!(late.get::<u64>("a").await.unwrap(), None);
        assert!(!late.is_replaced(), "{grace:?}");
        let new = write(&app, &old).await.unwrap();
        assert_ne!(new, app.open(&browser).id(), "after the grace, a write creates another session");
        assert_eq!(app.stored(&browser, "a").await, Some(1));
    }
}

/// The id of the session that a write with these cookies changes.
async fn write(app: &App, browser: &Browser) -> Result<Option<SessionId>, ErrorKind> {
    let (mut session, mut browser) = (app.open(browser), browser.clone());
    session.insert("a", 9).await.unwrap();
    app.finalize(session, &mut browser).await.map_err(|error| error.kind())?;
    Ok(app.open(&browser).id())
}

async fn a_token_past_its_absolute_end_is_not_opened_and_the_store_is_not_queried(kind: Kind) {
    let app = App::with(kind, |config| config.lifetime(Lifetime::new().absolute(HOUR))).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    app.advance(just_before(HOUR));
    assert_eq!(app.stored(&browser, "a").await, Some(1));
    app.advance(MILLISECOND);
    let session = app.open(&browser);
    assert!(session.id().is_none());
    assert_eq!(session.get::<u64>("a").await.unwrap(), None);
    assert_eq!(app.spy.take_operations(), "");
}

async fn a_use_extends_below_the_threshold_and_not_at_it(kind: Kind) {
    let app = App::with(kind, |config| config.lifetime(Lifetime::new().idle(10 * HOUR))).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    app.advance(2 * HOUR);
    app.request(&mut browser, read).await;
    assert_eq!(app.spy.take_operations(), "load", "exactly four fifths remain");
    app.advance(MILLISECOND);
    app.request(&mut browser, read).await;
    assert_eq!(app.spy.take_operations(), "load touch");
    app.advance(just_before(10 * HOUR));
    assert_eq!(app.stored(&browser, "a").await, Some(1), "from the touch on");
    app.advance(MILLISECOND);
    assert_eq!(app.stored(&browser, "a").await, None);
}

// "Remember me" applies to one session

async fn remembered(app: &App) -> Browser {
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let remember_me = Lifetime::new().idle(14 * DAY).absolute(90 * DAY);
    app.request(&mut browser, async |session| session.set_lifetime(remember_me)).await;
    browser
}

async fn remember_me_is_extended_by_its_own_limits(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = remembered(&app).await;
    for _ in 0..6 {
        app.advance(13 * DAY);
        app.request(&mut browser, read).await;
        assert_eq!(app.stored(&browser, "a").await, Some(1));
    }
    app.advance(just_before(12 * DAY));
    assert_eq!(app.stored(&browser, "a").await, Some(1));
    app.advance(MILLISECOND);
    assert_eq!(app.stored(&browser, "a").await, None, "90 days are over");
}

async fn the_session_after_a_remembered_one_has_the_default_lifetime(kind: Kind) {
    let ways: [fn(&mut Session); 2] = [Session::restart, Session::delete];
    for delete in ways {
        let app = App::new(kind).await;
        let mut browser = remembered(&app).await;
        let handler = async |session: &mut Session| {
            delete(session);
            session.insert("a", 2).await.unwrap();
        };
        app.request(&mut browser, handler).await;
        app.advance(just_before(DAY));
        assert_eq!(app.stored(&browser, "a").await, Some(2));
        app.advance(MILLISECOND);
        assert_eq!(app.stored(&browser, "a").await, None);
    }
    let app = App::new(kind).await;
    let mut browser = remembered(&app).await;
    app.request(&mut browser.clone(), async |session| session.invalidate()).await;
    app.request(&mut browser, async |session| session.insert("a", 2).await.unwrap()).await;
    app.advance(DAY);
    assert_eq!(app.stored(&browser, "a").await, None, "a session created by a blind write neither");
}

async fn a_restart_can_set_the_lifetime_of_the_new_session(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let handler = async |session: &mut Session| {
        session.restart();
        session.set_lifetime(Lifetime::new().idle(14 * DAY));
        session.insert("a", 2).await.unwrap();
    };
    app.request(&mut browser, handler).await;
    app.advance(13 * DAY);
    assert_eq!(app.stored(&browser, "a").await, Some(2));
}

async fn client_state_lives_as_long_as_its_session(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = remembered(&app).await;
    app.request(&mut browser, async |session| session.client_mut().insert("theme", "dark").unwrap()).await;
    app.advance(just_before(14 * DAY));
    assert_eq!(app.client(&browser, "theme").as_deref(), Some("dark"));
    app.advance(MILLISECOND);
    assert_eq!(app.client(&browser, "theme"), None);
}

async fn client_state_sealed_with_a_fallback_key_is_trusted_only_while_the_key_is_configured(kind: Kind) {
    let old = SecretKey::generate();
    let app = App::with(kind, |config| config.fallback_key(old.clone())).await;
    let without = App::new(kind).await;
    let before = SessionManager::new(MemoryStore::new(), SessionConfig::new(old).clock(app_clock));
    let (mut session, mut headers) = (before.open(&http::HeaderMap::new()), http::HeaderMap::new());
    session.client_mut().insert("theme", "dark").unwrap();
    session.finalize(&mut headers).await.unwrap();
    let mut browser = Browser::default();
    browser.keep(&headers);
    assert_eq!(app.client(&browser, "theme").as_deref(), Some("dark"));
    assert_eq!(without.client(&browser, "theme"), None);
}

/// The initial time of the clock of an [`App`].
fn app_clock() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(500_000)
}

fn zero_lifetimes() -> [Lifetime; 3] {
    let (short, lifetime) = (Duration::from_micros(999), Lifetime::new());
    [lifetime.idle(Duration::ZERO), lifetime.absolute(Duration::ZERO), lifetime.idle(short).absolute(short)]
}

#[test]
fn a_threshold_that_is_not_a_fraction_panics_when_it_is_configured() {
    let config = |fraction| SessionConfig::new(SecretKey::generate()).renew_below(fraction);
    for fraction in [f64::NAN, f64::INFINITY, -0.1, 1.1, 80.0] {
        let panic = std::panic::catch_unwind(|| config(fraction)).unwrap_err();
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(message.contains("a fraction from 0 to 1"), "{message}");
    }
}

#[test]
fn a_zero_lifetime_panics_when_it_is_configured() {
    let config = |lifetime| SessionConfig::new(SecretKey::generate()).lifetime(lifetime);
    for lifetime in zero_lifetimes() {
        let panic = std::panic::catch_unwind(|| config(lifetime)).unwrap_err();
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(message.contains("timeout of a session is zero"), "{message}");
    }
    config(Lifetime::new().idle(Duration::from_millis(1)));
}

async fn a_zero_lifetime_of_one_session_is_an_error_at_its_next_commit(kind: Kind) {
    let app = App::new(kind).await;
    for lifetime in zero_lifetimes() {
        for is_known in [true, false] {
            let mut browser = if is_known { app.browser_with(&[("a", 1)]).await } else { Browser::default() };
            let before = browser.clone();
            app.spy.take_operations();
            let mut session = app.open(&browser);
            session.insert("a", 2).await.unwrap();
            session.set_lifetime(lifetime);
            let error = session.sync().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains("timeout of a session is zero"), "{error}");

            session.set_lifetime(lifetime);
            session.insert("a", 3).await.unwrap();
            let error = app.finalize(session, &mut browser).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert_eq!((app.spy.take_operations().as_str(), &browser.cookies), ("", &before.cookies));
            assert_eq!(app.stored(&before, "a").await, is_known.then_some(1));
        }
    }
}

async fn a_zero_lifetime_fails_an_update_that_would_create_the_session(kind: Kind) {
    let app = App::new(kind).await;
    for lifetime in zero_lifetimes() {
        let mut session = app.open(&Browser::default());
        session.set_lifetime(lifetime);
        let update = session.update("a", |value: &mut Option<u64>| *value = Some(1));
        assert_eq!(update.await.unwrap_err().kind(), ErrorKind::Config);
        assert_eq!(app.spy.take_operations(), "");
    }
}

on_every_store!(
    a_zero_lifetime_of_one_session_is_an_error_at_its_next_commit,
    a_zero_lifetime_fails_an_update_that_would_create_the_session,
    an_idle_session_expires_on_the_server_independent_of_the_cookie,
    reading_keeps_a_session_alive_to_its_absolute_end_and_no_further,
    a_rotation_restarts_the_absolute_lifetime,
    remember_me_outlives_the_default_and_survives_a_rotation_without_a_load,
    remember_me_applies_when_the_login_creates_a_new_session,
    max_age_is_the_absolute_end_or_absent,
    a_request_that_outlives_its_new_token_sends_no_cookie_and_no_removal,
    session_info_has_created_last_seen_and_expires,
    a_threshold_of_one_renews_on_every_read_and_of_zero_never,
    sweeping_deletes_expired_sessions_and_nothing_else,
    a_rotated_secret_key_is_accepted_only_as_a_fallback,
    the_rotation_grace_is_exact_to_the_millisecond,
    a_token_past_its_absolute_end_is_not_opened_and_the_store_is_not_queried,
    a_use_extends_below_the_threshold_and_not_at_it,
    remember_me_is_extended_by_its_own_limits,
    the_session_after_a_remembered_one_has_the_default_lifetime,
    a_restart_can_set_the_lifetime_of_the_new_session,
    client_state_lives_as_long_as_its_session,
    client_state_sealed_with_a_fallback_key_is_trusted_only_while_the_key_is_configured,
);
