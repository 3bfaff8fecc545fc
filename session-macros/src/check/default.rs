//! The expression of `default`.

use syn::{Error, Path};

use crate::diagnostics::Diagnostics;
use crate::parse::model::{Field, FieldDefault, Side};
use crate::parse::tokens::text;
use crate::parse::types;
use crate::parse::wrong_default::WrongDefault;

pub(super) fn reject_wrong_default(field: &Field, diagnostics: &Diagnostics) {
    let FieldDefault::Wrong(wrong) = &field.default else { return };
    match wrong {
        WrongDefault::StringLiteral(literal) => {
            let advice = default_expression(field, &literal.value());
            diagnostics.error(literal, format!("`default` takes an expression{advice}"));
        }
        WrongDefault::OtherField(name) => {
            let message = format!(
                "a `default` cannot read fields of the session: write a value, or remove `default` and {}",
                in_the_handler(field)
            );
            diagnostics.error(name, message);
        }
        WrongDefault::Await(span) => {
            let message =
                format!("a `default` cannot wait: write a value, or remove `default` and {}", in_the_handler(field));
            diagnostics.push(Error::new(*span, message));
        }
        WrongDefault::Try(span) => {
            let message = format!(
                "a `default` cannot fail: handle the error in the expression, for example with `.unwrap_or_default()`, \
                 or remove `default` and {}",
                in_the_handler(field)
            );
            diagnostics.push(Error::new(*span, message));
        }
    }
}

/// Returns the advice to compute the value where the session is at hand.
fn in_the_handler(field: &Field) -> String {
    let awaited = if field.side == Side::Server { ".await" } else { "" };
    let part = if field.is_keyed() { "&part" } else { "" };
    format!("choose the value in the handler: `visitor.{}({part}){awaited}?.unwrap_or(..)`", field.ident)
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
