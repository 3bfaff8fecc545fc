//! Tests of handles beyond the response. The conformance suite has the races with logins, logouts and renewals.

use std::time::Duration;

use http::HeaderMap;
use session::{ErrorKind, Lifetime, ReadOnly, RenewOn, Session, SessionSchema, Typed};
use session_tests::{App, Browser, Fault, Kind, Log, on_every_store};

#[derive(SessionSchema)]
struct Visitor {
    a: u64,
    #[session(client, default)]
    dark: bool,
}

async fn detached_of(app: &App, browser: &Browser) -> Session {
    let session = app.open(browser);
    session.meta().await.unwrap();
    session.detached().unwrap()
}

fn kind_of<T>(result: Result<T, session::Error>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind())
}

#[tokio::test]
async fn without_a_record_there_is_no_detached_handle() {
    let app = App::new(Kind::Memory).await;
    let mut session = app.open(&Browser::default());
    assert!(session.detached().is_none(), "no cookie");
    session.insert("a", 1).await.unwrap();
    assert!(session.detached().is_none(), "before the first commit");
    session.sync().await.unwrap();
    assert!(session.detached().is_some());
    session.invalidate();
    assert!(session.detached().is_none(), "a pending logout");
    session.sync().await.unwrap();
    assert!(session.detached().is_none(), "after the logout");

    let browser = app.browser_with(&[("a", 1)]).await;
    app.advance(Duration::from_hours(25));
    let session = app.open(&browser);
    assert!(session.detached().is_some(), "the store was not called yet");
    assert_eq!(session.get::<u64>("a").await.unwrap(), None);
    assert!(session.detached().is_none(), "the session is known to have ended");
}

#[tokio::test]
async fn a_request_with_a_pending_login_has_no_detached_handle_until_its_commit() {
    const USER: session::Key<u64> = session::Key::declare("user");
    let app = App::new(Kind::Memory).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let rotations: [fn(&mut Session); 2] = [Session::cycle_id, |session| session.set_lifetime(Lifetime::new())];
    for rotate in rotations {
        let mut session = app.open(&browser);
        rotate(&mut session);
        assert!(session.detached().is_none());
        app.finalize(session, &mut browser).await.unwrap();
    }
    let mut session = app.open(&browser);
    session.log_in(USER, 7).await.unwrap();
    assert!(session.detached().is_none());
    session.sync().await.unwrap();
    let mut detached = session.detached().unwrap();
    let late = session.handle();
    session.renew_token();
    assert!(session.detached().is_some(), "a renewal is no login");
    app.finalize(session, &mut browser).await.unwrap();
    for handle in [&mut detached, &mut late.detached().unwrap()] {
        handle.reload();
        assert_eq!(handle.get::<u64>("user").await.unwrap(), Some(7));
    }
}

/// A socket is upgraded after the response, when the handler has no other way to wait for the commit.
async fn a_handle_that_is_detached_after_the_response_follows_the_login_of_its_request(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    session.get::<u64>("a").await.unwrap();
    session.cycle_id();
    session.insert("a", 2).await.unwrap();
    let late = session.handle();
    app.finalize(session, &mut browser).await.unwrap();
    let mut detached = late.detached().unwrap();
    let mut renewal = app.open(&browser);
    renewal.renew_token();
    app.finalize(renewal, &mut browser).await.unwrap();
    detached.insert("b", 3).await.unwrap();
    detached.sync().await.unwrap();
    assert_eq!(detached.get::<u64>("a").await.unwrap(), Some(2));
    assert_eq!(app.stored(&browser, "b").await, Some(3));
}

#[tokio::test]
async fn a_detached_handle_has_no_browser() {
    let app = App::new(Kind::Memory).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut request = app.open(&browser);
    request.typed_mut::<Visitor>().set_dark(true).unwrap();
    app.finalize(request, &mut browser).await.unwrap();
    let mut detached = detached_of(&app, &browser).await;
    let client = detached.client_mut().insert("dark", true).unwrap_err();
    assert_eq!(client.to_string(), "a detached session has no browser: client state is not available");
    assert!(!detached.typed::<Visitor>().dark().unwrap(), "client state reads as absent");
    let calls: [fn(&mut Session); 5] = [
        Session::cycle_id,
        Session::renew_token,
        Session::restart,
        |session| session.set_lifetime(Lifetime::new()),
        |session| session.client_mut().clear(),
    ];
    for call in calls {
        call(&mut detached);
        assert_eq!(kind_of(detached.sync().await), Some(ErrorKind::NoBrowser));
    }
    let user = session::Key::<u64>::declare("user");
    assert_eq!(kind_of(detached.log_in(user, 7).await), Some(ErrorKind::NoBrowser));
    let mut response = HeaderMap::new();
    detached.insert("b", 2).await.unwrap();
    detached.finalize(&mut response).await.unwrap();
    assert_eq!((response.len(), app.stored(&browser, "b").await), (0, Some(2)));
}

