//! The type of the parts of a keyed field: how a part is written and parsed.

use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::str::FromStr;

/// The type of a part in the keys of a `keyed` field: the `K` of `BTreeMap<K, T>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key type of a `keyed` field",
    label = "expected a type with `Display`, `FromStr` and `Ord`",
    note = "the session key of an entry contains this value as text: `Display` writes it, and `FromStr` parses it again",
    note = "implement `Display`, `FromStr` and `Ord` for `{Self}`, or use a type that has them, such as `String`, `u64` or `Uuid`"
)]
pub trait KeyPart: Display + FromStr + Ord {}

#[diagnostic::do_not_recommend]
impl<K: Display + FromStr + Ord> KeyPart for K {}

type ToMap<K, T> = fn(Vec<(K, T)>) -> BTreeMap<K, T>;

/// The functions of the part's type.
///
/// They are values, so that only the key constant has bounds: a missing implementation is reported once.
pub struct KeyParts<K, T> {
    pub(super) write: fn(&K, &mut fmt::Formatter<'_>) -> fmt::Result,
    pub(super) parse: fn(&str) -> Option<K>,
    pub(super) to_map: ToMap<K, T>,
}

impl<K, T> KeyParts<K, T> {
    /// Returns the functions of `K`.
    #[allow(clippy::must_use_candidate, reason = "only for the derive")]
    pub const fn declare() -> Self
    where
        K: KeyPart,
    {
        Self { write: K::fmt, parse: |text| text.parse().ok(), to_map: BTreeMap::from_iter }
    }
}

impl<K, T> Clone for KeyParts<K, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, T> Copy for KeyParts<K, T> {}

/// A part that is written by its type's `Display`.
pub(crate) struct DisplayPart<'a, K, T>(pub(crate) &'a K, pub(crate) &'a KeyParts<K, T>);

impl<K, T> Display for DisplayPart<'_, K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.1.write)(self.0, f)
    }
}
