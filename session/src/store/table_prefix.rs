//! Validation of the prefix that an application chooses for its table names and Redis keys.

use crate::error::Error;

/// Every name with this prefix stays within the length limits of all databases.
const MAX_PREFIX_LEN: usize = 40;

/// Returns the prefix if a statement can contain it unquoted: lower-case letters, digits and `_`, first a letter.
pub(super) fn validate(prefix: &str) -> Result<&str, Error> {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let starts_with_letter = prefix.bytes().next().is_some_and(|first| first.is_ascii_lowercase());
    if starts_with_letter && prefix.len() <= MAX_PREFIX_LEN && prefix.bytes().all(is_allowed) {
        return Ok(prefix);
    }
    Err(Error::config(format!(
        "invalid prefix: use 1 to {MAX_PREFIX_LEN} lower-case ASCII letters, digits and `_`, starting with a letter"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_prefixes_that_are_not_plain_identifiers() {
        for prefix in ["session", "s", "shop_1", &"s".repeat(40)] {
            assert_eq!(validate(prefix).unwrap(), prefix);
        }
        for prefix in ["", "1s", "_s", "Session", "a b", "a;b", "a\"b", "a`b", "a.b", "é", &"s".repeat(41)] {
            assert!(validate(prefix).is_err(), "{prefix:?}");
        }
    }
}
