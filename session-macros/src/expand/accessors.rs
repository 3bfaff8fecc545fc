//! The code of the accessors: signatures, and the call of the runtime's function.
//!
//! Each schema has six accessors for each field, so their compile cost counts: an `async fn`, or a bound `Send`, would cost
//! several times as much. They contain no logic. Their names are marked as generated code, so that the lint for dead code
//! skips them.
//!
//! A getter returns `impl Future`, because the compiler suggests a forgotten `.await` only for such a type. An update
//! returns a type of `session::future`, because `impl Future` costs more for a generic function.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::context::{Expansion, attributes_with_docs, default_function, unreachable_body};
use super::docs::{accessor_docs, search_alias};
use super::names::Names;
use crate::accessor_names::{Accessor, accessors};
use crate::parse::model::{Field, Side};
use crate::parse::spans::{first_and_last_span, generated_ident, generated_span, with_span};

impl Expansion<'_> {
    pub(super) fn getters(&self) -> TokenStream {
        let reader = &self.names.reader;
        let getters = self.accessors(Accessor::is_getter);
        quote! {
            impl #reader {
                #(#getters)*
            }
        }
    }

    pub(super) fn setters(&self) -> TokenStream {
        let writer = &self.names.writer;
        let setters = self.accessors(|accessor| !accessor.is_getter());
        quote! {
            impl #writer {
                #(#setters)*
            }
        }
    }

    /// Returns the accessors of all fields. Of two with the same name, which are reported, only the first is generated.
    fn accessors(&self, is_included: fn(Accessor) -> bool) -> Vec<TokenStream> {
        let (mut names, mut generated) = (HashSet::new(), Vec::new());
        for field in self.fields() {
            for accessor in accessors(field).iter().filter(|accessor| is_included(**accessor)) {
                if names.insert(accessor.name(field.ident)) {
                    generated.push(self.accessor(field, *accessor));
                }
            }
        }
        generated
    }

    fn accessor(&self, field: &Field, accessor: Accessor) -> TokenStream {
        if field.is_group() {
            return self.group_accessor(field, accessor);
        }
        let (vis, attributes) = (&field.source.vis, attributes_with_docs(field, &accessor_docs(field, accessor)));
        let (name, signature) = (accessor.ident(field.ident), self.signature(field, accessor));
        let search_alias = search_alias(field, accessor).map(|alias| quote!(#[doc(alias = #alias)]));
        let asyncness = accessor.is_async_fn(field).then(|| quote_spanned!(generated_span(field.ident)=> async));
        let body = match self.is_placeholder(field) {
            false => self.runtime_call(field, accessor),
            true if self.returns_impl_future(field, accessor) => quote!(async { ::core::unreachable!() }),
            true => unreachable_body(),
        };
        quote_spanned! {generated_span(field.ident)=>
            #attributes
            #search_alias
            #[inline]
            #vis #asyncness fn #name #signature {
                #body
            }
        }
    }

    /// Returns the parameters and the result. Only `f` has a bound: with more bounds, an error in a handler would be
    /// reported with more notes.
    fn signature(&self, field: &Field, accessor: Accessor) -> TokenStream {
        if field.is_keyed() {
            return self.keyed_signature(field, accessor);
        }
        let Names { session, result_type, result, error, function, fn_mut, fn_once, .. } = &self.names;
        let (span, ty) = (generated_span(field.ident), &field.ty);
        let (result_type, optional) = (with_span(result_type, span), self.optional(field));
        let value = if field.has_default() { quote!(#ty) } else { optional.clone() };
        let result_of_f = quote_spanned!(span=> #result_type<#result, #error>);
        let closure = match field.side {
            Side::Server => with_span(fn_mut, span),
            Side::Client => with_span(fn_once, span),
        };
        let (parameters, resolved) = match accessor {
            Accessor::Get | Accessor::Peek => (quote_spanned!(span=> (&self)), value),
            Accessor::Set => (quote_spanned!(span=> (&mut self, value: #ty)), quote!(())),
            Accessor::SetFor => {
                let duration = quote_spanned!(span=> duration: ::core::time::Duration);
                (quote_spanned!(span=> (&mut self, value: #ty, #duration)), quote!(()))
            }
            Accessor::Unset => (quote_spanned!(span=> (&mut self)), quote!(())),
            Accessor::Remove | Accessor::Take => (quote_spanned!(span=> (&mut self)), optional),
            Accessor::Update => {
                let generics = quote_spanned!(span=> <#result, #function: #closure(&mut #value) -> #result>);
                (quote_spanned!(span=> #generics(&mut self, f: #function)), quote!(#result))
            }
            Accessor::TryUpdate => {
                let generics =
                    quote_spanned!(span=> <#result, #error, #function: #closure(&mut #value) -> #result_of_f>);
                (quote_spanned!(span=> #generics(&mut self, f: #function)), result_of_f)
            }
            _ => return self.nested_signature(field, accessor),
        };
        let returned = quote_spanned!(span=> #result_type<#resolved, #session::Error>);
        if !accessor.is_future(field) {
            return quote_spanned!(span=> #parameters -> #returned);
        }
        let future = with_span(&self.names.future, span);
        let future = self
            .update_future(field, accessor)
            .unwrap_or_else(|| quote_spanned!(span=> impl #future<Output = #returned>));
        quote_spanned!(span=> #parameters -> #future)
    }

    /// Returns true for the plain functions that return `impl Future`.
    fn returns_impl_future(&self, field: &Field, accessor: Accessor) -> bool {
        accessor.is_future(field) && !accessor.is_async_fn(field) && self.update_future(field, accessor).is_none()
    }

    /// Returns the future of an update, which is a type of `session::future`. `impl Future` would cost more for a generic
    /// function.
    fn update_future(&self, field: &Field, accessor: Accessor) -> Option<TokenStream> {
        let Names { private_mod, result, error, function, .. } = &self.names;
        let (span, ty) = (generated_span(field.ident), &field.ty);
        let (name, arguments) = match accessor {
            Accessor::Update => ("Update", quote!(#ty, #result, #function)),
            Accessor::TryUpdate => ("TryUpdate", quote!(#ty, #result, #error, #function)),
            _ => return None,
        };
        let suffix = if uses_default(field, accessor) { "Or" } else { "" };
        let future = format_ident!("{name}{suffix}", span = span);
        Some(quote_spanned!(span=> #private_mod::future::#future<'_, #arguments>))
    }

    fn runtime_call(&self, field: &Field, accessor: Accessor) -> TokenStream {
        if field.is_nested() {
            return self.nested_call(field, accessor);
        }
        if field.is_keyed() {
            return self.keyed_call(field, accessor);
        }
        let (private_mod, ident) = (&self.names.private_mod, &self.ident);
        let (span, function, constant) =
            (generated_span(field.ident), runtime_function(field, accessor), &field.constant);
        let key = quote_spanned!(span=> &#ident::#constant);
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
        quote_spanned!(span=> #private_mod::#function(#session, #key #default #argument))
    }

    fn nested_signature(&self, field: &Field, accessor: Accessor) -> TokenStream {
        let span = generated_span(field.ident);
        let handle = self.nested_item(field, if accessor.is_getter() { "ReadOnly" } else { "Mut" });
        let receiver =
            if accessor.is_getter() { quote_spanned!(span=> &self) } else { quote_spanned!(span=> &mut self) };
        quote_spanned!(span=> (#receiver) -> #handle)
    }

    /// The whole call has the span of the type: the error for a type that is no schema is then the one of the signature.
    fn nested_call(&self, field: &Field, accessor: Accessor) -> TokenStream {
        let function = self.nested_item(field, if accessor.is_getter() { "read_only" } else { "nested_mut" });
        let session =
            if accessor.is_getter() { quote!(&self.zz_internal) } else { quote!(&mut self.zz_internal.zz_internal) };
        let (_, last) = first_and_last_span(&field.ty);
        quote_spanned!(last=> #function(#session))
    }

    /// Imports the names that the signatures contain: they are short, because an editor shows them.
    pub(super) fn imports(&self) -> TokenStream {
        let Names { private_mod, future, session, result_type, option, fn_mut, fn_once, .. } = &self.names;
        let crate_path = self.schema.crate_path();
        quote! {
            use #crate_path::__private as #private_mod;
            // An unknown path of the crate is reported once, above.
            use #private_mod::session as #session;
            use ::core::{future::Future as #future, option::Option as #option, result::Result as #result_type};
            use ::core::ops::{FnMut as #fn_mut, FnOnce as #fn_once};
        }
    }

    /// Uses the fields once, so that the lint for dead code does not report them. An `allow` would be an error in a crate
    /// that forbids it.
    pub(super) fn use_of_fields(&self) -> Option<TokenStream> {
        let (ident, Names { private_mod, writer, .. }) = (&self.ident, &self.names);
        let fields = &self.schema.fields;
        if fields.is_empty() || self.is_generic() {
            return None;
        }
        let uses = fields.iter().enumerate().map(|(index, field)| {
            let (name, variable) = (generated_ident(field.ident), format_ident!("_f{index}"));
            quote!(#name: #variable)
        });
        Some(quote! {
            #[automatically_derived]
            impl #private_mod::Used<#ident> for #writer {
                fn used<_Z>(&mut self, schema: &#ident, _: _Z) {
                    let #ident { #(#uses),* } = schema;
                }
            }
        })
    }
}

/// Returns the function of `session::__private` that implements the accessor.
fn runtime_function(field: &Field, accessor: Accessor) -> Ident {
    let side = match field.side {
        Side::Server if field.attributes.index.is_given() => "index_",
        Side::Server => "",
        Side::Client => "client_",
    };
    let verb = match accessor {
        Accessor::Get | Accessor::Peek => "get",
        Accessor::Set => "set",
        Accessor::SetFor => "set_for",
        Accessor::Unset => "unset",
        Accessor::Remove => "remove",
        Accessor::Take => "take",
        Accessor::Update => "update",
        Accessor::TryUpdate => "try_update",
        Accessor::Entries | Accessor::UnsetAll | Accessor::Nested | Accessor::NestedMut => "typed",
    };
    let suffix = if uses_default(field, accessor) { "_or" } else { "" };
    format_ident!("{side}{verb}{suffix}", span = generated_span(field.ident))
}

fn uses_default(field: &Field, accessor: Accessor) -> bool {
    field.has_default() && matches!(accessor, Accessor::Get | Accessor::Update | Accessor::TryUpdate)
}
