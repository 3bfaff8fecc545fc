//! The rules of `keyed`, and of keys that look as if they had a part.

use syn::LitStr;

use super::key_pattern::ALL_ENTRIES;
use crate::diagnostics::Diagnostics;
use crate::parse::model::{Field, Part, Schema};
use crate::parse::tokens::text;
use crate::parse::types;

/// Reports a field that is not a map. An `Option` of a map is reported by another rule.
pub(super) fn require_map(field: &Field, diagnostics: &Diagnostics) {
    let ty = &field.source.ty;
    if let (Some(Part::Unknown), None) = (&field.part, types::option_inner(ty)) {
        let message = format!(
            "a `keyed` field is a map with one session key per entry: write `BTreeMap<K, {}>`, where `K` is the type of \
             the part behind `{}:`",
            text(ty),
            field.key
        );
        diagnostics.error(ty, message);
    }
}

pub(super) fn check_prefix(schema: &Schema, diagnostics: &Diagnostics) {
    if let Some(prefix) = schema.attributes.prefix.get() {
        reject_braces("prefix", prefix, &|key| format!("`#[session(keyed, key = {key:?})]` on its field"), diagnostics);
    }
}

pub(super) fn check_key(field: &Field, diagnostics: &Diagnostics) {
    let Some(literal) = field.attributes.key.get().filter(|_| !field.has_schema()) else { return };
    let ty = text(field.written_type());
    let advice = |key: &str| {
        if field.is_keyed() {
            format!("`key = {key:?}`, since `keyed` appends the part")
        } else {
            format!("`#[session(keyed, key = {key:?})]`, and `BTreeMap<K, {ty}>` as the type")
        }
    };
    reject_braces("key", literal, &advice, diagnostics);
    let key = literal.value();
    if field.is_keyed() && (key.ends_with(':') || key.ends_with(ALL_ENTRIES)) {
        let key = key.trim_end_matches([':', '*']);
        let message = format!("`keyed` appends `:` and the part of each entry to the key: write `key = {key:?}`");
        diagnostics.error(literal, message);
    }
}

/// A key is used as it is written. `cart:{tenant}` would be one key for all tenants.
fn reject_braces(noun: &str, literal: &LitStr, advice: &dyn Fn(&str) -> String, diagnostics: &Diagnostics) {
    let value = literal.value();
    let Some(at) = value.find(['{', '}']) else { return };
    let before = value[..at].trim_end_matches([':', '_', '-', '.', '/']);
    let key = if before.is_empty() { "cart" } else { before };
    let message = format!(
        "the session {noun} {value:?} is used as it is written, and nothing is inserted in `{{}}`: for one key per entry, \
         write {}",
        advice(key)
    );
    diagnostics.error(literal, message);
}
