//! Tests of cookies that other layers see.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::HeaderValue;
use session_tests::Log;
use tower::{ServiceBuilder, ServiceExt};
use tower_http::trace::{DefaultMakeSpan, TraceLayer};

use super::*;

/// The `Cookie` headers that a handler sees as sensitive, after a request with these headers.
async fn sensitive_cookies(app: &App, cookies: &[&str]) -> String {
    let handler = async |headers: HeaderMap| {
        let all = headers.get_all(header::COOKIE).iter().map(HeaderValue::is_sensitive);
        format!("{:?}", all.collect::<Vec<_>>())
    };
    let routes = Router::new().route("/", get(handler)).layer(layer(app));
    let mut request = Request::get("/").body(Body::empty()).unwrap();
    for cookie in cookies {
        request.headers_mut().append(header::COOKIE, cookie.parse().unwrap());
    }
    let response = routes.oneshot(request).await.unwrap();
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn layers_inside_see_our_cookies_as_sensitive() {
    let app = app(Kind::Memory).await;
    for ours in ["id=1", "id-state=1", "a=b; id=1", "a=b;id-state =1; c=d", "a; id=1"] {
        assert_eq!(sensitive_cookies(&app, &[ours]).await, "[true]", "{ours}");
    }
    for others in ["id2=1", "a=id=1", "xid=1", ""] {
        assert_eq!(sensitive_cookies(&app, &[others]).await, "[false]", "{others}");
    }
    assert_eq!(sensitive_cookies(&app, &["a=b", "id=1", "c=d"]).await, "[false, true, false]");
    assert_eq!(sensitive_cookies(&app, &[]).await, "[]");
}

#[tokio::test]
async fn a_trace_layer_inside_does_not_log_the_session_cookie() {
    let log = Log::of_this_process();
    let app = app(Kind::Memory).await;
    let span = DefaultMakeSpan::new().include_headers(true);
    let stack = ServiceBuilder::new().layer(layer(&app)).layer(TraceLayer::new_for_http().make_span_with(span));
    let server = serve(routes().layer(stack)).await;
    let alice = browser();
    let set = server.get(&alice, "/write/a/1").await;
    let value = set.set_cookies()[0].split(['=', ';']).nth(1).unwrap().to_owned();
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
    let log = log.all();
    let seen: Vec<&str> = log.lines().filter(|line| line.contains("tower_http::trace")).collect();
    assert!(seen.iter().any(|line| line.contains("/read/a") && line.contains("Sensitive")), "{seen:#?}");
    assert!(!seen.iter().any(|line| line.contains(&value)), "{seen:#?}");
}
