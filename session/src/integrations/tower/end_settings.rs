//! The settings of a layer for the end of a request: the response to an error, and the rule for failed responses.

use std::sync::Arc;

use http::{HeaderMap, Response, StatusCode};

use crate::integrations::end_request::is_failure;

/// The settings of a layer for the end of a request.
#[derive(Clone)]
pub(super) struct EndSettings<E> {
    /// Creates the response to a failed session operation.
    pub(super) on_error: E,
    /// Replaces [`is_failure`].
    pub(super) fails_if: Option<Arc<FailureRule>>,
}

type FailureRule = dyn Fn(StatusCode, &HeaderMap) -> bool + Send + Sync;

impl<E> EndSettings<E> {
    /// Returns true if only a deletion may be committed after this response.
    pub(super) fn is_failed<B>(&self, response: &Response<B>) -> bool {
        let (status, headers) = (response.status(), response.headers());
        self.fails_if.as_ref().map_or_else(|| is_failure(status, headers), |fails| fails(status, headers))
    }
}
