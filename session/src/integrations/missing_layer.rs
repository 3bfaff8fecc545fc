//! The error of a request without a session layer or middleware.

use crate::error::{Error, ErrorKind};

/// Returns the error of a request that passed no session layer. `advice` states how to add one in this framework.
pub(super) fn missing_layer(advice: &'static str) -> Error {
    Error::new(ErrorKind::MissingLayer, format!("no session layer for this request: {advice}"))
}
