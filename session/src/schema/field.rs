//! One field of a session: its side, its keys, and how stored values are decoded or migrated.

use serde_json::Value;

use crate::error::Error;
use crate::record::json::{Json, decode_error};
use crate::record::side::Side;
use crate::record::values::Values;
use crate::schema::codec::Decode;
use crate::schema::field_keys::{FieldKeys, StoredValue};

/// The treatment of a stored value that is not of the field's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnInvalid {
    /// Reading it is an error.
    Error,
    /// It reads as absent.
    Absent,
}

/// A field, as the accessors and the raw key API read it.
pub struct Field<'k, T> {
    pub(crate) side: Side,
    pub(crate) keys: FieldKeys<'k>,
    pub(crate) decode: Decode<T>,
    pub(crate) migrate: Option<fn(&Value) -> Option<T>>,
    pub(crate) on_invalid: OnInvalid,
}

impl<'k, T> Field<'k, T> {
    pub(crate) const fn new(side: Side, key: &'k str, decode: Decode<T>) -> Self {
        Self { side, keys: FieldKeys::single(key), decode, migrate: None, on_invalid: OnInvalid::Error }
    }

    /// Decodes a stored value, or migrates it.
    pub(crate) fn decode_stored(&self, stored: Option<&StoredValue<'_>>) -> Result<Option<T>, Error> {
        stored.map_or(Ok(None), |StoredValue { key, value }| self.decode_text(key, value.as_str()))
    }

    /// Finds the field in loaded values and decodes it.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `get_cached`")]
    pub(crate) fn read(&self, values: &Values) -> Result<Option<T>, Error> {
        if let Some(text) = values.text(self.keys.key) {
            return self.decode_text(self.keys.key, text);
        }
        if !self.keys.has_aliases() {
            return Ok(None);
        }
        let alias = self.keys.alias_keys().find_map(|key| Some((key, values.text(key)?)));
        alias.map_or(Ok(None), |(key, text)| self.decode_text(key, text))
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `get_cached`")]
    fn decode_text(&self, key: &str, text: &str) -> Result<Option<T>, Error> {
        match (self.decode)(text) {
            Ok(value) => Ok(Some(value)),
            Err(error) => self.migrate_text(text).map_or_else(|| self.on_invalid(key, &error), |value| Ok(Some(value))),
        }
    }

    fn migrate_text(&self, text: &str) -> Option<T> {
        (self.migrate?)(&Json::decode(text).ok()?)
    }

    #[cold]
    fn on_invalid(&self, key: &str, error: &serde_json::Error) -> Result<Option<T>, Error> {
        let error = decode_error::<T>(self.side, key, error);
        match self.on_invalid {
            OnInvalid::Error => Err(error),
            OnInvalid::Absent => {
                tracing::debug!(%error, "ignoring an invalid value");
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
