//! The parts of a value: items of a list, fields of an object, the content of an enum variant.

use std::collections::VecDeque;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::error::TraceError;
use super::node::NodeDeserializer;
use super::state::State;
use super::tree::{NodeId, Parts};

/// The items of a list or tuple, or the key and the value of a map.
pub(super) struct ItemAccess<'t> {
    state: &'t State,
    rest: VecDeque<NodeId>,
}

impl<'t> ItemAccess<'t> {
    pub(super) fn new(state: &'t State, items: &[NodeId]) -> Self {
        Self { state, rest: items.iter().copied().collect() }
    }

    /// Deserializes the next item. `None` after the last one.
    fn next<'de, T: DeserializeSeed<'de>>(&mut self, seed: T) -> Option<Result<T::Value, TraceError>> {
        self.rest.pop_front().map(|node| read_part(self.state, node, seed))
    }
}

impl<'de> SeqAccess<'de> for ItemAccess<'_> {
    type Error = TraceError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, TraceError> {
        self.next(seed).transpose()
    }
}

impl<'de> MapAccess<'de> for ItemAccess<'_> {
    type Error = TraceError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, TraceError> {
        self.next(seed).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, TraceError> {
        self.next(seed).unwrap_or(Err(TraceError::Other))
    }
}

fn read_part<'de, T: DeserializeSeed<'de>>(state: &State, node: NodeId, seed: T) -> Result<T::Value, TraceError> {
    let result = seed.deserialize(NodeDeserializer { state, node });
    state.record_part(node, result.is_ok());
    result.map_err(TraceError::inside_of_part)
}

/// The fields of an object.
pub(super) struct FieldAccess<'t> {
    state: &'t State,
    node: NodeId,
    rest: std::vec::IntoIter<usize>,
    last: Option<usize>,
}

impl<'t> FieldAccess<'t> {
    pub(super) fn new(state: &'t State, node: NodeId) -> Self {
        Self { state, node, rest: state.field_order(node).into_iter(), last: None }
    }

    /// Returns the index of the field that was passed last.
    pub(super) fn last(&self) -> Option<usize> {
        self.last
    }

    fn field(&self, index: usize) -> Option<(&'static str, NodeId)> {
        match &self.state.tree().node(self.node).parts {
            Parts::Object(fields) => fields.get(index).map(|field| (field.name, field.node)),
            _ => None,
        }
    }
}

impl<'de> MapAccess<'de> for &mut FieldAccess<'_> {
    type Error = TraceError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, TraceError> {
        self.last = self.rest.next();
        let field = self.last.and_then(|index| self.field(index));
        field.map(|(name, _)| seed.deserialize(StrDeserializer::new(name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, TraceError> {
        let field = self.last.and_then(|index| Some((index, self.field(index)?)));
        let (index, (_, node)) = field.ok_or(TraceError::Other)?;
        let known = self.state.changes();
        let result = read_part(self.state, node, seed);
        // After a change, the next attempt passes another value.
        if result.is_err() && self.state.changes() == known {
            self.state.record_failing_field(self.node, index);
        }
        result
    }
}

/// A variant of an enum.
pub(super) struct VariantChoice<'t> {
    pub(super) state: &'t State,
    pub(super) node: NodeId,
    pub(super) index: usize,
}

impl<'t> VariantChoice<'t> {
    fn choice(&self) -> Option<(&'static str, NodeId)> {
        match &self.state.tree().node(self.node).parts {
            Parts::OneOf(variants) => variants.get(self.index).map(|variant| (variant.name, variant.content)),
            _ => None,
        }
    }

    fn content(&self) -> Result<NodeDeserializer<'t>, TraceError> {
        let (_, node) = self.choice().ok_or(TraceError::Other)?;
        Ok(NodeDeserializer { state: self.state, node })
    }
}

impl<'de> EnumAccess<'de> for VariantChoice<'_> {
    type Error = TraceError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), TraceError> {
        let (name, _) = self.choice().ok_or(TraceError::Other)?;
        Ok((seed.deserialize(StrDeserializer::<TraceError>::new(name))?, self))
    }
}

impl<'de> VariantAccess<'de> for VariantChoice<'_> {
    type Error = TraceError;

    fn unit_variant(self) -> Result<(), TraceError> {
        self.state.record_unit(self.node, self.index);
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, TraceError> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, TraceError> {
        self.content()?.tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TraceError> {
        self.content()?.object(fields, visitor)
    }
}
