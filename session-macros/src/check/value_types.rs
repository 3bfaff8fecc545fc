//! The types of the values: owned, and not the schema itself.

use syn::{GenericParam, Type};

use crate::diagnostics::Diagnostics;
use crate::parse::model::{Field, Schema};
use crate::parse::tokens::{mentions, text};
use crate::parse::types;

pub(super) fn reject_option(field: &Field, diagnostics: &Diagnostics) {
    let ty = field.written_type();
    if let Some(inner) = types::option_inner(ty) {
        let inner = types::owned_text(inner).unwrap_or_else(|| text(inner));
        let message = format!("session fields are already optional: an absent key reads as `None`; write `{inner}`");
        diagnostics.error(ty, message);
    }
}

pub(super) fn reject_borrowed(field: &Field, diagnostics: &Diagnostics) {
    let ty = &field.source.ty;
    let references = types::references(ty).into_iter().map(|reference| Type::Reference(reference.clone()));
    let value = field.written_type();
    let unsized_type = types::is_unsized(value).then(|| value.clone());
    for borrowed in references.chain(unsized_type) {
        let advice = types::owned_text(&borrowed).map(|owned| format!("; write `{owned}`")).unwrap_or_default();
        let written = text(&borrowed);
        let message = format!("session values own their data: a `{written}` cannot be loaded from the store{advice}");
        diagnostics.error(borrowed, message);
    }
}

pub(super) fn reject_self_type(field: &Field, diagnostics: &Diagnostics) {
    let ty = &field.source.ty;
    if mentions(ty, "Self") {
        diagnostics.error(ty, "`Self` is the schema, which cannot be a session value: write the type of the value");
    }
}

/// A lifetime of the struct is reported there.
pub(super) fn reject_lifetimes(schema: &Schema, field: &Field, diagnostics: &Diagnostics) {
    let has_lifetime = schema.input.generics.params.iter().any(|param| matches!(param, GenericParam::Lifetime(_)));
    if has_lifetime {
        return;
    }
    for ty in types::types_with_lifetimes(&field.source.ty) {
        let written = text(&ty);
        let message = format!(
            "session values own their data: `{written}` borrows, and cannot be loaded from the store; write a type \
             without a lifetime"
        );
        diagnostics.error(ty, message);
    }
}

/// In JSON, the keys of a map are texts. Only keys whose type shows the error are reported here.
pub(super) fn reject_map_key(field: &Field, diagnostics: &Diagnostics) {
    if field.is_nested() || field.is_keyed() || field.attributes.has_codec() {
        return;
    }
    let Some((key, value)) = types::map_arguments(&field.source.ty) else { return };
    if types::is_composite(key) {
        let (key_text, value) = (text(key), text(value));
        let message = format!(
            "the keys of a stored map are texts in JSON, and `{key_text}` is not one: write `Vec<({key_text}, {value})>`, or \
             encode the map yourself with `#[session(with = \"...\")]`"
        );
        diagnostics.error(key, message);
    }
}
