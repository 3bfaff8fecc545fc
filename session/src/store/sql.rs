//! Helpers of the SQL stores: integer conversions, the cursor of the next page, and driver errors without stored data.

use std::time::Duration;

#[cfg(any(feature = "mysql", feature = "postgres"))]
use sqlx::error::DatabaseError;

#[cfg(any(feature = "mysql", feature = "postgres"))]
use crate::error::StoreError;
use crate::record::id::SessionId;

/// Converts an unsigned number to SQL's `BIGINT`. Larger numbers become its maximum.
pub(super) fn to_i64(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Converts a duration to milliseconds. Longer durations become the maximum.
pub(super) fn to_millis(duration: Duration) -> i64 {
    to_i64(duration.as_millis())
}

/// Returns the cursor of the next page of a scan: `id`, if this page of `len` sessions reached the `limit`.
pub(super) fn next_cursor(id: Option<SessionId>, len: usize, limit: usize) -> Option<String> {
    id.filter(|_| len == limit).map(|id| id.to_string())
}

/// Replaces a database error with the text from `describe`, because the driver's text may quote stored data.
///
/// The error is kept if `describe` returns `None`, or if it is not from the database.
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(super) fn redact(error: sqlx::Error, describe: impl FnOnce(&dyn DatabaseError) -> Option<String>) -> StoreError {
    match error.as_database_error().and_then(describe) {
        Some(description) => description.into(),
        None => error.into(),
    }
}
