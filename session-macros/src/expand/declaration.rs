//! The declaration as data, and the check that nested schemas keep to keys of their own.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Lit, LitStr, Meta};

use super::{Expansion, at, made_here};
use crate::accessor::generated;
use crate::ast::{Field, Kind, Side};
use crate::ty;

impl Expansion<'_> {
    pub(super) fn declaration(&self) -> TokenStream {
        let door = &self.names.door;
        let name = self.ident.unraw().to_string();
        let fields = self.values().map(|field| self.field_info(field));
        let nested = self.nested().filter(|field| !self.is_hollow(field)).map(|field| {
            let (name, schema) = (field.ident.unraw().to_string(), self.as_nested(field, "SCHEMA"));
            quote!((#name, #schema))
        });
        let attrs = &self.schema.attrs;
        let retired = [(&attrs.retired, Side::Server), (&attrs.retired_client, Side::Client)];
        let retired = retired.into_iter().flat_map(|(keys, side)| keys.iter().map(move |key| (key, side)));
        let retired = retired.map(|(key, side)| {
            let (key, side) = (key.value(), side_name(side));
            quote!((#door::Side::#side, #key))
        });
        quote!(#door::SchemaInfo::declare(#name, &[#(#fields),*], &[#(#nested),*], &[#(#retired),*]))
    }

    fn field_info(&self, field: &Field) -> TokenStream {
        let door = &self.names.door;
        let (name, key, side) = (field.ident.unraw().to_string(), &field.key, side_name(field.side));
        let (type_name, docs) = (ty::text(&field.source.ty), docs(field));
        let aliases: Vec<_> = field.attrs.alias.iter().map(LitStr::value).collect();
        let aliases = (!aliases.is_empty()).then(|| quote!(.alias(&[#(#aliases),*])));
        let kept = field.attrs.kept_alias.get().map(LitStr::value).map(|kept| quote!(.with_kept_alias(#kept)));
        let words = words(field).map(|word| format_ident!("{word}"));
        quote!(#door::FieldInfo::declare(#name, #key, #door::Side::#side, #type_name, #docs) #aliases #kept #(.#words())*)
    }

    /// Each nested schema against the fields of this one, and against those nested before it.
    pub(super) fn nested_are_disjoint(&self) -> TokenStream {
        let sound = self.nested().filter(|field| !self.is_hollow(field));
        sound
            .enumerate()
            .map(|(index, field)| {
                // The compiler shows where the call stands, and that is the field.
                let span = generated(field.ident);
                let (door, schema) = (at(span, &self.names.door), made_here(&self.ident));
                let declaration = quote!(<#schema as #door::SessionSchema>::SCHEMA);
                quote_spanned!(span=> const _: () = #door::assert_nested(#declaration, #index);)
            })
            .collect()
    }
}

fn side_name(side: Side) -> Ident {
    match side {
        Side::Server => format_ident!("Server"),
        Side::Client => format_ident!("Client"),
    }
}

fn words(field: &Field) -> impl Iterator<Item = &'static str> {
    let attrs = &field.attrs;
    let words = [
        ("default", field.has_default()),
        ("flash", field.kind == Kind::Flash),
        ("index", attrs.index.given()),
        ("with", attrs.is_coded()),
        ("migrate", attrs.migrate.given()),
        ("on_invalid", field.forgives()),
    ];
    words.into_iter().filter(|(_, is)| *is).map(|(word, _)| word)
}

/// The doc comment, line by line.
fn docs(field: &Field) -> String {
    let docs = field.source.attrs.iter().filter(|attr| attr.path().is_ident("doc"));
    let lines = docs.filter_map(|attr| match &attr.meta {
        Meta::NameValue(meta) => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}
