//! The encoding of a field's values: plain serde, or custom functions (`with`).

use std::fmt::{self, Debug};

use serde::de::Deserializer;
use serde::ser::{Serialize, Serializer};

use crate::record::json::{EncodeError, Json};

pub(crate) type Encode<T> = fn(&T) -> Result<Json, EncodeError>;
pub(crate) type Decode<T> = fn(&str) -> serde_json::Result<T>;

/// A custom serialization, as with `#[serde(with)]`.
#[allow(missing_docs, clippy::missing_errors_doc, reason = "only for the derive")]
pub trait Codec {
    type Value;

    fn serialize<S: Serializer>(value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error>;

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error>;
}

impl Json {
    pub(crate) fn encode_with<C: Codec>(value: &C::Value) -> Result<Self, EncodeError> {
        Self::encode(&WithCodec::<C>(value))
    }

    pub(crate) fn decode_with<C: Codec>(text: &str) -> serde_json::Result<C::Value> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = C::deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
        value.or_else(|error| Self::decode_tree(text, error, |tree| C::deserialize(tree)))
    }
}

/// A value that is serialized by its codec.
pub struct WithCodec<'a, C: Codec>(pub &'a C::Value);

impl<C: Codec> Serialize for WithCodec<'_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        C::serialize(self.0, serializer)
    }
}

impl<C: Codec<Value: Debug>> Debug for WithCodec<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
