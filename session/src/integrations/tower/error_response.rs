//! The response of a tower service to a session error.

use http::Response;

use crate::error::Error;
use crate::integrations::handler_error::HandlerError;

/// Returns the response to a session error of a handler: the [status](crate::Error::status) of the error and an
/// empty body. Logs the error.
///
/// The layer recognizes the response: it discards the changes of the request, and calls
/// [`on_error`](super::SessionLayer::on_error). A service that returns the error as its own `Err` has no response, so cookies
/// of earlier commits would be lost.
///
/// ```
/// # use session::tower;
/// # async fn count(request: &http::Request<String>) -> Result<u64, session::Error> {
/// #     tower::session(request.extensions())?.update("visits", |visits| *visits.insert(visits.unwrap_or(0) + 1)).await
/// # }
/// async fn visits(request: http::Request<String>) -> Result<http::Response<String>, std::convert::Infallible> {
///     Ok(match count(&request).await {
///         Ok(visits) => http::Response::new(format!("visit number {visits}")),
///         Err(error) => tower::error_response(error),
///     })
/// }
/// ```
pub fn error_response<B: Default>(error: Error) -> Response<B> {
    error.log();
    let mut response = Response::new(B::default());
    *response.status_mut() = error.status();
    response.extensions_mut().insert(HandlerError(error));
    response
}
