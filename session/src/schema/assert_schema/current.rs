//! The current schema: its fields with their probes, and the snapshot that describes it.

use super::parts::{known_parts, part_type, reads_all_parts};
use super::probe::{FieldProbe, Reading, Shapes};
use super::shape::written::{WrittenValues, is_equal_value};
use super::snapshot::{EarlierValues, FieldSnapshot, Flags, RetiredKey, SchemaSnapshot, StoredValues, stored_key};
use super::trial::Trial;
use crate::record::side::Side;
use crate::schema::info::{FieldInfo, SchemaInfo};

/// A schema whose stored values are checked, and the other schemas of the same sessions.
pub(super) struct CurrentSchema {
    pub(super) info: &'static SchemaInfo,
    pub(super) fields: Vec<CurrentField>,
    pub(super) others: Vec<CurrentField>,
    pub(super) samples: Vec<Sample>,
}

pub(super) struct CurrentField {
    /// The path of the field, with the names of nested schemas.
    pub(super) path: String,
    /// The path of the group, or the name of the schema if it is one.
    pub(super) group: Option<String>,
    pub(super) info: &'static FieldInfo,
    pub(super) probe: FieldProbe,
}

/// A value that the test passed, as it is stored.
pub(super) struct Sample {
    pub(super) side: Side,
    pub(super) key: &'static str,
    pub(super) text: String,
}

impl CurrentSchema {
    /// Returns the field that reads a key.
    pub(super) fn reader(&self, side: &str, key: &str) -> Option<&CurrentField> {
        self.fields.iter().chain(&self.others).find(|field| field.reads(side, key))
    }

    pub(super) fn retires(&self, side: &str, key: &str) -> bool {
        self.info.all_retired().iter().any(|(retired_side, retired)| retired_side.name() == side && *retired == key)
    }

    /// Returns the snapshot of this schema. It keeps the values of earlier releases that sessions may still contain.
    pub(super) fn snapshot(&self, before: Option<&SchemaSnapshot>) -> SchemaSnapshot {
        let retired = self.info.all_retired().into_iter();
        SchemaSnapshot {
            schema: self.info.name().to_owned(),
            fields: self.fields.iter().map(|field| self.field_snapshot(field, before)).collect(),
            retired: retired.map(|(side, key)| retired_key(side.name(), key, before)).collect(),
        }
    }

    fn field_snapshot(&self, field: &CurrentField, before: Option<&SchemaSnapshot>) -> FieldSnapshot {
        let CurrentField { info, probe, .. } = field;
        let side = info.side().name();
        let before =
            before.and_then(|before| before.fields.iter().find(|old| field.keys().any(|key| old.has_key(side, &key))));
        let mut values = StoredValues { written: Some(probe.written.clone()), ..StoredValues::default() };
        let mut flags = field.flags();
        if let Some(before) = before {
            values.earlier = earlier_values(before, field);
            values.samples = readable_samples(before, probe);
            keep_parts(&mut flags, before, field);
        }
        let samples = self.samples.iter().filter(|sample| sample.side == info.side() && sample.key == info.key());
        for sample in samples {
            if !values.samples.iter().any(|known| is_equal_value(known, &sample.text)) {
                values.samples.push(sample.text.clone());
            }
        }
        // The name of an equal type has no effect.
        let is_equal = |old: &&FieldSnapshot| {
            old.values.written == values.written && probe.written.is_complete() && has_equal_parts(old, field)
        };
        let type_name =
            before.filter(is_equal).map_or_else(|| info.type_name().to_owned(), |old| old.type_name.clone());
        FieldSnapshot {
            path: field.path.clone(),
            key: info.key().to_owned(),
            side: side.to_owned(),
            type_name,
            with: info.codec().map(str::to_owned),
            flags,
            aliases: info.keys().skip(1).map(str::to_owned).collect(),
            values,
        }
    }
}

/// Returns true if the type of the parts is the same, or reads all known parts.
fn has_equal_parts(old: &FieldSnapshot, field: &CurrentField) -> bool {
    let reads = |part: &str| field.probe.reads_part(part);
    let is_same = part_type(&old.type_name) == part_type(field.info.type_name());
    old.flags.keyed.as_ref().is_none_or(|parts| is_same || reads_all_parts(parts, reads))
}

