//! The durations of attributes, such as `10m` or `1h30m`.

use std::iter::Peekable;
use std::str::Chars;

/// The units in the order in which they are written, with their milliseconds.
const UNITS: [(char, u64); 4] = [('d', 86_400_000), ('h', 3_600_000), ('m', 60_000), ('s', 1_000)];

/// The longest duration that the compiler accepts: about a hundred years. A value should not outlive its session.
const MAX_MS: u64 = 100 * 366 * 86_400_000;

/// Parses a duration to milliseconds. The error states what to write instead.
pub(super) fn parse_duration(text: &str) -> Result<u64, String> {
    if text.is_empty() {
        return Err("is empty: write a number and a unit, such as `10m`".to_owned());
    }
    let mut rest = text.chars().peekable();
    let mut units = UNITS.iter();
    let mut total: u64 = 0;
    while rest.peek().is_some() {
        let number = take_number(&mut rest, text)?;
        let unit = rest.next().ok_or_else(|| missing_unit(text, number))?;
        let Some((_, millis)) = units.find(|(known, _)| *known == unit) else {
            return Err(wrong_unit(text, unit));
        };
        total = total.saturating_add(number.saturating_mul(*millis));
    }
    match total {
        0 => Err("is zero: the value would expire at once".to_owned()),
        1..=MAX_MS => Ok(total),
        _ => Err("is longer than 100 years: a value expires with its session at the latest".to_owned()),
    }
}

fn take_number(rest: &mut Peekable<Chars<'_>>, text: &str) -> Result<u64, String> {
    let mut digits = String::new();
    while let Some(digit) = rest.next_if(char::is_ascii_digit) {
        digits.push(digit);
    }
    if digits.is_empty() {
        return Err(not_a_duration(text));
    }
    // More digits than a `u64` has are too long in every unit.
    Ok(digits.parse().unwrap_or(u64::MAX))
}

fn not_a_duration(text: &str) -> String {
    let advice = if text.contains(['.', ',']) { "; write a smaller unit instead of a fraction" } else { "" };
    format!("is not a duration: write whole numbers with the units `d`, `h`, `m` and `s`, such as `1h30m`{advice}")
}

fn missing_unit(text: &str, number: u64) -> String {
    if text.chars().all(|char| char.is_ascii_digit()) {
        format!("has no unit: write `{number}s` for seconds, or `{number}m` for minutes")
    } else {
        format!("has no unit after {number}: write `s`, `m`, `h` or `d`")
    }
}

fn wrong_unit(text: &str, unit: char) -> String {
    if UNITS.iter().any(|(known, _)| *known == unit) {
        return "has its units in another order: write each of `d`, `h`, `m` and `s` at most once, in this order"
            .to_owned();
    }
    if unit == ' ' || unit == '.' || unit == ',' {
        return not_a_duration(text);
    }
    format!("has the unknown unit `{unit}`: write `s`, `m`, `h` or `d`")
}

#[cfg(test)]
mod tests {
    use super::parse_duration;

    #[test]
    fn a_duration_is_a_sum_of_units() {
        let rows = [
            ("1s", 1_000),
            ("90s", 90_000),
            ("10m", 600_000),
            ("1h30m", 5_400_000),
            ("2d", 172_800_000),
            ("1d2h3m4s", 93_784_000),
            ("0h5m", 300_000),
            ("036600d", 3_162_240_000_000),
        ];
        for (text, millis) in rows {
            assert_eq!(parse_duration(text), Ok(millis), "{text}");
        }
    }

    #[test]
    fn a_wrong_duration_is_explained() {
        let rows = [
            ("", "is empty"),
            ("0s", "is zero"),
            ("0d0h", "is zero"),
            ("600", "has no unit: write `600s`"),
            ("1h30", "has no unit after 30"),
            ("10x", "unknown unit `x`"),
            ("10ms", "is not a duration"),
            ("30m1h", "in another order"),
            ("1m1m", "in another order"),
            ("10 m", "is not a duration"),
            ("1.5h", "instead of a fraction"),
            ("m", "is not a duration"),
            ("-1m", "is not a duration"),
            ("ten minutes", "is not a duration"),
            ("36601d", "longer than 100 years"),
            ("18446744073709551616d", "longer than 100 years"),
            ("99999999999999999999999s", "longer than 100 years"),
        ];
        for (text, reason) in rows {
            let message = parse_duration(text).unwrap_err();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }
}
