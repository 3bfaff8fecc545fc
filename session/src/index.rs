//! The index: which sessions carry a value under an indexed key, such as all sessions of one user.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::changes::Changes;
use crate::json::Json;
use crate::values::Values;

/// The SHA-256 of an indexed key and the JSON text of its value: what the index keeps instead of either.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexHash([u8; 32]);

impl IndexHash {
    pub(crate) fn of(key: &str, value: &Json) -> Self {
        let mut hasher = Sha256::new();
        // The length keeps key and value apart: no other pair gives the same bytes.
        hasher.update((key.len() as u64).to_be_bytes());
        hasher.update(key);
        hasher.update(value.as_str());
        Self(hasher.finalize().into())
    }

    /// The hash with these 32 bytes, as a store kept them.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes that a store keeps.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for IndexHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexHash(..)")
    }
}

/// What becomes of a session's index entry for one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexChange {
    /// The indexed key. A session has at most one entry for it.
    pub key: Box<str>,
    /// The entry from now on; `None` drops it.
    pub hash: Option<IndexHash>,
}

/// The keys that an application indexes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index(Vec<Indexed>);

#[derive(Clone, Debug)]
struct Indexed {
    key: Box<str>,
    /// How many live sessions may carry one value.
    cap: Option<usize>,
}

/// A value whose sessions are limited in number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Capped {
    pub(crate) hash: IndexHash,
    pub(crate) cap: usize,
}

impl Index {
    pub(crate) fn add(&mut self, key: &str, cap: Option<usize>) {
        self.0.retain(|indexed| *indexed.key != *key);
        self.0.push(Indexed { key: key.into(), cap });
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.iter().any(|indexed| *indexed.key == *key)
    }

    /// What a commit of these changes does to the session's entries.
    pub(crate) fn changes(&self, changes: &Changes) -> Vec<IndexChange> {
        let change = |indexed: &Indexed| {
            let value = changes.get(&indexed.key)?;
            let hash = value.map(|value| IndexHash::of(&indexed.key, value));
            Some(IndexChange { key: indexed.key.clone(), hash })
        };
        self.0.iter().filter_map(change).collect()
    }

    /// The entries of a session that holds these values: one change for each indexed key.
    pub(crate) fn entries(&self, values: &Values) -> Vec<IndexChange> {
        let entry = |indexed: &Indexed| IndexChange {
            key: indexed.key.clone(),
            hash: values.get(&indexed.key).map(|value| IndexHash::of(&indexed.key, &value)),
        };
        self.0.iter().map(entry).collect()
    }

    /// The values that these changes give the session, as far as their sessions are limited in number.
    pub(crate) fn capped(&self, changes: &[IndexChange]) -> Vec<Capped> {
        let capped = |change: &IndexChange| {
            let cap = self.0.iter().find(|indexed| indexed.key == change.key)?.cap?;
            Some(Capped { hash: change.hash?, cap })
        };
        changes.iter().filter_map(capped).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        let mut index = Index::default();
        index.add("user", Some(3));
        index.add("device", None);
        index
    }

    #[test]
    fn equal_values_under_different_keys_and_shifted_bytes_hash_differently() {
        let hash = |key: &str, text: &str| IndexHash::of(key, &Json::from_text(text));
        assert_eq!(hash("user", "7"), hash("user", "7"));
        assert_ne!(hash("user", "7"), hash("user", "\"7\""));
        assert_ne!(hash("user", "7"), hash("device", "7"));
        assert_ne!(hash("user1", "7"), hash("user", "17"));
    }

    #[test]
    fn a_change_of_an_indexed_key_is_a_change_of_its_entry() {
        let value = Json::from_text("7");
        let mut changes = Changes::default();
        changes.set("cart", value.clone()).unwrap();
        assert_eq!(index().changes(&changes), []);
        changes.set("user", value.clone()).unwrap();
        let user = IndexChange { key: "user".into(), hash: Some(IndexHash::of("user", &value)) };
        assert_eq!(index().changes(&changes), std::slice::from_ref(&user));
        assert_eq!(index().capped(std::slice::from_ref(&user)).len(), 1);
        changes.clear();
        let none = |key: &str| IndexChange { key: key.into(), hash: None };
        assert_eq!(index().changes(&changes), [none("user"), none("device")]);
        changes.set("user", value).unwrap();
        assert_eq!(index().changes(&changes), [user, none("device")]);
    }
}
