//! One field of a session: its side, its keys, and how stored values are decoded or migrated.

use serde_json::Value;

use crate::error::Error;
use crate::record::id::SessionId;
use crate::record::json::{Json, decode_error};
use crate::record::side::Side;
use crate::record::values::Values;
use crate::schema::check::{Check, check_error};
use crate::schema::codec::{Decode, Encode};
use crate::schema::field_keys::{FieldKeys, StoredValue};
use crate::schema::sealed::{OpenSealed, may_be_sealed, open_error};

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
    /// Run before a value is written. Stored values are not checked.
    pub(crate) check: Option<Check<T>>,
    /// Values are encrypted before they reach the store, and a plain stored value is invalid.
    pub(crate) is_sealed: bool,
}

impl<'k, T> Field<'k, T> {
    pub(crate) const fn new(side: Side, key: &'k str, decode: Decode<T>) -> Self {
        let keys = FieldKeys::single(key);
        Self { side, keys, decode, migrate: None, on_invalid: OnInvalid::Error, check: None, is_sealed: false }
    }

    /// Returns the same keys with JSON as values. It reads every value, also a plain one of a sealed field.
    pub(crate) const fn to_raw(self) -> Field<'k, Value> {
        Field { keys: self.keys, ..Field::new(self.side, self.keys.key, Json::decode) }
    }

    /// Decodes a stored value, or migrates it.
    #[inline]
    pub(crate) fn decode_stored(
        &self,
        stored: Option<&StoredValue<'_>>,
        cipher: &impl OpenSealed,
    ) -> Result<Option<T>, Error> {
        let Some(StoredValue { key, value, record }) = stored else { return Ok(None) };
        if value.needs_seal() {
            return self.decode_plain(key, value.as_str());
        }
        self.decode_text(key, value.as_str(), record.as_ref(), cipher)
    }

    /// Finds the field in the values of a record and decodes it. Client state has no record.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `get_cached`")]
    pub(crate) fn read(
        &self,
        values: &Values,
        record: Option<&SessionId>,
        cipher: &impl OpenSealed,
    ) -> Result<Option<T>, Error> {
        if let Some(text) = values.text(self.keys.key) {
            return self.decode_found(values, self.keys.key, text, record, cipher);
        }
        if !self.keys.has_aliases() {
            return Ok(None);
        }
        let alias = self.keys.alias_keys().find_map(|key| Some((key, values.text(key)?)));
        alias.map_or(Ok(None), |(key, text)| self.decode_found(values, key, text, record, cipher))
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `get_cached`")]
    fn decode_found(
        &self,
        values: &Values,
        key: &str,
        text: &str,
        record: Option<&SessionId>,
        cipher: &impl OpenSealed,
    ) -> Result<Option<T>, Error> {
        if self.is_sealed && values.needs_seal(key) {
            return self.decode_plain(key, text);
        }
        self.decode_text(key, text, record, cipher)
    }

    /// Decodes a text from the store. Fields that are not sealed read sealed values too: the raw key API, and a field
    /// that was sealed in an earlier release.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `get_cached`")]
    fn decode_text(
        &self,
        key: &str,
        text: &str,
        record: Option<&SessionId>,
        cipher: &impl OpenSealed,
    ) -> Result<Option<T>, Error> {
        if self.is_sealed || may_be_sealed(text) {
            return self.decode_sealed(key, text, record.and_then(|record| cipher.open(record, key, text)));
        }
        self.decode_plain(key, text)
    }

    #[cold]
    fn decode_sealed(&self, key: &str, text: &str, opened: Option<String>) -> Result<Option<T>, Error> {
        match opened {
            Some(plain) => self.decode_plain(key, &plain),
            None if !self.is_sealed => self.decode_plain(key, text),
            // An encrypted text is never migrated: `migrate` would take it for a plain string.
            None => match Some(text).filter(|text| !may_be_sealed(text)).and_then(|plain| self.migrate_text(plain)) {
                Some(value) => Ok(Some(value)),
                None => self.on_invalid(open_error(self.side, key, text)),
            },
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `get_cached`")]
    fn decode_plain(&self, key: &str, text: &str) -> Result<Option<T>, Error> {
        match (self.decode)(text) {
            Ok(value) => Ok(Some(value)),
            Err(error) => self
                .migrate_text(text)
                .map_or_else(|| self.on_invalid(decode_error::<T>(self.side, key, &error)), |value| Ok(Some(value))),
        }
    }

    /// Checks and encodes a value that is written to this field.
    ///
    /// A debug build also decodes the text, and logs an error if that fails: serde accepts values that it cannot read
    /// back, and every later read would fail. Must not be called while the state is locked, since it runs user code.
    pub(crate) fn encode_value(&self, encode: Encode<T>, value: &T) -> Result<Json, Error> {
        let key = self.keys.key;
        if let Some(check) = self.check {
            check(value).map_err(|message| check_error(self.side, key, &message))?;
        }
        let json = encode(value).map_err(|error| error.into_error::<T>(self.side, key))?;
        if cfg!(debug_assertions) {
            self.check_readable(json.as_str());
        }
        Ok(json.with_seal(self.is_sealed))
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
    fn on_invalid(&self, error: Error) -> Result<Option<T>, Error> {
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
