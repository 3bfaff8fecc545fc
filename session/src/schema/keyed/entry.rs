//! One entry of a keyed field: its keys, and the typed key `EntryKey` of the raw key API.

use std::fmt;
use std::ops::Deref;

use crate::record::changes::MAX_KEY_LEN;
use crate::schema::field::Field;
use crate::schema::field::codec::Encode;
use crate::schema::field::field_keys::{Aliases, FieldKeys};
use crate::schema::keyed::entry_key::entry_key;

/// One entry of a keyed field.
pub struct Entry<T> {
    field: Field<'static, T>,
    pub(crate) encode: Encode<T>,
    key: String,
    aliases: Vec<String>,
    kept_alias: Option<String>,
}

impl<T> Entry<T> {
    /// Creates the entry of a part that is escaped already.
    pub(super) fn new(field: Field<'static, T>, encode: Encode<T>, escaped: &str) -> Self {
        let FieldKeys { key, aliases, kept_alias } = field.keys;
        // Under an alias that is too long, no value can be stored.
        let aliases = aliases.iter().map(|alias| entry_key(alias, escaped)).filter(|key| key.len() <= MAX_KEY_LEN);
        Self {
            field,
            encode,
            key: entry_key(key, escaped),
            aliases: aliases.collect(),
            kept_alias: kept_alias.map(|kept| entry_key(kept, escaped)),
        }
    }

    /// Returns true if no value can be stored under the keys of this entry.
    pub(super) fn is_too_long(&self) -> bool {
        self.key.len().max(self.kept_alias.as_ref().map_or(0, String::len)) > MAX_KEY_LEN
    }

    /// Returns the field with the keys of this entry.
    pub(crate) fn field(&self) -> Field<'_, T> {
        let aliases = Aliases::OfEntry(&self.aliases);
        let keys = FieldKeys { key: &self.key, aliases, kept_alias: self.kept_alias.as_deref() };
        Field { keys, ..self.field }
    }
}

impl<T> Clone for Entry<T> {
    fn clone(&self) -> Self {
        let Self { field, encode, key, aliases, kept_alias } = self;
        Self {
            field: *field,
            encode: *encode,
            key: key.clone(),
            aliases: aliases.clone(),
            kept_alias: kept_alias.clone(),
        }
    }
}

macro_rules! typed_entry_key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<T> {
            pub(crate) entry: Entry<T>,
        }

        impl<T> $name<T> {
            /// Returns the key as text.
            pub fn as_str(&self) -> &str {
                &self.entry.key
            }
        }

        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                Self { entry: self.entry.clone() }
            }
        }

        impl<T> Deref for $name<T> {
            type Target = str;

            fn deref(&self) -> &str {
                self.as_str()
            }
        }

        impl<T> From<$name<T>> for String {
            fn from(key: $name<T>) -> Self {
                key.entry.key
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.as_str())
            }
        }
    };
}

typed_entry_key! {
    /// The key of one entry of a `keyed` server field, with the type of its values. `Visitor::SEATS.key(&7)` returns it.
    ///
    /// The raw key API takes it and keeps its type, codec and aliases. It derefs to its text, which is a key without a type.
    EntryKey
}

typed_entry_key! {
    /// The key of one entry of a `keyed` client field, with the type of its values. `Visitor::WIDTHS.key(&7)` returns it.
    ///
    /// The raw key API of client state takes it and keeps its type, codec and aliases. It derefs to its text, which is a key
    /// without a type.
    ClientEntryKey
}
