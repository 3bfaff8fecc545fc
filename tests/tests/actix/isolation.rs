//! Many connections to one worker, with one visitor each: no request sees the session of another visitor.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::HttpRequest;
use session::actix::SessionExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::server::{Server, serve, serve_without_middleware};
use super::*;

const VISITORS: usize = 16;
const ROUNDS: usize = 4;

/// The paths that respond with the visitor's name.
const PATHS: [&str; 6] = ["now", "later", "stream", "stream-of-request", "task", "later"];

/// The number of names that tasks and streams read in the session of another visitor.
type Strangers = web::Data<Arc<AtomicUsize>>;

async fn pause() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// Returns the visitor's name in brackets, which no header contains.
async fn name(session: &Session) -> Result<String, session::Error> {
    Ok(format!("[{}]", session.get::<String>("name").await?.unwrap_or_default()))
}

async fn set_name(mut session: Session, path: web::Path<String>) -> Result<String, session::Error> {
    session.insert("name", path.into_inner()).await?;
    name(&session).await
}

async fn rotate(mut session: Session) -> Result<String, session::Error> {
    session.cycle_id();
    name(&session).await
}

async fn now(session: Session) -> Result<String, session::Error> {
    name(&session).await
}

/// Other requests use the worker before the session is opened.
async fn later(request: HttpRequest) -> Result<String, session::Error> {
    pause().await;
    name(&request.session()?).await
}

/// The handle outlives the response. A clone of the request may find the session again.
async fn stream(request: HttpRequest, session: Session, strangers: Strangers) -> HttpResponse {
    let body = futures_util::stream::once(async move {
        let own = name(&session).await?;
        check_late(&request, &own, &strangers).await;
        Ok::<_, session::Error>(web::Bytes::from(name(&session).await?))
    });
    HttpResponse::Ok().streaming(body)
}

/// The request outlives its session, which has no handle.
async fn stream_of_request(request: HttpRequest, strangers: Strangers) -> Result<HttpResponse, session::Error> {
    let own = name(&request.session()?).await?;
    let body = futures_util::stream::once(async move {
        check_late(&request, &own, &strangers).await;
        Ok::<_, Error>(web::Bytes::from(own))
    });
    Ok(HttpResponse::Ok().streaming(body))
}

/// A task keeps a clone of the request for some time.
async fn task(request: HttpRequest, strangers: Strangers) -> Result<String, session::Error> {
    let own = name(&request.session()?).await?;
    let expected = own.clone();
    actix_web::rt::spawn(async move { check_late(&request, &expected, &strangers).await });
    Ok(own)
}

