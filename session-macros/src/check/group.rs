//! The rules of `group` on a struct: its fields are plain server fields.

use crate::diagnostics::Diagnostics;
use crate::parse::attribute_names::{CLIENT, DEFAULT, FLASH, GROUP, KEYED, NESTED};
use crate::parse::model::{Field, Schema};

/// Attributes of a field that cannot be part of a group, with the reason.
const REFUSED: [(&str, &str); 6] = [
    (CLIENT, "is client state, and the fields of a group are stored together, on the server"),
    (DEFAULT, "has a default, and a group is `None` if one of its fields is absent"),
    (FLASH, "is a message that is removed when it is read, and a group is read as a whole"),
    (KEYED, "has any number of keys, and a group has one key for each field"),
    (NESTED, "is another schema, and the fields of a group are values"),
    (GROUP, "is another group, and the fields of a group are values"),
];

pub(super) fn check_group(schema: &Schema, diagnostics: &Diagnostics) {
    let Some((other, written)) = schema.attributes.first_given(&[CLIENT, DEFAULT]).filter(|_| schema.is_group()) else {
        return;
    };
    let reason = if other == CLIENT {
        "the fields of a group are stored on the server"
    } else {
        "a group is `None` if one of its fields is absent"
    };
    diagnostics.error(written, format!("`group` cannot be combined with `{other}`: {reason}; remove one of them"));
}

pub(super) fn check_group_field(schema: &Schema, field: &Field, diagnostics: &Diagnostics) {
    if !schema.is_group() {
        return;
    }
    let refused = REFUSED.iter().find_map(|(name, reason)| Some((field.attributes.written(name)?, reason)));
    if let Some((written, reason)) = refused {
        let message =
            format!("field `{}` {reason}: move it to the schema that contains `{}`", field.ident, schema.input.ident);
        diagnostics.error(written, message);
    }
}
