//! The meaning of PostgreSQL's errors for an operation.

use std::io;

use sqlx::Error;
use sqlx::postgres::{PgDatabaseError, PgSeverity};

use crate::error::StoreError;
use crate::store::sql;
use crate::store::sql::executor::ErrorEffect;

const INVALID_STATEMENT_NAME: &str = "26000";
const DUPLICATE_STATEMENT_NAME: &str = "42P05";

/// Returns the effect of an error on the operation.
pub(super) fn classify(error: &Error) -> ErrorEffect {
    match error {
        error if is_closed_before_reading(error) => ErrorEffect::ClosedBeforeReading,
        Error::Io(_) | Error::Protocol(_) | Error::Tls(_) => ErrorEffect::ConnectionLost,
        error if is_fatal(error) => ErrorEffect::ConnectionLost,
        Error::Database(error) => match &*error.code().unwrap_or_default() {
            // A serialization failure, and a deadlock.
            "40001" | "40P01" => ErrorEffect::RolledBack,
            // The server has become a standby.
            "25006" => ErrorEffect::ConnectionLost,
            code if code.starts_with("57P") || code.starts_with("08") => ErrorEffect::ConnectionLost,
            _ => ErrorEffect::Rejected,
        },
        _ => ErrorEffect::Rejected,
    }
}

/// Returns true if the server closes the connection after the error, for example `idle_in_transaction_session_timeout`.
fn is_fatal(error: &Error) -> bool {
    let error = error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>());
    error.is_some_and(|error| matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic))
}

/// Keeps the message and the code of a database error, and adds advice for the operator. Its other fields may quote the statement's parameters.
pub(super) fn redact(error: Error) -> StoreError {
    sql::redact(error, |database| {
        let (message, code) = (database.message(), database.code().unwrap_or_default());
        let advice = advice(&code, message).map(|advice| format!("; {advice}")).unwrap_or_default();
        Some(format!("{message} (SQLSTATE {code}){advice}"))
    })
}

/// Returns true if the error proves that the server closed the connection before it received the whole statement, so
/// that the statement was not executed.
///
/// - `idle_session_timeout`: PostgreSQL checks the timeout once more after it read a statement, and before it executes
///   the statement.
/// - Broken pipe: only writes fail with it. The `Sync` or `COMMIT` at the end of the statement was therefore not sent.
///
/// Not `admin_shutdown` (57P01) or the end of the stream: both may follow a commit.
fn is_closed_before_reading(error: &Error) -> bool {
    const IDLE_SESSION_TIMEOUT: &str = "57P05";
    match error {
        Error::Database(error) => error.code().is_some_and(|code| code == IDLE_SESSION_TIMEOUT),
        Error::Io(error) => error.kind() == io::ErrorKind::BrokenPipe,
        _ => false,
    }
}

/// Returns the advice for an operator, for an error of the server or of a pooler.
fn advice(code: &str, message: &str) -> Option<&'static str> {
    match code {
        INVALID_STATEMENT_NAME | DUPLICATE_STATEMENT_NAME => Some(
            "the connection pooler loses prepared statements: use PgBouncer 1.21 or later with \
             `max_prepared_statements` above 0, or `pool_mode = session`",
        ),
        "25006" => Some("use the address of the primary"),
        "42P01" => Some("call `migrate` at startup, with the same prefix and `search_path`"),
        "42501" => Some("the documentation of `PostgresStore` lists the rights that its role needs"),
        "55P03" => Some("another transaction holds the lock: end it, or raise `lock_timeout`"),
        "28000" if message.contains("no encryption") || message.contains("SSL off") => {
            Some(if cfg!(feature = "postgres-tls") {
                "the server requires TLS: set `?sslmode=require`"
            } else {
                "the server requires TLS: enable the feature `postgres-tls`"
            })
        }
        _ if is_option_rejected(message) => {
            Some("the connection pooler rejects `options` in the URL: remove it, and use `ALTER ROLE … SET …`")
        }
        _ if message.starts_with("transaction blocks not allowed") => {
            Some("the store needs transactions: use `pool_mode = transaction` or `session`")
        }
        _ => None,
    }
}

/// Returns true for the messages of `PgBouncer` 1.18 and of later versions.
fn is_option_rejected(message: &str) -> bool {
    ["unsupported startup parameter: options", "unsupported startup parameter in options"]
        .iter()
        .any(|start| message.starts_with(start))
}

/// Returns true if a connection pooler lost the prepared statement, or another client's has the same name.
pub(super) fn is_prepared_statement_lost(error: &Error) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| matches!(&*code, INVALID_STATEMENT_NAME | DUPLICATE_STATEMENT_NAME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_was_not_executed_and_a_closed_stream_may_have_been() {
        assert!(is_closed_before_reading(&Error::Io(io::ErrorKind::BrokenPipe.into())));
        for kind in [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset] {
            assert!(!is_closed_before_reading(&Error::Io(kind.into())));
        }
        assert!(!is_closed_before_reading(&Error::PoolClosed));
    }
}
