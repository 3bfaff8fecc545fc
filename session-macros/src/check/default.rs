//! The expression of `default`.

use syn::Path;

use crate::diagnostics::Diagnostics;
use crate::parse::model::{Field, FieldDefault};
use crate::parse::tokens::text;
use crate::parse::types;

pub(super) fn reject_string_default(field: &Field, diagnostics: &Diagnostics) {
    if let FieldDefault::StringLiteral(literal) = &field.default {
        let advice = default_expression(field, &literal.value());
        diagnostics.error(literal, format!("`default` takes an expression{advice}"));
    }
}

/// The string is either the value, or as in serde the path of a function.
fn default_expression(field: &Field, string: &str) -> String {
    let conversion = if types::is_string(&field.ty) { "to_owned" } else { "into" };
    let value = format!("`default = {string:?}.{conversion}()`");
    let call = syn::parse_str::<Path>(string).map(|path| format!("`default = {}()`", text(&path)));
    match (types::is_string_like(&field.ty), call) {
        (true, Ok(call)) => format!(": write {value}, or {call} to call a function"),
        (true, Err(_)) => format!(" of the field's type: write {value}"),
        (false, Ok(call)) => format!(", not a string: to call a function, write {call}"),
        (false, Err(_)) => format!(" of the field's type, `{}`, not a string", text(&field.ty)),
    }
}
