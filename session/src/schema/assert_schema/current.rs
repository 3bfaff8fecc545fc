//! The current schema: its fields with their probes, and the snapshot that describes it.

use super::probe::{FieldProbe, Shapes};
use super::snapshot::{EarlierShape, FieldSnapshot, Flags, RetiredKey, SchemaSnapshot, StoredValues, stored_key};
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

    /// Returns the groups and their fields. The schema itself may be a group.
    pub(super) fn groups(&self) -> Vec<(String, Vec<&CurrentField>)> {
        let mut paths = Vec::new();
        add_groups(self.info, String::new(), &mut paths);
        let fields = |path: &str| self.fields.iter().filter(move |field| field.is_in(path)).collect();
        paths.into_iter().map(|path| (path.clone(), fields(&path))).collect()
    }

    fn field_snapshot(&self, field: &CurrentField, before: Option<&SchemaSnapshot>) -> FieldSnapshot {
        let CurrentField { info, probe, .. } = field;
        let side = info.side().name();
        let before =
            before.and_then(|before| before.fields.iter().find(|old| field.keys().any(|key| old.has_key(side, &key))));
        let mut values = StoredValues { shape: Some(probe.shape.clone()), ..StoredValues::default() };
        if let Some(before) = before {
            values.earlier = earlier_shapes(before, field);
            values.samples = readable_samples(before, probe);
        }
        let samples = self.samples.iter().filter(|sample| sample.side == info.side() && sample.key == info.key());
        for sample in samples {
            if !values.samples.contains(&sample.text) {
                values.samples.push(sample.text.clone());
            }
        }
        // The name of an equal type has no effect.
        let is_equal = |old: &&FieldSnapshot| old.values.shape == values.shape && !probe.shape.has_any();
        let type_name =
            before.filter(is_equal).map_or_else(|| info.type_name().to_owned(), |old| old.type_name.clone());
        FieldSnapshot {
            path: field.path.clone(),
            key: info.key().to_owned(),
            side: side.to_owned(),
            type_name,
            with: info.codec().map(str::to_owned),
            flags: field.flags(),
            aliases: info.keys().skip(1).map(str::to_owned).collect(),
            values,
        }
    }
}

/// Adds the paths of all groups. That of the schema itself is empty.
fn add_groups(schema: &SchemaInfo, path: String, paths: &mut Vec<String>) {
    for (name, nested) in schema.nested() {
        let path = if path.is_empty() { (*name).to_owned() } else { format!("{path}.{name}") };
        add_groups(nested, path, paths);
    }
    if schema.is_group() {
        paths.push(path);
    }
}

/// Returns the shapes that are readable, but not without `migrate`, `on_invalid` or `null = "absent"`.
fn earlier_shapes(before: &FieldSnapshot, field: &CurrentField) -> Vec<EarlierShape> {
    let is_kept = |shape: &EarlierShape| {
        let trial = Trial::of_shape(shape, &field.probe);
        !trial.is_loss() && !trial.reads_all()
    };
    before.values_for(field.info).shapes(before.flags.sealed).filter(is_kept).collect()
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
        let field = before.fields.iter().find(|field| field.has_key(side, key)).map(FieldSnapshot::values_with_null);
        let retired = before.retired.iter().find(|retired| retired.side == side && retired.key == key);
        field.or_else(|| retired.map(|retired| retired.values.clone()))
    });
    RetiredKey { side: side.to_owned(), key: key.to_owned(), values: values.unwrap_or_default() }
}

impl CurrentField {
    /// Returns the fields of a schema and its nested schemas.
    pub(super) fn all(schema: &SchemaInfo, list_shapes: fn(&mut Shapes)) -> Vec<Self> {
        let mut shapes = Shapes::default();
        list_shapes(&mut shapes);
        let fields = schema.all_fields().into_iter();
        fields
            .map(|(path, info)| {
                let is_probe = |probe: &FieldProbe| probe.side == info.side() && probe.key == info.key();
                let index = shapes.probes.iter().position(is_probe);
                let index = index.unwrap_or_else(|| panic!("the derive passes no shape of the field `{path}`"));
                Self { path, info, probe: shapes.probes.swap_remove(index) }
            })
            .collect()
    }

    pub(super) fn reads(&self, side: &str, key: &str) -> bool {
        self.info.side().name() == side && self.keys().any(|known| known == key)
    }

    /// Returns true if the field is in the schema with this path.
    fn is_in(&self, path: &str) -> bool {
        path.is_empty() || self.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
    }

    /// Returns true if sessions of the previous release have values for the field.
    pub(super) fn was_stored(&self, before: &SchemaSnapshot) -> bool {
        let side = self.info.side().name();
        before.fields.iter().any(|old| self.keys().any(|key| old.has_key(side, &key)))
    }

    /// Returns all keys, as [`FieldSnapshot::keys`] does.
    fn keys(&self) -> impl Iterator<Item = String> {
        self.info.keys().map(|key| stored_key(key, self.info.is_keyed()))
    }

    pub(super) fn flags(&self) -> Flags {
        let keyed = self.info.is_keyed().then(|| self.probe.part().unwrap_or_default().to_owned());
        let expires = self.info.expires_in().is_some();
        let (sealed, index) = (self.info.is_sealed(), self.info.is_indexed());
        Flags { sealed, expires, null_is_absent: self.info.null_is_absent(), index, keyed }
    }
}
