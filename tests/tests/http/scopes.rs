//! Tests of extractors, middleware and nested layers.

use session_framework_cases::Extractors;

use super::frameworks::{Middleware, Refusal};
use super::*;

on_every_server!(
    every_extractor_of_a_request_sees_one_session,
    nested_routers_share_the_session,
    a_nested_layer_passes_the_request_on,
    a_middleware_that_refuses_a_request_commits_its_changes,
    a_middleware_that_deletes_the_session_and_refuses_the_request_sends_the_removal,
    a_session_error_of_a_middleware_becomes_the_response;
    in memory: a_missing_layer_responds_500_without_details,
);

/// A middleware that writes before the handler runs, and reads the handler's write afterwards.
pub(crate) fn middleware() -> Middleware {
    async fn before(mut session: Session) -> Result<Session, Refusal> {
        session.insert("outside", 1).await?;
        Ok(session)
    }
    async fn after(session: Session) -> Result<(&'static str, String), Error> {
        let inside: Option<u64> = session.get("inside").await?;
        Ok(("inside", inside.unwrap_or(0).to_string()))
    }
    Middleware::new(before, after)
}

/// A handler with all extractors.
async fn inside((one, mut two, three): Extractors) -> Result<String, Error> {
    two.set_inside(2)?;
    assert_eq!(one.get("inside").await?, Some(2));
    let seen = [three.outside().await?, three.inside().await?];
    Ok(format!("{seen:?}"))
}

/// A scope with only that handler.
pub(crate) fn inner() -> Scope {
    Scope::new(vec![Route::get("/", Handler::all(inside))])
}

async fn every_extractor_of_a_request_sees_one_session<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let server = F::serve(inner().middleware(middleware()).layer(layer(&app))).await;
    let response = server.get(&browser(), "/").await;
    assert_eq!(response.line(), "200 [Some(1), Some(2)]");
    assert_eq!(response.headers["inside"], "2");
    assert_eq!(response.set_cookies().len(), 1);
    assert_eq!(app.spy.take_operations(), "create");
}

async fn nested_routers_share_the_session<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let server = F::serve(scope([]).nest("/api", scope([])).layer(layer(&app))).await;
    let alice = browser();
    server.get(&alice, "/api/write/a/1").await;
    server.get(&alice, "/write/b/2").await;
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
    assert_eq!(server.get(&alice, "/api/read/b").await.line(), "200 Some(2)");
}

async fn a_nested_layer_passes_the_request_on<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let outer = Scope::default().nest("/inner", inner().layer(layer(&app)));
    let server = F::serve(outer.middleware(middleware()).layer(layer(&app))).await;
    let response = server.get(&browser(), "/inner").await;
    assert_eq!(response.line(), "200 [Some(1), Some(2)]");
    assert_eq!(response.headers["inside"], "2", "the handler's session is the middleware's");
    assert_eq!(response.set_cookies().len(), 1);
    assert_eq!(app.spy.take_operations(), "create");
}

/// A server whose middleware calls `before` and always refuses requests to `/guarded/…`.
async fn serve_guarded<F: Framework>(app: &App, before: fn(&mut Session), refusal: StatusCode) -> Server {
    let refuse = async move |mut session: Session| {
        before(&mut session);
        session.insert("attempts", 1).await?;
        Err(Refusal::Status(refusal))
    };
    let guard = Middleware::new(refuse, async |_| unreachable!("the handler does not run"));
    F::serve(scope([]).nest("/guarded", scope([]).middleware(guard)).layer(layer(app))).await
}

async fn a_middleware_that_refuses_a_request_commits_its_changes<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let server = serve_guarded::<F>(&app, |_| {}, StatusCode::UNAUTHORIZED).await;
    let alice = browser();
    let response = server.get(&alice, "/guarded/write/a/1").await;
    assert_eq!((response.line().as_str(), response.set_cookies().len()), ("401", 1));
    assert_eq!(response.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(app.spy.take_operations(), "create");
    assert_eq!(server.get(&alice, "/read/attempts").await.line(), "200 Some(1)");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 None", "the handler did not run");
}

async fn a_middleware_that_deletes_the_session_and_refuses_the_request_sends_the_removal<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    for refusal in [StatusCode::UNAUTHORIZED, StatusCode::SERVICE_UNAVAILABLE] {
        let server = serve_guarded::<F>(&app, Session::invalidate, refusal).await;
        let alice = browser();
        let set = server.get(&alice, "/write/a/1").await;
        app.spy.take_operations();
        let response = server.get(&alice, "/guarded/visits").await;
        assert_eq!(response.status, refusal);
        assert!(matches!(response.set_cookies()[..], [removal] if removal.contains("Max-Age=0")), "{response:?}");
        assert_eq!(app.spy.take_operations(), "delete");
        let kept = set.set_cookies()[0].split(';').next().unwrap();
        let replayed = without_cookies().get(server.url("/read/a")).header(header::COOKIE, kept).send().await.unwrap();
        assert_eq!(replayed.text().await.unwrap(), "None");
    }
}

async fn a_session_error_of_a_middleware_becomes_the_response<F: Framework>(kind: Kind) {
    async fn misreads(mut session: Session) -> Result<Session, Refusal> {
        session.insert("pending", 1).await?;
        session.get::<String>("a").await?;
        Ok(session)
    }
    let app = app(kind).await;
    let guard = Middleware::new(misreads, async |_| Ok(("x-after", "1".to_owned())));
    let server = F::serve(scope([]).nest("/guarded", scope([]).middleware(guard)).layer(layer(&app))).await;
    let alice = browser();
    server.get(&alice, "/write/a/1").await;
    assert_eq!(server.get(&alice, "/guarded/write/b/2").await.line(), "500");
    for key in ["pending", "b"] {
        assert_eq!(server.get(&alice, &format!("/read/{key}")).await.line(), "200 None", "{key}");
    }
}

async fn a_missing_layer_responds_500_without_details<F: Framework>(_: Kind) {
    let server = F::serve(scope([])).await;
    let response = server.get(&browser(), "/read/a").await;
    assert_eq!(response.line(), "500");
    assert_eq!(response.set_cookies(), [""; 0]);
}
