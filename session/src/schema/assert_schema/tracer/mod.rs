//! Finds the shape of a type through its own `Deserialize`.
//!
//! The type is deserialized repeatedly. Each attempt passes values that extend the known tree: a variant that was not
//! tried yet, another text for a type that refused the previous one. Further attempts pass the limits of each number and
//! text. Nothing but `Deserialize` is required from the type.

mod access;
mod candidate;
mod deserializer;
mod error;
mod node;
mod state;
mod tree;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub(super) use self::candidate::TEXTS;
use self::candidate::{candidate, unusual};
pub(super) use self::error::TraceError;
pub(super) use self::node::NodeDeserializer;
use self::state::{Goal, State};
use self::tree::NodeId;
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
    tracer.find_known_values();
    tracer.state.tree().shape(State::ROOT)
}

struct Tracer<F> {
    deserialize: F,
    state: State,
}

impl<F: Fn(NodeDeserializer<'_>) -> Result<(), TraceError>> Tracer<F> {
    /// Returns true if the type reads the value.
    fn attempt(&self, goal: Goal) -> bool {
        self.state.begin(goal);
        let attempt = || (self.deserialize)(NodeDeserializer::root(&self.state));
        // A type that panics refuses the value.
        catch_unwind(AssertUnwindSafe(attempt)).is_ok_and(|result| result.is_ok())
    }

    /// Extends the tree until no attempt discovers anything, first from the root, and then in each variant.
    fn explore(&self) {
        let mut attempts = 0..MAX_ATTEMPTS;
        let mut next = Some(State::ROOT);
        while let Some(target) = next {
            while attempts.next().is_some() && self.discovers(target) {}
            next = self.state.tree().next_target(target);
        }
    }

    /// Returns true if an attempt has changed the tree.
    fn discovers(&self, node: NodeId) -> bool {
        let known = self.state.changes();
        let is_read = self.attempt(Goal::Explore { node });
        self.state.changes() > known || (node == State::ROOT && !is_read && self.state.blame_scalars(0))
    }

    fn find_known_values(&self) {
        let scalars = self.state.tree().read_scalars();
        for (node, kind) in scalars.into_iter().take(MAX_ATTEMPTS) {
            let texts = self.known_values(node, kind);
            self.state.set_known(node, texts);
        }
    }

    /// Returns values that the type reads at a node. `None` if it reads the limits of the kind, and so all values.
    fn known_values(&self, node: NodeId, kind: Kind) -> Option<Vec<String>> {
        let Some(reads) = self.reader(node) else { return Some(Vec::new()) };
        let limits: Vec<_> = kind.texts().iter().map(|text| (*text).to_owned()).collect();
        if limits.iter().chain(&unusual(kind)).all(|text| reads(text)) {
            return (kind == Kind::Any).then_some(limits);
        }
        // The limits are more likely to show a difference.
        let all = limits.into_iter().chain((0..).map_while(|index| candidate(kind, index)));
        let others = all.filter(|text| reads(text));
        let mut values: Vec<String> = Vec::new();
        for value in self.state.accepted(node, kind).into_iter().chain(others) {
            if values.len() == MAX_KNOWN_VALUES {
                break;
            }
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Some(values)
    }

    /// Returns a function that tries whether the type reads a text at a node. `None` if the type does not read the known one.
    fn reader(&self, node: NodeId) -> Option<impl Fn(&str) -> bool> {
        let is_whole_read = self.attempt(Goal::Reach { node });
        let is_read = move |is_read: bool| self.state.is_read(is_read, is_whole_read);
        is_read(is_whole_read).then_some(move |text: &str| {
            self.state.set_text(text);
            is_read(self.attempt(Goal::Pass { node }))
        })
    }
}

#[cfg(test)]
mod tests;
