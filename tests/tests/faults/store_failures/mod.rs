//! Tests of a store that is unavailable, loses a reply, or hangs: the error, the stored values, and the next request.

mod cancelled_commits;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use session::ErrorKind;
use session_tests::{App, Browser, Fault, Kind, on_every_store};

async fn the_error_of_an_unavailable_store_names_the_operation(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;

    app.spy.fail_next("load", Fault::Refuse);
    let error = app.open(&browser).get::<u64>("a").await.unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Store, "failed to load the session"));

    let cases = [
        ("commit", "commit the session's changes"),
        ("delete", "delete the session"),
        ("create", "create the session"),
    ];
    for (operation, doing) in cases {
        app.spy.fail_next(operation, Fault::Refuse);
        let mut session = if operation == "create" { app.open(&Browser::default()) } else { app.open(&browser) };
        match operation {
            "delete" => session.invalidate(),
            _ => session.insert("a", 2).await.unwrap(),
        }
        let error = app.finalize(session, &mut browser).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Store);
        assert!(error.to_string().ends_with(doing), "{error}");
        assert_eq!(app.stored(&browser, "a").await, Some(1), "the next request works, and nothing was stored");
    }
}

async fn a_failed_load_is_retried_by_the_next_read(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let session = app.open(&browser);
    app.spy.fail_next("load", Fault::Refuse);
    session.get::<u64>("a").await.unwrap_err();
    assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
}

async fn a_commit_whose_reply_was_lost_is_not_retried(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.insert("a", 2).await.unwrap();
    app.spy.fail_next("commit", Fault::LoseReply);
    assert_eq!(session.sync().await.unwrap_err().kind(), ErrorKind::Store);
    session.insert("b", 3).await.unwrap();
    let mut other = app.open(&browser);
    other.insert("a", 5).await.unwrap();
    app.finalize(other, &mut browser.clone()).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "a").await, Some(5), "the lost commit did not overwrite a newer one");
    assert_eq!(app.stored(&browser, "b").await, Some(3));
}

async fn an_update_whose_reply_was_lost_does_not_count_twice(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("visits", 1)]).await;
    let mut session = app.open(&browser);
    session.insert("visits", 10).await.unwrap();
    app.spy.fail_next("commit", Fault::LoseReply);
    let add = |visits: &mut Option<u64>| *visits = visits.map(|visits| visits + 1);
    assert_eq!(session.update("visits", add).await.unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(session.get::<u64>("visits").await.unwrap(), Some(11), "the stored value is loaded again");
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "visits").await, Some(11));
}

async fn a_rotation_whose_reply_was_lost_is_found_by_one_load(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let old = browser.clone();
    let mut session = app.open(&browser);
    session.cycle_id();
    session.insert("user", 7).await.unwrap();
    app.spy.fail_next("commit", Fault::LoseReply);
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "commit load");
    assert_ne!(browser.cookies, old.cookies);
    assert_eq!(app.stored(&browser, "user").await, Some(7));
}

