//! The session error that a handler returned, on its way from the response to the layer.

use crate::error::Error;

/// The response extension that passes a session error of a handler to the layer.
#[derive(Clone)]
pub(in crate::integrations) struct HandlerError(pub(in crate::integrations) Error);
