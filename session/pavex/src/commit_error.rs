//! The error of a commit that failed after the handler has responded, and the response to it.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use pavex::{Response, error_handler};
use session::EndedRequest;

use crate::session_error::empty_response;

/// The error of [`finalize_session`](crate::finalize_session()): the commit failed after the handler has responded.
///
/// The pending changes of the request were not stored, or their outcome is unknown after a lost connection. The cause is
/// logged.
pub struct CommitError {
    error: session::Error,
    /// Behind a lock because error handlers get a shared reference.
    ended: Mutex<Option<EndedRequest>>,
    unsaved_response: Mutex<Option<Response>>,
}

impl CommitError {
    pub(crate) fn new(error: session::Error, ended: EndedRequest, unsaved_response: Response) -> Self {
        Self { error, ended: Mutex::new(Some(ended)), unsaved_response: Mutex::new(Some(unsaved_response)) }
    }

    /// Returns the error of the commit.
    pub fn error(&self) -> &session::Error {
        &self.error
    }

    /// Returns the response of the handler, on the first call. It may state that data was saved.
    ///
    /// An error handler can send it if it is true without the changes of the request.
    pub fn take_unsaved_response(&self) -> Option<Response> {
        self.unsaved_response.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Adds the cookies of the request's earlier commits to a response, on the first call.
    ///
    /// `update` and `sync` commit before the end of the request. Without these cookies, the browser loses a session that
    /// they created, and keeps a token that they rotated.
    #[must_use]
    pub fn add_cookies(&self, mut response: Response) -> Response {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(ended) = ended {
            ended.apply_to(response.headers_mut());
        }
        response
    }

    /// Returns the default response: the [status](session::Error::status) of the error, an empty body, and
    /// the cookies of earlier commits.
    pub fn default_response(&self) -> Response {
        self.add_cookies(empty_response(&self.error))
    }
}

impl Drop for CommitError {
    fn drop(&mut self) {
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if ended.is_some_and(|ended| !ended.is_empty()) {
            tracing::warn!("cookies discarded: the error handler of `CommitError` did not call `add_cookies`");
        }
    }
}

/// The message of the session error.
impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

/// Omits the response, whose headers can contain secrets of the application.
impl fmt::Debug for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommitError").field("error", &self.error).finish_non_exhaustive()
    }
}

impl StdError for CommitError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}

/// Responds to a failed commit with [`CommitError::default_response`].
///
/// # A custom response
///
/// Write an error handler of the same type, and import it after this crate. It must add the cookies of earlier commits:
///
/// ```
/// use pavex::{Response, error_handler};
/// use session_pavex::CommitError;
///
/// #[error_handler]
/// pub fn commit_failure(error: &CommitError) -> Response {
///     let response = Response::service_unavailable().set_typed_body("Please try again in a minute.");
///     error.add_cookies(response)
/// }
/// # fn main() {}
/// ```
///
/// To keep the page of the handler if it is true without the changes of the request, mark it with a header:
///
/// ```
/// use pavex::{Response, error_handler};
/// use session_pavex::CommitError;
///
/// #[error_handler]
/// pub fn commit_failure(error: &CommitError) -> Response {
///     match error.take_unsaved_response() {
///         Some(page) if page.headers().contains_key("x-optional-commit") => error.add_cookies(page),
///         _ => error.default_response(),
///     }
/// }
/// # fn main() {}
/// ```
#[error_handler]
pub fn commit_error(error: &CommitError) -> Response {
    error.default_response()
}
