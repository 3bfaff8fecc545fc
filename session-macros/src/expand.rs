//! Tokens from the model. They hold no logic: types, keys, and forwards to the runtime.
//!
//! ```text
//! const _: () = {
//!     use ::session::__private;
//!     impl Visitor { pub const CART: __private::Key<Cart> = ...; }
//!     pub struct VisitorReader(__private::Session);     // getters; derefs to the session
//!     pub struct VisitorWriter(VisitorReader);          // setters; derefs to the getters
//!     impl __private::SessionSchema for Visitor { ... }
//! };
//! ```
//!
//! The one place where the bounds of a value are checked is its key constant: a bound on each accessor would report
//! a missing derive once for each.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Generics, Type};

use crate::accessor::{VERBS, Verb, generated};
use crate::ast::{Fallback, Field, Schema, Side, mentions};
use crate::hygiene::Names;
use crate::{docs, generics};

pub(crate) fn schema(schema: &Schema) -> TokenStream {
    let expansion = Expansion::new(schema);
    let (runtime, door) = (schema.crate_path(), &expansion.names.door);
    let allowed = schema.input.attrs.iter().filter(|attr| attr.path().is_ident("allow"));
    let parts = [expansion.keys(), expansion.handles(), expansion.schema(), expansion.getters(), expansion.setters()];
    let uses = expansion.uses();
    quote! {
        #(#allowed)*
        const _: () = {
            use #runtime::__private as #door;
            #(#parts)*
            #uses
        };
    }
}

struct Expansion<'a> {
    schema: &'a Schema<'a>,
    ident: Ident,
    names: Names,
    generics: Generics,
    self_ty: TokenStream,
}

impl<'a> Expansion<'a> {
    fn new(schema: &'a Schema<'a>) -> Self {
        let ident = made_here(&schema.input.ident);
        Self {
            schema,
            names: Names::new(schema),
            generics: generics::without_lifetimes(&schema.input.generics),
            self_ty: generics::self_type(&ident, &schema.input.generics),
            ident,
        }
    }

