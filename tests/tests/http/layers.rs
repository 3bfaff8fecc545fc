//! Tests of extractors and layers.

use axum::extract::{FromRequestParts, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use session::{ErrorKind, ReadOnly, SessionSchema, Typed};
use tower::ServiceBuilder;

use super::*;

/// A middleware that writes before the handler runs, and reads its write afterwards.
pub(super) async fn around(mut session: Session, request: Request, next: Next) -> Result<Response, Error> {
    session.insert("outside", 1).await?;
    let mut response = next.run(request).await;
    let inside: Option<u64> = session.get("inside").await?;
    response.headers_mut().insert("inside", inside.unwrap_or(0).into());
    Ok(response)
}

#[derive(SessionSchema)]
pub(super) struct Trail {
    outside: u64,
    inside: u64,
}

#[debug_handler]
pub(super) async fn inside(one: Session, mut two: Typed<Trail>, three: ReadOnly<Trail>) -> Result<String, Error> {
    two.set_inside(2)?;
    assert_eq!(one.get("inside").await?, Some(2));
    let seen = [three.outside().await?, three.inside().await?];
    Ok(format!("{seen:?}"))
}

pub(crate) async fn every_extractor_of_a_request_sees_one_session(kind: Kind) {
    let app = app(kind).await;
    let server = serve(Router::new().route("/", get(inside)).layer(from_fn(around)).layer(layer(&app))).await;
    let response = server.get(&browser(), "/").await;
    assert_eq!(response.line(), "200 [Some(1), Some(2)]");
    assert_eq!(response.headers["inside"], "2");
    assert_eq!(response.set_cookies().len(), 1);
    assert_eq!(app.spy.take_operations(), "create");
}

pub(crate) async fn the_layer_fits_into_a_service_builder(kind: Kind) {
    let app = app(kind).await;
    let stack = ServiceBuilder::new().layer(layer(&app)).layer(from_fn(around));
    let server = serve(Router::new().route("/", get(inside)).layer(stack)).await;
    let alice = browser();
    assert_eq!(server.get(&alice, "/").await.line(), "200 [Some(1), Some(2)]");
    assert_eq!(server.get(&alice, "/").await.headers["inside"], "2");
}

pub(crate) async fn nested_routers_share_the_session(kind: Kind) {
    let app = app(kind).await;
    let nested = Router::new().nest("/api", routes()).merge(routes()).layer(layer(&app));
    let server = serve(nested).await;
    let alice = browser();
    server.get(&alice, "/api/write/a/1").await;
    server.get(&alice, "/write/b/2").await;
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
    assert_eq!(server.get(&alice, "/api/read/b").await.line(), "200 Some(2)");
}

pub(crate) async fn a_nested_layer_passes_the_request_on(kind: Kind) {
    let app = app(kind).await;
    let inner = Router::new().route("/", get(inside)).layer(layer(&app));
    let server = serve(Router::new().nest("/inner", inner).layer(from_fn(around)).layer(layer(&app))).await;
    let response = server.get(&browser(), "/inner").await;
    assert_eq!(response.line(), "200 [Some(1), Some(2)]");
    assert_eq!(response.headers["inside"], "2", "the handler's session is the middleware's");
    assert_eq!(response.set_cookies().len(), 1);
    assert_eq!(app.spy.take_operations(), "create");
}

#[tokio::test]
async fn a_missing_layer_responds_500_without_details() {
    let server = serve(routes()).await;
    let response = server.get(&browser(), "/read/a").await;
    assert_eq!(response.line(), "500");
    assert_eq!(response.set_cookies(), [""; 0]);
}

#[tokio::test]
async fn the_error_of_a_missing_layer_names_the_fix() {
    let (mut parts, ()) = Request::new(()).into_parts();
    let error = Session::from_request_parts(&mut parts, &()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingLayer);
    for word in [".layer(SessionLayer::new(manager))", "router"] {
        assert!(error.to_string().contains(word), "{word}: {error}");
    }
}
