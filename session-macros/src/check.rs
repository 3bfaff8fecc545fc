//! What a schema must be, beyond the grammar of its attributes: one function for each rule.

use std::collections::{HashMap, HashSet};

use syn::{Data, Fields, GenericParam, LitStr};

use crate::accessor::{self, verbs};
use crate::ast::{Fallback, Field, Kind, Schema, Side, mentions};
use crate::attr::OnInvalid;
use crate::errors::Errors;
use crate::symbol::{
    ALIAS, DEFAULT, DESERIALIZE_WITH, FLASH, INDEX, KEPT_ALIAS, MIGRATE, NESTED, ON_INVALID, Place, SERIALIZE_WITH,
};
use crate::ty;

const LONGEST_KEY: usize = 1024;
const DERIVE: &str = "`#[derive(SessionSchema)]`";

pub(crate) fn schema(schema: &Schema, errors: &Errors) {
    if let Some(shape) = wrong_shape(schema) {
        let message = format!("{DERIVE} needs a struct with named fields, not {shape}: each field names a session key");
        return errors.push(&schema.input.ident, message);
    }
    has_fields(schema, errors);
    has_no_generics(schema, errors);
    prefix_is_sensible(schema, errors);
    for field in &schema.fields {
        type_is_not_optional(field, errors);
        type_is_owned(field, errors);
        type_is_not_the_schema(field, errors);
        nested_stands_alone(field, errors);
        nested_is_another_schema(schema, field, errors);
        flash_has_no_default(field, errors);
        indexed_is_stored_as_it_is(field, errors);
        one_form_is_given(field, errors);
        invalid_reads_as_something(field, errors);
        default_is_no_string(field, errors);
        key_is_sensible(schema, field, errors);
        accessors_are_free(schema, field, errors);
    }
    keys_differ(schema, errors);
    retired_keys_are_free(schema, errors);
    nested_types_differ(schema, errors);
    accessors_differ(schema, errors);
    constants_differ(schema, errors);
}

fn wrong_shape(schema: &Schema) -> Option<&'static str> {
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

fn has_fields(schema: &Schema, errors: &Errors) {
    if schema.fields.is_empty() {
        errors
            .push(&schema.input.ident, format!("{DERIVE} needs at least one field: each field declares a session key"));
    }
}

fn has_no_generics(schema: &Schema, errors: &Errors) {
    for param in &schema.input.generics.params {
        match param {
            GenericParam::Lifetime(param) => {
                errors.push(
                    &param.lifetime,
                    format!("{DERIVE} does not support lifetimes: session values own their data"),
                );
            }
            GenericParam::Type(param) => not_generic(&param.ident, errors),
            GenericParam::Const(param) => not_generic(&param.ident, errors),
        }
    }
}

fn not_generic(param: &syn::Ident, errors: &Errors) {
    errors.push(param, format!("{DERIVE} does not support generic parameters: a session key has exactly one type"));
}

fn prefix_is_sensible(schema: &Schema, errors: &Errors) {
    if let Some(prefix) = schema.attrs.prefix.get() {
        let value = prefix.value();
        if value.is_empty() {
            errors.push(prefix, "session prefix must not be empty: leave `prefix` out");
        }
        has_no_outer_whitespace("prefix", prefix, errors);
        if value.len() > LONGEST_KEY {
            errors.push(prefix, too_long("prefix", value.len()));
        }
    }
}

fn has_no_outer_whitespace(what: &str, literal: &LitStr, errors: &Errors) {
    let value = literal.value();
    let trimmed = value.trim();
    if trimmed != value {
        errors.push(literal, format!("session {what} {value:?} has surrounding whitespace: write {trimmed:?}"));
    }
}

fn too_long(what: &str, length: usize) -> String {
    format!("session {what} is {length} bytes long; at most {LONGEST_KEY} fit, prefix included")
}

fn type_is_not_optional(field: &Field, errors: &Errors) {
    let ty = &field.source.ty;
    if let Some(inner) = ty::option_inner(ty) {
        let inner = ty::owned(inner).unwrap_or_else(|| ty::text(inner));
        errors.push(ty, format!("session fields are already optional: an absent key reads as `None`; write `{inner}`"));
    }
}

fn type_is_owned(field: &Field, errors: &Errors) {
    let ty = &field.source.ty;
    let references = ty::references(ty).into_iter().map(|reference| syn::Type::Reference(reference.clone()));
    let without_size = ty::is_unsized(ty).then(|| ty.clone());
    for borrowed in references.chain(without_size) {
        let instead = ty::owned(&borrowed).map(|owned| format!("; write `{owned}`")).unwrap_or_default();
        let wrong = ty::text(&borrowed);
        let message = format!("session values own their data: a `{wrong}` cannot be read back from the store{instead}");
        errors.push(borrowed, message);
    }
}

