//! The value log: the encoding of a session's values in Redis and all SQL stores. A commit adds its changes.
//!
//! An entry consists of `+` (set) or `-` (unset), the length of the key in 4 digits, the length of the value in 10
//! digits, the key and the value. An unset entry has no value. The newest entry of a key counts. A commit only adds
//! entries, so its cost does not depend on the other values of the session. Redis appends them; the SQL stores prepend
//! them.

use crate::error::StoreError;
use crate::record::changes::Changes;
use crate::record::values::{Entry, Span, Values};

/// The length of the sign and the two lengths.
const HEADER_BYTES: usize = 15;

/// Encodes all values, as a log without obsolete entries.
pub(crate) fn encode_values(values: &Values) -> Vec<u8> {
    let mut log = Vec::new();
    for (key, value) in values.iter() {
        push_entry(&mut log, key, Some(value.as_bytes()));
    }
    log
}

/// Encodes the changes of a commit, as entries to add to a log.
pub(super) fn encode_changes(changes: &Changes) -> Vec<u8> {
    let mut log = Vec::new();
    for key in changes.unsets() {
        push_entry(&mut log, key, None);
    }
    for (key, value) in changes.sets() {
        push_entry(&mut log, key, Some(value.as_str().as_bytes()));
    }
    log
}

/// Appends one entry. Without a value, the entry unsets the key.
pub(super) fn push_entry(log: &mut Vec<u8>, key: &str, value: Option<&[u8]>) {
    let (sign, value) = value.map_or((b'-', &[][..]), |value| (b'+', value));
    log.reserve(HEADER_BYTES + key.len() + value.len());
    log.push(sign);
    log.extend_from_slice(&to_digits::<4>(key.len()));
    log.extend_from_slice(&to_digits::<10>(value.len()));
    log.extend_from_slice(key.as_bytes());
    log.extend_from_slice(value);
}

/// Decodes a log, or several consecutive logs.
#[cfg(any(test, feature = "conformance", feature = "redis"))]
pub(crate) fn decode(log: Vec<u8>) -> Result<Values, StoreError> {
    let (text, entries) = parse(log)?;
    Ok(Values::from_oldest_first(text, entries))
}

/// Decodes a log in which changes were prepended: the first entry of a key counts.
#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
pub(crate) fn decode_newest_first(log: Vec<u8>) -> Result<Values, StoreError> {
    let (text, entries) = parse(log)?;
    Ok(Values::from_newest_first(text, entries))
}

fn parse(log: Vec<u8>) -> Result<(String, Vec<Entry>), StoreError> {
    // The `Debug` output of the standard error contains the bytes.
    let text = String::from_utf8(log).map_err(|_| "the stored values are not UTF-8")?;
    let entries = parse_entries(&text).ok_or("the stored values are damaged")?;
    Ok((text, entries))
}

fn parse_entries(text: &str) -> Option<Vec<Entry>> {
    let mut entries = Vec::with_capacity(text.len() / 64 + 4);
    let mut position = 0;
    while position < text.len() {
        let header = text.as_bytes().get(position..position + HEADER_BYTES)?;
        let key_start = position + HEADER_BYTES;
        let value_start = key_start + parse_digits(&header[1..5])?;
        position = value_start.checked_add(parse_digits(&header[5..])?)?;
        let value = Span::within(text, value_start, position)?;
        let value = match header[0] {
            b'+' => Some(value),
            b'-' if value_start == position => None,
            _ => return None,
        };
        entries.push(Entry { key: Span::within(text, key_start, value_start)?, value });
    }
    Some(entries)
}

fn to_digits<const N: usize>(mut number: usize) -> [u8; N] {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit += u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
    digits
}

