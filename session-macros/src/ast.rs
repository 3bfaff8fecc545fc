//! The model of a schema: what the struct says, with everything filled in that it leaves out.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Expr, Fields, LitStr, Type};

use crate::attr::{DefaultValue, FieldAttrs, StructAttrs, string_literal};
use crate::case::Case;
use crate::errors::Errors;
use crate::{accessor, ty};

pub(crate) struct Schema<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) attrs: StructAttrs,
    /// Empty if the struct has no named fields.
    pub(crate) fields: Vec<Field<'a>>,
}

pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) source: &'a syn::Field,
    pub(crate) attrs: FieldAttrs,
    /// The key without the prefix of the schema.
    pub(crate) name: String,
    /// The key under which a session keeps the value.
    pub(crate) key: String,
    pub(crate) side: Side,
    /// What an absent key reads as.
    pub(crate) fallback: Fallback,
    /// The type that the accessors speak of.
    pub(crate) ty: Type,
    /// The type as written cannot be a session value: the accessors only keep the shape.
    pub(crate) hollow: bool,
    /// `None` if an earlier field has taken the name.
    pub(crate) constant: Option<Ident>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Server,
    Client,
}

pub(crate) enum Fallback {
    None,
    /// `T::default()`
    OfType,
    Expr(Expr),
    /// Reported.
    Broken,
    /// A bare string, which is a mistake: no type that a session can keep is written as one.
    Text(LitStr),
}

impl<'a> Schema<'a> {
    pub(crate) fn read(input: &'a DeriveInput, errors: &Errors) -> Self {
        let attrs = StructAttrs::read(&input.attrs, errors);
        let (mut names, mut constants) = (HashSet::new(), HashSet::new());
        let mut fields = Vec::new();
        for source in named_fields(&input.data) {
            let Some(ident) = &source.ident else { continue };
            let mut field = Field::read(ident, source, &attrs, errors);
            field.constant = field.constant.filter(|constant| constants.insert(constant.to_string()));
            // The compiler itself reports a field that is declared twice.
            if names.insert(ident.unraw()) {
                fields.push(field);
            }
        }
        Self { input, attrs, fields }
    }

    pub(crate) fn crate_path(&self) -> TokenStream {
        self.attrs.krate.get().map_or_else(|| quote!(::session), ToTokens::to_token_stream)
    }
}

impl<'a> Field<'a> {
    fn read(ident: &'a Ident, source: &'a syn::Field, schema: &StructAttrs, errors: &Errors) -> Self {
        let attrs = FieldAttrs::read(&source.attrs, errors);
        let name = name(ident, &attrs, schema.rename_all.get().copied());
        let prefix = schema.prefix.get().map(LitStr::value).unwrap_or_default();
        let client = schema.client.given() || attrs.client.given();
        let ty = ty::usable(&source.ty);
        Self {
            ident,
            source,
            key: format!("{prefix}{name}"),
            name,
            side: if client { Side::Client } else { Side::Server },
            fallback: Fallback::read(&attrs),
            hollow: ty != source.ty || !ty::references(&ty).is_empty() || mentions(&ty, "Self"),
            ty,
            constant: Some(accessor::constant(ident)),
            attrs,
        }
    }

    pub(crate) fn has_default(&self) -> bool {
        !matches!(self.fallback, Fallback::None)
    }

    /// The attributes of the field that its accessors take over.
    pub(crate) fn carried(&self) -> impl Iterator<Item = &Attribute> {
        let carried = ["doc", "deprecated", "allow"];
        self.source.attrs.iter().filter(move |attr| carried.iter().any(|name| attr.path().is_ident(name)))
    }
}

impl Fallback {
    fn read(attrs: &FieldAttrs) -> Self {
        match attrs.default.get() {
            None => Fallback::None,
            Some(DefaultValue::OfType) => Fallback::OfType,
            Some(DefaultValue::Broken) => Fallback::Broken,
            Some(DefaultValue::Expr(expr)) => match string_literal(expr) {
                Some(literal) => Fallback::Text(literal.clone()),
                None => Fallback::Expr(expr.clone()),
            },
        }
    }
}

/// Whether an identifier stands anywhere in these tokens.
pub(crate) fn mentions(tokens: &impl ToTokens, ident: &str) -> bool {
    fn search(tokens: TokenStream, name: &str) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == name,
            TokenTree::Group(group) => search(group.stream(), name),
            _ => false,
        })
    }
    search(tokens.to_token_stream(), ident)
}

fn name(ident: &Ident, attrs: &FieldAttrs, case: Option<Case>) -> String {
    let field = ident.unraw().to_string();
    match (attrs.key.get(), case) {
        (Some(key), _) => key.value(),
        (None, Some(case)) => case.apply(&field),
        (None, None) => field,
    }
}

fn named_fields(data: &Data) -> impl Iterator<Item = &syn::Field> {
    let named = match data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Some(&fields.named),
            _ => None,
        },
        _ => None,
    };
    named.into_iter().flatten()
}
