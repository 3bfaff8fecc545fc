//! The rustdoc of accessors and keys: what an accessor does, its cost, its errors.

pub(super) mod accessor_list;

use crate::accessor_names::Accessor;
use crate::parse::model::{Field, Part, Side};
use crate::parse::tokens::text;

const LOAD: &str = "one store load, unless the session is already loaded";
const COMMIT: &str = "The change is stored by the request's commit.";

pub(crate) fn key_docs(field: &Field) -> String {
    let attributes = &field.attributes;
    let words = [("indexed ", &attributes.index), ("secret ", &attributes.secret), ("sealed ", &attributes.sealed)];
    let words: String = words.iter().filter(|(_, flag)| flag.is_given()).map(|(word, _)| *word).collect();
    if field.is_keyed() {
        let side = field.side.noun();
        return format!("The prefix of the {words}keys `{}` in the {side} state, one for each entry.", key_text(field));
    }
    format!("The {words}key `{}` in the {} state.", field.key, field.side.noun())
}

pub(crate) fn accessor_docs(field: &Field, accessor: Accessor) -> String {
    let schema = &field.ty_text;
    match accessor {
        Accessor::Nested => format!("Returns the getters of the nested schema [`{schema}`].\n\nCost: no I/O."),
        Accessor::NestedMut => {
            format!("Returns the getters and setters of the nested schema [`{schema}`].\n\nCost: no I/O.")
        }
        _ => {
            let (effect, cost, errors) = (effect(field, accessor), cost(field, accessor), errors(field, accessor));
            format!("{effect}\n\nCost: {cost}\n\n# Errors\n\n{errors}")
        }
    }
}

/// Returns the docs of an accessor of a group.
pub(crate) fn group_docs(field: &Field, accessor: Accessor) -> String {
    const READS: &str = "- `Store`: the store could not be reached.\n- `Value`: a stored value is not valid.";
    const WRITES: &str = "- `Finalized`: the response was already finalized.";
    const INDEX: &str = "- `Config`: the index of a field is not configured.";
    let (schema, set) = (&field.ty_text, Accessor::Set.name(field.ident));
    match accessor {
        Accessor::Set => format!(
            "Sets all fields of [`{schema}`].\n\nCost: no I/O. {COMMIT}\n\n# Errors\n\n\
             - `Value`: a value cannot be encoded as JSON, or its `check` refuses it. No field is set.\n{WRITES}\n{INDEX}"
        ),
        Accessor::Unset => format!(
            "Removes all fields of [`{schema}`] without reading them.\n\nCost: no I/O. {COMMIT}\n\n\
             # Errors\n\n{WRITES}"
        ),
        Accessor::Remove => format!(
            "Removes all fields of [`{schema}`] and returns the old values, or `None` if a field was absent.\n\n\
             Cost: {LOAD}. {COMMIT}\n\n# Errors\n\n{READS}\n{WRITES}\n{INDEX}"
        ),
        _ => format!(
            "Returns [`{schema}`], or `None` if one of its fields is absent. It is a copy: change the stored values with \
             `{set}`.\n\nCost: {LOAD}.\n\n# Errors\n\n{READS}\n{INDEX}"
        ),
    }
}

/// Returns the name by which other libraries call the accessor, for the search of rustdoc and the completion of editors.
pub(crate) fn search_alias(field: &Field, accessor: Accessor) -> Option<String> {
    (accessor == Accessor::Update).then(|| Accessor::NestedMut.name(field.ident))
}

/// Returns the key, or the form of the keys of a keyed field.
fn key_text(field: &Field) -> String {
    if field.is_keyed() { format!("{}:<part>", field.key) } else { field.key.clone() }
}

fn effect(field: &Field, accessor: Accessor) -> String {
    let (key, side) = (key_text(field), field.side.noun());
    let absent = if field.has_default() { "the default" } else { "`None`" };
    let expired = if field.attributes.expires_in.is_given() { " or its value expired" } else { "" };
    match accessor {
        Accessor::Get => {
            let copy = copy(field);
            format!("Returns `{key}` from the {side} state, or {absent} if the key is absent{expired}. {copy}")
        }
        Accessor::Entries => format!("Returns all entries `{key}` of the {side} state. {}", copy(field)),
        Accessor::UnsetAll => format!(
            "Removes all entries `{key}` that the {side} state has now. An entry that another request adds later stays."
        ),
        Accessor::Set if field.attributes.expires_in.is_given() => {
            format!("Sets `{key}` in the {side} state. The value expires after the time that the field declares.")
        }
        Accessor::Set => format!("Sets `{key}` in the {side} state."),
        Accessor::SetFor => format!("Sets `{key}` in the {side} state. The value expires after `duration`."),
        Accessor::Unset => format!("Removes `{key}` from the {side} state without reading it."),
        Accessor::Remove => format!("Removes `{key}` from the {side} state and returns the old value."),
        Accessor::Update => format!("Changes `{key}` in the {side} state in place and returns the result of `f`."),
        Accessor::TryUpdate => {
            format!("Changes `{key}` in the {side} state in place. If `f` returns an `Err`, nothing is stored.")
        }
        Accessor::Peek => format!("Returns the message `{key}` from the {side} state and keeps it. {}", copy(field)),
        Accessor::Take => {
            format!("Removes the message `{key}` from the {side} state and returns it. A `HEAD` request keeps it.")
        }
        Accessor::Nested | Accessor::NestedMut => String::new(),
    }
}

