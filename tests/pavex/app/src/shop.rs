//! Handlers with a schema, path parameters and failures.

use anyhow::Error;
use pavex::Response;
use pavex::http::header::{CACHE_CONTROL, HeaderName};
use pavex::request::path::PathParams;
use pavex::response::body::Json;
use session::{ReadOnly, SessionSchema, Typed};
use session_pavex::Session;

#[derive(SessionSchema)]
pub struct Visitor {
    #[session(key = "user.id")]
    pub user_id: u64,
    #[session(default)]
    pub cart: Vec<String>,
    #[session(client, default)]
    pub dark: bool,
}

/// Uses no session.
#[pavex::get(path = "/untouched")]
pub async fn untouched() -> Response {
    with_cdn_headers(Response::ok())
}

#[pavex::request::path::PathParams]
pub struct LoginPath {
    pub user_id: u64,
}

/// Logs in, and rotates the token.
#[pavex::post(path = "/login/{user_id}")]
pub async fn log_in(path: PathParams<LoginPath>, visitor: &mut Typed<Visitor>) -> Result<Response, session::Error> {
    visitor.log_in(Visitor::USER_ID, path.0.user_id).await?;
    Ok(with_cdn_headers(Response::ok()))
}

#[pavex::post(path = "/logout")]
pub async fn log_out(session: &mut Session<'_>) -> Response {
    session.invalidate();
    Response::no_content()
}

#[pavex::request::path::PathParams]
pub struct CartPath {
    pub item: String,
}

/// Adds an item to the cart, atomically.
#[pavex::post(path = "/cart/{item}")]
pub async fn add_to_cart(path: PathParams<CartPath>, visitor: &mut Typed<Visitor>) -> Result<Response, session::Error> {
    visitor.update_cart(|cart| cart.push(path.0.item.clone())).await?;
    Ok(Response::ok())
}

#[pavex::get(path = "/cart")]
pub async fn cart(visitor: &ReadOnly<Visitor>) -> Result<Response, Error> {
    Ok(Response::ok().set_typed_body(Json::new(visitor.cart().await?)?))
}

/// Replaces the cart at the end of the request, without a load.
#[pavex::put(path = "/cart/{item}")]
pub async fn replace_cart(
    path: PathParams<CartPath>,
    visitor: &mut Typed<Visitor>,
) -> Result<Response, session::Error> {
    visitor.set_cart(vec![path.0.item])?;
    Ok(Response::ok())
}

/// Writes client state only.
#[pavex::post(path = "/dark")]
pub async fn choose_dark(visitor: &mut Typed<Visitor>) -> Result<Response, session::Error> {
    visitor.set_dark(true)?;
    Ok(Response::ok())
}

/// Reads client state only.
#[pavex::get(path = "/dark")]
pub async fn dark(visitor: &ReadOnly<Visitor>) -> Result<Response, session::Error> {
    Ok(Response::ok().set_typed_body(visitor.dark()?.to_string()))
}

/// Moves its handle into a task.
#[pavex::get(path = "/task")]
pub async fn read_in_task(session: Session<'_>) -> Result<Response, Error> {
    let user_id = tokio::spawn(async move { session.get::<u64>("user.id").await });
    Ok(Response::ok().set_typed_body(Json::new(user_id.await??)?))
}

#[pavex::request::path::PathParams]
pub struct FailurePath {
    pub failure: String,
}

/// Replaces the cart, and fails.
#[pavex::post(path = "/fail/{failure}")]
pub async fn fail(path: PathParams<FailurePath>, visitor: &mut Typed<Visitor>) -> Result<Response, Error> {
    visitor.set_cart(vec!["lost".to_owned()])?;
    match &*path.0.failure {
        "500" => Ok(Response::internal_server_error()),
        "408" => Ok(Response::request_timeout()),
        "422" => Ok(Response::unprocessable_entity()),
        "error" => anyhow::bail!("the handler failed"),
        // The stored value is not a string.
        _ => Err(visitor.get::<String>("user.id").await.expect_err("a number").into()),
    }
}

/// Replaces the cart, and returns a session error.
#[pavex::post(path = "/session-error")]
pub async fn return_session_error(visitor: &mut Typed<Visitor>) -> Result<Response, session::Error> {
    visitor.set_cart(vec!["lost".to_owned()])?;
    let user_id: Option<String> = visitor.get("user.id").await?;
    Ok(Response::ok().set_typed_body(format!("{user_id:?}")))
}

/// Commits twice: the first commit creates the session, the second one is the middleware's.
#[pavex::post(path = "/two-commits")]
pub async fn commit_twice(visitor: &mut Typed<Visitor>) -> Result<Response, session::Error> {
    visitor.update_cart(|cart| cart.push("first".to_owned())).await?;
    visitor.insert("second", true).await?;
    Ok(Response::ok())
}

fn with_cdn_headers(response: Response) -> Response {
    let public = || "public, max-age=60".parse().expect("a header value");
    response
        .insert_header(CACHE_CONTROL, public())
        .insert_header(HeaderName::from_static("surrogate-control"), public())
        .insert_header(HeaderName::from_static("cloudflare-cdn-cache-control"), public())
}
