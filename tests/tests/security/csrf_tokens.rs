//! Tests of the tokens against request forgery (CSRF): which forms are accepted, and which are refused.

use std::time::Duration;

use axum::http::HeaderMap;
use session::{ErrorKind, Lifetime, Session};
use session_tests::{App, Browser, ClientKind, Fault, Kind};

async fn app() -> App {
    App::new(Kind::Memory).await
}

fn token(session: &Session) -> String {
    session.csrf_token().unwrap()
}

/// Makes a request that responds with a form. Returns the token of the form.
async fn render(app: &App, browser: &mut Browser, request: impl AsyncFnOnce(&mut Session)) -> String {
    let mut session = app.open(browser);
    request(&mut session).await;
    let token = token(&session);
    app.finalize(session, browser).await.unwrap();
    token
}

async fn form(app: &App, browser: &mut Browser) -> String {
    render(app, browser, async |_| ()).await
}

async fn log_in(session: &mut Session, user: u64) {
    session.log_in(session::Key::<u64>::declare("user"), user).await.unwrap();
}

async fn user(app: &App, id: u64) -> Browser {
    let mut browser = Browser::default();
    render(app, &mut browser, async |session| log_in(session, id).await).await;
    browser
}

fn is_accepted(app: &App, browser: &Browser, token: &str) -> bool {
    app.open(browser).verify_csrf(token)
}

#[track_caller]
fn assert_accepted(app: &App, browser: &Browser, token: &str) {
    assert!(is_accepted(app, browser, token), "the form is accepted");
    assert!(!is_accepted(app, &Browser::default(), token), "a browser without cookies");
}

#[track_caller]
fn assert_refused(app: &App, browser: &Browser, token: &str) {
    assert!(!is_accepted(app, browser, token), "the form is refused");
}

// Accepted

#[tokio::test]
async fn a_form_of_a_session_is_accepted_and_neither_stores_nor_loads() {
    let app = app().await;
    let mut browser = user(&app, 7).await;
    app.spy.take_operations();
    let mut session = app.open(&browser);
    let token = token(&session);
    let mut headers = HeaderMap::new();
    session.handle().finalize(&mut headers).await.unwrap();
    assert!(headers.is_empty(), "the cookie has the secret already");
    assert_accepted(&app, &browser, &token);
    let later = form(&app, &mut browser).await;
    assert_accepted(&app, &browser, &later);
    assert_accepted(&app, &browser, &token);
    assert_eq!(app.spy.take_operations(), "");
}

#[tokio::test]
async fn a_form_rendered_in_the_request_that_creates_the_session_is_accepted() {
    for renders_first in [true, false] {
        let (app, mut browser) = (app().await, Browser::default());
        let mut session = app.open(&browser);
        let early = renders_first.then(|| token(&session));
        session.insert("a", 1).await.unwrap();
        let token = early.unwrap_or_else(|| token(&session));
        assert_eq!(app.finalize(session, &mut browser).await.unwrap().cookies(), "session");
        assert_accepted(&app, &browser, &token);
    }
}

#[tokio::test]
async fn a_form_rendered_in_the_request_that_creates_the_session_by_an_update_is_accepted() {
    let (app, mut browser) = (app().await, Browser::default());
    let mut session = app.open(&browser);
    let before = token(&session);
    session.update("a", |a: &mut Option<u64>| *a = Some(1)).await.unwrap();
    let after = token(&session);
    app.finalize(session, &mut browser).await.unwrap();
    assert_accepted(&app, &browser, &before);
    assert_accepted(&app, &browser, &after);
}

/// The ways in which a request gets a new secret.
async fn rotate(session: &mut Session, way: usize) {
    match way {
        0 => session.cycle_id(),
        1 => log_in(session, 7).await,
        2 => log_in(session, 8).await,
        3 => session.set_lifetime(Lifetime::new()),
        _ => session.restart(),
    }
}

