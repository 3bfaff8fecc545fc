//! Tests of handlers that fail.

use session_tests::Fault;

use super::*;

pub(crate) async fn a_server_error_after_cycle_id_leaves_the_old_token_working(kind: Kind) {
    async fn fails(mut session: Session) -> Result<(), StatusCode> {
        session.cycle_id();
        session.insert("a", 9).await.unwrap();
        Err(StatusCode::BAD_GATEWAY)
    }
    let app = app(kind).await;
    let server = serve(routes().route("/fails", get(fails)).layer(layer(&app))).await;
    let alice = browser();
    server.get(&alice, "/write/a/1").await;
    app.spy.take_operations();
    let response = server.get(&alice, "/fails").await;
    assert_eq!((response.line().as_str(), response.set_cookies()), ("502", vec![]));
    assert_eq!(app.spy.take_operations(), "");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
}

pub(crate) async fn a_server_error_after_an_update_still_sends_the_pending_cookie(kind: Kind) {
    async fn counts_and_fails(session: Session) -> Result<(), StatusCode> {
        visits(session).await.unwrap();
        Err(StatusCode::INTERNAL_SERVER_ERROR)
    }
    let app = app(kind).await;
    let server = serve(routes().route("/fails", get(counts_and_fails)).layer(layer(&app))).await;
    let alice = browser();
    let response = server.get(&alice, "/fails").await;
    assert_eq!((response.status, response.set_cookies().len()), (StatusCode::INTERNAL_SERVER_ERROR, 1));
    assert_eq!(response.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(server.get(&alice, "/read/visits").await.line(), "200 Some(1)");
}

pub(crate) async fn a_server_error_still_deletes_an_invalidated_session(kind: Kind) {
    async fn ends_and_fails(mut session: Session) -> StatusCode {
        session.invalidate();
        StatusCode::INTERNAL_SERVER_ERROR
    }
    let app = app(kind).await;
    let server = serve(routes().route("/fails", get(ends_and_fails)).layer(layer(&app))).await;
    let alice = browser();
    let set = server.get(&alice, "/write/a/1").await;
    let response = server.get(&alice, "/fails").await;
    assert!(matches!(response.set_cookies()[..], [removal] if removal.contains("Max-Age=0")), "{response:?}");
    let kept = set.set_cookies()[0].split(';').next().unwrap();
    let replayed = without_cookies().get(server.url("/read/a")).header(header::COOKIE, kept).send().await.unwrap();
    assert_eq!(replayed.text().await.unwrap(), "None");
}

pub(crate) async fn a_client_error_commits(kind: Kind) {
    async fn attempts(mut session: Session) -> Result<StatusCode, Error> {
        session.insert("attempts", 1).await?;
        Ok(StatusCode::UNPROCESSABLE_ENTITY)
    }
    let app = app(kind).await;
    let server = serve(routes().route("/attempt", get(attempts)).layer(layer(&app))).await;
    let alice = browser();
    let response = server.get(&alice, "/attempt").await;
    assert_eq!((response.status, response.set_cookies().len()), (StatusCode::UNPROCESSABLE_ENTITY, 1));
    assert_eq!(server.get(&alice, "/read/attempts").await.line(), "200 Some(1)");
}

pub(crate) async fn a_session_error_returned_by_a_handler_becomes_the_response(kind: Kind) {
    async fn misreads(session: Session) -> Result<String, Error> {
        Ok(session.get::<String>("a").await?.unwrap_or_default())
    }
    let app = app(kind).await;
    let server = serve(routes().route("/misread", get(misreads)).layer(layer(&app))).await;
    let alice = browser();
    server.get(&alice, "/write/a/4711").await;
    assert_eq!(server.get(&alice, "/misread").await.line(), "500");
    app.spy.fail_next("load", Fault::Refuse);
    assert_eq!(server.get(&alice, "/read/a").await.line(), "503");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(4711)", "the next request works");
}

pub(crate) async fn an_error_returned_by_a_handler_gets_the_layers_response(kind: Kind) {
    async fn misreads(mut session: Session) -> Result<String, Error> {
        session.insert("pending", 1).await?;
        session.update("count", |count: &mut Option<u64>| *count = Some(4711)).await?;
        Ok(session.get::<String>("count").await?.unwrap_or_default())
    }
    let app = app(kind).await;
    let layer = layer(&app).on_error(|failure| (StatusCode::IM_A_TEAPOT, format!("{:?}", failure.error().kind())));
    let server = serve(routes().route("/misread", get(misreads)).layer(layer)).await;
    let alice = browser();
    let response = server.get(&alice, "/misread").await;
    assert_eq!((response.line().as_str(), response.set_cookies().len()), ("418 Value", 1));
    assert_eq!(app.spy.take_operations(), "create");
    assert_eq!(server.get(&alice, "/read/count").await.line(), "200 Some(4711)", "what `update` stored stays");
    assert_eq!(server.get(&alice, "/read/pending").await.line(), "200 None");
}

pub(crate) async fn a_handler_that_panics_commits_nothing(kind: Kind) {
    async fn panics(mut session: Session) {
        session.cycle_id();
        session.insert("a", 9).await.unwrap();
        panic!("a mistake in a handler");
    }
    let app = app(kind).await;
    let server = serve(routes().route("/panics", get(panics)).layer(layer(&app))).await;
    let alice = browser();
    server.get(&alice, "/write/a/1").await;
    app.spy.take_operations();
    assert!(alice.get(server.url("/panics")).send().await.is_err());
    assert_eq!(app.spy.take_operations(), "");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
}
