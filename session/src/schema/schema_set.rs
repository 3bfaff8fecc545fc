//! A set of schemas, which finds the keys that one of them marks as secret or sealed.

use crate::record::side::Side;
use crate::schema::info::SchemaInfo;

/// A few schemas, without duplicates.
#[derive(Clone, Debug, Default)]
pub(crate) struct SchemaSet(Vec<&'static SchemaInfo>);

impl SchemaSet {
    pub(crate) fn add(&mut self, schema: &'static SchemaInfo) {
        if !self.contains(schema) {
            self.0.push(schema);
        }
    }

    /// Compares addresses. If one schema has two addresses, it is in the set twice, which has no effect.
    pub(crate) fn contains(&self, schema: &'static SchemaInfo) -> bool {
        self.0.iter().any(|known| std::ptr::eq(*known, schema))
    }

    /// Returns true if inspectors must not show the value of this key.
    pub(crate) fn is_secret(&self, side: Side, key: &str) -> bool {
        self.0.iter().any(|schema| schema.is_secret(side, key))
    }

    /// Returns true if the values of this server key are encrypted in the store.
    pub(crate) fn seals(&self, key: &str) -> bool {
        self.0.iter().any(|schema| schema.seals(key))
    }
}
