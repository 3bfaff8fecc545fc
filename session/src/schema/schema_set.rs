//! A set of schemas, which finds the keys that one of them marks as secret, sealed or expiring.

use std::time::Duration;

use crate::record::side::Side;
use crate::schema::info::SchemaInfo;

/// A few schemas, without duplicates.
#[derive(Clone, Debug, Default)]
pub(crate) struct SchemaSet {
    schemas: Vec<&'static SchemaInfo>,
    has_expiring_keys: bool,
}

impl SchemaSet {
    pub(crate) fn add(&mut self, schema: &'static SchemaInfo) {
        if !self.contains(schema) {
            self.schemas.push(schema);
            self.has_expiring_keys |= schema.has_expiring_keys();
        }
    }

    /// Compares addresses. If one schema has two addresses, it is in the set twice, which has no effect.
    pub(crate) fn contains(&self, schema: &'static SchemaInfo) -> bool {
        self.schemas.iter().any(|known| std::ptr::eq(*known, schema))
    }

    /// Returns true if inspectors must not show the value of this key.
    pub(crate) fn is_secret(&self, side: Side, key: &str) -> bool {
        self.schemas.iter().any(|schema| schema.is_secret(side, key))
    }

    /// Returns true if the values of this server key are encrypted in the store.
    pub(crate) fn seals(&self, key: &str) -> bool {
        self.schemas.iter().any(|schema| schema.seals(key))
    }

    /// Returns true if the values of a key expire.
    pub(crate) fn has_expiring_keys(&self) -> bool {
        self.has_expiring_keys
    }

    /// Returns the time after which the values of this key expire.
    pub(crate) fn expires_in(&self, side: Side, key: &str) -> Option<Duration> {
        if !self.has_expiring_keys {
            return None;
        }
        self.schemas.iter().find_map(|schema| schema.expires_in(side, key))
    }
}
