//! Tests of API clients, whose token is in a header, beside browsers on one application.

use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use reqwest::Client;
use session::{CookieConfig, HeaderConfig, TokenStatus, Transport};
use session_tests::{ClientKind, Log};
use tower_http::cors::CorsLayer;

use super::*;
use crate::frameworks::Server;
use crate::{Response, without_cookies};

const TOKEN: HeaderName = HeaderName::from_static("session-token");

/// An API client: it keeps the token of the responses.
#[derive(Default)]
struct ApiClient {
    client: Client,
    token: Option<String>,
    is_bearer: bool,
}

impl ApiClient {
    async fn get(&mut self, server: &Server, path: &str) -> Response {
        let token = self.token.clone().unwrap_or_default();
        let request = self.client.get(server.url(path));
        let request = match (self.is_bearer, &*token) {
            (true, "") => request,
            (true, token) => request.bearer_auth(token),
            (false, token) => request.header(TOKEN, token),
        };
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        if let Some(token) = headers.get(TOKEN) {
            self.token = Some(token.to_str().unwrap().to_owned()).filter(|token| !token.is_empty());
        }
        Response { status, headers, body: response.text().await.unwrap() }
    }
}

async fn require_token(session: Session, request: Request, next: Next) -> Result<axum::response::Response, Error> {
    let challenge = match session.token_status().await? {
        TokenStatus::Valid => return Ok(next.run(request).await),
        TokenStatus::Replaced => return Ok(StatusCode::CONFLICT.into_response()),
        TokenStatus::Missing => "Bearer",
        TokenStatus::Invalid => r#"Bearer error="invalid_token""#,
    };
    Ok((StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)]).into_response())
}

async fn server(transport: Transport) -> Server {
    let app = App::with(Kind::Memory, |config| config.transport(transport).cookie(CookieConfig::new().secure(false)));
    let secret = Router::new().route("/secret", get(async || "secret")).layer(from_fn(require_token));
    serve(routes().merge(secret).layer(layer(&app.await))).await
}

#[tokio::test]
async fn an_api_client_logs_in_reads_rotates_and_logs_out() {
    for clients in [ClientKind::Header, ClientKind::Bearer, ClientKind::HeaderOfEither] {
        let server = server(clients.transport()).await;
        let mut client = ApiClient { is_bearer: clients == ClientKind::Bearer, ..ApiClient::default() };
        assert_eq!(client.get(&server, "/read/a").await.line(), "200 None");
        let created = client.get(&server, "/write/a/1").await;
        assert_eq!(created.headers["cache-control"], "no-store");
        assert!(created.set_cookies().is_empty(), "{clients:?}");
        let first = client.token.clone().unwrap();
        let read = client.get(&server, "/read/a").await;
        assert_eq!((&*read.line(), read.headers.get(&TOKEN)), ("200 Some(1)", None));
        client.get(&server, "/cycle").await;
        assert_ne!(client.token.as_ref(), Some(&first));
        assert_eq!(client.get(&server, "/read/a").await.line(), "200 Some(1)");
        client.get(&server, "/logout").await;
        assert_eq!(client.token, None);
        client.token = Some(first);
        assert_eq!(client.get(&server, "/read/a").await.line(), "200 None");
    }
}

#[tokio::test]
async fn a_browser_and_an_api_client_use_one_application() {
    let server = server(Transport::Either(HeaderConfig::new())).await;
    let (alice, mut program) = (browser(), ApiClient::default());
    let response = server.get(&alice, "/write/a/1").await;
    assert_eq!((response.set_cookies().len(), response.headers.get(&TOKEN)), (1, None));
    program.get(&server, "/write/a/2").await;
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
    assert_eq!(program.get(&server, "/read/a").await.line(), "200 Some(2)");
    let with_jwt = alice.get(server.url("/read/a")).bearer_auth("eyJhbGciOiJIUzI1NiJ9.e30.x").send().await.unwrap();
    assert_eq!(with_jwt.text().await.unwrap(), "Some(1)");
}

