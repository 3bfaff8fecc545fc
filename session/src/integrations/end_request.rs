//! The end of a request in every integration: the error of a handler, then the rule for failed requests, then the commit.

#[cfg(feature = "tower")]
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::error::Error;
use crate::integrations::failure::Failure;
#[cfg(feature = "tower")]
use crate::request::response::failure_rule::{GRPC_STATUS, is_failed_response};
use crate::request::response::headers::ResponseHeaders;
use crate::session::request_session::RequestSession;

/// Returns true if a response shows that its request failed: a server error (5xx), a timeout (408), or a gRPC call that
/// failed in the same way.
///
/// gRPC responds with status 200, and with the outcome in the `grpc-status` header. The codes 1, 2, 4, 12, 13, 14 and 15 are
/// failures (cancelled, unknown, deadline exceeded, unimplemented, internal, unavailable, data loss). The other codes
/// correspond to 4xx, for example 16, unauthenticated.
///
/// This is the default rule of the session layers. `SessionLayer::fails_if` can combine it with other conditions.
#[cfg(feature = "tower")]
pub fn is_failure(status: StatusCode, headers: &HeaderMap) -> bool {
    is_failed_response(status.as_u16(), headers.get(GRPC_STATUS).map(HeaderValue::as_bytes))
}

/// Ends a request that has a response. Returns the response to send, and the headers for it.
///
/// `session` is `None` if the request did not use its session. `handler_error` is the session error that the handler returned.
/// `is_failed` is true if the response shows a failure.
pub(super) async fn end_request<R>(
    session: Option<RequestSession>,
    response: R,
    handler_error: Option<Error>,
    is_failed: bool,
    on_error: impl FnOnce(Failure<R>) -> R,
) -> (R, ResponseHeaders) {
    let (headers, commit_error) = match session {
        Some(session) => session.end_as(is_failed, handler_error.as_ref()).await.into_parts(),
        None => (ResponseHeaders::default(), None),
    };
    let response = match (handler_error, commit_error) {
        (Some(error), _) => on_error(Failure::in_handler(error, response)),
        (None, Some(error)) => on_error(Failure::in_commit(error, response)),
        (None, None) => response,
    };
    (response, headers)
}
