//! The end of a request in every integration: the rule for failed requests, the commit, and the log of failures.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, Response, StatusCode};

use crate::error::Error;
use crate::request::response::SetCookies;
use crate::request::session_inner::SessionInner;

static GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// Returns true if a response shows that its request failed: a server error (5xx), a timeout (408), or a gRPC call that
/// failed in the same way.
///
/// gRPC responds with status 200, and with the outcome in the `grpc-status` header. The codes 1, 2, 4, 12, 13, 14 and 15 are
/// failures (cancelled, unknown, deadline exceeded, unimplemented, internal, unavailable, data loss). The other codes
/// correspond to 4xx, for example 16, unauthenticated.
///
/// This is the default rule of the session layers. `SessionLayer::fails_if` can combine it with other conditions.
pub fn is_failure(status: StatusCode, headers: &HeaderMap) -> bool {
    is_failed_status(status.as_u16())
        || headers.get(&GRPC_STATUS).is_some_and(|code| is_failed_grpc_status(code.as_bytes()))
}

/// Returns true for 5xx and 408. A handler that timed out was stopped in the middle of its work.
fn is_failed_status(status: u16) -> bool {
    matches!(status, 408 | 500..600)
}

/// Returns true if a value of the `grpc-status` header stands for a 5xx or for 408.
fn is_failed_grpc_status(code: &[u8]) -> bool {
    matches!(code, b"1" | b"2" | b"4" | b"12" | b"13" | b"14" | b"15")
}

/// The settings of a layer for the end of a request.
#[derive(Clone)]
pub(super) struct EndSettings<E> {
    /// Creates the response to a failed session operation.
    pub(super) on_error: E,
    /// Replaces [`is_failure`].
    pub(super) fails_if: Option<Arc<FailureRule>>,
}

pub(super) type FailureRule = dyn Fn(StatusCode, &HeaderMap) -> bool + Send + Sync;

impl<E> EndSettings<E> {
    /// Returns true if only a deletion may be committed after this response or error of the service.
    pub(super) fn is_failed<B, X>(&self, result: &Result<Response<B>, X>) -> bool {
        let Ok(response) = result else { return true };
        let (status, headers) = (response.status(), response.headers());
        self.fails_if.as_ref().map_or_else(|| is_failure(status, headers), |fails| fails(status, headers))
    }
}

/// Commits the session, or only a deletion if the request failed. Returns the cookies, and the error of a failed commit.
///
/// All errors are logged. An error after a failed request is not returned: the response already reports a failure.
pub(super) async fn end_request(session: &SessionInner, is_failed: bool) -> (SetCookies, Option<Error>) {
    let (cookies, result) = if is_failed { session.abandon().await } else { session.finalize_now().await };
    let error = result.err();
    if let Some(error) = &error {
        log(error);
    }
    (cookies, error.filter(|_| !is_failed))
}

pub(super) fn log(error: &Error) {
    if error.kind().status().is_server_error() {
        tracing::error!(%error, kind = ?error.kind(), cause = error.cause(), "session operation failed");
    } else {
        tracing::warn!(%error, kind = ?error.kind(), cause = error.cause(), "session operation failed");
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn server_errors_and_timeouts_are_failures() {
        let failures: Vec<u16> = (100..1000)
            .filter(|&status| is_failure(StatusCode::from_u16(status).unwrap(), &HeaderMap::new()))
            .collect();
        let expected: Vec<u16> = std::iter::once(408).chain(500..600).collect();
        assert_eq!(failures, expected);
    }

    #[test]
    fn failed_grpc_calls_are_failures() {
        let is_failed = |code: &str| {
            let headers =
                HeaderMap::from_iter([("grpc-status".parse().unwrap(), HeaderValue::from_str(code).unwrap())]);
            is_failure(StatusCode::OK, &headers)
        };
        let failures: Vec<u8> = (0..=20).filter(|code| is_failed(&code.to_string())).collect();
        assert_eq!(failures, [1, 2, 4, 12, 13, 14, 15]);
        assert!(!is_failed("") && !is_failed("internal"));
    }
}
