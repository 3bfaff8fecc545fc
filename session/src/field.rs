//! How one field is kept: under which keys, in which form, and what is done about what earlier releases left there.

use serde::de::Deserializer;
use serde::ser::Serializer;
use serde_json::Value;

use crate::error::Error;
use crate::json::{EncodeError, Json, Place, decode_error};
use crate::values::Values;

pub(crate) type Encode<T> = fn(&T) -> Result<Json, EncodeError>;
pub(crate) type Decode<T> = fn(&str) -> serde_json::Result<T>;

/// A form of one's own for a value, as serde's `with` has it.
#[allow(missing_docs, clippy::missing_errors_doc, reason = "behind the door of the derive")]
pub trait Codec {
    type Value;

    fn serialize<S: Serializer>(value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error>;

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error>;
}

/// What a stored value reads as that is not of the field's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnInvalid {
    /// As an error.
    Error,
    /// As if it were absent.
    Absent,
}

/// What an accessor reads, or the raw key API: a key, the form of its values, and its past.
pub struct Field<'k, T> {
    pub(crate) place: Place,
    pub(crate) keys: Keys<'k>,
    pub(crate) decode: Decode<T>,
    pub(crate) migrate: Option<fn(&Value) -> Option<T>>,
    pub(crate) on_invalid: OnInvalid,
}

impl<'k, T> Field<'k, T> {
    pub(crate) const fn new(place: Place, key: &'k str, decode: Decode<T>) -> Self {
        Self { place, keys: Keys::only(key), decode, migrate: None, on_invalid: OnInvalid::Error }
    }

    /// A stored value as the field's type: as it is, or migrated.
    pub(crate) fn read(&self, stored: Option<&Stored<'_>>) -> Result<Option<T>, Error> {
        stored.map_or(Ok(None), |Stored { key, value }| self.read_text(key, value.as_str()))
    }

    /// As [`read`](Self::read), straight out of what a store gave.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `get_at_once`")]
    pub(crate) fn read_in(&self, values: &Values) -> Result<Option<T>, Error> {
        if let Some(text) = values.text(self.keys.key) {
            return self.read_text(self.keys.key, text);
        }
        if !self.keys.have_a_past() {
            return Ok(None);
        }
        let earlier = self.keys.earlier().find_map(|key| Some((key, values.text(key)?)));
        earlier.map_or(Ok(None), |(key, text)| self.read_text(key, text))
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `get_at_once`")]
    fn read_text(&self, key: &str, text: &str) -> Result<Option<T>, Error> {
        match (self.decode)(text) {
            Ok(value) => Ok(Some(value)),
            Err(error) => self.read_the_old(text).map_or_else(|| self.invalid(key, &error), |value| Ok(Some(value))),
        }
    }

    fn read_the_old(&self, text: &str) -> Option<T> {
        (self.migrate?)(&Json::decode(text).ok()?)
    }

    #[cold]
    fn invalid(&self, key: &str, error: &serde_json::Error) -> Result<Option<T>, Error> {
        let error = decode_error::<T>(self.place, key, error);
        match self.on_invalid {
            OnInvalid::Error => Err(error),
            OnInvalid::Absent => {
                tracing::debug!("taken as absent: {error}");
                Ok(None)
            }
        }
    }
}

impl<T> Clone for Field<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Field<'_, T> {}

/// A value, and the key under which it was found.
pub(crate) struct Stored<'k> {
    pub(crate) key: &'k str,
    pub(crate) value: Json,
}

/// The key of a field, and those that it had in earlier releases. The first that holds a value counts.
#[derive(Clone, Copy)]
pub(crate) struct Keys<'k> {
    pub(crate) key: &'k str,
    pub(crate) aliases: &'static [&'static str],
    /// The alias that servers of the last release still use: it stays the place that is written to.
    pub(crate) kept: Option<&'static str>,
}

impl<'k> Keys<'k> {
    pub(crate) const fn only(key: &'k str) -> Self {
        Self { key, aliases: &[], kept: None }
    }

    /// What the field holds, by a look at each key, as long as looks can be taken.
    #[inline]
    pub(crate) fn find<E>(
        &self,
        mut look: impl FnMut(&str) -> Result<Option<Json>, E>,
    ) -> Result<Option<Stored<'k>>, E> {
        if let Some(value) = look(self.key)? {
            return Ok(Some(Stored { key: self.key, value }));
        }
        for key in self.earlier() {
            if let Some(value) = look(key)? {
                return Ok(Some(Stored { key, value }));
            }
        }
        Ok(None)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'k str> {
        [self.key].into_iter().chain(self.earlier())
    }

    #[inline]
    pub(crate) fn have_a_past(&self) -> bool {
        self.kept.is_some() || !self.aliases.is_empty()
    }

    #[inline]
    fn earlier(&self) -> impl Iterator<Item = &'k str> {
        self.kept.into_iter().chain(self.aliases.iter().copied())
    }

    /// Where the value is written to.
    pub(crate) fn home(&self) -> &'k str {
        self.kept.unwrap_or(self.key)
    }

    /// Where nothing is left behind by a write.
    #[inline]
    pub(crate) fn retired(&self) -> impl Iterator<Item = &'k str> {
        let new = self.kept.map(|_| self.key);
        new.into_iter().chain(self.aliases.iter().copied())
    }
}

impl Json {
    pub(crate) fn encode_with<C: Codec>(value: &C::Value) -> Result<Self, EncodeError> {
        Self::write(|serializer| C::serialize(value, serializer))
    }

    pub(crate) fn decode_with<C: Codec>(text: &str) -> serde_json::Result<C::Value> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = C::deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(value)
    }
}
