//! The application of all frameworks in Rocket, and the rules that only Rocket needs.

#[path = "../../every_framework.rs"]
mod every_framework;

use std::io::Cursor;

use rocket::config::LogLevel;
use rocket::fairing::AdHoc;
use rocket::http::{Header, Method, Status};
use rocket::request::FromRequest;
use rocket::response::{Responder, Response};
use rocket::route::{Handler as RouteHandler, Outcome, Route};
use rocket::{Build, Config, Data, Request, Rocket, async_trait, catch, catchers, get, routes};
use session::store::MemoryStore;
use session::{SecretKey, SessionConfig, SessionManager};
use session_framework_cases::{Application, Browser, Handler, Parameters, Reply, ReplyBody};
use tokio::sync::oneshot;

use crate::sessions::{ReadOnly, Session, SessionError, Sessions, Typed};

const FRAMEWORK: &str = "Rocket";

fn manager() -> SessionManager {
    SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()))
}

/// Starts a server for the routes of all frameworks, and returns its address.
async fn serve(application: Application) -> String {
    let routes: Vec<Route> = application.routes().into_iter().map(route).collect();
    serve_rocket(rocket().attach(Sessions::new(application.manager)).mount("/", routes)).await
}

async fn serve_example(manager: SessionManager) -> String {
    serve_rocket(crate::app(manager).configure(config())).await
}

fn rocket() -> Rocket<Build> {
    rocket::custom(config())
}

fn config() -> Config {
    Config { port: 0, log_level: LogLevel::Off, ..Config::debug_default() }
}

async fn serve_rocket(rocket: Rocket<Build>) -> String {
    let (sender, port) = oneshot::channel();
    let started = AdHoc::on_liftoff("port", |rocket| Box::pin(async move { _ = sender.send(rocket.config().port) }));
    tokio::spawn(rocket.attach(started).launch());
    format!("127.0.0.1:{}", port.await.unwrap())
}

fn route(route: session_framework_cases::Route) -> Route {
    let path = route.path.replace('{', "<").replace('}', ">");
    let method: Method = route.method.as_str().parse().unwrap();
    Route::new(method, &path, Call(route.handler))
}

/// A route of the application. Functions with the attributes `#[get]` and `#[post]` call their guards in the same way.
#[derive(Clone)]
struct Call(Handler);

#[async_trait]
impl RouteHandler for Call {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> Outcome<'r> {
        let parameters = Parameters::new(request.uri().path().as_str());
        let reply = match &self.0 {
            Handler::Plain(run) => run(parameters).await,
            Handler::Session(run) => run(guard::<Session>(request).await.0, parameters).await,
            Handler::Typed(run) => run(guard::<Typed<_>>(request).await.0, parameters).await,
            Handler::ReadOnly(run) => run(guard::<ReadOnly<_>>(request).await.0, parameters).await,
            Handler::All(_) => panic!("no case uses it"),
        };
        match reply {
            Ok(reply) => Outcome::Success(response(reply)),
            Err(error) => Outcome::from(request, SessionError::from(error)),
        }
    }
}

async fn guard<'r, T: FromRequest<'r>>(request: &'r Request<'_>) -> T {
    request.guard().await.succeeded().expect("the fairing is attached")
}

fn response(reply: Reply) -> Response<'static> {
    let ReplyBody::Text(text) = reply.body else { panic!("no case uses it") };
    let mut response = Response::new();
    response.set_status(Status::new(reply.status.as_u16()));
    for (name, value) in &reply.headers {
        response.adjoin_header(Header::new(name.to_string(), value.to_str().unwrap().to_owned()));
    }
    response.set_sized_body(text.len(), Cursor::new(text));
    response
}

async fn get(rocket: Rocket<Build>, path: &str) -> session_framework_cases::Response {
    Browser::new(&serve_rocket(rocket).await).send(&"GET".parse().unwrap(), path).await
}

fn cookies(response: &session_framework_cases::Response) -> usize {
    response.headers.get_all("set-cookie").iter().count()
}

#[get("/write")]
async fn write(mut session: Session) -> Result<(), SessionError> {
    Ok(session.insert("visited", true).await?)
}

#[get("/fail")]
async fn fail(mut session: Session) -> Result<(), Status> {
    session.insert("visited", true).await.unwrap();
    Err(Status::InternalServerError)
}

/// An error page that uses the session.
#[catch(default)]
async fn page(status: Status, request: &Request<'_>) -> String {
    let mut session = request.guard::<Session>().await.unwrap();
    let visited = session.get::<bool>("visited").await.unwrap();
    session.insert("failed", true).await.unwrap();
    format!("{status}, visited {visited:?}")
}

fn rocket_with_pages() -> Rocket<Build> {
    rocket().attach(Sessions::new(manager())).mount("/", routes![write, fail]).register("/", catchers![page])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catcher_shares_the_session_of_the_request() {
    let response = get(rocket_with_pages(), "/fail").await;
    assert_eq!((response.status.as_u16(), &*response.body), (500, "500 Internal Server Error, visited Some(true)"));
    assert_eq!(cookies(&response), 0, "writes of a failed request are discarded, also those of its error page");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catcher_of_a_client_error_can_write() {
    let response = get(rocket_with_pages(), "/missing").await;
    assert_eq!((response.status.as_u16(), &*response.body), (404, "404 Not Found, visited None"));
    assert_eq!(cookies(&response), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_fairings_the_last_one_is_used() {
    let rocket = rocket().attach(Sessions::new(manager())).attach(Sessions::new(manager())).mount("/", routes![write]);
    assert_eq!(cookies(&get(rocket, "/write").await), 1);
}

#[tokio::test]
async fn a_rocket_without_the_fairing_does_not_launch() {
    let rocket = rocket().mount("/", routes![write]);
    assert!(matches!(rocket.ignite().await.unwrap_err().kind(), rocket::error::ErrorKind::SentinelAborts(_)));
}

#[derive(Responder)]
struct Cached {
    body: &'static str,
    cache: Header<'static>,
    surrogate: Header<'static>,
    cdn: Header<'static>,
}

#[get("/cached")]
async fn cached(mut session: Session) -> Cached {
    session.insert("visited", true).await.unwrap();
    Cached {
        body: "page",
        cache: Header::new("Cache-Control", "public"),
        surrogate: Header::new("Surrogate-Control", "max-age=60"),
        cdn: Header::new("CDN-Cache-Control", "max-age=60"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_with_a_cookie_is_not_cached() {
    let rocket = rocket().attach(Sessions::new(manager())).mount("/", routes![cached]);
    let response = get(rocket, "/cached").await;
    assert_eq!((cookies(&response), &*response.body), (1, "page"));
    let cache: Vec<_> = response.headers.get_all("cache-control").iter().collect();
    assert_eq!(cache, ["no-store"]);
    assert!(!response.headers.contains_key("surrogate-control") && !response.headers.contains_key("cdn-cache-control"));
}
