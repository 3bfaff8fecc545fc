//! Keys, prefixes, aliases and retired keys.

use std::collections::HashSet;

use syn::LitStr;

use super::key_pattern::{KeyPattern, Overlap, UsedKeys};
use crate::diagnostics::Diagnostics;
use crate::parse::model::{Field, Schema};

const MAX_KEY_BYTES: usize = 1024;

pub(super) fn check_prefix(schema: &Schema, diagnostics: &Diagnostics) {
    if let Some(prefix) = schema.attributes.prefix.get() {
        let value = prefix.value();
        if value.is_empty() {
            diagnostics.error(prefix, "the session prefix must not be empty: remove `prefix`");
        }
        reject_surrounding_whitespace("prefix", prefix, diagnostics);
        if value.len() > MAX_KEY_BYTES {
            diagnostics.error(prefix, too_long("prefix", value.len()));
        }
    }
}

pub(super) fn check_key(schema: &Schema, field: &Field, diagnostics: &Diagnostics) {
    if field.has_schema() {
        return;
    }
    if let Some(literal) = field.attributes.key.get() {
        if literal.value().is_empty() {
            let message = "the session key must not be empty: remove `key` to use the name of the field";
            diagnostics.error(literal, message);
        }
        reject_surrounding_whitespace("key", literal, diagnostics);
    }
    if field.is_keyed() && field.key.len() == MAX_KEY_BYTES {
        let message = "the prefix of a `keyed` field has at most 1023 bytes: the key of an entry is longer, and a session key \
                       has at most 1024 bytes";
        error_on_key(field, message.to_owned(), diagnostics);
    }
    let prefix_bytes = schema.attributes.prefix.get().map_or(0, |prefix| prefix.value().len());
    if field.key.len() > MAX_KEY_BYTES && prefix_bytes <= MAX_KEY_BYTES {
        error_on_key(field, too_long("key", field.key.len()), diagnostics);
    }
}

fn reject_surrounding_whitespace(noun: &str, literal: &LitStr, diagnostics: &Diagnostics) {
    let value = literal.value();
    let trimmed = value.trim();
    if trimmed != value {
        let message = format!("the session {noun} {value:?} has surrounding whitespace: write {trimmed:?}");
        diagnostics.error(literal, message);
    }
}

fn too_long(noun: &str, bytes: usize) -> String {
    format!("the session {noun} has {bytes} bytes: the limit is {MAX_KEY_BYTES} bytes, including the prefix")
}

/// Deleting a key that is too long would be an error of each write.
fn reject_long_key(noun: &str, literal: &LitStr, diagnostics: &Diagnostics) {
    let bytes = literal.value().len();
    if bytes > MAX_KEY_BYTES {
        let message =
            format!("the {noun} has {bytes} bytes: a session key has at most {MAX_KEY_BYTES} bytes; remove it");
        diagnostics.error(literal, message);
    }
}

/// Without `key = "..."`, the error is on the name of the field.
fn error_on_key(field: &Field, message: String, diagnostics: &Diagnostics) {
    match field.attributes.key.get() {
        Some(literal) => diagnostics.error(literal, message),
        None => diagnostics.error(field.ident, message),
    }
}

pub(super) fn reject_duplicate_keys(schema: &Schema, diagnostics: &Diagnostics) {
    let mut keys = UsedKeys::default();
    for field in schema.values() {
        if let Some(overlap) = keys.add(&KeyPattern::of_field(field, &field.key), field.ident) {
            error_on_key(field, duplicate_key(&field.key, &overlap), diagnostics);
        }
    }
    for field in schema.values() {
        for alias in field.aliases() {
            reject_long_key("alias", alias, diagnostics);
            let overlap = keys.add(&KeyPattern::of_field(field, &alias.value()), field.ident);
            check_alias(field, alias, overlap.as_ref(), diagnostics);
        }
    }
}

fn check_alias(field: &Field, literal: &LitStr, overlap: Option<&Overlap>, diagnostics: &Diagnostics) {
    let alias = literal.value();
    let message = match overlap {
        None => return,
        Some(_) if alias == field.key => {
            format!("`{alias}` is the current key of the field: an alias is an earlier key; remove the alias")
        }
        Some(Overlap::Same(earlier)) if *earlier == field.ident => {
            format!("duplicate alias `{alias}`: keep one of them")
        }
        Some(overlap) => duplicate_key(&alias, overlap),
    };
    diagnostics.error(literal, message);
}

fn duplicate_key(key: &str, overlap: &Overlap) -> String {
    match overlap {
        Overlap::Same(earlier) => {
            format!("duplicate session key `{key}`: already used by field `{earlier}`; change one of them")
        }
        Overlap::EntryOf(earlier) => {
            format!(
                "the session key `{key}` is the key of an entry of the `keyed` field `{earlier}`: change one of them"
            )
        }
        Overlap::HasEntry(earlier, used) => format!(
            "the session key `{used}` of field `{earlier}` is the key of an entry of this `keyed` field, `{key}`: change \
             one of them"
        ),
    }
}

/// Retired keys are deleted from sessions, so a field must not use one.
pub(super) fn check_retired_keys(schema: &Schema, diagnostics: &Diagnostics) {
    let mut retired = HashSet::new();
    for (side, literal) in schema.retired() {
        let key = literal.value();
        reject_long_key("retired key", literal, diagnostics);
        let keys = KeyPattern::retired(side, &key);
        let is_retired = |field: &&Field, used: &str| KeyPattern::of_field(field, used).overlaps(&keys);
        let mut fields = schema.values();
        let user = fields.find(|field| {
            is_retired(field, &field.key) || field.aliases().any(|alias| is_retired(field, &alias.value()))
        });
        if let Some(field) = user {
            let message = format!("the retired key `{key}` is used by field `{}`: remove one of them", field.ident);
            diagnostics.error(literal, message);
        } else if !retired.insert((side, key.clone())) {
            diagnostics.error(literal, format!("duplicate retired key `{key}`: keep one of them"));
        }
    }
}
