//! The typed key constants, the functions for defaults, and the codecs of `with`, `serialize_with`, `deserialize_with`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{LitStr, Path, Type};

use super::context::{Expansion, attributes_with_docs, default_function, unreachable_body};
use super::docs::accessor_list::accessor_list;
use super::docs::key_docs;
use crate::parse::model::{Field, FieldDefault, Side};
use crate::parse::spans::{first_and_last_span, generated_span, with_span};
use crate::parse::types;

impl Expansion<'_> {
    pub(super) fn keys(&self) -> TokenStream {
        let (impl_generics, _, clause) = self.generics.split_for_impl();
        let self_ty = &self.self_ty;
        let keys = self.values().map(|field| self.key(field));
        let defaults = self.values().map(|field| self.default(field));
        let codecs = self.values().filter_map(|field| self.codec(field));
        quote! {
            #(#codecs)*
            impl #impl_generics #self_ty #clause {
                #(#keys)*
                #(#defaults)*
            }
        }
    }

    fn key(&self, field: &Field) -> Option<TokenStream> {
        let constant = field.constant.as_ref()?;
        let (vis, ty, key, private_mod) = (&field.source.vis, &field.ty, &field.key, &self.names.private_mod);
        let attributes = attributes_with_docs(field, &key_docs(field));
        let key_type = match field.side {
            _ if field.is_keyed() => "KeyPrefix",
            Side::Server if field.attributes.index.is_given() => "IndexKey",
            Side::Server => "Key",
            Side::Client => "ClientKey",
        };
        let value = match self.codec_name(field) {
            _ if field.is_keyed() => self.prefix_value(field),
            _ if self.is_placeholder(field) => unreachable_body(),
            Some(codec) => key_with_codec(private_mod, key_type, &codec, key),
            None => key_declaration(private_mod, key_type, key, &field.source.ty),
        };
        let is_placeholder = self.is_placeholder(field);
        let aliases = (key_type != "IndexKey" && !is_placeholder).then(|| self.stored_forms(field));
        let on_invalid = (!is_placeholder).then(|| self.on_invalid(field));
        let check = (!is_placeholder).then(|| self.check(field));
        let null = (field.attributes.null.is_given() && !is_placeholder)
            .then(|| quote_spanned!(generated_span(field.ident)=> .null_is_absent()));
        // With any other kind of key it is an error, which is reported.
        let is_sealed = field.side == Side::Server
            && key_type != "IndexKey"
            && field.attributes.sealed.is_given()
            && !is_placeholder;
        let sealed = is_sealed.then(|| quote_spanned!(generated_span(field.ident)=> .sealed()));
        let key_type = if field.is_keyed() {
            self.prefix_type(field)
        } else {
            let key_type = format_ident!("{key_type}");
            quote_spanned!(generated_span(field.ident)=> #private_mod::#key_type<#ty>)
        };
        // Only rustdoc needs the list, so other compilations do not parse it.
        let list = accessor_list(field);
        Some(quote_spanned! {generated_span(field.ident)=>
            #attributes
            #[cfg_attr(doc, doc = #list)]
            #vis const #constant: #key_type = #value #aliases #on_invalid #null #sealed #check;
        })
    }

    fn stored_forms(&self, field: &Field) -> TokenStream {
        let attributes = &field.attributes;
        let aliases = attributes.alias.iter().map(LitStr::value);
        let aliases = (!attributes.alias.is_empty()).then(|| quote!(.alias(&[#(#aliases),*])));
        let kept_alias = attributes.kept_alias.get().map(LitStr::value).map(|kept| quote!(.kept_alias(#kept)));
        let migrate = self.migrate(field);
        let expires_in = attributes.expires_in.get().map(|millis| quote!(.expires_in(#millis)));
        quote_spanned!(generated_span(field.ident)=> #aliases #kept_alias #migrate #expires_in)
    }

    /// The user's function is called, so that the compiler compares its parameter and its result with traits that have our
    /// messages.
    fn migrate(&self, field: &Field) -> Option<TokenStream> {
        let (private_mod, ty, span) = (&self.names.private_mod, &field.ty, generated_span(field.ident));
        let path = field.attributes.migrate.get()?;
        let path_span = path.segments.last()?.ident.span().resolved_at(Span::call_site());
        let at_path = with_span(private_mod, path_span);
        // A closure: clippy would report a function with a parameter `&String`.
        let value = quote_spanned!(path_span=> #at_path::MigrateParameter::of_value(value));
        let call = quote_spanned!(path_span=> #at_path::MigrateReturn::<#ty>::into_migrated(#path(#value)));
        Some(quote_spanned! {span=>
            .migrate({
                fn __migrate(value: &#private_mod::Value) -> ::core::option::Option<#ty> {
                    #call
                }
                __migrate
            })
        })
    }

    /// As for `migrate`. A function for `&str` is accepted too.
    fn check(&self, field: &Field) -> Option<TokenStream> {
        let (private_mod, ty, span) = (&self.names.private_mod, &field.ty, generated_span(field.ident));
        let path = field.attributes.check.get()?;
        // A function of another type is reported at the path.
        let path_span = path.segments.last()?.ident.span().resolved_at(Span::call_site());
        let at_path = with_span(private_mod, path_span);
        // A closure: clippy would report a function with a parameter `&String`.
        let value = quote_spanned!(path_span=> #at_path::CheckParameter::<#ty>::of_value(value));
        let call = quote_spanned!(path_span=> #at_path::CheckReturn::into_check_result(#path(#value)));
        Some(quote_spanned! {span=>
            .check(|value: &#ty| #call)
        })
    }

    fn on_invalid(&self, field: &Field) -> Option<TokenStream> {
        let (private_mod, span) = (&self.names.private_mod, generated_span(field.ident));
        field.ignores_invalid().then(|| quote_spanned!(span=> .on_invalid(#private_mod::OnInvalid::Absent)))
    }

    /// The user's expression occurs only in this function, so that an error in it is reported once.
    fn default(&self, field: &Field) -> Option<TokenStream> {
        let (name, ty, span) = (default_function(field), &field.ty, generated_span(field.ident));
        let value = match &field.default {
            FieldDefault::None => return None,
            FieldDefault::Wrong(_) | FieldDefault::Invalid => unreachable_body(),
            _ if self.is_placeholder(field) => unreachable_body(),
            FieldDefault::OfType => quote_spanned!(span=> <#ty as ::core::default::Default>::default()),
            FieldDefault::Expr(expr) => expr.to_token_stream(),
        };
        Some(quote_spanned! {span=>
            #[doc(hidden)]
            #[inline]
            fn #name() -> #ty {
                #value
            }
        })
    }

    fn codec(&self, field: &Field) -> Option<TokenStream> {
        let (private_mod, name, ty) = (&self.names.private_mod, self.codec_name(field)?, &field.ty);
        let (attributes, span) = (&field.attributes, generated_span(field.ident));
        // The path of a function in the module is reported.
        let function_in_module = attributes.function_in_with().map(|(_, module, _)| module);
        let module = function_in_module.as_ref().or(attributes.with.get());
        let serialize = codec_function(attributes.serialize_with.get(), module, "serialize");
        let deserialize = codec_function(attributes.deserialize_with.get(), module, "deserialize");
        let serialize = serialize.unwrap_or_else(|| quote_spanned!(span=> <#ty as #private_mod::Serialize>::serialize));
        let deserialize =
            deserialize.unwrap_or_else(|| quote_spanned!(span=> <#ty as #private_mod::Deserialize>::deserialize));
        let format = &self.names.result;
        Some(quote_spanned! {span=>
            struct #name;
            #[automatically_derived]
            impl #private_mod::Codec for #name {
                type Value = #ty;
                fn serialize<#format: #private_mod::Serializer>(
                    value: &#ty,
                    serializer: #format,
                ) -> ::core::result::Result<#format::Ok, #format::Error> {
                    #serialize(value, serializer)
                }
                fn deserialize<'de, #format: #private_mod::Deserializer<'de>>(
                    deserializer: #format,
                ) -> ::core::result::Result<#ty, #format::Error> {
                    #deserialize(deserializer)
                }
            }
        })
    }

    pub(super) fn codec_name(&self, field: &Field) -> Option<Ident> {
        let has_codec = field.attributes.has_codec() && !self.is_placeholder(field);
        has_codec.then(|| format_ident!("{}_{}", self.names.codec, field.constant.as_ref().unwrap_or(field.ident)))
    }
}

/// Returns the user's function, or the function of the user's module.
fn codec_function(function: Option<&Path>, module: Option<&Path>, name: &str) -> Option<TokenStream> {
    let in_module = module.map(|module| {
        // The span of the module's path: a missing function is reported there.
        let span = module.segments.last().map_or_else(Span::call_site, |last| last.ident.span());
        let function = Ident::new(name, span.resolved_at(Span::call_site()));
        quote!(#module::#function)
    });
    function.map(ToTokens::to_token_stream).or(in_module)
}

/// Returns `Key::declare(key)` with the span of the field's type, so that the compiler underlines the type if its values
/// cannot be stored. The import prevents the lint for unnecessary qualifications.
fn key_declaration(private_mod: &Ident, key_type: &str, key: &str, ty: &Type) -> TokenStream {
    let (first, last) = first_and_last_span(ty);
    let function = Ident::new(declare_function(key_type, ty), last);
    let (import, key_type) = (format_ident!("{key_type}"), Ident::new(key_type, first));
    let call = quote_spanned!(last=> ::#function(#key));
    quote!({
        use #private_mod::#import;
        #key_type #call
    })
}

/// The functions differ only in the message for a type that cannot be stored.
fn declare_function(key_type: &str, ty: &Type) -> &'static str {
    if key_type == "IndexKey" {
        "declare"
    } else if types::has_trait_object(ty) {
        "declare_trait_object"
    } else if types::map_arguments(ty).is_some() {
        "declare_map"
    } else {
        "declare"
    }
}

fn key_with_codec(private_mod: &Ident, key_type: &str, codec: &Ident, key: &str) -> TokenStream {
    let key_type = format_ident!("{key_type}");
    quote!(#private_mod::#key_type::with_codec::<#codec>(#key))
}
