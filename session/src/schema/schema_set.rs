//! A set of schemas, which finds the keys that one of them marks as secret, sealed or expiring.

use std::time::Duration;

use crate::record::side::Side;
use crate::schema::info::{FieldInfo, SchemaInfo};

/// A few schemas, without duplicates.
#[derive(Clone, Debug, Default)]
pub(crate) struct SchemaSet {
    schemas: Vec<&'static SchemaInfo>,
    has_expiring_keys: bool,
}

/// Two fields that store values of different types under one key.
pub(crate) struct Conflict {
    /// The name of the schema with the field `used`.
    pub(crate) other: &'static str,
    pub(crate) used: &'static FieldInfo,
    pub(crate) field: &'static FieldInfo,
}

impl SchemaSet {
    pub(crate) fn add(&mut self, schema: &'static SchemaInfo) {
        if !self.contains(schema) {
            self.schemas.push(schema);
            self.has_expiring_keys |= schema.has_expiring_keys();
        }
    }

    /// Returns the first field of `schema` that shares its key with a field of another schema, which has another type.
    pub(crate) fn find_conflict(&self, schema: &'static SchemaInfo) -> Option<Conflict> {
        if self.contains(schema) {
            return None;
        }
        let others =
            || self.schemas.iter().flat_map(|other| other.every_field().into_iter().map(|field| (*other, field)));
        schema.every_field().into_iter().find_map(|field| {
            let (other, used) = others().find(|(_, used)| used.conflicts_with(field))?;
            Some(Conflict { other: other.name(), used, field })
        })
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
