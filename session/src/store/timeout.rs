//! The deadline of one store operation.

use std::future::Future;
use std::time::Duration;

use tokio::time::error::Elapsed;

use super::StoreError;

/// How long an operation may take, unless the application says otherwise.
pub(super) const DEFAULT: Duration = Duration::from_secs(5);

/// Gives an operation up when its deadline has passed. What it was doing may still be carried out.
pub(super) async fn within<T>(
    deadline: Duration,
    operation: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    told(deadline, tokio::time::timeout(deadline, operation).await)
}

/// What came of an operation with this deadline.
pub(super) fn told<T>(deadline: Duration, answer: Result<Result<T, StoreError>, Elapsed>) -> Result<T, StoreError> {
    answer.unwrap_or_else(|_| Err(format!("no answer within {deadline:?}").into()))
}
