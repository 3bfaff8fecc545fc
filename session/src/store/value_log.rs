//! The values of a session as one text: a log of what was done to them, in which the last word on a key counts.
//!
//! An entry is `+` or `-`, the length of the key in 4 digits, that of the value in 10, the key and the value; `-` drops
//! the key, and has no value. A commit appends to it, and nothing on the way has to look into it: a store whose record is
//! one row writes one row, whatever else the session holds.

use super::{Changes, StoreError, Values};
use crate::record::values::{Entry, Span};

/// The sign and the two lengths.
const HEAD: usize = 15;

/// A log that begins a record.
pub(crate) fn of_values(values: &Values) -> Vec<u8> {
    let mut log = Vec::new();
    for (key, value) in values.iter() {
        push(&mut log, key, Some(value.as_bytes()));
    }
    log
}

/// What a commit appends.
pub(super) fn of_changes(changes: &Changes) -> Vec<u8> {
    let mut log = Vec::new();
    for key in changes.unsets() {
        push(&mut log, key, None);
    }
    for (key, value) in changes.sets() {
        push(&mut log, key, Some(value.as_str().as_bytes()));
    }
    log
}

/// Appends one entry.
pub(super) fn push(log: &mut Vec<u8>, key: &str, value: Option<&[u8]>) {
    let (sign, value) = value.map_or((b'-', &[][..]), |value| (b'+', value));
    log.reserve(HEAD + key.len() + value.len());
    log.push(sign);
    log.extend_from_slice(&digits::<4>(key.len()));
    log.extend_from_slice(&digits::<10>(value.len()));
    log.extend_from_slice(key.as_bytes());
    log.extend_from_slice(value);
}

/// What a log, or several one after the other, make of nothing.
#[cfg(any(test, feature = "mysql", feature = "redis", feature = "sqlite"))]
pub(crate) fn read(log: Vec<u8>) -> Result<Values, StoreError> {
    let (text, entries) = parsed(log)?;
    Ok(Values::from_oldest_first(text, entries))
}

/// What a log makes of nothing that grew at its front: the first word on a key counts.
#[cfg(feature = "postgres")]
pub(super) fn read_backwards(log: Vec<u8>) -> Result<Values, StoreError> {
    let (text, entries) = parsed(log)?;
    Ok(Values::from_newest_first(text, entries))
}

fn parsed(log: Vec<u8>) -> Result<(String, Vec<Entry>), StoreError> {
    let text = String::from_utf8(log).map_err(|_| "stored values are not UTF-8")?;
    let entries = entries(&text).ok_or("the stored values are damaged")?;
    Ok((text, entries))
}

fn entries(text: &str) -> Option<Vec<Entry>> {
    let mut entries = Vec::with_capacity(text.len() / 64 + 4);
    let mut at = 0;
    while at < text.len() {
        let head = text.as_bytes().get(at..at + HEAD)?;
        let key_at = at + HEAD;
        let value_at = key_at + number(&head[1..5])?;
        at = value_at.checked_add(number(&head[5..])?)?;
        let value = Span::within(text, value_at, at)?;
        let value = match head[0] {
            b'+' => Some(value),
            b'-' if value_at == at => None,
            _ => return None,
        };
        entries.push(Entry { key: Span::within(text, key_at, value_at)?, value });
    }
    Some(entries)
}

fn digits<const N: usize>(mut number: usize) -> [u8; N] {
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit += u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
    digits
}

