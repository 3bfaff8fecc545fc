//! Tokens from the model. They hold no logic: types, keys, and forwards to the runtime.
//!
//! ```text
//! const _: () = {
//!     use ::session::__private;
//!     impl Visitor { pub const CART: __private::Key<Cart> = ...; }
//!     pub struct VisitorReader(__private::Session);     // getters; derefs to the session
//!     pub struct VisitorWriter(VisitorReader);          // setters; derefs to the getters
//!     pub struct VisitorSnapshot { pub cart: Cart }     // every field at once
//!     impl __private::SessionSchema for Visitor { ... } // the three of them, and the declaration
//! };
//! ```
//!
//! The one place where the bounds of a value are checked is its key constant: a bound on each accessor would report
//! a missing derive once for each.

mod accessors;
mod declaration;
mod keys;
mod snapshot;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Generics;
use syn::ext::IdentExt;

use crate::accessor::generated;
use crate::ast::{Field, Schema, mentions};
use crate::generics;
use crate::hygiene::Names;

pub(crate) fn schema(schema: &Schema) -> TokenStream {
    let expansion = Expansion::new(schema);
    let (runtime, door) = (schema.crate_path(), &expansion.names.door);
    let allowed = schema.input.attrs.iter().filter(|attr| attr.path().is_ident("allow"));
    let parts = [
        expansion.keys(),
        expansion.handles(),
        expansion.schema(),
        expansion.getters(),
        expansion.setters(),
        expansion.snapshot(),
        expansion.nested_are_disjoint(),
    ];
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

    /// Those of them that are values of the session, and no schemas of their own.
    fn values(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields().filter(|field| !field.is_nested())
    }

    fn nested(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields().filter(|field| field.is_nested())
    }

    /// Whether what is made of a field only keeps its shape, because a mistake has been reported.
    fn is_hollow(&self, field: &Field) -> bool {
        field.hollow || self.is_generic()
    }

    /// `<Checkout as Nested>`, for what is wanted of a nested schema. Every token stands where the type does, so that
    /// the compiler sees the same mistake in all of them, and tells it once.
    fn as_nested(&self, field: &Field, item: &str) -> TokenStream {
        let mut spans = field.ty.to_token_stream().into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        let last = spans.last().unwrap_or(first);
        let (ty, door) = (&field.ty, at(first, &self.names.door));
        let open = quote_spanned!(first=> <);
        let item = Ident::new(item, last);
        let close = quote_spanned!(last=> as #door::Nested>::#item);
        quote!(#open #ty #close)
    }

    fn is_generic(&self) -> bool {
        !self.schema.input.generics.params.is_empty()
    }

    /// The handles are generic over the nested schemas, so that one that is none is reported in one place: where the
    /// type is given, and not wherever it is used.
    fn handles(&self) -> TokenStream {
        let Names { door, reader, writer, .. } = &self.names;
        let params = self.params();
        let derefs = [
            deref(reader, params.as_ref(), &quote!(#door::Session)),
            deref(writer, params.as_ref(), &quote!(#reader #params)),
        ];
        let phantom = self.phantom();
        quote! {
            #[doc(hidden)]
            pub struct #reader #params(#door::Session #phantom);
            #[doc(hidden)]
            pub struct #writer #params(#reader #params);
            #(#derefs)*
        }
    }

    fn phantom(&self) -> Option<TokenStream> {
        let params = self.nested().map(|field| self.param(field));
        let some = self.nested().next().is_some();
        some.then(|| quote!(, ::core::marker::PhantomData<fn() -> (#(#params,)*)>))
    }

    /// `<N0, N1>`: one parameter for each nested schema.
    fn params(&self) -> Option<TokenStream> {
        let mut params = self.nested().map(|field| self.param(field)).peekable();
        params.peek().is_some().then(|| quote!(<#(#params),*>))
    }

    fn param(&self, field: &Field) -> &Ident {
        let index = self.nested().position(|nested| nested.ident == field.ident).unwrap_or_default();
        &self.names.nested[index]
    }

    fn schemas_in_it(&self) -> (Option<TokenStream>, Option<TokenStream>) {
        let (door, params) = (&self.names.door, self.params());
        let each = self.nested().map(|field| self.param(field));
        let clause = params.is_some().then(|| quote!(where #(#each: #door::SessionSchema),*));
        (params, clause)
    }

    /// `<Checkout, Profile>`: what the parameters stand for.
    fn schemas(&self) -> Option<TokenStream> {
        let mut types = self.nested().map(|field| &field.ty).peekable();
        types.peek().is_some().then(|| quote!(<#(#types),*>))
    }

    fn schema(&self) -> TokenStream {
        let Names { door, reader, writer, .. } = &self.names;
        let (impl_generics, _, clause) = self.generics.split_for_impl();
        let self_ty = &self.self_ty;
        let (declaration, read) = (self.declaration(), self.read_snapshot());
        let (schemas, snapshot) = (self.schemas(), self.snapshot_type());
        let none = self.params().map(|_| quote!(, ::core::marker::PhantomData));
        quote! {
            #[automatically_derived]
            impl #impl_generics #door::SessionSchema for #self_ty #clause {
                type Reader = #reader #schemas;
                type Writer = #writer #schemas;
                #snapshot
                const SCHEMA: &'static #door::SchemaInfo = &#declaration;
                #[inline]
                fn reader(session: #door::Session) -> Self::Reader {
                    #reader(session #none)
                }
                #[inline]
                fn writer(session: #door::Session) -> Self::Writer {
                    #writer(#reader(session #none))
                }
                #read
            }
        }
    }
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

fn default_name(field: &Ident) -> Ident {
    format_ident!("__default_{}", field.unraw(), span = generated(field))
}

/// The user's identifier, but marked as made by the derive.
fn made_here(ident: &Ident) -> Ident {
    let mut made = ident.clone();
    made.set_span(generated(ident));
    made
}

/// A name of ours, with another place.
fn at(span: Span, name: &Ident) -> Ident {
    Ident::new(&name.to_string(), span)
}

/// The body of what is only there for its shape.
fn nothing() -> TokenStream {
    quote!(::core::unreachable!())
}

fn deref(outer: &Ident, params: Option<&TokenStream>, inner: &TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl #params ::core::ops::Deref for #outer #params {
            type Target = #inner;
            fn deref(&self) -> &#inner {
                &self.0
            }
        }
        #[automatically_derived]
        impl #params ::core::ops::DerefMut for #outer #params {
            fn deref_mut(&mut self) -> &mut #inner {
                &mut self.0
            }
        }
    }
}