#[tokio::test]
async fn a_form_rendered_in_the_request_that_rotates_is_accepted_before_and_after_the_call() {
    for way in 0..5 {
        for syncs in [false, true] {
            let app = app().await;
            let mut browser = user(&app, 7).await;
            let mut session = app.open(&browser);
            let before = token(&session);
            rotate(&mut session, way).await;
            let called = token(&session);
            if syncs {
                session.sync().await.unwrap();
            }
            let after = token(&session);
            app.finalize(session, &mut browser).await.unwrap();
            for token in [before, called, after] {
                assert_accepted(&app, &browser, &token);
            }
        }
    }
}

#[tokio::test]
async fn a_form_rendered_in_a_failed_login_is_accepted() {
    let app = app().await;
    for mut browser in [user(&app, 7).await, Browser::default()] {
        let mut session = app.open(&browser);
        log_in(&mut session, 8).await;
        let token = token(&session);
        app.abandon(session, &mut browser).await.unwrap();
        assert_accepted(&app, &browser, &token);
    }
}

#[tokio::test]
async fn a_form_rendered_before_a_commit_that_fails_is_accepted() {
    let (app, mut browser) = (app().await, Browser::default());
    let mut session = app.open(&browser);
    log_in(&mut session, 8).await;
    let token = token(&session);
    app.spy.fail_next("create", Fault::Refuse);
    assert_eq!(app.finalize(session, &mut browser).await.unwrap_err().kind(), ErrorKind::Store);
    assert_accepted(&app, &browser, &token);
}

#[tokio::test]
async fn a_form_stays_open_while_the_token_is_renewed() {
    let app = app().await;
    let mut browser = user(&app, 7).await;
    let open = form(&app, &mut browser).await;
    let before = browser.cookies.clone();
    let renewed = render(&app, &mut browser, async |session| session.renew_token()).await;
    assert_ne!(browser.cookies, before);
    assert_accepted(&app, &browser, &open);
    assert_accepted(&app, &browser, &renewed);
}

#[tokio::test]
async fn a_strangers_form_is_accepted_and_creates_no_session() {
    let (app, mut browser) = (app().await, Browser::default());
    let session = app.open(&browser);
    let token = token(&session);
    assert_eq!(app.finalize(session, &mut browser).await.unwrap().cookies(), "state");
    assert_accepted(&app, &browser, &token);
    let session = app.open(&browser);
    let second = session.csrf_token().unwrap();
    assert_eq!(
        app.finalize(session, &mut browser).await.unwrap().cookies(),
        "–",
        "the secret is in the cookie already"
    );
    assert_accepted(&app, &browser, &second);
    assert!(app.open(&browser).client().is_empty(), "the secret is no key of the application");
    assert_eq!(app.spy.take_operations(), "");
}

#[tokio::test]
async fn all_open_forms_of_a_stranger_stay_valid_when_one_of_them_creates_the_session() {
    let (app, mut browser) = (app().await, Browser::default());
    let tabs = [form(&app, &mut browser).await, form(&app, &mut browser).await];
    let mut post = app.open(&browser);
    assert!(post.verify_csrf(&tabs[0]));
    post.insert("a", 1).await.unwrap();
    assert!(post.verify_csrf(&tabs[0]), "also after the write");
    app.finalize(post, &mut browser).await.unwrap();
    assert_accepted(&app, &browser, &tabs[1]);
    // The state cookie may expire before the session.
    browser.cookies.remove(Browser::STATE);
    assert_accepted(&app, &browser, &tabs[1]);
}

#[tokio::test]
async fn a_handler_may_verify_a_form_after_the_login() {
    let (app, mut browser) = (app().await, Browser::default());
    let open = form(&app, &mut browser).await;
    let mut post = app.open(&browser);
    log_in(&mut post, 7).await;
    post.sync().await.unwrap();
    assert!(post.verify_csrf(&open));
}

#[tokio::test]
async fn a_login_form_left_open_until_the_session_expired_is_accepted() {
    let app = app().await;
    let mut browser = app.browser_with(&[("cart", 1)]).await;
    let open = form(&app, &mut browser).await;
    app.advance(Duration::from_hours(25));
    let session = app.open(&browser);
    assert_eq!(session.get::<u64>("cart").await.unwrap(), None, "the session expired");
    assert!(session.verify_csrf(&open));
}

