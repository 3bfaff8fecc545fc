//! The deadline of one store operation.

use std::future::Future;
use std::time::Duration;

use super::StoreError;

/// How long an operation may take, unless the application says otherwise.
pub(super) const DEFAULT: Duration = Duration::from_secs(5);

/// Gives an operation up when its deadline has passed. What it was doing may still be carried out.
pub(super) async fn within<T>(
    deadline: Duration,
    operation: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let answer = tokio::time::timeout(deadline, operation).await;
    answer.unwrap_or_else(|_| Err(format!("no answer within {deadline:?}").into()))
}
