//! The state of repeated attempts: the tree, and the choices of the current attempt.

use std::cell::{Cell, Ref, RefCell, RefMut};

use super::candidate::Candidate;
use super::error::TraceError;
use super::tree::{NodeId, Parts, Tag, Tree, VariantState};
use crate::schema::assert_schema::shape::scalar::Kind;

/// A recursive type is followed at most this number of times, with the shortest values.
const MAX_RECURSION: usize = 8;

/// The purpose of an attempt. Only `Explore` changes the tree.
#[derive(Clone, Copy, Debug)]
pub(super) enum Goal {
    Explore,
    Reach { node: NodeId },
    Omit { node: NodeId, field: usize },
    AddUnknownField { node: NodeId },
    Pass { node: NodeId, value: Candidate },
}

impl Goal {
    fn node(self) -> Option<NodeId> {
        match self {
            Self::Explore => None,
            Self::Reach { node }
            | Self::Omit { node, .. }
            | Self::AddUnknownField { node }
            | Self::Pass { node, .. } => Some(node),
        }
    }
}

pub(super) struct State {
    tree: RefCell<Tree>,
    goal: Cell<Goal>,
    /// The scalars that the attempt has passed, in their order.
    passed: RefCell<Vec<NodeId>>,
    /// The named types that contain the current position, with their nodes.
    stack: RefCell<Vec<(&'static str, NodeId)>>,
    /// The variants that the attempt has chosen because they may be incomplete.
    chosen: RefCell<Vec<(NodeId, usize)>>,
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
            goal: Cell::new(Goal::Explore),
            passed: RefCell::default(),
            stack: RefCell::default(),
            chosen: RefCell::default(),
            recursion: Cell::new(0),
            is_reached: Cell::new(false),
            part_result: Cell::new(None),
        }
    }

    pub(super) fn begin(&self, goal: Goal) {
        self.goal.set(goal);
        self.passed.borrow_mut().clear();
        self.stack.borrow_mut().clear();
        self.chosen.borrow_mut().clear();
        self.recursion.set(0);
        self.is_reached.set(false);
        self.part_result.set(None);
    }

    /// Returns true if the type has requested the node of the goal.
    pub(super) fn is_reached(&self) -> bool {
        self.is_reached.get()
    }

    /// Returns the result of the innermost field or item that contains the node of the goal.
    pub(super) fn part_result(&self) -> Option<bool> {
        self.part_result.get()
    }

    /// Records the result of a field or an item.
    pub(super) fn record_part(&self, node: NodeId, is_read: bool) {
        if self.part_result.get().is_none() && self.contains_goal(&self.tree.borrow(), node) {
            self.part_result.set(Some(is_read));
        }
    }

    fn contains_goal(&self, tree: &Tree, node: NodeId) -> bool {
        self.goal.get().node().is_some_and(|goal| tree.contains(node, goal))
    }

    pub(super) fn goal(&self) -> Goal {
        self.goal.get()
    }

    pub(super) fn tree(&self) -> Ref<'_, Tree> {
        self.tree.borrow()
    }

    pub(super) fn tree_mut(&self) -> RefMut<'_, Tree> {
        self.tree.borrow_mut()
    }

    pub(super) fn changes(&self) -> usize {
        self.tree.borrow().changes
    }

    pub(super) fn is_exploring(&self) -> bool {
        matches!(self.goal.get(), Goal::Explore)
    }

    pub(super) fn is_recursive(&self) -> bool {
        self.recursion.get() > 0
    }

    pub(super) fn enter(&self, node: NodeId, tag: Tag) -> NodeId {
        let node = self.tree.borrow_mut().enter(node, tag);
        if self.goal.get().node() == Some(node) {
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
        let (passed, mut tree) = (self.passed.borrow(), self.tree.borrow_mut());
        self.is_exploring() && passed[from..].iter().rev().any(|node| try_next(&mut tree, *node))
    }

    /// Returns the value for a scalar.
    pub(super) fn candidate(&self, node: NodeId, kind: Kind) -> Candidate {
        self.passed.borrow_mut().push(node);
        if let Goal::Pass { node: target, value } = self.goal.get()
            && target == node
        {
            return value;
        }
        let Parts::Scalar { next, accepted, .. } = self.tree.borrow().node(node).parts else { return Candidate::Null };
        let index = if self.is_exploring() { next } else { accepted.unwrap_or(next) };
        Candidate::all(kind)[index]
    }

    /// Returns the value of a scalar that the type has read.
    pub(super) fn accepted(&self, node: NodeId, kind: Kind) -> Option<Candidate> {
        let Parts::Scalar { accepted, .. } = self.tree.borrow().node(node).parts else { return None };
        accepted.map(|index| Candidate::all(kind)[index])
    }

    /// Records the reply of the type to the value of a scalar.
    pub(super) fn record_reply(&self, node: NodeId, is_read: bool) {
        if !self.is_exploring() {
            return;
        }
        let mut tree = self.tree.borrow_mut();
        if !is_read {
            try_next(&mut tree, node);
            return;
        }
        if let Parts::Scalar { next, accepted, .. } = tree.parts_mut(node)
            && *accepted != Some(*next)
        {
            *accepted = Some(*next);
            tree.changes += 1;
        }
    }

    /// Returns true if an `Option`, list or map must be empty.
    pub(super) fn is_empty(&self, node: NodeId) -> bool {
        let tree = self.tree.borrow();
        let is_blocked = matches!(tree.node(node).parts, Parts::Inner { is_blocked: true, .. });
        let is_blocked = is_blocked && !self.contains_goal(&tree, node);
        is_blocked || self.is_recursive() || tree.is_limit(node)
    }

    /// Records that no value of an `Option`, list or map was read.
    pub(super) fn block(&self, node: NodeId) {
        if !self.is_exploring() {
            return;
        }
        let mut tree = self.tree.borrow_mut();
        if let Parts::Inner { is_blocked, .. } = tree.parts_mut(node)
            && !*is_blocked
        {
            *is_blocked = true;
            tree.changes += 1;
        }
    }

    /// Returns the index of the variant to pass.
    pub(super) fn choose_variant(&self, node: NodeId) -> Result<usize, TraceError> {
        let tree = self.tree.borrow();
        let Parts::OneOf(variants) = &tree.node(node).parts else { return Err(TraceError::Other) };
        let read = variants.iter().position(|variant| variant.state == VariantState::Read);
        if self.is_recursive() {
            return read.ok_or(TraceError::Recursion);
        }
        if let Some(target) = self.goal.get().node() {
            let target = variants.iter().position(|variant| tree.contains(variant.content, target));
            return target.or(read).ok_or(TraceError::Other);
        }
        let untried = variants.iter().position(|variant| variant.state == VariantState::Untried);
        let next = untried.or_else(|| variants.iter().position(|variant| tree.is_variant_incomplete(variant)));
        self.chosen.borrow_mut().extend(next.map(|index| (node, index)));
        next.or(read).or((!variants.is_empty()).then_some(0)).ok_or(TraceError::Other)
    }

    /// Records the result of a variant.
    pub(super) fn record_variant(&self, node: NodeId, index: usize, is_read: bool) {
        if !self.is_exploring() {
            return;
        }
        let mut tree = self.tree.borrow_mut();
        let Parts::OneOf(variants) = tree.parts_mut(node) else { return };
        let state = if is_read { VariantState::Read } else { VariantState::Blocked };
        if variants[index].state == state || (!is_read && variants[index].state == VariantState::Read) {
            return;
        }
        variants[index].state = state;
        if is_read {
            // A recursive variant may need this one inside of it.
            for variant in variants.iter_mut().filter(|variant| variant.state == VariantState::Blocked) {
                if !variant.was_retried {
                    (variant.state, variant.was_retried) = (VariantState::Untried, true);
                }
            }
        }
        tree.changes += 1;
    }

    pub(super) fn record_unit(&self, node: NodeId, index: usize) {
        let mut tree = self.tree.borrow_mut();
        if let Parts::OneOf(variants) = tree.parts_mut(node)
            && !variants[index].is_unit
        {
            variants[index].is_unit = true;
            tree.changes += 1;
        }
    }

    /// Records that the chosen variants lead to no discovery. Returns true if there was one.
    pub(super) fn finish_chosen_variants(&self) -> bool {
        let mut tree = self.tree.borrow_mut();
        let mut is_changed = false;
        for (node, index) in self.chosen.borrow().iter().copied() {
            if let Parts::OneOf(variants) = tree.parts_mut(node) {
                let variant = &mut variants[index];
                is_changed |= !variant.is_finished;
                variant.is_finished = true;
                if variant.state == VariantState::Untried {
                    variant.state = VariantState::Blocked;
                }
            }
        }
        is_changed
    }

    /// Returns the indexes of the fields to pass, in their order.
    pub(super) fn field_order(&self, node: NodeId) -> Vec<usize> {
        let tree = self.tree.borrow();
        let Parts::Object { fields, .. } = &tree.node(node).parts else { return Vec::new() };
        let omitted = match self.goal.get() {
            Goal::Omit { node: target, field } if target == node => Some(field),
            _ => None,
        };
        let is_passed = |index: &usize| !fields[*index].is_alias && Some(*index) != omitted;
        let mut order: Vec<_> = (0..fields.len()).filter(is_passed).collect();
        order.sort_by_key(|index| (fields[*index].is_failing, !fields[*index].is_first));
        order
    }

    /// Records that the last passed field is another name of a field that was passed before.
    pub(super) fn record_duplicate(&self, node: NodeId, last: Option<usize>, name: &str) {
        if !self.is_exploring() {
            return;
        }
        let mut tree = self.tree.borrow_mut();
        let Parts::Object { fields, .. } = tree.parts_mut(node) else { return };
        let Some(field) = last.and_then(|last| fields.get_mut(last)) else { return };
        // The name of the field itself: an alias was passed before.
        if field.name == name {
            if field.is_first {
                return;
            }
            field.is_first = true;
        } else {
            field.is_alias = true;
        }
        tree.changes += 1;
    }

    pub(super) fn record_failing_field(&self, node: NodeId, index: usize) {
        if !self.is_exploring() {
            return;
        }
        let mut tree = self.tree.borrow_mut();
        if let Parts::Object { fields, .. } = tree.parts_mut(node)
            && !fields[index].is_failing
        {
            fields[index].is_failing = true;
            tree.changes += 1;
        }
    }
}

/// Selects the next value of a scalar. Returns false if there is none.
fn try_next(tree: &mut Tree, node: NodeId) -> bool {
    let Some(Tag::Scalar(kind)) = tree.node(node).tag else { return false };
    let Parts::Scalar { next, .. } = tree.parts_mut(node) else { return false };
    if *next + 1 >= Candidate::all(kind).len() {
        return false;
    }
    *next += 1;
    tree.changes += 1;
    true
}
