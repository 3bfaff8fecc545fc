//! The response to a session error of a handler or a middleware.

use pavex::http::StatusCode;
use pavex::{Response, error_handler};
use session::RequestSession;

/// Responds to a session error with the its [status](session::Error::status) and an empty body.
///
/// The error is logged, and the request fails: only a deletion is committed.
///
/// # A custom response
///
/// Write an error handler that calls this function, and import it after this crate:
///
/// ```
/// use pavex::{Response, error_handler};
/// use session::RequestSession;
///
/// #[error_handler]
/// pub async fn session_failure(#[px(error_ref)] error: &session::Error, request: &RequestSession) -> Response {
///     let response = session_pavex::session_error(error, request).await;
///     response.set_typed_body("Please try again.")
/// }
/// # fn main() {}
/// ```
///
/// Without this call, pending changes are committed unless the status is 5xx or 408, and only an unreachable store is logged.
///
/// # An error type of the application
///
/// Pavex calls the error handler of the type that a component returns. If that type contains a session error, its error
/// handler calls this function:
///
/// ```
/// use pavex::{Response, error_handler};
/// use session::RequestSession;
///
/// #[derive(Debug)]
/// pub enum AppError {
///     Session(session::Error),
///     NotFound,
/// }
///
/// #[error_handler]
/// pub async fn app_error(#[px(error_ref)] error: &AppError, request: &RequestSession) -> Response {
///     match error {
///         AppError::Session(error) => session_pavex::session_error(error, request).await,
///         AppError::NotFound => Response::not_found(),
///     }
/// }
/// # fn main() {}
/// ```
#[error_handler]
pub async fn session_error(#[px(error_ref)] error: &session::Error, request: &RequestSession) -> Response {
    let ended = request.clone().fail(error).await;
    let mut response = empty_response(error);
    ended.apply_to(response.headers_mut());
    response
}

/// The status of the error's kind, and an empty body.
pub(crate) fn empty_response(error: &session::Error) -> Response {
    Response::new(StatusCode::from_u16(error.status().as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
}
