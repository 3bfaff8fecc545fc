//! The meaning of the errors of MariaDB and MySQL for an operation.

use sqlx::Error;
use sqlx::mysql::MySqlDatabaseError;

use crate::error::StoreError;
use crate::store::sql;
use crate::store::sql::executor::ErrorEffect;

/// A row with this primary key exists (`ER_DUP_ENTRY`).
const DUPLICATE_KEY_ERROR: u16 = 1062;

/// Returns the effect of an error on the operation.
pub(super) fn classify(error: &Error) -> ErrorEffect {
    let Some(number) = error_number(error) else {
        return match error {
            Error::Io(_) | Error::Protocol(_) | Error::Tls(_) => ErrorEffect::ConnectionLost,
            _ => ErrorEffect::Rejected,
        };
    };
    match number {
        // A row changed since the snapshot; a deadlock, or a conflict between nodes; a conflict found by group replication.
        // After a lock timeout (1205), the server undoes only the statement: the engine rolls the transaction back.
        1020 | 1205 | 1213 | 3101 => ErrorEffect::RolledBack,
        // The idle timeout of MySQL. Not a shutdown or a killed connection (1053, 1927, 3169), which may follow a commit.
        4031 => ErrorEffect::ClosedBeforeReading,
        // Shutdown in progress; packet errors; interrupted; connection killed (MariaDB, MySQL).
        // Read-only (1290, 1836): a new connection may reach the new primary.
        1053 | 1152 | 1153 | 1156..=1161 | 1290 | 1317 | 1836 | 1927 | 3169 => ErrorEffect::ConnectionLost,
        _ => ErrorEffect::Rejected,
    }
}

/// Returns the server's error number.
pub(super) fn error_number(error: &Error) -> Option<u16> {
    let error = error.as_database_error()?.try_downcast_ref::<MySqlDatabaseError>()?;
    Some(error.number())
}

pub(super) fn is_duplicate_key(error: &Error) -> bool {
    error_number(error) == Some(DUPLICATE_KEY_ERROR)
}

/// Replaces errors about data, because their texts quote the data. Adds advice for the operator.
pub(super) fn redact(error: Error) -> StoreError {
    let number = error_number(&error);
    sql::redact(error, |database| {
        let (number, state) = (number?, database.code()?);
        if quotes_data(number, &state) {
            return Some(format!("the database rejected the statement: error {number} ({state})"));
        }
        advice(number).map(|advice| format!("{number} ({state}): {}; {advice}", database.message()))
    })
}

/// Returns the advice for an operator, for an error of the server.
fn advice(number: u16) -> Option<&'static str> {
    match number {
        // MariaDB reports the same error for a wrong password and for a connection that must use TLS.
        1045 if !cfg!(feature = "mysql-tls") => {
            Some("if the password is correct, the server requires TLS: enable the feature `mysql-tls`")
        }
        1142 => Some("the documentation of `MySqlStore` lists the rights that its user needs"),
        1146 => Some("call `migrate` at startup, with the same prefix"),
        1153 => Some("raise `max_allowed_packet`, or store smaller values"),
        3159 if cfg!(feature = "mysql-tls") => Some("set `?ssl-mode=REQUIRED`"),
        3159 => Some("enable the feature `mysql-tls`"),
        1290 | 1792 | 1836 => Some("use the address of the primary"),
        _ => None,
    }
}

/// Returns true for SQLSTATE classes 22 (data exceptions) and 23 (constraint violations), and for three errors of other
/// classes.
fn quotes_data(number: u16, state: &str) -> bool {
    state.starts_with("22") || state.starts_with("23") || matches!(number, 1366 | 1411 | 1525)
}
