//! Tests of calls after the response, and during the last commit: they are errors, never ignored in silence.

use futures_util::FutureExt;
use session::{ErrorKind, Key, Lifetime, Session};
use session_tests::{App, Browser, Fault, Kind, Log, on_every_store};

type Call = fn(&mut Session);

const CALLS: [(&str, Call); 9] = [
    ("invalidate", Session::invalidate),
    ("restart", Session::restart),
    ("delete", Session::delete),
    ("cycle_id", Session::cycle_id),
    ("renew_token", Session::renew_token),
    ("set_label", |session| session.set_label("late")),
    ("set_lifetime", |session| session.set_lifetime(Lifetime::new())),
    ("client clear", |session| session.client_mut().clear()),
    ("client remove_raw", |session| _ = session.client_mut().remove_raw("theme")),
];

async fn a_call_after_the_response_makes_the_next_sync_an_error(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    for fails in [false, true] {
        for (name, call) in CALLS {
            let mut session = app.open(&browser);
            let mut late = session.handle();
            if fails {
                app.abandon(session, &mut browser).await.unwrap();
            } else {
                app.finalize(session, &mut browser).await.unwrap();
            }
            call(&mut late);
            assert_eq!(late.sync().await.unwrap_err().kind(), ErrorKind::Finalized, "{name}");
            late.sync().await.unwrap();
            assert!(!late.is_invalidated());
            assert_eq!(app.stored(&browser, "a").await, Some(1), "{name}");
        }
    }
}

async fn a_call_after_the_response_makes_a_second_end_an_error(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    for (name, call) in CALLS {
        let mut session = app.open(&browser);
        let mut late = session.handle();
        app.finalize(session, &mut browser).await.unwrap();
        call(&mut late);
        assert_eq!(app.finalize(late, &mut browser).await.unwrap_err().kind(), ErrorKind::Finalized, "{name}");
    }
}

async fn a_second_end_that_is_cancelled_does_not_open_the_request_again(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.get::<u64>("a").await.unwrap();
    let (second, mut late) = (session.handle(), session.handle());
    app.finalize(session, &mut browser).await.unwrap();
    app.advance(std::time::Duration::from_hours(10));
    app.spy.fail_next("touch", Fault::Stall);
    assert!(app.spy.run_until_hang(app.finalize(second, &mut browser)).await.is_none());
    assert_eq!(late.insert("a", 2).await.unwrap_err().kind(), ErrorKind::Finalized);
}

async fn a_write_during_the_last_commit_is_an_error(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    let mut other = session.handle();
    session.insert("a", 2).await.unwrap();
    app.spy.fail_next("commit", Fault::Stall);
    let mut headers = http::HeaderMap::new();
    let cancelled = {
        let mut last_commit = std::pin::pin!(session.finalize(&mut headers));
        tokio::select! {
            () = app.spy.hung() => {}
            _ = &mut last_commit => unreachable!("the commit hangs"),
        }
        assert_eq!(other.insert("b", 2).await.unwrap_err().kind(), ErrorKind::Finalized);
        other.invalidate();
        other.sync()
    };
    assert_eq!(cancelled.await.unwrap_err().kind(), ErrorKind::Finalized, "the logout was refused");
}

async fn another_handle_may_continue_after_a_cancelled_last_commit(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    let mut other = session.handle();
    session.cycle_id();
    app.spy.fail_next("commit", Fault::Stall);
    let mut headers = http::HeaderMap::new();
    assert!(app.spy.run_until_hang(session.finalize(&mut headers)).await.is_none());
    other.insert("a", 3).await.unwrap();
    app.finalize(other, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "a").await, Some(3));
}

async fn a_late_call_of_another_handle_does_not_fail_the_request(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    let mut other = session.handle();
    session.insert("a", 2).await.unwrap();
    // The last commit waits for the load of a third handle.
    let third = session.handle();
    app.spy.fail_next("load", Fault::Hang);
    let mut load = Box::pin(third.get::<u64>("b"));
    tokio::select! {
        () = app.spy.hung() => {}
        _ = &mut load => unreachable!("the load hangs"),
    }
    let mut last_commit = Box::pin(app.finalize(session, &mut browser));
    assert!(last_commit.as_mut().now_or_never().is_none(), "the commit waits");
    other.invalidate();
    drop(load);
    last_commit.await.unwrap();
    assert_eq!(other.sync().await.unwrap_err().kind(), ErrorKind::Finalized);
    assert_eq!(app.stored(&browser, "a").await, Some(2));
}