fn parse_digits(digits: &[u8]) -> Option<usize> {
    digits
        .iter()
        .try_fold(0_usize, |number, digit| digit.is_ascii_digit().then(|| number * 10 + usize::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::json::Json;

    fn to_text(values: &Values) -> String {
        values.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
    }

    type Step<'a> = (&'a str, Option<&'a str>);

    fn encode_steps(steps: &[Step<'_>]) -> Vec<u8> {
        let mut log = Vec::new();
        for (key, value) in steps {
            push_entry(&mut log, key, value.map(str::as_bytes));
        }
        log
    }

    #[test]
    fn entries_contain_the_lengths_and_the_unchanged_bytes() {
        let mut changes = Changes::default();
        changes.set("é\0", Json::from_text("\"+0001\"")).unwrap();
        changes.unset("").unwrap();
        assert_eq!(encode_changes(&changes), "-00000000000000+00030000000007é\0\"+0001\"".as_bytes());
        assert_eq!(encode_changes(&Changes::default()), b"");
    }

    #[test]
    fn the_last_entry_of_a_key_counts() {
        let cases: [(&[Step<'_>], &str); 6] = [
            (&[], ""),
            (&[("a", Some("1")), ("b", Some("2"))], "a=1 b=2"),
            (&[("b", Some("2")), ("a", Some("1"))], "a=1 b=2"),
            (&[("a", Some("1")), ("b", Some("2")), ("a", Some("3")), ("a", Some("4"))], "a=4 b=2"),
            (&[("a", Some("1")), ("b", Some("2")), ("a", None)], "b=2"),
            (&[("a", None), ("b", None), ("a", Some("5"))], "a=5"),
        ];
        for (steps, expected) in cases {
            assert_eq!(to_text(&decode(encode_steps(steps)).unwrap()), expected, "{steps:?}");
        }
    }

    #[test]
    #[cfg(feature = "postgres")]
    fn newest_first_the_first_entry_of_a_key_counts() {
        let log = [("a", Some("4")), ("b", None), ("a", Some("3")), ("c", Some("2")), ("b", Some("1")), ("a", None)];
        assert_eq!(to_text(&decode_newest_first(encode_steps(&log)).unwrap()), "a=4 c=2");
        assert!(decode_newest_first(b"+0001".to_vec()).is_err());
    }

    #[test]
    fn many_changes_decode_like_a_map() {
        let names: Vec<String> = (0..300).map(|number| format!("{:03}", number * 7 % 300)).collect();
        let mut steps: Vec<Step<'_>> = names.iter().map(|name| (&**name, Some("1"))).collect();
        steps.extend(names.iter().step_by(3).map(|name| (&**name, None)));
        steps.extend(names.iter().step_by(6).map(|name| (&**name, Some("2"))));
        let expected: std::collections::BTreeMap<_, _> = steps.iter().copied().collect();
        let expected: Vec<_> = expected.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        assert_eq!(decode(encode_steps(&steps)).unwrap().iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn encoded_values_decode_equal() {
        let longest = "k".repeat(1024);
        let large = format!("\"{}\"", "x".repeat(1 << 20));
        let pairs = [("", "1"), ("\0", "\"+\""), ("á\u{1f600}", "[1]"), (&*longest, "2"), ("large", &*large)];
        let values: Values = pairs.iter().map(|(key, value)| (*key, Json::from_text(*value))).collect();
        let decoded = decode(encode_values(&values)).unwrap();
        assert!(decoded == values);
        for (key, value) in pairs {
            assert_eq!(decoded.get(key).unwrap().as_str(), value);
            assert_eq!(decoded.text(key), Some(value));
        }
        assert_eq!((decoded.get("absent"), decoded.len()), (None, 5));
    }

    #[test]
    fn truncated_and_damaged_logs_are_errors() {
        let whole = encode_steps(&[("é", Some("\"é\"")), ("a", Some("12"))]);
        let boundaries = [0, 21, whole.len()];
        for cut in 0..=whole.len() {
            assert_eq!(decode(whole[..cut].to_vec()).is_ok(), boundaries.contains(&cut), "{cut} bytes");
        }
        for damaged in
            ["*00010000000001a1", "+0001000000+001a1", "-00010000000001a1", "+00019999999999a1", "+000 0000000000"]
        {
            assert!(decode(damaged.as_bytes().to_vec()).is_err(), "{damaged}");
        }
        assert!(decode(b"+00010000000001a\xff".to_vec()).is_err());
        // A length that ends within a character.
        assert!(decode("+00010000000002é1".as_bytes().to_vec()).is_err());
    }

    #[test]
    fn decoded_values_can_be_changed() {
        let mut values = decode(encode_steps(&[("a", Some("1")), ("b", Some("2"))])).unwrap();
        let before = values.clone();
        let mut changes = Changes::default();
        changes.set("c", Json::from_text("3")).unwrap();
        changes.unset("a").unwrap();
        changes.apply(&mut values);
        assert_eq!((to_text(&values).as_str(), to_text(&before).as_str()), ("b=2 c=3", "a=1 b=2"));
    }
}
