//! The rules of `nested`, and those that it shares with `group`.

use std::collections::HashMap;

use crate::diagnostics::Diagnostics;
use crate::parse::attribute_names::{CLIENT, DEFAULT, FLASH, GROUP, KEYED, NESTED, Target};
use crate::parse::model::{Field, Schema};
use crate::parse::tokens::text;
use crate::parse::types;

pub(super) fn reject_other_attributes_on_nested(field: &Field, diagnostics: &Diagnostics) {
    let own = if field.is_group() { GROUP } else { NESTED };
    let others: Vec<_> = Target::Field.names().iter().copied().filter(|name| *name != own).collect();
    if let (true, Some((other, written))) = (field.has_schema(), field.attributes.first_given(&others)) {
        let ty = text(&field.ty);
        let reason = match (own, other) {
            (NESTED, GROUP) => format!(
                "keep `group` to read and write all fields of `{ty}` at once, or `nested` for accessors of each field"
            ),
            (GROUP, CLIENT | DEFAULT | FLASH) => {
                format!("`{ty}` is on the server and reads as `None` if it is absent")
            }
            (GROUP, KEYED) => {
                format!("each field of `{ty}` has one key; declare the entries as a `keyed` field of their own")
            }
            _ => format!("the fields of `{ty}` have their own keys and attributes; write `{other}` on those fields"),
        };
        diagnostics.error(written, format!("`{own}` cannot be combined with `{other}`: {reason}"));
    }
}

pub(super) fn reject_nested_in_itself(schema: &Schema, field: &Field, diagnostics: &Diagnostics) {
    if field.has_schema() && types::is_named(&field.ty, &schema.input.ident) {
        diagnostics.error(&field.source.ty, "a schema cannot be nested in itself: write the name of another schema");
    }
}

/// A list of a schema would need a key for each element.
pub(super) fn reject_container(field: &Field, diagnostics: &Diagnostics) {
    let Some((container, inner)) = types::container(&field.source.ty).filter(|_| field.is_nested()) else { return };
    let inner = text(inner);
    let message = if types::is_pointer(container) {
        format!("`nested` takes a schema, not a pointer to one: write `{inner}`")
    } else {
        format!(
            "`nested` takes one schema, not a `{container}`: write `{inner}`, or remove `nested` and derive serde's \
             `Serialize` and `Deserialize` for `{inner}` to store the `{container}` as one value"
        )
    };
    diagnostics.error(&field.source.ty, message);
}

pub(super) fn reject_nested_twice(schema: &Schema, diagnostics: &Diagnostics) {
    let mut types = HashMap::new();
    for field in schema.fields.iter().filter(|field| field.has_schema()) {
        let ty = text(&field.ty);
        let earlier = *types.entry(ty.clone()).or_insert(field.ident);
        if earlier != field.ident {
            let message = format!(
                "`{ty}` is already the type of field `{earlier}`: both fields would share its keys; remove one of them, or \
                 declare a second schema with another `prefix`"
            );
            diagnostics.error(&field.source.ty, message);
        }
    }
}
