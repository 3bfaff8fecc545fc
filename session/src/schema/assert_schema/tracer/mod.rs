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

use std::panic::{AssertUnwindSafe, catch_unwind};

use self::candidate::Candidate;
pub(super) use self::candidate::TEXTS;
pub(super) use self::error::TraceError;
pub(super) use self::node::NodeDeserializer;
use self::state::{Goal, State};
use self::tree::{NodeId, Parts, Tag, Tree};
use super::shape::Shape;
use super::shape::scalar::Kind;

/// A type that never becomes complete is not traced further.
const MAX_ATTEMPTS: usize = 5_000;

/// At most this number of values of a type that reads only some values are used.
const MAX_KNOWN_VALUES: usize = 6;

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
        let attempt = || (self.deserialize)(NodeDeserializer::root(&self.state));
        // A type that panics refuses the value.
        catch_unwind(AssertUnwindSafe(attempt)).unwrap_or(Err(TraceError::Other))
    }

    /// Returns a function that tries whether the type reads a value of a node. `None` if the type does not read the known one.
    ///
    /// If the whole value is not read because of another field, the result of the field with this node counts.
    fn reader(&self, node: NodeId) -> Option<impl Fn(Goal) -> bool> {
        let is_whole_read = self.attempt(Goal::Reach { node }).is_ok();
        let result = move |is_read: bool| match self.state.part_result() {
            _ if !self.state.is_reached() => false,
            Some(is_part_read) if !is_whole_read => is_part_read,
            _ => is_read,
        };
        result(is_whole_read).then_some(move |goal| result(self.attempt(goal).is_ok()))
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
                    let is_read = self.reader(node).is_some_and(|reads| reads(Goal::Omit { node, field }));
                    self.set(node, |parts| {
                        if let Parts::Object { fields, .. } = parts {
                            fields[field].is_optional = is_read;
                        }
                    });
                }
                Detail::Closed(node) => {
                    let refuses = self.reader(node).is_some_and(|reads| !reads(Goal::AddUnknownField { node }));
                    self.set(node, |parts| {
                        if let Parts::Object { is_closed, .. } = parts {
                            *is_closed = refuses;
                        }
                    });
                }
                Detail::Scalar(node, kind) => {
                    let values = self.known_values(node, kind);
                    self.set(node, |parts| {
                        if let Parts::Scalar { known, .. } = parts {
                            *known = values;
                        }
                    });
                }
            }
        }
    }

    /// Returns values that the type reads at a node. `None` if it reads the limits of the kind, and so all values.
    fn known_values(&self, node: NodeId, kind: Kind) -> Option<Vec<Candidate>> {
        let Some(reads) = self.reader(node) else { return Some(Vec::new()) };
        let is_read = |value: &Candidate| reads(Goal::Pass { node, value: *value });
        let limits = Candidate::limits(kind);
        if limits.iter().all(is_read) && Candidate::unusual(kind).iter().all(is_read) {
            return (kind == Kind::Any).then_some(limits);
        }
        // The limits are more likely to show a difference.
        let accepted = self.state.accepted(node, kind);
        let others = limits.into_iter().chain(Candidate::all(kind)).filter(is_read);
        let mut values: Vec<Candidate> = Vec::new();
        for value in accepted.into_iter().chain(others) {
            if values.len() == MAX_KNOWN_VALUES {
                break;
            }
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Some(values)
    }

    fn set(&self, node: NodeId, change: impl FnOnce(&mut Parts)) {
        change(self.state.tree_mut().parts_mut(node));
    }
}

/// A property of a node that an attempt of its own finds.
enum Detail {
    Optional(NodeId, usize),
    Closed(NodeId),
    Scalar(NodeId, Kind),
}

fn details_of(tree: &Tree, id: NodeId) -> Vec<Detail> {
    let node = tree.node(id);
    match (&node.parts, node.tag) {
        (Parts::Object { fields, .. }, _) => {
            let fields = fields.iter().enumerate().filter(|(_, field)| !field.is_alias);
            fields.map(|(index, _)| Detail::Optional(id, index)).chain([Detail::Closed(id)]).collect()
        }
        (Parts::Scalar { accepted: Some(_), .. }, Some(Tag::Scalar(kind))) => {
            vec![Detail::Scalar(id, kind)]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