fn number(digits: &[u8]) -> Option<usize> {
    digits
        .iter()
        .try_fold(0_usize, |number, digit| digit.is_ascii_digit().then(|| number * 10 + usize::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Json;

    fn shown(values: &Values) -> String {
        values.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
    }

    type Step<'a> = (&'a str, Option<&'a str>);

    fn appended(steps: &[Step<'_>]) -> Vec<u8> {
        let mut log = Vec::new();
        for (key, value) in steps {
            push(&mut log, key, value.map(str::as_bytes));
        }
        log
    }

    #[test]
    fn an_entry_says_how_long_its_parts_are_and_leaves_them_as_they_are() {
        let mut two = Changes::default();
        two.set("é\0", Json::from_text("\"+0001\"")).unwrap();
        two.unset("").unwrap();
        assert_eq!(of_changes(&two), "-00000000000000+00030000000007é\0\"+0001\"".as_bytes());
        assert_eq!(of_changes(&Changes::default()), b"");
    }

    #[test]
    fn the_last_word_on_a_key_counts() {
        let cases: [(&[Step<'_>], &str); 6] = [
            (&[], ""),
            (&[("a", Some("1")), ("b", Some("2"))], "a=1 b=2"),
            (&[("b", Some("2")), ("a", Some("1"))], "a=1 b=2"),
            (&[("a", Some("1")), ("b", Some("2")), ("a", Some("3")), ("a", Some("4"))], "a=4 b=2"),
            (&[("a", Some("1")), ("b", Some("2")), ("a", None)], "b=2"),
            (&[("a", None), ("b", None), ("a", Some("5"))], "a=5"),
        ];
        for (steps, expected) in cases {
            assert_eq!(shown(&read(appended(steps)).unwrap()), expected, "{steps:?}");
        }
    }

    #[test]
    #[cfg(feature = "postgres")]
    fn of_what_grew_at_its_front_the_first_word_on_a_key_counts() {
        let log = [("a", Some("4")), ("b", None), ("a", Some("3")), ("c", Some("2")), ("b", Some("1")), ("a", None)];
        assert_eq!(shown(&read_backwards(appended(&log)).unwrap()), "a=4 c=2");
        assert!(read_backwards(b"+0001".to_vec()).is_err());
    }

    #[test]
    fn many_changes_fold_as_few_do() {
        let names: Vec<String> = (0..300).map(|number| format!("{:03}", number * 7 % 300)).collect();
        let mut steps: Vec<Step<'_>> = names.iter().map(|name| (&**name, Some("1"))).collect();
        steps.extend(names.iter().step_by(3).map(|name| (&**name, None)));
        steps.extend(names.iter().step_by(6).map(|name| (&**name, Some("2"))));
        let expected: std::collections::BTreeMap<_, _> = steps.iter().copied().collect();
        let expected: Vec<_> = expected.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        assert_eq!(read(appended(&steps)).unwrap().iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_written_reads_back_equal() {
        let longest = "k".repeat(1024);
        let large = format!("\"{}\"", "x".repeat(1 << 20));
        let pairs = [("", "1"), ("\0", "\"+\""), ("á\u{1f600}", "[1]"), (&*longest, "2"), ("large", &*large)];
        let values: Values = pairs.iter().map(|(key, value)| (*key, Json::from_text(*value))).collect();
        let back = read(of_values(&values)).unwrap();
        assert!(back == values);
        for (key, value) in pairs {
            assert_eq!(back.get(key).unwrap().as_str(), value);
            assert_eq!(back.text(key), Some(value));
        }
        assert_eq!((back.get("absent"), back.len()), (None, 5));
    }

    #[test]
    fn what_is_cut_short_or_damaged_is_an_error() {
        let whole = appended(&[("é", Some("\"é\"")), ("a", Some("12"))]);
        let ends = [0, 21, whole.len()];
        for cut in 0..=whole.len() {
            assert_eq!(read(whole[..cut].to_vec()).is_ok(), ends.contains(&cut), "{cut} bytes");
        }
        for damaged in
            ["*00010000000001a1", "+0001000000+001a1", "-00010000000001a1", "+00019999999999a1", "+000 0000000000"]
        {
            assert!(read(damaged.as_bytes().to_vec()).is_err(), "{damaged}");
        }
        assert!(read(b"+00010000000001a\xff".to_vec()).is_err());
        // A length that ends within a character.
        assert!(read("+00010000000002é1".as_bytes().to_vec()).is_err());
    }

    #[test]
    fn values_that_came_as_one_text_can_be_changed() {
        let mut values = read(appended(&[("a", Some("1")), ("b", Some("2"))])).unwrap();
        let before = values.clone();
        let mut changes = Changes::default();
        changes.set("c", Json::from_text("3")).unwrap();
        changes.unset("a").unwrap();
        changes.apply(&mut values);
        assert_eq!((shown(&values).as_str(), shown(&before).as_str()), ("b=2 c=3", "a=1 b=2"));
    }
}
