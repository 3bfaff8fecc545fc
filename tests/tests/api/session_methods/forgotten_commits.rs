//! Tests of the warning about changes that no commit has sent.

use std::panic::{AssertUnwindSafe, catch_unwind};

use session::{ErrorKind, Session};
use session_tests::{App, Browser, Fault, Kind, Log};

const BY_ID: &str = "no `sync` stored them before the last handle of this session was dropped";
const REQUEST: &str = "the request ended without `finalize`, `abandon` or `RequestSession::end`";
const CANCELLED: &str = "a request that the client cancelled looks the same";

async fn app_with_session() -> (App, Browser, &'static Log) {
    let log = Log::of_this_process();
    let app = App::new(Kind::Memory).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    (app, browser, log)
}

fn warning(log: &Log) -> Option<String> {
    let lines = log.take();
    assert!(lines.lines().count() <= 1, "{lines}");
    lines.lines().find(|line| line.contains("WARN")).map(ToOwned::to_owned)
}

#[tokio::test]
async fn a_job_that_forgets_to_sync_logs_a_warning_with_the_id() {
    let (app, browser, log) = app_with_session().await;
    let id = app.open(&browser).id().unwrap();
    let changes: [fn(&mut Session); 4] =
        [|job| job.set_label("x"), Session::delete, Session::cycle_id, |job| job.client_mut().clear()];
    for change in changes {
        let mut job = app.manager.by_id(id);
        change(&mut job);
        drop(job);
        let line = warning(log).expect("a warning");
        assert!(line.contains(BY_ID) && line.contains(&id.to_string()), "{line}");
    }
    let mut job = app.manager.by_id(id);
    assert_eq!(job.get::<u64>("a").await.unwrap(), Some(1));
    job.insert("a", 2).await.unwrap();
    job.sync().await.unwrap();
    drop(job);
    assert_eq!(warning(log), None, "a handle that synced");
}

#[tokio::test]
async fn a_request_without_finalize_logs_a_warning() {
    let (app, browser, log) = app_with_session().await;
    let id = app.open(&browser).id().unwrap();
    let changes: [fn(&mut Session); 4] =
        [Session::cycle_id, Session::invalidate, Session::restart, |session| session.set_label("x")];
    for (number, change) in changes.into_iter().enumerate() {
        let mut session = app.open(&browser);
        change(&mut session);
        let other = session.handle();
        drop(session);
        assert_eq!(warning(log), None, "another handle is alive");
        drop(other);
        let line = warning(log).expect("a warning");
        assert!(line.contains(REQUEST) && line.contains(&id.to_string()), "{line}");
        assert_eq!(line.contains(CANCELLED), number == 0, "once per process: {line}");
    }
    let mut first_visit = app.open(&Browser::default());
    first_visit.client_mut().insert("theme", "dark").unwrap();
    drop(first_visit);
    let line = warning(log).expect("a warning");
    assert!(line.contains(REQUEST) && !line.contains("session="), "there is no id yet: {line}");
}

#[tokio::test]
async fn a_cancelled_sync_that_nobody_follows_up_logs_a_warning() {
    let (app, browser, log) = app_with_session().await;
    let mut session = app.open(&browser);
    session.insert("a", 2).await.unwrap();
    app.spy.fail_next("commit", Fault::Stall);
    assert!(app.spy.run_until_hang(session.sync()).await.is_none());
    drop(session);
    assert!(warning(log).is_some_and(|line| line.contains(REQUEST)));
}

#[tokio::test]
async fn a_new_token_that_was_not_sent_to_the_browser_logs_a_warning() {
    let (app, browser, log) = app_with_session().await;
    let mut session = app.open(&browser);
    session.cycle_id();
    session.sync().await.unwrap();
    drop(session);
    assert!(warning(log).is_some_and(|line| line.contains(REQUEST)));

    let mut session = app.open(&Browser::default());
    session.insert("a", 1).await.unwrap();
    session.sync().await.unwrap();
    drop(session);
    assert_eq!(warning(log), None, "no browser has a token that is useless now");
}

#[tokio::test]
async fn a_request_that_ends_properly_logs_nothing() {
    let (app, mut browser, log) = app_with_session().await;
    let session = app.open(&browser);
    assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
    drop(session);
    drop(app.open(&browser));
    for fails in [false, true] {
        let mut session = app.open(&browser);
        session.insert("a", 2).await.unwrap();
        let mut late = session.handle();
        if fails {
            app.abandon(session, &mut browser).await.unwrap();
        } else {
            app.finalize(session, &mut browser).await.unwrap();
        }
        assert_eq!(warning(log), None);
        assert_eq!(late.insert("a", 3).await.unwrap_err().kind(), ErrorKind::Finalized);
        let late_change = log.take();
        assert!(late_change.contains("session change ignored") && late_change.lines().count() == 1, "{late_change}");
    }
    let mut session = app.open(&browser);
    session.insert("a", 4).await.unwrap();
    app.spy.fail_next("commit", Fault::Refuse);
    app.finalize(session, &mut browser).await.unwrap_err();
    assert_eq!(warning(log), None);
}

#[tokio::test]
async fn nothing_is_logged_while_a_panic_unwinds() {
    let (app, browser, log) = app_with_session().await;
    let mut session = app.open(&browser);
    session.insert("a", 2).await.unwrap();
    let unwound = catch_unwind(AssertUnwindSafe(move || {
        let _session = session;
        panic!("the handler panicked");
    }));
    assert!(unwound.is_err());
    assert_eq!(warning(log), None);
}

#[tokio::test]
async fn a_request_that_is_dropped_with_its_cancel_guard_logs_nothing() {
    let (app, browser, log) = app_with_session().await;
    let begin = || app.manager.begin(&browser.request());

    let request = begin();
    let guard = request.cancel_guard();
    request.session().insert("a", 2).await.unwrap();
    drop((request, guard));
    assert_eq!(warning(log), None, "while its handler ran");

    let request = begin();
    let guard = request.cancel_guard();
    request.session().insert("a", 2).await.unwrap();
    app.spy.fail_next("commit", Fault::Stall);
    assert!(app.spy.run_until_hang(request.end(200, |_| None)).await.is_none());
    drop(guard);
    assert_eq!(warning(log), None, "during its commit");
    assert_eq!(app.stored(&browser, "a").await, Some(1));
}
