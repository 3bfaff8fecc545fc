//! The types of the values: owned, and not the schema itself.

use syn::Type;

use crate::diagnostics::Diagnostics;
use crate::parse::model::Field;
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
