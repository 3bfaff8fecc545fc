//! The names of generated types and parameters, chosen to differ from the user's types.

use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;

use crate::parse::model::{FieldDefault, Schema};
use crate::parse::tokens::mentions;

pub(crate) struct Names {
    /// The hidden module of the `session` crate.
    pub(crate) private_mod: Ident,
    /// The type with the getters, and the one with the setters.
    pub(crate) reader: Ident,
    pub(crate) writer: Ident,
    pub(crate) snapshot: Ident,
    /// The prefix of the codec types: the key constant follows.
    pub(crate) codec: Ident,
    /// The type parameters of nested schemas.
    pub(crate) nested: Vec<Ident>,
    /// A type parameter: the result of an update, or a serializer.
    pub(crate) result: Ident,
    /// The type parameter of an update's error.
    pub(crate) error: Ident,
}

impl Names {
    pub(crate) fn new(schema: &Schema) -> Self {
        let ident = schema.input.ident.unraw();
        let nested = schema.fields.iter().filter(|field| field.is_nested()).count();
        Self {
            private_mod: unique_ident(schema, "__private"),
            reader: unique_ident(schema, &format!("{ident}Reader")),
            writer: unique_ident(schema, &format!("{ident}Writer")),
            snapshot: unique_ident(schema, &format!("{ident}Snapshot")),
            codec: unique_ident(schema, &format!("{ident}Codec")),
            nested: (0..nested).map(|index| unique_ident(schema, &format!("Nested{index}"))).collect(),
            result: unique_ident(schema, "R"),
            error: unique_ident(schema, "E"),
        }
    }
}

/// Returns the name, with as many underscores in front as it needs to be unique.
fn unique_ident(schema: &Schema, name: &str) -> Ident {
    let is_used_by_field = schema.fields.iter().any(|field| {
        field.mentions(name)
            || matches!(&field.default, FieldDefault::Expr(expr) if mentions(expr, name))
            || field.attributes.paths().any(|path| mentions(path, name))
    });
    if is_used_by_field || mentions(&schema.crate_path(), name) || schema.input.ident == name {
        return unique_ident(schema, &format!("_{name}"));
    }
    format_ident!("{name}")
}
