//! How a claim fails: with the broken promise in words, and what was found instead.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};

use crate::store::{Committed, Record, StoreError, Values};

/// The longest text that a failure quotes.
const QUOTED: usize = 120;

/// Fails unless the promise is kept.
#[track_caller]
pub(super) fn holds(kept: bool, promise: impl Display) {
    assert!(kept, "{promise}");
}

/// Fails unless both are equal.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "a claim says what it found, and has no further use for it")]
pub(super) fn same<T: PartialEq + Debug>(is: T, should: T, promise: impl Display) {
    assert!(is == should, "{promise}\n  found:    {is:?}\n  expected: {should:?}");
}

/// Fails unless both are equal, and names the fields that differ.
#[track_caller]
pub(super) fn same_record(is: Option<&Record>, should: Option<&Record>, promise: impl Display) {
    let is_there = |record: Option<&Record>| if record.is_some() { "a record" } else { "no record" };
    same(is_there(is), is_there(should), &promise);
    let (Some(is), Some(should)) = (is, should) else { return };
    let differences = differences(&fields(is), &fields(should));
    assert!(is == should, "{promise}{differences}");
}

/// Fails unless the values are these pairs of key and JSON text.
#[track_caller]
pub(super) fn same_values(is: &Values, should: &[(&str, &str)], promise: impl Display) {
    let is: Vec<_> = is.iter().collect();
    let mut should = should.to_vec();
    should.sort_unstable();
    assert!(is == should, "{promise}{}", differences(&by_key(is), &by_key(should)));
}

/// What the store answered.
#[track_caller]
pub(super) fn answered<T>(operation: &str, answer: Result<T, StoreError>) -> T {
    answer.unwrap_or_else(|error| panic!("`{operation}` must be answered, and failed: {error}"))
}

/// The revision that a commit made.
#[track_caller]
pub(super) fn revision(committed: &Committed, promise: impl Display) -> u64 {
    match committed {
        Committed::Done { revision, .. } => *revision,
        other => panic!("{promise}\n  found:    {other:?}\n  expected: Done"),
    }
}

/// The expiry that a commit made, in milliseconds.
#[track_caller]
pub(super) fn expiry(committed: &Committed, promise: impl Display) -> i64 {
    match committed {
        Committed::Done { expires, .. } => expires.as_millis(),
        other => panic!("{promise}\n  found:    {other:?}\n  expected: Done"),
    }
}

type Fields = BTreeMap<String, String>;

/// A record in words. Its own `Debug` shows neither token nor values; what a claim makes up is no secret.
fn fields(record: &Record) -> Fields {
    let millis = |time: crate::store::Timestamp| time.as_millis().to_string();
    let mut fields: Fields = [
        ("token", format!("{:02x?}", record.token.as_bytes())),
        ("created", millis(record.created)),
        ("rotated", format!("{:?}", record.rotated.map(millis))),
        ("seen", millis(record.last_seen)),
        ("expires", millis(record.expires)),
        ("limits", format!("{:?} idle, until {}", record.limits.idle, millis(record.limits.absolute_end))),
        ("label", format!("{:?}", record.label)),
        ("revision", record.revision.to_string()),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into();
    fields.extend(by_key(record.values.iter()));
    fields
}

fn by_key<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Fields {
    pairs.into_iter().map(|(key, text)| (format!("key {key:?}"), text.to_owned())).collect()
}

/// A line for each difference, the first few of them.
fn differences(is: &Fields, should: &Fields) -> String {
    let names = is.keys().chain(should.keys().filter(|name| !is.contains_key(*name)));
    let differing = names.filter(|name| is.get(*name) != should.get(*name));
    let text = |fields: &Fields, name: &str| fields.get(name).map_or("nothing".to_owned(), |text| cut(text));
    let line = |name: &String| format!("\n  {}: found {}, expected {}", cut(name), text(is, name), text(should, name));
    differing.take(8).map(line).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}
