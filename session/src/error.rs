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
    /// Set if the client of the request can cause the error.
    fault: Option<ClientFault>,
}

/// An error that depends on the input of a client.
pub(crate) enum ClientFault {
    /// The application's `check` refused a value, with this message.
    Refusal(String),
    /// A key is longer than the limit.
    LongKey,
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
    /// A value cannot be encoded as JSON or is refused by the `check` of its field ([`Error::refusal`]), a stored value is not
    /// of the requested type, or a cursor is invalid.
    Value,
    /// The response was already finalized: the layer has stored the changes and set the cookies. For code that runs later, for
    /// example a WebSocket or a streamed body, use [`Session::detached`](crate::Session::detached).
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
    /// Returns the HTTP status for this kind. [`Error::status`] returns the one of an error: it also knows whether the client
    /// caused it.
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

    /// Returns the HTTP status for a response to this error.
    ///
    /// It is the [status of the kind](ErrorKind::status), except for two errors that a client can cause:
    ///
    /// - 422 Unprocessable Entity, if the `check` of a field refused the value. [`refusal`](Self::refusal) has the message.
    /// - 400 Bad Request, if a key is too long. The keys in a program are short, so the part of such a key is input, for
    ///   example a segment of the path.
    ///
    /// These two are logged at DEBUG, because they are no fault of the server.
    pub fn status(&self) -> http::StatusCode {
        match self.0.fault {
            Some(ClientFault::Refusal(_)) => http::StatusCode::UNPROCESSABLE_ENTITY,
            Some(ClientFault::LongKey) => http::StatusCode::BAD_REQUEST,
            None => self.kind().status(),
        }
    }

    /// Returns the message of the application's `check`, if it refused the value. A form can show it to the user.
    ///
    /// An error of kind [`Value`](ErrorKind::Value) without a refusal is a fault of the server, for example a stored value of
    /// another type.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, store::MemoryStore};
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// #[derive(SessionSchema)]
    /// struct Checkout {
    ///     #[session(check = "is_post_code")]
    ///     post_code: String,
    /// }
    ///
    /// fn is_post_code(code: &str) -> Result<(), &'static str> {
    ///     if code.len() == 5 { Ok(()) } else { Err("a post code has 5 digits") }
    /// }
    ///
    /// let error = session.typed_mut::<Checkout>().set_post_code("1234".to_owned()).unwrap_err();
    /// assert_eq!(error.refusal(), Some("a post code has 5 digits"));
    /// assert_eq!(error.status(), 422);
    /// ```
    pub fn refusal(&self) -> Option<&str> {
        match &self.0.fault {
            Some(ClientFault::Refusal(message)) => Some(message),
            _ => None,
        }
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Arc::new(Repr { kind, message: message.into(), source: None, fault: None }))
    }

    pub(crate) fn by_client(kind: ErrorKind, message: String, fault: ClientFault) -> Self {
        Self(Arc::new(Repr { kind, message: message.into(), source: None, fault: Some(fault) }))
    }

    pub(crate) fn store(operation: &'static str, source: StoreError) -> Self {
        let message = format!("failed to {operation}").into();
        Self(Arc::new(Repr { kind: ErrorKind::Store, message, source: Some(source), fault: None }))
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
                    "the response was already finalized: write to the session before the handler returns; in a task or a \
                     socket, use `Session::detached`"
                }
                _ => "the session refused the change; nothing was stored",
            },
        )
    }

    /// Logs a failed operation of a request: a server error as ERROR, one that the client caused as DEBUG, another one as WARN.
    pub(crate) fn log(&self) {
        if self.0.fault.is_some() {
            tracing::debug!(error = %self, kind = ?self.kind(), "session operation refused");
        } else if self.status().is_server_error() {
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
