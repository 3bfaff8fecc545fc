//! The words of `#[session(...)]`, once: the parser and the messages take them from here.

pub(crate) const ALIAS: &str = "alias";
pub(crate) const CLIENT: &str = "client";
pub(crate) const CRATE: &str = "crate";
pub(crate) const DEFAULT: &str = "default";
pub(crate) const DESERIALIZE_WITH: &str = "deserialize_with";
pub(crate) const FLASH: &str = "flash";
pub(crate) const INDEX: &str = "index";
pub(crate) const KEPT_ALIAS: &str = "kept_alias";
pub(crate) const KEY: &str = "key";
pub(crate) const MIGRATE: &str = "migrate";
pub(crate) const NESTED: &str = "nested";
pub(crate) const ON_INVALID: &str = "on_invalid";
pub(crate) const PREFIX: &str = "prefix";
pub(crate) const RENAME_ALL: &str = "rename_all";
pub(crate) const RETIRED: &str = "retired";
pub(crate) const RETIRED_CLIENT: &str = "retired_client";
pub(crate) const SERIALIZE_WITH: &str = "serialize_with";
pub(crate) const WITH: &str = "with";

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
            Place::Field => &[
                KEY,
                CLIENT,
                DEFAULT,
                FLASH,
                NESTED,
                INDEX,
                ALIAS,
                KEPT_ALIAS,
                WITH,
                SERIALIZE_WITH,
                DESERIALIZE_WITH,
                MIGRATE,
                ON_INVALID,
            ],
            Place::Struct => &[PREFIX, RENAME_ALL, CLIENT, DEFAULT, RETIRED, RETIRED_CLIENT, CRATE],
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
            (Place::Field, "flatten") => Some(NESTED),
            (Place::Field, "indexed") => Some(INDEX),
            (Place::Struct, "removed" | "dropped") => Some(RETIRED),
            (_, "cookie") => Some(CLIENT),
            (Place::Struct, "namespace") => Some(PREFIX),
            _ => None,
        }
    }

    /// What is to be said of a word that people bring along, and that no word of ours stands for.
    pub(crate) fn advice(self, word: &str) -> Option<&'static str> {
        match (self, word) {
            (_, "server") => Some("state is kept on the server unless `client` is said; leave the word out"),
            (_, "optional" | "nullable") => Some("every field is optional: an absent key reads as `None`"),
            (_, "required") => Some("no field is: an absent key reads as `None`, or as its `default`"),
            (Place::Field, "skip" | "ignore" | "transient") => {
                Some("each field of a schema declares a session key; take the field out")
            }
            (_, "ttl" | "expires" | "expiry" | "max_age" | "lifetime") => {
                Some("fields live as long as their session, which `SessionConfig` and `set_lifetime` decide")
            }
            (_, "encrypted" | "signed" | "private" | "sealed") => {
                Some("the cookies are sealed anyway, and the store is on your side; leave the word out")
            }
            (_, "secure" | "http_only" | "same_site" | "domain" | "path") => {
                Some("attributes of the cookies are set once, by `CookieConfig`")
            }
            _ => None,
        }
    }
}
