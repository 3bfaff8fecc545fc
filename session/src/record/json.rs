//! A stored value: JSON text, encoded once and decoded only when it is read.

use std::cell::Cell;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use smol_str::SmolStr;

use crate::error::{Error, ErrorKind};
use crate::record::side::Side;

/// A larger buffer is freed after its use.
const MAX_KEPT_BUFFER_BYTES: usize = 1 << 16;

thread_local! {
    /// Reusable buffer for serialization. A re-entrant call (a `Serialize` that writes to a session) gets an empty one.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// One value as JSON text. Cheap to clone. Two values are equal if their texts are equal.
#[derive(Clone, PartialEq, Eq)]
pub struct Json(SmolStr);

impl Json {
    /// Creates a value from the JSON text that a store holds. Reading the value is an error if the text is not JSON.
    pub fn from_text(text: impl AsRef<str>) -> Self {
        Self(SmolStr::new(text))
    }

    /// Returns the JSON text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Self, EncodeError> {
        Self::write(|serializer| value.serialize(serializer))
    }

    pub(crate) fn write(
        write: impl FnOnce(&mut serde_json::Serializer<&mut Vec<u8>>) -> serde_json::Result<()>,
    ) -> Result<Self, EncodeError> {
        let mut bytes = BUFFER.take();
        bytes.clear();
        let written = write(&mut serde_json::Serializer::new(&mut bytes));
        let json = written.map_err(|_| EncodeError::NotJson).and_then(|()| Self::from_encoded(&bytes));
        if bytes.capacity() <= MAX_KEPT_BUFFER_BYTES {
            BUFFER.set(bytes);
        }
        json
    }

    fn from_encoded(bytes: &[u8]) -> Result<Self, EncodeError> {
        let text = std::str::from_utf8(bytes).map_err(|_| EncodeError::NotJson)?;
        if is_too_deep(text) { Err(EncodeError::TooDeep) } else { Ok(Self::from_text(text)) }
    }

    pub(crate) fn decode<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
        serde_json::from_str(text)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({} bytes)", self.0.len())
    }
}

/// The reason for which a value cannot be stored. It never contains the value.
#[derive(Clone, Copy, Debug)]
pub enum EncodeError {
    NotJson,
    TooDeep,
}

impl EncodeError {
    pub(crate) fn into_error<T>(self, side: Side, key: &str) -> Error {
        let reason = match self {
            Self::NotJson => "cannot be encoded as JSON (a map key is not a string, or its `Serialize` failed)",
            Self::TooDeep => "is nested deeper than 127 levels and could not be decoded again",
        };
        let (key, type_name) = (key.escape_debug(), std::any::type_name::<T>());
        Error::new(ErrorKind::Value, format!("{side} key `{key}`: the `{type_name}` {reason}"))
    }
}

/// Returns the error for a stored value that is not a valid `T`. It omits serde's message, which quotes the value.
pub(crate) fn decode_error<T>(side: Side, key: &str, error: &serde_json::Error) -> Error {
    let (key, type_name) = (key.escape_debug(), std::any::type_name::<T>());
    let problem = match error.classify() {
        serde_json::error::Category::Data => "is not a valid one",
        _ => "is not JSON",
    };
    let (line, column) = (error.line(), error.column());
    let message = format!(
        "{side} key `{key}`: expected a `{type_name}`, but the stored value {problem} (line {line}, column {column})"
    );
    Error::new(ErrorKind::Value, message)
}

/// Returns true if the JSON parser rejects the nesting depth, although the serializer accepts it.
fn is_too_deep(text: &str) -> bool {
    const MAX_DEPTH: usize = 127;
    if text.len() < 2 * MAX_DEPTH {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    text.bytes().any(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth -= 1,
            _ => {}
        }
        depth > MAX_DEPTH
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn decode<T: DeserializeOwned>(json: &Json) -> serde_json::Result<T> {
        Json::decode(json.as_str())
    }

    #[test]
    fn every_encoded_value_is_decoded_equal() {
        fn same<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: &T) {
            assert_eq!(&decode::<T>(&Json::encode(value).unwrap()).unwrap(), value);
        }
        same(&"\0 \u{7f} a\u{301} \u{1f600} \"\\".to_owned());
        same(&u64::MAX);
        same(&i64::MIN);
        same(&u128::MAX);
        same(&1e308_f64);
        same(&0.1_f64);
        same(&5e-324_f64);
        same(&());
        assert!(decode::<f64>(&Json::encode(&-0.0_f64).unwrap()).unwrap().is_sign_negative());
    }

    #[test]
    fn nesting_that_cannot_be_decoded_is_an_error() {
        let nested = |levels: usize| (0..levels).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
        assert!(decode::<Value>(&Json::encode(&nested(127)).unwrap()).is_ok());
        assert!(matches!(Json::encode(&nested(128)), Err(EncodeError::TooDeep)));
        let brackets_in_text = "[".repeat(1000) + "\\\"" + &"{".repeat(1000);
        assert_eq!(decode::<String>(&Json::encode(&brackets_in_text).unwrap()).unwrap(), brackets_in_text);
    }

    #[test]
    fn a_decode_error_names_key_side_type_and_position_but_not_the_value() {
        let value = Json::from_text("\"hunter2\"");
        let error = decode::<u64>(&value).map_err(|error| decode_error::<u64>(Side::Server, "user\n", &error));
        let text = error.unwrap_err().to_string();
        for part in ["server key `user\\n`", "`u64`", "line 1, column 9"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("hunter2"), "{text}");
    }
}