fn type_is_not_the_schema(field: &Field, errors: &Errors) {
    let ty = &field.source.ty;
    if mentions(ty, "Self") {
        errors.push(ty, "`Self` is the schema, and nobody builds a value of it: name the type of the value");
    }
}

fn nested_stands_alone(field: &Field, errors: &Errors) {
    let others: Vec<_> = Place::Field.words().iter().copied().filter(|word| *word != NESTED).collect();
    if let (true, Some((other, word))) = (field.is_nested(), field.attrs.first_of(&others)) {
        let ty = ty::text(&field.ty);
        let message = format!(
            "`nested` cannot be combined with `{other}`: `{ty}` keeps its own keys and sides; say it on its fields"
        );
        errors.push(word, message);
    }
}

fn nested_is_another_schema(schema: &Schema, field: &Field, errors: &Errors) {
    if field.is_nested() && ty::is_named(&field.ty, &schema.input.ident) {
        errors.push(&field.source.ty, "a schema cannot be nested in itself");
    }
}

fn nested_types_differ(schema: &Schema, errors: &Errors) {
    let mut types = HashMap::new();
    for field in schema.fields.iter().filter(|field| field.is_nested()) {
        let ty = ty::text(&field.ty);
        let earlier = *types.entry(ty.clone()).or_insert(field.ident);
        if earlier != field.ident {
            let message = format!(
                "`{ty}` is nested already, by field `{earlier}`: a schema keeps its own keys, and a second one of the \
                 type would share them"
            );
            errors.push(&field.source.ty, message);
        }
    }
}

fn flash_has_no_default(field: &Field, errors: &Errors) {
    if let (Kind::Flash, Some(word)) = (field.kind, field.attrs.word(DEFAULT)) {
        let message = "`flash` cannot be combined with `default`: a message that is not there reads as `None`";
        errors.push(word, message);
    }
}

fn indexed_is_stored_as_it_is(field: &Field, errors: &Errors) {
    if !field.attrs.index.given() || field.is_nested() {
        return;
    }
    if let (Side::Client, Some(word)) = (field.side, field.attrs.word(INDEX)) {
        let message =
            "`index` cannot be combined with `client`: client state lies in the browser, where no index sees it";
        return errors.push(word, message);
    }
    if let Some((other, word)) = field.attrs.first_of(&[ALIAS, KEPT_ALIAS, MIGRATE, FLASH]) {
        let why = match other {
            FLASH => "a message is taken once, and nobody looks a session up by it",
            MIGRATE => "the index finds sessions by what is stored, and that is of the old type until it is rewritten",
            _ => "the index finds sessions by what is stored under one key",
        };
        errors.push(word, format!("`index` cannot be combined with `{other}`: {why}"));
    }
}

fn one_form_is_given(field: &Field, errors: &Errors) {
    let others = [SERIALIZE_WITH, DESERIALIZE_WITH];
    if let (true, Some((other, word))) = (field.attrs.with.given(), field.attrs.first_of(&others)) {
        let message = format!("`with` cannot be combined with `{other}`: its module has both functions");
        errors.push(word, message);
    }
}

fn invalid_reads_as_something(field: &Field, errors: &Errors) {
    let (Some(choice), Some(word)) = (field.attrs.on_invalid.get(), field.attrs.word(ON_INVALID)) else { return };
    match (choice, field.has_default()) {
        (OnInvalid::Default, false) => {
            let message = "`on_invalid = \"default\"` needs a `default` on the field; \
                           to read what is invalid as `None`, write \"discard\"";
            errors.push(word, message);
        }
        (OnInvalid::Discard, true) => {
            errors.push(word, "a field with a `default` is never `None`: write `on_invalid = \"default\"`");
        }
        _ => {}
    }
}

fn default_is_no_string(field: &Field, errors: &Errors) {
    if let Fallback::Text(literal) = &field.fallback {
        let advice = default_instead_of_text(field, &literal.value());
        errors.push(literal, format!("`default` takes an expression{advice}"));
    }
}

/// The user means either a text or, as in serde, the function of this path.
fn default_instead_of_text(field: &Field, text: &str) -> String {
    let conversion = if ty::is_string(&field.ty) { "to_owned" } else { "into" };
    let value = format!("`default = {text:?}.{conversion}()`");
    let call = syn::parse_str::<syn::Path>(text).map(|path| format!("`default = {}()`", ty::text(&path)));
    match (ty::is_text(&field.ty), call) {
        (true, Ok(call)) => format!(": write {value}, or {call} to call a function"),
        (true, Err(_)) => format!(" of the field's type: write {value}"),
        (false, Ok(call)) => format!(", not a string: to call a function, write {call}"),
        (false, Err(_)) => format!(" of the field's type, `{}`, not a string", ty::text(&field.ty)),
    }
}

