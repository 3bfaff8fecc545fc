//! The meaning of PostgreSQL's errors for an operation.

use sqlx::Error;

use crate::error::StoreError;
use crate::store::sql;
use crate::store::sql::executor::Failure;

/// Returns the effect of an error on the operation.
pub(super) fn classify(error: &Error) -> Failure {
    match error {
        Error::Io(_) | Error::Protocol(_) | Error::Tls(_) => Failure::ConnectionLost,
        Error::Database(error) => match &*error.code().unwrap_or_default() {
            // A serialization failure, and a deadlock.
            "40001" | "40P01" => Failure::RolledBack,
            // The idle session timeout.
            "57P05" => Failure::ClosedBeforeReading,
            // The server has become a standby.
            "25006" => Failure::ConnectionLost,
            code if code.starts_with("57P") || code.starts_with("08") => Failure::ConnectionLost,
            _ => Failure::Rejected,
        },
        _ => Failure::Rejected,
    }
}

/// Keeps the message and the code of a database error. Its other fields may quote the statement's parameters.
pub(super) fn redact(error: Error) -> StoreError {
    sql::redact(error, |database| {
        Some(format!("{} (SQLSTATE {})", database.message(), database.code().unwrap_or_default()))
    })
}
