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
use syn::{GenericParam, Generics, Type, WherePredicate, parse_quote};

use crate::accessor::{VERBS, Verb, generated};
use crate::ast::{Default, Field, Schema, Side, mentions};
use crate::docs;

pub(crate) fn schema(schema: &Schema) -> TokenStream {
    let expansion = Expansion::new(schema);
    let (runtime, door) = (schema.crate_path(), &expansion.door);
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
    /// Without its lifetimes, which can only be `'static`.
    generics: Generics,
    self_ty: TokenStream,
    /// The hidden module of the runtime, and the two types behind the handles.
    door: Ident,
    reader: Ident,
    writer: Ident,
    /// The type parameters of the updates.
    result: Ident,
    failure: Ident,
}

impl<'a> Expansion<'a> {
    fn new(schema: &'a Schema<'a>) -> Self {
        let mut ident = schema.input.ident.clone();
        ident.set_span(generated(&ident));
        Self {
            schema,
            generics: generics(&schema.input.generics),
            self_ty: self_type(&ident, &schema.input.generics),
            door: fresh(schema, "__private"),
            reader: fresh(schema, &format!("{}Reader", ident.unraw())),
            writer: fresh(schema, &format!("{}Writer", ident.unraw())),
            result: fresh(schema, "R"),
            failure: fresh(schema, "E"),
            ident,
        }
    }

    /// Fields whose type no generic parameter hides.
    fn fields(&self) -> impl Iterator<Item = &Field<'a>> {
        let params: Vec<_> = self.generics.params.iter().map(param_name).collect();
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
        let defaults = self.fields().map(default);
        quote! {
            #[automatically_derived]
            impl #impl_generics #self_ty #clause {
                #(#keys)*
                #(#defaults)*
            }
        }
    }

    fn key(&self, field: &Field) -> Option<TokenStream> {
        let constant = field.constant.as_ref()?;
        let (vis, ty, key, door) = (&field.source.vis, &field.ty, &field.key, &self.door);
        let attrs = attributes(field, &docs::constant(field));
        let kind = match field.side {
            Side::Server => quote!(#door::Key<#ty>),
            Side::Client => quote!(#door::ClientKey<#ty>),
        };
        let value = match self.is_hollow(field) {
            true => quote!(::core::unreachable!()),
            false => declaration(&kind, key, &field.source.ty),
        };
        Some(quote_spanned! {generated(field.ident)=>
            #attrs
            #vis const #constant: #kind = #value;
        })
    }

    fn handles(&self) -> TokenStream {
        let Self { door, reader, writer, .. } = self;
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
        let Self { door, reader, writer, self_ty, .. } = self;
        let (impl_generics, _, clause) = self.generics.split_for_impl();
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
        let reader = &self.reader;
        let getters = self.fields().map(|field| self.accessor(field, Verb::Get));
        quote! {
            #[automatically_derived]
            impl #reader {
                #(#getters)*
            }
        }
    }

    fn setters(&self) -> TokenStream {
        let writer = &self.writer;
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
        let body = match self.is_hollow(field) {
            true => quote!(::core::unreachable!()),
            false => self.forward(field, verb),
        };
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
        let Self { door, result: r, failure: e, .. } = self;
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
        let Self { door, ident, .. } = self;
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
        let Self { ident, writer, .. } = self;
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
        let Self { reader, writer, .. } = self;
        let (span, ident) = (generated(field.ident), field_ident(field));
        let [get, set, unset, remove, update, try_update] = VERBS.map(|verb| verb.ident(field.ident));
        quote_spanned! {span=>
            let _ = &schema.#ident;
            let _ = (#reader::#get, #writer::#set, #writer::#unset, #writer::#remove);
            let _ = #writer::#update(writer, |_| ());
            let _ = #writer::#try_update(writer, |_| ::core::result::Result::<(), ()>::Ok(()));
        }
    }
}

/// The path that says what is wrong with a value begins and ends where the type does, so that all of it is underlined.
fn declaration(kind: &TokenStream, key: &str, ty: &Type) -> TokenStream {
    let mut spans = ty.to_token_stream().into_iter().map(|token| token.span());
    let first = spans.next().unwrap_or_else(Span::call_site);
    let last = spans.last().unwrap_or(first);
    let open = quote_spanned!(first=> <);
    let declare = Ident::new("declare", last);
    quote!(#open #kind>::#declare(#key))
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

fn param_name(param: &GenericParam) -> String {
    match param {
        GenericParam::Lifetime(param) => param.lifetime.ident.to_string(),
        GenericParam::Type(param) => param.ident.to_string(),
        GenericParam::Const(param) => param.ident.to_string(),
    }
}

/// What may ask the store.
fn is_async(field: &Field, verb: Verb) -> bool {
    field.side == Side::Server && !matches!(verb, Verb::Set | Verb::Unset)
}

fn asyncness(field: &Field, verb: Verb) -> Option<TokenStream> {
    is_async(field, verb).then(|| quote_spanned!(generated(field.ident)=> async))
}

/// A function of its own holds the user's expression once, so that a mistake in it is reported once.
fn default(field: &Field) -> Option<TokenStream> {
    let (name, ty) = (default_name(field.ident), &field.ty);
    let value = match &field.default {
        Default::None => return None,
        Default::OfType if field.hollow => quote!(::core::unreachable!()),
        Default::OfType => quote_spanned!(generated(field.ident)=> <#ty as ::core::default::Default>::default()),
        Default::Expr(expr) => expr.to_token_stream(),
        Default::Unusable => quote!(::core::unreachable!()),
    };
    Some(quote_spanned! {generated(field.ident)=>
        #[doc(hidden)]
        fn #name() -> #ty {
            #value
        }
    })
}

fn default_name(field: &Ident) -> Ident {
    format_ident!("__default_{}", field.unraw(), span = generated(field))
}

fn field_ident(field: &Field) -> Ident {
    let mut ident = field.ident.clone();
    ident.set_span(generated(field.ident));
    ident
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

/// A name that none of the user's types means: what the output declares would hide them.
fn fresh(schema: &Schema, name: &str) -> Ident {
    let Schema { input, attrs, fields } = schema;
    let types = fields.iter().any(|field| mentions(&field.ty, name) || default_mentions(field, name));
    let krate = attrs.krate.get().is_some_and(|path| mentions(path, name));
    if types || krate || input.ident == name { fresh(schema, &format!("_{name}")) } else { format_ident!("{name}") }
}

fn default_mentions(field: &Field, name: &str) -> bool {
    matches!(&field.default, Default::Expr(expr) if mentions(expr, name))
}

/// The parameters of the struct, which are a mistake, but no reason for more errors.
fn generics(generics: &Generics) -> Generics {
    let mut kept = generics.clone();
    kept.params = generics.params.iter().filter(|param| !matches!(param, GenericParam::Lifetime(_))).cloned().collect();
    let params: Vec<_> = generics.type_params().map(|param| param.ident.clone()).collect();
    if !params.is_empty() {
        kept.make_where_clause()
            .predicates
            .extend(params.iter().map(|param| -> WherePredicate { parse_quote!(#param: 'static) }));
    }
    kept
}

fn self_type(ident: &Ident, generics: &Generics) -> TokenStream {
    let arguments = generics.params.iter().map(|param| match param {
        GenericParam::Lifetime(_) => quote!('static),
        GenericParam::Type(param) => param.ident.to_token_stream(),
        GenericParam::Const(param) => param.ident.to_token_stream(),
    });
    if generics.params.is_empty() { quote!(#ident) } else { quote!(#ident<#(#arguments),*>) }
}
