//! The application's check of a field's values (`check = "fn"`): its type, and the error if it refuses a value.

use std::fmt::Display;

use crate::error::{Error, ErrorKind};
use crate::record::side::Side;

/// The result of a check. The error is the application's message.
pub type CheckResult = Result<(), String>;

/// The application's function, which accepts or refuses a value that is written.
pub(crate) type Check<T> = fn(&T) -> CheckResult;

/// Converts the result of the application's function.
///
/// # Errors
///
/// The message of the application's error.
#[expect(clippy::needless_pass_by_value, reason = "the derive passes the result of the application's function")]
pub fn check_result<E: Display>(result: Result<(), E>) -> CheckResult {
    result.map_err(|error| error.to_string())
}

/// Returns the error for a value that the application refuses.
pub(crate) fn check_error(side: Side, key: &str, message: &str) -> Error {
    Error::new(ErrorKind::Value, format!("{side} key `{}`: the value was refused: {message}", key.escape_debug()))
}
