//! The words of `#[session(...)]`, once: the parser and the messages take them from here.

pub(crate) const CLIENT: &str = "client";
pub(crate) const CRATE: &str = "crate";
pub(crate) const DEFAULT: &str = "default";
pub(crate) const INDEX: &str = "index";
pub(crate) const KEY: &str = "key";
pub(crate) const PREFIX: &str = "prefix";
pub(crate) const RENAME_ALL: &str = "rename_all";

/// What a `#[session(...)]` stands on.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    Field,
    Struct,
}

impl Place {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Place::Field => "field",
            Place::Struct => "struct",
        }
    }

    pub(crate) fn with_article(self) -> &'static str {
        match self {
            Place::Field => "a field",
            Place::Struct => "the struct",
        }
    }

    pub(crate) fn words(self) -> &'static [&'static str] {
        match self {
            Place::Field => &[KEY, CLIENT, DEFAULT, INDEX],
            Place::Struct => &[PREFIX, RENAME_ALL, CLIENT, CRATE],
        }
    }

    pub(crate) fn other(self) -> Place {
        match self {
            Place::Field => Place::Struct,
            Place::Struct => Place::Field,
        }
    }

    /// What people bring along from serde and from cookie libraries.
    pub(crate) fn synonym(self, word: &str) -> Option<&'static str> {
        match (self, word) {
            (Place::Field, "rename" | "name") => Some(KEY),
            (_, "cookie") => Some(CLIENT),
            (Place::Struct, "namespace") => Some(PREFIX),
            _ => None,
        }
    }
}
