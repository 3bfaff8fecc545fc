//! A stored value: JSON text, encoded once and decoded only when it is read.

pub(crate) mod errors;
mod non_finite;
pub(crate) mod timed;
pub(crate) mod type_name;

use std::cell::Cell;
use std::{fmt, io};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::ser::Formatter;
use smol_str::SmolStr;

pub(crate) use self::errors::EncodeError;
use self::non_finite::has_non_finite;
use self::timed::{TimedText, escape_timed};
use crate::record::timestamp::Timestamp;

/// A larger buffer is freed after its use.
const MAX_KEPT_BUFFER_BYTES: usize = 1 << 16;

thread_local! {
    /// Reusable buffer for serialization. A re-entrant call (a `Serialize` that writes to a session) gets an empty one.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// One value as JSON text. Cheap to clone. Two values are equal if their texts are equal.
#[derive(Clone, PartialEq, Eq)]
pub struct Json {
    text: SmolStr,
    /// True for the plain text of a value that must be encrypted before it reaches the store.
    needs_seal: bool,
}

impl Json {
    /// Creates a value from the JSON text that a store holds. Reading the value is an error if the text is not JSON.
    pub fn from_text(text: impl AsRef<str>) -> Self {
        Self { text: SmolStr::new(text), needs_seal: false }
    }

    /// Returns the same text as a value that must be encrypted before it reaches the store.
    pub(crate) fn with_seal(self, needs_seal: bool) -> Self {
        Self { needs_seal, ..self }
    }

    /// Returns the value with an expiry time.
    pub(crate) fn with_expiry(&self, expires: Timestamp) -> Self {
        Self { needs_seal: self.needs_seal, ..Self::from_text(TimedText { expires, value: self.as_str() }.to_stored()) }
    }

    pub(crate) fn needs_seal(&self) -> bool {
        self.needs_seal
    }

    /// Returns the JSON text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Self, EncodeError> {
        let mut bytes = BUFFER.take();
        bytes.clear();
        let has_null = Cell::new(false);
        let formatter = NullDetector(&has_null);
        let written = value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, formatter));
        let json = written.map_err(|_| EncodeError::NotJson).and_then(|()| Self::from_encoded(&bytes));
        if bytes.capacity() <= MAX_KEPT_BUFFER_BYTES {
            BUFFER.set(bytes);
        }
        let json = json?;
        // serde_json writes NaN and infinity as `null`. Most values contain no `null` and need no second serialization.
        if has_null.get() && has_non_finite(value) { Err(EncodeError::NotFinite) } else { Ok(json) }
    }

    fn from_encoded(bytes: &[u8]) -> Result<Self, EncodeError> {
        let text = std::str::from_utf8(bytes).map_err(|_| EncodeError::NotJson)?;
        if is_too_deep(text) { Err(EncodeError::TooDeep) } else { Ok(Self::from_text(escape_timed(text))) }
    }

    pub(crate) fn decode<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
        serde_json::from_str(text).or_else(|error| Self::decode_tree(text, error, T::deserialize))
    }

    /// Decodes a text that the parser rejected with `error` again, from a tree of [`Value`]s.
    ///
    /// With the feature `arbitrary_precision` of `serde_json`, the parser passes a number as a map. Types that buffer their input
    /// (`flatten`, internally tagged and untagged enums) do not recognize it. The tree passes it as a number.
    #[cold]
    pub(crate) fn decode_tree<T>(
        text: &str,
        error: serde_json::Error,
        decode: impl FnOnce(Value) -> serde_json::Result<T>,
    ) -> serde_json::Result<T> {
        // Without the feature, the second attempt would only accept invalid texts, for example with a key twice.
        if !error.is_data() || !has_arbitrary_precision() {
            return Err(error);
        }
        // The first error has a position in the text.
        serde_json::from_str(text).and_then(decode).map_err(|_| error)
    }
}

/// A compact formatter that notices a `null`.
struct NullDetector<'a>(&'a Cell<bool>);

impl Formatter for NullDetector<'_> {
    fn write_null<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.set(true);
        writer.write_all(b"null")
    }
}

/// Returns true if the application enabled the feature `arbitrary_precision` of `serde_json`. Without it, this number
/// is too large.
fn has_arbitrary_precision() -> bool {
    serde_json::from_str::<Value>("1e999").is_ok()
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({} bytes)", self.text.len())
    }
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
    fn nan_and_infinity_at_any_depth_are_an_error() {
        #[derive(Serialize)]
        enum Shape {
            Unit,
            Newtype(f64),
            Tuple(Option<u8>, f32),
            Struct { width: f64 },
        }
        #[derive(Serialize)]
        struct Nested {
            none: Option<f64>,
            #[serde(flatten)]
            shapes: std::collections::BTreeMap<String, Vec<Shape>>,
        }
        fn rejects(value: &impl Serialize) -> bool {
            matches!(Json::encode(value), Err(EncodeError::NotFinite))
        }
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            #[expect(clippy::cast_possible_truncation, reason = "these values exist in both types")]
            let short = number as f32;
            assert!(rejects(&number) && rejects(&short) && rejects(&Some(number)) && rejects(&(1, vec![number])));
            for shape in [Shape::Newtype(number), Shape::Tuple(None, short), Shape::Struct { width: number }] {
                let shapes = [("deep".to_owned(), vec![Shape::Unit, shape])].into();
                assert!(rejects(&Nested { none: None, shapes }));
            }
            assert!(rejects(&std::collections::BTreeMap::from([(1, (None::<u8>, number))])));
        }
        let finite = [Shape::Unit, Shape::Newtype(1.5), Shape::Tuple(None, f32::MAX), Shape::Struct { width: -0.0 }];
        let finite = Nested { none: None, shapes: [("null".to_owned(), finite.into())].into() };
        assert!(Json::encode(&finite).is_ok() && Json::encode(&serde_json::json!([null, "null", 1.5])).is_ok());
    }

    #[test]
    fn nesting_that_cannot_be_decoded_is_an_error() {
        let nested = |levels: usize| (0..levels).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
        assert!(decode::<Value>(&Json::encode(&nested(127)).unwrap()).is_ok());
        assert!(matches!(Json::encode(&nested(128)), Err(EncodeError::TooDeep)));
        let brackets_in_text = "[".repeat(1000) + "\\\"" + &"{".repeat(1000);
        assert_eq!(decode::<String>(&Json::encode(&brackets_in_text).unwrap()).unwrap(), brackets_in_text);
    }
}
