//! A stored value: JSON as text, written once and parsed only by whoever reads it.

use std::borrow::Borrow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

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
pub struct Json(Arc<str>);

impl Json {
    /// The value whose JSON text a store kept. The text is not checked here: reading it is an error if it is not JSON.
    pub fn from_text(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
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
        if too_deep(text) { Err(EncodeError::TooDeep) } else { Ok(Self(text.into())) }
    }

    pub(crate) fn decode<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str(&self.0)
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

/// Keys and their values, in the order of the keys. A clone shares the map until one side changes it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Values(Arc<BTreeMap<Box<str>, Json>>);

impl Values {
    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.0.get(key)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys and values, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(key, value)| (key.borrow(), value))
    }

    pub(crate) fn as_map_mut(&mut self) -> &mut BTreeMap<Box<str>, Json> {
        Arc::make_mut(&mut self.0)
    }

    /// As one JSON object, for a cookie.
    pub(crate) fn to_object(&self) -> Vec<u8> {
        let object: BTreeMap<&str, &RawValue> =
            self.iter().filter_map(|(key, value)| Some((key, raw(value)?))).collect();
        serde_json::to_vec(&object).unwrap_or_default()
    }

    pub(crate) fn from_object(bytes: &[u8]) -> Option<Self> {
        let object: BTreeMap<Box<str>, &RawValue> = serde_json::from_slice(bytes).ok()?;
        Some(object.into_iter().map(|(key, value)| (key, Json::from_text(value.get()))).collect())
    }

    /// As parsed JSON, for inspectors.
    pub(crate) fn to_map(&self, place: Place) -> Result<serde_json::Map<String, Value>, Error> {
        let parsed = self.iter().map(|(key, value)| {
            let value = value.decode().map_err(|error| decode_error::<Value>(place, key, &error))?;
            Ok((key.to_owned(), value))
        });
        parsed.collect()
    }
}

fn raw(value: &Json) -> Option<&RawValue> {
    serde_json::from_str(value.as_str()).ok()
}

impl<K: Into<Box<str>>> FromIterator<(K, Json)> for Values {
    fn from_iter<I: IntoIterator<Item = (K, Json)>>(pairs: I) -> Self {
        Self(Arc::new(pairs.into_iter().map(|(key, value)| (key.into(), value)).collect()))
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_json_can_write_reads_back_equal() {
        fn same<T: Serialize + DeserializeOwned + PartialEq + fmt::Debug>(value: &T) {
            assert_eq!(&Json::encode(value).unwrap().decode::<T>().unwrap(), value);
        }
        same(&"\0 \u{7f} a\u{301} \u{1f600} \"\\".to_owned());
        same(&u64::MAX);
        same(&i64::MIN);
        same(&u128::MAX);
        same(&1e308_f64);
        same(&0.1_f64);
        same(&5e-324_f64);
        same(&());
        assert!(Json::encode(&-0.0_f64).unwrap().decode::<f64>().unwrap().is_sign_negative());
    }

    #[test]
    fn nesting_that_could_not_be_read_back_is_refused() {
        let nested = |levels: usize| (0..levels).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
        assert!(Json::encode(&nested(127)).unwrap().decode::<Value>().is_ok());
        assert!(matches!(Json::encode(&nested(128)), Err(EncodeError::TooDeep)));
        let brackets_in_text = "[".repeat(1000) + "\\\"" + &"{".repeat(1000);
        assert_eq!(Json::encode(&brackets_in_text).unwrap().decode::<String>().unwrap(), brackets_in_text);
    }

    #[test]
    fn an_object_keeps_keys_and_numbers_to_the_letter() {
        let values: Values = [("", "1e308"), ("a ", "-0.0"), ("\0", "18446744073709551615")]
            .into_iter()
            .map(|(key, text)| (key, Json::from_text(text)))
            .collect();
        assert_eq!(Values::from_object(&values.to_object()).unwrap(), values);
    }

    #[test]
    fn no_debug_output_shows_a_value() {
        let values: Values = [("key", Json::encode(&"secret").unwrap())].into_iter().collect();
        assert_eq!(format!("{values:?}"), "{\"key\": Json(8 bytes)}");
    }

    #[test]
    fn a_decode_error_names_key_place_type_and_position_but_not_the_value() {
        let value = Json::from_text("\"hunter2\"");
        let error = value.decode::<u64>().map_err(|error| decode_error::<u64>(Place::Server, "user\n", &error));
        let text = error.unwrap_err().to_string();
        for part in ["server key `user\\n`", "`u64`", "line 1, column 9"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("hunter2"), "{text}");
    }
}
