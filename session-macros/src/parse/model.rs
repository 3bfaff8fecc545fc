//! The model of a schema: [`Schema`] and [`Field`], with the defaults filled in.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Expr, Fields, LitStr, Type};

use super::argument::{DefaultArgument, OnInvalid};
use super::attributes::{FieldAttributes, StructAttributes};
use super::spans::generated_span;
use super::tokens::{mentions, text};
use super::types;
use super::wrong_default::WrongDefault;
use crate::diagnostics::Diagnostics;

pub(crate) struct Schema<'a> {
    pub(crate) input: &'a DeriveInput,
    pub(crate) attributes: StructAttributes,
    /// Empty if the struct has no named fields.
    pub(crate) fields: Vec<Field<'a>>,
}

pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) source: &'a syn::Field,
    pub(crate) attributes: FieldAttributes,
    /// The key without the prefix of the schema.
    pub(crate) key_without_prefix: String,
    pub(crate) key: String,
    pub(crate) side: Side,
    pub(crate) kind: FieldKind,
    pub(crate) default: FieldDefault,
    /// The type of a value in the signatures of the accessors.
    pub(crate) ty: Type,
    /// `ty` as text. Docs and messages need it often, and its conversion is slow.
    pub(crate) ty_text: String,
    /// Set for a `keyed` field: its values are entries with parts of this type.
    pub(crate) part: Option<Part>,
    /// The type as written cannot be a session value: the accessors get `unreachable!()` as their body.
    pub(crate) is_placeholder: bool,
    /// None for a nested schema or a group, and for a field whose constant has the name of an earlier one.
    pub(crate) constant: Option<Ident>,
}

/// The part that distinguishes the keys of a `keyed` field: the `K` of `BTreeMap<K, T>`.
pub(crate) enum Part {
    Type(Box<Type>),
    /// The type of the field is no map, which is an error. The accessors accept every part.
    Unknown,
}

/// The state that a field belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Server,
    Client,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FieldKind {
    Value,
    /// A message that is removed when it is read.
    Flash,
    /// Another schema.
    Nested,
    /// Another schema, whose fields are read and written together.
    Group,
}

/// The value of an absent key.
pub(crate) enum FieldDefault {
    None,
    /// `T::default()`
    OfType,
    Expr(Expr),
    /// Already reported.
    Invalid,
    /// An expression that cannot be a default, which is an error.
    Wrong(WrongDefault),
}

impl<'a> Schema<'a> {
    pub(crate) fn parse(input: &'a DeriveInput, diagnostics: &Diagnostics) -> Self {
        let attributes = StructAttributes::parse(&input.attrs, diagnostics);
        let (mut names, mut constants, mut nested) = (HashSet::new(), HashSet::new(), HashSet::new());
        let mut fields = Vec::new();
        let idents: Vec<_> = named_fields(&input.data).filter_map(|source| source.ident.as_ref()).collect();
        for source in named_fields(&input.data) {
            let Some(ident) = &source.ident else { continue };
            let mut field = Field::parse(ident, source, &attributes, diagnostics);
            field.default.find_wrong(&idents);
            // An earlier field has the name. `check/` reports it.
            if field.constant.take_if(|constant| !constants.insert(constant.to_string())).is_some() {
                field.is_placeholder = true;
            }
            if field.has_schema() {
                field.is_placeholder |=
                    types::is_named(&field.ty, &input.ident) || !nested.insert(field.ty_text.clone());
            }
            // The compiler reports a field that is declared twice.
            if names.insert(ident.unraw()) {
                fields.push(field);
            }
        }
        Self { input, attributes, fields }
    }

    pub(crate) fn crate_path(&self) -> TokenStream {
        self.attributes.crate_path.get().map_or_else(|| quote!(::session), ToTokens::to_token_stream)
    }

    /// Returns the fields that are values of the session.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields.iter().filter(|field| !field.has_schema())
    }

    /// Returns true if the struct is a group: a value whose fields are read and written together.
    pub(crate) fn is_group(&self) -> bool {
        self.attributes.group.is_given()
    }

    /// Returns the keys of earlier releases that the schema deletes.
    pub(crate) fn retired(&self) -> impl Iterator<Item = (Side, &LitStr)> {
        let server = self.attributes.retired.iter().map(|key| (Side::Server, key));
        server.chain(self.attributes.retired_client.iter().map(|key| (Side::Client, key)))
    }
}

