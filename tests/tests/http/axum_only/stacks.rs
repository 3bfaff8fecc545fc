//! Tests of the layer in one stack with the layers of tower-http.

use std::time::Duration;

use ::tower::{ServiceBuilder, ServiceExt};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use http_body_util::Limited;
use session::tower;
use session_tests::Browser;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::map_response_body::MapResponseBodyLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::{ResponseBodyTimeoutLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;

use super::*;

const MINUTE: Duration = Duration::from_mins(1);

/// Two requests of one browser share a session.
async fn assert_counts(routes: Router) {
    let mut browser = Browser::default();
    for visit in 1..=2 {
        let mut request = Request::get("/visits").body(Body::empty()).unwrap();
        *request.headers_mut() = browser.request();
        let response = routes.clone().oneshot(request).await.unwrap();
        browser.keep(response.headers());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&body), format!("visit {visit}"));
    }
}

/// Each test puts `$layer` into one `ServiceBuilder` with other layers, which are inside of it if they follow.
macro_rules! stacks {
    ($($name:ident: |$layer:ident| $stack:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            let app = App::new(Kind::Memory).await;
            let $layer = layer(&app);
            assert_counts(routes().layer($stack)).await;
        }
    )*};
}

stacks! {
    the_layer_works_outside_of_trace:
        |layer| ServiceBuilder::new().layer(layer).layer(TraceLayer::new_for_http());
    the_layer_works_inside_of_trace:
        |layer| ServiceBuilder::new().layer(TraceLayer::new_for_http()).layer(layer);
    the_layer_works_outside_of_a_response_body_timeout:
        |layer| ServiceBuilder::new().layer(layer).layer(ResponseBodyTimeoutLayer::new(MINUTE));
    the_layer_works_outside_of_a_request_body_limit:
        |layer| ServiceBuilder::new().layer(layer).layer(RequestBodyLimitLayer::new(1000));
    the_layer_works_outside_of_a_mapped_body:
        |layer| ServiceBuilder::new().layer(layer).layer(MapResponseBodyLayer::new(|body| Limited::new(body, 1000)));
    the_layer_works_outside_of_compression:
        |layer| ServiceBuilder::new().layer(layer).layer(CompressionLayer::new());
    the_layer_works_inside_of_compression:
        |layer| ServiceBuilder::new().layer(CompressionLayer::new()).layer(layer);
    the_layer_works_outside_of_an_optional_layer:
        |layer| ServiceBuilder::new().layer(layer).option_layer(Some(CorsLayer::permissive()));
    the_layer_works_between_all_other_layers:
        |layer| ServiceBuilder::new()
            .layer(TraceLayer::new_for_http())
            .layer(CorsLayer::permissive())
            .layer(CompressionLayer::new())
            .layer(layer)
            .layer(TraceLayer::new_for_http())
            .layer(CatchPanicLayer::new())
            .layer(ResponseBodyTimeoutLayer::new(MINUTE))
            .layer(SetResponseHeaderLayer::overriding(header::SERVER, header::HeaderValue::from_static("test")))
            .layer(MapResponseBodyLayer::new(|body| Limited::new(body, 1000)))
            .layer(from_fn(async |request: Request, next: Next| next.run(request).await))
            .layer(RequestBodyLimitLayer::new(1000))
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, MINUTE));
}

#[tokio::test]
async fn a_plain_tower_layer_works_if_the_body_is_converted_back() {
    let app = App::new(Kind::Memory).await;
    let stack = ServiceBuilder::new()
        .layer(tower::SessionLayer::new(app.manager.clone()))
        .layer(MapResponseBodyLayer::new(Body::new))
        .layer(TraceLayer::new_for_http());
    assert_counts(routes().layer(stack)).await;
}

#[tokio::test]
async fn the_layer_works_around_a_service_without_a_router() {
    let (app, folder) = (App::new(Kind::Memory).await, tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("file"), "text").unwrap();
    let service = ServiceBuilder::new().layer(layer(&app)).service(ServeDir::new(folder.path()));
    let response = service.oneshot(Request::get("/file").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(to_bytes(response.into_body(), usize::MAX).await.unwrap(), "text");
    assert_eq!(app.spy.take_operations(), "");
}

#[tokio::test]
async fn a_panic_that_a_layer_inside_catches_is_a_failed_request() {
    async fn panics(mut session: Session) {
        session.update("visits", |visits: &mut Option<u64>| *visits = Some(1)).await.unwrap();
        session.insert("a", 9).await.unwrap();
        panic!("a mistake in a handler");
    }
    let app = app(Kind::Memory).await;
    let stack = ServiceBuilder::new().layer(layer(&app)).layer(CatchPanicLayer::new());
    let server = serve(routes().route("/panics", get(panics)).layer(stack)).await;
    let alice = browser();
    let response = server.get(&alice, "/panics").await;
    assert_eq!((response.status.as_u16(), response.set_cookies().len()), (500, 1), "the cookie of the update is sent");
    assert_eq!(server.get(&alice, "/read/visits").await.line(), "200 Some(1)");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 None");
}

#[tokio::test]
async fn responses_of_the_layer_have_the_headers_of_a_cors_layer_outside() {
    let app = app(Kind::Memory).await;
    let stack = ServiceBuilder::new().layer(CorsLayer::permissive()).layer(layer(&app));
    let server = serve(routes().layer(stack)).await;
    app.spy.fail_next("create", session_tests::Fault::Refuse);
    let response = server.get(&browser(), "/write/a/1").await;
    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
}
