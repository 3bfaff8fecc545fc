//! The state of repeated attempts: the tree, and the choices of the current attempt.

use std::cell::{Cell, Ref, RefCell};

use super::candidate::candidate;
use super::error::TraceError;
use super::tree::{NodeId, Parts, Tag, Tree, VariantState};
use crate::schema::assert_schema::shape::scalar::Kind;

/// A recursive type is followed at most this number of times, with the shortest values.
const MAX_RECURSION: usize = 8;

/// The purpose of an attempt, which chooses the variants that contain the node. Only `Explore` changes the tree.
#[derive(Clone, Copy, Debug)]
pub(super) enum Goal {
    Explore {
        node: NodeId,
    },
    Reach {
        node: NodeId,
    },
    /// Passes the text of the state at this node.
    Pass {
        node: NodeId,
    },
}

impl Goal {
    fn node(self) -> NodeId {
        match self {
            Self::Explore { node } | Self::Reach { node } | Self::Pass { node } => node,
        }
    }
}

pub(super) struct State {
    tree: RefCell<Tree>,
    goal: Cell<Goal>,
    /// The text of `Goal::Pass`.
    text: RefCell<String>,
    /// The scalars that the attempt has passed, in their order.
    passed: RefCell<Vec<NodeId>>,
    /// The named types that contain the current position, with their nodes.
    stack: RefCell<Vec<(&'static str, NodeId)>>,
    /// Above zero inside of a recursive value, which must be short.
    recursion: Cell<usize>,
    /// Set when the type requests the node of the goal. An attempt that does not reach it shows nothing.
    is_reached: Cell<bool>,
    /// The result of the innermost field or item that contains the node of the goal.
    part_result: Cell<Option<bool>>,
}

/// The progress before a value is passed.
pub(super) struct Progress {
    changes: usize,
    passed: usize,
}

impl State {
    pub(super) const ROOT: NodeId = 0;

    pub(super) fn new() -> Self {
        let mut tree = Tree::default();
        tree.add(None);
        Self {
            tree: RefCell::new(tree),
            goal: Cell::new(Goal::Explore { node: Self::ROOT }),
            text: RefCell::default(),
            passed: RefCell::default(),
            stack: RefCell::default(),
            recursion: Cell::new(0),
            is_reached: Cell::new(false),
            part_result: Cell::new(None),
        }
    }

    pub(super) fn begin(&self, goal: Goal) {
        self.goal.set(goal);
        self.passed.borrow_mut().clear();
        self.stack.borrow_mut().clear();
        self.recursion.set(0);
        self.is_reached.set(false);
        self.part_result.set(None);
    }

    /// Returns true if the attempt has shown that a value is read. `is_whole_read`: whether all other values are read.
    ///
    /// If the whole value is not read because of another field, the result of the field with the node of the goal counts.
    pub(super) fn is_read(&self, is_read: bool, is_whole_read: bool) -> bool {
        let part_result = self.part_result.get().filter(|_| !is_whole_read);
        self.is_reached.get() && part_result.unwrap_or(is_read)
    }

    /// Records the result of a field or an item.
    pub(super) fn record_part(&self, node: NodeId, is_read: bool) {
        if self.part_result.get().is_none() && self.contains_goal(node) {
            self.part_result.set(Some(is_read));
        }
    }

    fn contains_goal(&self, node: NodeId) -> bool {
        self.tree.borrow().contains(node, self.goal.get().node())
    }

    /// Sets the text of `Goal::Pass`.
    pub(super) fn set_text(&self, text: &str) {
        text.clone_into(&mut self.text.borrow_mut());
    }

    pub(super) fn tree(&self) -> Ref<'_, Tree> {
        self.tree.borrow()
    }

    pub(super) fn changes(&self) -> usize {
        self.tree.borrow().changes
    }

    fn is_exploring(&self) -> bool {
        matches!(self.goal.get(), Goal::Explore { .. })
    }