fn key_is_sensible(schema: &Schema, field: &Field, errors: &Errors) {
    if field.is_nested() {
        return;
    }
    if let Some(literal) = field.attrs.key.get() {
        if literal.value().is_empty() {
            errors.push(literal, "session key must not be empty: leave `key` out to use the name of the field");
        }
        has_no_outer_whitespace("key", literal, errors);
    }
    let prefix = schema.attrs.prefix.get().map_or(0, |prefix| prefix.value().len());
    if field.key.len() > LONGEST_KEY && prefix <= LONGEST_KEY {
        push_at_key(field, too_long("key", field.key.len()), errors);
    }
}

/// At the explicit key, or at the name of the field that stands for it.
fn push_at_key(field: &Field, message: String, errors: &Errors) {
    match field.attrs.key.get() {
        Some(literal) => errors.push(literal, message),
        None => errors.push(field.ident, message),
    }
}

fn accessors_are_free(schema: &Schema, field: &Field, errors: &Errors) {
    let names = verbs(field).iter().map(|verb| verb.name(field.ident));
    if let Some(name) = names.into_iter().find(|name| accessor::is_session_word(name)) {
        let owner = snake_case(&schema.input.ident.to_string());
        let (ident, key) = (field.ident, &field.name);
        let what = if *ident == name { format!("`{name}`") } else { format!("`{name}`, an accessor of `{ident}`,") };
        let message = format!(
            "{what} is a method of every session: rename the field and keep its key, \
             `#[session(key = {key:?})] {owner}_{ident}: ..`"
        );
        errors.push(ident, message);
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

fn keys_differ(schema: &Schema, errors: &Errors) {
    let mut keys = HashMap::new();
    for field in schema.fields.iter().filter(|field| !field.is_nested()) {
        let earlier = *keys.entry((field.side, field.key.clone())).or_insert(field.ident);
        if earlier != field.ident {
            let message = format!("duplicate session key `{}`: already used by field `{earlier}`", field.key);
            push_at_key(field, message, errors);
        }
    }
    for field in schema.fields.iter().filter(|field| !field.is_nested()) {
        for alias in field.aliases() {
            alias_is_free(field, alias, keys.insert((field.side, alias.value()), field.ident), errors);
        }
    }
}

fn alias_is_free(field: &Field, alias: &LitStr, taken: Option<&syn::Ident>, errors: &Errors) {
    let old = alias.value();
    match taken {
        None => {}
        Some(_) if old == field.key => {
            errors.push(alias, format!("`{old}` is the field's key already: an alias is a key that it had before"));
        }
        Some(earlier) if earlier == field.ident => {
            errors.push(alias, format!("duplicate alias `{old}`: keep one of them"));
        }
        Some(earlier) => {
            errors.push(alias, format!("duplicate session key `{old}`: already used by field `{earlier}`"));
        }
    }
}

/// What is retired is dropped: nothing may live there.
fn retired_keys_are_free(schema: &Schema, errors: &Errors) {
    let mut retired = HashSet::new();
    let server = schema.attrs.retired.iter().map(|key| (Side::Server, key));
    for (side, literal) in server.chain(schema.attrs.retired_client.iter().map(|key| (Side::Client, key))) {
        let key = literal.value();
        let values = schema.fields.iter().filter(|field| !field.is_nested() && field.side == side);
        let user =
            values.into_iter().find(|field| field.key == key || field.aliases().any(|alias| alias.value() == key));
        if let Some(field) = user {
            let message = format!("the retired key `{key}` is used by field `{}`: take one of them out", field.ident);
            errors.push(literal, message);
        } else if !retired.insert((side, key.clone())) {
            errors.push(literal, format!("duplicate retired key `{key}`: keep one of them"));
        }
    }
}

fn accessors_differ(schema: &Schema, errors: &Errors) {
    let mut accessors = HashMap::new();
    for field in &schema.fields {
        for name in verbs(field).iter().map(|verb| verb.name(field.ident)) {
            let earlier = *accessors.entry(name.clone()).or_insert(field.ident);
            if earlier != field.ident {
                both_generate(field, earlier, &format!("accessor `{name}`"), errors);
            }
        }
    }
}

fn constants_differ(schema: &Schema, errors: &Errors) {
    let mut constants = HashMap::new();
    for field in schema.fields.iter().filter(|field| !field.is_nested()) {
        let name = accessor::constant(field.ident).to_string();
        let earlier = *constants.entry(name.clone()).or_insert(field.ident);
        if earlier != field.ident {
            both_generate(field, earlier, &format!("key constant `{name}`"), errors);
        }
    }
}

fn both_generate(field: &Field, earlier: &syn::Ident, what: &str, errors: &Errors) {
    let ident = field.ident;
    let way_out = "rename one of them and keep its key with `key = \"...\"`";
    errors.push(ident, format!("field `{ident}` and field `{earlier}` both generate the {what}; {way_out}"));
}
