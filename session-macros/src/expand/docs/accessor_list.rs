//! The list of a field's accessors in the docs of its key constant.
//!
//! Rustdoc shows no page for the types with the accessors, because they are generated. The constants are on the page of the
//! struct.

use crate::accessor_names::{Accessor, accessors};
use crate::parse::model::{Field, Part, Side};
use crate::parse::tokens::text;

/// Returns the accessors with their signatures, as a list in Markdown.
pub(in crate::expand) fn accessor_list(field: &Field) -> String {
    let lines: Vec<_> =
        accessors(field).iter().map(|accessor| format!("- `{}`", signature(field, *accessor))).collect();
    format!("\nAccessors of `Typed`, and with `&self` also of `ReadOnly`:\n\n{}", lines.join("\n"))
}

fn signature(field: &Field, accessor: Accessor) -> String {
    let name = accessor.name(field.ident);
    let asyncness = if accessor.is_future(field) { "async " } else { "" };
    let receiver = if accessor.is_getter() { "&self" } else { "&mut self" };
    let parameters = [Some(receiver.to_owned()), part(field, accessor), value(field, accessor)];
    let parameters = parameters.into_iter().flatten().collect::<Vec<_>>().join(", ");
    format!("{asyncness}fn {name}({parameters}) -> Result<{}, session::Error>", result(field, accessor))
}

fn part(field: &Field, accessor: Accessor) -> Option<String> {
    let has_part = !matches!(accessor, Accessor::Entries | Accessor::UnsetAll);
    field.part.as_ref().filter(|_| has_part).map(|part| match part {
        Part::Type(ty) => format!("part: &{}", text(&**ty)),
        Part::Unknown => "part".to_owned(),
    })
}

fn value(field: &Field, accessor: Accessor) -> Option<String> {
    let ty = &field.ty_text;
    let changed = if field.has_default() { ty.clone() } else { format!("Option<{ty}>") };
    let function = if field.side == Side::Server { "FnMut" } else { "FnOnce" };
    match accessor {
        Accessor::Set => Some(format!("value: {ty}")),
        Accessor::SetFor => Some(format!("value: {ty}, duration: Duration")),
        Accessor::Update => Some(format!("f: impl {function}(&mut {changed}) -> R")),
        Accessor::TryUpdate => Some(format!("f: impl {function}(&mut {changed}) -> Result<R, E>")),
        _ => None,
    }
}

fn result(field: &Field, accessor: Accessor) -> String {
    let ty = &field.ty_text;
    match accessor {
        Accessor::Set | Accessor::SetFor | Accessor::Unset | Accessor::UnsetAll => "()".to_owned(),
        Accessor::Update => "R".to_owned(),
        Accessor::TryUpdate => "Result<R, E>".to_owned(),
        Accessor::Get if field.has_default() => ty.clone(),
        Accessor::Entries => match &field.part {
            Some(Part::Type(part)) => format!("BTreeMap<{}, {ty}>", text(&**part)),
            _ => format!("BTreeMap<_, {ty}>"),
        },
        _ => format!("Option<{ty}>"),
    }
}
