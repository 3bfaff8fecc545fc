//! The names of all attributes that `#[session(...)]` accepts, and the advice for names of other libraries.

pub(crate) const ALIAS: &str = "alias";
pub(crate) const CHECK: &str = "check";
pub(crate) const CLIENT: &str = "client";
pub(crate) const CRATE: &str = "crate";
pub(crate) const DEFAULT: &str = "default";
pub(crate) const DESERIALIZE_WITH: &str = "deserialize_with";
pub(crate) const EXPIRES_IN: &str = "expires_in";
pub(crate) const FLASH: &str = "flash";
pub(crate) const GROUP: &str = "group";
pub(crate) const INDEX: &str = "index";
pub(crate) const KEPT_ALIAS: &str = "kept_alias";
pub(crate) const KEY: &str = "key";
pub(crate) const KEYED: &str = "keyed";
pub(crate) const MIGRATE: &str = "migrate";
pub(crate) const NESTED: &str = "nested";
pub(crate) const NULL: &str = "null";
pub(crate) const ON_INVALID: &str = "on_invalid";
pub(crate) const PREFIX: &str = "prefix";
pub(crate) const RENAME_ALL: &str = "rename_all";
pub(crate) const RETIRED: &str = "retired";
pub(crate) const RETIRED_CLIENT: &str = "retired_client";
pub(crate) const SEALED: &str = "sealed";
pub(crate) const SECRET: &str = "secret";
pub(crate) const SERIALIZE_WITH: &str = "serialize_with";
pub(crate) const SNAPSHOT: &str = "snapshot";
pub(crate) const WITH: &str = "with";

/// The item that a `#[session(...)]` belongs to.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Target {
    Field,
    Struct,
}

impl Target {
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Target::Field => "field",
            Target::Struct => "struct",
        }
    }

    pub(crate) fn noun_with_article(self) -> &'static str {
        match self {
            Target::Field => "a field",
            Target::Struct => "the struct",
        }
    }

    /// The names that are accepted here.
    pub(crate) fn names(self) -> &'static [&'static str] {
        match self {
            Target::Field => &[
                KEY,
                CLIENT,
                DEFAULT,
                FLASH,
                EXPIRES_IN,
                NESTED,
                KEYED,
                GROUP,
                INDEX,
                ALIAS,
                KEPT_ALIAS,
                WITH,
                SERIALIZE_WITH,
                DESERIALIZE_WITH,
                MIGRATE,
                ON_INVALID,
                CHECK,
                NULL,
                SECRET,
                SEALED,
            ],
            Target::Struct => &[PREFIX, RENAME_ALL, CLIENT, DEFAULT, GROUP, RETIRED, RETIRED_CLIENT, SNAPSHOT, CRATE],
        }
    }

    pub(crate) fn other(self) -> Target {
        match self {
            Target::Field => Target::Struct,
            Target::Struct => Target::Field,
        }
    }

    /// Returns our name for a name of serde or of a cookie library.
    pub(crate) fn synonym(self, name: &str) -> Option<&'static str> {
        match (self, name) {
            (Target::Field, "rename" | "name") => Some(KEY),
            (Target::Field, "flatten") => Some(NESTED),
            (Target::Field, "once" | "one_time" | "read_once" | "message" | "notice") => Some(FLASH),
            (Target::Field, "indexed") => Some(INDEX),
            (
                Target::Field,
                "ttl" | "expires" | "expiry" | "expire" | "expires_at" | "max_age" | "lifetime" | "timeout"
                | "valid_for",
            ) => Some(EXPIRES_IN),
            (Target::Field, "validate" | "validator" | "validated" | "garde") => Some(CHECK),
            (Target::Field, "sensitive" | "redacted" | "redact" | "hidden" | "confidential") => Some(SECRET),
            (Target::Struct, "removed" | "dropped") => Some(RETIRED),
            (_, "cookie") => Some(CLIENT),
            (Target::Struct, "namespace") => Some(PREFIX),
            _ => None,
        }
    }

    /// Returns the advice for a name of another library that has no counterpart here.
    pub(crate) fn advice(self, name: &str) -> Option<&'static str> {
        match (self, name) {
            (_, "server") => Some("fields are stored on the server by default; remove the attribute"),
            (_, "optional") => Some("every field is optional: an absent key reads as `None`; remove the attribute"),
            (_, "nullable") => Some(
                "every field is optional: an absent key reads as `None`; if another application stored `null`, \
                 write `null = \"absent\"`",
            ),
            (_, "required") => Some(
                "every field is optional: an absent key reads as `None`, or as its `default`; remove the attribute",
            ),
            (Target::Field, "skip" | "ignore" | "transient") => {
                Some("every field of a schema declares a session key; remove the field")
            }
            (Target::Struct, "ttl" | "expires" | "expiry" | "max_age" | "lifetime") => Some(
                "set the lifetime of sessions with `SessionConfig` or `set_lifetime`; for a value that expires before its \
                 session, write `expires_in` on its field",
            ),
            (
                Target::Field,
                "max_len" | "min_len" | "length" | "len" | "max_length" | "min_length" | "range" | "min" | "max"
                | "regex" | "pattern" | "email" | "url",
            ) => Some("write `check = \"fn\"` with a function that returns `Err` with a message for a wrong value"),
            (_, "encrypted" | "signed" | "private") => Some(
                "the cookies are always encrypted; to encrypt a value in the store too, write `sealed` on its field",
            ),
            (_, "secure" | "http_only" | "same_site" | "domain" | "path") => {
                Some("set the attributes of the cookies with `CookieConfig`")
            }
            _ => None,
        }
    }
}
