//! A route whose session is loaded before the handler.

use pavex::Response;
use session::ReadOnly;

use crate::shop::Visitor;

/// Reads client state only.
#[pavex::get(path = "/verified/dark", id = "VERIFIED_DARK")]
pub async fn dark(visitor: &ReadOnly<Visitor>) -> Result<Response, session::Error> {
    Ok(Response::ok().set_typed_body(visitor.dark()?.to_string()))
}
