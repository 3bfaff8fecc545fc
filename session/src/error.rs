//! The error type of the library, its kinds, and the texts of errors that several operations return.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

/// An error returned by a store. It must not contain tokens or stored values.
pub type StoreError = Box<dyn StdError + Send + Sync>;

/// An error of a session operation. Its [`kind`](Self::kind) states the category.
///
/// Its message, its `Debug` output and its [`source`](StdError::source) never contain a token, a cookie or a stored value.
/// Messages of serde are omitted, because they quote the value.
#[derive(Clone)]
pub struct Error(Arc<Repr>);

struct Repr {
    kind: ErrorKind,
    message: Cow<'static, str>,
    source: Option<StoreError>,
}

/// Categories of [`Error`] to match on.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The session ended (logout, expiry, revocation) during this request. Nothing was stored; the user is logged out.
    Ended,
    /// The session is live, but another request rotated its token. Nothing was stored; the request can be repeated with the
    /// new cookie or token.
    ///
    /// A client that did not receive the new token, for example because the connection broke during the login, gets this
    /// error for [`rotation_grace`](crate::SessionConfig::rotation_grace) at each write. Show a page with links to try again
    /// and to log in. An automatic redirect to a page that writes would be a loop.
    Replaced,
    /// Other requests changed the session at each attempt. Nothing was stored; the request can be repeated.
    Conflict,
    /// The store could not be reached, or did not reply.
    Store,
    /// A key or a cookie exceeds its limit. Nothing was stored.
    TooLarge,
    /// A value cannot be encoded as JSON or is refused by the `check` of its field, a stored value is not of the requested
    /// type, or a cursor is invalid.
    Value,
    /// The response was already finalized. For code that runs later, for example a WebSocket or a streamed body, use
    /// [`Session::detached`](crate::Session::detached).
    Finalized,
    /// The handler uses a session, but no layer provides one.
    MissingLayer,
    /// A detached session and one opened by its id have no browser: no client state, no rotation, no `log_in`, no `restart`. A
    /// request with the header [transport](crate::Transport) has no client state.
    NoBrowser,
    /// A setting is invalid, for example a key that is too short, or a cookie name that browsers reject.
    Config,
}

impl ErrorKind {
    /// Returns the HTTP status for this kind.
    ///
    /// | kind | status |
    /// | --- | --- |
    /// | `Ended`, `Replaced`, `Conflict` | 409 Conflict |
    /// | `Store` | 503 Service Unavailable |
    /// | `TooLarge`, `Value`, `Finalized`, `MissingLayer`, `NoBrowser`, `Config` | 500 Internal Server Error |
    pub fn status(self) -> http::StatusCode {
        match self {
            Self::Ended | Self::Replaced | Self::Conflict => http::StatusCode::CONFLICT,
            Self::Store => http::StatusCode::SERVICE_UNAVAILABLE,
            _ => http::StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns the name for metrics.
    #[cfg(feature = "metrics")]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Replaced => "replaced",
            Self::Conflict => "conflict",
            Self::Store => "store",
            Self::TooLarge => "too_large",
            Self::Value => "value",
            Self::Finalized => "finalized",
            Self::MissingLayer => "missing_layer",
            Self::NoBrowser => "no_browser",
            Self::Config => "config",
        }
    }
}

impl Error {
    /// Returns the category.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self(Arc::new(Repr { kind, message, source: None }))
    }

    pub(crate) fn store(operation: &'static str, source: StoreError) -> Self {
        let message = format!("failed to {operation}").into();
        Self(Arc::new(Repr { kind: ErrorKind::Store, message, source: Some(source) }))
    }

    pub(crate) fn config(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    pub(crate) fn refused(kind: ErrorKind) -> Self {
        Self::new(
            kind,
            match kind {
                ErrorKind::Ended => {
                    "the session ended during this request and nothing was stored: treat the user as logged out, for \
                     example redirect to the login page"
                }
                ErrorKind::Replaced => {
                    "another request rotated the token of this session and nothing was stored: let the client repeat \
                     the request with its new cookie or token; a client that did not receive it must log in again"
                }
                ErrorKind::Finalized => {
                    "the response was already finalized: write to the session before the handler returns, or later, as in a \
                     WebSocket, open it with `SessionManager::by_id`"
                }
                _ => "the session refused the change; nothing was stored",
            },
        )
    }

    /// Logs a failed operation of a request: a server error as ERROR, another one as WARN.
    pub(crate) fn log(&self) {
        if self.kind().status().is_server_error() {
            tracing::error!(error = %self, kind = ?self.kind(), cause = self.cause(), "session operation failed");
        } else {
            tracing::warn!(error = %self, kind = ?self.kind(), cause = self.cause(), "session operation failed");
        }
    }

    /// Returns the store's error as a field for logs.
    pub(crate) fn cause(&self) -> Option<tracing::field::DisplayValue<&(dyn StdError + 'static)>> {
        self.source().map(tracing::field::display)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("kind", &self.0.kind).field("message", &self.0.message);
        if let Some(source) = &self.0.source {
            debug.field("source", &format_args!("{source}"));
        }
        debug.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
