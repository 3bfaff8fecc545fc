//! Routes for logged-in users, behind a guard.

use pavex::Response;
use pavex::middleware::Processing;
use session::ReadOnly;

use crate::shop::Visitor;

/// Responds with 401 to visitors who are not logged in.
#[pavex::pre_process]
pub async fn require_login(visitor: &ReadOnly<Visitor>) -> Result<Processing, session::Error> {
    Ok(match visitor.user_id().await? {
        Some(_) => Processing::Continue,
        None => Processing::EarlyReturn(Response::unauthorized()),
    })
}

#[pavex::get(path = "/account")]
pub async fn account(visitor: &ReadOnly<Visitor>) -> Result<Response, session::Error> {
    let (user_id, dark) = (visitor.user_id().await?, visitor.dark()?);
    Ok(Response::ok().set_typed_body(format!("{user_id:?} {dark}")))
}
