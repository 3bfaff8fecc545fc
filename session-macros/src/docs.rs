//! The docs of what is generated: after those of the field, what a call does and what it costs.

use crate::accessor::Verb;
use crate::ast::{Field, Side};
use crate::ty;

const LOAD: &str = "one load, unless this request has loaded the session";
const COMMIT: &str = "the commit of this request stores it";

pub(crate) fn constant(field: &Field) -> String {
    let index = if field.attrs.index.given() { ", which the application indexes" } else { "" };
    format!("The key `{}` of the {} state{index}.", field.key, side(field))
}

pub(crate) fn accessor(field: &Field, verb: Verb) -> String {
    match verb {
        Verb::Nested => return nested(field, "getters"),
        Verb::NestedMut => return nested(field, "getters and setters"),
        _ => {}
    }
    format!("{}\n\n# Errors\n\n{}", effect(field, verb), failure(field, verb))
}

fn nested(field: &Field, what: &str) -> String {
    format!("The {what} of the nested [`{}`]: no I/O.", ty::text(&field.ty))
}

fn side(field: &Field) -> &'static str {
    match field.side {
        Side::Server => "server",
        Side::Client => "client",
    }
}

fn effect(field: &Field, verb: Verb) -> String {
    let (what, cost) = (action(field, verb), cost(field, verb));
    format!("{what}: {cost}.")
}

fn action(field: &Field, verb: Verb) -> String {
    let (key, side) = (&field.key, side(field));
    let absent = if field.has_default() { "the default" } else { "`None`" };
    match verb {
        Verb::Get => format!("Reads `{key}` from the {side} state, {absent} if it is absent"),
        Verb::Set => format!("Sets `{key}` in the {side} state"),
        Verb::Unset => format!("Removes `{key}` from the {side} state without reading it"),
        Verb::Remove => format!("Removes `{key}` from the {side} state and returns what it held"),
        Verb::Update => format!("Changes `{key}` of the {side} state in place"),
        Verb::TryUpdate => format!("Changes `{key}` of the {side} state in place, unless `f` returns an `Err`"),
        Verb::Peek => format!("Reads the message `{key}` from the {side} state and leaves it there"),
        Verb::Take => format!("Takes the message `{key}` out of the {side} state"),
        Verb::Nested | Verb::NestedMut => String::new(),
    }
}

fn cost(field: &Field, verb: Verb) -> String {
    match (field.side, verb) {
        (Side::Client, Verb::Get | Verb::Peek) => "no I/O".to_owned(),
        (Side::Client, _) => "no I/O, the cookie goes out with the response".to_owned(),
        (Side::Server, Verb::Set | Verb::Unset) => format!("no I/O, {COMMIT}"),
        (Side::Server, Verb::Remove | Verb::Take) => format!("{LOAD}; {COMMIT}"),
        (Side::Server, Verb::Update | Verb::TryUpdate) => {
            format!("{LOAD}, and one commit at once.\nIt is atomic, also across servers; `f` may run several times")
        }
        (Side::Server, _) => LOAD.to_owned(),
    }
}

fn failure(field: &Field, verb: Verb) -> &'static str {
    match (field.side, verb) {
        (_, Verb::Set) => "The value is no JSON, or the session is already finalized.",
        (_, Verb::Unset) => "The session is already finalized.",
        (Side::Client, Verb::Get | Verb::Peek) => "The value is of another type.",
        (Side::Client, Verb::Remove | Verb::Take) => {
            "The value is of another type, and is kept; or the session is already finalized."
        }
        (Side::Client, _) => {
            "The old value is of another type, the new one is no JSON, or the session is already finalized."
        }
        (Side::Server, Verb::Get | Verb::Peek) => "The store fails, or the value is of another type.",
        (Side::Server, Verb::Remove | Verb::Take) => "The store fails, or the value is of another type, and is kept.",
        (Side::Server, _) => {
            "The store fails, the session has ended, the old value is of another type, or other requests win every race."
        }
    }
}
