//! The timeout of one store operation.

use std::future::Future;
use std::time::Duration;

use tokio::time::error::Elapsed;

use crate::error::StoreError;

/// The timeout of a store by default.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// Runs an operation, and cancels it at the timeout. The server may still execute a cancelled operation.
pub(super) async fn run<T>(
    timeout: Duration,
    operation: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    flatten(timeout, tokio::time::timeout(timeout, operation).await)
}

/// Converts an elapsed timeout to a store error.
pub(super) fn flatten<T>(timeout: Duration, result: Result<Result<T, StoreError>, Elapsed>) -> Result<T, StoreError> {
    result.unwrap_or_else(|_| Err(format!("no reply within {timeout:?}").into()))
}