    /// The fields whose type does not depend on a parameter of the struct.
    fn fields(&self) -> impl Iterator<Item = &Field<'a>> {
        let params = generics::names(&self.generics);
        self.schema.fields.iter().filter(move |field| !params.iter().any(|param| mentions(&field.ty, param)))
    }

    /// Whether the accessors of a field only keep their shape, because a mistake has been reported.
    fn is_hollow(&self, field: &Field) -> bool {
        field.hollow || field.constant.is_none() || !self.schema.input.generics.params.is_empty()
    }

    fn keys(&self) -> TokenStream {
        let (impl_generics, _, clause) = self.generics.split_for_impl();
        let self_ty = &self.self_ty;
        let keys = self.fields().map(|field| self.key(field));
        let fallbacks = self.fields().map(|field| self.fallback(field));
        quote! {
            #[automatically_derived]
            impl #impl_generics #self_ty #clause {
                #(#keys)*
                #(#fallbacks)*
            }
        }
    }

    fn key(&self, field: &Field) -> Option<TokenStream> {
        let constant = field.constant.as_ref()?;
        let (vis, ty, key, door) = (&field.source.vis, &field.ty, &field.key, &self.names.door);
        let attrs = attributes(field, &docs::constant(field));
        let kind = match field.side {
            Side::Server if field.attrs.index.given() => "IndexKey",
            Side::Server => "Key",
            Side::Client => "ClientKey",
        };
        let value = if self.is_hollow(field) { nothing() } else { declaration(door, kind, key, &field.source.ty) };
        let kind = format_ident!("{kind}");
        Some(quote_spanned! {generated(field.ident)=>
            #attrs
            #vis const #constant: #door::#kind<#ty> = #value;
        })
    }

    /// A function of its own holds the user's expression once, so that a mistake in it is reported once.
    fn fallback(&self, field: &Field) -> Option<TokenStream> {
        let (name, ty) = (default_name(field.ident), &field.ty);
        let value = match &field.fallback {
            Fallback::None => return None,
            Fallback::Text(_) | Fallback::Broken => nothing(),
            _ if self.is_hollow(field) => nothing(),
            Fallback::OfType => quote_spanned!(generated(field.ident)=> <#ty as ::core::default::Default>::default()),
            Fallback::Expr(expr) => expr.to_token_stream(),
        };
        Some(quote_spanned! {generated(field.ident)=>
            #[doc(hidden)]
            fn #name() -> #ty {
                #value
            }
        })
    }

    fn handles(&self) -> TokenStream {
        let Names { door, reader, writer, .. } = &self.names;
        let derefs = [deref(reader, &quote!(#door::Session)), deref(writer, &quote!(#reader))];
        quote! {
            #[doc(hidden)]
            pub struct #reader(#door::Session);
            #[doc(hidden)]
            pub struct #writer(#reader);
            #(#derefs)*
        }
    }

    fn schema(&self) -> TokenStream {
        let Names { door, reader, writer, .. } = &self.names;
        let (impl_generics, _, clause) = self.generics.split_for_impl();
        let self_ty = &self.self_ty;
        quote! {
            #[automatically_derived]
            impl #impl_generics #door::SessionSchema for #self_ty #clause {
                type Reader = #reader;
                type Writer = #writer;
                fn reader(session: #door::Session) -> #reader {
                    #reader(session)
                }
                fn writer(session: #door::Session) -> #writer {
                    #writer(#reader(session))
                }
            }
        }
    }

    fn getters(&self) -> TokenStream {
        let reader = &self.names.reader;
        let getters = self.fields().map(|field| self.accessor(field, Verb::Get));
        quote! {
            #[automatically_derived]
            impl #reader {
                #(#getters)*
            }
        }
    }

    fn setters(&self) -> TokenStream {
        let writer = &self.names.writer;
        let verbs = VERBS.into_iter().filter(|verb| *verb != Verb::Get);
        let setters = self.fields().flat_map(|field| verbs.clone().map(|verb| self.accessor(field, verb)));
        quote! {
            #[automatically_derived]
            impl #writer {
                #(#setters)*
            }
        }
    }

    fn accessor(&self, field: &Field, verb: Verb) -> TokenStream {
        let (vis, attrs) = (&field.source.vis, attributes(field, &docs::accessor(field, verb)));
        let (asyncness, name, signature) =
            (asyncness(field, verb), verb.ident(field.ident), self.signature(field, verb));
        let body = if self.is_hollow(field) { nothing() } else { self.forward(field, verb) };
        quote_spanned! {generated(field.ident)=>
            #attrs
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
            Verb::Get => (quote_spanned!(span=> (&self)), value),
            Verb::Set => (quote_spanned!(span=> (&mut self, value: #ty)), quote!(())),
            Verb::Unset => (quote_spanned!(span=> (&mut self)), quote!(())),
            Verb::Remove => (quote_spanned!(span=> (&mut self)), optional),
            Verb::Update => (quote_spanned!(span=> <#r>(&mut self, f: impl #closure(&mut #value) -> #r)), quote!(#r)),
            Verb::TryUpdate => {
                (quote_spanned!(span=> <#r, #e>(&mut self, f: impl #closure(&mut #value) -> #tried)), tried)
            }
        };
        quote_spanned!(span=> #parameters -> #door::Result<#result>)
    }

    /// The call of the runtime's function of the same verb.
    fn forward(&self, field: &Field, verb: Verb) -> TokenStream {
        let (door, ident) = (&self.names.door, &self.ident);
        let (span, function, constant) = (generated(field.ident), function(field, verb), &field.constant);
        let key = quote_spanned!(span=> &#ident::#constant);
        let default = default_name(field.ident);
        let default = falls_back(field, verb).then(|| quote_spanned!(span=> , #ident::#default));
        let argument = match verb {
            Verb::Set => Some(quote_spanned!(span=> , value)),
            Verb::Update | Verb::TryUpdate => Some(quote_spanned!(span=> , f)),
            Verb::Get | Verb::Unset | Verb::Remove => None,
        };
        let session =
            if verb == Verb::Get { quote_spanned!(span=> &self.0) } else { quote_spanned!(span=> &mut self.0.0) };
        let wait = is_async(field, verb).then(|| quote_spanned!(span=> .await));
        quote_spanned!(span=> #door::#function(#session, #key #default #argument) #wait)
    }

    /// Nobody builds a schema, and few schemas need all their accessors: this use of all of them keeps the lint for
    /// dead code quiet without an `allow`, which a crate may forbid.
    fn uses(&self) -> Option<TokenStream> {
        let (ident, writer) = (&self.ident, &self.names.writer);
        let fields = &self.schema.fields;
        let generic = !self.schema.input.generics.params.is_empty();
        if fields.is_empty() || generic {
            return None;
        }
        let uses = fields.iter().map(|field| self.uses_of(field));
        Some(quote! {
            const _: fn(&#ident, &mut #writer) = |schema, writer| {
                #(#uses)*
            };
        })
    }

    fn uses_of(&self, field: &Field) -> TokenStream {
        let Names { reader, writer, .. } = &self.names;
        let (span, ident) = (generated(field.ident), made_here(field.ident));
        let [get, set, unset, remove, update, try_update] = VERBS.map(|verb| verb.ident(field.ident));
        quote_spanned! {span=>
            let _ = &schema.#ident;
            let _ = (#reader::#get, #writer::#set, #writer::#unset, #writer::#remove);
            let _ = #writer::#update(writer, |_| ());
            let _ = #writer::#try_update(writer, |_| ::core::result::Result::<(), ()>::Ok(()));
        }
    }
}

/// A value that cannot be stored is reported at this path. It begins and ends where the type of the field does, so that
/// the type is what the user sees underlined. The import keeps the lint for needless qualifications out of it.
fn declaration(door: &Ident, kind: &str, key: &str, ty: &Type) -> TokenStream {
    let mut spans = ty.to_token_stream().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    let last = spans.last().unwrap_or(first);
    let (import, kind) = (format_ident!("{kind}"), Ident::new(kind, first));
    let call = quote_spanned!(last=> ::declare(#key));
    quote!({
        use #door::#import;
        #kind #call
    })
}

/// The docs of the field, then those of what is generated, then what else the field carries over.
fn attributes(field: &Field, docs: &str) -> TokenStream {
    let (own, others): (Vec<_>, Vec<_>) = field.carried().partition(|attr| attr.path().is_ident("doc"));
    let gap = (!own.is_empty()).then_some("");
    let lines = gap
        .into_iter()
        .chain(docs.lines())
        .map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote_spanned!(generated(field.ident)=> #(#own)* #(#[doc = #lines])* #(#others)*)
}

fn function(field: &Field, verb: Verb) -> Ident {
    let side = match field.side {
        Side::Server => "",
        Side::Client => "client_",
    };
    let verb_name = match verb {
        Verb::Get => "get",
        Verb::Set => "set",
        Verb::Unset => "unset",
        Verb::Remove => "remove",
        Verb::Update => "update",
        Verb::TryUpdate => "try_update",
    };
    let fallback = if falls_back(field, verb) { "_or" } else { "" };
    format_ident!("{side}{verb_name}{fallback}", span = generated(field.ident))
}

fn falls_back(field: &Field, verb: Verb) -> bool {
    field.has_default() && matches!(verb, Verb::Get | Verb::Update | Verb::TryUpdate)
}

/// What may ask the store.
fn is_async(field: &Field, verb: Verb) -> bool {
    field.side == Side::Server && !matches!(verb, Verb::Set | Verb::Unset)
}

fn asyncness(field: &Field, verb: Verb) -> Option<TokenStream> {
    is_async(field, verb).then(|| quote_spanned!(generated(field.ident)=> async))
}

fn default_name(field: &Ident) -> Ident {
    format_ident!("__default_{}", field.unraw(), span = generated(field))
}

/// The user's identifier, but marked as made by the derive.
fn made_here(ident: &Ident) -> Ident {
    let mut made = ident.clone();
    made.set_span(generated(ident));
    made
}

/// The body of what is only there for its shape.
fn nothing() -> TokenStream {
    quote!(::core::unreachable!())
}

fn deref(outer: &Ident, inner: &TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::core::ops::Deref for #outer {
            type Target = #inner;
            fn deref(&self) -> &#inner {
                &self.0
            }
        }
        #[automatically_derived]
        impl ::core::ops::DerefMut for #outer {
            fn deref_mut(&mut self) -> &mut #inner {
                &mut self.0
            }
        }
    }
}
