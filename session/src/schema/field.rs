//! One field of a session: its side, its keys, and how stored values are decoded or migrated.

use serde_json::Value;

use crate::error::Error;
use crate::record::json::{Json, decode_error};
use crate::record::side::Side;
use crate::record::values::Values;
use crate::schema::codec::{Decode, Encode};
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
    #[inline]
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

    /// Encodes a value that is written to this field.
    ///
    /// A debug build also decodes the text, and logs an error if that fails: serde accepts values that it cannot read
    /// back, and every later read would fail. Must not be called while the state is locked, since it runs user code.
    pub(crate) fn encode_value(&self, encode: Encode<T>, value: &T) -> Result<Json, Error> {
        let key = self.keys.key;
        let json = encode(value).map_err(|error| error.into_error::<T>(self.side, key))?;
        if cfg!(debug_assertions) {
            self.check_readable(json.as_str());
        }
        Ok(json)
    }

    fn check_readable(&self, text: &str) {
        let Err(error) = (self.decode)(text) else { return };
        if self.migrate_text(text).is_none() {
            let error = decode_error::<T>(self.side, self.keys.key, &error);
            tracing::error!(%error, "the value that is being written cannot be read back");
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
