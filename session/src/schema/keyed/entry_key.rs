//! The text of an entry's key, `cart:7`: how parts are escaped, and which keys belong to a keyed field.
//!
//! An escaped part contains no `:`. The last `:` of a key therefore separates field and part, and no key belongs to two
//! fields.

use std::fmt::{self, Write};

use crate::record::changes::MAX_KEY_LEN;
use crate::record::values::Values;

const SEPARATOR: char = ':';

/// The end of a retired key that names all entries of a removed keyed field.
pub(crate) const ALL_ENTRIES: &str = ":*";

/// The reason for which a part has no key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PartError {
    /// Longer than every key.
    TooLong,
    /// `Display` returned an error.
    Display,
}

/// Escapes a part. A part that is too long for every key is not written to its end.
pub(crate) fn escape(part: impl fmt::Display) -> Result<String, PartError> {
    escape_up_to(MAX_KEY_LEN - 1, part)
}

/// Escapes a part of any length.
pub(crate) fn escape_all(part: impl fmt::Display) -> Result<String, PartError> {
    escape_up_to(usize::MAX, part)
}

fn escape_up_to(max_len: usize, part: impl fmt::Display) -> Result<String, PartError> {
    let mut escaped = Escaped { text: String::new(), max_len };
    match write!(escaped, "{part}") {
        _ if escaped.is_too_long() => Err(PartError::TooLong),
        Ok(()) => Ok(escaped.text),
        Err(_) => Err(PartError::Display),
    }
}

/// Returns the key of an entry. The part is escaped already.
pub(crate) fn entry_key(prefix: &str, escaped: &str) -> String {
    let mut key = String::with_capacity(prefix.len() + 1 + escaped.len());
    key.push_str(prefix);
    key.push(SEPARATOR);
    key.push_str(escaped);
    key
}

/// Returns the prefix of an entry's key, or the key of a field that is not keyed.
pub(crate) fn field_of_key(key: &str) -> &str {
    key.rsplit_once(SEPARATOR).map_or(key, |(prefix, _)| prefix)
}

struct Escaped {
    text: String,
    max_len: usize,
}

impl Escaped {
    fn is_too_long(&self) -> bool {
        self.text.len() > self.max_len
    }
}

impl Write for Escaped {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find([SEPARATOR, '%']) {
            self.text.push_str(&rest[..at]);
            self.text.push_str(if rest[at..].starts_with('%') { "%25" } else { "%3A" });
            rest = &rest[at + 1..];
            if self.is_too_long() {
                return Err(fmt::Error);
            }
        }
        self.text.push_str(rest);
        if self.is_too_long() { Err(fmt::Error) } else { Ok(()) }
    }
}

/// Returns the part of an escaped text. `None` if `escape` does not return this text for any part.
pub(crate) fn unescape(escaped: &str) -> Option<String> {
    let mut pieces = escaped.split('%');
    let mut part = pieces.next()?.to_owned();
    for piece in pieces {
        let (char, rest) = match piece.strip_prefix("25") {
            Some(rest) => ('%', rest),
            None => (SEPARATOR, piece.strip_prefix("3A")?),
        };
        part.push(char);
        part.push_str(rest);
    }
    Some(part)
}

/// Returns the entries with this prefix: their escaped parts and their keys, ordered by key.
pub(crate) fn stored_entries<'a>(
    values: &'a Values,
    prefix: &str,
) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
    let start = entry_key(prefix, "");
    let length = start.len();
    values.keys_with_prefix(start).map(move |key| (&key[length..], key)).filter(|(part, _)| !part.contains(SEPARATOR))
}

/// Returns the keys of these values that a retired key names: itself, or all entries of a keyed field (`cart:*`).
pub(crate) fn stored_retired<'a>(values: &'a Values, retired: &'a str) -> impl Iterator<Item = &'a str> + use<'a> {
    let entries = retired.strip_suffix(ALL_ENTRIES).map(|prefix| stored_entries(values, prefix));
    let single = entries.is_none().then_some(retired).filter(|key| values.text(key).is_some());
    entries.into_iter().flatten().map(|(_, key)| key).chain(single)
}

/// The keys that a field uses, or that a schema has retired.
#[derive(Clone, Copy)]
pub(crate) struct KeyPattern<'a> {
    /// The key, or the prefix of the entries' keys.
    pub(crate) text: &'a str,
    pub(crate) is_keyed: bool,
}

impl<'a> KeyPattern<'a> {
    /// Returns the keys that a retired key names.
    pub(crate) const fn retired(key: &'a str) -> Self {
        let length = key.len().saturating_sub(ALL_ENTRIES.len());
        if length > 0 && key.is_char_boundary(length) {
            let (prefix, end) = key.split_at(length);
            if are_equal(end, ALL_ENTRIES) {
                return Self { text: prefix, is_keyed: true };
            }
        }
        Self { text: key, is_keyed: false }
    }

    /// Returns true if both contain the same key.
    pub(crate) const fn overlaps(self, other: KeyPattern<'_>) -> bool {
        match (self.is_keyed, other.is_keyed) {
            (false, true) => is_entry_key(self.text, other.text),
            (true, false) => is_entry_key(other.text, self.text),
            _ => are_equal(self.text, other.text),
        }
    }
}

/// Returns true if `key` is the key of an entry with this prefix.
pub(crate) const fn is_entry_key(key: &str, prefix: &str) -> bool {
    let (key, prefix) = (key.as_bytes(), prefix.as_bytes());
    if key.len() <= prefix.len() || key[prefix.len()] != b':' {
        return false;
    }
    let mut index = key.len() - 1;
    while index > prefix.len() {
        if key[index] == b':' {
            return false;
        }
        index -= 1;
    }
    while index > 0 {
        index -= 1;
        if key[index] != prefix[index] {
            return false;
        }
    }
    true
}