#[tokio::test]
async fn the_typed_views_have_detached_handles_of_their_schema() {
    let app = App::new(Kind::Memory).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut request = app.open(&browser);
    let mut writer: Typed<Visitor> = request.typed_mut::<Visitor>().detached().unwrap();
    let mut reader: ReadOnly<Visitor> = request.typed::<Visitor>().detached().unwrap();
    assert_eq!((writer.a().await.unwrap(), reader.a().await.unwrap()), (Some(1), Some(1)));
    app.advance(Duration::from_hours(20));
    writer.set_a(2).unwrap();
    writer.sync().await.unwrap();
    reader.reload();
    reader.keep_alive();
    assert_eq!(reader.a().await.unwrap(), Some(2));
    let meta = app.open(&browser).meta().await.unwrap().unwrap();
    assert_eq!(meta.expires, app.now() + Duration::from_hours(24), "the load of the reader renewed the session");
}

async fn a_reload_works_for_handles_of_a_request_and_of_an_id(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut request = app.open(&browser);
    let other_handle = request.handle();
    let mut by_id = app.manager.by_id(request.id().unwrap());
    for handle in [&request, &other_handle, &by_id] {
        assert_eq!(handle.get::<u64>("a").await.unwrap(), Some(1));
    }
    let mut writer = app.open(&browser);
    writer.insert("a", 2).await.unwrap();
    app.finalize(writer, &mut browser).await.unwrap();
    request.insert("b", 5).await.unwrap();
    assert_eq!(other_handle.get::<u64>("a").await.unwrap(), Some(1), "without `reload`");
    request.reload();
    by_id.reload();
    for handle in [&request, &other_handle, &by_id] {
        assert_eq!(handle.get::<u64>("a").await.unwrap(), Some(2));
    }
    assert_eq!(request.get::<u64>("b").await.unwrap(), Some(5), "pending changes stay pending");
    app.finalize(request, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "b").await, Some(5));
    let mut logout = app.open(&browser);
    logout.invalidate();
    app.finalize(logout, &mut browser).await.unwrap();
    by_id.reload();
    assert_eq!(by_id.get::<u64>("a").await.unwrap(), None);
    assert!(by_id.meta().await.unwrap().is_none());
}

#[tokio::test]
async fn a_value_that_was_loaded_before_a_reload_is_stored_again() {
    let app = App::new(Kind::Memory).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
    let mut writer = app.open(&browser);
    writer.insert("a", 2).await.unwrap();
    app.finalize(writer, &mut browser).await.unwrap();
    session.reload();
    session.insert("a", 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "a").await, Some(1), "the discarded record does not count as stored");
}

/// The load was sent before the logout, and arrives after it.
#[tokio::test]
async fn a_load_that_started_before_a_reload_is_repeated() {
    let app = App::new(Kind::Memory).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut detached = detached_of(&app, &browser).await;
    let reader = detached.handle();
    app.spy.take_operations();
    app.spy.fail_next("load", Fault::Delay);
    let (read, ()) = tokio::join!(reader.get::<u64>("a"), async { detached.reload() });
    assert_eq!(read.unwrap(), Some(1));
    assert_eq!(app.spy.take_operations(), "load load");
}

async fn a_long_request_that_syncs_stays_alive(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&browser);
    assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
    for _ in 0..3 {
        app.advance(Duration::from_hours(20));
        session.sync().await.unwrap();
    }
    session.insert("a", 2).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    assert_eq!(app.stored(&browser, "a").await, Some(2));
}

