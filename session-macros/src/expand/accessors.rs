//! The accessors: one-line forwards to the runtime's function of the same verb.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::{Expansion, attributes, default_name, made_here, nothing};
use crate::accessor::{Verb, generated, verbs};
use crate::ast::{Field, Side};
use crate::docs;
use crate::hygiene::Names;

impl Expansion<'_> {
    pub(super) fn getters(&self) -> TokenStream {
        let reader = &self.names.reader;
        let (generics, clause) = self.schemas_in_it();
        let getters = self.accessors(Verb::reads);
        quote! {
            #[automatically_derived]
            impl #generics #reader #generics #clause {
                #(#getters)*
            }
        }
    }

    pub(super) fn setters(&self) -> TokenStream {
        let writer = &self.names.writer;
        let (generics, clause) = self.schemas_in_it();
        let setters = self.accessors(|verb| !verb.reads());
        quote! {
            #[automatically_derived]
            impl #generics #writer #generics #clause {
                #(#setters)*
            }
        }
    }

    fn accessors(&self, which: fn(Verb) -> bool) -> impl Iterator<Item = TokenStream> {
        self.fields().flat_map(move |field| {
            let verbs = verbs(field).iter().filter(move |verb| which(**verb));
            verbs.map(|verb| self.accessor(field, *verb))
        })
    }

    fn accessor(&self, field: &Field, verb: Verb) -> TokenStream {
        let (vis, attrs) = (&field.source.vis, attributes(field, &docs::accessor(field, verb)));
        let (asyncness, name, signature) =
            (asyncness(field, verb), verb.ident(field.ident), self.signature(field, verb));
        let body = if self.is_hollow(field) { nothing() } else { self.forward(field, verb) };
        quote_spanned! {generated(field.ident)=>
            #attrs
            #[inline]
            #vis #asyncness fn #name #signature {
                #body
            }
        }
    }

    /// Everything behind the name. The type parameters have no bounds but that of `f`, so that a mistake in a handler
    /// is one plain error.
    fn signature(&self, field: &Field, verb: Verb) -> TokenStream {
        let Names { door, result: r, failure: e, .. } = &self.names;
        let (span, ty) = (generated(field.ident), &field.ty);
        let optional = quote_spanned!(span=> ::core::option::Option<#ty>);
        let value = if field.has_default() { quote!(#ty) } else { optional.clone() };
        let tried = quote_spanned!(span=> ::core::result::Result<#r, #e>);
        let closure = match field.side {
            Side::Server => quote_spanned!(span=> ::core::ops::FnMut),
            Side::Client => quote_spanned!(span=> ::core::ops::FnOnce),
        };
        let (parameters, result) = match verb {
            Verb::Get | Verb::Peek => (quote_spanned!(span=> (&self)), value),
            Verb::Set => (quote_spanned!(span=> (&mut self, value: #ty)), quote!(())),
            Verb::Unset => (quote_spanned!(span=> (&mut self)), quote!(())),
            Verb::Remove | Verb::Take => (quote_spanned!(span=> (&mut self)), optional),
            Verb::Update => (quote_spanned!(span=> <#r>(&mut self, f: impl #closure(&mut #value) -> #r)), quote!(#r)),
            Verb::TryUpdate => {
                (quote_spanned!(span=> <#r, #e>(&mut self, f: impl #closure(&mut #value) -> #tried)), tried)
            }
            Verb::Nested | Verb::NestedMut => return self.nested_signature(field, verb),
        };
        quote_spanned!(span=> #parameters -> #door::Result<#result>)
    }

    /// The call of the runtime's function of the same verb.
    fn forward(&self, field: &Field, verb: Verb) -> TokenStream {
        if field.is_nested() {
            return self.nested_handle(field, verb);
        }
        let (door, ident) = (&self.names.door, &self.ident);
        let (span, function, constant) = (generated(field.ident), function(field, verb), &field.constant);
        let key = quote_spanned!(span=> &#ident::#constant);
        let default = default_name(field.ident);
        let default = falls_back(field, verb).then(|| quote_spanned!(span=> , #ident::#default));
        let argument = match verb {
            Verb::Set => Some(quote_spanned!(span=> , value)),
            Verb::Update | Verb::TryUpdate => Some(quote_spanned!(span=> , f)),
            _ => None,
        };
        let session = if verb.reads() { quote_spanned!(span=> &self.0) } else { quote_spanned!(span=> &mut self.0.0) };
        let wait = is_async(field, verb).then(|| quote_spanned!(span=> .await));
        quote_spanned!(span=> #door::#function(#session, #key #default #argument) #wait)
    }

    fn nested_signature(&self, field: &Field, verb: Verb) -> TokenStream {
        let (span, door, schema) = (generated(field.ident), &self.names.door, self.param(field));
        if verb.reads() {
            quote_spanned!(span=> (&self) -> #door::ReadOnly<#schema>)
        } else {
            quote_spanned!(span=> (&mut self) -> #door::Typed<#schema>)
        }
    }

    fn nested_handle(&self, field: &Field, verb: Verb) -> TokenStream {
        let (span, door, schema) = (generated(field.ident), &self.names.door, self.param(field));
        if verb.reads() {
            quote_spanned!(span=> #door::Session::typed::<#schema>(&self.0))
        } else {
            quote_spanned!(span=> #door::Session::typed_mut::<#schema>(&mut self.0.0))
        }
    }

    /// Nobody builds a schema, and few schemas need all their accessors: this use of all of them keeps the lint for
    /// dead code quiet without an `allow`, which a crate may forbid.
    pub(super) fn uses(&self) -> Option<TokenStream> {
        let (ident, Names { door, writer, .. }) = (&self.ident, &self.names);
        let fields = &self.schema.fields;
        if fields.is_empty() || self.is_generic() {
            return None;
        }
        let (params, clause) = self.schemas_in_it();
        let uses = fields.iter().map(|field| self.uses_of(field));
        Some(quote! {
            #[automatically_derived]
            impl #params #door::Used<#ident> for #writer #params #clause {
                fn used<_Z>(&mut self, schema: &#ident, _: _Z) {
                    #(#uses)*
                }
            }
        })
    }

    fn uses_of(&self, field: &Field) -> TokenStream {
        let Names { reader, writer, .. } = &self.names;
        let (span, ident) = (generated(field.ident), made_here(field.ident));
        let params = self.params().map(|params| quote_spanned!(span=> ::#params));
        let uses = verbs(field).iter().map(|verb| {
            let name = verb.ident(field.ident);
            match verb {
                Verb::Update => quote_spanned!(span=> let _ = #writer #params::#name(self, |_| ());),
                Verb::TryUpdate => quote_spanned! {span=>
                    let _ = #writer #params::#name(self, |_| ::core::result::Result::<(), ()>::Ok(()));
                },
                verb if verb.reads() => quote_spanned!(span=> let _ = #reader #params::#name;),
                _ => quote_spanned!(span=> let _ = #writer #params::#name;),
            }
        });
        quote_spanned!(span=> let _ = &schema.#ident; #(#uses)*)
    }
}

fn function(field: &Field, verb: Verb) -> Ident {
    let side = match field.side {
        Side::Server => "",
        Side::Client => "client_",
    };
    let verb_name = match verb {
        Verb::Get | Verb::Peek => "get",
        Verb::Set => "set",
        Verb::Unset => "unset",
        Verb::Remove | Verb::Take => "remove",
        Verb::Update => "update",
        Verb::TryUpdate => "try_update",
        Verb::Nested | Verb::NestedMut => "typed",
    };
    let fallback = if falls_back(field, verb) { "_or" } else { "" };
    format_ident!("{side}{verb_name}{fallback}", span = generated(field.ident))
}

fn falls_back(field: &Field, verb: Verb) -> bool {
    field.has_default() && matches!(verb, Verb::Get | Verb::Update | Verb::TryUpdate)
}

/// What may ask the store.
fn is_async(field: &Field, verb: Verb) -> bool {
    field.side == Side::Server && !matches!(verb, Verb::Set | Verb::Unset | Verb::Nested | Verb::NestedMut)
}

fn asyncness(field: &Field, verb: Verb) -> Option<TokenStream> {
    is_async(field, verb).then(|| quote_spanned!(generated(field.ident)=> async))
}