impl<'a> Field<'a> {
    fn parse(ident: &'a Ident, source: &'a syn::Field, schema: &StructAttributes, diagnostics: &Diagnostics) -> Self {
        let attributes = FieldAttributes::parse(&source.attrs, diagnostics);
        let key_without_prefix = key_without_prefix(ident, &attributes, schema);
        let prefix = schema.prefix.get().map(LitStr::value).unwrap_or_default();
        let is_client = schema.client.is_given() || attributes.client.is_given();
        let is_keyed = attributes.keyed.is_given() && !attributes.nested.is_given() && !attributes.group.is_given();
        let map = types::map_arguments(&source.ty).filter(|_| is_keyed);
        // A `Box` of a schema is reported, and its accessors are those of the schema.
        let boxed = types::container(&source.ty).filter(|_| attributes.nested.is_given());
        let inner = map.map(|(_, value)| value).or(boxed.map(|(_, schema)| schema));
        let ty = types::signature_type(inner.unwrap_or(&source.ty));
        let part = is_keyed.then(|| Part::new(map.map(|(part, _)| part)));
        let kind = match &attributes {
            attributes if attributes.nested.is_given() => FieldKind::Nested,
            attributes if attributes.group.is_given() => FieldKind::Group,
            attributes if attributes.flash.is_given() => FieldKind::Flash,
            _ => FieldKind::Value,
        };
        Self {
            ident,
            source,
            key: format!("{prefix}{key_without_prefix}"),
            key_without_prefix,
            side: if is_client { Side::Client } else { Side::Server },
            kind,
            default: FieldDefault::new(&attributes, schema.default.is_given() && kind == FieldKind::Value),
            is_placeholder: is_placeholder(source, map.map_or(&source.ty, |(_, value)| value), &ty)
                || part.as_ref().is_some_and(|part| part.is_placeholder(map.map(|(part, _)| part))),
            ty_text: text(&ty),
            ty,
            part,
            constant: matches!(kind, FieldKind::Value | FieldKind::Flash).then(|| key_constant(ident)),
            attributes,
        }
    }

    pub(crate) fn has_default(&self) -> bool {
        !matches!(self.default, FieldDefault::None) && self.kind == FieldKind::Value
    }

    pub(crate) fn is_nested(&self) -> bool {
        self.kind == FieldKind::Nested
    }

    pub(crate) fn is_keyed(&self) -> bool {
        self.part.is_some()
    }

    /// Returns the type of a value as it is written in the struct.
    pub(crate) fn written_type(&self) -> &Type {
        let map = types::map_arguments(&self.source.ty).filter(|_| self.is_keyed());
        map.map_or(&self.source.ty, |(_, value)| value)
    }

    /// Returns true if a type of the field contains this identifier.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        mentions(&self.ty, name) || matches!(&self.part, Some(Part::Type(part)) if mentions(part, name))
    }

    pub(crate) fn is_group(&self) -> bool {
        self.kind == FieldKind::Group
    }

    /// Returns true if the type of the field is a schema, nested or a group.
    pub(crate) fn has_schema(&self) -> bool {
        self.is_nested() || self.is_group()
    }

    /// Returns true if a value of another type reads like an absent key.
    pub(crate) fn ignores_invalid(&self) -> bool {
        matches!(self.attributes.on_invalid.get(), Some(OnInvalid::Default | OnInvalid::Discard))
    }

    /// Returns the keys that the field had in earlier releases.
    pub(crate) fn aliases(&self) -> impl Iterator<Item = &LitStr> {
        self.attributes.kept_alias.get().into_iter().chain(&self.attributes.alias)
    }

    /// Returns the attributes that the accessors inherit from the field.
    pub(crate) fn inherited_attributes(&self) -> impl Iterator<Item = &Attribute> {
        let inherited = ["doc", "deprecated", "allow"];
        self.source.attrs.iter().filter(move |attribute| inherited.iter().any(|name| attribute.path().is_ident(name)))
    }
}

impl Part {
    fn new(written: Option<&Type>) -> Self {
        written.map_or(Part::Unknown, |part| Part::Type(Box::new(types::signature_type(part))))
    }

    fn is_placeholder(&self, written: Option<&Type>) -> bool {
        !matches!((self, written), (Part::Type(ty), Some(written)) if **ty == *written)
    }
}

impl FieldDefault {
    fn new(attributes: &FieldAttributes, is_set_by_struct: bool) -> Self {
        match attributes.default.get() {
            None if is_set_by_struct => FieldDefault::OfType,
            None => FieldDefault::None,
            Some(DefaultArgument::OfType) => FieldDefault::OfType,
            Some(DefaultArgument::Invalid) => FieldDefault::Invalid,
            Some(DefaultArgument::Expr(expr)) => FieldDefault::Expr(expr.clone()),
        }
    }

    /// Recognizes an expression that cannot be a default of a schema with these fields.
    fn find_wrong(&mut self, fields: &[&Ident]) {
        let FieldDefault::Expr(expr) = self else { return };
        if let Some(wrong) = WrongDefault::find(expr, fields) {
            *self = FieldDefault::Wrong(wrong);
        }
    }
}

impl Side {
    /// Returns the word for docs.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Side::Server => "server",
            Side::Client => "client",
        }
    }
}

/// Returns the name of the key constant: `USER_ID` for `user_id`.
pub(crate) fn key_constant(field: &Ident) -> Ident {
    Ident::new(&field.unraw().to_string().to_uppercase(), generated_span(field))
}

fn key_without_prefix(ident: &Ident, attributes: &FieldAttributes, schema: &StructAttributes) -> String {
    let field = ident.unraw().to_string();
    match (attributes.key.get(), schema.rename_all.get()) {
        (Some(key), _) => key.value(),
        (None, Some(case)) => case.apply(&field),
        (None, None) => field,
    }
}

/// Returns true if the type cannot be a session value as it is written.
fn is_placeholder(source: &syn::Field, written: &Type, ty: &Type) -> bool {
    ty != written || !types::references(&source.ty).is_empty() || mentions(&source.ty, "Self")
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
