//! Keyed fields: one session key per entry of a map.

pub(crate) mod entry;
pub(crate) mod entry_key;
pub(crate) mod key_part;
pub(crate) mod keyed_field;
pub(crate) mod prefix;
