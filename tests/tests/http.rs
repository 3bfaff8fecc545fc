//! Whole requests: a real server, the layer, and a real client that keeps cookies.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, Path, Request};
use axum::http::{self, HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, debug_handler};
use futures_util::stream;
use reqwest::Client;
use session::axum::SessionLayer;
use session::{CookieConfig, Error, ErrorKind, ReadOnly, Session, SessionSchema, Typed};
use session_tests::{App, Fault, Kind, on_every_store};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::{JoinHandle, JoinSet};
use tower::{ServiceBuilder, ServiceExt, service_fn};

// A server, and a browser

struct Server {
    address: String,
    task: JoinHandle<()>,
}

async fn serve(routes: Router) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    Server { address, task }
}

impl Server {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn get(&self, client: &Client, path: &str) -> Answer {
        let response = client.get(self.url(path)).send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// Status and body, in one line.
    fn line(&self) -> String {
        format!("{} {}", self.status.as_u16(), self.body).trim_end().to_owned()
    }
}

/// The client sends no secure cookies over plain http.
async fn app(kind: Kind) -> App {
    App::with(kind, |config| config.cookie(CookieConfig::new().secure(false))).await
}

fn layer(app: &App) -> SessionLayer {
    SessionLayer::new(app.manager.clone())
}

fn browser() -> Client {
    Client::builder().cookie_store(true).build().unwrap()
}

fn without_cookies() -> Client {
    Client::builder().build().unwrap()
}

/// Handlers that most claims need.
fn routes() -> Router {
    Router::new()
        .route("/", get(async || "hello"))
        .route("/read/{key}", get(read))
        .route("/write/{key}/{value}", get(write))
        .route("/visits", get(visits))
        .route("/cycle", get(async |mut session: Session| session.cycle_id()))
        .route("/sign-out", get(async |mut session: Session| session.invalidate()))
}

async fn read(Path(key): Path<String>, session: Session) -> Result<String, Error> {
    Ok(format!("{:?}", session.get::<u64>(&key).await?))
}

async fn write(Path((key, value)): Path<(String, u64)>, mut session: Session) -> Result<(), Error> {
    session.insert(key, value).await
}

#[debug_handler]
async fn visits(mut session: Session) -> Result<String, Error> {
    let visits = session.update("visits", |visits| *visits.insert(visits.unwrap_or(0) + 1)).await?;
    Ok(format!("visit {visits}"))
}

// One session over many requests

async fn a_session_survives_requests(kind: Kind) {
    let app = app(kind).await;
    let server = serve(routes().layer(layer(&app))).await;
    let (alice, bob) = (browser(), browser());
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 None");
    assert_eq!(server.get(&alice, "/write/a/1").await.set_cookies().len(), 1);
    assert_eq!(server.get(&bob, "/write/a/2").await.set_cookies().len(), 1);
    assert_eq!(server.get(&alice, "/write/b/3").await.set_cookies(), [""; 0], "no answer sends a token twice");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
    assert_eq!(server.get(&alice, "/read/b").await.line(), "200 Some(3)");
    assert_eq!(server.get(&bob, "/read/a").await.line(), "200 Some(2)");
    for visit in 1..=3 {
        assert_eq!(server.get(&alice, "/visits").await.line(), format!("200 visit {visit}"));
    }
    assert_eq!(server.get(&alice, "/cycle").await.set_cookies().len(), 1);
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
    server.get(&alice, "/sign-out").await;
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 None");
    assert_eq!(server.get(&bob, "/read/a").await.line(), "200 Some(2)");
}

async fn a_sign_in_that_redirects_has_signed_in_where_it_lands(kind: Kind) {
    async fn sign_in(mut session: Session) -> Result<Redirect, Error> {
        session.cycle_id();
        session.insert("user", 7).await?;
        Ok(Redirect::to("/read/user"))
    }
    let app = app(kind).await;
    let server = serve(routes().route("/sign-in", post(sign_in)).layer(layer(&app))).await;
    let alice = browser();
    for _ in 0..2 {
        let landed = alice.post(server.url("/sign-in")).send().await.unwrap();
        assert_eq!(landed.text().await.unwrap(), "Some(7)");
    }
}

async fn a_hundred_pairs_of_parallel_requests_lose_no_key(kind: Kind) {
    let app = app(kind).await;
    let server = serve(routes().layer(layer(&app))).await;
    let alice = browser();
    server.get(&alice, "/write/seed/0").await;
    let mut requests = JoinSet::new();
    for pair in 0..100 {
        for side in ["a", "b"] {
            let request = alice.get(server.url(&format!("/write/{side}{pair}/{pair}")));
            requests.spawn(async move { request.send().await.unwrap().status() });
        }
    }
    assert_eq!(requests.join_all().await, [StatusCode::OK; 200]);
    let mut survived = 0;
    for pair in 0..100 {
        for side in ["a", "b"] {
            let read = server.get(&alice, &format!("/read/{side}{pair}")).await;
            survived += usize::from(read.body == format!("Some({pair})"));
        }
    }
    assert_eq!(survived, 200);
}

async fn a_hundred_parallel_updates_all_count(kind: Kind) {
    let app = app(kind).await;
    let server = serve(routes().layer(layer(&app))).await;
    let alice = browser();
    server.get(&alice, "/write/seed/0").await;
    let mut requests = JoinSet::new();
    for _ in 0..100 {
        let request = alice.get(server.url("/visits"));
        requests.spawn(async move { request.send().await.unwrap().status() });
    }
    assert_eq!(requests.join_all().await, [StatusCode::OK; 100]);
    assert_eq!(server.get(&alice, "/read/visits").await.line(), "200 Some(100)");
}

// Extractors and layers

/// Writes before the handler runs, and reads what it wrote afterwards.
async fn around(mut session: Session, request: Request, next: Next) -> Result<Response, Error> {
    session.insert("outside", 1).await?;
    let mut response = next.run(request).await;
    let inside: Option<u64> = session.get("inside").await?;
    response.headers_mut().insert("inside", inside.unwrap_or(0).into());
    Ok(response)
}

#[derive(SessionSchema)]
struct Trail {
    outside: u64,
    inside: u64,
}

#[debug_handler]
async fn inside(one: Session, mut two: Typed<Trail>, three: ReadOnly<Trail>) -> Result<String, Error> {
    two.set_inside(2)?;
    assert_eq!(one.get("inside").await?, Some(2));
    let seen = [three.outside().await?, three.inside().await?];
    Ok(format!("{seen:?}"))
}

async fn every_extractor_of_a_request_sees_one_session(kind: Kind) {
    let app = app(kind).await;
    let server = serve(Router::new().route("/", get(inside)).layer(from_fn(around)).layer(layer(&app))).await;
    let answer = server.get(&browser(), "/").await;
    assert_eq!(answer.line(), "200 [Some(1), Some(2)]");
    assert_eq!(answer.headers["inside"], "2");
    assert_eq!(answer.set_cookies().len(), 1);
    assert_eq!(app.spy.take_operations(), "create");
}

async fn the_layer_fits_into_a_service_builder(kind: Kind) {
    let app = app(kind).await;
    let stack = ServiceBuilder::new().layer(layer(&app)).layer(from_fn(around));
    let server = serve(Router::new().route("/", get(inside)).layer(stack)).await;
    let alice = browser();
    assert_eq!(server.get(&alice, "/").await.line(), "200 [Some(1), Some(2)]");
    assert_eq!(server.get(&alice, "/").await.headers["inside"], "2");
}

async fn nested_routers_share_the_session(kind: Kind) {
    let app = app(kind).await;
    let nested = Router::new().nest("/api", routes()).merge(routes()).layer(layer(&app));
    let server = serve(nested).await;
    let alice = browser();
    server.get(&alice, "/api/write/a/1").await;
    server.get(&alice, "/write/b/2").await;
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
    assert_eq!(server.get(&alice, "/api/read/b").await.line(), "200 Some(2)");
}

async fn a_layer_within_a_layer_passes_the_request_on(kind: Kind) {
    let app = app(kind).await;
    let inner = Router::new().route("/", get(inside)).layer(layer(&app));
    let server = serve(Router::new().nest("/inner", inner).layer(from_fn(around)).layer(layer(&app))).await;
    let answer = server.get(&browser(), "/inner").await;
    assert_eq!(answer.line(), "200 [Some(1), Some(2)]");
    assert_eq!(answer.headers["inside"], "2", "the handler's session is the middleware's");
    assert_eq!(answer.set_cookies().len(), 1);
    assert_eq!(app.spy.take_operations(), "create");
}

async fn layers_of_two_managers_are_two_sessions(kind: Kind) {
    let (shop, admin) = (app(kind).await, {
        let cookie = CookieConfig::new().secure(false).name("admin").unwrap();
        App::with(kind, |config| config.cookie(cookie)).await
    });
    let inner = Router::new().route("/", get(inside)).layer(layer(&admin));
    let server = serve(Router::new().nest("/admin", inner).layer(from_fn(around)).layer(layer(&shop))).await;
    let answer = server.get(&browser(), "/admin").await;
    assert_eq!(answer.line(), "200 [None, Some(2)]");
    assert_eq!(answer.headers["inside"], "0");
    let mut names: Vec<_> = answer.set_cookies().iter().map(|cookie| cookie.split('=').next().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["admin", "id"]);
}

#[tokio::test]
async fn a_missing_layer_answers_500_and_tells_the_client_nothing() {
    let server = serve(routes()).await;
    let answer = server.get(&browser(), "/read/a").await;
    assert_eq!(answer.line(), "500");
    assert_eq!(answer.set_cookies(), [""; 0]);
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

// What an answer carries

async fn an_unused_session_leaves_no_trace_in_the_answer(kind: Kind) {
    let app = app(kind).await;
    let server = serve(routes().layer(layer(&app))).await;
    let alice = browser();
    for _ in 0..2 {
        for path in ["/", "/nowhere"] {
            app.spy.take_operations();
            let answer = server.get(&alice, path).await;
            assert_eq!(answer.set_cookies(), [""; 0]);
            assert_eq!(answer.headers.get(header::CACHE_CONTROL), None);
            assert_eq!(app.spy.take_operations(), "");
        }
        server.get(&alice, "/write/a/1").await;
    }
}

async fn an_answer_with_a_token_has_every_attribute_and_is_not_cached(kind: Kind) {
    let app = App::new(kind).await;
    let server = serve(routes().layer(layer(&app))).await;
    let answer = server.get(&without_cookies(), "/write/a/1").await;
    let [cookie] = answer.set_cookies()[..] else { panic!("one cookie: {answer:?}") };
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    let mut attributes: Vec<&str> = attributes.split("; ").collect();
    attributes.sort_unstable();
    assert_eq!(attributes, ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax", "Secure"]);
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");

    let (name, value) = pair.split_once('=').unwrap();
    assert_eq!(name, "__Host-id");
    assert!(value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "no quoting is needed");
    let read = without_cookies().get(server.url("/read/a")).header(header::COOKIE, pair).send().await.unwrap();
    assert_eq!(read.headers().get(header::CACHE_CONTROL), None, "only a token makes an answer private");
    assert_eq!(read.text().await.unwrap(), "Some(1)");
}

async fn a_token_overrules_the_handlers_own_caching(kind: Kind) {
    async fn cacheable(mut session: Session) -> Result<impl IntoResponse, Error> {
        session.insert("a", 1).await?;
        Ok(([(header::CACHE_CONTROL, "public, max-age=600"), (header::SET_COOKIE, "own=1")], "cacheable"))
    }
    let app = app(kind).await;
    let server = serve(Router::new().route("/", get(cacheable)).layer(layer(&app))).await;
    let alice = browser();
    let first = server.get(&alice, "/").await;
    let control: Vec<_> = first.headers.get_all(header::CACHE_CONTROL).iter().collect();
    assert_eq!(control, ["no-store"]);
    assert_eq!(first.set_cookies().len(), 2, "the handler's own cookie stays");
    assert_eq!(server.get(&alice, "/").await.headers[header::CACHE_CONTROL], "public, max-age=600");
}

async fn client_state_travels_in_a_cookie_of_its_own(kind: Kind) {
    let app = app(kind).await;
    let routes = Router::new()
        .route("/dark", get(async |mut session: Session| session.client_mut().insert("theme", "dark")))
        .route(
            "/theme",
            get(async |session: Session| session.client().get::<String>("theme").map(Option::unwrap_or_default)),
        );
    let server = serve(routes.layer(layer(&app))).await;
    let alice = browser();
    let answer = server.get(&alice, "/dark").await;
    assert!(matches!(answer.set_cookies()[..], [cookie] if cookie.starts_with("id-state=")), "{answer:?}");
    assert_eq!(server.get(&alice, "/theme").await.line(), "200 dark");
    assert_eq!(app.spy.take_operations(), "");
}

// Handlers that fail

async fn a_server_error_after_cycle_id_leaves_the_old_token_working(kind: Kind) {
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
    let answer = server.get(&alice, "/fails").await;
    assert_eq!((answer.line().as_str(), answer.set_cookies()), ("502", vec![]));
    assert_eq!(app.spy.take_operations(), "");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
}

async fn a_server_error_after_an_update_still_sends_the_cookie_owed(kind: Kind) {
    async fn counts_and_fails(session: Session) -> Result<(), StatusCode> {
        visits(session).await.unwrap();
        Err(StatusCode::INTERNAL_SERVER_ERROR)
    }
    let app = app(kind).await;
    let server = serve(routes().route("/fails", get(counts_and_fails)).layer(layer(&app))).await;
    let alice = browser();
    let answer = server.get(&alice, "/fails").await;
    assert_eq!((answer.status, answer.set_cookies().len()), (StatusCode::INTERNAL_SERVER_ERROR, 1));
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(server.get(&alice, "/read/visits").await.line(), "200 Some(1)");
}

async fn a_server_error_still_ends_a_session(kind: Kind) {
    async fn ends_and_fails(mut session: Session) -> StatusCode {
        session.invalidate();
        StatusCode::INTERNAL_SERVER_ERROR
    }
    let app = app(kind).await;
    let server = serve(routes().route("/fails", get(ends_and_fails)).layer(layer(&app))).await;
    let alice = browser();
    let set = server.get(&alice, "/write/a/1").await;
    let answer = server.get(&alice, "/fails").await;
    assert!(matches!(answer.set_cookies()[..], [removal] if removal.contains("Max-Age=0")), "{answer:?}");
    let kept = set.set_cookies()[0].split(';').next().unwrap();
    let replayed = without_cookies().get(server.url("/read/a")).header(header::COOKIE, kept).send().await.unwrap();
    assert_eq!(replayed.text().await.unwrap(), "None");
}

async fn a_client_error_commits(kind: Kind) {
    async fn attempts(mut session: Session) -> Result<StatusCode, Error> {
        session.insert("attempts", 1).await?;
        Ok(StatusCode::UNPROCESSABLE_ENTITY)
    }
    let app = app(kind).await;
    let server = serve(routes().route("/attempt", get(attempts)).layer(layer(&app))).await;
    let alice = browser();
    let answer = server.get(&alice, "/attempt").await;
    assert_eq!((answer.status, answer.set_cookies().len()), (StatusCode::UNPROCESSABLE_ENTITY, 1));
    assert_eq!(server.get(&alice, "/read/attempts").await.line(), "200 Some(1)");
}

async fn a_handler_passes_a_sessions_error_on_as_its_answer(kind: Kind) {
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

async fn an_error_that_a_handler_returns_gets_the_layers_answer(kind: Kind) {
    async fn misreads(mut session: Session) -> Result<String, Error> {
        session.insert("pending", 1).await?;
        session.update("count", |count: &mut Option<u64>| *count = Some(4711)).await?;
        Ok(session.get::<String>("count").await?.unwrap_or_default())
    }
    let app = app(kind).await;
    let own = |error: Error| (StatusCode::IM_A_TEAPOT, format!("sorry ({:?})", error.kind())).into_response();
    let server = serve(routes().route("/misread", get(misreads)).layer(layer(&app).on_error(own))).await;
    let alice = browser();
    let answer = server.get(&alice, "/misread").await;
    assert_eq!((answer.line().as_str(), answer.set_cookies().len()), ("418 sorry (Value)", 1));
    assert_eq!(app.spy.take_operations(), "create");
    assert_eq!(server.get(&alice, "/read/count").await.line(), "200 Some(4711)", "what `update` stored stays");
    assert_eq!(server.get(&alice, "/read/pending").await.line(), "200 None");
}

async fn a_handler_that_panics_commits_nothing(kind: Kind) {
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

// Commits that fail

/// Answers with much, all of which must give way if the commit fails.
async fn talkative(mut session: Session) -> Result<impl IntoResponse, Error> {
    session.insert("a", 4711).await?;
    Ok((StatusCode::CREATED, [("x-stored", "4711")], "stored 4711"))
}

async fn a_store_that_fails_at_the_commit_answers_503_and_nothing_else(kind: Kind) {
    let app = app(kind).await;
    let server = serve(routes().route("/talk", get(talkative)).layer(layer(&app))).await;
    let alice = browser();
    for operation in ["create", "commit"] {
        app.spy.fail_next(operation, Fault::Refuse);
        let answer = server.get(&alice, "/talk").await;
        assert_eq!(answer.line(), "503", "{operation}");
        assert_eq!(answer.headers.get("x-stored"), None);
        assert_eq!(answer.set_cookies(), [""; 0]);
        assert!(!format!("{answer:?}").contains("down"), "the cause is not told: {answer:?}");
        server.get(&alice, "/write/b/1").await;
    }
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 None");
    assert_eq!(server.get(&alice, "/talk").await.line(), "201 stored 4711", "the next request works");
}

async fn an_application_may_answer_a_failed_commit_itself(kind: Kind) {
    let app = app(kind).await;
    let own = |error: Error| (StatusCode::BAD_GATEWAY, format!("try again ({:?})", error.kind())).into_response();
    let server = serve(routes().route("/talk", get(talkative)).layer(layer(&app).on_error(own))).await;
    let alice = browser();
    app.spy.fail_next("create", Fault::Refuse);
    assert_eq!(server.get(&alice, "/talk").await.line(), "502 try again (Store)");
    assert_eq!(server.get(&alice, "/talk").await.line(), "201 stored 4711");
}

async fn a_request_that_a_sign_out_overtook_is_told_so(kind: Kind) {
    let (app, may_write, has_read) = (app(kind).await, Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (waits, tells) = (Arc::clone(&may_write), Arc::clone(&has_read));
    let slow = async move |mut session: Session| {
        session.get::<u64>("a").await?;
        tells.notify_one();
        waits.notified().await;
        session.insert("a", 2).await
    };
    let server = serve(routes().route("/slow", get(slow)).layer(layer(&app))).await;
    let alice = browser();
    server.get(&alice, "/write/a/1").await;
    let request = alice.get(server.url("/slow"));
    let slow = tokio::spawn(async move { request.send().await.unwrap() });
    has_read.notified().await;
    server.get(&alice, "/sign-out").await;
    may_write.notify_one();
    let answer = slow.await.unwrap();
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    assert_eq!(answer.headers().get(header::SET_COOKIE), None);
    assert_eq!(answer.text().await.unwrap(), "");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 None", "nothing of it comes back");
}

async fn a_request_whose_client_leaves_commits_nothing(kind: Kind) {
    struct Tells(mpsc::UnboundedSender<&'static str>);
    impl Drop for Tells {
        fn drop(&mut self) {
            _ = self.0.send("dropped");
        }
    }
    let app = app(kind).await;
    let (tell, mut told) = mpsc::unbounded_channel();
    let never_answers = async move |mut session: Session| -> Result<(), Error> {
        let tells = Tells(tell);
        session.cycle_id();
        session.insert("a", 9).await?;
        tells.0.send("written").unwrap();
        std::future::pending().await
    };
    let server = serve(routes().route("/never", get(never_answers)).layer(layer(&app))).await;
    let alice = browser();
    let set = server.get(&alice, "/write/a/1").await;
    app.spy.take_operations();
    let cookie = set.set_cookies()[0].split(';').next().unwrap();
    let mut connection = TcpStream::connect(&server.address).await.unwrap();
    let request = format!("GET /never HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(told.recv().await, Some("written"));
    drop(connection);
    assert_eq!(tokio::time::timeout(Duration::from_secs(5), told.recv()).await.unwrap(), Some("dropped"));
    assert_eq!(app.spy.take_operations(), "");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
}

async fn a_handle_that_outlives_the_answer_may_read_but_not_write(kind: Kind) {
    async fn streams(mut session: Session) -> Result<Body, Error> {
        session.insert("a", 1).await?;
        let rest = stream::once(async move {
            let outcomes = [
                session.insert("a", 2).await,
                session.unset("a").await,
                session.clear().await,
                session.remove::<u64>("a").await.map(|_| ()),
                session.update("a", |a: &mut Option<u64>| *a = Some(2)).await,
                session.client_mut().insert("a", 2),
            ];
            let kinds = outcomes.map(|outcome| outcome.map_err(|error| error.kind()));
            Ok::<_, Infallible>(format!("{kinds:?} {:?}", session.get::<u64>("a").await.unwrap()))
        });
        Ok(Body::from_stream(rest))
    }
    let app = app(kind).await;
    let server = serve(routes().route("/stream", get(streams)).layer(layer(&app))).await;
    let alice = browser();
    let kinds = ["Err(Finalized)"; 6].join(", ");
    assert_eq!(server.get(&alice, "/stream").await.line(), format!("200 [{kinds}] Some(1)"));
    assert_eq!(app.spy.take_operations(), "create");
    assert_eq!(server.get(&alice, "/read/a").await.line(), "200 Some(1)");
}

// Cookies as the world sends them

async fn of_several_cookies_of_our_name_the_first_that_opens_counts(kind: Kind) {
    let app = app(kind).await;
    let server = serve(routes().layer(layer(&app))).await;
    let mut pairs = Vec::new();
    for value in 1..=2 {
        let set = server.get(&without_cookies(), &format!("/write/a/{value}")).await;
        pairs.push(set.set_cookies()[0].split(';').next().unwrap().to_owned());
    }
    let (one, two) = (&*pairs[0], &*pairs[1]);
    let cases = [
        (vec![format!("{one}; {two}")], "Some(1)"),
        (vec![format!("{two}; {one}")], "Some(2)"),
        (vec![format!("id=garbled; {two}")], "Some(2)"),
        (vec![format!("id=; id; a=b; ;; {one}; id=garbled")], "Some(1)"),
        (vec!["id=garbled".to_owned(), two.to_owned()], "Some(2)"),
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

async fn a_cookie_that_does_not_open_is_a_new_session(kind: Kind) {
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

on_every_store!(
    a_session_survives_requests,
    a_sign_in_that_redirects_has_signed_in_where_it_lands,
    a_hundred_pairs_of_parallel_requests_lose_no_key,
    a_hundred_parallel_updates_all_count,
    every_extractor_of_a_request_sees_one_session,
    the_layer_fits_into_a_service_builder,
    nested_routers_share_the_session,
    a_layer_within_a_layer_passes_the_request_on,
    layers_of_two_managers_are_two_sessions,
    an_unused_session_leaves_no_trace_in_the_answer,
    an_answer_with_a_token_has_every_attribute_and_is_not_cached,
    a_token_overrules_the_handlers_own_caching,
    client_state_travels_in_a_cookie_of_its_own,
    a_server_error_after_cycle_id_leaves_the_old_token_working,
    a_server_error_after_an_update_still_sends_the_cookie_owed,
    a_server_error_still_ends_a_session,
    a_client_error_commits,
    a_handler_passes_a_sessions_error_on_as_its_answer,
    an_error_that_a_handler_returns_gets_the_layers_answer,
    a_handler_that_panics_commits_nothing,
    a_store_that_fails_at_the_commit_answers_503_and_nothing_else,
    an_application_may_answer_a_failed_commit_itself,
    a_request_that_a_sign_out_overtook_is_told_so,
    a_request_whose_client_leaves_commits_nothing,
    a_handle_that_outlives_the_answer_may_read_but_not_write,
    of_several_cookies_of_our_name_the_first_that_opens_counts,
    a_cookie_that_does_not_open_is_a_new_session,
    a_service_that_is_not_axums_has_sessions_too,
    a_service_that_fails_abandons_its_session,
);

// tower without axum

async fn session_of(request: http::Request<()>) -> Session {
    Session::from_request_parts(&mut request.into_parts().0, &()).await.unwrap()
}

fn request(cookies: &BTreeMap<String, String>) -> http::Request<()> {
    let line: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    http::Request::builder().header(header::COOKIE, line.join("; ")).body(()).unwrap()
}

async fn a_service_that_is_not_axums_has_sessions_too(kind: Kind) {
    let app = App::new(kind).await;
    let counts =
        service_fn(async |request| Ok::<_, Error>(http::Response::new(visits(session_of(request).await).await?)));
    let service = ServiceBuilder::new().layer(layer(&app)).service(counts);
    let mut alice = session_tests::Browser::default();
    for visit in 1..=3 {
        let response = service.clone().oneshot(request(&alice.cookies)).await.unwrap();
        alice.keep(response.headers());
        assert_eq!(*response.body(), format!("visit {visit}"));
    }
}

async fn a_service_that_fails_abandons_its_session(kind: Kind) {
    let app = App::new(kind).await;
    let alice = app.signed_in(&[("a", 1)]).await;
    let fails = service_fn(async |request| {
        let mut session = session_of(request).await;
        session.cycle_id();
        session.insert("a", 9).await.unwrap();
        Err::<http::Response<String>, _>("the service's own error")
    });
    let error = ServiceBuilder::new().layer(layer(&app)).service(fails).oneshot(request(&alice.cookies)).await;
    assert_eq!(error.unwrap_err(), "the service's own error");
    assert_eq!(app.spy.take_operations(), "");
    assert_eq!(app.stored(&alice, "a").await, Some(1));

    let ends_and_fails = service_fn(async |request| {
        session_of(request).await.invalidate();
        Err::<http::Response<String>, _>("the service's own error")
    });
    let ended = ServiceBuilder::new().layer(layer(&app)).service(ends_and_fails).oneshot(request(&alice.cookies)).await;
    assert!(ended.is_err());
    assert_eq!(app.spy.take_operations(), "delete");
    assert_eq!(app.stored(&alice, "a").await, None);
}
