//! The middleware that ends a request, and the middleware that loads the session before the handler.

use pavex::middleware::Processing;
use pavex::{Response, post_process, pre_process};
use session::RequestSession;

use crate::commit_error::CommitError;

/// Commits the session after the handler, and appends the cookies to the response.
///
/// Costs at most one commit, and nothing if the request did not change its session. A response that sets a cookie has
/// `Cache-Control: no-store`, without `Surrogate-Control` and `CDN-Cache-Control`.
///
/// If the request failed, only a deletion is committed ([`session::Session::abandon`]). A request fails if its response is
/// 5xx or 408, or if a component returned a [`session::Error`].
///
/// # Errors
///
/// [`CommitError`]: the commit failed, and the handler's response may state that data was saved. [`commit_error`] replaces
/// that response.
///
/// [`commit_error`]: crate::commit_error()
#[post_process]
pub async fn finalize_session(mut response: Response, request: &RequestSession) -> Result<Response, CommitError> {
    let headers = response.headers();
    let header = |name: &str| headers.get(name).map(pavex::http::HeaderValue::as_bytes);
    let ended = request.clone().end(response.status().as_u16(), header).await;
    if let Some(error) = ended.error().cloned() {
        return Err(CommitError::new(error, ended, response));
    }
    ended.apply_to(response.headers_mut());
    Ok(response)
}

/// Loads the session before the handler, so that client state replayed after a logout is ignored.
///
/// Optional: `bp.pre_process(VERIFY_SESSION)`. Without it, client state of a record is trusted until the request finds the
/// record ended. Costs one load for each request with a session cookie. The request needs no second load.
///
/// # Errors
///
/// - [`Store`](session::ErrorKind::Store): the store could not be reached. The handler does not run.
#[pre_process]
pub async fn verify_session(request: &RequestSession) -> Result<Processing, session::Error> {
    request.verify().await?;
    Ok(Processing::Continue)
}