const fn are_equal(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    // From the end: keys of one application often have the same prefix.
    let mut index = one.len();
    while index > 0 {
        index -= 1;
        if one[index] != other[index] {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::record::json::Json;

    /// Texts that are similar to escaped ones, and all texts of up to four of these characters.
    fn parts() -> Vec<String> {
        let similar = ["", "cart:7", "%253A", "%3a", "é%", "日本:語", "\u{1f600}", " ", "\0", "a\u{301}:", "*", ":*"];
        let mut parts: Vec<String> = similar.map(str::to_owned).into();
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            let longer = |text: &String| [':', '%', '2', '5', '3', 'A', 'é'].map(|char| format!("{text}{char}"));
            texts = texts.iter().flat_map(longer).collect();
            parts.extend(texts.iter().cloned());
        }
        parts
    }

    #[test]
    fn every_part_is_unescaped_equal_and_no_two_parts_have_the_same_key() {
        let parts: HashSet<String> = parts().into_iter().collect();
        let mut keys = HashSet::new();
        for part in &parts {
            let escaped = escape(part).unwrap();
            assert!(!escaped.contains(':'), "{part:?}: {escaped:?}");
            assert_eq!(unescape(&escaped).as_ref(), Some(part), "{escaped:?}");
            keys.insert(escaped);
        }
        assert_eq!(keys.len(), parts.len());
    }

    #[test]
    fn a_text_that_is_no_escaped_part_has_no_part() {
        for text in parts().into_iter().filter(|text| !text.contains(':')) {
            let escaped_again = unescape(&text).map(|part| escape(part).unwrap());
            assert!(escaped_again.is_none_or(|escaped| escaped == text), "{text:?}");
        }
        for text in ["%", "%2", "%3a", "%41", "%3A%", "a%%25"] {
            assert_eq!(unescape(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_key_belongs_to_one_prefix_only() {
        let prefixes = ["a", "a:", "a:b", "a:%", ":", "", "a:b:c", "ab"];
        for part in parts() {
            let escaped = escape(&part).unwrap();
            for prefix in prefixes {
                let key = entry_key(prefix, &escaped);
                let owners: Vec<_> = prefixes.into_iter().filter(|other| is_entry_key(&key, other)).collect();
                assert_eq!(owners, [prefix], "{key:?}");
            }
        }
        for (key, prefix) in [("a", "a"), ("ab", "a"), ("a:b:c", "a"), ("b:c", "a"), ("", ""), ("a", "a:b")] {
            assert!(!is_entry_key(key, prefix), "{key:?} of {prefix:?}");
        }
    }

    #[test]
    fn the_entries_of_a_prefix_are_found_among_other_keys() {
        let keys = ["a", "a.b", "a:", "a:%3A", "a:b", "a:b:c", "a:é", "a;", "ab:c", "b:a"];
        let map: Values = keys.into_iter().map(|key| (key, Json::from_text("1"))).collect();
        for values in [map.clone(), Values::packed(&map)] {
            let found: Vec<_> = stored_entries(&values, "a").collect();
            assert_eq!(found, [("", "a:"), ("%3A", "a:%3A"), ("b", "a:b"), ("é", "a:é")]);
            let retired = |key| stored_retired(&values, key).collect::<Vec<_>>();
            assert_eq!(retired("a:*"), ["a:", "a:%3A", "a:b", "a:é"]);
            assert_eq!(retired("a:b:*"), ["a:b:c"]);
            assert_eq!(retired("a:b"), ["a:b"]);
            assert_eq!(retired("missing"), [""; 0]);
        }
    }

    #[test]
    fn a_part_that_is_too_long_is_not_written_to_its_end() {
        struct Endless;
        impl fmt::Display for Endless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    f.write_str("a:")?;
                }
            }
        }
        struct Broken;
        impl fmt::Display for Broken {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                Err(fmt::Error)
            }
        }
        assert_eq!(escape(Endless), Err(PartError::TooLong));
        assert_eq!(escape(":".repeat(MAX_KEY_LEN / 3 + 1)), Err(PartError::TooLong));
        assert_eq!(escape("x".repeat(MAX_KEY_LEN - 1)).unwrap().len(), MAX_KEY_LEN - 1);
        assert_eq!(escape(Broken), Err(PartError::Display));
    }

    #[test]
    fn patterns_overlap_if_they_share_a_key() {
        let keyed = |text| KeyPattern { text, is_keyed: true };
        let plain = |text| KeyPattern { text, is_keyed: false };
        let cases = [
            (keyed("a"), keyed("a"), true),
            (keyed("a"), keyed("a:b"), false),
            (keyed("a"), plain("a"), false),
            (keyed("a"), plain("a:"), true),
            (keyed("a"), plain("a:b"), true),
            (keyed("a"), plain("a:b:c"), false),
            (plain("a"), plain("a"), true),
            (plain("a"), plain("b"), false),
            (KeyPattern::retired("a:*"), keyed("a"), true),
            (KeyPattern::retired("a:*"), plain("a:b"), true),
            (KeyPattern::retired("a:b"), keyed("a"), true),
            (KeyPattern::retired("é"), plain("é"), true),
            (KeyPattern::retired(":*"), plain(":*"), true),
        ];
        for (one, other, expected) in cases {
            assert_eq!(one.overlaps(other), expected, "{} {}", one.text, other.text);
            assert_eq!(other.overlaps(one), expected, "{} {}", other.text, one.text);
        }
    }
}