/// Returns the values of earlier releases that are not lost, without those that the field still writes.
fn earlier_values(before: &FieldSnapshot, field: &CurrentField) -> Vec<EarlierValues> {
    let is_sealed = field.info.is_sealed();
    let written = field.probe.written.values.iter();
    let mut known: Vec<(String, bool)> = written.map(|text| (text.clone(), is_sealed)).collect();
    let mut earlier = Vec::new();
    for EarlierValues { written, sealed } in before.values.all(before.flags.sealed) {
        let is_lost = |text: &str| matches!(field.probe.read(text, sealed), Reading::Failed(_));
        let mut values = written.values;
        values.retain(|text| !known.contains(&(text.clone(), sealed)) && !is_lost(text));
        known.extend(values.iter().map(|text| (text.clone(), sealed)));
        if !values.is_empty() {
            let written = WrittenValues { shape: written.shape, values, incomplete: false };
            earlier.push(EarlierValues { written, sealed });
        }
    }
    earlier
}

/// Keeps the parts of earlier releases that are not lost.
fn keep_parts(flags: &mut Flags, before: &FieldSnapshot, field: &CurrentField) {
    let (Some(parts), Some(old)) = (&mut flags.keyed, &before.flags.keyed) else { return };
    let is_kept = |part: &&String| field.info.ignores_invalid() || field.probe.reads_part(part);
    let kept: Vec<_> = old.iter().filter(is_kept).filter(|part| !parts.contains(part)).cloned().collect();
    parts.extend(kept);
}

fn readable_samples(before: &FieldSnapshot, probe: &FieldProbe) -> Vec<String> {
    let is_readable = |text: &&String| {
        let values = StoredValues { samples: vec![(*text).clone()], ..StoredValues::default() };
        !Trial::new(&values, before.flags.sealed, probe).is_loss()
    };
    before.values.samples.iter().filter(is_readable).cloned().collect()
}

fn retired_key(side: &str, key: &str, before: Option<&SchemaSnapshot>) -> RetiredKey {
    let values = before.and_then(|before| {
        let field = before.fields.iter().find(|field| field.has_key(side, key)).map(|field| &field.values);
        let retired = before.retired.iter().find(|retired| retired.side == side && retired.key == key);
        field.or(retired.map(|retired| &retired.values)).cloned()
    });
    RetiredKey { side: side.to_owned(), key: key.to_owned(), values: values.unwrap_or_default() }
}

impl CurrentField {
    /// Returns the fields of a schema and its nested schemas.
    pub(super) fn all(schema: &SchemaInfo, list_shapes: fn(&mut Shapes)) -> Vec<Self> {
        let mut shapes = Shapes::default();
        list_shapes(&mut shapes);
        let groups = groups(schema, "");
        let fields = schema.all_fields().into_iter();
        fields
            .map(|(path, info)| {
                let is_probe = |probe: &FieldProbe| probe.side == info.side() && probe.key == info.key();
                let index = shapes.probes.iter().position(is_probe);
                let index = index.unwrap_or_else(|| panic!("the derive passes no shape of the field `{path}`"));
                let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
                let group = groups.iter().find(|(group, _)| group == parent).map(|(_, name)| name.clone());
                Self { path, group, info, probe: shapes.probes.swap_remove(index) }
            })
            .collect()
    }

    pub(super) fn reads(&self, side: &str, key: &str) -> bool {
        self.info.side().name() == side && self.keys().any(|known| known == key)
    }

    /// Returns all keys, as [`FieldSnapshot::keys`] does.
    pub(super) fn keys(&self) -> impl Iterator<Item = String> {
        self.info.keys().map(|key| stored_key(key, self.info.is_keyed()))
    }

    pub(super) fn flags(&self) -> Flags {
        let parts = || known_parts(|part| self.probe.reads_part(part));
        Flags {
            sealed: self.info.is_sealed(),
            expires: self.info.expires_in().is_some(),
            index: self.info.is_indexed(),
            migrate: self.info.has_migration(),
            on_invalid: self.info.ignores_invalid(),
            group: self.group.clone(),
            keyed: self.info.is_keyed().then(parts),
        }
    }
}

/// Returns the path of each group in the schema, with its name in messages.
fn groups(schema: &SchemaInfo, path: &str) -> Vec<(String, String)> {
    let name = if path.is_empty() { schema.name() } else { path };
    let own = schema.is_group().then(|| (path.to_owned(), name.to_owned()));
    let nested = schema.nested().iter().flat_map(|(field, schema)| {
        let path = if path.is_empty() { (*field).to_owned() } else { format!("{path}.{field}") };
        groups(schema, &path)
    });
    own.into_iter().chain(nested).collect()
}