    /// Changes a node while the tree is explored. `change` returns true if something is new.
    fn change(&self, node: NodeId, change: impl FnOnce(&mut Parts) -> bool) {
        if self.is_exploring() {
            let mut tree = self.tree.borrow_mut();
            let is_changed = change(tree.parts_mut(node));
            tree.changes += usize::from(is_changed);
        }
    }

    pub(super) fn enter(&self, node: NodeId, tag: Tag) -> NodeId {
        let node = self.tree.borrow_mut().enter(node, tag);
        if self.goal.get().node() == node {
            self.is_reached.set(true);
        }
        node
    }

    /// Returns an error if the parts of this node are not traced.
    pub(super) fn check_limit(&self, node: NodeId) -> Result<(), TraceError> {
        if self.tree.borrow().is_limit(node) { Err(TraceError::Recursion) } else { Ok(()) }
    }

    /// Runs `f` for a named type at this node. Inside of the same type, it runs for the outer node, with short values.
    pub(super) fn named<T>(
        &self,
        type_name: &'static str,
        node: NodeId,
        f: impl FnOnce(NodeId) -> Result<T, TraceError>,
    ) -> Result<T, TraceError> {
        let outer = self.stack.borrow().iter().find(|(name, _)| *name == type_name).map(|(_, node)| *node);
        match outer {
            // A newtype requests its content at its own node.
            Some(outer) if outer != node => {
                self.enter(node, Tag::Recursive(outer));
                if self.recursion.get() >= MAX_RECURSION {
                    return Err(TraceError::Recursion);
                }
                self.recursion.set(self.recursion.get() + 1);
                let result = f(outer);
                self.recursion.set(self.recursion.get() - 1);
                result
            }
            _ => {
                self.stack.borrow_mut().push((type_name, node));
                let result = f(node);
                self.stack.borrow_mut().pop();
                result
            }
        }
    }

    pub(super) fn progress(&self) -> Progress {
        Progress { changes: self.changes(), passed: self.passed.borrow().len() }
    }

    /// After an error: returns true if the next attempt is different, because the tree changed or another scalar is passed.
    pub(super) fn blame(&self, since: &Progress) -> bool {
        self.changes() > since.changes || self.blame_scalars(since.passed)
    }

    /// Selects another value for the last scalar that has one: the type may have refused the value after it was read.
    pub(super) fn blame_scalars(&self, from: usize) -> bool {
        let known = self.changes();
        self.passed.borrow()[from..].iter().rev().any(|node| {
            self.try_next(*node);
            self.changes() > known
        })
    }

    /// Selects the next value of a scalar, if there is one.
    fn try_next(&self, node: NodeId) {
        let Some(Tag::Scalar(kind)) = self.tree.borrow().node(node).tag else { return };
        self.change(node, |parts| match parts {
            Parts::Scalar { next, .. } if candidate(kind, *next + 1).is_some() => {
                *next += 1;
                true
            }
            _ => false,
        });
    }

    /// Returns the JSON text for a scalar.
    pub(super) fn text(&self, node: NodeId, kind: Kind) -> String {
        self.passed.borrow_mut().push(node);
        if matches!(self.goal.get(), Goal::Pass { node: target } if target == node) {
            return self.text.borrow().clone();
        }
        let Parts::Scalar { next, accepted, .. } = self.tree.borrow().node(node).parts else { return String::new() };
        let index = if self.is_exploring() { next } else { accepted.unwrap_or(next) };
        candidate(kind, index).unwrap_or_default()
    }

    /// Returns the text of a scalar that the type has read.
    pub(super) fn accepted(&self, node: NodeId, kind: Kind) -> Option<String> {
        let Parts::Scalar { accepted, .. } = self.tree.borrow().node(node).parts else { return None };
        candidate(kind, accepted?)
    }

