//! The model of a schema: what the struct says, with everything filled in that it leaves out.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Expr, Fields, LitStr, Type};

use crate::attr::{DefaultValue, FieldAttrs, OnInvalid, StructAttrs, string_literal};
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
    pub(crate) kind: Kind,
    /// What an absent key reads as.
    pub(crate) fallback: Fallback,
    /// The type that the accessors speak of.
    pub(crate) ty: Type,
    /// The type as written cannot be a session value: the accessors only keep the shape.
    pub(crate) hollow: bool,
    /// A nested schema has none, and nor has a field whose name for it is taken.
    pub(crate) constant: Option<Ident>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Server,
    Client,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A value that stays until it is replaced.
    Value,
    /// A message that is taken once.
    Flash,
    /// Another schema.
    Nested,
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
        let (mut names, mut constants, mut nested) = (HashSet::new(), HashSet::new(), HashSet::new());
        let mut fields = Vec::new();
        for source in named_fields(&input.data) {
            let Some(ident) = &source.ident else { continue };
            let mut field = Field::read(ident, source, &attrs, errors);
            // The name is taken by an earlier field, which is reported.
            if field.constant.take_if(|constant| !constants.insert(constant.to_string())).is_some() {
                field.hollow = true;
            }
            if field.is_nested() {
                field.hollow |= ty::is_named(&field.ty, &input.ident) || !nested.insert(ty::text(&field.ty));
            }
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
        let kind = match (attrs.nested.given(), attrs.flash.given()) {
            (true, _) => Kind::Nested,
            (false, true) => Kind::Flash,
            (false, false) => Kind::Value,
        };
        Self {
            ident,
            source,
            key: format!("{prefix}{name}"),
            name,
            side: if client { Side::Client } else { Side::Server },
            kind,
            fallback: Fallback::read(&attrs, schema.default.given() && kind == Kind::Value),
            hollow: ty != source.ty || !ty::references(&ty).is_empty() || mentions(&ty, "Self"),
            ty,
            constant: (kind != Kind::Nested).then(|| accessor::constant(ident)),
            attrs,
        }
    }

    pub(crate) fn has_default(&self) -> bool {
        !matches!(self.fallback, Fallback::None) && self.kind == Kind::Value
    }

    pub(crate) fn is_nested(&self) -> bool {
        self.kind == Kind::Nested
    }

    /// Whether a value of another type reads as if it were absent.
    pub(crate) fn forgives(&self) -> bool {
        matches!(self.attrs.on_invalid.get(), Some(OnInvalid::Default | OnInvalid::Discard))
    }

    /// The keys that the field had in earlier releases.
    pub(crate) fn aliases(&self) -> impl Iterator<Item = &LitStr> {
        self.attrs.kept_alias.get().into_iter().chain(&self.attrs.alias)
    }

    /// The attributes of the field that its accessors take over.
    pub(crate) fn carried(&self) -> impl Iterator<Item = &Attribute> {
        let carried = ["doc", "deprecated", "allow"];
        self.source.attrs.iter().filter(move |attr| carried.iter().any(|name| attr.path().is_ident(name)))
    }
}

impl Fallback {
    fn read(attrs: &FieldAttrs, by_struct: bool) -> Self {
        match attrs.default.get() {
            None if by_struct => Fallback::OfType,
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
