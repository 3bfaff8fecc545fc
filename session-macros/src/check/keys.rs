//! Keys, prefixes, aliases and retired keys.

use std::collections::{HashMap, HashSet};

use proc_macro2::Ident;
use syn::LitStr;

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
    if field.is_nested() {
        return;
    }
    if let Some(literal) = field.attributes.key.get() {
        if literal.value().is_empty() {
            let message = "the session key must not be empty: remove `key` to use the name of the field";
            diagnostics.error(literal, message);
        }
        reject_surrounding_whitespace("key", literal, diagnostics);
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

/// Without `key = "..."`, the error is on the name of the field.
fn error_on_key(field: &Field, message: String, diagnostics: &Diagnostics) {
    match field.attributes.key.get() {
        Some(literal) => diagnostics.error(literal, message),
        None => diagnostics.error(field.ident, message),
    }
}

pub(super) fn reject_duplicate_keys(schema: &Schema, diagnostics: &Diagnostics) {
    let mut keys = HashMap::new();
    for field in schema.values() {
        let earlier = *keys.entry((field.side, field.key.clone())).or_insert(field.ident);
        if earlier != field.ident {
            error_on_key(field, duplicate_key(&field.key, earlier), diagnostics);
        }
    }
    for field in schema.values() {
        for alias in field.aliases() {
            check_alias(field, alias, keys.insert((field.side, alias.value()), field.ident), diagnostics);
        }
    }
}

fn check_alias(field: &Field, literal: &LitStr, used_by: Option<&Ident>, diagnostics: &Diagnostics) {
    let alias = literal.value();
    let message = match used_by {
        None => return,
        Some(_) if alias == field.key => {
            format!("`{alias}` is the current key of the field: an alias is an earlier key; remove the alias")
        }
        Some(earlier) if earlier == field.ident => format!("duplicate alias `{alias}`: keep one of them"),
        Some(earlier) => duplicate_key(&alias, earlier),
    };
    diagnostics.error(literal, message);
}

fn duplicate_key(key: &str, earlier: &Ident) -> String {
    format!("duplicate session key `{key}`: already used by field `{earlier}`; change one of them")
}

/// Retired keys are deleted from sessions, so a field must not use one.
pub(super) fn check_retired_keys(schema: &Schema, diagnostics: &Diagnostics) {
    let mut retired = HashSet::new();
    for (side, literal) in schema.retired() {
        let key = literal.value();
        let mut fields = schema.values().filter(|field| field.side == side);
        let user = fields.find(|field| field.key == key || field.aliases().any(|alias| alias.value() == key));
        if let Some(field) = user {
            let message = format!("the retired key `{key}` is used by field `{}`: remove one of them", field.ident);
            diagnostics.error(literal, message);
        } else if !retired.insert((side, key.clone())) {
            diagnostics.error(literal, format!("duplicate retired key `{key}`: keep one of them"));
        }
    }
}
