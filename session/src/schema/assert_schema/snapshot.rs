//! The snapshot file: the parts of a schema that affect stored values.

use serde::{Deserialize, Serialize};

use super::shape::written::{WrittenValues, is_false};
use crate::schema::keyed::entry_key::ALL_ENTRIES;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SchemaSnapshot {
    pub(super) schema: String,
    pub(super) fields: Vec<FieldSnapshot>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) retired: Vec<RetiredKey>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct FieldSnapshot {
    /// The path of the field, with the names of nested schemas.
    #[serde(rename = "field")]
    pub(super) path: String,
    pub(super) key: String,
    pub(super) side: String,
    #[serde(rename = "type")]
    pub(super) type_name: String,
    /// The custom serialization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) with: Option<String>,
    #[serde(flatten)]
    pub(super) flags: Flags,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) aliases: Vec<String>,
    #[serde(flatten)]
    pub(super) values: StoredValues,
}

/// The attributes that affect how a stored value is read. Each is written only if it is set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each attribute")]
pub(super) struct Flags {
    /// Values are encrypted in the store.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) sealed: bool,
    /// Values are stored with their expiry time.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) expires: bool,
    /// Sessions can be found by the value.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) index: bool,
    /// Stored values are converted.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) migrate: bool,
    /// A value that is not of the type reads as absent.
    #[serde(skip_serializing_if = "is_false")]
    pub(super) on_invalid: bool,
    /// The path of the group, which is read as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<String>,
    /// Each entry has its own key, with a part such as these. Empty if none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) keyed: Option<Vec<String>>,
}

/// The values that sessions may contain under a key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct StoredValues {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) written: Option<WrittenValues>,
    /// Values of earlier releases that the field no longer writes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) earlier: Vec<EarlierValues>,
    /// JSON texts that a release wrote.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) samples: Vec<String>,
}

/// The values that an earlier release wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct EarlierValues {
    #[serde(flatten)]
    pub(super) written: WrittenValues,
    /// The values are encrypted in the store.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) sealed: bool,
}

/// A retired key, with the values that sessions may still contain.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct RetiredKey {
    pub(super) side: String,
    pub(super) key: String,
    #[serde(flatten)]
    pub(super) values: StoredValues,
}

impl FieldSnapshot {
    /// Returns the key and its aliases. For a keyed field, `key:*` stands for the keys of all entries.
    pub(super) fn keys(&self) -> impl Iterator<Item = String> {
        let keys = [&self.key].into_iter().chain(&self.aliases);
        keys.map(|key| stored_key(key, self.flags.keyed.is_some()))
    }

    pub(super) fn has_key(&self, side: &str, key: &str) -> bool {
        self.side == side && self.keys().any(|known| known == key)
    }
}

/// Returns the key of the stored values, or `key:*` for the keys of all entries. `retired` has the same form.
pub(super) fn stored_key(key: &str, is_keyed: bool) -> String {
    if is_keyed { format!("{key}{ALL_ENTRIES}") } else { key.to_owned() }
}

impl StoredValues {
    /// Returns the values of all releases, the newest first. `sealed`: whether the newest values are encrypted.
    pub(super) fn all(&self, sealed: bool) -> impl Iterator<Item = EarlierValues> {
        let newest = self.written.iter().map(move |written| EarlierValues { written: written.clone(), sealed });
        newest.chain(self.earlier.iter().cloned())
    }
}

/// The order of fields has no effect on stored values.
impl PartialEq for SchemaSnapshot {
    fn eq(&self, other: &Self) -> bool {
        self.schema == other.schema
            && self.sorted_fields() == other.sorted_fields()
            && self.sorted_retired() == other.sorted_retired()
    }
}

impl SchemaSnapshot {
    fn sorted_fields(&self) -> Vec<&FieldSnapshot> {
        let mut fields: Vec<_> = self.fields.iter().collect();
        fields.sort_by_key(|field| (&field.side, &field.key));
        fields
    }

    fn sorted_retired(&self) -> Vec<&RetiredKey> {
        let mut retired: Vec<_> = self.retired.iter().collect();
        retired.sort_by_key(|retired| (&retired.side, &retired.key));
        retired
    }
}
