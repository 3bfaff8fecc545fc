//! The application of all frameworks: its handlers are in `session_framework_cases::handlers`.

use pavex::Response;
use pavex::http::StatusCode;
use pavex::request::path::PathParams;
use session::{Error, ReadOnly, SessionManager, Typed};
use session_framework_cases::{Application, Reply, ReplyBody, Visitor, handlers};
use session_pavex::Session;

/// The application that a test passes in. Its type belongs to another crate, and Pavex needs an annotation.
#[pavex::prebuilt(clone_if_necessary)]
#[derive(Clone)]
pub struct Cases(pub Application);

#[pavex::singleton(id = "CASES_SESSION_MANAGER")]
pub fn session_manager(cases: &Cases) -> SessionManager {
    cases.0.manager.clone()
}

#[pavex::get(path = "/untouched", id = "CASES_UNTOUCHED")]
pub fn untouched() -> Response {
    response(handlers::untouched())
}

#[pavex::get(path = "/unused", id = "CASES_UNUSED")]
pub fn unused(session: Session<'_>) -> Response {
    response(handlers::unused(session))
}

#[pavex::get(path = "/user", id = "CASES_USER")]
pub async fn user(visitor: ReadOnly<Visitor>) -> Result<Response, Error> {
    handlers::user(visitor).await.map(response)
}

#[pavex::get(path = "/cart", id = "CASES_CART")]
pub async fn cart(visitor: ReadOnly<Visitor>) -> Result<Response, Error> {
    handlers::cart(visitor).await.map(response)
}

#[PathParams]
pub struct ItemPath {
    pub item: String,
}

#[pavex::post(path = "/cart/{item}", id = "CASES_ADD_TO_CART")]
pub async fn add_to_cart(path: PathParams<ItemPath>, visitor: Typed<Visitor>) -> Result<Response, Error> {
    handlers::add_to_cart(visitor, &path.0.item).await.map(response)
}

#[pavex::post(path = "/slow-cart/{item}", id = "CASES_SLOW_ADD_TO_CART")]
pub async fn slow_add_to_cart(
    path: PathParams<ItemPath>,
    visitor: Typed<Visitor>,
    cases: &Cases,
) -> Result<Response, Error> {
    handlers::slow_add_to_cart(visitor, &path.0.item, &cases.0.controls).await.map(response)
}

#[pavex::post(path = "/sign-up", id = "CASES_SIGN_UP")]
pub fn sign_up(visitor: Typed<Visitor>) -> Result<Response, Error> {
    handlers::sign_up(visitor).map(response)
}

#[PathParams]
pub struct UserPath {
    pub user: String,
}

#[pavex::post(path = "/login/{user}", id = "CASES_LOG_IN")]
pub async fn log_in(path: PathParams<UserPath>, visitor: Typed<Visitor>) -> Result<Response, Error> {
    handlers::log_in(visitor, &path.0.user).await.map(response)
}

#[pavex::post(path = "/logout", id = "CASES_LOG_OUT")]
pub fn log_out(session: Session<'_>) -> Response {
    response(handlers::log_out(session))
}

#[pavex::get(path = "/theme", id = "CASES_THEME")]
pub fn theme(visitor: &ReadOnly<Visitor>) -> Result<Response, Error> {
    handlers::theme(visitor).map(response)
}

#[PathParams]
pub struct ThemePath {
    pub theme: String,
}

#[pavex::post(path = "/theme/{theme}", id = "CASES_SET_THEME")]
pub fn set_theme(path: PathParams<ThemePath>, visitor: Typed<Visitor>) -> Result<Response, Error> {
    handlers::set_theme(visitor, &path.0.theme).map(response)
}

#[pavex::post(path = "/fail", id = "CASES_FAIL")]
pub async fn fail(session: Session<'_>) -> Result<Response, Error> {
    handlers::fail(session).await.map(response)
}

#[pavex::post(path = "/reject", id = "CASES_REJECT")]
pub async fn reject(session: Session<'_>) -> Result<Response, Error> {
    handlers::reject(session).await.map(response)
}

#[pavex::post(path = "/fail-after-logout", id = "CASES_FAIL_AFTER_LOGOUT")]
pub fn fail_after_logout(session: Session<'_>) -> Response {
    response(handlers::fail_after_logout(session))
}

#[pavex::post(path = "/misread", id = "CASES_MISREAD")]
pub async fn misread(session: Session<'_>) -> Result<Response, Error> {
    handlers::misread(session).await.map(response)
}

#[pavex::post(path = "/slow-write", id = "CASES_SLOW_WRITE")]
pub async fn slow_write(session: Session<'_>, cases: &Cases) -> Result<Response, Error> {
    handlers::slow_write(session, &cases.0.controls).await.map(response)
}

#[pavex::post(path = "/detached-task", id = "CASES_DETACHED_TASK")]
pub fn detached_task(session: Session<'_>, cases: &Cases) -> Response {
    response(handlers::detached_task(session, cases.0.controls.clone()))
}

#[pavex::post(path = "/awaited-task", id = "CASES_AWAITED_TASK")]
pub async fn awaited_task(session: Session<'_>) -> Result<Response, Error> {
    handlers::awaited_task(session).await.map(response)
}

#[PathParams]
pub struct ControlPath {
    pub command: String,
}

#[pavex::post(path = "/control/{command}", id = "CASES_CONTROL")]
pub async fn control(path: PathParams<ControlPath>, cases: &Cases) -> Response {
    response(cases.0.controls.run(&path.0.command).await.into())
}

fn response(reply: Reply) -> Response {
    let ReplyBody::Text(body) = reply.body else { panic!("no case streams its body") };
    let status = StatusCode::from_u16(reply.status.as_u16()).expect("a status of http is one of Pavex");
    let mut response = Response::new(status).set_typed_body(body);
    for (name, value) in &reply.headers {
        response = response.append_header(name.clone(), value.clone());
    }
    response
}
