//! Schemas as fields of other schemas.

pub(crate) mod group;
pub(crate) mod nested_mut;
