//! One field of a session: its side, its keys, and how stored values are decoded or migrated.

pub(crate) mod check;
pub(crate) mod codec;
pub(crate) mod field_keys;

use std::time::Duration;

use serde_json::Value;

use crate::error::Error;
use crate::record::id::SessionId;
use crate::record::json::Json;
use crate::record::json::errors::{JsonKind, decode_error, null_error};
use crate::record::side::Side;
use crate::record::values::Values;
use crate::schema::field::check::{Check, check_error};
use crate::schema::field::codec::{Decode, Encode};
use crate::schema::field::field_keys::{FieldKeys, StoredValue};
use crate::schema::stored_form::sealed::{may_be_sealed, open_error};
use crate::schema::stored_form::{DecodeContext, OpenedText, may_be_marked};

/// The treatment of a stored value that is not of the field's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnInvalid {
    /// Reading it is an error.
    Error,
    /// It reads as absent.
    Absent,
}

/// The JSON text of an absent value in sessions of other applications.
const NULL: &str = "null";

/// A field, as the accessors and the raw key API read it.
pub struct Field<'k, T> {
    pub(crate) side: Side,
    pub(crate) keys: FieldKeys<'k>,
    pub(crate) decode: Decode<T>,
    pub(crate) migrate: Option<fn(&Value) -> Option<T>>,
    pub(crate) on_invalid: OnInvalid,
    /// Run before a value is written. Stored values are not checked.
    pub(crate) check: Option<Check<T>>,
    /// A stored `null` reads as an absent key.
    pub(crate) null_is_absent: bool,
    /// Values are encrypted before they reach the store, and a plain stored value is invalid.
    pub(crate) is_sealed: bool,
    /// The time after which a value reads as absent. A stored value without an expiry time is absent too.
    pub(crate) expires_in: Option<Duration>,
}

impl<'k, T> Field<'k, T> {
    pub(crate) const fn new(side: Side, key: &'k str, decode: Decode<T>) -> Self {
        Self {
            side,
            keys: FieldKeys::single(key),
            decode,
            migrate: None,
            on_invalid: OnInvalid::Error,
            check: None,
            null_is_absent: false,
            is_sealed: false,
            expires_in: None,
        }
    }

