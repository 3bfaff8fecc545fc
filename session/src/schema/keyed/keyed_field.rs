//! A keyed field, as the accessors read and write it.

use std::collections::BTreeMap;

use crate::error::{ClientFault, Error, ErrorKind};
use crate::record::changes::MAX_KEY_LEN;
use crate::record::id::SessionId;
use crate::record::json::type_name::short_type_name;
use crate::record::values::Values;
use crate::schema::field::codec::Encode;
use crate::schema::field::field_keys::FieldKeys;
use crate::schema::field::{Field, OnInvalid};
use crate::schema::keyed::entry::Entry;
use crate::schema::keyed::entry_key::{PartError, escape, stored_entries, unescape};
use crate::schema::keyed::key_part::{DisplayPart, KeyParts};
use crate::schema::stored_form::DecodeContext;

/// A field with one key per entry. Its key and its aliases are the prefixes of the entries' keys.
pub(crate) struct KeyedField<K, T> {
    pub(crate) field: Field<'static, T>,
    pub(crate) encode: Encode<T>,
    pub(crate) parts: KeyParts<K, T>,
}

impl<K, T> KeyedField<K, T> {
    /// Returns the entry of a part.
    ///
    /// # Errors
    ///
    /// `TooLarge`: the key would have too many bytes. `Value`: the part's `Display` returned an error.
    pub(crate) fn entry(&self, part: &K) -> Result<Entry<T>, Error> {
        self.entry_of(escape(DisplayPart(part, &self.parts)))
    }

    /// Returns the entry of a part that is given as text.
    pub(crate) fn entry_of_text(&self, part: &str) -> Result<Entry<T>, Error> {
        self.entry_of(escape(part))
    }

    fn entry_of(&self, escaped: Result<String, PartError>) -> Result<Entry<T>, Error> {
        let escaped = escaped.map_err(|error| self.part_error(&error))?;
        let entry = Entry::new(self.field, self.encode, &escaped);
        if entry.is_too_long() { Err(self.part_error(&PartError::TooLong)) } else { Ok(entry) }
    }

    /// Decodes all entries. With a `default`, an entry whose invalid value is ignored has the default value. An entry whose
    /// error `skip` accepts is omitted.
    pub(crate) fn read(
        &self,
        values: &Values,
        record: Option<&SessionId>,
        context: &impl DecodeContext,
        default: Option<fn() -> T>,
        skip: &dyn Fn(Error) -> Result<(), Error>,
    ) -> Result<BTreeMap<K, T>, Error> {
        let mut keys = BTreeMap::new();
        for (part, key) in self.prefixes().flat_map(|prefix| stored_entries(values, prefix)) {
            keys.entry(part).or_insert(key);
        }
        let mut entries = Vec::with_capacity(keys.len());
        for (escaped, key) in keys {
            let Some(part) = self.parse(escaped) else {
                self.on_invalid_part(key).or_else(skip)?;
                continue;
            };
            let field = Field { keys: FieldKeys::single(key), ..self.field };
            let value = match field.read(values, record, context) {
                Ok(value) => value,
                Err(error) => {
                    skip(error)?;
                    continue;
                }
            };
            if value.is_none() && field.is_absent(values, record, context) {
                continue;
            }
            entries.extend(value.or_else(|| default.map(|default| default())).map(|value| (part, value)));
        }
        Ok((self.parts.to_map)(entries))
    }

    /// Returns the prefixes in the order in which they are searched.
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = &'static str> {
        [self.field.keys.key].into_iter().chain(self.field.keys.alias_keys())
    }

    /// Returns the part of a key. `None` also for a text that `K` accepts but writes differently: the accessors would not
    /// find this entry.
    fn parse(&self, escaped: &str) -> Option<K> {
        let part = (self.parts.parse)(&unescape(escaped)?)?;
        let is_canonical = escape(DisplayPart(&part, &self.parts)).is_ok_and(|written| written == escaped);
        is_canonical.then_some(part)
    }

    /// Returns true if a key with this part is an entry of the field.
    pub(crate) fn reads_part(&self, part: &str) -> bool {
        escape(part).is_ok_and(|escaped| self.parse(&escaped).is_some())
    }

    fn on_invalid_part(&self, key: &str) -> Result<(), Error> {
        let (side, key, type_name) = (self.field.side, key.escape_debug(), short_type_name::<K>());
        let message = format!("{side} key `{key}`: its last part is not a `{type_name}`, or is written differently");
        let error = Error::new(ErrorKind::Value, message);
        match self.field.on_invalid {
            OnInvalid::Error => Err(error),
            OnInvalid::Absent => {
                tracing::debug!(%error, "ignoring an invalid key");
                Ok(())
            }
        }
    }

    #[cold]
    fn part_error(&self, error: &PartError) -> Error {
        let (side, prefix) = (self.field.side, self.field.keys.key.escape_debug());
        match error {
            PartError::TooLong => {
                let message = format!("{side} key `{prefix}:…`: a session key has at most {MAX_KEY_LEN} bytes");
                Error::by_client(ErrorKind::TooLarge, message, ClientFault::LongKey)
            }
            PartError::Display => {
                let type_name = short_type_name::<K>();
                let message = format!("{side} key `{prefix}:…`: the `Display` of `{type_name}` returned an error");
                Error::new(ErrorKind::Value, message)
            }
        }
    }
}

impl<K, T> Clone for KeyedField<K, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, T> Copy for KeyedField<K, T> {}
