//! The names of the generated accessors and key constants.

use std::collections::HashMap;

use proc_macro2::Ident;

use crate::accessor_names::accessors;
use crate::diagnostics::Diagnostics;
use crate::parse::model::{Field, Schema, key_constant};
use crate::reserved_names::is_reserved;

pub(super) fn reject_reserved_accessor(schema: &Schema, field: &Field, diagnostics: &Diagnostics) {
    let mut names = accessors(field).iter().map(|accessor| accessor.name(field.ident));
    if let Some(name) = names.find(|name| is_reserved(name)) {
        let owner = snake_case(&schema.input.ident.to_string());
        let (ident, key) = (field.ident, &field.key_without_prefix);
        let subject = if *ident == name { format!("`{name}`") } else { format!("`{name}`, an accessor of `{ident}`,") };
        let message = format!(
            "{subject} is a method of every session: rename the field and keep its key, \
             `#[session(key = {key:?})] {owner}_{ident}: ..`"
        );
        diagnostics.error(ident, message);
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for char in name.chars() {
        if char.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(char.to_lowercase());
    }
    snake
}

pub(super) fn reject_duplicate_accessors(schema: &Schema, diagnostics: &Diagnostics) {
    let mut names = HashMap::new();
    for field in &schema.fields {
        for name in accessors(field).iter().map(|accessor| accessor.name(field.ident)) {
            let earlier = *names.entry(name.clone()).or_insert(field.ident);
            if earlier != field.ident {
                error_on_duplicate_name(field, earlier, &format!("accessor `{name}`"), diagnostics);
            }
        }
    }
}

pub(super) fn reject_duplicate_constants(schema: &Schema, diagnostics: &Diagnostics) {
    let mut names = HashMap::new();
    for field in schema.values() {
        let name = key_constant(field.ident).to_string();
        let earlier = *names.entry(name.clone()).or_insert(field.ident);
        if earlier != field.ident {
            error_on_duplicate_name(field, earlier, &format!("key constant `{name}`"), diagnostics);
        }
    }
}

fn error_on_duplicate_name(field: &Field, earlier: &Ident, item: &str, diagnostics: &Diagnostics) {
    let ident = field.ident;
    let advice = "rename one of them and keep its key with `key = \"...\"`";
    diagnostics.error(ident, format!("field `{ident}` and field `{earlier}` both generate the {item}; {advice}"));
}
