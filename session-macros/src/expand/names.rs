//! The names of generated types and parameters, chosen to differ from the user's types.

use std::collections::HashSet;

use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;

use crate::parse::model::{FieldDefault, Schema};
use crate::parse::tokens::collect_idents;

pub(crate) struct Names {
    /// The hidden module of the `session` crate.
    pub(crate) private_mod: Ident,
    /// The `session` crate, and items of `core`, by names that read well in an editor.
    pub(crate) session: Ident,
    pub(crate) result_type: Ident,
    pub(crate) option: Ident,
    pub(crate) future: Ident,
    pub(crate) fn_mut: Ident,
    pub(crate) fn_once: Ident,
    /// The type with the getters, and the one with the setters.
    pub(crate) reader: Ident,
    pub(crate) writer: Ident,
    pub(crate) snapshot: Ident,
    /// The prefix of the codec types: the key constant follows.
    pub(crate) codec: Ident,
    /// A type parameter: the result of an update, or a serializer.
    pub(crate) result: Ident,
    /// The type parameter of an update's error.
    pub(crate) error: Ident,
    /// The type parameter of an update's function.
    pub(crate) function: Ident,
}

impl Names {
    pub(crate) fn new(schema: &Schema) -> Self {
        let (ident, taken) = (schema.input.ident.unraw(), TakenNames::of(schema));
        Self {
            private_mod: taken.unique("__private"),
            session: taken.unique("session"),
            result_type: taken.unique("Result"),
            option: taken.unique("Option"),
            future: taken.unique("Future"),
            fn_mut: taken.unique("FnMut"),
            fn_once: taken.unique("FnOnce"),
            reader: taken.unique(&format!("{ident}Reader")),
            writer: taken.unique(&format!("{ident}Writer")),
            snapshot: taken.unique(&format!("{ident}Snapshot")),
            codec: taken.unique(&format!("{ident}Codec")),
            result: taken.unique("R"),
            error: taken.unique("E"),
            function: taken.unique("F"),
        }
    }
}

/// The names that the user's tokens mention.
struct TakenNames(HashSet<String>);

impl TakenNames {
    fn of(schema: &Schema) -> Self {
        let mut names = HashSet::from([schema.input.ident.to_string()]);
        for field in &schema.fields {
            collect_idents(&field.source.ty, &mut names);
            collect_idents(&field.ty, &mut names);
            if let FieldDefault::Expr(expr) = &field.default {
                collect_idents(expr, &mut names);
            }
            field.attributes.paths().for_each(|path| collect_idents(path, &mut names));
        }
        if let Some(path) = schema.attributes.crate_path.get() {
            collect_idents(path, &mut names);
        }
        schema.attributes.snapshot.get().into_iter().flatten().for_each(|path| collect_idents(path, &mut names));
        Self(names)
    }

    /// Returns the name, with as many underscores in front as it needs to be unique.
    fn unique(&self, name: &str) -> Ident {
        if self.0.contains(name) { self.unique(&format!("_{name}")) } else { format_ident!("{name}") }
    }
}
