//! The JSON texts that are tried for each kind of scalar.

use crate::schema::assert_schema::shape::scalar::Kind;

/// Texts of types that read from text: numbers, ids, dates and times, addresses, and other common formats.
pub(in crate::schema::assert_schema) const TEXTS: &[&str] = &[
    "",
    "a",
    "0",
    "1",
    "00000000-0000-0000-0000-000000000000",
    "2000-01-01",
    "2000-01-01T00:00:00Z",
    "2000-01-01T00:00:00",
    "2000-01-01T00:00:00+00:00[UTC]",
    "2000-01-01 00:00:00",
    "2000-01-01 0:00:00.0",
    "2000-01-01 00:00:00.0 +00:00:00",
    "00:00:00",
    "00:00:00.0",
    "+00:00",
    "+00:00:00",
    "UTC",
    "Etc/UTC",
    "PT1S",
    "1s",
    "::1",
    "127.0.0.1",
    "127.0.0.1:80",
    "[::1]:80",
    "::/0",
    "127.0.0.0/8",
    "http://a.example/",
    "a@a.example",
    "a.example",
    "/",
    "text/plain",
    "en",
    "EN",
    "EUR",
    "1.0.0",
    "#000000",
    "00",
    "0000000000000000",
    "00000000000000000000000000000000",
    "AAAA",
    "0.5",
    "true",
    "GET",
    "abcdefgh",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "+491701234567",
    "Mon",
    "Monday",
    "January",
];

/// Types with a limit of the length refuse this text.
const LONG_TEXT: &str = "\
    abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\
    abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\
    abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";

/// Returns the JSON text to try as the next one after this number of texts.
pub(super) fn candidate(kind: Kind, index: usize) -> Option<String> {
    let ordinary: &[&str] = match kind {
        Kind::Null | Kind::Bool | Kind::Text | Kind::Any => &[],
        Kind::F32 | Kind::F64 => &["0.5", "1.0", "0.0", "-1.0", "100.0"],
        Kind::Char => &["\"a\"", "\"0\"", "\"A\"", "\" \""],
        _ => &["0", "1", "2", "7", "10", "100", "1000", "2000"],
    };
    let texts = if matches!(kind, Kind::Text | Kind::Any) { TEXTS } else { &[] };
    let mut json = ordinary.iter().chain(kind.texts());
    let text = json.nth(index).map(|text| (*text).to_owned());
    text.or_else(|| texts.get(index - ordinary.len() - kind.texts().len()).map(|text| quoted(text)))
}

/// Returns further texts that a type reads if it reads all values of the kind. They are in no snapshot.
pub(super) fn unusual(kind: Kind) -> Vec<String> {
    let texts = [LONG_TEXT, "\u{0} \u{221e}\n"];
    texts.into_iter().filter(|_| kind == Kind::Text).map(quoted).collect()
}

fn quoted(text: &str) -> String {
    serde_json::json!(text).to_string()
}
