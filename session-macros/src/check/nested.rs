//! The rules of `nested`.

use std::collections::HashMap;

use crate::diagnostics::Diagnostics;
use crate::parse::attribute_names::{NESTED, Target};
use crate::parse::model::{Field, Schema};
use crate::parse::tokens::text;
use crate::parse::types;

pub(super) fn reject_other_attributes_on_nested(field: &Field, diagnostics: &Diagnostics) {
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

pub(super) fn reject_nested_in_itself(schema: &Schema, field: &Field, diagnostics: &Diagnostics) {
    if field.is_nested() && types::is_named(&field.ty, &schema.input.ident) {
        diagnostics.error(&field.source.ty, "a schema cannot be nested in itself: write the name of another schema");
    }
}

pub(super) fn reject_nested_twice(schema: &Schema, diagnostics: &Diagnostics) {
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
