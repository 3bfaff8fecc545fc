//! Finds the shape of a type through its own `Deserialize`.
//!
//! The type is deserialized repeatedly. Each attempt passes values that extend the known tree: a variant that was not
//! tried yet, another text for a type that refused the previous one. Further attempts leave out one field of an object, or
//! pass the limits of a number. Nothing but `Deserialize` is required from the type.

mod access;
mod candidate;
mod deserializer;
mod error;
mod node;
mod state;
mod tree;

pub(super) use self::candidate::TEXTS;
pub(super) use self::error::TraceError;
pub(super) use self::node::NodeDeserializer;
use self::state::{Goal, State};
use self::tree::{NodeId, Parts, Tag, Tree};
use super::shape::Shape;
use crate::schema::assert_schema::tracer::candidate::Candidate;

/// A type that never becomes complete is not traced further.
const MAX_ATTEMPTS: usize = 5_000;

/// Returns the shape of the values that `deserialize` reads.
pub(super) fn trace(deserialize: impl Fn(NodeDeserializer<'_>) -> Result<(), TraceError>) -> Shape {
    let tracer = Tracer { deserialize, state: State::new() };
    tracer.explore();
    tracer.find_details();
    tracer.state.tree().shape(State::ROOT)
}

struct Tracer<F> {
    deserialize: F,
    state: State,
}

impl<F: Fn(NodeDeserializer<'_>) -> Result<(), TraceError>> Tracer<F> {
    fn attempt(&self, goal: Goal) -> Result<(), TraceError> {
        self.state.begin(goal);
        (self.deserialize)(NodeDeserializer::root(&self.state))
    }

    /// Extends the tree until an attempt discovers nothing.
    fn explore(&self) {
        for _ in 0..MAX_ATTEMPTS {
            let known = self.state.changes();
            let result = self.attempt(Goal::Explore);
            let is_changed = self.state.changes() > known
                || (result.is_err() && self.state.blame_scalars(0))
                || self.state.finish_chosen_variants();
            if !is_changed {
                return;
            }
        }
    }

    /// Finds the optional fields, the objects that refuse unknown fields, and the scalars that read all values of their kind.
    fn find_details(&self) {
        let details: Vec<Detail> = {
            let tree = self.state.tree();
            tree.ids().flat_map(|id| details_of(&tree, id)).take(MAX_ATTEMPTS).collect()
        };
        for detail in details {
            match detail {
                Detail::Optional(node, field) => {
                    let is_optional = self.attempt(Goal::Omit { node, field }).is_ok();
                    self.set(node, |parts| {
                        if let Parts::Object { fields, .. } = parts {
                            fields[field].is_optional = is_optional;
                        }
                    });
                }
                Detail::Closed(node) => {
                    let refuses = self.attempt(Goal::AddUnknownField { node }).is_err();
                    let is_closed = refuses && self.attempt(Goal::Reach { node }).is_ok();
                    self.set(node, |parts| {
                        if let Parts::Object { is_closed: closed, .. } = parts {
                            *closed = is_closed;
                        }
                    });
                }
                Detail::Limits(node, limits) => {
                    // The type may have refused the value after it was read.
                    let is_read = self.attempt(Goal::Reach { node }).is_ok();
                    let all = limits.into_iter().all(|value| self.attempt(Goal::Pass { node, value }).is_ok());
                    self.set(node, |parts| {
                        if let Parts::Scalar { reads_all, accepted, .. } = parts {
                            (*reads_all, *accepted) = (is_read && all, accepted.filter(|_| is_read));
                        }
                    });
                }
            }
        }
    }

    fn set(&self, node: NodeId, change: impl FnOnce(&mut Parts)) {
        change(self.state.tree_mut().parts_mut(node));
    }
}

/// A property of a node that an attempt of its own finds.
enum Detail {
    Optional(NodeId, usize),
    Closed(NodeId),
    Limits(NodeId, Vec<Candidate>),
}

fn details_of(tree: &Tree, id: NodeId) -> Vec<Detail> {
    let node = tree.node(id);
    match (&node.parts, node.tag) {
        (Parts::Object { fields, .. }, _) => {
            let fields = fields.iter().enumerate().filter(|(_, field)| !field.is_alias);
            fields.map(|(index, _)| Detail::Optional(id, index)).chain([Detail::Closed(id)]).collect()
        }
        (Parts::Scalar { accepted: Some(_), .. }, Some(Tag::Scalar(kind))) => {
            vec![Detail::Limits(id, Candidate::limits(kind))]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
