//! The tree of a type's values, as far as it is known.

use crate::schema::assert_schema::shape::Shape;
use crate::schema::assert_schema::shape::scalar::{Kind, Scalar};

pub(super) type NodeId = usize;

/// Larger types are not traced further.
const MAX_NODES: usize = 2_000;

/// Deeper parts are not traced. A type can be recursive without a name that shows it, for example with `from = "Vec<Self>"`.
const MAX_DEPTH: usize = 24;

#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// Incremented by each change of the tree.
    pub(super) changes: usize,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) parent: Option<NodeId>,
    depth: usize,
    /// The request of the type at this position. `None` until it is visited.
    pub(super) tag: Option<Tag>,
    /// Set for a type that made different requests at this position.
    others: Vec<NodeId>,
    pub(super) parts: Parts,
}

/// A request of a type for a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Tag {
    Scalar(Kind),
    Nullable,
    List,
    Tuple(usize),
    Map,
    Object(&'static [&'static str]),
    OneOf(&'static [&'static str]),
    /// The type's name contains itself. The value is the ancestor with this name.
    Recursive(NodeId),
}

#[derive(Debug)]
pub(super) enum Parts {
    Scalar {
        next: usize,
        accepted: Option<usize>,
        /// The texts that the type reads. `None` for all values of the kind.
        known: Option<Vec<String>>,
    },
    /// The item of a list, the value of an `Option`, or the key and the value of a map.
    Inner {
        inner: Vec<NodeId>,
        is_blocked: bool,
    },
    Tuple(Vec<NodeId>),
    Object(Vec<Field>),
    OneOf(Vec<Variant>),
    None,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) node: NodeId,
    /// A second name of another field.
    pub(super) is_alias: bool,
    /// Passed first, because later fields may be aliases of it.
    pub(super) is_first: bool,
    /// Passed last, because reading its value fails and would hide the other fields.
    pub(super) is_failing: bool,
}

#[derive(Debug)]
pub(super) struct Variant {
    pub(super) name: &'static str,
    pub(super) content: NodeId,
    pub(super) is_unit: bool,
    pub(super) state: VariantState,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum VariantState {
    Untried,
    Read,
    Blocked,
}

impl Tree {
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    pub(super) fn parts_mut(&mut self, id: NodeId) -> &mut Parts {
        &mut self.nodes[id].parts
    }

    pub(super) fn add(&mut self, parent: Option<NodeId>) -> NodeId {
        let depth = parent.map_or(0, |parent| self.nodes[parent].depth + 1);
        self.nodes.push(Node { parent, depth, tag: None, others: Vec::new(), parts: Parts::None });
        self.changes += 1;
        self.nodes.len() - 1
    }

    /// Returns true if the parts of this node are not traced.
    pub(super) fn is_limit(&self, id: NodeId) -> bool {
        self.nodes.len() > MAX_NODES || self.nodes[id].depth >= MAX_DEPTH
    }

    /// Returns the next node after the root, or after this one, that is explored on its own: the content of a variant.
    pub(super) fn next_target(&self, after: NodeId) -> Option<NodeId> {
        let is_one_of = |parent: NodeId| matches!(self.nodes[parent].parts, Parts::OneOf(_));
        (after + 1..self.nodes.len()).find(|id| self.nodes[*id].parent.is_some_and(is_one_of))
    }

    /// Returns the scalars of which a value was read.
    pub(super) fn read_scalars(&self) -> Vec<(NodeId, Kind)> {
        let scalars = self.nodes.iter().enumerate().filter_map(|(id, node)| match (&node.parts, node.tag) {
            (Parts::Scalar { accepted: Some(_), .. }, Some(Tag::Scalar(kind))) => Some((id, kind)),
            _ => None,
        });
        scalars.collect()
    }

