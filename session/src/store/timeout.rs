//! The timeout of one store operation, and the error of a store that could not be reached.

use std::error::Error as StdError;
use std::fmt;
#[cfg(any(feature = "sqlite", feature = "_server"))]
use std::future::Future;
use std::time::Duration;

use crate::error::StoreError;

/// The timeout of a store by default.
#[cfg(any(feature = "sqlite", feature = "_server"))]
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// Runs an operation, and cancels it at the timeout. The server may still execute a cancelled operation.
#[cfg(any(feature = "sqlite", feature = "_server"))]
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
    /// Nothing was sent, for example because the server refused the connection. The changes are certainly not stored.
    NotSent(StoreError),
    /// No reply arrived within this time. The outcome is unknown.
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
