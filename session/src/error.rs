//! One error for the whole crate: opaque, one word wide, with a [`kind`](Error::kind) to decide by.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

/// What went wrong in a store, in the store's own words. It must not quote tokens or stored values.
pub type StoreError = Box<dyn StdError + Send + Sync>;

/// What went wrong, in words fit for a log.
///
/// No message, no `Debug` output and no [`source`](StdError::source) of it holds a token, a cookie or a stored value:
/// serde quotes the values it fails on, so its messages are never passed on.
pub struct Error(Box<Repr>);

struct Repr {
    kind: ErrorKind,
    message: Cow<'static, str>,
    source: Option<StoreError>,
}

/// The kinds of [`Error`], as far as a program decides by them.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The session ended (signed out, expired, revoked) while this request was using it. Nothing was stored.
    Ended,
    /// The session lives, but its token was replaced by another request. Nothing was stored.
    Replaced,
    /// Other requests kept changing the session first. Nothing was stored; the request may be repeated.
    Conflict,
    /// The store could not be asked, or did not answer.
    Store,
    /// A key or a cookie is larger than its limit. Nothing was stored.
    TooLarge,
    /// A value could not be written as JSON, or the stored JSON is not of the type asked for.
    Value,
    /// The answer has been given: this request's session takes no more writes.
    Finalized,
    /// The handler asks for a session, but no layer provides one.
    MissingLayer,
    /// A session opened by its id was asked for what needs a browser: client state, a new token, another session.
    NoBrowser,
    /// A setting does not fit: a key that is too short, a cookie name that browsers refuse.
    Config,
}

impl ErrorKind {
    /// The HTTP status that fits this kind: 409 for a lost race, 503 for the store, 500 for the rest.
    pub fn status(self) -> http::StatusCode {
        match self {
            Self::Ended | Self::Replaced | Self::Conflict => http::StatusCode::CONFLICT,
            Self::Store => http::StatusCode::SERVICE_UNAVAILABLE,
            _ => http::StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl Error {
    /// What to decide by.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self(Box::new(Repr { kind, message, source: None }))
    }

    pub(crate) fn store(doing: &'static str, source: StoreError) -> Self {
        let message = format!("the session store failed to {doing}").into();
        Self(Box::new(Repr { kind: ErrorKind::Store, message, source: Some(source) }))
    }

    pub(crate) fn config(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    pub(crate) fn refused(kind: ErrorKind) -> Self {
        Self::new(
            kind,
            match kind {
                ErrorKind::Ended => "the session ended while this request was using it; nothing was stored",
                ErrorKind::Replaced => {
                    "this request's token was replaced by another request of the same session; nothing was stored"
                }
                ErrorKind::Finalized => {
                    "the answer has been given: a session takes no more writes after `finalize` or `abandon`"
                }
                _ => "the session refused the request; nothing was stored",
            },
        )
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
