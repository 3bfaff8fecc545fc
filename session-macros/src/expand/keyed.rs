//! The accessors of a keyed field, its key constant, and its part of the snapshot.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;

use super::context::{Expansion, default_function, unreachable_body};
use super::names::Names;
use crate::accessor_names::Accessor;
use crate::parse::model::{Field, Part, Side};
use crate::parse::spans::{first_and_last_span, generated_span, with_span};
use crate::parse::types;

impl Expansion<'_> {
    /// Returns the type of the map in signatures.
    pub(super) fn map_type(&self, field: &Field) -> TokenStream {
        let (span, private_mod, ty) = (generated_span(field.ident), &self.names.private_mod, &field.ty);
        let part = part_type(field);
        quote_spanned!(span=> #private_mod::keyed::BTreeMap<#part, #ty>)
    }

    /// Returns the parameters and the result of an accessor.
    pub(super) fn keyed_signature(&self, field: &Field, accessor: Accessor) -> TokenStream {
        let Names { session, result_type, result: r, error: e, fn_mut, fn_once, .. } = &self.names;
        let (span, ty, part) = (generated_span(field.ident), &field.ty, parameter_type(field));
        let (result_type, optional) = (with_span(result_type, span), self.optional(field));
        let value = if field.has_default() { quote!(#ty) } else { optional.clone() };
        let result_of_f = quote_spanned!(span=> #result_type<#r, #e>);
        let closure = match field.side {
            Side::Server => with_span(fn_mut, span),
            Side::Client => with_span(fn_once, span),
        };
        let (parameters, result) = match accessor {
            Accessor::Get | Accessor::Peek => (quote_spanned!(span=> (&self, part: #part)), value),
            Accessor::Entries => (quote_spanned!(span=> (&self)), self.map_type(field)),
            Accessor::Set => (quote_spanned!(span=> (&mut self, part: #part, value: #ty)), quote!(())),
            Accessor::SetFor => {
                let duration = quote_spanned!(span=> duration: ::core::time::Duration);
                (quote_spanned!(span=> (&mut self, part: #part, value: #ty, #duration)), quote!(()))
            }
            Accessor::UnsetAll => (quote_spanned!(span=> (&mut self)), quote!(())),
            Accessor::Remove | Accessor::Take => (quote_spanned!(span=> (&mut self, part: #part)), optional),
            Accessor::Update => {
                let f = quote_spanned!(span=> f: impl #closure(&mut #value) -> #r);
                (quote_spanned!(span=> <#r>(&mut self, part: #part, #f)), quote!(#r))
            }
            Accessor::TryUpdate => {
                let f = quote_spanned!(span=> f: impl #closure(&mut #value) -> #result_of_f);
                (quote_spanned!(span=> <#r, #e>(&mut self, part: #part, #f)), result_of_f)
            }
            _ => (quote_spanned!(span=> (&mut self, part: #part)), quote!(())),
        };
        quote_spanned!(span=> #parameters -> #result_type<#result, #session::Error>)
    }

    /// Returns the call of the runtime's function.
    pub(super) fn keyed_call(&self, field: &Field, accessor: Accessor) -> TokenStream {
        let (private_mod, ident, constant) = (&self.names.private_mod, &self.ident, &field.constant);
        let (span, function) = (generated_span(field.ident), runtime_function(field, accessor));
        let key = match accessor {
            Accessor::Entries | Accessor::UnsetAll => quote_spanned!(span=> &#ident::#constant),
            _ if takes_text(field) => quote_spanned!(span=> #ident::#constant.entry_of_text(part)),
            _ => quote_spanned!(span=> #ident::#constant.entry(part)),
        };
        let default = default_function(field);
        let default = uses_default(field, accessor).then(|| quote_spanned!(span=> , #ident::#default));
        let argument = match accessor {
            Accessor::Set => Some(quote_spanned!(span=> , value)),
            Accessor::SetFor => Some(quote_spanned!(span=> , value, duration)),
            Accessor::Update | Accessor::TryUpdate => Some(quote_spanned!(span=> , f)),
            _ => None,
        };
        let session = if accessor.is_getter() {
            quote_spanned!(span=> &self.zz_internal)
        } else {
            quote_spanned!(span=> &mut self.zz_internal.zz_internal)
        };
        let wait = accessor.is_async_fn(field).then(|| quote_spanned!(span=> .await));
        quote_spanned!(span=> #private_mod::keyed::#function(#session, #key #default #argument) #wait)
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

/// Returns the type of the parameter `part`.
fn parameter_type(field: &Field) -> TokenStream {
    let span = generated_span(field.ident);
    match &field.part {
        _ if takes_text(field) => quote_spanned!(span=> &::core::primitive::str),
        Some(Part::Type(part)) => quote_spanned!(span=> &#part),
        _ => quote_spanned!(span=> &(impl ::core::marker::Sync + ?::core::marker::Sized)),
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

/// Returns the function of `session::__private::keyed` that implements the accessor.
fn runtime_function(field: &Field, accessor: Accessor) -> Ident {
    // Setters do no I/O, so both sides share them.
    let side = match (field.side, accessor) {
        (Side::Server, _) | (_, Accessor::Set | Accessor::SetFor | Accessor::Unset) => "",
        (Side::Client, _) => "client_",
    };
    let verb = match accessor {
        Accessor::Entries => "entries",
        Accessor::Set => "set",
        Accessor::SetFor => "set_for",
        Accessor::Unset => "unset",
        Accessor::UnsetAll => "unset_all",
        Accessor::Remove => "remove",
        Accessor::Take => "take",
        Accessor::Update => "update",
        Accessor::TryUpdate => "try_update",
        _ => "get",
    };
    let suffix = if uses_default(field, accessor) { "_or" } else { "" };
    format_ident!("{side}{verb}{suffix}", span = generated_span(field.ident))
}

fn uses_default(field: &Field, accessor: Accessor) -> bool {
    let reads = [Accessor::Get, Accessor::Entries, Accessor::Update, Accessor::TryUpdate];
    field.has_default() && reads.contains(&accessor)
}
