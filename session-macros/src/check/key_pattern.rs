//! Which keys two fields share: a keyed field uses all keys that start with its own key, `:` and a part.

use std::collections::HashMap;

use proc_macro2::Ident;

use crate::parse::model::{Field, Side};

/// The end of a retired key that names all entries of a removed keyed field.
pub(super) const ALL_ENTRIES: &str = ":*";

/// One key, or the keys of all entries of a keyed field. The last `:` of such a key separates field and part.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct KeyPattern {
    pub(super) side: Side,
    pub(super) text: String,
    pub(super) is_keyed: bool,
}

impl KeyPattern {
    /// Returns the keys that a key of the field stands for.
    pub(super) fn of_field(field: &Field, key: &str) -> Self {
        Self { side: field.side, text: key.to_owned(), is_keyed: field.is_keyed() }
    }

    /// Returns the keys that a retired key stands for.
    pub(super) fn retired(side: Side, key: &str) -> Self {
        match key.strip_suffix(ALL_ENTRIES).filter(|prefix| !prefix.is_empty()) {
            Some(prefix) => Self { side, text: prefix.to_owned(), is_keyed: true },
            None => Self { side, text: key.to_owned(), is_keyed: false },
        }
    }

    /// Returns the entries that contain a single key.
    fn entries_with(&self) -> Option<Self> {
        let (prefix, _) = self.text.rsplit_once(':').filter(|_| !self.is_keyed)?;
        Some(Self { side: self.side, text: prefix.to_owned(), is_keyed: true })
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self == other || self.entries_with().as_ref() == Some(other) || other.entries_with().as_ref() == Some(self)
    }
}

/// A field that uses the same key as another one.
pub(super) enum Overlap<'a> {
    /// Both use the same key, or both are keyed and have the same prefix.
    Same(&'a Ident),
    /// The earlier field is keyed, and the key is the key of one of its entries.
    EntryOf(&'a Ident),
    /// The earlier field uses this key, which is the key of an entry of this field.
    HasEntry(&'a Ident, String),
}

/// The keys of a schema and the fields that use them.
#[derive(Default)]
pub(super) struct UsedKeys<'a> {
    users: HashMap<KeyPattern, &'a Ident>,
    /// Single keys by the prefix of the entries that would contain them.
    single_keys: HashMap<KeyPattern, (&'a Ident, String)>,
}

impl<'a> UsedKeys<'a> {
    /// Adds a key of a field, and returns an earlier field that uses it.
    pub(super) fn add(&mut self, keys: &KeyPattern, field: &'a Ident) -> Option<Overlap<'a>> {
        let entries = keys.entries_with();
        let same = self.users.get(keys).copied().map(Overlap::Same);
        let keyed = || entries.as_ref().and_then(|entries| self.users.get(entries)).copied().map(Overlap::EntryOf);
        let single = || self.single_keys.get(keys).map(|(user, key)| Overlap::HasEntry(user, key.clone()));
        let overlap = same.or_else(keyed).or_else(single);
        if overlap.is_none() {
            self.users.insert(keys.clone(), field);
            self.single_keys.extend(entries.map(|entries| (entries, (field, keys.text.clone()))));
        }
        overlap
    }
}
