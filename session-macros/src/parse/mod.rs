//! Parses the struct and its `#[session(...)]` attributes into the model of a schema.

pub(crate) mod argument;
pub(crate) mod attribute_names;
pub(crate) mod attributes;
mod case;
mod duration;
pub(crate) mod model;
pub(crate) mod spans;
mod suggestion;
pub(crate) mod tokens;
pub(crate) mod types;
pub(crate) mod wrong_default;
