//! The schema as data (`SchemaInfo`), and the compile-time checks of nested schemas and of indexed types.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit, LitStr, Meta};

use super::context::Expansion;
use crate::parse::model::{Field, FieldKind, Side};
use crate::parse::spans::{first_and_last_span, generated_ident, generated_span, with_span};
use crate::parse::tokens::text;

impl Expansion<'_> {
    pub(super) fn declaration(&self) -> TokenStream {
        let private_mod = &self.names.private_mod;
        let name = self.ident.unraw().to_string();
        let fields = self.values().map(|field| self.field_info(field));
        let nested = self.schemas().filter(|field| !self.is_placeholder(field)).map(|field| {
            let (name, schema) = (field.ident.unraw().to_string(), self.nested_item(field, "SCHEMA"));
            quote!((#name, #schema))
        });
        let retired = self.schema.retired().map(|(side, key)| {
            let (key, side) = (key.value(), side_variant(side));
            quote!((#private_mod::Side::#side, #key))
        });
        let group = self.schema.is_group().then(|| quote!(.group()));
        quote!(#private_mod::SchemaInfo::declare(#name, &[#(#fields),*], &[#(#nested),*], &[#(#retired),*]) #group)
    }

    fn field_info(&self, field: &Field) -> TokenStream {
        let private_mod = &self.names.private_mod;
        let (name, key, side) = (field.ident.unraw().to_string(), &field.key, side_variant(field.side));
        let (type_name, docs) = (text(&field.source.ty), doc_comment(field));
        let aliases: Vec<_> = field.attributes.alias.iter().map(LitStr::value).collect();
        let aliases = (!aliases.is_empty()).then(|| quote!(.alias(&[#(#aliases),*])));
        let kept_alias =
            field.attributes.kept_alias.get().map(LitStr::value).map(|kept| quote!(.with_kept_alias(#kept)));
        let expires_in = field.attributes.expires_in.get().map(|millis| quote!(.with_expiry(#millis)));
        let codec = codec_path(field).map(|codec| quote!(.with(#codec)));
        let flags = flags(field).map(|flag| format_ident!("{flag}"));
        quote! {
            #private_mod::FieldInfo::declare(#name, #key, #private_mod::Side::#side, #type_name, #docs)
                #aliases #kept_alias #expires_in #codec #(.#flags())*
        }
    }

    /// The function that passes each field to `assert_schema!`. It is `#[inline]`, so that only a test that calls it compiles it.
    pub(super) fn shapes(&self) -> TokenStream {
        let (private_mod, schema) = (&self.names.private_mod, &self.ident);
        let fields = self.values().filter(|field| !self.is_placeholder(field)).map(|field| {
            let constant = &field.constant;
            let codec = self.codec_name(field).map(|codec| quote!(::<#codec>));
            let trace = format_ident!("{}", if codec.is_some() { "trace_shape_with" } else { "trace_shape" });
            quote_spanned!(generated_span(field.ident)=> #schema::#constant.#trace #codec(shapes);)
        });
        let nested = self.schemas().filter(|field| !self.is_placeholder(field)).map(|field| {
            let shapes = self.nested_item(field, "shapes");
            quote!(#shapes(shapes);)
        });
        quote! {
            #[inline]
            fn shapes(shapes: &mut #private_mod::Shapes) {
                use #private_mod::NoShape as _;
                #(#fields)*
                #(#nested)*
            }
        }
    }

    /// Compares each nested schema with the fields of this one, and with the schemas nested before it.
    pub(super) fn nested_assertions(&self) -> TokenStream {
        let valid = self.schemas().filter(|field| !self.is_placeholder(field));
        valid
            .enumerate()
            .map(|(index, field)| {
                // The compiler underlines the call, so the call has the span of the field.
                let span = generated_span(field.ident);
                let (private_mod, schema) = (with_span(&self.names.private_mod, span), generated_ident(&self.ident));
                let declaration = quote!(<#schema as #private_mod::SessionSchema>::SCHEMA);
                quote_spanned!(span=> const _: () = #private_mod::assert_nested(#declaration, #index);)
            })
            .collect()
    }

    /// Refuses indexed fields of types that no session can be found by.
    pub(super) fn index_assertions(&self) -> TokenStream {
        let indexed = self.values().filter(|field| field.attributes.index.is_given() && !self.is_placeholder(field));
        indexed
            .map(|field| {
                // The compiler underlines the call, so the call has the span of the type.
                let (span, _) = first_and_last_span(&field.source.ty);
                let span = span.resolved_at(Span::call_site());
                let (private_mod, ty) = (with_span(&self.names.private_mod, span), &field.ty);
                quote_spanned! {span=>
                    const _: () = {
                        use #private_mod::AnyIndexType as _;
                        #private_mod::assert_indexable(#private_mod::IndexProbe::<#ty>::REFUSAL)
                    };
                }
            })
            .collect()
    }
}

/// Returns the variant of `session::Side`.
fn side_variant(side: Side) -> Ident {
    match side {
        Side::Server => format_ident!("Server"),
        Side::Client => format_ident!("Client"),
    }
}

/// Returns the methods of `FieldInfo` to call.
fn flags(field: &Field) -> impl Iterator<Item = &'static str> {
    let attributes = &field.attributes;
    let flags = [
        ("default", field.has_default()),
        ("flash", field.kind == FieldKind::Flash),
        ("keyed", field.is_keyed()),
        ("index", attributes.index.is_given()),
        ("migrate", attributes.migrate.is_given()),
        ("on_invalid", field.ignores_invalid()),
        ("check", attributes.check.is_given()),
        ("null", attributes.null.is_given()),
        ("secret", attributes.secret.is_given()),
        ("sealed", attributes.sealed.is_given()),
    ];
    flags.into_iter().filter(|(_, is_set)| *is_set).map(|(flag, _)| flag)
}

/// Returns the path of the codec: the module, or the function that deserializes.
fn codec_path(field: &Field) -> Option<String> {
    let attributes = &field.attributes;
    let functions = [&attributes.deserialize_with, &attributes.serialize_with, &attributes.with];
    functions.into_iter().find_map(|path| path.get()).map(text)
}

fn doc_comment(field: &Field) -> String {
    let docs = field.source.attrs.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let lines = docs.filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}