#[tokio::test]
async fn without_renewal_on_loads_only_commits_keep_alive() {
    let app = App::with(Kind::Memory, |config| config.renew_on(RenewOn::Changes)).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let mut detached = detached_of(&app, &browser).await;
    detached.keep_alive();
    app.advance(Duration::from_hours(20));
    app.spy.take_operations();
    assert_eq!(detached.get::<u64>("a").await.unwrap(), Some(1));
    detached.sync().await.unwrap();
    assert_eq!(app.spy.take_operations(), "load");
    detached.insert("a", 2).await.unwrap();
    detached.sync().await.unwrap();
    let meta = app.open(&browser).meta().await.unwrap().unwrap();
    assert_eq!(meta.expires, app.now() + Duration::from_hours(24));
}

/// A change of a session, as a function of a table.
type Change = for<'s> fn(&'s mut Session) -> futures_util::future::BoxFuture<'s, Result<(), session::Error>>;

/// A rotation, and the error of a detached handle after it.
type Rotation = (fn(&mut Session), Option<ErrorKind>);

#[tokio::test]
async fn a_change_after_the_response_logs_one_line_that_names_detached() {
    let log = Log::of_this_process();
    let app = App::new(Kind::Memory).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let changes: [Change; 6] = [
        |late| Box::pin(late.insert("secret-key", "secret-value")),
        |late| Box::pin(late.unset("a")),
        |late| Box::pin(late.clear()),
        |late| Box::pin(async { late.remove::<u64>("a").await.map(drop) }),
        |late| Box::pin(late.update("a", |a: &mut Option<u64>| *a = None)),
        |late| Box::pin(late.log_in(session::Key::<u64>::declare("user"), 7)),
    ];
    for change in changes {
        let mut session = app.open(&browser);
        let mut late = session.handle();
        app.finalize(session, &mut browser).await.unwrap();
        log.take();
        for _ in 0..2 {
            assert_eq!(kind_of(change(&mut late).await), Some(ErrorKind::Finalized));
        }
        let lines = log.take();
        late.invalidate();
        assert_eq!(log.take(), "", "one line for each request");
        let id = late.id().unwrap().to_string();
        assert_eq!(lines.lines().count(), 1, "{lines}");
        assert!(lines.contains("ERROR") && lines.contains("Session::detached") && lines.contains(&id), "{lines}");
        assert!(!lines.contains("secret"), "{lines}");
    }
}

/// The store rejects the commit, because the token was renewed, and then cannot be reached.
async fn a_commit_whose_token_was_renewed_stays_pending_while_the_store_is_down(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let mut detached = detached_of(&app, &browser).await;
    let mut renewal = app.open(&browser);
    renewal.renew_token();
    app.finalize(renewal, &mut browser).await.unwrap();
    for fault in [Fault::Refuse, Fault::LoseReply] {
        detached.insert("a", 2).await.unwrap();
        app.spy.fail_next("load", fault);
        assert_eq!(kind_of(detached.sync().await), Some(ErrorKind::Store), "{fault:?}");
        assert_eq!(app.stored(&browser, "a").await, Some(1), "{fault:?}");
    }
    detached.sync().await.unwrap();
    assert_eq!(app.stored(&browser, "a").await, Some(2));
}

async fn a_cancelled_commit_of_a_detached_handle_is_an_error_after_a_renewal_and_after_a_login(kind: Kind) {
    let rotations: [Rotation; 2] = [(Session::renew_token, None), (Session::cycle_id, Some(ErrorKind::Replaced))];
    for (rotate, later) in rotations {
        let app = App::new(kind).await;
        let mut browser = app.browser_with(&[("a", 1)]).await;
        let mut detached = detached_of(&app, &browser).await;
        detached.insert("a", 2).await.unwrap();
        app.spy.fail_next("commit", Fault::Stall);
        assert!(app.spy.run_until_hang(detached.sync()).await.is_none());
        let mut other = app.open(&browser);
        rotate(&mut other);
        app.finalize(other, &mut browser).await.unwrap();
        // The commit may still arrive, so its outcome is unknown.
        assert_eq!(kind_of(detached.sync().await), Some(ErrorKind::Store));
        assert_eq!(app.stored(&browser, "a").await, Some(1));
        detached.insert("a", 3).await.unwrap();
        assert_eq!(kind_of(detached.sync().await), later);
    }
}

on_every_store!(
    a_handle_that_is_detached_after_the_response_follows_the_login_of_its_request,
    a_reload_works_for_handles_of_a_request_and_of_an_id,
    a_long_request_that_syncs_stays_alive,
    a_commit_whose_token_was_renewed_stays_pending_while_the_store_is_down,
    a_cancelled_commit_of_a_detached_handle_is_an_error_after_a_renewal_and_after_a_login,
);