async fn a_failed_rotation_is_an_error_and_the_old_token_works(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let old = browser.clone();
    let mut session = app.open(&browser);
    session.cycle_id();
    app.spy.fail_next("commit", Fault::Refuse);
    assert_eq!(app.finalize(session, &mut browser).await.unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(browser.cookies, old.cookies);
    assert_eq!(app.stored(&browser, "a").await, Some(1));
}

async fn an_unconfirmed_rotation_sends_no_cookie(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let old = browser.clone();
    let mut session = app.open(&browser);
    session.cycle_id();
    app.spy.fail_next("commit", Fault::LoseReply);
    app.spy.fail_next("load", Fault::Refuse);
    assert_eq!(app.finalize(session, &mut browser).await.unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(browser.cookies, old.cookies);
}

async fn a_creation_whose_reply_was_lost_is_found_by_one_load(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    app.spy.fail_next("create", Fault::LoseReply);
    session.insert("a", 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "create load");
    assert_eq!(app.stored(&browser, "a").await, Some(1));
}

async fn a_deletion_whose_reply_was_lost_is_retried(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let old = browser.clone();
    let mut session = app.open(&browser);
    session.invalidate();
    app.spy.fail_next("delete", Fault::LoseReply);
    session.sync().await.unwrap_err();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "delete delete");
    assert!(browser.cookies.is_empty());
    assert_eq!(app.stored(&old, "a").await, None);
}

async fn a_failed_deletion_is_an_error_and_keeps_the_cookies(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let old = browser.clone();
    let mut session = app.open(&browser);
    session.invalidate();
    app.spy.fail_next("delete", Fault::Refuse);
    assert_eq!(app.finalize(session, &mut browser).await.unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(browser.cookies, old.cookies, "the failed logout is visible");
}

async fn a_touch_that_fails_does_not_fail_the_request_that_read(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    app.advance(std::time::Duration::from_hours(20));
    let session = app.open(&browser);
    assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
    app.spy.fail_next("touch", Fault::Refuse);
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "load touch");
    assert_eq!(app.stored(&browser, "a").await, Some(1));
}

/// Polls until the operation hangs, and then drops the future as a timeout does.
async fn cancel(app: &App, future: impl Future) {
    assert!(app.spy.run_until_hang(future).await.is_none(), "the operation must hang");
}

async fn the_token_of_a_cancelled_sync_is_sent_with_a_server_error(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.cycle_id();
    app.spy.fail_next("commit", Fault::Hang);
    cancel(&app, session.sync()).await;
    app.abandon(session, &mut browser).await.unwrap();
    assert_eq!(app.spy.take_operations(), "commit load");
    assert_eq!(app.stored(&browser, "a").await, Some(1), "the rotation logged nobody out");
}

async fn a_write_after_a_cancelled_update_is_stored(kind: Kind) {
    for fault in [Fault::Hang, Fault::Stall] {
        let app = App::new(kind).await;
        let mut browser = app.browser_with(&[("visits", 1)]).await;
        let mut session = app.open(&browser);
        let add = |visits: &mut Option<u64>| *visits = visits.map(|visits| visits + 1);
        app.spy.fail_next("commit", fault);
        cancel(&app, session.update("visits", add)).await;
        session.insert("visits", 7).await.unwrap();
        app.finalize(session, &mut browser).await.unwrap();
        assert_eq!(app.stored(&browser, "visits").await, Some(7), "{fault:?}");
    }
}

async fn a_request_cancelled_before_its_commit_is_sent_changes_nothing(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.cycle_id();
    session.insert("a", 2).await.unwrap();
    let mut headers = http::HeaderMap::new();
    drop(session.finalize(&mut headers));
    assert_eq!(app.spy.take_operations(), "");
    assert_eq!(app.stored(&browser, "a").await, Some(1));
}

async fn after_an_error_the_cookie_of_an_earlier_sync_is_still_sent(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.cycle_id();
    session.sync().await.unwrap();
    session.insert("a", 2).await.unwrap();
    session.client_mut().insert("theme", "dark").unwrap();
    app.spy.fail_next("commit", Fault::Refuse);
    assert_eq!(app.finalize(session, &mut browser).await.unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(app.stored(&browser, "a").await, Some(1), "the new token was sent with the error");
    assert_eq!(app.client(&browser, "theme"), None, "nothing else was stored");
}

async fn a_logout_during_a_commit_of_another_handle_is_not_dropped(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut other = app.open(&browser);
    other.cycle_id();
    app.finalize(other, &mut browser.clone()).await.unwrap();
    let mut session = app.open(&browser);
    let mut logout = session.handle();
    session.insert("b", 1).await.unwrap();
    app.spy.fail_next("commit", Fault::Delay);
    {
        let mut sync = pin!(session.sync());
        assert!(sync.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        logout.invalidate();
        assert_eq!(sync.await.unwrap_err().kind(), ErrorKind::Replaced);
    }
    assert_eq!(app.finalize(logout, &mut browser).await.unwrap_err().kind(), ErrorKind::Replaced);
}

async fn a_failed_sweep_is_an_error_and_the_next_one_works(kind: Kind) {
    let app = App::new(kind).await;
    app.browser_with(&[("a", 1)]).await;
    app.advance(std::time::Duration::from_hours(25));
    app.spy.fail_next("delete_expired", Fault::Refuse);
    assert_eq!(app.manager.delete_expired(10).await.unwrap_err().kind(), ErrorKind::Store);
    assert_eq!(app.manager.delete_expired(10).await.unwrap(), 1);
    assert_eq!(app.manager.delete_expired(10).await.unwrap(), 0);
}

on_every_store!(
    the_error_of_an_unavailable_store_names_the_operation,
    a_failed_load_is_retried_by_the_next_read,
    a_commit_whose_reply_was_lost_is_not_retried,
    an_update_whose_reply_was_lost_does_not_count_twice,
    a_rotation_whose_reply_was_lost_is_found_by_one_load,
    a_failed_rotation_is_an_error_and_the_old_token_works,
    an_unconfirmed_rotation_sends_no_cookie,
    a_creation_whose_reply_was_lost_is_found_by_one_load,
    a_deletion_whose_reply_was_lost_is_retried,
    a_failed_deletion_is_an_error_and_keeps_the_cookies,
    a_touch_that_fails_does_not_fail_the_request_that_read,
    the_token_of_a_cancelled_sync_is_sent_with_a_server_error,
    a_write_after_a_cancelled_update_is_stored,
    a_request_cancelled_before_its_commit_is_sent_changes_nothing,
    after_an_error_the_cookie_of_an_earlier_sync_is_still_sent,
    a_logout_during_a_commit_of_another_handle_is_not_dropped,
    a_failed_sweep_is_an_error_and_the_next_one_works,
);
