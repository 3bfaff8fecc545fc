//! Tests of commits that fail, come too late, or never happen.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;
use session::ErrorKind;
use session_tests::Fault;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};

use super::frameworks::{ErrorResponse, Middleware, OPTIONAL_COMMIT, UnsavedResponse};
use super::*;

on_every_server!(
    a_store_that_fails_at_the_commit_responds_503_and_nothing_else,
    an_application_can_replace_the_response_to_a_failed_commit,
    an_application_can_keep_the_response_to_a_failed_commit,
    the_default_response_to_a_handlers_error_keeps_the_changes_of_middleware,
    a_request_overtaken_by_a_logout_responds_409,
    a_request_whose_client_disconnects_commits_nothing,
    a_handle_that_outlives_the_response_may_read_but_not_write,
);

/// A response with a body and headers, which a failed commit must replace.
async fn verbose(mut session: Session, _: Parameters) -> Result<Reply, Error> {
    session.insert("a", 4711).await?;
    Ok(Reply::new(201, "stored 4711").header(HeaderName::from_static("x-stored"), "4711"))
}

async fn a_store_that_fails_at_the_commit_responds_503_and_nothing_else<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let server = serve::<F>(&app, [Route::get("/verbose", Handler::session(verbose))]).await;
    let alice = browser();
    for operation in ["create", "commit"] {
        app.spy.fail_next(operation, Fault::Refuse);
        let response = server.get(&alice, "/verbose").await;
        assert_eq!(response.line(), "503", "{operation}");
        assert_eq!(response.headers.get("x-stored"), None);
        assert_eq!(response.set_cookies(), [""; 0]);
        assert!(!format!("{response:?}").contains("down"), "the cause is not sent: {response:?}");
        server.get(&alice, "/write/b/1").await;
    }
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 None");
    assert_eq!(server.get(&alice, "/verbose").await.line(), "201 stored 4711", "the next request works");
}

async fn an_application_can_replace_the_response_to_a_failed_commit<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let layer =
        layer(&app).on_error(|failed| ErrorResponse::Custom(Reply::new(502, format!("{:?}", failed.error.kind()))));
    let server = F::serve(scope([Route::get("/verbose", Handler::session(verbose))]).layer(layer)).await;
    let alice = browser();
    app.spy.fail_next("create", Fault::Refuse);
    assert_eq!(server.get(&alice, "/verbose").await.line(), "502 Store");
    assert_eq!(server.get(&alice, "/verbose").await.line(), "201 stored 4711");
}

/// A page that is right without its visit counter. The update before is committed.
async fn article(mut session: Session, _: Parameters) -> Result<Reply, Error> {
    session.update("read", |read| *read = Some(7)).await?;
    session.insert("a", 4711).await?;
    let reply = Reply::new(200, "the article").header(HeaderName::from_static("x-page"), "article");
    Ok(reply.header(HeaderName::from_static(OPTIONAL_COMMIT), "1"))
}

async fn an_application_can_keep_the_response_to_a_failed_commit<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let layer = layer(&app).on_error(|failed| match failed.unsaved.unwrap() {
        UnsavedResponse::Marked => ErrorResponse::Keep,
        UnsavedResponse::Unmarked => ErrorResponse::Default,
    });
    let routes = [("/verbose", Handler::session(verbose)), ("/article", Handler::session(article))];
    let routes = routes.map(|(path, handler)| Route::get(path, handler));
    let server = F::serve(scope(routes).layer(layer)).await;
    let alice = browser();
    app.spy.fail_next("commit", Fault::Refuse);
    let response = server.get(&alice, "/article").await;
    assert_eq!(
        (response.line().as_str(), &response.headers["x-page"]),
        ("200 the article", &"article".parse().unwrap())
    );
    assert_eq!(response.set_cookies().len(), 1, "the cookie of the update");
    assert_eq!(server.get(&alice, "/read/read").await.line(), "200 Some(7)");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 None");
    app.spy.fail_next("commit", Fault::Refuse);
    let response = server.get(&alice, "/verbose").await;
    assert_eq!((response.line().as_str(), response.headers.get("x-stored")), ("503", None), "not marked");
}

async fn the_default_response_to_a_handlers_error_keeps_the_changes_of_middleware<F: Framework>(kind: Kind) {
    async fn misreads(session: Session, _: Parameters) -> Result<(), Error> {
        session.get::<String>("a").await.map(drop)
    }
    let app = app(kind).await;
    let layer = layer(&app).on_error(|failed| {
        assert_eq!(failed.unsaved, None, "the response reports the error");
        ErrorResponse::Keep
    });
    let adds_a_header = Middleware::new(async |session| Ok(session), async |_| Ok(("x-inside", "1".to_owned())));
    let routes = scope([Route::get("/misread", Handler::session(misreads))]);
    let server = F::serve(routes.middleware(adds_a_header).layer(layer)).await;
    let alice = browser();
    server.get(&alice, "/write/a/1").await;
    let response = server.get(&alice, "/misread").await;
    assert_eq!((response.line().as_str(), &response.headers["x-inside"]), ("500", &"1".parse().unwrap()));
}