async fn a_sync_after_a_failed_request_reports_the_discarded_write(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    for fails_in_commit in [false, true] {
        let mut session = app.open(&browser);
        let mut task = session.handle();
        task.insert("a", 2).await.unwrap();
        session.set_label("x");
        if fails_in_commit {
            app.spy.fail_next("commit", Fault::Refuse);
            app.finalize(session, &mut browser).await.unwrap_err();
        } else {
            app.abandon(session, &mut browser).await.unwrap();
        }
        assert_eq!(task.sync().await.unwrap_err().kind(), ErrorKind::Finalized);
        assert_eq!(app.stored(&browser, "a").await, Some(1));
    }
}

/// Its new session would have no cookie.
async fn an_update_that_ends_after_the_response_stores_nothing(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut task = session.handle();
    let mut parts = Some((session, &mut browser));
    let (app, result) = (&app, {
        let app = &app;
        task.update("a", |value: &mut Option<u64>| {
            *value = Some(1);
            if let Some((session, browser)) = parts.take() {
                app.finalize(session, browser).now_or_never().expect("nothing to commit").unwrap();
            }
        })
        .await
    });
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Finalized);
    assert_eq!(app.spy.take_created(), []);
    assert!(browser.cookies.is_empty());
}

on_every_store!(
    a_late_call_of_another_handle_does_not_fail_the_request,
    a_sync_after_a_failed_request_reports_the_discarded_write,
    an_update_that_ends_after_the_response_stores_nothing,
    a_call_after_the_response_makes_the_next_sync_an_error,
    a_call_after_the_response_makes_a_second_end_an_error,
    a_second_end_that_is_cancelled_does_not_open_the_request_again,
    a_write_during_the_last_commit_is_an_error,
    another_handle_may_continue_after_a_cancelled_last_commit,
);

#[tokio::test]
async fn a_value_that_is_written_after_invalidate_is_logged_once() {
    const LINE: &str = "the request has called `invalidate` before; call `restart` instead";
    const USER: Key<u64> = Key::declare("user");
    type Write = for<'s> fn(&'s mut Session) -> futures_util::future::BoxFuture<'s, Result<(), session::Error>>;
    let log = Log::of_this_process();
    let app = App::new(Kind::Memory).await;
    let writes: [Write; 4] = [
        |session| Box::pin(session.insert("hunter2-key", "hunter2")),
        |session| Box::pin(session.log_in(USER, 7)),
        |session| Box::pin(session.update("n", |n: &mut Option<u64>| *n = Some(1))),
        |session| Box::pin(async { session.client_mut().insert("theme", "dark") }),
    ];
    for has_session in [true, false] {
        for write in writes {
            let mut browser = if has_session { app.browser_with(&[("a", 1)]).await } else { Browser::default() };
            log.take();
            let mut session = app.open(&browser);
            session.invalidate();
            write(&mut session).await.unwrap();
            write(&mut session).await.unwrap();
            app.finalize(session, &mut browser).await.unwrap();
            let lines = log.take();
            assert_eq!(lines.matches(LINE).count(), 1, "{lines}");
            assert!(!lines.contains("hunter2"), "{lines}");
        }
    }
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.invalidate();
    session.unset("a").await.unwrap();
    assert_eq!(session.remove::<u64>("a").await.unwrap(), None);
    session.client_mut().remove_raw("theme");
    app.finalize(session, &mut browser).await.unwrap();
    let mut session = app.open(&app.browser_with(&[("a", 1)]).await);
    session.restart();
    session.insert("a", 1).await.unwrap();
    session.sync().await.unwrap();
    assert!(!log.take().contains(LINE), "a removal, and a write after `restart`, are not ignored");
}
