//! Which accessors a field has, and their names: `cart`, `set_cart`, `try_update_cart`.

use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;

use crate::parse::model::{Field, FieldKind, Side};
use crate::parse::spans::{generated_span, with_span};

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Accessor {
    Get,
    /// All entries of a keyed field.
    Entries,
    Set,
    /// Sets a value that expires after a given time.
    SetFor,
    Unset,
    /// All entries of a keyed field.
    UnsetAll,
    Remove,
    Update,
    TryUpdate,
    /// Reads a flash message and keeps it.
    Peek,
    /// Reads a flash message and removes it, except in a HEAD request.
    Take,
    Nested,
    NestedMut,
}

/// Returns the accessors of a field, the getter first.
pub(crate) fn accessors(field: &Field) -> &'static [Accessor] {
    use Accessor::{
        Entries, Get, Nested, NestedMut, Peek, Remove, Set, SetFor, Take, TryUpdate, Unset, UnsetAll, Update,
    };
    match (field.kind, field.is_keyed(), field.attributes.expires_in.is_given()) {
        (FieldKind::Value, false, false) => &[Get, Set, Unset, Remove, Update, TryUpdate],
        (FieldKind::Value, false, true) => &[Get, Set, SetFor, Unset, Remove, Update, TryUpdate],
        (FieldKind::Value, true, false) => &[Get, Entries, Set, Unset, UnsetAll, Remove, Update, TryUpdate],
        (FieldKind::Value, true, true) => &[Get, Entries, Set, SetFor, Unset, UnsetAll, Remove, Update, TryUpdate],
        (FieldKind::Flash, false, false) => &[Peek, Set, Unset, Take, Update, TryUpdate],
        (FieldKind::Flash, false, true) => &[Peek, Set, SetFor, Unset, Take, Update, TryUpdate],
        (FieldKind::Flash, true, false) => &[Peek, Entries, Set, Unset, UnsetAll, Take, Update, TryUpdate],
        (FieldKind::Flash, true, true) => &[Peek, Entries, Set, SetFor, Unset, UnsetAll, Take, Update, TryUpdate],
        (FieldKind::Group, ..) => &[Get, Set, Unset, Remove],
        (FieldKind::Nested, ..) => &[Nested, NestedMut],
    }
}

impl Accessor {
    /// Returns true if the accessor takes `&self`.
    pub(crate) fn is_getter(self) -> bool {
        matches!(self, Accessor::Get | Accessor::Entries | Accessor::Peek | Accessor::Nested)
    }

    /// Returns the name of the accessor, without the `r#` of a raw identifier.
    pub(crate) fn name(self, field: &Ident) -> String {
        let field = field.unraw();
        match self {
            Accessor::Get | Accessor::Nested => field.to_string(),
            Accessor::Entries => format!("{field}_entries"),
            Accessor::Set => format!("set_{field}"),
            Accessor::SetFor => format!("set_{field}_for"),
            Accessor::Unset => format!("unset_{field}"),
            Accessor::UnsetAll => format!("unset_all_{field}"),
            Accessor::Remove => format!("remove_{field}"),
            Accessor::Update => format!("update_{field}"),
            Accessor::TryUpdate => format!("try_update_{field}"),
            Accessor::Peek => format!("peek_{field}"),
            Accessor::Take => format!("take_{field}"),
            Accessor::NestedMut => format!("{field}_mut"),
        }
    }

    /// Returns true if the accessor must be awaited, since it may load the session from the store.
    pub(crate) fn is_future(self, field: &Field) -> bool {
        let has_no_io = [Accessor::Set, Accessor::SetFor, Accessor::Unset, Accessor::Nested, Accessor::NestedMut];
        // A group is server state, also in a schema with `client`.
        let is_on_server = field.side == Side::Server || field.is_group();
        is_on_server && !has_no_io.contains(&self)
    }

    /// Returns true for the accessors that are an `async fn`: those of keyed fields. Few fields are keyed, so its compile
    /// cost does not count.
    pub(crate) fn is_async_fn(self, field: &Field) -> bool {
        field.is_keyed() && self.is_future(field)
    }

    /// Returns the name at the position of the field, for notes and go-to-definition. It is marked as generated code:
    /// lints for dead code and for names skip it.
    pub(crate) fn ident(self, field: &Ident) -> Ident {
        let is_field_name = matches!(self, Accessor::Get | Accessor::Nested);
        let ident = if is_field_name { field.clone() } else { format_ident!("{}", self.name(field)) };
        with_span(&ident, generated_span(field))
    }
}
