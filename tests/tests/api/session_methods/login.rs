//! Tests of `log_in` and `renew_token`: which session a login continues, which it replaces, and what a renewal keeps.

use std::time::Duration;

use session::{ErrorKind, Lifetime, Session, SessionId, SessionSchema};
use session_tests::{App, Browser, Fault, Kind, on_every_store};

#[derive(SessionSchema)]
struct Visitor {
    user: u64,
    #[session(default)]
    cart: Vec<String>,
}

#[derive(SessionSchema)]
struct Account {
    #[session(index)]
    account: u64,
}

async fn logged_in(app: &App, user: u64) -> Browser {
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.log_in(Visitor::USER, user).await.unwrap();
    session.insert("n", 99).await.unwrap();
    session.client_mut().insert("theme", "dark").unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    app.spy.take_operations();
    browser
}

fn id(app: &App, browser: &Browser) -> Option<SessionId> {
    app.open(browser).id()
}

async fn a_login_keeps_the_cart_of_a_visitor(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("n", 1)]).await;
    let old = browser.clone();
    let mut session = app.open(&browser);
    session.log_in(Visitor::USER, 7).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load commit");
    assert_eq!((app.stored(&browser, "user").await, app.stored(&browser, "n").await), (Some(7), Some(1)));
    assert_eq!(id(&app, &browser), id(&app, &old));
    assert_eq!(app.stored(&old, "n").await, None, "the token was rotated");
}

async fn another_user_who_logs_in_gets_an_empty_session(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = logged_in(&app, 1).await;
    let old = browser.clone();
    let mut session = app.open(&browser);
    session.insert("n", 5).await.unwrap();
    session.client_mut().insert("theme", "light").unwrap();
    session.log_in(Visitor::USER, 2).await.unwrap();
    session.insert("later", 3).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load delete create");
    let session = app.open(&browser);
    let entries = serde_json::Value::Object(session.entries().await.unwrap());
    assert_eq!(entries, serde_json::json!({ "user": 2, "later": 3 }), "nothing of the first user");
    assert_eq!(app.client(&browser, "theme"), None);
    assert_eq!(app.stored(&old, "user").await, None, "the first user's session is deleted");
}

async fn the_same_user_who_logs_in_again_keeps_the_session(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = logged_in(&app, 1).await;
    let old = browser.clone();
    let mut session = app.open(&browser);
    session.log_in(Visitor::USER, 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load commit");
    assert_eq!(app.stored(&browser, "n").await, Some(99));
    assert_eq!(app.client(&browser, "theme").as_deref(), Some("dark"));
    assert_eq!(app.stored(&old, "n").await, None, "the token was rotated");
}

async fn a_user_that_does_not_decode_does_not_prevent_a_login(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("n", 1)]).await;
    let mut session = app.open(&browser);
    session.insert("user", "not a number").await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    let mut session = app.open(&browser);
    session.log_in(Visitor::USER, 7).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!((app.stored(&browser, "user").await, app.stored(&browser, "n").await), (Some(7), None));
}

/// The record still has the values of the first user.
async fn another_user_gets_an_empty_session_even_if_the_request_has_changed_the_key(kind: Kind) {
    for sets in [true, false] {
        let app = App::new(kind).await;
        let mut browser = logged_in(&app, 1).await;
        let mut session = app.open(&browser);
        if sets {
            session.insert("user", 2).await.unwrap();
        } else {
            session.unset("user").await.unwrap();
        }
        session.log_in(Visitor::USER, 2).await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.spy.take_operations(), "load delete create", "{sets}");
        assert_eq!((app.stored(&browser, "user").await, app.stored(&browser, "n").await), (Some(2), None), "{sets}");
        assert_eq!(app.client(&browser, "theme"), None, "{sets}");
    }
}

async fn a_login_with_a_key_that_is_not_indexed_is_an_error(kind: Kind) {
    let app = App::new(kind).await;
    let mut session = app.open(&Browser::default());
    assert_eq!(session.log_in(Account::ACCOUNT, 1).await.unwrap_err().kind(), ErrorKind::Config);
    assert!(session.is_empty().await.unwrap());
}

