//! Routes with the application's own responses to session errors.

use pavex::Response;
use session::{RequestSession, Typed};
use session_pavex::{CommitError, Session};

use crate::shop::Visitor;

/// Keeps the response of the default handler, and adds a body.
#[pavex::error_handler]
pub async fn session_failure(#[px(error_ref)] error: &session::Error, request: &RequestSession) -> Response {
    session_pavex::session_error(error, request).await.set_typed_body("custom session error")
}

/// Keeps the page of a handler that marked it.
#[pavex::error_handler]
pub fn commit_failure(error: &CommitError) -> Response {
    match error.take_unsaved_response() {
        Some(page) if page.headers().contains_key("x-optional-commit") => error.add_cookies(page),
        _ => error.default_response().set_typed_body("custom commit error"),
    }
}

/// Saves a value at the end of the request.
#[pavex::post(path = "/save")]
pub async fn save(session: &mut Session<'_>) -> Result<Response, session::Error> {
    session.insert("saved", true).await?;
    Ok(Response::ok().set_typed_body("saved"))
}

/// Counts a visit. The page is true if the count is not stored.
#[pavex::get(path = "/article")]
pub async fn article(session: &mut Session<'_>) -> Result<Response, session::Error> {
    let visits: u32 = session.get("visits").await?.unwrap_or(0);
    session.insert("visits", visits + 1).await?;
    let page = Response::ok().set_typed_body("the article");
    Ok(page.insert_header("x-optional-commit".parse().expect("a header name"), "1".parse().expect("a header value")))
}

/// Reads a cart that is stored as another type.
#[pavex::post(path = "/invalid-cart")]
pub async fn invalid_cart(session: &mut Session<'_>, visitor: &Typed<Visitor>) -> Result<Response, session::Error> {
    session.insert("cart", "not a list").await?;
    let cart = visitor.cart().await?;
    Ok(Response::ok().set_typed_body(format!("{cart:?}")))
}
