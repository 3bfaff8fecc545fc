//! Typed key constants, and what an absent key reads as.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{LitStr, Path, Type};

use super::{Expansion, attributes, default_name, nothing};
use crate::accessor::generated;
use crate::ast::{Fallback, Field, Side};
use crate::docs;

impl Expansion<'_> {
    pub(super) fn keys(&self) -> TokenStream {
        let (impl_generics, _, clause) = self.generics.split_for_impl();
        let self_ty = &self.self_ty;
        let keys = self.values().map(|field| self.key(field));
        let fallbacks = self.values().map(|field| self.fallback(field));
        let codecs = self.values().filter_map(|field| self.codec(field));
        quote! {
            #(#codecs)*
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
        let value = match self.codec_name(field) {
            _ if self.is_hollow(field) => nothing(),
            Some(codec) => coded(door, kind, &codec, key),
            None => declaration(door, kind, key, &field.source.ty),
        };
        let past = (kind != "IndexKey" && !self.is_hollow(field)).then(|| self.past(field));
        let forgiven = (!self.is_hollow(field)).then(|| self.forgiven(field));
        let kind = format_ident!("{kind}");
        Some(quote_spanned! {generated(field.ident)=>
            #attrs
            #vis const #constant: #door::#kind<#ty> = #value #past #forgiven;
        })
    }

    /// What earlier releases left behind, and how it is read.
    fn past(&self, field: &Field) -> TokenStream {
        let attrs = &field.attrs;
        let aliases = attrs.alias.iter().map(LitStr::value);
        let aliases = (!attrs.alias.is_empty()).then(|| quote!(.alias(&[#(#aliases),*])));
        let kept = attrs.kept_alias.get().map(LitStr::value).map(|kept| quote!(.kept_alias(#kept)));
        // Its type is said first, so that a function of another is told apart from it, and not from our own signature.
        let (door, ty) = (&self.names.door, &field.ty);
        let migrate = attrs.migrate.get().map(|path| {
            quote! {
                .migrate({
                    const MIGRATE: fn(&#door::Value) -> ::core::option::Option<#ty> = #path;
                    MIGRATE
                })
            }
        });
        quote_spanned!(generated(field.ident)=> #aliases #kept #migrate)
    }

    fn forgiven(&self, field: &Field) -> Option<TokenStream> {
        let door = &self.names.door;
        field.forgives().then(|| quote_spanned!(generated(field.ident)=> .on_invalid(#door::OnInvalid::Absent)))
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

    /// The form that the user gives to the values of a field.
    fn codec(&self, field: &Field) -> Option<TokenStream> {
        let (door, name, ty) = (&self.names.door, self.codec_name(field)?, &field.ty);
        let attrs = &field.attrs;
        let module = attrs.with.get();
        let serialize = self.coding(field, attrs.serialize_with.get(), module, "serialize");
        let deserialize = self.coding(field, attrs.deserialize_with.get(), module, "deserialize");
        let own = |of: TokenStream, function: TokenStream| quote_spanned!(generated(field.ident)=> <#ty as #door::#of>::#function);
        let serialize = serialize.unwrap_or_else(|| own(quote!(Serialize), quote!(serialize)));
        let deserialize = deserialize.unwrap_or_else(|| own(quote!(Deserialize), quote!(deserialize)));
        let format = &self.names.result;
        Some(quote_spanned! {generated(field.ident)=>
            struct #name;
            #[automatically_derived]
            impl #door::Codec for #name {
                type Value = #ty;
                fn serialize<#format: #door::Serializer>(
                    value: &#ty,
                    serializer: #format,
                ) -> ::core::result::Result<#format::Ok, #format::Error> {
                    #serialize(value, serializer)
                }
                fn deserialize<'de, #format: #door::Deserializer<'de>>(
                    deserializer: #format,
                ) -> ::core::result::Result<#ty, #format::Error> {
                    #deserialize(deserializer)
                }
            }
        })
    }

    /// The function of one direction: the one that is named, or that of the module.
    fn coding(&self, field: &Field, function: Option<&Path>, module: Option<&Path>, name: &str) -> Option<TokenStream> {
        if self.is_hollow(field) {
            return None;
        }
        let in_module = module.map(|module| {
            // Where the module is named: there it is missing, if it is.
            let span = module.segments.last().map_or_else(Span::call_site, |last| last.ident.span());
            let function = Ident::new(name, span.resolved_at(Span::call_site()));
            quote!(#module::#function)
        });
        function.map(ToTokens::to_token_stream).or(in_module)
    }

    pub(super) fn codec_name(&self, field: &Field) -> Option<Ident> {
        let is_coded = field.attrs.is_coded() && !self.is_hollow(field);
        is_coded.then(|| format_ident!("{}_{}", self.names.codec, field.constant.as_ref().unwrap_or(field.ident)))
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

/// A key whose values have a form of their own.
fn coded(door: &Ident, kind: &str, codec: &Ident, key: &str) -> TokenStream {
    let kind = format_ident!("{kind}");
    quote!(#door::#kind::with_codec::<#codec>(#key))
}