async fn a_failed_request_executes_a_restart_before_two_logins(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = logged_in(&app, 1).await;
    let old = browser.clone();
    let mut session = app.open(&browser);
    session.restart();
    session.log_in(Visitor::USER, 2).await.unwrap();
    session.log_in(Visitor::USER, 3).await.unwrap();
    app.abandon(session, &mut browser).await.unwrap();
    assert_eq!(app.stored(&old, "user").await, None, "the first user is logged out");
}

async fn two_logins_and_an_update_with_a_replaced_token_start_a_new_session(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = logged_in(&app, 1).await;
    let mut other = app.open(&browser);
    other.cycle_id();
    app.finalize(other, &mut browser.clone()).await.unwrap();
    let mut session = app.open(&browser);
    session.log_in(Visitor::USER, 2).await.unwrap();
    session.log_in(Visitor::USER, 3).await.unwrap();
    session.typed_mut::<Visitor>().update_cart(|cart| cart.push("gift".to_owned())).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    let session = app.open(&browser);
    let entries = serde_json::Value::Object(session.entries().await.unwrap());
    assert_eq!(entries, serde_json::json!({ "user": 3, "cart": ["gift"] }));
}

async fn a_login_drops_client_changes_of_the_session_that_ended(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = logged_in(&app, 1).await;
    app.advance(Duration::from_hours(10));
    let mut session = app.open(&browser);
    session.get::<u64>("n").await.unwrap();
    session.client_mut().insert("name", "ada").unwrap();
    let mut other = app.open(&browser);
    other.delete();
    app.finalize(other, &mut browser.clone()).await.unwrap();
    session.sync().await.unwrap();
    session.log_in(Visitor::USER, 2).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.client(&browser, "name"), None);
}

async fn a_first_visit_logs_in_with_one_operation(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.log_in(Visitor::USER, 7).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "create");
    assert_eq!(app.stored(&browser, "user").await, Some(7));
}

async fn a_login_without_a_session_keeps_the_changes_before_it(kind: Kind) {
    let app = App::new(kind).await;
    let ended = app.browser_with(&[("n", 1)]).await;
    let mut other = app.open(&ended);
    other.delete();
    app.finalize(other, &mut ended.clone()).await.unwrap();
    for mut browser in [Browser::default(), ended] {
        let mut session = app.open(&browser);
        session.insert("n", 5).await.unwrap();
        session.log_in(Visitor::USER, 7).await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!((app.stored(&browser, "user").await, app.stored(&browser, "n").await), (Some(7), Some(5)));
    }
    let mut browser = logged_in(&app, 1).await;
    let mut session = app.open(&browser);
    session.restart();
    session.insert("n", 5).await.unwrap();
    session.log_in(Visitor::USER, 7).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(
        (app.stored(&browser, "user").await, app.stored(&browser, "n").await),
        (Some(7), Some(5)),
        "after `restart`"
    );
}

async fn a_failed_login_changes_nothing(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = logged_in(&app, 1).await;
    let mut session = app.open(&browser);
    session.log_in(Visitor::USER, 2).await.unwrap();
    app.abandon(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load", "the first user's session is not deleted");
    assert_eq!((app.stored(&browser, "user").await, app.stored(&browser, "n").await), (Some(1), Some(99)));

    let mut session = app.open(&browser);
    app.spy.fail_next("load", Fault::Refuse);
    assert_eq!(session.log_in(Visitor::USER, 2).await.unwrap_err().kind(), ErrorKind::Store);
}

/// Two logins that have both loaded the session before the first one commits.
async fn two_logins_at_once_both_succeed(kind: Kind) {
    for (before, users) in [(None, [7, 7]), (None, [7, 8]), (Some(7), [7, 7]), (Some(6), [7, 8]), (Some(7), [7, 8])] {
        let app = App::new(kind).await;
        let browser = match before {
            Some(user) => logged_in(&app, user).await,
            None => app.browser_with(&[("n", 99)]).await,
        };
        let mut browsers = [browser.clone(), browser];
        let mut sessions: Vec<Session> = Vec::new();
        for (browser, user) in browsers.iter().zip(users) {
            let mut session = app.open(browser);
            session.insert("earlier", user).await.unwrap();
            session.log_in(Visitor::USER, user).await.unwrap();
            session.insert("later", user).await.unwrap();
            sessions.push(session);
        }
        for ((session, browser), user) in sessions.into_iter().zip(&mut browsers).zip(users) {
            app.finalize(session, browser).await.unwrap();
            assert_eq!(app.stored(browser, "user").await, Some(user), "{before:?} {users:?}");
            assert_eq!(app.stored(browser, "later").await, Some(user), "{before:?} {users:?}");
        }
        let second = &browsers[1];
        assert_eq!(
            app.stored(second, "earlier").await,
            None,
            "{before:?} {users:?}: not of the session that was deleted"
        );
        assert_eq!(app.stored(second, "n").await, None, "{before:?} {users:?}");
    }
}

async fn client_changes_before_a_login_whose_session_was_replaced_are_dropped(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = logged_in(&app, 1).await;
    let mut session = app.open(&browser);
    session.client_mut().insert("theme", "earlier").unwrap();
    session.client_mut().insert("size", "earlier").unwrap();
    session.log_in(Visitor::USER, 1).await.unwrap();
    session.client_mut().insert("size", "later").unwrap();
    let mut other = app.open(&browser);
    other.log_in(Visitor::USER, 1).await.unwrap();
    app.finalize(other, &mut browser.clone()).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "user").await, Some(1));
    assert_eq!((app.client(&browser, "theme"), app.client(&browser, "size").as_deref()), (None, Some("later")));
}

