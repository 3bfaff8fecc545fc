//! The code of the accessors: signatures, and the call of the runtime's function.
//!
//! Each schema has six accessors for each field, so their compile cost counts: an `async fn`, or a bound `Send`, would cost
//! several times as much. They contain no logic. Their names are marked as generated code, so that the lint for dead code
//! skips them.
//!
//! A getter returns `impl Future`, because the compiler suggests a forgotten `.await` only for such a type. An update
//! returns a type of `session::future`, because `impl Future` costs more for a generic function.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::context::{Expansion, attributes_with_docs, default_function, unreachable_body};
use super::docs::{accessor_docs, search_alias};
use super::handles::session_argument;
use super::keyed::part_parameter;
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
        if field.is_nested() {
            return self.nested_signature(field, accessor);
        }
        let Names { session, result_type, future, .. } = &self.names;
        let span = generated_span(field.ident);
        let [result_type, future] = [result_type, future].map(|name| with_span(name, span));
        let (parameters, resolved) = (self.parameters(field, accessor), self.resolved(field, accessor));
        let result = quote_spanned!(span=> #result_type<#resolved, #session::Error>);
        let returned = match self.update_future(field, accessor) {
            Some(update) => update,
            None if self.returns_impl_future(field, accessor) => quote_spanned!(span=> impl #future<Output = #result>),
            None => result,
        };
        quote_spanned!(span=> #parameters -> #returned)
    }

    fn parameters(&self, field: &Field, accessor: Accessor) -> TokenStream {
        let (span, ty) = (generated_span(field.ident), &field.ty);
        let part = field.is_keyed().then(|| part_parameter(field));
        match accessor {
            Accessor::Get | Accessor::Peek => quote_spanned!(span=> (&self #part)),
            Accessor::Entries => quote_spanned!(span=> (&self)),
            Accessor::Set => quote_spanned!(span=> (&mut self #part, value: #ty)),
            Accessor::SetFor => {
                quote_spanned!(span=> (&mut self #part, value: #ty, duration: ::core::time::Duration))
            }
            Accessor::UnsetAll => quote_spanned!(span=> (&mut self)),
            Accessor::Update | Accessor::TryUpdate => self.update_parameters(field, accessor, part.as_ref()),
            _ => quote_spanned!(span=> (&mut self #part)),
        }
    }

    fn update_parameters(&self, field: &Field, accessor: Accessor, part: Option<&TokenStream>) -> TokenStream {
        let Names { result: r, error: e, function: f, fn_mut, fn_once, .. } = &self.names;
        let span = generated_span(field.ident);
        let closure = match field.side {
            Side::Server => with_span(fn_mut, span),
            Side::Client => with_span(fn_once, span),
        };
        let (value, result) = (self.value_type(field), self.resolved(field, accessor));
        let error = (accessor == Accessor::TryUpdate).then(|| quote_spanned!(span=> , #e));
        let bound = quote_spanned!(span=> #closure(&mut #value) -> #result);
        if field.is_keyed() {
            quote_spanned!(span=> <#r #error>(&mut self #part, f: impl #bound))
        } else {
            quote_spanned!(span=> <#r #error, #f: #bound>(&mut self, f: #f))
        }
    }

    /// Returns the type of the value that the accessor returns, or to which its future resolves.
    fn resolved(&self, field: &Field, accessor: Accessor) -> TokenStream {
        let Names { result_type, result: r, error: e, .. } = &self.names;
        match accessor {
            Accessor::Get | Accessor::Peek => self.value_type(field),
            Accessor::Entries => self.map_type(field),
            Accessor::Remove | Accessor::Take => self.optional(field),
            Accessor::Update => quote!(#r),
            Accessor::TryUpdate => {
                let span = generated_span(field.ident);
                let result_type = with_span(result_type, span);
                quote_spanned!(span=> #result_type<#r, #e>)
            }
            _ => quote!(()),
        }
    }

    /// Returns the type that a getter returns, and that the function of an update changes.
    fn value_type(&self, field: &Field) -> TokenStream {
        let ty = &field.ty;
        if field.has_default() { quote!(#ty) } else { self.optional(field) }
    }

    /// Returns true for the plain functions that return `impl Future`.
    fn returns_impl_future(&self, field: &Field, accessor: Accessor) -> bool {
        accessor.is_future(field) && !field.is_keyed() && self.update_future(field, accessor).is_none()
    }

    /// Returns the future of an update, which is a type of `session::future`. `impl Future` would cost more for a generic
    /// function.
    fn update_future(&self, field: &Field, accessor: Accessor) -> Option<TokenStream> {
        if field.side == Side::Client || field.is_keyed() {
            return None;
        }
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
        let private_mod = &self.names.private_mod;
        let (span, function) = (generated_span(field.ident), runtime_function(field, accessor));
        let (ident, constant, default) = (&self.ident, &field.constant, default_function(field));
        let (module, key) = if field.is_keyed() {
            (Some(quote_spanned!(span=> keyed::)), self.entry_argument(field, accessor))
        } else {
            (None, quote_spanned!(span=> &#ident::#constant))
        };
        let default = uses_default(field, accessor).then(|| quote_spanned!(span=> , #ident::#default));
        let argument = match accessor {
            Accessor::Set => Some(quote_spanned!(span=> , value)),
            Accessor::SetFor => Some(quote_spanned!(span=> , value, duration)),
            Accessor::Update | Accessor::TryUpdate => Some(quote_spanned!(span=> , f)),
            _ => None,
        };
        let session = session_argument(accessor, span);
        let wait = accessor.is_async_fn(field).then(|| quote_spanned!(span=> .await));
        quote_spanned!(span=> #private_mod::#module #function(#session, #key #default #argument) #wait)
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
        let session = session_argument(accessor, Span::call_site());
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
                fn zz_internal<_Z>(&mut self, schema: &#ident, _: _Z) {
                    let #ident { #(#uses),* } = schema;
                }
            }
        })
    }
}

/// Returns the function of `session::__private`, or of its module `keyed`, that implements the accessor.
fn runtime_function(field: &Field, accessor: Accessor) -> Ident {
    let has_no_io = matches!(accessor, Accessor::Set | Accessor::SetFor | Accessor::Unset);
    let side = match field.side {
        Side::Server if field.attributes.index.is_given() && !field.is_keyed() => "index_",
        Side::Server => "",
        // Both sides share these functions.
        Side::Client if field.is_keyed() && has_no_io => "",
        Side::Client => "client_",
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
