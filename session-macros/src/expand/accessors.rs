//! The code of the accessors: signatures, `async`, and the call of the runtime's function.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::context::{Expansion, attributes_with_docs, default_function, unreachable_body};
use super::docs::{accessor_docs, search_alias};
use super::keyed;
use super::names::Names;
use crate::accessor_names::{Accessor, accessors};
use crate::parse::model::{Field, Part, Side};
use crate::parse::spans::{generated_ident, generated_span};

impl Expansion<'_> {
    pub(super) fn getters(&self) -> TokenStream {
        let reader = &self.names.reader;
        let (params, clause) = self.nested_generics();
        let getters = self.accessors(Accessor::is_getter);
        quote! {
            #[automatically_derived]
            impl #params #reader #params #clause {
                #(#getters)*
            }
        }
    }

    pub(super) fn setters(&self) -> TokenStream {
        let writer = &self.names.writer;
        let (params, clause) = self.nested_generics();
        let setters = self.accessors(|accessor| !accessor.is_getter());
        quote! {
            #[automatically_derived]
            impl #params #writer #params #clause {
                #(#setters)*
            }
        }
    }

    fn accessors(&self, is_included: fn(Accessor) -> bool) -> impl Iterator<Item = TokenStream> {
        self.fields().flat_map(move |field| {
            let included = accessors(field).iter().filter(move |accessor| is_included(**accessor));
            included.map(|accessor| self.accessor(field, *accessor))
        })
    }

    fn accessor(&self, field: &Field, accessor: Accessor) -> TokenStream {
        let (vis, attributes) = (&field.source.vis, attributes_with_docs(field, &accessor_docs(field, accessor)));
        let (name, signature) = (accessor.ident(field.ident), self.signature(field, accessor));
        let search_alias = search_alias(field, accessor).map(|alias| quote!(#[doc(alias = #alias)]));
        let asyncness = is_async(field, accessor).then(|| quote_spanned!(generated_span(field.ident)=> async));
        let body = if self.is_placeholder(field) { unreachable_body() } else { self.runtime_call(field, accessor) };
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
        let Names { private_mod, result: r, error: e, .. } = &self.names;
        let (span, ty) = (generated_span(field.ident), &field.ty);
        let optional = quote_spanned!(span=> ::core::option::Option<#ty>);
        let value = if field.has_default() { quote!(#ty) } else { optional.clone() };
        let result_of_f = quote_spanned!(span=> ::core::result::Result<#r, #e>);
        let closure = match field.side {
            Side::Server => quote_spanned!(span=> ::core::ops::FnMut),
            Side::Client => quote_spanned!(span=> ::core::ops::FnOnce),
        };
        let (parameters, result) = match accessor {
            Accessor::Get | Accessor::Peek => (quote_spanned!(span=> (&self)), value),
            Accessor::Set => (quote_spanned!(span=> (&mut self, value: #ty)), quote!(())),
            Accessor::SetFor => {
                let duration = quote_spanned!(span=> duration: ::core::time::Duration);
                (quote_spanned!(span=> (&mut self, value: #ty, #duration)), quote!(()))
            }
            Accessor::Unset => (quote_spanned!(span=> (&mut self)), quote!(())),
            Accessor::Remove | Accessor::Take => (quote_spanned!(span=> (&mut self)), optional),
            Accessor::Update => {
                (quote_spanned!(span=> <#r>(&mut self, f: impl #closure(&mut #value) -> #r)), quote!(#r))
            }
            Accessor::TryUpdate => {
                let f = quote_spanned!(span=> f: impl #closure(&mut #value) -> #result_of_f);
                (quote_spanned!(span=> <#r, #e>(&mut self, #f)), result_of_f)
            }
            _ => return self.nested_signature(field, accessor),
        };
        quote_spanned!(span=> #parameters -> #private_mod::Result<#result>)
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
        let session =
            if accessor.is_getter() { quote_spanned!(span=> &self.0) } else { quote_spanned!(span=> &mut self.0.0) };
        let wait = is_async(field, accessor).then(|| quote_spanned!(span=> .await));
        quote_spanned!(span=> #private_mod::#function(#session, #key #default #argument) #wait)
    }

    fn nested_signature(&self, field: &Field, accessor: Accessor) -> TokenStream {
        let (span, private_mod) = (generated_span(field.ident), &self.names.private_mod);
        let param = self.nested_param(field);
        if accessor.is_getter() {
            quote_spanned!(span=> (&self) -> #private_mod::ReadOnly<#param>)
        } else {
            quote_spanned!(span=> (&mut self) -> #private_mod::NestedMut<#param>)
        }
    }

    fn nested_call(&self, field: &Field, accessor: Accessor) -> TokenStream {
        let (span, private_mod) = (generated_span(field.ident), &self.names.private_mod);
        let param = self.nested_param(field);
        if accessor.is_getter() {
            quote_spanned!(span=> #private_mod::Session::typed::<#param>(&self.0))
        } else {
            quote_spanned!(span=> #private_mod::nested_mut::<#param>(&mut self.0.0))
        }
    }

    /// Uses the fields and all accessors once, so that the lint for dead code does not report those that an application
    /// does not need. An `allow` would be an error in a crate that forbids it.
    pub(super) fn use_of_everything(&self) -> Option<TokenStream> {
        let (ident, Names { private_mod, writer, .. }) = (&self.ident, &self.names);
        let fields = &self.schema.fields;
        if fields.is_empty() || self.is_generic() {
            return None;
        }
        let (params, clause) = self.nested_generics();
        let uses = fields.iter().map(|field| self.use_of_field(field));
        Some(quote! {
            #[automatically_derived]
            impl #params #private_mod::Used<#ident> for #writer #params #clause {
                fn used<_Z>(&mut self, schema: &#ident, _: _Z) {
                    #(#uses)*
                }
            }
        })
    }

    fn use_of_field(&self, field: &Field) -> TokenStream {
        let Names { reader, writer, .. } = &self.names;
        let (span, ident) = (generated_span(field.ident), generated_ident(field.ident));
        let params = self.nested_params().map(|params| quote_spanned!(span=> ::#params));
        let private_mod = &self.names.private_mod;
        let part = field.is_keyed().then(|| quote_spanned!(span=> #private_mod::keyed::any_part(),));
        let uses = accessors(field).iter().map(|accessor| {
            let name = accessor.ident(field.ident);
            match accessor {
                _ if field.part.as_ref().is_some_and(|part| matches!(part, Part::Unknown)) => TokenStream::new(),
                Accessor::Update => quote_spanned!(span=> let _ = #writer #params::#name(self, #part |_| ());),
                Accessor::TryUpdate => quote_spanned! {span=>
                    let _ = #writer #params::#name(self, #part |_| ::core::result::Result::<(), ()>::Ok(()));
                },
                accessor if accessor.is_getter() => quote_spanned!(span=> let _ = #reader #params::#name;),
                _ => quote_spanned!(span=> let _ = #writer #params::#name;),
            }
        });
        quote_spanned!(span=> let _ = &schema.#ident; #(#uses)*)
    }
}

/// Returns the function of `session::__private` that implements the accessor.
fn runtime_function(field: &Field, accessor: Accessor) -> Ident {
    let side = match field.side {
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

/// Returns true if the accessor may load the session from the store.
fn is_async(field: &Field, accessor: Accessor) -> bool {
    if field.is_keyed() {
        return keyed::is_async(field, accessor);
    }
    let never_loads = [Accessor::Set, Accessor::SetFor, Accessor::Unset, Accessor::Nested, Accessor::NestedMut];
    field.side == Side::Server && !never_loads.contains(&accessor)
}
