//! How a session lies in its string: a head of fixed length, the index entries, the label, the log of its values, and a
//! tail of fixed length.
//!
//! The tail has what an ordinary commit asks for and changes, and says where the log ends: the commit reads it from the
//! string's end, and writes its changes and the new tail over it. The head has what is rarely asked for. The scripts know
//! where each part lies. Numbers are little-endian.

use std::time::Duration;

use redis::Value;

use super::super::value_log;
use super::super::{Limits, Record, StoreError, Timestamp, TokenHash};

/// Redis drops a record this long after it expired: the servers' clocks are not one, and an expiry too late shows
/// nobody anything. The script that commits knows it too.
pub(super) const GRACE: Duration = Duration::from_secs(60);

/// The longest time to live that Redis is given: its own clock must be able to add it.
const LONGEST: u64 = 1 << 52;

/// How many bytes the head has, and the tail.
const HEAD: usize = 36;
const TAIL: usize = 80;

/// Where the expiry lies, the first byte and the last, counted from the end.
pub(super) const EXPIRES: (i32, i32) = (-32, -25);

/// A log is folded when it is longer than twice what it was after the last time, and this.
const SLACK: usize = 512;

/// The time of the last rotation of a token that was never replaced.
const NEVER: i64 = i64::MIN;

/// Until when a session is kept in an index that it is not in: nothing has to be done when it lives longer.
const FOR_EVER: i64 = i64::MAX;

/// For how long a key is to live from `now` on, in milliseconds.
pub(super) fn ttl(until: Timestamp, now: Timestamp) -> u64 {
    millis(until.since(now).saturating_add(GRACE)).min(LONGEST)
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Appends an index entry: both lengths, the key, the entry.
pub(super) fn pack(packed: &mut Vec<u8>, key: &str, entry: &[u8]) -> Result<(), StoreError> {
    packed.extend_from_slice(&u16::try_from(key.len())?.to_le_bytes());
    packed.extend_from_slice(&u32::try_from(entry.len())?.to_le_bytes());
    packed.extend_from_slice(key.as_bytes());
    packed.extend_from_slice(entry);
    Ok(())
}

/// Packed index entries.
pub(super) fn unpack(packed: &[u8]) -> impl Iterator<Item = Result<(&str, &[u8]), StoreError>> {
    let mut rest = packed;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let entry = first_entry(&mut rest);
        if entry.is_none() {
            rest = &[];
        }
        Some(entry.ok_or_else(|| "packed index entries are cut short".into()))
    })
}

fn first_entry<'a>(packed: &mut &'a [u8]) -> Option<(&'a str, &'a [u8])> {
    let key_len = u16::from_le_bytes(take(packed)?);
    let entry_len = u32::from_le_bytes(take(packed)?);
    let key = packed.split_off(..usize::from(key_len))?;
    let entry = packed.split_off(..usize::try_from(entry_len).ok()?)?;
    Some((std::str::from_utf8(key).ok()?, entry))
}

/// The first bytes of what is left.
pub(super) fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*bytes)
}

pub(super) fn take_number(rest: &mut &[u8]) -> Option<u64> {
    take(rest).map(u64::from_le_bytes)
}

pub(super) fn take_time(rest: &mut &[u8]) -> Option<Timestamp> {
    take(rest).map(i64::from_le_bytes).map(Timestamp::from_millis)
}

/// The time of the last rotation, if there was one.
#[expect(clippy::option_option, reason = "cut short, never rotated and rotated are three things")]
pub(super) fn take_rotated(rest: &mut &[u8]) -> Option<Option<Timestamp>> {
    take_time(rest).map(|rotated| Some(rotated).filter(|rotated| rotated.as_millis() != NEVER))
}

pub(super) fn take_len(rest: &mut &[u8]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(take(rest)?)).ok()
}

/// A label as it lies there; none is empty.
pub(super) fn label(label: Option<&str>) -> Vec<u8> {
    label.map(|label| [b"=", label.as_bytes()].concat()).unwrap_or_default()
}

