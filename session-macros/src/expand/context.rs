//! The data and helpers that all parts of the expansion share: the fields, the generated names, placeholders.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Attribute, Expr, ExprLit, Generics, Lit, Meta, MetaNameValue};

use super::generics;
use super::names::Names;
use crate::parse::model::{Field, Schema};
use crate::parse::spans::{first_and_last_span, generated_ident, generated_span, with_span};
use crate::parse::types;

pub(super) struct Expansion<'a> {
    pub(super) schema: &'a Schema<'a>,
    /// The name of the struct.
    pub(super) ident: Ident,
    pub(super) names: Names,
    pub(super) generics: Generics,
    pub(super) self_ty: TokenStream,
}

impl<'a> Expansion<'a> {
    pub(super) fn new(schema: &'a Schema<'a>) -> Self {
        let ident = generated_ident(&schema.input.ident);
        Self {
            schema,
            names: Names::new(schema),
            generics: generics::without_lifetimes(&schema.input.generics),
            self_ty: generics::self_type(&ident, &schema.input.generics),
            ident,
        }
    }

    /// Returns the fields whose type does not depend on a parameter of the struct.
    pub(super) fn fields(&self) -> impl Iterator<Item = &Field<'a>> {
        let params = generics::param_names(&self.generics);
        self.schema.fields.iter().filter(move |field| !params.iter().any(|param| field.mentions(param)))
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields().filter(|field| !field.has_schema())
    }

    /// Returns the fields whose types are schemas: nested ones and groups.
    pub(super) fn schemas(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields().filter(|field| field.has_schema())
    }

    /// Returns true if an error was reported for the field: its code then only keeps the signatures.
    pub(super) fn is_placeholder(&self, field: &Field) -> bool {
        field.is_placeholder || self.is_generic()
    }

    pub(super) fn is_generic(&self) -> bool {
        !self.schema.input.generics.params.is_empty()
    }

    /// Returns `Option<T>` of the field's type.
    pub(super) fn optional(&self, field: &Field) -> TokenStream {
        let (span, ty) = (generated_span(field.ident), &field.ty);
        let option = with_span(&self.names.option, span);
        quote_spanned!(span=> #option<#ty>)
    }

    /// Returns `<Checkout as Nested>::item`, or `<LoggedIn as GroupField>::item`. All tokens have the span of the type: the
    /// compiler then finds the same error in each use, and reports it once.
    pub(super) fn nested_item(&self, field: &Field, item: &str) -> TokenStream {
        // Of a container, which is reported, the accessors use the element.
        let ty = types::container(&field.ty).filter(|_| field.is_nested()).map_or(&field.ty, |(_, inner)| inner);
        let (first, last) = first_and_last_span(ty);
        let private_mod = with_span(&self.names.private_mod, first);
        let open = quote_spanned!(first=> <);
        let (item, schema) = (Ident::new(item, last), if field.is_group() { "GroupField" } else { "Nested" });
        let schema = Ident::new(schema, last);
        let close = quote_spanned!(last=> as #private_mod::#schema>::#item);
        quote!(#open #ty #close)
    }
}

/// Returns the docs of the field, the generated docs, and the other attributes that the accessors inherit.
pub(super) fn attributes_with_docs(field: &Field, generated_docs: &str) -> TokenStream {
    let (docs, others) = inherited_attributes(field);
    let empty_line = if docs.is_empty() { "" } else { "\n" };
    // One attribute, because each token costs the compiler. The spaces are the indentation of the user's `///` lines.
    let generated_docs = format!("{empty_line} {}", generated_docs.replace('\n', "\n "));
    quote_spanned!(generated_span(field.ident)=> #(#docs)* #[doc = #generated_docs] #(#others)*)
}

/// Returns the docs of the field, and the other attributes that the accessors and the snapshot inherit.
///
/// Docs with an example are left out of doc tests: the example of the field would run once for each accessor.
pub(super) fn inherited_attributes(field: &Field) -> (Vec<TokenStream>, Vec<TokenStream>) {
    let (docs, others): (Vec<_>, Vec<_>) =
        field.inherited_attributes().partition(|attribute| attribute.path().is_ident("doc"));
    let has_example = docs.iter().any(|doc| may_be_code(doc));
    let doc_tokens = |doc: &Attribute| {
        let meta = &doc.meta;
        if has_example { quote!(#[cfg_attr(not(doctest), #meta)]) } else { quote!(#doc) }
    };
    (docs.into_iter().map(doc_tokens).collect(), others.into_iter().map(ToTokens::to_token_stream).collect())
}

/// Returns true if a line of docs may belong to a code block, or is not known (`include_str!`).
fn may_be_code(doc: &Attribute) -> bool {
    let Meta::NameValue(MetaNameValue { value, .. }) = &doc.meta else { return false };
    let Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) = value else { return true };
    let line = line.value();
    ["```", "~~~", "    "].iter().any(|mark| line.contains(mark))
}

/// Returns the name of the function that returns the field's default.
pub(super) fn default_function(field: &Field) -> Ident {
    format_ident!("__default_{}", field.ident.unraw(), span = generated_span(field.ident))
}

/// Returns the body of a placeholder.
pub(super) fn unreachable_body() -> TokenStream {
    quote!(::core::unreachable!())
}
