//! The application's functions of a field: `check = "fn"` with the error for a refused value, and the result of `migrate = "fn"`.

use std::borrow::Borrow;
use std::fmt::Display;

use serde_json::Value;

use crate::error::{ClientFault, Error, ErrorKind};
use crate::record::side::Side;

/// The result of a check. The error is the application's message.
pub type CheckResult = Result<(), String>;

/// The application's function, which accepts or refuses a value that is written.
pub(crate) type Check<T> = fn(&T) -> CheckResult;

/// The result of the application's function: `Result<(), impl Display>`.
#[diagnostic::on_unimplemented(
    message = "the function of `check` returns `{Self}`, but it must return `Result<(), E>`, where `E` implements `Display`",
    label = "must return `Result<(), E>`",
    note = "return `Ok(())` to accept a value, and `Err` with a message to refuse it; the function cannot be `async`"
)]
pub trait CheckReturn {
    /// Returns the message of the application's error.
    ///
    /// # Errors
    ///
    /// The message.
    fn into_check_result(self) -> CheckResult;
}

#[diagnostic::do_not_recommend]
impl<E: Display> CheckReturn for Result<(), E> {
    fn into_check_result(self) -> CheckResult {
        self.map_err(|error| error.to_string())
    }
}

/// The parameter of the application's function for `check`: a `&T`, or a reference to which `T` borrows, such as `&str`.
#[diagnostic::on_unimplemented(
    message = "the function of `check` takes a `{Self}`, but it must take a `&{T}`",
    label = "must be a `fn(&{T}) -> Result<(), E>`, where `E` implements `Display`"
)]
pub trait CheckParameter<'a, T> {
    /// Returns the value as this type.
    fn of_value(value: &'a T) -> Self;
}

#[diagnostic::do_not_recommend]
impl<'a, T: Borrow<B>, B: ?Sized> CheckParameter<'a, T> for &'a B {
    fn of_value(value: &'a T) -> Self {
        value.borrow()
    }
}

/// Returns the error for a value that the application refuses.
pub(crate) fn check_error(side: Side, key: &str, message: String) -> Error {
    let text = format!("{side} key `{}`: the value was refused: {}", key.escape_debug(), one_line(&message));
    Error::by_client(ErrorKind::Value, text, ClientFault::Refusal(message))
}

/// Shown as they are: a message is not quoted.
const QUOTES: [char; 2] = ['"', '\''];

/// Escapes control characters and invisible ones: a message may quote input, which must not forge a line of a log.
fn one_line(message: &str) -> String {
    let mut line = String::with_capacity(message.len());
    for piece in message.split_inclusive(QUOTES) {
        let text = piece.strip_suffix(QUOTES).unwrap_or(piece);
        line.extend(text.escape_debug());
        line.push_str(&piece[text.len()..]);
    }
    line
}

/// The result of the application's function for stored values of another type: `Option<T>`.
#[diagnostic::on_unimplemented(
    message = "the function of `migrate` returns `{Self}`, but it must return `Option<{T}>`",
    label = "must be a `fn(&serde_json::Value) -> Option<{T}>`",
    note = "for a `Result`, write `.ok()`; the function cannot be `async`, because values are decoded without waiting"
)]
pub trait MigrateReturn<T> {
    /// Returns the value, or `None` if it cannot be migrated.
    fn into_migrated(self) -> Option<T>;
}

impl<T> MigrateReturn<T> for Option<T> {
    fn into_migrated(self) -> Option<T> {
        self
    }
}

/// The parameter of the application's function for `migrate`: a `&serde_json::Value`.
#[diagnostic::on_unimplemented(
    message = "the function of `migrate` takes a `{Self}`, but it must take a `&serde_json::Value`",
    label = "must take a `&serde_json::Value`",
    note = "the stored value can be of any JSON type; for a text, write `value.as_str()?`"
)]
pub trait MigrateParameter<'a> {
    /// Returns the value as this type.
    fn of_value(value: &'a Value) -> Self;
}

impl<'a> MigrateParameter<'a> for &'a Value {
    fn of_value(value: &'a Value) -> Self {
        value
    }
}
