//! The settings of a session layer.

use http::StatusCode;
use session::{Error, SessionManager};
use session_framework_cases::Reply;

/// A session layer or session middleware, with its settings.
#[derive(Clone)]
pub(crate) struct Layer {
    pub(crate) manager: SessionManager,
    pub(crate) is_verified: bool,
    pub(crate) on_error: Option<fn(&FailedOperation<'_>) -> ErrorResponse>,
    pub(crate) fails_if: Option<FailureRule>,
}

impl Layer {
    pub(crate) fn new(manager: SessionManager) -> Self {
        Self { manager, is_verified: false, on_error: None, fails_if: None }
    }

    pub(crate) fn verified(self) -> Self {
        Self { is_verified: true, ..self }
    }

    pub(crate) fn on_error(self, on_error: fn(&FailedOperation<'_>) -> ErrorResponse) -> Self {
        Self { on_error: Some(on_error), ..self }
    }

    pub(crate) fn fails_if(self, rule: FailureRule) -> Self {
        Self { fails_if: Some(rule), ..self }
    }
}

/// The argument of `on_error`.
pub(crate) struct FailedOperation<'a> {
    pub(crate) error: &'a Error,
    pub(crate) unsaved: Option<UnsavedResponse>,
}

/// The response of a handler before its commit failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnsavedResponse {
    /// It has the header [`OPTIONAL_COMMIT`].
    Marked,
    Unmarked,
}

/// The header of a response that is right even if the session was not stored.
pub(crate) const OPTIONAL_COMMIT: &str = "x-optional-commit";

/// The decision of `on_error`.
pub(crate) enum ErrorResponse {
    Default,
    Custom(Reply),
    /// The unsaved response, or the default response if there is none.
    Keep,
}

/// A rule for failed requests.
#[derive(Clone, Copy)]
pub(crate) enum FailureRule {
    Never,
    Only(StatusCode),
    /// The default rule, and this status.
    DefaultOr(StatusCode),
}
