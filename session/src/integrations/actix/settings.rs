//! The settings of the middleware, and the rule for failed responses.

use std::fmt;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderValue};

use crate::integrations::failure::Failure;
use crate::integrations::handler_error::HandlerError;
use crate::request::response::failure_rule::{GRPC_STATUS, is_failed_response};
use crate::session::manager::session_manager::SessionManager;

type OnError = dyn Fn(Failure<HttpResponse>) -> HttpResponse + Send + Sync;
type FailureRule = dyn Fn(StatusCode, &HeaderMap) -> bool + Send + Sync;

/// The settings of a [`SessionMiddleware`](super::SessionMiddleware).
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) manager: SessionManager,
    pub(super) verifies: bool,
    /// Creates the response to a failed session operation.
    pub(super) on_error: Option<Arc<OnError>>,
    /// Replaces [`is_failure`].
    pub(super) fails_if: Option<Arc<FailureRule>>,
}

impl Settings {
    pub(super) fn new(manager: SessionManager) -> Self {
        Self { manager, verifies: false, on_error: None, fails_if: None }
    }

    /// Returns the response to a failed session operation.
    ///
    /// `on_error` may return the response of an [`Error`](crate::error::Error). Without the removal, it would be an error of
    /// the handler for a middleware outside with another manager.
    pub(super) fn respond(&self, failure: Failure<HttpResponse>) -> HttpResponse {
        let Some(on_error) = &self.on_error else { return failure.default_response() };
        let mut response = on_error(failure);
        response.extensions_mut().remove::<HandlerError>();
        response
    }

    /// Returns true if only a deletion may be committed after this response.
    pub(super) fn is_failed<B>(&self, response: &HttpResponse<B>) -> bool {
        let (status, headers) = (response.status(), response.headers());
        self.fails_if.as_ref().map_or_else(|| is_failure(status, headers), |fails| fails(status, headers))
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { manager, verifies, on_error: _, fails_if: _ } = self;
        f.debug_struct("Settings").field("manager", manager).field("verifies", verifies).finish_non_exhaustive()
    }
}

/// Returns true if a response shows that its request failed: a server error (5xx), a timeout (408), or a gRPC call that
/// failed in the same way.
///
/// gRPC responds with status 200, and with the outcome in the `grpc-status` header. The codes 1, 2, 4, 12, 13, 14 and 15 are
/// failures (cancelled, unknown, deadline exceeded, unimplemented, internal, unavailable, data loss). The other codes
/// correspond to 4xx, for example 16, unauthenticated.
///
/// This is the default rule of the middleware. [`fails_if`](super::SessionMiddleware::fails_if) can combine it with other
/// conditions.
pub fn is_failure(status: StatusCode, headers: &HeaderMap) -> bool {
    is_failed_response(status.as_u16(), headers.get(GRPC_STATUS).map(HeaderValue::as_bytes))
}
