//! Assertions of the claims, whose messages show the requirement and the difference.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};

use crate::record::commit::{Committed, CommittedVersion};
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::record::values::Values;

/// A longer text is truncated in a failure.
const MAX_QUOTED_CHARS: usize = 120;
/// Further differences are omitted.
const MAX_DIFFERENCES: usize = 8;

/// Fails if the values differ.
#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "the claims have no further use for the values")]
pub(super) fn assert_equal<T: PartialEq + Debug>(found: T, expected: T, requirement: impl Display) {
    assert!(found == expected, "{requirement}\n  found:    {found:?}\n  expected: {expected:?}");
}

/// Fails if the records differ, and lists the fields that differ.
#[track_caller]
pub(super) fn assert_record(found: Option<&Record>, expected: Option<&Record>, requirement: impl Display) {
    let presence = |record: Option<&Record>| if record.is_some() { "a record" } else { "no record" };
    assert_equal(presence(found), presence(expected), &requirement);
    let (Some(found), Some(expected)) = (found, expected) else { return };
    let differences = differences(&fields(found), &fields(expected));
    assert!(found == expected, "{requirement}{differences}");
}

/// Fails if the values are not exactly these pairs of a key and a JSON text.
#[track_caller]
pub(super) fn assert_values(found: &Values, expected: &[(&str, &str)], requirement: impl Display) {
    let found: Vec<_> = found.iter().collect();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert!(found == expected, "{requirement}{}", differences(&fields_by_key(found.clone()), &fields_by_key(expected)));
}

/// Returns the version that a commit returned, or fails if it was rejected.
#[track_caller]
pub(super) fn expect_done(committed: &Committed, requirement: impl Display) -> Option<CommittedVersion> {
    match committed {
        Committed::Done(version) => *version,
        other => panic!("{requirement}\n  found:    {other:?}\n  expected: Done"),
    }
}

type Fields = BTreeMap<String, String>;

/// Returns the fields of a record as texts. Its `Debug` output hides token and values, but those of a claim are random.
fn fields(record: &Record) -> Fields {
    let millis = |time: Timestamp| time.as_millis().to_string();
    let mut fields: Fields = [
        ("token", format!("{:02x?}", record.token.as_bytes())),
        ("created", millis(record.created)),
        ("rotated", format!("{:?}", record.rotated.map(millis))),
        ("login_rotated", format!("{:?}", record.login_rotated.map(millis))),
        ("last_seen", millis(record.last_seen)),
        ("expires", millis(record.expires)),
        ("limits", format!("idle {:?}, absolute end {}", record.limits.idle, millis(record.limits.absolute_end))),
        ("label", format!("{:?}", record.label)),
        ("revision", record.revision.to_string()),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into();
    fields.extend(fields_by_key(record.values.iter()));
    fields
}

fn fields_by_key<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Fields {
    pairs.into_iter().map(|(key, text)| (format!("key {key:?}"), text.to_owned())).collect()
}

/// Returns one line for each field that differs.
fn differences(found: &Fields, expected: &Fields) -> String {
    let names = found.keys().chain(expected.keys().filter(|name| !found.contains_key(*name)));
    let differing = names.filter(|name| found.get(*name) != expected.get(*name));
    let text = |fields: &Fields, name: &str| fields.get(name).map_or("nothing".to_owned(), |text| truncate(text));
    let line = |name: &String| {
        format!("\n  {}: found {}, expected {}", truncate(name), text(found, name), text(expected, name))
    };
    differing.take(MAX_DIFFERENCES).map(line).collect()
}

fn truncate(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}
