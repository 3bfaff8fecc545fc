//! Tests of unusual `Cookie` headers.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::HeaderValue;
use session_tests::Log;
use tower::{ServiceBuilder, ServiceExt};
use tower_http::trace::{DefaultMakeSpan, TraceLayer};

use super::*;

pub(crate) async fn the_valid_cookie_issued_last_of_several_is_used(kind: Kind) {
    let app = app(kind).await;
    let server = serve(routes().layer(layer(&app))).await;
    let mut pairs = Vec::new();
    for value in 1..=2 {
        let set = server.get(&without_cookies(), &format!("/write/a/{value}")).await;
        app.advance(Duration::from_millis(1));
        pairs.push(set.set_cookies()[0].split(';').next().unwrap().to_owned());
    }
    let (one, two) = (&*pairs[0], &*pairs[1]);
    let cases = [
        (vec![format!("{one}; {two}")], "Some(2)"),
        (vec![format!("{two}; {one}")], "Some(2)"),
        (vec![format!("id=garbled; {two}")], "Some(2)"),
        (vec![format!("id=; id; a=b; ;; {one}; id=garbled")], "Some(1)"),
        (vec!["id=garbled".to_owned(), two.to_owned()], "Some(2)"),
        (vec![two.to_owned(), one.to_owned()], "Some(2)"),
        (vec![format!("ID={}", &one[3..])], "None"),
    ];
    for (lines, expected) in cases {
        let mut request = without_cookies().get(server.url("/read/a"));
        for line in &lines {
            request = request.header(header::COOKIE, line);
        }
        assert_eq!(request.send().await.unwrap().text().await.unwrap(), expected, "{lines:?}");
    }
}

pub(crate) async fn an_invalid_cookie_starts_a_new_session(kind: Kind) {
    let (app, foreign) = (app(kind).await, app(kind).await);
    let server = serve(routes().layer(layer(&app))).await;
    let elsewhere = serve(routes().layer(layer(&foreign))).await;
    let set = elsewhere.get(&without_cookies(), "/write/a/1").await;
    let theirs = set.set_cookies()[0].split(';').next().unwrap().as_bytes();
    let huge = [b"id=", "x".repeat(16_000).as_bytes()].concat();
    let many = b"id=x; ".repeat(2000);
    let client = without_cookies();
    #[rustfmt::skip]
    let lines: [&[u8]; 9] = [
        theirs, &theirs[..theirs.len() - 1], &huge, &many, b"id=\xff\xfe\x80", b"id=%00%ff", b"id", b"=;=;;", b"\xc3\x28",
    ];
    for line in lines {
        let shown = String::from_utf8_lossy(&line[..line.len().min(40)]);
        let request = |path: &str| client.get(server.url(path)).header(header::COOKIE, line);
        let read = request("/read/a").send().await.unwrap();
        assert_eq!(read.status(), StatusCode::OK, "{shown}");
        assert_eq!(read.text().await.unwrap(), "None", "{shown}");
        let written = request("/write/a/2").send().await.unwrap();
        let cookies: Vec<_> = written.headers().get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(cookies.len(), 1, "{shown}");
        let fresh = cookies[0].to_str().unwrap().split(';').next().unwrap();
        assert_ne!(fresh.as_bytes(), theirs);
        let again = client.get(server.url("/read/a")).header(header::COOKIE, fresh).send().await.unwrap();
        assert_eq!(again.text().await.unwrap(), "Some(2)", "{shown}");
    }
}

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
