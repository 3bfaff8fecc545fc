//! Tests of the layer around tower services without axum.

use std::collections::BTreeMap;

use ::tower::{ServiceBuilder, ServiceExt, service_fn};
use axum::http;
use session::tower;

use super::super::visits;
use super::*;

session_tests::on_every_store!(
    a_plain_tower_service_has_sessions,
    a_service_that_fails_abandons_its_session,
    an_error_response_of_a_service_is_a_session_error_of_its_handler
);

async fn session_of(request: http::Request<()>) -> Session {
    Session::from_request_parts(&mut request.into_parts().0, &()).await.unwrap()
}

fn tower_layer(app: &App) -> tower::SessionLayer {
    tower::SessionLayer::new(app.manager.clone())
}

fn request(cookies: &BTreeMap<String, String>) -> http::Request<()> {
    let line: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    http::Request::builder().header(header::COOKIE, line.join("; ")).body(()).unwrap()
}

async fn a_plain_tower_service_has_sessions(kind: Kind) {
    let app = App::new(kind).await;
    let counts =
        service_fn(async |request| Ok::<_, Error>(http::Response::new(visits(session_of(request).await).await?)));
    let service = ServiceBuilder::new().layer(tower_layer(&app)).service(counts);
    let mut alice = session_tests::Browser::default();
    for visit in 1..=3 {
        let response = service.clone().oneshot(request(&alice.cookies)).await.unwrap();
        alice.keep(response.headers());
        assert_eq!(*response.body(), format!("visit {visit}"));
    }
}

async fn a_service_that_fails_abandons_its_session(kind: Kind) {
    let app = App::new(kind).await;
    let alice = app.browser_with(&[("a", 1)]).await;
    let fails = service_fn(async |request| {
        let mut session = session_of(request).await;
        session.cycle_id();
        session.insert("a", 9).await.unwrap();
        Err::<http::Response<String>, _>("the service's own error")
    });
    let error = ServiceBuilder::new().layer(tower_layer(&app)).service(fails).oneshot(request(&alice.cookies)).await;
    assert_eq!(error.unwrap_err(), "the service's own error");
    assert_eq!(app.spy.take_operations(), "");
    assert_eq!(app.stored(&alice, "a").await, Some(1));

    let ends_and_fails = service_fn(async |request| {
        session_of(request).await.invalidate();
        Err::<http::Response<String>, _>("the service's own error")
    });
    let ended =
        ServiceBuilder::new().layer(tower_layer(&app)).service(ends_and_fails).oneshot(request(&alice.cookies)).await;
    assert!(ended.is_err());
    assert_eq!(app.spy.take_operations(), "delete");
    assert_eq!(app.stored(&alice, "a").await, None);
}

/// A response body that a layer cannot create.
struct Page(String);

#[tokio::test]
async fn a_tower_layer_with_on_error_accepts_a_body_without_a_default_value() {
    let app = App::new(Kind::Memory).await;
    let counts =
        service_fn(async |request| Ok::<_, Error>(http::Response::new(Page(visits(session_of(request).await).await?))));
    let layer = tower_layer(&app).on_error(|failure| {
        assert!(failure.unsaved_response().is_none());
        http::Response::new(Page(failure.error().to_string()))
    });
    let service = ServiceBuilder::new().layer(layer.verified()).service(counts);
    let alice = app.browser_with(&[("visits", 1)]).await;
    let pages = async || service.clone().oneshot(request(&alice.cookies)).await.unwrap().into_body().0;
    assert_eq!(pages().await, "visit 2");
    app.spy.fail_next("load", session_tests::Fault::Refuse);
    assert_eq!(pages().await, "failed to load the session");
}

async fn an_error_response_of_a_service_is_a_session_error_of_its_handler(kind: Kind) {
    let app = App::new(kind).await;
    let fails = service_fn(async |request| {
        let mut session = session_of(request).await;
        session.update("a", |a| *a = Some(1)).await.unwrap();
        session.insert("a", 9).await.unwrap();
        let error = session.get::<String>("a").await.unwrap_err();
        Ok::<http::Response<String>, Error>(tower::error_response(error))
    });
    let layer = tower_layer(&app).on_error(|failure| {
        assert_eq!(failure.error().kind(), session::ErrorKind::Value);
        assert!(failure.unsaved_response().is_none(), "the handler failed, not the commit");
        let mut response = failure.default_response();
        response.headers_mut().insert("x-handled", http::HeaderValue::from_static("yes"));
        response
    });
    let mut alice = session_tests::Browser::default();
    let service = ServiceBuilder::new().layer(layer).service(fails);
    let response = service.oneshot(request(&alice.cookies)).await.unwrap();
    assert_eq!((response.status().as_u16(), response.body().as_str()), (500, ""));
    assert!(response.headers().contains_key("x-handled"));
    alice.keep(response.headers());
    assert_eq!(
        app.stored(&alice, "a").await,
        Some(1),
        "the cookie of the update was sent, and the insert was discarded"
    );
}
