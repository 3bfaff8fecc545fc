//! The deserializer of an attempt: it passes a value to the type, and records the type's requests.

use std::any::type_name;
use std::cell::Cell;

use serde::de::{Deserializer, Visitor};
use serde_json::de::IoRead;

use super::access::{FieldAccess, ItemAccess, VariantChoice};
use super::error::TraceError;
use super::node::NodeDeserializer;
use super::tree::{NodeId, Parts, Tag};
use crate::schema::assert_schema::shape::scalar::Kind;

type JsonText<'t> = serde_json::Deserializer<IoRead<&'t [u8]>>;

impl NodeDeserializer<'_> {
    /// Passes a JSON text, as the parser would do.
    fn scalar<T>(
        self,
        kind: Kind,
        read: impl FnOnce(&mut JsonText<'_>) -> serde_json::Result<T>,
    ) -> Result<T, TraceError> {
        let node = self.state.enter(self.node, Tag::Scalar(kind));
        let text = self.state.text(node, kind);
        let result = read(&mut JsonText::from_reader(text.as_bytes()));
        self.state.record_reply(node, result.is_ok());
        result.map_err(|_| TraceError::Other)
    }

    fn inner_nodes(self) -> Vec<NodeId> {
        match &self.state.tree().node(self.node).parts {
            Parts::Inner { inner, .. } => inner.clone(),
            Parts::Tuple(items) => items.clone(),
            _ => Vec::new(),
        }
    }

    /// Passes a value with one item, or an empty value if no item was ever read.
    fn inner<T>(
        self,
        tag: Tag,
        empty: impl FnOnce() -> Result<T, TraceError>,
        with_item: impl FnOnce(Self, &[NodeId]) -> Result<T, TraceError>,
    ) -> Result<T, TraceError> {
        let this = self.at(self.state.enter(self.node, tag));
        if self.state.is_empty(this.node) {
            return empty();
        }
        let progress = self.state.progress();
        let result = with_item(this, &this.inner_nodes());
        if result.is_err() && !self.state.blame(&progress) {
            self.state.block(this.node);
        }
        result
    }

    pub(super) fn tuple<'de, V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, TraceError> {
        self.state.check_limit(self.node)?;
        let this = self.at(self.state.enter(self.node, Tag::Tuple(length)));
        visitor.visit_seq(ItemAccess::new(self.state, &this.inner_nodes()))
    }

    pub(super) fn object<'de, V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TraceError> {
        self.state.check_limit(self.node)?;
        let node = self.state.enter(self.node, Tag::Object(fields));
        let mut access = FieldAccess::new(self.state, node);
        let result = visitor.visit_map(&mut access);
        if let (Err(TraceError::DuplicateField(name)), Some(last)) = (&result, access.last()) {
            self.state.record_duplicate(node, last, name);
        }
        result
    }

    fn one_of<'de, V: Visitor<'de>>(
        self,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TraceError> {
        self.state.check_limit(self.node)?;
        let node = self.state.enter(self.node, Tag::OneOf(variants));
        let index = self.state.choose_variant(node)?;
        let progress = self.state.progress();
        let result = visitor.visit_enum(VariantChoice { state: self.state, node, index });
        if result.is_ok() || !self.state.blame(&progress) {
            self.state.record_variant(node, index, result.is_ok());
        }
        result
    }
}

macro_rules! scalars {
    ($($method:ident $kind:ident),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TraceError> {
            self.scalar(Kind::$kind, |text| text.$method(visitor))
        }
    )*};
}

impl<'de> Deserializer<'de> for NodeDeserializer<'_> {
    type Error = TraceError;

    scalars! {
        deserialize_any Any,
        deserialize_bool Bool,
        deserialize_i8 I8,
        deserialize_i16 I16,
        deserialize_i32 I32,
        deserialize_i64 I64,
        deserialize_i128 I128,
        deserialize_u8 U8,
        deserialize_u16 U16,
        deserialize_u32 U32,
        deserialize_u64 U64,
        deserialize_u128 U128,
        deserialize_f32 F32,
        deserialize_f64 F64,
        deserialize_char Char,
        deserialize_str Text,
        deserialize_string Text,
        deserialize_unit Null
    }

    // The keys of a struct with `flatten`: the type decides by the key.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TraceError> {
        self.deserialize_any(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TraceError> {
        self.deserialize_any(visitor)
    }

    // JSON has no bytes: serde_json writes a list of numbers.
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TraceError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TraceError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TraceError> {
        let visitor = Cell::new(Some(visitor));
        let take = || visitor.take().ok_or(TraceError::Other);
        self.inner(Tag::Nullable, || take()?.visit_none(), |this, inner| take()?.visit_some(this.at(inner[0])))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, TraceError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, TraceError> {
        let state = self.state;
        state.named(type_name::<V::Value>(), self.node, |node| visitor.visit_newtype_struct(self.at(node)))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TraceError> {
        let visitor = Cell::new(Some(visitor));
        let list = |items: &[NodeId]| {
            let visitor = visitor.take().ok_or(TraceError::Other)?;
            visitor.visit_seq(ItemAccess::new(self.state, items))
        };
        self.inner(Tag::List, || list(&[]), |_, inner| list(inner))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, TraceError> {
        self.tuple(length, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, TraceError> {
        self.state.named(type_name::<V::Value>(), self.node, |node| self.at(node).tuple(length, visitor))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TraceError> {
        let visitor = Cell::new(Some(visitor));
        let map = |items: &[NodeId]| {
            let visitor = visitor.take().ok_or(TraceError::Other)?;
            visitor.visit_map(ItemAccess::new(self.state, items))
        };
        self.inner(Tag::Map, || map(&[]), |_, inner| map(inner))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TraceError> {
        self.state.named(type_name::<V::Value>(), self.node, |node| self.at(node).object(fields, visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TraceError> {
        self.state.named(type_name::<V::Value>(), self.node, |node| self.at(node).one_of(variants, visitor))
    }
}