async fn a_login_whose_session_was_deleted_starts_a_new_one(kind: Kind) {
    for user in [1, 2] {
        let app = App::new(kind).await;
        let mut browser = logged_in(&app, 1).await;
        let mut session = app.open(&browser);
        session.log_in(Visitor::USER, user).await.unwrap();
        let mut other = app.open(&browser);
        other.invalidate();
        app.finalize(other, &mut browser.clone()).await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!((app.stored(&browser, "user").await, app.stored(&browser, "n").await), (Some(user), None));
    }
}

async fn an_update_after_a_login_whose_session_is_gone_belongs_to_the_new_session(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("n", 99)]).await;
    let mut session = app.open(&browser);
    session.log_in(Visitor::USER, 7).await.unwrap();
    let mut other = app.open(&browser);
    other.log_in(Visitor::USER, 8).await.unwrap();
    app.finalize(other, &mut browser.clone()).await.unwrap();
    session.typed_mut::<Visitor>().update_cart(|cart| cart.push("gift".to_owned())).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    let session = app.open(&browser);
    let entries = serde_json::Value::Object(session.entries().await.unwrap());
    assert_eq!(entries, serde_json::json!({ "user": 7, "cart": ["gift"] }));
}

async fn a_login_after_a_restart_removes_the_client_state_of_a_session_that_has_ended(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.client_mut().insert("theme", "dark").unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    let mut session = app.open(&browser);
    session.insert("n", 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();

    let mut session = app.open(&browser);
    assert_eq!(session.get::<u64>("n").await.unwrap(), Some(1));
    let mut other = app.open(&browser);
    other.delete();
    app.finalize(other, &mut browser.clone()).await.unwrap();
    let replace = |n: &mut Option<u64>| *n = Some(2);
    assert_eq!(session.update("n", replace).await.unwrap_err().kind(), ErrorKind::Ended);
    session.restart();
    session.log_in(Visitor::USER, 7).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!((app.stored(&browser, "user").await, app.client(&browser, "theme")), (Some(7), None));
}

async fn an_update_after_two_logins_with_a_replaced_token_belongs_to_the_new_session(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = logged_in(&app, 1).await;
    let mut other = app.open(&browser);
    other.cycle_id();
    app.finalize(other, &mut browser.clone()).await.unwrap();
    let mut session = app.open(&browser);
    session.log_in(Visitor::USER, 2).await.unwrap();
    session.log_in(Visitor::USER, 3).await.unwrap();
    session.typed_mut::<Visitor>().update_cart(|cart| cart.push("gift".to_owned())).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "user").await, Some(3));
}

async fn an_update_that_removes_a_key_after_a_login_of_another_user_is_stored(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = logged_in(&app, 1).await;
    let mut session = app.open(&browser);
    session.log_in(Visitor::USER, 2).await.unwrap();
    session.insert("n", 5).await.unwrap();
    session.update("n", |n: &mut Option<u64>| *n = None).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!((app.stored(&browser, "user").await, app.stored(&browser, "n").await), (Some(2), None));
}