    /// Sets the texts that the type reads at a scalar. `None` for all values of the kind.
    pub(super) fn set_known(&self, node: NodeId, texts: Option<Vec<String>>) {
        if let Parts::Scalar { known, .. } = self.tree.borrow_mut().parts_mut(node) {
            *known = texts;
        }
    }

    /// Records the reply of the type to the value of a scalar.
    pub(super) fn record_reply(&self, node: NodeId, is_read: bool) {
        if !is_read {
            return self.try_next(node);
        }
        self.change(node, |parts| match parts {
            Parts::Scalar { next, accepted, .. } => accepted.replace(*next) != Some(*next),
            _ => false,
        });
    }

    /// Returns true if an `Option`, list or map must be empty.
    pub(super) fn is_empty(&self, node: NodeId) -> bool {
        let is_blocked = matches!(self.tree.borrow().node(node).parts, Parts::Inner { is_blocked: true, .. });
        (is_blocked && !self.contains_goal(node)) || self.recursion.get() > 0 || self.tree.borrow().is_limit(node)
    }

    /// Records that no value of an `Option`, list or map was read.
    pub(super) fn block(&self, node: NodeId) {
        self.change(node, |parts| match parts {
            Parts::Inner { is_blocked, .. } => !std::mem::replace(is_blocked, true),
            _ => false,
        });
    }

    /// Returns the index of the variant to pass.
    pub(super) fn choose_variant(&self, node: NodeId) -> Result<usize, TraceError> {
        let tree = self.tree.borrow();
        let Parts::OneOf(variants) = &tree.node(node).parts else { return Err(TraceError::Other) };
        let find = |state| variants.iter().position(|variant| variant.state == state);
        let read = find(VariantState::Read);
        if self.recursion.get() > 0 {
            return read.ok_or(TraceError::Recursion);
        }
        let target = variants.iter().position(|variant| tree.contains(variant.content, self.goal.get().node()));
        let first = || (!variants.is_empty()).then_some(0);
        target.or(read).or_else(|| find(VariantState::Untried)).or_else(first).ok_or(TraceError::Other)
    }

    /// Records the result of a variant.
    pub(super) fn record_variant(&self, node: NodeId, index: usize, is_read: bool) {
        self.change(node, |parts| match parts {
            Parts::OneOf(variants) if variants[index].state != VariantState::Read => {
                let state = if is_read { VariantState::Read } else { VariantState::Blocked };
                std::mem::replace(&mut variants[index].state, state) != state
            }
            _ => false,
        });
    }

    pub(super) fn record_unit(&self, node: NodeId, index: usize) {
        self.change(node, |parts| match parts {
            Parts::OneOf(variants) => !std::mem::replace(&mut variants[index].is_unit, true),
            _ => false,
        });
    }

    /// Returns the indexes of the fields to pass, in their order.
    pub(super) fn field_order(&self, node: NodeId) -> Vec<usize> {
        let tree = self.tree.borrow();
        let Parts::Object(fields) = &tree.node(node).parts else { return Vec::new() };
        let mut order: Vec<_> = (0..fields.len()).filter(|index| !fields[*index].is_alias).collect();
        order.sort_by_key(|index| (fields[*index].is_failing, !fields[*index].is_first));
        order
    }

    /// Records that the last passed field is another name of a field that was passed before.
    pub(super) fn record_duplicate(&self, node: NodeId, last: usize, name: &str) {
        self.change(node, |parts| {
            let Parts::Object(fields) = parts else { return false };
            let field = &mut fields[last];
            // The name of the field itself: an alias was passed before.
            let flag = if field.name == name { &mut field.is_first } else { &mut field.is_alias };
            !std::mem::replace(flag, true)
        });
    }

    pub(super) fn record_failing_field(&self, node: NodeId, index: usize) {
        self.change(node, |parts| match parts {
            Parts::Object(fields) => !std::mem::replace(&mut fields[index].is_failing, true),
            _ => false,
        });
    }
}
