//! Index entries: the hash of an indexed key and its value, and the change of a session's entry.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::record::json::Json;

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
}
