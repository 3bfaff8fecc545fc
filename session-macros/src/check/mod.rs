//! The rules for a schema (keys, names, types, combinations of attributes), and the compile error of each rule.

mod codec;
mod combinations;
mod default;
mod group;
mod key_pattern;
mod keyed;
mod keys;
mod names;
mod nested;
mod shape;
mod value_types;

use crate::diagnostics::Diagnostics;
use crate::parse::model::{Field, Schema};

pub(crate) fn check(schema: &Schema, diagnostics: &Diagnostics) {
    if !shape::check_shape(schema, diagnostics) {
        return;
    }
    shape::require_fields(schema, diagnostics);
    shape::reject_generics(schema, diagnostics);
    group::check_group(schema, diagnostics);
    keys::check_prefix(schema, diagnostics);
    keyed::check_prefix(schema, diagnostics);
    for field in &schema.fields {
        check_field(schema, field, diagnostics);
    }
    keys::reject_duplicate_keys(schema, diagnostics);
    keys::check_retired_keys(schema, diagnostics);
    nested::reject_nested_twice(schema, diagnostics);
    names::reject_duplicate_accessors(schema, diagnostics);
    names::reject_duplicate_constants(schema, diagnostics);
}

fn check_field(schema: &Schema, field: &Field, diagnostics: &Diagnostics) {
    value_types::reject_option(field, diagnostics);
    value_types::reject_borrowed(field, diagnostics);
    value_types::reject_self_type(field, diagnostics);
    value_types::reject_lifetimes(schema, field, diagnostics);
    value_types::reject_map_key(field, diagnostics);
    group::check_group_field(schema, field, diagnostics);
    nested::reject_other_attributes_on_nested(field, diagnostics);
    nested::reject_nested_in_itself(schema, field, diagnostics);
    nested::reject_container(field, diagnostics);
    keyed::require_map(field, diagnostics);
    combinations::reject_default_on_flash(field, diagnostics);
    combinations::check_index(field, diagnostics);
    combinations::check_sealed(field, diagnostics);
    combinations::reject_two_codecs(field, diagnostics);
    codec::reject_function_as_module(field, diagnostics);
    combinations::check_on_invalid(field, diagnostics);
    default::reject_wrong_default(field, diagnostics);
    keys::check_key(schema, field, diagnostics);
    keyed::check_key(field, diagnostics);
    names::reject_reserved_accessor(schema, field, diagnostics);
}
