//! The session error that a handler returned, on its way from the response to the layer or middleware.

use crate::error::Error;

/// The response extension that passes a session error of a handler to the layer or middleware.
#[derive(Clone)]
pub(super) struct HandlerError(pub(super) Error);