/// A new record, with its packed index entries and until when the index keeps them.
pub(super) fn written(record: &Record, index: &[u8], kept: Option<Timestamp>) -> Result<Vec<u8>, StoreError> {
    let (log, label) = (value_log::encode_values(&record.values), label(record.label.as_deref()));
    let len = |bytes: usize| Ok::<_, StoreError>(u32::try_from(bytes)?.to_le_bytes());
    let log_at = HEAD + index.len() + label.len();
    let log_end = log_at + log.len();
    let number = u64::to_le_bytes;
    let time = |time: Timestamp| time.as_millis().to_le_bytes();
    let rotated = record.rotated.unwrap_or(Timestamp::from_millis(NEVER));
    let kept = kept.unwrap_or(Timestamp::from_millis(FOR_EVER));
    let parts: [&[u8]; 17] = [
        // The head.
        &time(rotated),
        &time(record.limits.absolute_end),
        &time(record.created),
        &len(index.len())?,
        &len(label.len())?,
        &len(log_at)?,
        index,
        &label,
        &log,
        // The tail.
        record.token.as_bytes(),
        &number(millis(record.limits.idle)),
        &time(kept),
        &time(record.expires),
        &number(record.revision),
        &len(log_end + log.len() + SLACK)?,
        &len(log_end)?,
        &time(record.last_seen),
    ];
    Ok(parts.concat())
}

/// What a session says of itself beside its values.
pub(super) struct Front {
    /// Without its values.
    pub(super) record: Record,
    pub(super) index: Vec<u8>,
    log_at: usize,
    log_end: usize,
}

impl Front {
    /// Reads it from a session, or from what lies before the log and the tail alone.
    pub(super) fn read(held: &[u8]) -> Result<Self, StoreError> {
        let (mut front, label) = Self::parts(held).ok_or("a session is cut short")?;
        front.record.label = label.split_first().map(|(_, label)| String::from_utf8(label.to_vec())).transpose()?;
        Ok(front)
    }

    /// And the label as it lies there.
    fn parts(held: &[u8]) -> Option<(Self, &[u8])> {
        let (mut rest, tail) = held.split_at_checked(held.len().checked_sub(TAIL)?)?;
        let (rotated, end, created) = (take_rotated(&mut rest)?, take_time(&mut rest)?, take_time(&mut rest)?);
        let (index_len, label_len, log_at) = (take_len(&mut rest)?, take_len(&mut rest)?, take_len(&mut rest)?);
        let (index, label) = (rest.split_off(..index_len)?, rest.split_off(..label_len)?);
        rest = tail;
        let token = TokenHash::from_bytes(take(&mut rest)?);
        let limits = Limits { idle: Duration::from_millis(take_number(&mut rest)?), absolute_end: end };
        let mut record = Record::new(token, limits, created);
        let _kept_until = take_time(&mut rest)?;
        (record.expires, record.revision) = (take_time(&mut rest)?, take_number(&mut rest)?);
        let (_fold_at, log_end) = (take_len(&mut rest)?, take_len(&mut rest)?);
        (record.rotated, record.last_seen) = (rotated, take_time(&mut rest)?);
        let fits = HEAD + index_len + label_len <= log_at && log_at <= log_end;
        fits.then(|| (Self { record, index: index.to_vec(), log_at, log_end }, label))
    }
}

/// The whole record.
pub(super) fn record(mut held: Vec<u8>) -> Result<Record, StoreError> {
    let Front { mut record, log_at, log_end, .. } = Front::read(&held)?;
    if log_end + TAIL != held.len() {
        return Err("a session is cut short".into());
    }
    held.truncate(log_end);
    held.drain(..log_at);
    record.values = value_log::decode(held)?;
    Ok(record)
}

/// The record that this string is, whoever wrote it.
#[cfg(feature = "conformance")]
pub(crate) fn read(held: Vec<u8>) -> Result<Record, StoreError> {
    record(held)
}

/// The string of a new record without index entries.
#[cfg(feature = "conformance")]
pub(crate) fn write(record: &Record) -> Result<Vec<u8>, StoreError> {
    written(record, &[], None)
}

/// A number as the text that Redis answers with.
pub(super) fn number<N: std::str::FromStr>(text: &[u8]) -> Option<N> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

pub(super) fn bytes(reply: Value) -> Result<Vec<u8>, StoreError> {
    match reply {
        Value::BulkString(bytes) => Ok(bytes),
        Value::SimpleString(text) => Ok(text.into_bytes()),
        _ => Err("Redis answered with something else than a string".into()),
    }
}

