//! The errors of values: one that cannot be encoded, and a stored one of another type. None shows the value.

use std::fmt;

use serde::de::IgnoredAny;

use crate::error::{Error, ErrorKind};
use crate::record::json::type_name::short_type_name;
use crate::record::side::Side;

/// The reason for which a value cannot be stored. It never contains the value.
#[derive(Clone, Copy, Debug)]
pub enum EncodeError {
    NotJson,
    NotFinite,
    TooDeep,
}

impl EncodeError {
    pub(crate) fn into_error<T>(self, side: Side, key: &str) -> Error {
        let reason = match self {
            Self::NotJson => "cannot be encoded as JSON (a map key is not a string, or its `Serialize` failed)",
            Self::NotFinite => {
                "contains NaN or an infinity, which JSON does not have; store an `Option` or a text instead"
            }
            Self::TooDeep => "is nested deeper than 127 levels and could not be decoded again",
        };
        let (key, type_name) = (key.escape_debug(), short_type_name::<T>());
        Error::new(ErrorKind::Value, format!("{side} key `{key}`: the `{type_name}` {reason}"))
    }
}

/// The kind of a JSON value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonKind {
    Null,
    Boolean,
    Number,
    Text,
    List,
    Object,
}

impl JsonKind {
    /// Returns `None` if the text is not JSON.
    fn of(text: &str) -> Option<Self> {
        serde_json::from_str::<IgnoredAny>(text).ok()?;
        Some(match text.trim_ascii_start().as_bytes().first()? {
            b'n' => Self::Null,
            b't' | b'f' => Self::Boolean,
            b'"' => Self::Text,
            b'[' => Self::List,
            b'{' => Self::Object,
            _ => Self::Number,
        })
    }

    /// Returns true if a position in the text names a part of the value.
    fn has_parts(self) -> bool {
        matches!(self, Self::List | Self::Object)
    }
}

impl fmt::Display for JsonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Object => "an object",
        })
    }
}

/// Returns the error for a stored text that is not a valid `T`. It omits serde's message, which quotes the value.
///
/// `advice` is added to the message for JSON of another kind.
pub(crate) fn decode_error<T>(
    side: Side,
    key: &str,
    text: &str,
    error: &serde_json::Error,
    advice: impl FnOnce(JsonKind) -> String,
) -> Error {
    let (key, type_name) = (key.escape_debug(), short_type_name::<T>());
    let problem = match JsonKind::of(text) {
        Some(kind) => format!("found {kind}{}{}", invalid_part(kind, error), advice(kind)),
        None => format!("but the stored value is not JSON{}", position(error)),
    };
    Error::new(ErrorKind::Value, format!("{side} key `{key}`: expected a `{type_name}`, {problem}"))
}

/// Returns an empty text if JSON of this kind is never a valid value. Otherwise a part of it is invalid, or its content.
fn invalid_part(kind: JsonKind, error: &serde_json::Error) -> String {
    // These words come before the value.
    let message = error.to_string();
    let is_other_type = message.starts_with("invalid type: ") || message.starts_with("expected value");
    let is_at_start = error.line() == 1 && error.column() <= 1;
    if is_other_type && (is_at_start || !kind.has_parts()) {
        return String::new();
    }
    let position = if kind.has_parts() { position(error) } else { String::new() };
    format!(" that is not a valid one{position}")
}

/// Returns the error for a value whose JSON is `null`, if its field reads a stored `null` as absent.
pub(crate) fn null_error(side: Side, key: &str) -> Error {
    let key = key.escape_debug();
    let message = format!(
        "{side} key `{key}`: the value is `null`, which its field reads as absent (`null = \"absent\"`); unset the field \
         instead"
    );
    Error::new(ErrorKind::Value, message)
}

fn position(error: &serde_json::Error) -> String {
    match (error.line(), error.column()) {
        // Types that buffer their input, such as tagged enums, lose the position.
        (0, _) | (1, 0) => String::new(),
        (1, column) => format!(" (column {column})"),
        (line, 0) => format!(" (line {line})"),
        (line, column) => format!(" (line {line}, column {column})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::json::Json;

    fn message_of(text: &str) -> String {
        let error = Json::decode::<u64>(text).err().unwrap();
        decode_error::<u64>(Side::Server, "user\n", text, &error, |_| String::new()).to_string()
    }

    #[test]
    fn a_decode_error_names_key_side_type_and_kind_but_not_the_value() {
        assert_eq!(message_of("\"hunter2\""), "server key `user\\n`: expected a `u64`, found a text");
        assert_eq!(
            message_of(" -1 "),
            "server key `user\\n`: expected a `u64`, found a number that is not a valid one"
        );
        assert_eq!(message_of("[[1]]"), "server key `user\\n`: expected a `u64`, found a list");
    }

    #[test]
    fn only_an_invalid_text_is_not_json() {
        for (text, position) in [("", ""), ("hunter2", " (column 1)"), ("7 8", " (column 3)"), ("\n{", " (line 2)")] {
            let expected =
                format!("server key `user\\n`: expected a `u64`, but the stored value is not JSON{position}");
            assert_eq!(message_of(text), expected, "{text:?}");
        }
    }
}