#[tokio::test]
async fn an_api_responds_401_to_a_missing_or_invalid_token_and_409_to_a_replaced_one() {
    for is_bearer in [false, true] {
        let header = if is_bearer { HeaderConfig::bearer() } else { HeaderConfig::new() };
        let server = server(Transport::Headers(header)).await;
        let mut client = ApiClient { is_bearer, ..ApiClient::default() };
        let challenge = |response: &Response| response.headers[WWW_AUTHENTICATE].to_str().unwrap().to_owned();
        let missing = client.get(&server, "/secret").await;
        assert_eq!((missing.status, &*challenge(&missing)), (StatusCode::UNAUTHORIZED, "Bearer"));
        client.get(&server, "/write/a/1").await;
        assert_eq!(client.get(&server, "/secret").await.line(), "200 secret");
        let old = client.token.clone();
        client.get(&server, "/cycle").await;
        let new = std::mem::replace(&mut client.token, old);
        assert_eq!(client.get(&server, "/secret").await.status, StatusCode::CONFLICT);
        client.token = new.clone();
        client.get(&server, "/logout").await;
        for invalid in [new, Some("eyJhbGciOiJIUzI1NiJ9.e30.x".to_owned())] {
            client.token = invalid;
            let response = client.get(&server, "/secret").await;
            assert_eq!(response.status, StatusCode::UNAUTHORIZED);
            assert_eq!(challenge(&response), r#"Bearer error="invalid_token""#);
        }
    }
}

#[tokio::test]
async fn a_browser_gets_401_for_a_cookie_that_is_invalid() {
    let server = server(Transport::Cookies).await;
    let alice = browser();
    assert_eq!(server.get(&alice, "/secret").await.headers[WWW_AUTHENTICATE], "Bearer");
    server.get(&alice, "/write/a/1").await;
    assert_eq!(server.get(&alice, "/secret").await.line(), "200 secret");
    let garbled = without_cookies().get(server.url("/secret")).header("cookie", "id=garbled").send().await.unwrap();
    assert_eq!(garbled.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(garbled.headers()[WWW_AUTHENTICATE], r#"Bearer error="invalid_token""#);
}

#[tokio::test]
async fn layers_inside_see_the_token_as_sensitive() {
    for clients in [ClientKind::Header, ClientKind::Bearer, ClientKind::HeaderOfEither] {
        let app = App::for_clients(Kind::Memory, clients, |config| config).await;
        let client = app.browser_with(&[("a", 1)]).await;
        let seen = async |headers: HeaderMap| format!("{headers:?}");
        let server = serve(Router::new().route("/", get(seen)).layer(layer(&app))).await;
        let request = without_cookies().get(server.url("/")).headers(client.request());
        let seen = request.send().await.unwrap().text().await.unwrap();
        assert!(seen.contains("Sensitive"), "{seen}");
        assert!(!seen.contains(client.cookies.values().next().unwrap()), "{clients:?}");
    }
}

/// A script of another origin may send the header and read it if the application permits it.
#[tokio::test]
async fn cors_exposes_the_token_to_the_scripts_of_a_permitted_origin() {
    let app = App::for_clients(Kind::Memory, ClientKind::HeaderOfEither, |config| config).await;
    let origin = "https://app.example";
    let cors = CorsLayer::new()
        .allow_origin(origin.parse::<HeaderValue>().unwrap())
        .allow_headers([TOKEN, AUTHORIZATION, CONTENT_TYPE])
        .expose_headers([TOKEN]);
    let server = serve(routes().layer(layer(&app)).layer(cors)).await;
    let client = without_cookies();
    let preflight = client.request(reqwest::Method::OPTIONS, server.url("/write/a/1")).header("origin", origin);
    let preflight = preflight
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "session-token");
    let preflight = preflight.send().await.unwrap();
    let allowed = preflight.headers()["access-control-allow-headers"].to_str().unwrap().to_owned();
    assert!(allowed.split(',').any(|name| name == "session-token"), "{allowed}");
    let write = client.get(server.url("/write/a/1")).header("origin", origin).header(TOKEN, "");
    let response = write.send().await.unwrap();
    assert_eq!(response.headers()["access-control-expose-headers"], "session-token");
    assert!(!response.headers()[TOKEN].is_empty());
    assert_eq!(app.spy.take_operations(), "create", "the preflight request uses no session");
}

#[tokio::test]
async fn two_managers_that_share_a_header_are_logged_once_and_two_transports_are_not() {
    const NAME: &str = "x-shared";
    let log = Log::of_this_process();
    let named = || HeaderConfig::named(NAME).unwrap();
    let app = async |transport: Transport| App::with(Kind::Memory, |config| config.transport(transport)).await;
    let warnings = || log.all().lines().filter(|line| line.contains("WARN") && line.contains(NAME)).count();
    for (inner, outer, expected) in [
        (Transport::Headers(named()), Transport::Cookies, 0),
        (Transport::Headers(named()), Transport::Headers(HeaderConfig::new()), 0),
        (Transport::Headers(named()), Transport::Either(named()), 1),
    ] {
        let (inner, outer, before) = (app(inner).await, app(outer).await, warnings());
        let routes = Router::new().route("/", get(async || "hello")).layer(layer(&inner));
        let server = serve(Router::new().nest("/inner", routes).layer(layer(&outer))).await;
        for _ in 0..2 {
            server.get(&without_cookies(), "/inner").await;
        }
        assert_eq!(warnings() - before, expected);
    }
}
