//! The rules for a schema (keys, names, types, combinations of attributes), and the compile error of each rule.

use std::collections::{HashMap, HashSet};

use proc_macro2::Ident;
use syn::{Data, Fields, GenericParam, LitStr, Path, Type};

use crate::accessor_names::accessors;
use crate::diagnostics::Diagnostics;
use crate::parse::argument::OnInvalid;
use crate::parse::attribute_names::{
    ALIAS, DEFAULT, DESERIALIZE_WITH, FLASH, INDEX, KEPT_ALIAS, MIGRATE, NESTED, ON_INVALID, SEALED, SERIALIZE_WITH,
    Target,
};
use crate::parse::model::{Field, FieldDefault, FieldKind, Schema, Side, key_constant};
use crate::parse::tokens::{mentions, text};
use crate::parse::types;
use crate::reserved_names::is_reserved;

const MAX_KEY_BYTES: usize = 1024;
const DERIVE: &str = "`#[derive(SessionSchema)]`";

pub(crate) fn check(schema: &Schema, diagnostics: &Diagnostics) {
    if let Some(shape) = unsupported_shape(schema) {
        let message =
            format!("{DERIVE} needs a struct with named fields, not {shape}: each field declares a session key");
        return diagnostics.error(&schema.input.ident, message);
    }
    require_fields(schema, diagnostics);
    reject_generics(schema, diagnostics);
    check_prefix(schema, diagnostics);
    for field in &schema.fields {
        reject_option(field, diagnostics);
        reject_borrowed(field, diagnostics);
        reject_self_type(field, diagnostics);
        reject_other_attributes_on_nested(field, diagnostics);
        reject_nested_in_itself(schema, field, diagnostics);
        reject_default_on_flash(field, diagnostics);
        check_index(field, diagnostics);
        check_sealed(field, diagnostics);
        reject_two_codecs(field, diagnostics);
        check_on_invalid(field, diagnostics);
        reject_string_default(field, diagnostics);
        check_key(schema, field, diagnostics);
        reject_reserved_accessor(schema, field, diagnostics);
    }
    reject_duplicate_keys(schema, diagnostics);
    check_retired_keys(schema, diagnostics);
    reject_nested_twice(schema, diagnostics);
    reject_duplicate_accessors(schema, diagnostics);
    reject_duplicate_constants(schema, diagnostics);
}

fn unsupported_shape(schema: &Schema) -> Option<&'static str> {
    match &schema.input.data {
        Data::Enum(_) => Some("an enum"),
        Data::Union(_) => Some("a union"),
        Data::Struct(data) => match data.fields {
            Fields::Named(_) => None,
            Fields::Unnamed(_) => Some("a tuple struct"),
            Fields::Unit => Some("a unit struct"),
        },
    }
}

fn require_fields(schema: &Schema, diagnostics: &Diagnostics) {
    if schema.fields.is_empty() {
        let message = format!("{DERIVE} needs at least one field: each field declares a session key");
        diagnostics.error(&schema.input.ident, message);
    }
}

fn reject_generics(schema: &Schema, diagnostics: &Diagnostics) {
    let reject = |param: &Ident| {
        let message =
            format!("{DERIVE} does not support generic parameters: a session key has one type; write that type");
        diagnostics.error(param, message);
    };
    for param in &schema.input.generics.params {
        match param {
            GenericParam::Lifetime(param) => {
                let message =
                    format!("{DERIVE} does not support lifetimes: session values own their data; remove the lifetime");
                diagnostics.error(&param.lifetime, message);
            }
            GenericParam::Type(param) => reject(&param.ident),
            GenericParam::Const(param) => reject(&param.ident),
        }
    }
}