async fn a_login_after_a_logout_in_the_same_request_is_ignored(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = logged_in(&app, 1).await;
    let mut session = app.open(&browser);
    session.invalidate();
    session.log_in(Visitor::USER, 2).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert!(browser.cookies.is_empty());
}

async fn a_login_through_a_session_opened_by_its_id_is_an_error(kind: Kind) {
    let app = App::new(kind).await;
    let browser = logged_in(&app, 1).await;
    let mut job = app.manager.by_id(id(&app, &browser).unwrap());
    assert_eq!(job.log_in(Visitor::USER, 2).await.unwrap_err().kind(), ErrorKind::NoBrowser);
    job.renew_token();
    assert_eq!(job.sync().await.unwrap_err().kind(), ErrorKind::NoBrowser);
}

async fn a_renewal_rotates_the_token_and_keeps_the_absolute_end(kind: Kind) {
    let lifetime = Lifetime::new().idle(Duration::from_mins(30)).absolute(Duration::from_hours(1));
    let app = App::with(kind, |config| config.lifetime(lifetime)).await;
    let mut browser = logged_in(&app, 1).await;
    for _ in 0..3 {
        app.advance(Duration::from_mins(16));
        let old = browser.clone();
        let mut session = app.open(&browser);
        session.renew_token();
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.spy.take_operations(), "commit");
        assert_ne!(browser.cookies, old.cookies);
        assert_eq!(app.stored(&old, "n").await, None, "the old token is replaced");
        assert_eq!(app.stored(&browser, "n").await, Some(99));
    }
    let info = app.open(&browser).meta().await.unwrap().unwrap();
    assert_eq!(info.rotated.map(|rotated| rotated > info.created), Some(true));
    app.advance(Duration::from_mins(12));
    assert_eq!(app.stored(&browser, "n").await, None, "the session ends after 60 minutes");
    assert_eq!(id(&app, &browser), None, "the token has ended too");
}

async fn a_renewal_without_a_record_is_ignored(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.renew_token();
    assert_eq!(app.finalize(session, &mut browser).await.unwrap().cookies(), "–");
    assert_eq!(app.spy.take_operations(), "");

    let mut ended = logged_in(&app, 1).await;
    let mut other = app.open(&ended);
    other.delete();
    app.finalize(other, &mut ended.clone()).await.unwrap();
    app.spy.take_operations();
    let mut session = app.open(&ended);
    session.renew_token();
    assert_eq!(app.finalize(session, &mut ended).await.unwrap().cookies(), "–");
    assert_eq!(app.spy.take_operations(), "commit");
    let mut session = app.open(&ended);
    session.renew_token();
    session.insert("a", 1).await.unwrap();
    app.finalize(session, &mut ended).await.unwrap();
    assert_eq!(app.spy.take_operations(), "commit create", "the write counts as a write alone");
}

async fn a_renewal_with_a_replaced_token_is_ignored_and_its_writes_are_an_error(kind: Kind) {
    let app = App::new(kind).await;
    for loads in [false, true] {
        let mut browser = logged_in(&app, 1).await;
        let mut replaced = browser.clone();
        let mut other = app.open(&browser);
        other.renew_token();
        app.finalize(other, &mut browser).await.unwrap();
        let mut session = app.open(&replaced);
        if loads {
            assert_eq!(session.get::<u64>("n").await.unwrap(), None);
        }
        session.renew_token();
        assert_eq!(app.finalize(session, &mut replaced).await.unwrap().cookies(), "–");
        let mut session = app.open(&replaced);
        session.renew_token();
        session.insert("n", 5).await.unwrap();
        assert_eq!(app.finalize(session, &mut replaced).await.unwrap_err().kind(), ErrorKind::Replaced);
        assert_eq!(app.stored(&browser, "n").await, Some(99));
    }
}

/// Its state cookie would replace the one of the request that has renewed the token.
async fn a_renewal_with_a_replaced_token_and_client_changes_is_an_error(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = logged_in(&app, 1).await;
    let mut session = app.open(&browser);
    session.renew_token();
    session.client_mut().insert("language", "en").unwrap();
    let mut other = app.open(&browser);
    other.renew_token();
    app.finalize(other, &mut browser).await.unwrap();
    assert_eq!(app.finalize(session, &mut browser).await.unwrap_err().kind(), ErrorKind::Replaced);
    assert_eq!(app.client(&browser, "theme").as_deref(), Some("dark"));
}

