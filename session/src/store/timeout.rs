//! The timeout of one store operation, and the error of a store that could not be reached.

use std::error::Error as StdError;
use std::fmt;
#[cfg(feature = "_server")]
use std::future::Future;
use std::time::Duration;

use crate::error::StoreError;

/// The timeout of a store by default.
#[cfg(any(feature = "sqlite", feature = "_server"))]
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// Runs an operation, and cancels it at the timeout. The server may still execute a cancelled operation.
#[cfg(feature = "_server")]
pub(super) async fn run<T>(
    timeout: Duration,
    operation: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    flatten(timeout, tokio::time::timeout(timeout, operation).await)
}

/// Converts an elapsed timeout to a store error.
#[cfg(any(feature = "sqlite", feature = "_server"))]
pub(super) fn flatten<T>(
    timeout: Duration,
    result: Result<Result<T, StoreError>, tokio::time::error::Elapsed>,
) -> Result<T, StoreError> {
    result.unwrap_or_else(|_| Err(Unavailable::TimedOut(timeout).into()))
}

/// Like [`flatten`], for an operation that may not have had a connection when its timeout elapsed.
#[cfg(feature = "_server")]
pub(super) fn flatten_connecting<T>(
    timeout: Duration,
    is_connected: bool,
    result: Result<Result<T, StoreError>, tokio::time::error::Elapsed>,
) -> Result<T, StoreError> {
    match result {
        Err(_) if !is_connected => {
            let message = format!("no connection became free or could be opened within {timeout:?}");
            Err(Unavailable::not_sent(message).into())
        }
        result => flatten(timeout, result),
    }
}

/// Converts the error of a later step of an operation: an earlier step was executed, so the outcome is unknown.
#[cfg(feature = "redis")]
pub(super) fn unknown_outcome(error: StoreError) -> StoreError {
    match error.downcast::<Unavailable>().map(|unavailable| *unavailable) {
        Ok(Unavailable::NotSent(source)) => source,
        Ok(timed_out @ Unavailable::TimedOut(_)) => timed_out.into(),
        Err(error) => error,
    }
}

/// The error of a store that could not be reached. Return it as the [`StoreError`] of an operation.
///
/// After this error, the runtime does not call the store again in the same request. After any other error of a write, the
/// outcome is unknown, and the store is available.
///
/// ```
/// use session::store::{StoreError, Unavailable};
///
/// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
/// let error: StoreError = Unavailable::not_sent(refused).into();
/// assert_eq!(error.to_string(), "connection refused");
/// ```
#[non_exhaustive]
#[derive(Debug)]
pub enum Unavailable {
    /// The operation was certainly not executed, and nothing is stored.
    ///
    /// For example, the server refused the connection, or no connection became free in time.
    NotSent(StoreError),
    /// The operation was sent, and no reply arrived within this time. The outcome is unknown.
    TimedOut(Duration),
}

impl Unavailable {
    /// Creates the error of an operation that was not sent.
    pub fn not_sent(source: impl Into<StoreError>) -> Self {
        Self::NotSent(source.into())
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSent(source) => source.fmt(f),
            Self::TimedOut(timeout) => write!(f, "no reply within {timeout:?}"),
        }
    }
}

impl StdError for Unavailable {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::NotSent(source) => source.source(),
            Self::TimedOut(_) => None,
        }
    }
}
