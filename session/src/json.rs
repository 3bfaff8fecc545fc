//! A stored value: JSON as text, written once and parsed only by whoever reads it.

use std::cell::Cell;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use smol_str::SmolStr;

use crate::error::{Error, ErrorKind};

/// Which of a session's two maps a key is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Server,
    Client,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server => "server",
            Self::Client => "client",
        })
    }
}

/// How large a buffer is kept.
const KEPT: usize = 1 << 16;

thread_local! {
    /// Where values are written before they are as long as their text. A `Serialize` that writes to a session while it
    /// is being written itself finds it taken, and begins with an empty one.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// One value as JSON text. Cheap to clone; two are equal if their text is.
#[derive(Clone, PartialEq, Eq)]
pub struct Json(SmolStr);

impl Json {
    /// The value whose JSON text a store kept. The text is not checked here: reading it is an error if it is not JSON.
    pub fn from_text(text: impl AsRef<str>) -> Self {
        Self(SmolStr::new(text))
    }

    /// The JSON text.
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
        let json = written.map_err(|_| EncodeError::NotJson).and_then(|()| Self::checked(&bytes));
        if bytes.capacity() <= KEPT {
            BUFFER.set(bytes);
        }
        json
    }

    fn checked(written: &[u8]) -> Result<Self, EncodeError> {
        let text = std::str::from_utf8(written).map_err(|_| EncodeError::NotJson)?;
        if too_deep(text) { Err(EncodeError::TooDeep) } else { Ok(Self::from_text(text)) }
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

/// Why a value cannot be stored. It does not say what the value was.
#[derive(Clone, Copy, Debug)]
pub enum EncodeError {
    NotJson,
    TooDeep,
}

impl EncodeError {
    pub(crate) fn at<T>(self, place: Place, key: &str) -> Error {
        let reason = match self {
            Self::NotJson => "cannot be written as JSON (a map key that is not a string, or its `Serialize` failed)",
            Self::TooDeep => "is nested deeper than 127 levels, and could not be read back",
        };
        let (key, type_name) = (key.escape_debug(), std::any::type_name::<T>());
        Error::new(ErrorKind::Value, format!("{place} key `{key}`: the `{type_name}` {reason}"))
    }
}

/// The error of a read whose stored JSON is not a `T`. serde's own words are left out, since they quote the value.
pub(crate) fn decode_error<T>(place: Place, key: &str, error: &serde_json::Error) -> Error {
    let (key, type_name) = (key.escape_debug(), std::any::type_name::<T>());
    let problem = match error.classify() {
        serde_json::error::Category::Data => "is not one",
        _ => "is not JSON",
    };
    let (line, column) = (error.line(), error.column());
    let message = format!(
        "{place} key `{key}`: expected a `{type_name}`, but the stored value {problem} (line {line}, column {column})"
    );
    Error::new(ErrorKind::Value, message)
}

/// Whether the JSON reader would refuse the nesting that its writer allows.
fn too_deep(text: &str) -> bool {
    const DEEPEST: usize = 127;
    if text.len() < 2 * DEEPEST {
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
        depth > DEEPEST
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn read<T: DeserializeOwned>(json: &Json) -> serde_json::Result<T> {
        Json::decode(json.as_str())
    }

    #[test]
    fn every_value_json_can_write_reads_back_equal() {
        fn same<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: &T) {
            assert_eq!(&read::<T>(&Json::encode(value).unwrap()).unwrap(), value);
        }
        same(&"\0 \u{7f} a\u{301} \u{1f600} \"\\".to_owned());
        same(&u64::MAX);
        same(&i64::MIN);
        same(&u128::MAX);
        same(&1e308_f64);
        same(&0.1_f64);
        same(&5e-324_f64);
        same(&());
        assert!(read::<f64>(&Json::encode(&-0.0_f64).unwrap()).unwrap().is_sign_negative());
    }

    #[test]
    fn nesting_that_could_not_be_read_back_is_refused() {
        let nested = |levels: usize| (0..levels).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
        assert!(read::<Value>(&Json::encode(&nested(127)).unwrap()).is_ok());
        assert!(matches!(Json::encode(&nested(128)), Err(EncodeError::TooDeep)));
        let brackets_in_text = "[".repeat(1000) + "\\\"" + &"{".repeat(1000);
        assert_eq!(read::<String>(&Json::encode(&brackets_in_text).unwrap()).unwrap(), brackets_in_text);
    }

    #[test]
    fn a_decode_error_names_key_place_type_and_position_but_not_the_value() {
        let value = Json::from_text("\"hunter2\"");
        let error = read::<u64>(&value).map_err(|error| decode_error::<u64>(Place::Server, "user\n", &error));
        let text = error.unwrap_err().to_string();
        for part in ["server key `user\\n`", "`u64`", "line 1, column 9"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("hunter2"), "{text}");
    }
}
