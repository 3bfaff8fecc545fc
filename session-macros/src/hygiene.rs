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
    /// The type parameters of the updates.
    pub(crate) result: Ident,
    pub(crate) failure: Ident,
}

impl Names {
    pub(crate) fn new(schema: &Schema) -> Self {
        let ident = schema.input.ident.unraw();
        Self {
            door: fresh(schema, "__private"),
            reader: fresh(schema, &format!("{ident}Reader")),
            writer: fresh(schema, &format!("{ident}Writer")),
            result: fresh(schema, "R"),
            failure: fresh(schema, "E"),
        }
    }
}

fn fresh(schema: &Schema, name: &str) -> Ident {
    let by_field = schema.fields.iter().any(|field| mentions(&field.ty, name) || fallback_mentions(field, name));
    let by_path = mentions(&schema.crate_path(), name);
    if by_field || by_path || schema.input.ident == name {
        return fresh(schema, &format!("_{name}"));
    }
    format_ident!("{name}")
}

fn fallback_mentions(field: &Field, name: &str) -> bool {
    matches!(&field.fallback, Fallback::Expr(expr) if mentions(expr, name))
}