fn check_prefix(schema: &Schema, diagnostics: &Diagnostics) {
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

fn reject_option(field: &Field, diagnostics: &Diagnostics) {
    let ty = &field.source.ty;
    if let Some(inner) = types::option_inner(ty) {
        let inner = types::owned_text(inner).unwrap_or_else(|| text(inner));
        let message = format!("session fields are already optional: an absent key reads as `None`; write `{inner}`");
        diagnostics.error(ty, message);
    }
}

fn reject_borrowed(field: &Field, diagnostics: &Diagnostics) {
    let ty = &field.source.ty;
    let references = types::references(ty).into_iter().map(|reference| Type::Reference(reference.clone()));
    let unsized_type = types::is_unsized(ty).then(|| ty.clone());
    for borrowed in references.chain(unsized_type) {
        let advice = types::owned_text(&borrowed).map(|owned| format!("; write `{owned}`")).unwrap_or_default();
        let written = text(&borrowed);
        let message = format!("session values own their data: a `{written}` cannot be loaded from the store{advice}");
        diagnostics.error(borrowed, message);
    }
}

fn reject_self_type(field: &Field, diagnostics: &Diagnostics) {
    let ty = &field.source.ty;
    if mentions(ty, "Self") {
        diagnostics.error(ty, "`Self` is the schema, which cannot be a session value: write the type of the value");
    }
}

fn reject_other_attributes_on_nested(field: &Field, diagnostics: &Diagnostics) {
    let others: Vec<_> = Target::Field.names().iter().copied().filter(|name| *name != NESTED).collect();
    if let (true, Some((other, written))) = (field.is_nested(), field.attributes.first_given(&others)) {
        let ty = text(&field.ty);
        let message = format!(
            "`nested` cannot be combined with `{other}`: the fields of `{ty}` have their own keys and attributes; \
             write `{other}` on those fields"
        );
        diagnostics.error(written, message);
    }
}

fn reject_nested_in_itself(schema: &Schema, field: &Field, diagnostics: &Diagnostics) {
    if field.is_nested() && types::is_named(&field.ty, &schema.input.ident) {
        diagnostics.error(&field.source.ty, "a schema cannot be nested in itself: write the name of another schema");
    }
}

fn reject_nested_twice(schema: &Schema, diagnostics: &Diagnostics) {
    let mut types = HashMap::new();
    for field in schema.fields.iter().filter(|field| field.is_nested()) {
        let ty = text(&field.ty);
        let earlier = *types.entry(ty.clone()).or_insert(field.ident);
        if earlier != field.ident {
            let message = format!(
                "`{ty}` is already nested in field `{earlier}`: both fields would share its keys; remove one of them"
            );
            diagnostics.error(&field.source.ty, message);
        }
    }
}

fn reject_default_on_flash(field: &Field, diagnostics: &Diagnostics) {
    if let (FieldKind::Flash, Some(written)) = (field.kind, field.attributes.written(DEFAULT)) {
        let message = "`flash` cannot be combined with `default`: a message that is not there reads as `None`";
        diagnostics.error(written, message);
    }
}

fn check_index(field: &Field, diagnostics: &Diagnostics) {
    if !field.attributes.index.is_given() || field.is_nested() {
        return;
    }
    if let (Side::Client, Some(written)) = (field.side, field.attributes.written(INDEX)) {
        let message = "`index` cannot be combined with `client`: client state is stored in the browser, \
                       and the store has no index of it";
        return diagnostics.error(written, message);
    }
    if let Some((other, written)) = field.attributes.first_given(&[ALIAS, KEPT_ALIAS, MIGRATE, FLASH]) {
        let reason = match other {
            FLASH => "a message is removed when it is read, so no session can be found by it",
            MIGRATE => "the index contains stored values, and these have the old type until they are written again",
            _ => "the index contains only values of the current key",
        };
        diagnostics.error(written, format!("`index` cannot be combined with `{other}`: {reason}"));
    }
}

fn check_sealed(field: &Field, diagnostics: &Diagnostics) {
    let Some(written) = field.attributes.written(SEALED).filter(|_| !field.is_nested()) else { return };
    if field.side == Side::Client {
        let message = "`sealed` cannot be combined with `client`: the cookie of client state is already encrypted; \
                       remove `sealed`";
        diagnostics.error(written, message);
    } else if field.attributes.index.is_given() {
        let message = "`sealed` cannot be combined with `index`: the encrypted text differs each time it is stored, \
                       so no session can be found by it; remove one of them";
        diagnostics.error(written, message);
    }
}

fn reject_two_codecs(field: &Field, diagnostics: &Diagnostics) {
    let others = [SERIALIZE_WITH, DESERIALIZE_WITH];
    if let (true, Some((other, written))) = (field.attributes.with.is_given(), field.attributes.first_given(&others)) {
        let message = format!(
            "`with` cannot be combined with `{other}`: the module of `with` contains both functions; \
             remove one of them"
        );
        diagnostics.error(written, message);
    }
}

fn check_on_invalid(field: &Field, diagnostics: &Diagnostics) {
    let (Some(choice), Some(written)) = (field.attributes.on_invalid.get(), field.attributes.written(ON_INVALID))
    else {
        return;
    };
    match (choice, field.has_default()) {
        (OnInvalid::Default, false) => {
            let message = "`on_invalid = \"default\"` needs a `default` on the field; \
                           to read an invalid value as `None`, write `on_invalid = \"discard\"`";
            diagnostics.error(written, message);
        }
        (OnInvalid::Discard, true) => {
            diagnostics.error(written, "a field with a `default` is never `None`: write `on_invalid = \"default\"`");
        }
        _ => {}
    }
}

fn reject_string_default(field: &Field, diagnostics: &Diagnostics) {
    if let FieldDefault::StringLiteral(literal) = &field.default {
        let advice = default_expression(field, &literal.value());
        diagnostics.error(literal, format!("`default` takes an expression{advice}"));
    }
}

/// The string is either the value, or as in serde the path of a function.
fn default_expression(field: &Field, string: &str) -> String {
    let conversion = if types::is_string(&field.ty) { "to_owned" } else { "into" };
    let value = format!("`default = {string:?}.{conversion}()`");
    let call = syn::parse_str::<Path>(string).map(|path| format!("`default = {}()`", text(&path)));
    match (types::is_string_like(&field.ty), call) {
        (true, Ok(call)) => format!(": write {value}, or {call} to call a function"),
        (true, Err(_)) => format!(" of the field's type: write {value}"),
        (false, Ok(call)) => format!(", not a string: to call a function, write {call}"),
        (false, Err(_)) => format!(" of the field's type, `{}`, not a string", text(&field.ty)),
    }
}

fn check_key(schema: &Schema, field: &Field, diagnostics: &Diagnostics) {
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

/// Without `key = "..."`, the error is on the name of the field.
fn error_on_key(field: &Field, message: String, diagnostics: &Diagnostics) {
    match field.attributes.key.get() {
        Some(literal) => diagnostics.error(literal, message),
        None => diagnostics.error(field.ident, message),
    }
}

fn reject_reserved_accessor(schema: &Schema, field: &Field, diagnostics: &Diagnostics) {
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

fn reject_duplicate_keys(schema: &Schema, diagnostics: &Diagnostics) {
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
fn check_retired_keys(schema: &Schema, diagnostics: &Diagnostics) {
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

fn reject_duplicate_accessors(schema: &Schema, diagnostics: &Diagnostics) {
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

fn reject_duplicate_constants(schema: &Schema, diagnostics: &Diagnostics) {
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