pub(super) fn optional(reply: Value) -> Result<Option<Vec<u8>>, StoreError> {
    if reply == Value::Nil { Ok(None) } else { bytes(reply).map(Some) }
}

pub(super) fn items(reply: Value) -> Result<Vec<Value>, StoreError> {
    match reply {
        Value::Array(items) => Ok(items),
        _ => Err("Redis answered with something else than a list".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Json;

    #[test]
    fn what_is_packed_unpacks_equal_and_what_is_cut_short_is_an_error() {
        let longest = "k".repeat(1024);
        let entries = [("", "1"), ("\0", ""), ("á\u{1f600}", "[1]"), (&*longest, "2")];
        let mut packed = Vec::new();
        for (key, entry) in entries {
            pack(&mut packed, key, entry.as_bytes()).unwrap();
        }
        let unpacked: Vec<_> = unpack(&packed).map(Result::unwrap).collect();
        assert_eq!(unpacked, entries.map(|(key, entry)| (key, entry.as_bytes())));
        for cut in 1..7 {
            assert!(unpack(&packed[..cut]).any(|entry| entry.is_err()), "{cut} bytes");
        }
    }

    fn records() -> impl Iterator<Item = Record> {
        let time = Timestamp::from_millis;
        let (earliest, latest) = (time(i64::MIN + 1), time(i64::MAX));
        let limits = Limits { idle: Duration::from_millis(u64::MAX), absolute_end: latest };
        let labels = [None, Some(""), Some("="), Some("Firefox, ä\0")];
        labels.into_iter().zip([None, Some(earliest), Some(time(0)), Some(latest)]).map(move |(label, rotated)| {
            let mut record = Record::new(TokenHash::from_bytes([200; 32]), limits, earliest);
            (record.label, record.rotated) = (label.map(str::to_owned), rotated);
            (record.last_seen, record.expires, record.revision) = (time(-1), latest, u64::MAX);
            record.values =
                [("", "1"), ("é\0", "\"+\"")].map(|(key, text)| (key, Json::from_text(text))).into_iter().collect();
            record
        })
    }

    #[test]
    fn what_is_written_reads_back_equal_and_what_is_cut_short_is_an_error() {
        for expected in records() {
            let index = b"any bytes".as_slice();
            let held = written(&expected, index, Some(Timestamp::from_millis(5))).unwrap();
            assert!(record(held.clone()).unwrap() == expected);
            let front = Front::read(&held).unwrap();
            assert_eq!((front.index.as_slice(), &front.record.label), (index, &expected.label));
            assert!(front.record.values.is_empty());
            for cut in 0..held.len() {
                assert!(record(held[..cut].to_vec()).is_err(), "{cut} bytes");
                assert!(record(held[cut + 1..].to_vec()).is_err(), "without the first {cut} bytes");
            }
            let without_log = [&held[..front.log_at], &held[front.log_end..]].concat();
            assert_eq!(Front::read(&without_log).unwrap().record.label, expected.label);
        }
    }

    /// They are no part of the compiled code that could ask.
    #[test]
    fn the_scripts_say_the_same_of_the_layout() {
        let [commit, front] = [include_str!("scripts/commit.lua"), include_str!("scripts/front.lua")];
        let [delete, kept] = [include_str!("scripts/delete.lua"), include_str!("scripts/kept.lua")];
        let grace = millis(GRACE);
        assert!(commit.contains(&format!("HEAD, SLACK, TIGHT, GRACE = {HEAD}, {SLACK}, 32768, {grace}\n")));
        assert!(commit.contains(&format!("2 ^ {}", LONGEST.ilog2())));
        for script in [commit, delete, front] {
            assert!(script.contains(&format!("('GETRANGE', key, '-{TAIL}', '-1'")));
        }
        assert!(delete.contains(&format!("'GETRANGE', key, {HEAD}, {} + index_len", HEAD - 1)));
        assert!(front.contains(&format!("{}, {}", HEAD - 4, HEAD - 1)));
        // Before the expiry.
        assert!(kept.contains(&format!("'{}', '{}'", EXPIRES.0 - 8, EXPIRES.1 - 8)));
    }
}
