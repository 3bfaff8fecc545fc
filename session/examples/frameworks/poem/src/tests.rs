//! The application of all frameworks in Poem, and the rules that only Poem needs.

#[path = "../../every_framework.rs"]
mod every_framework;

use std::future::pending;
use std::{error, fmt};

use poem::error::ResponseError;
use poem::http::StatusCode;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::{Endpoint, EndpointExt, FromRequest, Request, Response, Route, RouteMethod, Server, endpoint, get, handler};
use session::store::MemoryStore;
use session::{SecretKey, SessionConfig, SessionManager};
use session_framework_cases::{Application, Browser, Handler, Parameters, Reply, ReplyBody};

use self::every_framework::log_of_a_dropped_request;
use crate::sessions::{ReadOnly, Session, SessionError, Sessions, Typed};

const FRAMEWORK: &str = "Poem";

fn manager() -> SessionManager {
    SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()))
}

/// Starts a server for the routes of all frameworks, and returns its address.
async fn serve(application: Application) -> String {
    let mut routes = Route::new();
    for route in application.routes() {
        let path = route.path.replace('{', ":").replace('}', "");
        let handler = route.handler;
        let endpoint = endpoint::make(move |request| call(handler.clone(), request));
        routes = routes.at(path, RouteMethod::new().method(route.method, endpoint));
    }
    serve_endpoint(routes.with(Sessions::new(application.manager))).await
}

async fn serve_example(manager: SessionManager) -> String {
    serve_endpoint(crate::app(manager)).await
}

async fn serve_endpoint(endpoint: impl Endpoint + 'static) -> String {
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
    let address = acceptor.local_addr()[0].as_socket_addr().unwrap().to_string();
    tokio::spawn(Server::new_with_acceptor(acceptor).run(endpoint));
    address
}

async fn call(handler: Handler, request: Request) -> poem::Result<Response> {
    let parameters = Parameters::new(request.uri().path());
    let reply = match handler {
        Handler::Plain(run) => run(parameters).await,
        Handler::Session(run) => run(Session::from_request_without_body(&request).await?.0, parameters).await,
        Handler::Typed(run) => run(Typed::from_request_without_body(&request).await?.0, parameters).await,
        Handler::ReadOnly(run) => run(ReadOnly::from_request_without_body(&request).await?.0, parameters).await,
        Handler::All(_) => panic!("no case uses it"),
    };
    Ok(response(reply.map_err(SessionError::from)?))
}

fn response(reply: Reply) -> Response {
    let ReplyBody::Text(text) = reply.body else { panic!("no case uses it") };
    let mut response = Response::builder().status(reply.status).body(text);
    response.headers_mut().extend(reply.headers);
    response
}

#[handler]
async fn write(mut session: Session) -> Result<(), SessionError> {
    Ok(session.insert("visited", true).await?)
}

async fn get_root(endpoint: impl Endpoint + 'static) -> session_framework_cases::Response {
    Browser::new(&serve_endpoint(endpoint).await).send(&"GET".parse().unwrap(), "/").await
}

fn cookies(response: &session_framework_cases::Response) -> usize {
    response.headers.get_all("set-cookie").iter().count()
}

/// Writes to the session, and then calls the endpoint.
fn write_before<E: Endpoint + 'static>(endpoint: E) -> impl Endpoint + 'static {
    endpoint.around(async |endpoint, request| {
        let mut session = Session::from_request_without_body(&request).await?;
        session.insert("before", true).await.map_err(SessionError::from)?;
        endpoint.call(request).await
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_middleware_inside_of_another_one_shares_its_session() {
    let manager = manager();
    let inner = get(write).with(Sessions::new(manager.clone()));
    let response = get_root(write_before(inner).with(Sessions::new(manager))).await;
    assert_eq!(cookies(&response), 1, "both writes are in one session");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_page_inside_of_the_middleware_uses_the_session() {
    let missing = endpoint::make(async |_| Err::<(), _>(poem::Error::from(StatusCode::NOT_FOUND)));
    let response = get_root(write_before(missing).with(Sessions::new(manager()))).await;
    assert_eq!((response.status.as_u16(), cookies(&response)), (404, 1), "a client error commits the session");
}

/// An error of an application, with a session error as its source.
#[derive(Debug)]
struct AppError(session::Error);

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the cart is not available")
    }
}

impl error::Error for AppError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&self.0)
    }
}

impl ResponseError for AppError {
    fn status(&self) -> StatusCode {
        StatusCode::CONFLICT
    }
}

#[handler]
async fn misread(mut session: Session) -> Result<(), AppError> {
    session.insert("cart", 7).await.map_err(AppError)?;
    session.get::<String>("cart").await.map_err(AppError)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_application_whose_source_is_a_session_error_stores_nothing() {
    let response = get_root(get(misread).with(Sessions::new(manager()))).await;
    assert_eq!((response.status.as_u16(), cookies(&response)), (409, 0));
    assert_eq!(response.body, "the cart is not available");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_without_the_middleware_responds_500() {
    assert_eq!(get_root(get(write)).await.status, 500);
}

#[handler]
async fn write_and_wait(mut session: Session) -> Result<(), SessionError> {
    session.insert("visited", true).await?;
    pending().await
}

#[test]
fn a_request_that_the_client_cancels_logs_nothing() {
    let app = get(write_and_wait).with(Sessions::new(manager()));
    assert_eq!(log_of_a_dropped_request(app.call(Request::default())), "");
}
