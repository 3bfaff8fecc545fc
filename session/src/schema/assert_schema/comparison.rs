//! Compares the values of the previous release with the current schema.

use super::current::{CurrentField, CurrentSchema};
use super::messages;
use super::shape::differences::differences;
use super::snapshot::{FieldSnapshot, RetiredKey, SchemaSnapshot, StoredValues};
use super::trial::{Trial, reads_any_json};

/// A difference that matters for stored values.
pub(super) enum Finding {
    /// Stored values are unreadable, or the field reads another value.
    Loss(String),
    /// Stored values read as absent, because an attribute says so.
    Ignored(String),
    /// `migrate` converts some of the values that were tried.
    Uncertain(String),
    /// Stored values are readable.
    Note(String),
}

/// Returns the findings for all keys that sessions may contain.
pub(super) fn compare(before: &SchemaSnapshot, current: &CurrentSchema) -> Vec<Finding> {
    let fields = before.fields.iter().flat_map(|old| compare_keys(old, current));
    let retired = before.retired.iter().filter_map(|old| compare_retired(old, current));
    let mut findings: Vec<_> = fields.chain(retired).collect();
    findings.extend(incomplete_groups(before, current));
    findings.extend(unreadable_samples(current));
    findings
}

fn compare_keys(old: &FieldSnapshot, current: &CurrentSchema) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut readers: Vec<&str> = Vec::new();
    for key in old.keys() {
        match current.reader(&old.side, &key) {
            Some(reader) => {
                let owner = current.fields.iter().find(|field| field.path == old.path && field.path != reader.path);
                if let Some(owner) = owner {
                    findings.push(Finding::Loss(messages::other_reader(old, &key, owner, reader)));
                } else if !readers.contains(&reader.path.as_str()) {
                    readers.push(&reader.path);
                    findings.extend(compare_field(old, reader));
                }
            }
            None if current.retires(&old.side, &key) => {}
            None if old.keys().next().as_ref() == Some(&key) => {
                findings.push(Finding::Loss(messages::removed_key(old, current)));
            }
            None => findings.push(Finding::Loss(messages::removed_alias(old, &key))),
        }
    }
    findings
}

fn compare_field(old: &FieldSnapshot, field: &CurrentField) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(part) = &old.flags.keyed
        && !field.probe.reads_part(part)
    {
        let text = messages::other_part(field, part);
        findings.push(if field.info.ignores_invalid() { Finding::Ignored(text) } else { Finding::Loss(text) });
    }
    if field.flags().expires && !old.flags.expires {
        return vec![Finding::Loss(messages::expires_now(field))];
    }
    let trial = Trial::new(&old.values_for(field.info), old.flags.sealed, &field.probe);
    if !old.flags.sealed && field.flags().sealed && trial.migrated == 0 {
        let text = messages::sealed_now(field);
        return vec![if field.info.ignores_invalid() { Finding::Ignored(text) } else { Finding::Loss(text) }];
    }
    if is_unknown(old, field) {
        findings.push(Finding::Loss(messages::unknown(old, field)));
    } else if trial.is_loss() {
        findings.push(Finding::Loss(messages::unreadable(old, field, &trial)));
    } else if !trial.ignored.is_empty() {
        findings.push(Finding::Ignored(messages::ignored(old, field, &trial)));
    } else if trial.absent > 0 {
        findings.push(Finding::Ignored(messages::absent_null(field)));
    } else if !trial.failed.is_empty() {
        findings.push(Finding::Uncertain(messages::partly_migrated(field, &trial)));
    } else if let Some(shape) = &old.values.shape {
        let changes = differences(&field.path, shape, &field.probe.shape);
        if !changes.is_empty() {
            findings.push(Finding::Note(messages::readable_change(field, &changes, &trial)));
        }
    }
    findings.extend(notes(old, field).into_iter().map(Finding::Note));
    findings
}

/// Returns true if the type is another one, and neither a shape nor a sample shows whether it reads the old values.
fn is_unknown(old: &FieldSnapshot, field: &CurrentField) -> bool {
    let is_other_type = old.type_name != field.info.type_name() || old.with.as_deref() != field.info.codec();
    let is_known = old.values.shape.as_ref().is_some_and(|shape| !shape.has_any()) || !old.values.samples.is_empty();
    let has_fallback = field.info.has_migration() || field.info.ignores_invalid();
    is_other_type && !is_known && !has_fallback && !reads_any_json(&field.probe)
}

/// Returns notes about changes that no text shows.
fn notes(old: &FieldSnapshot, field: &CurrentField) -> Vec<String> {
    let mut notes = Vec::new();
    if field.flags().index && !old.flags.index {
        notes.push(messages::indexed_now(field));
    }
    let is_other_codec = old.with.as_deref() != field.info.codec();
    if is_other_codec && old.values.shape.as_ref() == Some(&field.probe.shape) {
        notes.push(messages::other_codec(old, field));
    }
    notes
}

fn compare_retired(old: &RetiredKey, current: &CurrentSchema) -> Option<Finding> {
    let field = current.reader(&old.side, &old.key)?;
    if old.values == StoredValues::default() {
        let has_fallback = field.info.has_migration() || field.info.ignores_invalid();
        return (!has_fallback && !reads_any_json(&field.probe))
            .then(|| Finding::Loss(messages::reused_key(old, field, None)));
    }
    let trial = Trial::new(&old.values, false, &field.probe);
    Some(if trial.is_loss() {
        Finding::Loss(messages::reused_key(old, field, Some(&trial)))
    } else {
        Finding::Note(messages::reused_readable_key(old, field, &trial))
    })
}

/// A group is absent if one of its fields is, and no stored session has a value of a new field.
fn incomplete_groups(before: &SchemaSnapshot, current: &CurrentSchema) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (group, fields) in current.groups() {
        let (stored, new): (Vec<_>, Vec<_>) = fields.into_iter().partition(|field| field.was_stored(before));
        if !stored.is_empty() {
            findings.extend(new.into_iter().map(|field| Finding::Loss(messages::new_in_group(field, &group))));
        }
    }
    findings
}

/// A sample must be readable by the field that wrote it.
fn unreadable_samples(current: &CurrentSchema) -> Vec<Finding> {
    let mut findings = Vec::new();
    for sample in &current.samples {
        let is_field = |field: &&CurrentField| field.info.side() == sample.side && field.info.key() == sample.key;
        if let Some(field) = current.fields.iter().find(is_field) {
            let values = StoredValues { samples: vec![sample.text.clone()], ..StoredValues::default() };
            let trial = Trial::new(&values, true, &field.probe);
            if !trial.reads_all() {
                findings.push(Finding::Loss(messages::unreadable_sample(field, &trial)));
            }
        }
    }
    findings
}