#[tokio::test]
async fn a_form_on_the_page_of_a_logout_is_accepted() {
    for deletion in 0..3 {
        let app = app().await;
        let mut browser = user(&app, 7).await;
        let mut session = app.open(&browser);
        let before = token(&session);
        match deletion {
            0 => session.invalidate(),
            1 => session.restart(),
            _ => session.delete(),
        }
        let after = token(&session);
        app.finalize(session, &mut browser).await.unwrap();
        for token in [before, after] {
            assert_accepted(&app, &browser, &token);
        }
    }
}

#[tokio::test]
async fn client_state_and_the_secret_of_a_stranger_keep_each_other() {
    let (app, mut browser) = (app().await, Browser::default());
    let open = render(&app, &mut browser, async |session| session.client_mut().insert("theme", 1).unwrap()).await;
    for change in 0..3 {
        let mut session = app.open(&browser);
        match change {
            0 => session.client_mut().insert("theme", 2).unwrap(),
            1 => drop(session.client_mut().remove::<u64>("theme").unwrap()),
            _ => session.client_mut().clear(),
        }
        app.finalize(session, &mut browser).await.unwrap();
        assert_accepted(&app, &browser, &open);
    }
}

#[tokio::test]
async fn a_strangers_secret_is_renewed_while_pages_are_shown() {
    let (app, mut browser) = (app().await, Browser::default());
    let first = form(&app, &mut browser).await;
    for _ in 0..5 {
        app.advance(Duration::from_hours(20));
        form(&app, &mut browser).await;
    }
    assert_accepted(&app, &browser, &first);
}

// Refused

#[tokio::test]
async fn a_form_from_before_a_login_is_refused() {
    for way in 0..5 {
        let app = app().await;
        let mut browser = user(&app, 7).await;
        let before = form(&app, &mut browser).await;
        render(&app, &mut browser, async |session| rotate(session, way).await).await;
        assert_refused(&app, &browser, &before);
    }
}

#[tokio::test]
async fn a_strangers_form_from_before_a_login_is_refused() {
    for way in 0..2 {
        let (app, mut browser) = (app().await, Browser::default());
        let before = form(&app, &mut browser).await;
        render(&app, &mut browser, async |session| {
            rotate(session, way).await;
            session.insert("a", 1).await.unwrap();
        })
        .await;
        assert!(browser.cookies.contains_key(Browser::SESSION));
        assert_refused(&app, &browser, &before);
    }
}

#[tokio::test]
async fn a_strangers_form_from_before_a_login_by_an_update_is_refused() {
    let (app, mut browser) = (app().await, Browser::default());
    let before = form(&app, &mut browser).await;
    render(&app, &mut browser, async |session| {
        session.cycle_id();
        session.update("user", |user: &mut Option<u64>| *user = Some(7)).await.unwrap();
    })
    .await;
    assert_refused(&app, &browser, &before);
}

#[tokio::test]
async fn a_form_of_another_session_is_refused() {
    let app = app().await;
    let (mut alice, mut mallory) = (user(&app, 7).await, user(&app, 8).await);
    let (mut bob, mut stranger) = (Browser::default(), Browser::default());
    let forms = [form(&app, &mut mallory).await, form(&app, &mut stranger).await];
    form(&app, &mut bob).await;
    form(&app, &mut alice).await;
    for form in &forms {
        assert_refused(&app, &alice, form);
        assert_refused(&app, &bob, form);
    }
    for forged in ["", "forged", &"A".repeat(64)] {
        assert_refused(&app, &alice, forged);
        assert_refused(&app, &Browser::default(), forged);
    }
}

/// The attacker has planted a session, and has forms of it.
#[tokio::test]
async fn a_form_of_a_planted_session_is_refused_after_the_victims_login() {
    for is_stranger in [true, false] {
        let app = app().await;
        let mut attacker = if is_stranger { Browser::default() } else { app.browser_with(&[("a", 1)]).await };
        let planted = form(&app, &mut attacker).await;
        let mut victim = attacker.clone();
        // The page of the login is another request.
        form(&app, &mut victim).await;
        let login = render(&app, &mut victim, async |session| log_in(session, 7).await).await;
        assert_refused(&app, &victim, &planted);
        let later = form(&app, &mut attacker).await;
        assert_refused(&app, &victim, &later);
        assert_accepted(&app, &victim, &login);
    }
}