#[tokio::test]
async fn refused_commits_state_the_next_step() {
    let app = App::new(Kind::Memory).await;
    let cases: [(fn(&mut Session), _, _); 2] = [
        (Session::cycle_id, ErrorKind::Replaced, "repeat the request with its new cookie or token"),
        (Session::invalidate, ErrorKind::Ended, "redirect to the login page"),
    ];
    for (overtake, kind, step) in cases {
        let alice = app.browser_with(&[("a", 1)]).await;
        let (mut slow, mut fast) = (app.open(&alice), app.open(&alice));
        slow.get::<u64>("a").await.unwrap();
        overtake(&mut fast);
        fast.sync().await.unwrap();
        slow.insert("a", 2).await.unwrap();
        let error = slow.sync().await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(error.to_string().contains(step), "{error}");
    }
}

async fn a_request_overtaken_by_a_logout_responds_409<F: Framework>(kind: Kind) {
    let (app, may_write, has_read) = (app(kind).await, Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (wait, notify) = (Arc::clone(&may_write), Arc::clone(&has_read));
    let slow = async move |mut session: Session, _| {
        session.get::<u64>("a").await?;
        notify.notify_one();
        wait.notified().await;
        session.insert("a", 2).await
    };
    let server = serve::<F>(&app, [Route::get("/slow", Handler::session(slow))]).await;
    let alice = browser();
    server.get(&alice, "/write/a/1").await;
    let request = alice.get(server.url("/slow"));
    let slow = tokio::spawn(async move { request.send().await.unwrap() });
    has_read.notified().await;
    server.get(&alice, "/logout").await;
    may_write.notify_one();
    let response = slow.await.unwrap();
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert_eq!(response.headers().get(header::SET_COOKIE), None);
    assert_eq!(response.text().await.unwrap(), "");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 None", "the session is not revived");
}

async fn a_request_whose_client_disconnects_commits_nothing<F: Framework>(kind: Kind) {
    struct NotifyOnDrop(mpsc::UnboundedSender<&'static str>);
    impl Drop for NotifyOnDrop {
        fn drop(&mut self) {
            _ = self.0.send("dropped");
        }
    }
    let app = app(kind).await;
    let (sender, mut events) = mpsc::unbounded_channel();
    let never_responds = async move |mut session: Session, _| -> Result<(), Error> {
        let notify = NotifyOnDrop(sender);
        session.cycle_id();
        session.insert("a", 9).await?;
        notify.0.send("written").unwrap();
        std::future::pending().await
    };
    let server = serve::<F>(&app, [Route::get("/never", Handler::session(never_responds))]).await;
    let alice = browser();
    let set = server.get(&alice, "/write/a/1").await;
    app.spy.take_operations();
    let cookie = set.set_cookies()[0].split(';').next().unwrap();
    let mut connection = TcpStream::connect(&server.address).await.unwrap();
    let request = format!("GET /never HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(events.recv().await, Some("written"));
    drop(connection);
    assert_eq!(tokio::time::timeout(Duration::from_secs(5), events.recv()).await.unwrap(), Some("dropped"));
    assert_eq!(app.spy.take_operations(), "");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
}

async fn a_handle_that_outlives_the_response_may_read_but_not_write<F: Framework>(kind: Kind) {
    async fn streams(mut session: Session, _: Parameters) -> Result<Reply, Error> {
        session.insert("a", 1).await?;
        Ok(Reply::streamed(async move {
            let outcomes = [
                session.insert("a", 2).await,
                session.unset("a").await,
                session.clear().await,
                session.remove::<u64>("a").await.map(|_| ()),
                session.update("a", |a: &mut Option<u64>| *a = Some(2)).await,
                session.client_mut().insert("a", 2),
            ];
            let kinds = outcomes.map(|outcome| outcome.map_err(|error| error.kind()));
            format!("{kinds:?} {:?}", session.get::<u64>("a").await.unwrap())
        }))
    }
    let app = app(kind).await;
    let server = serve::<F>(&app, [Route::get("/stream", Handler::session(streams))]).await;
    let alice = browser();
    let kinds = ["Err(Finalized)"; 6].join(", ");
    assert_eq!(server.get(&alice, "/stream").await.line(), format!("200 [{kinds}] Some(1)"));
    assert_eq!(app.spy.take_operations(), "create");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
}
