//! The names that the output declares. They share a scope with the user's types, so none may be one that a type means.

use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;

use crate::ast::{Fallback, Field, Schema, mentions};

pub(crate) struct Names {
    /// The hidden module of the runtime.
    pub(crate) door: Ident,
    /// The types behind the handles.
    pub(crate) reader: Ident,
    pub(crate) writer: Ident,
    pub(crate) snapshot: Ident,
    /// What the forms of one's own are called, each with its key constant behind it.
    pub(crate) codec: Ident,
    /// The type parameters of nested schemas.
    pub(crate) nested: Vec<Ident>,
    /// Type parameters: those of the updates, and of what is written and read.
    pub(crate) result: Ident,
    pub(crate) failure: Ident,
}

impl Names {
    pub(crate) fn new(schema: &Schema) -> Self {
        let ident = schema.input.ident.unraw();
        let nested = schema.fields.iter().filter(|field| field.is_nested()).count();
        Self {
            door: fresh(schema, "__private"),
            reader: fresh(schema, &format!("{ident}Reader")),
            writer: fresh(schema, &format!("{ident}Writer")),
            snapshot: fresh(schema, &format!("{ident}Snapshot")),
            codec: fresh(schema, &format!("{ident}Codec")),
            nested: (0..nested).map(|index| fresh(schema, &format!("Nested{index}"))).collect(),
            result: fresh(schema, "R"),
            failure: fresh(schema, "E"),
        }
    }
}

fn fresh(schema: &Schema, name: &str) -> Ident {
    let by_field = schema.fields.iter().any(|field| {
        mentions(&field.ty, name)
            || fallback_mentions(field, name)
            || field.attrs.paths().any(|path| mentions(path, name))
    });
    let by_path = mentions(&schema.crate_path(), name);
    if by_field || by_path || schema.input.ident == name {
        return fresh(schema, &format!("_{name}"));
    }
    format_ident!("{name}")
}

fn fallback_mentions(field: &Field, name: &str) -> bool {
    matches!(&field.fallback, Fallback::Expr(expr) if mentions(expr, name))
}