#[tokio::test]
async fn a_form_from_before_a_logout_is_refused() {
    for restarts in [true, false] {
        let app = app().await;
        let mut browser = user(&app, 7).await;
        let before = form(&app, &mut browser).await;
        let leave = async |session: &mut Session| if restarts { session.restart() } else { session.invalidate() };
        render(&app, &mut browser, leave).await;
        assert_refused(&app, &browser, &before);
    }
}

#[tokio::test]
async fn a_state_cookie_of_another_session_has_no_secret_for_a_stranger() {
    let app = app().await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let open = render(&app, &mut browser, async |session| session.client_mut().insert("theme", 1).unwrap()).await;
    browser.cookies.remove(Browser::SESSION);
    assert_refused(&app, &browser, &open);
}

// Other requests

#[tokio::test]
async fn each_call_returns_a_differently_masked_token() {
    let app = app().await;
    for browser in [user(&app, 7).await, Browser::default()] {
        let session = app.open(&browser);
        let [first, second] = [token(&session), token(&session)];
        assert_ne!(first, second);
        assert!(first.bytes().chain(second.bytes()).all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    }
}

#[tokio::test]
async fn a_request_whose_token_is_in_a_header_is_not_checked() {
    for clients in [ClientKind::Header, ClientKind::Bearer, ClientKind::HeaderOfEither] {
        let app = App::for_clients(Kind::Memory, clients, |config| config).await;
        for mut client in [app.client_without_session(), app.browser_with(&[("a", 1)]).await] {
            let session = app.open(&client);
            assert!(session.verify_csrf(""), "{clients:?}");
            assert_eq!(token(&session).len(), 64, "shared templates work");
            assert_eq!(app.finalize(session, &mut client).await.unwrap().cookies(), "–", "{clients:?}");
        }
    }
    let app = App::for_clients(Kind::Memory, ClientKind::HeaderOfEither, |config| config).await;
    assert!(!is_accepted(&app, &Browser::default(), ""), "without the header, cookies are checked");
}

#[tokio::test]
async fn a_session_opened_by_its_id_has_no_forms() {
    let app = app().await;
    let id = app.open(&user(&app, 7).await).id().unwrap();
    let session = app.manager.by_id(id);
    assert_eq!(session.csrf_token().unwrap_err().kind(), ErrorKind::NoBrowser);
    assert!(!session.verify_csrf(""));
}

#[tokio::test]
async fn a_page_that_is_still_streamed_after_the_response_has_a_token_if_the_browser_has_a_secret() {
    let app = app().await;
    let mut browser = user(&app, 7).await;
    let mut session = app.open(&browser);
    session.cycle_id();
    let stream = session.handle();
    app.finalize(session, &mut browser).await.unwrap();
    assert_accepted(&app, &browser, &token(&stream));

    let mut stranger = Browser::default();
    let mut session = app.open(&stranger);
    let stream = session.handle();
    app.finalize(session, &mut stranger).await.unwrap();
    assert_eq!(stream.csrf_token().unwrap_err().kind(), ErrorKind::Finalized);
}

#[tokio::test]
async fn a_form_survives_a_login_whose_cancelled_commit_is_sent_again() {
    let app = app().await;
    let mut browser = user(&app, 7).await;
    let mut session = app.open(&browser);
    session.cycle_id();
    app.spy.fail_next("commit", Fault::Stall);
    assert!(tokio::time::timeout(Duration::ZERO, session.sync()).await.is_err());
    let token = token(&session);
    app.finalize(session, &mut browser).await.unwrap();
    assert_accepted(&app, &browser, &token);
}

#[tokio::test]
async fn an_unused_secret_costs_no_cookie() {
    let (app, mut browser) = (app().await, Browser::default());
    let session = app.open(&browser);
    assert!(!session.verify_csrf("forged"));
    assert_eq!(app.finalize(session, &mut browser).await.unwrap().cookies(), "–");
}