/// A change of the returned value is lost, and no lint reports it.
fn copy(field: &Field) -> String {
    format!("It is a copy: change the stored value with `{}`.", Accessor::Update.name(field.ident))
}

fn cost(field: &Field, accessor: Accessor) -> String {
    match (field.side, accessor) {
        (Side::Client, Accessor::Get | Accessor::Peek | Accessor::Entries) => "no I/O.".to_owned(),
        (Side::Client, _) => "no I/O. The change is sent with the response.".to_owned(),
        (Side::Server, Accessor::Set | Accessor::SetFor | Accessor::Unset) => format!("no I/O. {COMMIT}"),
        (Side::Server, Accessor::Remove | Accessor::Take | Accessor::UnsetAll) => format!("{LOAD}. {COMMIT}"),
        (Side::Server, Accessor::Update | Accessor::TryUpdate) => format!(
            "{LOAD}, and one commit before the accessor returns.\n\n\
             The update is atomic, also across servers. `f` may run several times."
        ),
        (Side::Server, _) => format!("{LOAD}."),
    }
}

/// The causes, one a line, in the order of the kinds of `session::ErrorKind`.
fn errors(field: &Field, accessor: Accessor) -> String {
    let is_update = matches!(accessor, Accessor::Update | Accessor::TryUpdate);
    let takes_part = field.is_keyed() && !matches!(accessor, Accessor::Entries | Accessor::UnsetAll);
    let (on_server, value) = (field.side == Side::Server, invalid_values(field, accessor));
    let causes = [
        (on_server && is_update, "Ended", "the session ended"),
        (on_server && is_update, "Replaced", "another request rotated the token"),
        (on_server && is_update, "Conflict", "other requests changed the session in every attempt"),
        (accessor.is_future(field), "Store", "the store could not be reached"),
        (takes_part, "TooLarge", "the key with this part has more than 1,024 bytes"),
        (!value.is_empty(), "Value", &value),
        (!accessor.is_getter(), "Finalized", "the response was already finalized"),
        (
            !on_server && !accessor.is_getter(),
            "NoBrowser",
            "the session was opened by its id, or the request uses the header transport",
        ),
        (
            field.attributes.index.is_given(),
            "Config",
            "neither `SessionConfig::index` nor `SessionConfig::schema` names the key",
        ),
    ];
    let applicable = causes.iter().filter(|(applies, ..)| *applies);
    let lines: Vec<_> = applicable.map(|(_, kind, cause)| format!("- `{kind}`: {cause}.")).collect();
    if lines.is_empty() { "None: an invalid stored value is ignored.".to_owned() } else { lines.join("\n") }
}

/// Returns the causes of `Value`.
fn invalid_values(field: &Field, accessor: Accessor) -> String {
    let is_update = matches!(accessor, Accessor::Update | Accessor::TryUpdate);
    let writes = is_update || matches!(accessor, Accessor::Set | Accessor::SetFor);
    let is_read = is_update || !(writes || matches!(accessor, Accessor::Unset | Accessor::UnsetAll));
    let mut causes = Vec::new();
    if is_read && !field.ignores_invalid() {
        let undecryptable = if field.attributes.sealed.is_given() { "cannot be decrypted, or " } else { "" };
        causes.push(format!("the stored value {undecryptable}is not a valid `{}`", field.ty_text));
        if let (Some(Part::Type(part)), Accessor::Entries) = (&field.part, accessor) {
            causes.push(format!("the part of a key is not a valid `{}`", text(&**part)));
        }
    }
    if writes {
        causes.push("the new value cannot be encoded as JSON".to_owned());
        causes.extend(field.attributes.check.get().map(|check| format!("`{}` refuses it", text(check))));
    }
    causes.join(", or ")
}
