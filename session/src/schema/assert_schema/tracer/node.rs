//! The position of an attempt: one node of the tree.

use super::state::State;
use super::tree::NodeId;

/// Deserializes the value at one node of the tree.
#[derive(Clone, Copy)]
pub(in crate::schema::assert_schema) struct NodeDeserializer<'t> {
    pub(super) state: &'t State,
    pub(super) node: NodeId,
}

impl<'t> NodeDeserializer<'t> {
    pub(super) fn root(state: &'t State) -> Self {
        Self { state, node: State::ROOT }
    }

    pub(super) fn at(self, node: NodeId) -> Self {
        Self { node, ..self }
    }
}
