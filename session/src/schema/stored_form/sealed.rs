//! Sealed values: the form in which they are stored, and the errors if one cannot be read.

use crate::error::{Error, ErrorKind};
use crate::record::side::Side;

/// A sealed value is stored as a JSON string with this prefix. The version is in its associated data.
const PREFIX: &str = "\"sealed:";

/// Returns the JSON text that is stored for an encrypted value.
pub(crate) fn sealed_text(encrypted: &str) -> String {
    [PREFIX, encrypted, "\""].concat()
}

/// Returns the encrypted part of a stored text, if the text has the form of a sealed value.
pub(crate) fn encrypted_part(stored: &str) -> Option<&str> {
    stored.strip_prefix(PREFIX)?.strip_suffix('"')
}

/// Returns true if a text may be a sealed value. A plain string may begin with the same word.
#[inline]
pub(crate) fn may_be_sealed(stored: &str) -> bool {
    stored.starts_with(PREFIX)
}

/// Returns the error for a stored value of a sealed key that does not decrypt.
pub(crate) fn open_error(side: Side, key: &str, stored: &str) -> Error {
    let key = key.escape_debug();
    let problem = if may_be_sealed(stored) {
        "cannot be decrypted: its secret key is not configured, or it was copied from another session or key"
    } else {
        "is not encrypted, but its field is `sealed`; decode plain values with `migrate`, or ignore them with `on_invalid`"
    };
    Error::new(ErrorKind::Value, format!("{side} key `{key}`: the stored value {problem}"))
}
