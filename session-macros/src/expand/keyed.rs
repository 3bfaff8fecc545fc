//! The accessors of a keyed field, its key constant, and its part of the snapshot.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;

use super::context::{Expansion, default_function, unreachable_body};
use crate::accessor_names::Accessor;
use crate::parse::model::{Field, Part, Side};
use crate::parse::spans::{first_and_last_span, generated_span};
use crate::parse::types;

impl Expansion<'_> {
    /// Returns the type of the map in signatures.
    pub(super) fn map_type(&self, field: &Field) -> TokenStream {
        let (span, private_mod, ty) = (generated_span(field.ident), &self.names.private_mod, &field.ty);
        let part = part_type(field);
        quote_spanned!(span=> #private_mod::keyed::BTreeMap<#part, #ty>)
    }

    /// Returns the argument for the key: the constant, or the entry of the part.
    pub(super) fn entry_argument(&self, field: &Field, accessor: Accessor) -> TokenStream {
        let (span, ident, constant) = (generated_span(field.ident), &self.ident, &field.constant);
        match accessor {
            Accessor::Entries | Accessor::UnsetAll => quote_spanned!(span=> &#ident::#constant),
            _ if takes_text(field) => quote_spanned!(span=> #ident::#constant.entry_of_text(part)),
            _ => quote_spanned!(span=> #ident::#constant.entry(part)),
        }
    }

    /// Returns the type of the key constant.
    pub(super) fn prefix_type(&self, field: &Field) -> TokenStream {
        let (span, private_mod, ty) = (generated_span(field.ident), &self.names.private_mod, &field.ty);
        let (part, prefix) = (part_type(field), prefix_type_name(field));
        quote_spanned!(span=> #private_mod::keyed::#prefix<#part, #ty>)
    }

    /// Returns the value of the key constant. Each bound is checked in a call with the span of its type, so that the
    /// compiler underlines this type.
    pub(super) fn prefix_value(&self, field: &Field) -> TokenStream {
        if self.is_placeholder(field) {
            return unreachable_body();
        }
        let (private_mod, key, prefix) = (&self.names.private_mod, &field.key, prefix_type_name(field));
        let Some((part, value)) = types::map_arguments(&field.source.ty) else { return unreachable_body() };
        let parts = declare_at("KeyParts", part);
        let values = match self.codec_name(field) {
            Some(codec) => quote!(EntryValues::with_codec::<#codec>()),
            None => declare_at("EntryValues", value),
        };
        quote!({
            use #private_mod::keyed::{EntryValues, KeyParts, #prefix};
            #prefix::new(#key, #parts, #values)
        })
    }

    /// Returns the expression that reads the entries for a snapshot.
    pub(super) fn keyed_view(&self, field: &Field) -> TokenStream {
        let (private_mod, schema, constant) = (&self.names.private_mod, &self.ident, &field.constant);
        let default = field.has_default().then(|| {
            let default = default_function(field);
            quote!(, #schema::#default)
        });
        let function = match (field.side, field.has_default()) {
            (Side::Server, false) => "view",
            (Side::Server, true) => "view_or",
            (Side::Client, false) => "client_view",
            (Side::Client, true) => "client_view_or",
        };
        let function = format_ident!("{function}");
        quote!(#private_mod::keyed::#function(view, &#schema::#constant #default))
    }

    /// Returns the expression that a snapshot serializes for the field.
    pub(super) fn keyed_entries(&self, field: &Field, map: &TokenStream) -> TokenStream {
        let (private_mod, schema, constant) = (&self.names.private_mod, &self.ident, &field.constant);
        let new = match field.side {
            Side::Server => format_ident!("new"),
            Side::Client => format_ident!("of_client"),
        };
        let entries = quote!(#private_mod::keyed::Entries::#new(&#map, &#schema::#constant));
        match self.codec_name(field) {
            Some(codec) => quote!(#private_mod::keyed::EntriesWithCodec::<_, #codec>(#entries)),
            None => entries,
        }
    }
}

/// Returns `name::declare()` with the span of a type.
fn declare_at(name: &str, ty: &Type) -> TokenStream {
    let (first, last) = first_and_last_span(ty);
    let (name, call) = (Ident::new(name, first), quote_spanned!(last=> ::declare()));
    quote!(#name #call)
}

/// Returns the `K` of `BTreeMap<K, T>`.
fn part_type(field: &Field) -> TokenStream {
    if let Some(Part::Type(part)) = &field.part { quote!(#part) } else { quote!(()) }
}

/// Returns the parameter `part`, after a comma.
pub(super) fn part_parameter(field: &Field) -> TokenStream {
    let span = generated_span(field.ident);
    match &field.part {
        _ if takes_text(field) => quote_spanned!(span=> , part: &::core::primitive::str),
        Some(Part::Type(part)) => quote_spanned!(span=> , part: &#part),
        _ => quote_spanned!(span=> , part: &(impl ::core::marker::Sync + ?::core::marker::Sized)),
    }
}

/// Returns true if the accessors take the part as `&str`, since the type of the parts is `String`.
fn takes_text(field: &Field) -> bool {
    matches!(&field.part, Some(Part::Type(part)) if types::is_string(part))
}

fn prefix_type_name(field: &Field) -> Ident {
    match field.side {
        Side::Server => format_ident!("KeyPrefix"),
        Side::Client => format_ident!("ClientKeyPrefix"),
    }
}
