//! Tests of handlers that fail.

use session_tests::Fault;

use super::frameworks::ErrorResponse;
use super::*;

on_every_server!(
    a_server_error_after_cycle_id_leaves_the_old_token_working,
    a_server_error_after_an_update_still_sends_the_pending_cookie,
    a_server_error_still_deletes_an_invalidated_session,
    a_client_error_commits,
    a_session_error_returned_by_a_handler_becomes_the_response,
    an_error_returned_by_a_handler_gets_the_layers_response,
    a_handler_that_panics_commits_nothing,
);

async fn a_server_error_after_cycle_id_leaves_the_old_token_working<F: Framework>(kind: Kind) {
    async fn fails(mut session: Session, _: Parameters) -> Result<StatusCode, Error> {
        session.cycle_id();
        session.insert("a", 9).await.unwrap();
        Ok(StatusCode::BAD_GATEWAY)
    }
    let app = app(kind).await;
    let server = serve::<F>(&app, [Route::get("/fails", Handler::session(fails))]).await;
    let alice = browser();
    server.get(&alice, "/write/a/1").await;
    app.spy.take_operations();
    let response = server.get(&alice, "/fails").await;
    assert_eq!((response.line().as_str(), response.set_cookies()), ("502", vec![]));
    assert_eq!(app.spy.take_operations(), "");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
}

async fn a_server_error_after_an_update_still_sends_the_pending_cookie<F: Framework>(kind: Kind) {
    async fn counts_and_fails(session: Session, _: Parameters) -> Result<StatusCode, Error> {
        visits(session).await.unwrap();
        Ok(StatusCode::INTERNAL_SERVER_ERROR)
    }
    let app = app(kind).await;
    let server = serve::<F>(&app, [Route::get("/fails", Handler::session(counts_and_fails))]).await;
    let alice = browser();
    let response = server.get(&alice, "/fails").await;
    assert_eq!((response.status, response.set_cookies().len()), (StatusCode::INTERNAL_SERVER_ERROR, 1));
    assert_eq!(response.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(server.get(&alice, "/read/visits").await.line(), "200 Some(1)");
}

async fn a_server_error_still_deletes_an_invalidated_session<F: Framework>(kind: Kind) {
    async fn ends_and_fails(mut session: Session, _: Parameters) -> Result<StatusCode, Error> {
        session.invalidate();
        Ok(StatusCode::INTERNAL_SERVER_ERROR)
    }
    let app = app(kind).await;
    let server = serve::<F>(&app, [Route::get("/fails", Handler::session(ends_and_fails))]).await;
    let alice = browser();
    let set = server.get(&alice, "/write/a/1").await;
    let response = server.get(&alice, "/fails").await;
    assert!(matches!(response.set_cookies()[..], [removal] if removal.contains("Max-Age=0")), "{response:?}");
    let kept = set.set_cookies()[0].split(';').next().unwrap();
    let replayed = without_cookies().get(server.url("/read/a")).header(header::COOKIE, kept).send().await.unwrap();
    assert_eq!(replayed.text().await.unwrap(), "None");
}

async fn a_client_error_commits<F: Framework>(kind: Kind) {
    async fn attempts(mut session: Session, _: Parameters) -> Result<StatusCode, Error> {
        session.insert("attempts", 1).await?;
        Ok(StatusCode::UNPROCESSABLE_ENTITY)
    }
    let app = app(kind).await;
    let server = serve::<F>(&app, [Route::get("/attempt", Handler::session(attempts))]).await;
    let alice = browser();
    let response = server.get(&alice, "/attempt").await;
    assert_eq!((response.status, response.set_cookies().len()), (StatusCode::UNPROCESSABLE_ENTITY, 1));
    assert_eq!(server.get(&alice, "/read/attempts").await.line(), "200 Some(1)");
}

async fn a_session_error_returned_by_a_handler_becomes_the_response<F: Framework>(kind: Kind) {
    async fn misreads(session: Session, _: Parameters) -> Result<String, Error> {
        Ok(session.get::<String>("a").await?.unwrap_or_default())
    }
    let app = app(kind).await;
    let server = serve::<F>(&app, [Route::get("/misread", Handler::session(misreads))]).await;
    let alice = browser();
    server.get(&alice, "/write/a/4711").await;
    assert_eq!(server.get(&alice, "/misread").await.line(), "500");
    app.spy.fail_next("load", Fault::Refuse);
    assert_eq!(server.get(&alice, "/read/a").await.line(), "503");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(4711)", "the next request works");
}

async fn an_error_returned_by_a_handler_gets_the_layers_response<F: Framework>(kind: Kind) {
    async fn misreads(mut session: Session, _: Parameters) -> Result<String, Error> {
        session.insert("pending", 1).await?;
        session.update("count", |count: &mut Option<u64>| *count = Some(4711)).await?;
        Ok(session.get::<String>("count").await?.unwrap_or_default())
    }
    let app = app(kind).await;
    let layer =
        layer(&app).on_error(|failed| ErrorResponse::Custom(Reply::new(418, format!("{:?}", failed.error.kind()))));
    let server = F::serve(scope([Route::get("/misread", Handler::session(misreads))]).layer(layer)).await;
    let alice = browser();
    let response = server.get(&alice, "/misread").await;
    assert_eq!((response.line().as_str(), response.set_cookies().len()), ("418 Value", 1));
    assert_eq!(app.spy.take_operations(), "create");
    assert_eq!(server.get(&alice, "/read/count").await.line(), "200 Some(4711)", "what `update` stored stays");
    assert_eq!(server.get(&alice, "/read/pending").await.line(), "200 None");
}

async fn a_handler_that_panics_commits_nothing<F: Framework>(kind: Kind) {
    async fn panics(mut session: Session, _: Parameters) -> Result<(), Error> {
        session.cycle_id();
        session.insert("a", 9).await.unwrap();
        panic!("a mistake in a handler");
    }
    let app = app(kind).await;
    let server = serve::<F>(&app, [Route::get("/panics", Handler::session(panics))]).await;
    let alice = browser();
    server.get(&alice, "/write/a/1").await;
    app.spy.take_operations();
    assert!(alice.get(server.url("/panics")).send().await.is_err());
    assert_eq!(app.spy.take_operations(), "");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
}