    /// Returns the node for a request of the type at this position.
    pub(super) fn enter(&mut self, id: NodeId, tag: Tag) -> NodeId {
        match self.nodes[id].tag {
            None => {
                self.changes += 1;
                self.nodes[id].tag = Some(tag);
                self.nodes[id].parts = self.new_parts(id, tag);
                id
            }
            Some(known) if known == tag => id,
            Some(_) => {
                let others = &self.nodes[id].others;
                let known = others.iter().copied().find(|other| self.nodes[*other].tag == Some(tag));
                known.unwrap_or_else(|| {
                    let other = self.add(Some(id));
                    self.nodes[id].others.push(other);
                    self.enter(other, tag)
                })
            }
        }
    }

    fn new_parts(&mut self, id: NodeId, tag: Tag) -> Parts {
        match tag {
            Tag::Scalar(_) => Parts::Scalar { next: 0, accepted: None, known: Some(Vec::new()) },
            Tag::Nullable | Tag::List => Parts::Inner { inner: vec![self.add(Some(id))], is_blocked: false },
            Tag::Map => Parts::Inner { inner: vec![self.add(Some(id)), self.add(Some(id))], is_blocked: false },
            Tag::Tuple(length) => Parts::Tuple((0..length).map(|_| self.add(Some(id))).collect()),
            Tag::Object(names) => {
                let field = |name| {
                    let node = self.add(Some(id));
                    Field { name, node, is_alias: false, is_first: false, is_failing: false }
                };
                Parts::Object(names.iter().copied().map(field).collect())
            }
            Tag::OneOf(names) => {
                let variant =
                    |name| Variant { name, content: self.add(Some(id)), is_unit: false, state: VariantState::Untried };
                Parts::OneOf(names.iter().copied().map(variant).collect())
            }
            Tag::Recursive(_) => Parts::None,
        }
    }

    /// Returns true if `ancestor` is the node or contains it.
    pub(super) fn contains(&self, ancestor: NodeId, node: NodeId) -> bool {
        let mut current = Some(node);
        while let Some(id) = current {
            if id == ancestor {
                return true;
            }
            current = self.nodes[id].parent;
        }
        false
    }

    /// Returns the shape of a node.
    pub(super) fn shape(&self, id: NodeId) -> Shape {
        let node = &self.nodes[id];
        let unknown = || Shape::Scalar(Scalar::with_some(Kind::Any, Vec::new()));
        let Some(tag) = node.tag.filter(|_| node.others.is_empty()) else { return unknown() };
        match (&node.parts, tag) {
            (Parts::Scalar { known, .. }, Tag::Scalar(kind)) => Shape::Scalar(match known {
                None => Scalar::new(kind),
                Some(texts) => Scalar::with_some(kind, texts.clone()),
            }),
            (Parts::Inner { inner, .. }, Tag::Nullable) => Shape::Nullable(Box::new(self.shape(inner[0]))),
            (Parts::Inner { inner, .. }, Tag::List) => Shape::List(Box::new(self.shape(inner[0]))),
            (Parts::Inner { inner, .. }, _) => {
                let (key, value) = (self.shape(inner[0]), self.shape(inner[1]));
                // The fields of a struct with `flatten`.
                if matches!(&key, Shape::Scalar(key) if key.is_any()) {
                    unknown()
                } else {
                    Shape::Map(Box::new(key), Box::new(value))
                }
            }
            (Parts::Tuple(items), _) => Shape::Tuple(items.iter().map(|item| self.shape(*item)).collect()),
            (Parts::Object(fields), _) => {
                let fields = fields.iter().filter(|field| !field.is_alias);
                Shape::Object(fields.map(|field| (field.name.to_owned(), self.shape(field.node))).collect())
            }
            (Parts::OneOf(variants), _) => Shape::OneOf(variants.iter().map(|variant| self.variant(variant)).collect()),
            (_, Tag::Recursive(ancestor)) => Shape::Recursive(self.levels(id, ancestor)),
            (_, _) => unknown(),
        }
    }

    fn variant(&self, variant: &Variant) -> (String, Option<Shape>) {
        (variant.name.to_owned(), (!variant.is_unit).then(|| self.shape(variant.content)))
    }

    fn levels(&self, id: NodeId, ancestor: NodeId) -> usize {
        let parents = std::iter::successors(Some(id), |id| self.nodes[*id].parent);
        parents.take_while(|id| *id != ancestor).count()
    }
}
