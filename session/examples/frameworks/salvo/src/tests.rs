//! The application of all frameworks in Salvo, and the rules that only Salvo needs.

#[path = "../../every_framework.rs"]
mod every_framework;

use std::future::pending;
use std::sync::Arc;

use salvo::conn::{Acceptor, TcpListener};
use salvo::extract::Extractible;
use salvo::http::ResBody;
use salvo::prelude::*;
use session::store::MemoryStore;
use session::tower::SessionLayer;
use session::{SecretKey, SessionConfig, SessionManager};
use session_framework_cases::{
    Application, Browser, Handler as Run, Parameters, Reply, ReplyBody, Route, assert_outcomes,
};

use self::every_framework::log_of_a_dropped_request;
use crate::sessions::{ReadOnly, Session, SessionError, Sessions, Typed};

const FRAMEWORK: &str = "Salvo";

fn manager() -> SessionManager {
    SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()))
}

/// Starts a server for the routes of all frameworks, and returns its address.
async fn serve(application: Application) -> String {
    let router = Router::new().hoop(Sessions::new(application.manager.clone()));
    serve_router(application.routes().into_iter().fold(router, |router, route| add_route(router, &route, Goal))).await
}

async fn serve_example(manager: SessionManager) -> String {
    serve_router(crate::app(manager)).await
}

async fn serve_router(router: Router) -> String {
    let acceptor = TcpListener::new("127.0.0.1:0").bind().await;
    let address = acceptor.holdings()[0].local_addr.clone().into_std().unwrap().to_string();
    tokio::spawn(Server::new(acceptor).serve(router));
    address
}

fn add_route<H: Handler>(router: Router, route: &Route, goal: impl Fn(Run) -> H) -> Router {
    let path = Router::with_path(route.path.trim_start_matches('/'));
    let goal = goal(route.handler.clone());
    router.push(if route.method == "GET" { path.get(goal) } else { path.post(goal) })
}

/// A route of the application. Functions with the attribute `#[handler]` extract their arguments in the same way.
struct Goal(Run);

#[async_trait]
impl Handler for Goal {
    async fn handle(&self, request: &mut Request, depot: &mut Depot, response: &mut Response, _: &mut FlowCtrl) {
        let parameters = Parameters::new(request.uri().path());
        let reply = match &self.0 {
            Run::Plain(run) => run(parameters).await,
            Run::Session(run) => run(Session::extract(request, depot).await.unwrap().0, parameters).await,
            Run::Typed(run) => run(Typed::extract(request, depot).await.unwrap().0, parameters).await,
            Run::ReadOnly(run) => run(ReadOnly::extract(request, depot).await.unwrap().0, parameters).await,
            Run::All(_) => panic!("no case uses it"),
        };
        match reply {
            Ok(reply) => render(reply, response),
            Err(error) => SessionError::from(error).write(request, depot, response).await,
        }
    }
}

fn render(reply: Reply, response: &mut Response) {
    let ReplyBody::Text(text) = reply.body else { panic!("no case uses it") };
    response.status_code(reply.status);
    response.headers_mut().extend(reply.headers);
    // `render` would keep an empty text from having a body, and the catcher would add a page.
    response.body(text);
}

/// The same with `session::tower`.
struct TowerGoal(Run);

#[async_trait]
impl Handler for TowerGoal {
    async fn handle(&self, request: &mut Request, _: &mut Depot, response: &mut Response, _: &mut FlowCtrl) {
        let open = || session::tower::session(request.extensions()).unwrap();
        match self.0.call(Parameters::new(request.uri().path()), open).await {
            Ok(reply) => render(reply, response),
            Err(error) => *response = session::tower::error_response::<ResBody>(error).into(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tower_layer_has_the_same_outcomes() {
    let application = Application::new();
    let router = Router::new().hoop(SessionLayer::new(application.manager.clone()).compat());
    let router = application.routes().into_iter().fold(router, |router, route| add_route(router, &route, TowerGoal));
    assert_outcomes(FRAMEWORK, &serve_router(router).await).await;
}

#[handler]
async fn write(mut session: Session) -> Result<&'static str, SessionError> {
    session.insert("visited", true).await?;
    Ok("written")
}

#[handler]
async fn write_before(mut session: Session) {
    session.insert("before", true).await.unwrap();
}

async fn get(router: Router) -> session_framework_cases::Response {
    Browser::new(&serve_router(router).await).send(&"GET".parse().unwrap(), "/").await
}

fn cookies(response: &session_framework_cases::Response) -> usize {
    response.headers.get_all("set-cookie").iter().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hoop_inside_of_another_one_shares_its_session() {
    let manager = manager();
    let inner = Router::new().hoop(Sessions::new(manager.clone())).get(write);
    let response = get(Router::new().hoop(Sessions::new(manager)).hoop(write_before).push(inner)).await;
    assert_eq!((cookies(&response), &*response.body), (1, "written"), "both writes are in one session");
}

#[handler]
async fn write_and_reject(mut session: Session) -> Result<(), StatusError> {
    session.insert("visited", true).await.unwrap();
    Err(StatusError::not_found())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_page_of_a_handler_is_kept() {
    let response = get(Router::new().hoop(Sessions::new(manager())).get(write_and_reject)).await;
    assert_eq!((response.status.as_u16(), cookies(&response)), (404, 1));
    assert!(!response.body.is_empty(), "the page of Salvo's catcher");
}

/// The reason for a hoop of our own.
#[tokio::test(flavor = "multi_thread")]
async fn the_error_page_inside_of_the_tower_layer_is_empty() {
    #[handler]
    async fn reject() -> Result<(), StatusError> {
        Err(StatusError::not_found())
    }
    let response = get(Router::new().hoop(SessionLayer::new(manager()).compat()).get(reject)).await;
    assert_eq!((response.status.as_u16(), &*response.body), (404, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_without_the_hoop_responds_500() {
    assert_eq!(get(Router::new().get(write)).await.status, 500);
}

#[handler]
async fn write_and_wait(mut session: Session) {
    session.insert("visited", true).await.unwrap();
    pending::<()>().await;
}

#[test]
fn a_request_that_the_client_cancels_logs_nothing() {
    let (mut request, mut depot, mut response) = (Request::new(), Depot::new(), Response::new());
    let mut ctrl = FlowCtrl::new(vec![Arc::new(write_and_wait)]);
    let sessions = Sessions::new(manager());
    let request = sessions.handle(&mut request, &mut depot, &mut response, &mut ctrl);
    assert_eq!(log_of_a_dropped_request(request), "");
}
