//! Reads the struct: from its tokens and `#[session(...)]` attributes to a [`model::Schema`].

pub(crate) mod argument;
pub(crate) mod attributes;
mod case;
pub(crate) mod model;
pub(crate) mod spans;
mod suggestion;
pub(crate) mod tokens;
pub(crate) mod types;
pub(crate) mod words;
