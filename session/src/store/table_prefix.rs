//! Names of tables and keys, chosen by the application.

use crate::error::Error;

/// The longest prefix: with what is appended to it, a name stays within every database's limit.
const MAX_LEN: usize = 40;

/// A prefix that is safe in a statement as it is: lower-case letters, digits and `_`, beginning with a letter.
pub(super) fn checked(prefix: &str) -> Result<&str, Error> {
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let begins = prefix.bytes().next().is_some_and(|first| first.is_ascii_lowercase());
    if begins && prefix.len() <= MAX_LEN && prefix.bytes().all(is_fine) {
        return Ok(prefix);
    }
    Err(Error::config(format!(
        "a store's prefix is 1 to {MAX_LEN} lower-case ASCII letters, digits and `_`, and begins with a letter"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_that_could_end_a_name_is_refused() {
        for prefix in ["session", "s", "shop_1", &"s".repeat(40)] {
            assert_eq!(checked(prefix).unwrap(), prefix);
        }
        for prefix in ["", "1s", "_s", "Session", "a b", "a;b", "a\"b", "a`b", "a.b", "é", &"s".repeat(41)] {
            assert!(checked(prefix).is_err(), "{prefix:?}");
        }
    }
}