    /// Returns the same keys with JSON as values. It reads every value, also a plain one of a sealed or an expiring field.
    pub(crate) const fn to_raw(self) -> Field<'k, Value> {
        Field { keys: self.keys, ..Field::new(self.side, self.keys.key, Json::decode) }
    }

    /// Returns the same field for values that expire after another time.
    pub(crate) fn with_expiry(&self, duration: Duration) -> Self {
        Self { expires_in: Some(duration), ..*self }
    }

    /// Decodes a stored value, or migrates it. An expired value reads as absent.
    #[inline]
    pub(crate) fn decode_stored(
        &self,
        stored: Option<&StoredValue<'_>>,
        context: &impl DecodeContext,
    ) -> Result<Option<T>, Error> {
        let Some(StoredValue { key, value, record }) = stored else { return Ok(None) };
        let text = value.as_str();
        if self.is_marked() || may_be_marked(text) {
            return self.decode_marked(key, text, value.needs_seal(), record.as_ref(), context);
        }
        self.decode_plain(key, text)
    }

    /// Finds the field in the values of a record and decodes it. Client state has no record.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `get_cached`")]
    pub(crate) fn read(
        &self,
        values: &Values,
        record: Option<&SessionId>,
        context: &impl DecodeContext,
    ) -> Result<Option<T>, Error> {
        if let Some(text) = values.text(self.keys.key) {
            return self.decode_found(values, self.keys.key, text, record, context);
        }
        if !self.keys.has_aliases() {
            return Ok(None);
        }
        let alias = self.keys.alias_keys().find_map(|key| Some((key, values.text(key)?)));
        alias.map_or(Ok(None), |(key, text)| self.decode_found(values, key, text, record, context))
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `get_cached`")]
    fn decode_found(
        &self,
        values: &Values,
        key: &str,
        text: &str,
        record: Option<&SessionId>,
        context: &impl DecodeContext,
    ) -> Result<Option<T>, Error> {
        if self.is_marked() || may_be_marked(text) {
            return self.decode_marked(key, text, values.needs_seal(key), record, context);
        }
        self.decode_plain(key, text)
    }

    /// Returns true if the values of this field are sealed or timed.
    #[inline]
    fn is_marked(&self) -> bool {
        self.is_sealed || self.expires_in.is_some()
    }

    /// Decodes a text that is sealed or timed, or should be. Other fields read such texts too: the raw key API, and a field
    /// that had the attribute in an earlier release. `is_plain` is true for a value that must still be encrypted.
    #[cold]
    fn decode_marked(
        &self,
        key: &str,
        stored: &str,
        is_plain: bool,
        record: Option<&SessionId>,
        context: &impl DecodeContext,
    ) -> Result<Option<T>, Error> {
        let opened = OpenedText::open(stored, key, record.filter(|_| !is_plain), context);
        let is_unopened = self.is_sealed && !is_plain && !opened.was_sealed;
        // An encrypted text is never migrated: `migrate` would take it for a plain string.
        if is_unopened && may_be_sealed(stored) {
            return self.on_invalid(open_error(self.side, key, stored));
        }
        let Some(text) = self.live_text(&opened, context) else { return Ok(None) };
        if !is_unopened {
            return self.decode_plain(key, text);
        }
        match self.migrate_text(text) {
            Some(value) => Ok(Some(value)),
            None => self.on_invalid(open_error(self.side, key, stored)),
        }
    }

    /// Returns true if the value under the field's key reads as absent: it expired, it has no expiry time but the field requires
    /// one, or it is a `null` that stands for an absent key.
    pub(crate) fn is_absent(&self, values: &Values, record: Option<&SessionId>, context: &impl DecodeContext) -> bool {
        let key = self.keys.key;
        let Some(text) = values.text(key) else { return true };
        if !self.is_marked() && !may_be_marked(text) {
            return self.is_absent_null(text);
        }
        let opened = OpenedText::open(text, key, record.filter(|_| !values.needs_seal(key)), context);
        self.live_text(&opened, context).is_none_or(|text| self.is_absent_null(text))
    }

    /// Returns true for a stored `null` that reads as an absent key.
    #[inline]
    pub(crate) fn is_absent_null(&self, text: &str) -> bool {
        self.null_is_absent && text.trim_ascii() == NULL
    }

    /// Returns the text of the value. `None` if it expired, or has no expiry time, but the field requires one.
    fn live_text<'t>(&self, opened: &'t OpenedText<'_>, context: &impl DecodeContext) -> Option<&'t str> {
        match opened.timed() {
            Some(timed) => (!timed.is_expired(context.now())).then_some(timed.value),
            None if self.expires_in.is_some() => None,
            None => Some(&opened.text),
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `get_cached`")]
    fn decode_plain(&self, key: &str, text: &str) -> Result<Option<T>, Error> {
        if self.is_absent_null(text) {
            return Ok(None);
        }
        match (self.decode)(text) {
            Ok(value) => Ok(Some(value)),
            Err(error) => match self.migrate_text(text) {
                Some(value) => Ok(Some(value)),
                None => self.on_invalid(self.decode_error(key, text, &error)),
            },
        }
    }

    #[cold]
    fn decode_error(&self, key: &str, text: &str, error: &serde_json::Error) -> Error {
        decode_error::<T>(self.side, key, text, error, |kind| self.advice(kind))
    }

    /// Returns the part of the message that names the attribute for such a value. A raw key has no attributes, but a field
    /// with its key can have them.
    fn advice(&self, found: JsonKind) -> String {
        if self.on_invalid == OnInvalid::Absent {
            return String::new();
        }
        let migrated = if self.migrate.is_some() { ", and its `migrate` returned `None`" } else { "" };
        let attribute = match found {
            JsonKind::Null => "; a field with `null = \"absent\"` reads it as absent",
            _ if self.migrate.is_some() => "",
            _ => "; a field with `migrate` or `on_invalid` reads values of earlier releases",
        };
        [migrated, attribute].concat()
    }

    /// Checks and encodes a value that is written to this field.
    ///
    /// A debug build also decodes the text, and logs an error if that fails: serde accepts values that it cannot read
    /// back, and every later read would fail. Must not be called while the state is locked, since it runs user code.
    pub(crate) fn encode_value(
        &self,
        encode: Encode<T>,
        value: &T,
        context: &impl DecodeContext,
    ) -> Result<Json, Error> {
        let key = self.keys.key;
        self.check_value(value)?;
        let json = encode(value).map_err(|error| error.into_error::<T>(self.side, key))?;
        if self.is_absent_null(json.as_str()) {
            return Err(null_error(self.side, key));
        }
        if cfg!(debug_assertions) {
            self.check_readable(json.as_str());
        }
        let json = match self.expires_in {
            Some(duration) => json.with_expiry(context.now() + duration),
            None => json,
        };
        Ok(json.with_seal(self.is_sealed))
    }

    fn check_value(&self, value: &T) -> Result<(), Error> {
        let Some(check) = self.check else { return Ok(()) };
        check(value).map_err(|message| check_error(self.side, self.keys.key, message))
    }

    /// Checks JSON that is written to this field. The raw key API also writes values of another type, which have no check.
    pub(crate) fn check_json(&self, value: &Json) -> Result<(), Error> {
        match self.check.and_then(|_| (self.decode)(value.as_str()).ok()) {
            Some(value) => self.check_value(&value),
            None => Ok(()),
        }
    }

    fn check_readable(&self, text: &str) {
        let Err(error) = (self.decode)(text) else { return };
        if self.migrate_text(text).is_none() {
            let error = decode_error::<T>(self.side, self.keys.key, text, &error, |_| String::new());
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
