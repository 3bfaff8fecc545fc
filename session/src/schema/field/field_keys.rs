//! The keys of one field: its key and its aliases from earlier releases, and which of them a write sets or unsets.

use crate::error::Error;
use crate::record::changes::Changes;
use crate::record::id::SessionId;
use crate::record::json::Json;
use crate::schema::stored_form::{DecodeContext, OpenedText, may_be_marked};

/// A stored value, with the key and the record in which it was found.
pub(crate) struct StoredValue<'k> {
    pub(crate) key: &'k str,
    pub(crate) value: Json,
    /// `None` for client state, and for a session without a record.
    pub(crate) record: Option<SessionId>,
}

impl StoredValue<'_> {
    /// Returns true if both have the same text under the same key.
    pub(crate) fn is_same(&self, other: &StoredValue<'_>) -> bool {
        self.key == other.key && self.value == other.value
    }

    /// Returns true if the value has an expiry time, which is over.
    pub(crate) fn is_expired(&self, context: &impl DecodeContext) -> bool {
        let record = self.record.as_ref().filter(|_| !self.value.needs_seal());
        may_be_marked(self.value.as_str())
            && OpenedText::open(self.value.as_str(), self.key, record, context).is_expired(|| context.now())
    }
}

/// The earlier keys of a field.
#[derive(Clone, Copy)]
pub(crate) enum Aliases<'k> {
    Declared(&'k [&'k str]),
    /// Of one entry of a `keyed` field.
    OfEntry(&'k [String]),
}

impl<'k> Aliases<'k> {
    #[inline]
    fn is_empty(self) -> bool {
        match self {
            Self::Declared(aliases) => aliases.is_empty(),
            Self::OfEntry(aliases) => aliases.is_empty(),
        }
    }

    #[inline]
    pub(crate) fn iter(self) -> impl Iterator<Item = &'k str> {
        let (declared, of_entry) = match self {
            Self::Declared(aliases) => (aliases, [].as_slice()),
            Self::OfEntry(aliases) => ([].as_slice(), aliases),
        };
        declared.iter().copied().chain(of_entry.iter().map(String::as_str))
    }
}

/// The key of a field and its aliases. The first key that has a value is used.
#[derive(Clone, Copy)]
pub(crate) struct FieldKeys<'k> {
    pub(crate) key: &'k str,
    pub(crate) aliases: Aliases<'k>,
    /// An alias that servers of the previous release still use. Writes go to it.
    pub(crate) kept_alias: Option<&'k str>,
}

impl<'k> FieldKeys<'k> {
    pub(crate) const fn single(key: &'k str) -> Self {
        Self { key, aliases: Aliases::Declared(&[]), kept_alias: None }
    }

    /// Returns the field's value, by looking up each key of the record.
    #[inline]
    pub(crate) fn find<E>(
        &self,
        record: Option<SessionId>,
        mut lookup: impl FnMut(&str) -> Result<Option<Json>, E>,
    ) -> Result<Option<StoredValue<'k>>, E> {
        if let Some(value) = lookup(self.key)? {
            return Ok(Some(StoredValue { key: self.key, value, record }));
        }
        for key in self.alias_keys() {
            if let Some(value) = lookup(key)? {
                return Ok(Some(StoredValue { key, value, record }));
            }
        }
        Ok(None)
    }

    fn iter(&self) -> impl Iterator<Item = &'k str> {
        [self.key].into_iter().chain(self.alias_keys())
    }

    #[inline]
    pub(crate) fn has_aliases(&self) -> bool {
        self.kept_alias.is_some() || !self.aliases.is_empty()
    }

    #[inline]
    pub(crate) fn alias_keys(&self) -> impl Iterator<Item = &'k str> {
        self.kept_alias.into_iter().chain(self.aliases.iter())
    }

    /// Returns the key that a write sets.
    pub(crate) fn write_key(&self) -> &'k str {
        self.kept_alias.unwrap_or(self.key)
    }

    /// Returns the keys that a write unsets.
    #[inline]
    pub(crate) fn keys_to_clear(&self) -> impl Iterator<Item = &'k str> {
        let key = self.kept_alias.map(|_| self.key);
        key.into_iter().chain(self.aliases.iter())
    }

    /// Writes or unsets the field, and unsets its other keys.
    #[inline]
    pub(crate) fn write(&self, changes: &mut Changes, value: Option<Json>) -> Result<(), Error> {
        if self.has_aliases() {
            for key in self.keys_to_clear() {
                changes.unset(key)?;
            }
        }
        match value {
            Some(value) => changes.set(self.write_key(), value),
            None => changes.unset(self.write_key()),
        }
    }

    /// Returns changes that write only this field. They include a pending `clear`, which must be applied first.
    pub(crate) fn single_write(&self, pending: &Changes, value: Option<Json>) -> Result<Changes, Error> {
        let mut changes = pending.clear_only();
        self.write(&mut changes, value)?;
        Ok(changes)
    }

    /// Removes the pending changes that [`single_write`](Self::single_write) replaces, and returns them.
    pub(crate) fn take_pending(&self, pending: &mut Changes) -> Changes {
        pending.take(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::values::Values;

    fn json(text: &str) -> Json {
        Json::from_text(text)
    }

    fn result_of(changes: &Changes) -> Values {
        let mut values = [("a", json("1")), ("z", json("1"))].into_iter().collect();
        changes.apply(&mut values);
        values
    }

    #[test]
    fn a_single_write_includes_the_pending_clear() {
        let mut pending = Changes::default();
        pending.clear();
        pending.set("a", json("3")).unwrap();
        pending.set("b", json("4")).unwrap();
        let field = FieldKeys::single("a");
        let values = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, text)| (*key, json(text))).collect::<Values>();
        assert_eq!(result_of(&field.single_write(&pending, Some(json("5"))).unwrap()), values(&[("a", "5")]));
        assert_eq!(result_of(&field.single_write(&pending, None).unwrap()), values(&[]));
        assert_eq!(result_of(&field.take_pending(&mut pending)), values(&[("a", "3")]));
        assert_eq!(result_of(&pending), values(&[("a", "1"), ("b", "4"), ("z", "1")]));
    }
}
