//! The parts of the keys of a keyed field: the ones that are tried, and the result.

use super::tracer::TEXTS;

/// The limits of numbers.
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "255",
    "65535",
    "4294967295",
    "18446744073709551615",
    "340282366920938463463374607431768211455",
    "-1",
    "-128",
    "-32768",
    "-2147483648",
    "-9223372036854775808",
    "-170141183460469231731687303715884105728",
];

/// Parts of a type that reads any text.
const ANY_TEXT: &[&str] = &["abcdefgh", "0", "-1", "::1", "a b"];

/// At most this number of parts that are no numbers are known of a type that reads only some texts.
const MAX_TEXTS: usize = 6;

/// Returns parts that a type reads.
pub(super) fn known_parts(reads: impl Fn(&str) -> bool) -> Vec<String> {
    let known: Vec<_> = if reads_any_text(&reads) {
        ANY_TEXT.to_vec()
    } else {
        let texts = texts().filter(|part| reads(part)).take(MAX_TEXTS);
        NUMBERS.iter().copied().filter(|part| reads(part)).chain(texts).collect()
    };
    known.into_iter().map(str::to_owned).collect()
}

/// Returns true if the known parts of another type show that this one reads all of them.
pub(super) fn reads_all_parts(known: &[String], reads: impl Fn(&str) -> bool) -> bool {
    let is_number = |part: &String| NUMBERS.contains(&part.as_str());
    reads_any_text(&reads) || (!known.is_empty() && known.iter().all(is_number))
}

/// Returns the type of the parts: `K` of `BTreeMap<K, T>`.
pub(super) fn part_type(map: &str) -> &str {
    let inner = map.split_once('<').map_or(map, |(_, inner)| inner);
    let mut depth = 0;
    let end = inner.find(|char| {
        depth += match char {
            '<' | '(' | '[' => 1,
            '>' | ')' | ']' => -1,
            _ => 0,
        };
        depth == 0 && char == ','
    });
    &inner[..end.unwrap_or(inner.len())]
}

fn reads_any_text(reads: impl Fn(&str) -> bool) -> bool {
    texts().chain(ANY_TEXT.iter().copied()).all(reads)
}

/// An empty part is not tried: types that parse numbers or ids refuse it.
fn texts() -> impl Iterator<Item = &'static str> {
    TEXTS.iter().copied().filter(|text| !text.is_empty() && !NUMBERS.contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts_of<T: std::str::FromStr + ToString>() -> Vec<String> {
        known_parts(|part| part.parse::<T>().is_ok_and(|value| value.to_string() == part))
    }

    #[test]
    fn the_limits_of_a_number_are_known_and_so_are_both_families_of_addresses() {
        assert_eq!(parts_of::<u8>(), ["0", "1", "255"]);
        assert_eq!(parts_of::<std::net::IpAddr>(), ["::1", "127.0.0.1"]);
        assert_eq!(parts_of::<String>(), ANY_TEXT);
        assert!(reads_all_parts(&parts_of::<u8>(), |part| part.parse::<u16>().is_ok()));
        assert!(!reads_all_parts(&parts_of::<std::net::IpAddr>(), |part| part.len() < 10));
        assert!(!reads_all_parts(&[], |part| part.len() < 10));
    }

    #[test]
    fn the_type_of_the_parts_is_the_first_one_of_the_map() {
        assert_eq!(part_type("BTreeMap<Id<u8, u8>, (u8, u8)>"), "Id<u8, u8>");
        assert_eq!(part_type("Carts"), "Carts");
    }
}
