//! The session error that a handler returned, on its way from the response to the layer.

use std::sync::Arc;

use http::Extensions;

use crate::error::Error;

/// The response extension that passes a session error of a handler to the layer.
#[derive(Clone)]
pub(crate) struct HandlerError(Arc<Error>);

impl HandlerError {
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "plain tower services return responses, not errors"))]
    pub(crate) fn new(error: Error) -> Self {
        Self(Arc::new(error))
    }

    #[inline]
    pub(super) fn is_in(response: &Extensions) -> bool {
        response.get::<Self>().is_some()
    }

    /// Returns the error, unless a middleware keeps a copy of the response's extensions.
    pub(super) fn into_error(self) -> Option<Error> {
        Arc::into_inner(self.0)
    }
}