async fn check_late(request: &HttpRequest, own: &str, strangers: &AtomicUsize) {
    for _ in 0..4 {
        pause().await;
        if let Ok(session) = request.session()
            && name(&session).await.is_ok_and(|name| name != own)
        {
            strangers.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn panics(session: Session) -> String {
    panic!("a mistake in a handler, with {}", session.id().is_some());
}

fn visitors(scope: actix_web::Scope) -> actix_web::Scope {
    scope
        .route("/set/{name}", web::get().to(set_name))
        .route("/rotate", web::get().to(rotate))
        .route("/now", web::get().to(now))
        .route("/later", web::get().to(later))
        .route("/stream", web::get().to(stream))
        .route("/stream-of-request", web::get().to(stream_of_request))
        .route("/task", web::get().to(task))
        .route("/panics", web::get().to(panics))
}

/// One connection of one visitor.
struct Visitor {
    browser: Browser,
    connection: TcpStream,
}

impl Visitor {
    async fn connect(server: &Server) -> Self {
        Self { browser: Browser::default(), connection: server.connect("").await }
    }

    async fn write(&mut self, paths: &[String]) {
        let cookies: Vec<String> = self.browser.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let request = |path| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n\r\n");
        let requests: String = paths.iter().map(request).collect();
        self.connection.write_all(requests.as_bytes()).await.unwrap();
    }

    /// Sends the requests without waiting for a response in between. Returns the names in the responses.
    async fn get(&mut self, paths: &[String]) -> Vec<String> {
        self.write(paths).await;
        let mut received = String::new();
        while received.matches(']').count() < paths.len() {
            let mut part = [0; 4096];
            let len = self.connection.read(&mut part).await.unwrap();
            assert!(len > 0, "the server closed the connection: {received}");
            received += str::from_utf8(&part[..len]).unwrap();
        }
        for cookie in received.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.browser.0.insert(name.to_owned(), value.to_owned());
        }
        let names = received.split('[').skip(1).map(|rest| rest.split(']').next().unwrap().to_owned());
        names.collect()
    }
}

/// Sends a request and closes the connection, without or with a part of the handler's work.
async fn disconnect(server: &Server, visitor: &Visitor, path: &str) {
    let mut other = Visitor { browser: visitor.browser.clone(), ..Visitor::connect(server).await };
    other.write(&[path.to_owned()]).await;
    pause().await;
}

async fn visit(server: &Server, scopes: &[&str], number: usize) {
    let (mut visitor, mut stranger) = (Visitor::connect(server).await, Visitor::connect(server).await);
    for round in 0..ROUNDS {
        let expected = format!("{number}-{round}");
        for scope in scopes {
            assert_eq!(visitor.get(&[format!("{scope}/set/{expected}")]).await, [&*expected]);
            assert_eq!(visitor.get(&[format!("{scope}/rotate")]).await, [&*expected]);
        }
        let paths: Vec<String> =
            scopes.iter().flat_map(|scope| PATHS.iter().map(move |path| format!("{scope}/{path}"))).collect();
        disconnect(server, &visitor, &paths[(number + round) % paths.len()]).await;
        disconnect(server, &visitor, &format!("{}/panics", scopes[0])).await;
        let (own, none) = tokio::join!(visitor.get(&paths), stranger.get(&paths));
        assert_eq!(own, vec![expected; paths.len()], "{paths:?}");
        assert_eq!(none, vec![String::new(); paths.len()], "{paths:?}");
    }
}

async fn assert_isolated(server: &Server, scopes: &[&str], strangers: &AtomicUsize) {
    futures_util::future::join_all((0..VISITORS).map(|number| visit(server, scopes, number))).await;
    assert_eq!(strangers.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn visitors_of_one_worker_never_see_another_session() {
    let (app, admin) = (test_app().await, app_with_cookie("admin").await);
    let strangers = Arc::new(AtomicUsize::new(0));
    let (same, other, data) = (middleware(&app), middleware(&admin), web::Data::new(Arc::clone(&strangers)));
    let server = serve(&app, move |config| {
        let (same, other) =
            (visitors(web::scope("/same")).wrap(same.clone()), visitors(web::scope("/other")).wrap(other.clone()));
        config.app_data(data.clone()).service(same).service(other).service(visitors(web::scope("/app")));
    });
    assert_isolated(&server, &["/app", "/same", "/other"], &strangers).await;
}

#[tokio::test]
async fn visitors_of_scopes_and_resources_never_see_another_session() {
    let app = test_app().await;
    let strangers = Arc::new(AtomicUsize::new(0));
    let (sessions, data) = (middleware(&app), web::Data::new(Arc::clone(&strangers)));
    let server = serve_without_middleware(&app, move |config| {
        let resource = |path: &str| web::resource(format!("/resource/{path}")).wrap(sessions.clone());
        config
            .app_data(data.clone())
            .service(visitors(web::scope("/scope")).wrap(sessions.clone()))
            .service(resource("set/{name}").to(set_name))
            .service(resource("rotate").to(rotate))
            .service(resource("now").to(now))
            .service(resource("later").to(later))
            .service(resource("stream").to(stream))
            .service(resource("stream-of-request").to(stream_of_request))
            .service(resource("task").to(task));
    });
    assert_isolated(&server, &["/scope", "/resource"], &strangers).await;
}
