//! The shape of the struct itself: named fields, at least one, no generic parameters.

use proc_macro2::Ident;
use syn::{Data, Fields, GenericParam};

use crate::diagnostics::Diagnostics;
use crate::parse::model::Schema;

const DERIVE: &str = "`#[derive(SessionSchema)]`";

/// Returns false if the struct cannot be a schema at all, so that no other rule applies.
pub(super) fn check_shape(schema: &Schema, diagnostics: &Diagnostics) -> bool {
    let Some(shape) = unsupported_shape(schema) else { return true };
    let message = format!("{DERIVE} needs a struct with named fields, not {shape}: each field declares a session key");
    diagnostics.error(&schema.input.ident, message);
    false
}

pub(super) fn require_fields(schema: &Schema, diagnostics: &Diagnostics) {
    if schema.fields.is_empty() {
        let message = format!("{DERIVE} needs at least one field: each field declares a session key");
        diagnostics.error(&schema.input.ident, message);
    }
}

pub(super) fn reject_generics(schema: &Schema, diagnostics: &Diagnostics) {
    let reject = |param: &Ident| {
        let message =
            format!("{DERIVE} does not support generic parameters: a session key has one type; write that type");
        diagnostics.error(param, message);
    };
    for param in &schema.input.generics.params {
        match param {
            GenericParam::Lifetime(param) => {
                let message =
                    format!("{DERIVE} does not support lifetimes: session values own their data; remove the lifetime");
                diagnostics.error(&param.lifetime, message);
            }
            GenericParam::Type(param) => reject(&param.ident),
            GenericParam::Const(param) => reject(&param.ident),
        }
    }
}

fn unsupported_shape(schema: &Schema) -> Option<&'static str> {
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
