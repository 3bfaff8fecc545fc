//! The names that a field gives to its accessors and its key.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::ext::IdentExt;

use crate::ast::{Field, Kind};

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Verb {
    Get,
    Set,
    Unset,
    Remove,
    Update,
    TryUpdate,
    /// Of flash: to look at without taking.
    Peek,
    Take,
    /// Of a nested schema.
    Nested,
    NestedMut,
}

/// The accessors of a field, the getter first.
pub(crate) fn verbs(field: &Field) -> &'static [Verb] {
    match field.kind {
        Kind::Value => &[Verb::Get, Verb::Set, Verb::Unset, Verb::Remove, Verb::Update, Verb::TryUpdate],
        Kind::Flash => &[Verb::Peek, Verb::Set, Verb::Unset, Verb::Take],
        Kind::Nested => &[Verb::Nested, Verb::NestedMut],
    }
}

/// The methods that every session has anyway. An accessor of one of these names would hide it behind `Typed<S>`.
const SESSION_WORDS: [&str; 35] = [
    "abandon",
    "clear",
    "client",
    "client_mut",
    "cycle_id",
    "delete",
    "entries",
    "finalize",
    "get",
    "get_raw",
    "handle",
    "id",
    "insert",
    "insert_raw",
    "into",
    "invalidate",
    "is_empty",
    "is_invalidated",
    "is_replaced",
    "meta",
    "remove",
    "remove_raw",
    "restart",
    "set_label",
    "set_lifetime",
    "snapshot",
    "sync",
    "try_into",
    "try_update",
    "typed",
    "typed_mut",
    "unset",
    "update",
    "deref",
    "deref_mut",
];

impl Verb {
    /// Whether it is there without `&mut`.
    pub(crate) fn reads(self) -> bool {
        matches!(self, Verb::Get | Verb::Peek | Verb::Nested)
    }

    /// What the accessor of `field` is called, without the `r#` of a raw identifier.
    pub(crate) fn name(self, field: &Ident) -> String {
        let field = field.unraw();
        match self {
            Verb::Get | Verb::Nested => field.to_string(),
            Verb::Set => format!("set_{field}"),
            Verb::Unset => format!("unset_{field}"),
            Verb::Remove => format!("remove_{field}"),
            Verb::Update => format!("update_{field}"),
            Verb::TryUpdate => format!("try_update_{field}"),
            Verb::Peek => format!("peek_{field}"),
            Verb::Take => format!("take_{field}"),
            Verb::NestedMut => format!("{field}_mut"),
        }
    }

    /// The name, where the field stands: there notes and go-to-definition lead the user. The compiler has told them
    /// about a name that is not in snake case when it comes to us.
    pub(crate) fn ident(self, field: &Ident) -> Ident {
        let name = self.name(field);
        let span = if name.to_lowercase() == name { field.span() } else { generated(field) };
        let mut ident = if matches!(self, Verb::Get | Verb::Nested) { field.clone() } else { format_ident!("{name}") };
        ident.set_span(span);
        ident
    }
}

pub(crate) fn is_session_word(name: &str) -> bool {
    SESSION_WORDS.contains(&name)
}

/// `user_id` gives `USER_ID`.
pub(crate) fn constant(field: &Ident) -> Ident {
    Ident::new(&field.unraw().to_string().to_uppercase(), generated(field))
}

/// Where the field stands, but marked as made by the derive, so that lints leave it alone.
pub(crate) fn generated(field: &Ident) -> Span {
    field.span().resolved_at(Span::call_site())
}

#[cfg(test)]
mod tests {
    use syn::ImplItem;

    use super::is_session_word;

    #[test]
    fn every_method_of_a_session_is_reserved() {
        let runtime = syn::parse_file(include_str!("../../session/src/session.rs")).unwrap();
        let session = runtime.items.iter().filter_map(|item| match item {
            syn::Item::Impl(item) if item.trait_.is_none() && is_session(&item.self_ty) => Some(item),
            _ => None,
        });
        let methods = session.flat_map(|item| &item.items).filter_map(|item| match item {
            ImplItem::Fn(method) if matches!(method.vis, syn::Visibility::Public(_)) => Some(&method.sig),
            _ => None,
        });
        let names: Vec<_> = methods.filter(|sig| sig.receiver().is_some()).map(|sig| sig.ident.to_string()).collect();
        assert!(names.len() > 20, "the methods of `Session` have moved: {names:?}");
        let missing: Vec<_> = names.iter().filter(|name| !is_session_word(name)).collect();
        assert!(missing.is_empty(), "not reserved: {missing:?}");
    }

    fn is_session(ty: &syn::Type) -> bool {
        matches!(ty, syn::Type::Path(path) if path.path.is_ident("Session"))
    }
}
