//! Index entries: the hash of an indexed key and its value, the change of a session's entry, and the order of the sessions
//! with one entry.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::record::id::SessionId;
use crate::record::json::Json;
use crate::record::timestamp::Timestamp;

/// The SHA-256 of an indexed key and the JSON text of its value. The index holds it instead of both.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexHash([u8; 32]);

impl IndexHash {
    pub(crate) fn new(key: &str, value: &Json) -> Self {
        let mut hasher = Sha256::new();
        // The length separates key and value: no other pair has the same bytes.
        hasher.update((key.len() as u64).to_be_bytes());
        hasher.update(key);
        hasher.update(value.as_str());
        Self(hasher.finalize().into())
    }

    /// Creates a hash from the 32 bytes that a store holds.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the 32 bytes for a store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for IndexHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexHash(..)")
    }
}

/// The change of a session's index entry for one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexChange {
    /// The indexed key. A session has at most one entry for it.
    pub key: Box<str>,
    /// The new entry. `None` removes the entry.
    pub hash: Option<IndexHash>,
}

impl IndexChange {
    /// Applies the change to the index entries of a session, by key. Returns the entry that it removes or replaces.
    pub fn apply(&self, entries: &mut BTreeMap<Box<str>, IndexHash>) -> Option<IndexHash> {
        match self.hash {
            Some(hash) => entries.insert(self.key.clone(), hash),
            None => entries.remove(&self.key),
        }
    }
}

/// The position of a session in the list of one index entry: by creation, then by id.
///
/// A position never changes. A page therefore continues after the position, also if sessions were created or deleted. Its
/// text is the cursor of [`find`](crate::store::SessionStore::find).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexCursor {
    /// The creation of the session.
    pub created: Timestamp,
    /// The id of the session.
    pub id: SessionId,
}

impl IndexCursor {
    /// Returns the position of a session.
    pub const fn new(created: Timestamp, id: SessionId) -> Self {
        Self { created, id }
    }
}

impl fmt::Display for IndexCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.created.as_millis(), self.id)
    }
}

impl FromStr for IndexCursor {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let (created, id) = text.split_once('@').ok_or(InvalidCursor)?;
        let created = created.parse().map_err(|_| InvalidCursor)?;
        Ok(Self::new(Timestamp::from_millis(created), id.parse().map_err(|_| InvalidCursor)?))
    }
}

/// The error of a text that is not a cursor. It is a mistake of the caller, not a failure of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCursor;

impl fmt::Display for InvalidCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the cursor was not returned by this store")
    }
}

impl StdError for InvalidCursor {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_keys_other_values_and_shifted_bytes_have_other_hashes() {
        let hash = |key: &str, text: &str| IndexHash::new(key, &Json::from_text(text));
        assert_eq!(hash("user", "7"), hash("user", "7"));
        assert_ne!(hash("user", "7"), hash("user", "\"7\""));
        assert_ne!(hash("user", "7"), hash("device", "7"));
        assert_ne!(hash("user1", "7"), hash("user", "17"));
    }

    #[test]
    fn a_cursor_is_read_back_equal_and_another_text_is_an_error() {
        for millis in [i64::MIN, -1, 0, i64::MAX] {
            let cursor = IndexCursor::new(Timestamp::from_millis(millis), SessionId::from_bytes([7; 16]));
            assert_eq!(cursor.to_string().parse::<IndexCursor>().unwrap(), cursor);
        }
        for text in ["", "@", "1@", "x@00000000000000000000000000000000", "1@0"] {
            assert!(text.parse::<IndexCursor>().is_err(), "{text}");
        }
    }
}
