//! Compares the values of the previous release with the current schema.

use super::current::{CurrentField, CurrentSchema};
use super::messages;
use super::parts::{part_type, reads_all_parts};
use super::snapshot::{EarlierValues, FieldSnapshot, RetiredKey, SchemaSnapshot, StoredValues};
use super::trial::{Trial, reads_any_json};

/// A difference that matters for stored values.
pub(super) enum Finding {
    /// Stored values are unreadable, or the field reads another value.
    Loss(String),
    /// Stored values read as absent, because an attribute says so.
    Ignored(String),
    /// Not all values that matter could be tried, or they may have another meaning.
    Uncertain(String),
    /// Stored values are readable.
    Note(String),
}

/// Returns the findings for all keys that sessions may contain.
pub(super) fn compare(before: &SchemaSnapshot, current: &CurrentSchema) -> Vec<Finding> {
    let fields = before.fields.iter().flat_map(|old| compare_keys(old, current));
    let retired = before.retired.iter().filter_map(|old| compare_retired(old, current));
    let mut findings: Vec<_> = fields.chain(retired).collect();
    findings.extend(compare_groups(before, current));
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
    let mut findings = Vec::from_iter(compare_parts(old, field));
    if field.flags().expires && !old.flags.expires {
        return vec![Finding::Loss(messages::expires_now(field))];
    }
    let trial = Trial::new(&old.values, old.flags.sealed, &field.probe);
    if !old.flags.sealed && field.flags().sealed && trial.migrated == 0 {
        let text = messages::sealed_now(field);
        return vec![if field.info.ignores_invalid() { Finding::Ignored(text) } else { Finding::Loss(text) }];
    }
    let results = compare_values(old, field, &trial);
    if let Some(change) = messages::change_of_shape(old, field).filter(|_| results.is_empty()) {
        findings.push(Finding::Note(messages::readable_change(old, field, &change, &trial)));
    }
    findings.extend(results);
    findings.extend(notes(old, field).into_iter().map(Finding::Note));
    findings
}

/// Returns the findings about the values, if one of them is not read as it was written, or not all were tried.
fn compare_values(old: &FieldSnapshot, field: &CurrentField, trial: &Trial) -> Vec<Finding> {
    if trial.is_loss() {
        return vec![Finding::Loss(messages::unreadable(old, field, trial))];
    }
    let mut findings = Vec::new();
    if !trial.ignored.is_empty() {
        findings.push(Finding::Ignored(messages::ignored(old, field, trial)));
    }
    if !trial.failed.is_empty() {
        findings.push(Finding::Uncertain(messages::partly_migrated(field, trial)));
    }
    if let Some(changed) = trial.changed.first() {
        findings.push(Finding::Uncertain(messages::changed(old, field, changed)));
    }
    let parts = undecided(old, field);
    if !parts.is_empty() {
        findings.push(Finding::Uncertain(messages::undecided(old, field, &parts)));
    }
    let flags = field.flags();
    for (attribute, was_set, is_set) in
        [("migrate", old.flags.migrate, flags.migrate), ("on_invalid", old.flags.on_invalid, flags.on_invalid)]
    {
        if was_set && !is_set {
            findings.push(Finding::Uncertain(messages::removed_fallback(field, attribute)));
        }
    }
    findings
}

/// Returns the parts of a changed type whose values were not all tried.
fn undecided(old: &FieldSnapshot, field: &CurrentField) -> Vec<String> {
    let new = &field.probe.written;
    let is_same_type = is_same_type(old, field);
    let is_unchanged = is_same_type && old.values.written.as_ref() == Some(new);
    if is_unchanged || !old.values.samples.is_empty() || reads_any_json(&field.probe) {
        return Vec::new();
    }
    let mut parts = Vec::new();
    for values in old.values.all(old.flags.sealed) {
        let more = values.written.undecided(&field.path, new, is_same_type);
        parts.extend(more.into_iter().filter(|part| !parts.contains(part)).collect::<Vec<_>>());
    }
    parts
}

fn is_same_type(old: &FieldSnapshot, field: &CurrentField) -> bool {
    old.type_name == field.info.type_name() && old.with.as_deref() == field.info.codec()
}

fn compare_parts(old: &FieldSnapshot, field: &CurrentField) -> Option<Finding> {
    let parts = old.flags.keyed.as_ref()?;
    let reads = |part: &str| field.probe.reads_part(part);
    if let Some(part) = parts.iter().find(|part| !reads(part)) {
        let text = messages::other_part(field, part);
        return Some(if field.info.ignores_invalid() { Finding::Ignored(text) } else { Finding::Loss(text) });
    }
    let is_same_type = part_type(&old.type_name) == part_type(field.info.type_name());
    (!is_same_type && !reads_all_parts(parts, reads)).then(|| Finding::Uncertain(messages::undecided_parts(old, field)))
}

/// A group is absent if one of its fields is.
fn compare_groups(before: &SchemaSnapshot, current: &CurrentSchema) -> Vec<Finding> {
    let mut groups: Vec<&str> = current.fields.iter().filter_map(|field| field.group.as_deref()).collect();
    groups.dedup();
    groups.into_iter().filter_map(|group| compare_group(group, before, current)).collect()
}

fn compare_group(group: &str, before: &SchemaSnapshot, current: &CurrentSchema) -> Option<Finding> {
    let stored = |field: &CurrentField| {
        let is_stored = |old: &&FieldSnapshot| field.keys().any(|key| old.has_key(field.info.side().name(), &key));
        before.fields.iter().find(is_stored)
    };
    let fields = || current.fields.iter().filter(|field| field.group.as_deref() == Some(group));
    let (old, new): (Vec<_>, Vec<_>) = fields().map(|field| (field, stored(field))).partition(|(_, old)| old.is_some());
    if old.is_empty() {
        return None;
    }
    if !new.is_empty() {
        let new: Vec<_> = new.iter().map(|(field, _)| field.info.name()).collect();
        return Some(Finding::Loss(messages::larger_group(group, &new)));
    }
    let mut groups = old.iter().filter_map(|(_, old)| *old).map(|old| old.flags.group.as_deref());
    let first = groups.next().flatten();
    let is_new = (first.is_none() && old.len() > 1) || groups.any(|group| group != first);
    is_new.then(|| Finding::Uncertain(messages::new_group(group)))
}

/// Returns notes about changes that no text shows.
fn notes(old: &FieldSnapshot, field: &CurrentField) -> Vec<String> {
    let mut notes = Vec::new();
    if field.flags().index && !old.flags.index {
        notes.push(messages::indexed_now(field));
    }
    let is_other_codec = old.with.as_deref() != field.info.codec();
    if is_other_codec && old.values.written.as_ref().is_some_and(|old| old.shape == field.probe.written.shape) {
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
    if trial.is_loss() {
        return Some(Finding::Loss(messages::reused_key(old, field, Some(&trial))));
    }
    let parts = |values: EarlierValues| values.written.undecided(&field.path, &field.probe.written, false);
    let is_decided = !old.values.samples.is_empty() || old.values.all(false).all(|values| parts(values).is_empty());
    let text = messages::reused_readable_key(old, field, &trial, is_decided);
    Some(if is_decided { Finding::Note(text) } else { Finding::Uncertain(text) })
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