async fn a_renewal_with_a_login_or_a_rotation_has_no_effect(kind: Kind) {
    let lifetime = Lifetime::new().idle(Duration::from_mins(50)).absolute(Duration::from_hours(1));
    for login in [false, true] {
        let app = App::with(kind, |config| config.lifetime(lifetime)).await;
        let mut browser = logged_in(&app, 1).await;
        app.advance(Duration::from_mins(40));
        let mut session = app.open(&browser);
        session.renew_token();
        if login {
            session.log_in(Visitor::USER, 1).await.unwrap();
        } else {
            session.cycle_id();
        }
        session.renew_token();
        app.finalize(session, &mut browser).await.unwrap();
        app.advance(Duration::from_mins(40));
        assert_eq!(app.stored(&browser, "n").await, Some(99), "the absolute timeout started again");
    }
}

async fn twenty_requests_that_all_renew_and_write_log_nobody_out(kind: Kind) {
    let app = App::new(kind).await;
    let browser = logged_in(&app, 1).await;
    let requests = (0..20).map(|number| {
        let (app, mut browser) = (&app, browser.clone());
        async move {
            let mut session = app.open(&browser);
            session.renew_token();
            session.insert(format!("key{number}"), number).await.unwrap();
            let result = app.finalize(session, &mut browser).await;
            (result.map(|_| ()).map_err(|error| error.kind()), browser)
        }
    });
    let results = futures_util::future::join_all(requests).await;
    let stored: Vec<_> = results.iter().filter(|(result, _)| result.is_ok()).collect();
    assert_eq!(stored.len(), 1, "one request renews the token");
    let refused = results.iter().filter(|(result, _)| *result == Err(ErrorKind::Replaced)).count();
    assert_eq!(refused, 19);
    assert_eq!(app.stored(&stored[0].1, "n").await, Some(99), "nobody is logged out");
    let created = app.spy.take_created();
    assert_eq!(created.len(), 1, "only the login created a session");
    for (_, browser) in results.iter().filter(|(result, _)| result.is_err()) {
        assert_eq!(id(&app, browser), Some(created[0]), "the other browsers keep their cookie");
    }
}

on_every_store!(
    client_changes_before_a_login_whose_session_was_replaced_are_dropped,
    a_login_keeps_the_cart_of_a_visitor,
    another_user_who_logs_in_gets_an_empty_session,
    the_same_user_who_logs_in_again_keeps_the_session,
    a_user_that_does_not_decode_does_not_prevent_a_login,
    another_user_gets_an_empty_session_even_if_the_request_has_changed_the_key,
    a_login_with_a_key_that_is_not_indexed_is_an_error,
    a_failed_request_executes_a_restart_before_two_logins,
    two_logins_and_an_update_with_a_replaced_token_start_a_new_session,
    a_login_drops_client_changes_of_the_session_that_ended,
    a_first_visit_logs_in_with_one_operation,
    a_login_without_a_session_keeps_the_changes_before_it,
    a_failed_login_changes_nothing,
    two_logins_at_once_both_succeed,
    a_login_whose_session_was_deleted_starts_a_new_one,
    an_update_after_a_login_whose_session_is_gone_belongs_to_the_new_session,
    a_login_after_a_restart_removes_the_client_state_of_a_session_that_has_ended,
    an_update_after_two_logins_with_a_replaced_token_belongs_to_the_new_session,
    an_update_that_removes_a_key_after_a_login_of_another_user_is_stored,
    a_login_after_a_logout_in_the_same_request_is_ignored,
    a_login_through_a_session_opened_by_its_id_is_an_error,
    a_renewal_rotates_the_token_and_keeps_the_absolute_end,
    a_renewal_without_a_record_is_ignored,
    a_renewal_with_a_replaced_token_is_ignored_and_its_writes_are_an_error,
    a_renewal_with_a_replaced_token_and_client_changes_is_an_error,
    a_renewal_with_a_login_or_a_rotation_has_no_effect,
    twenty_requests_that_all_renew_and_write_log_nobody_out,
);
