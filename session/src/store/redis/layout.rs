//! The format of a stored session: a head of fixed length, index entries, label, value log, and a tail of fixed length.
//!
//! The tail holds the fields that an ordinary commit reads and changes, and the end of the value log. The commit reads
//! the tail, then overwrites it with its log entries and a new tail. The head holds the rarely used fields. The scripts
//! know all offsets. Numbers are little-endian.

use std::time::Duration;

use redis::Value;

use crate::error::StoreError;
use crate::record::id::TokenHash;
use crate::record::lifetime_limits::Limits;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::redis::errors::invalid_value;
use crate::store::value_log;

/// Redis deletes a record this long after its expiry, because its clock may be ahead of the application's clock.
/// `commit.lua` repeats this number.
pub(super) const EXPIRY_MARGIN: Duration = Duration::from_secs(60);

/// The longest time to live. Redis adds it to its own clock, which must not overflow.
const MAX_TTL_MS: u64 = 1 << 52;

const HEAD_BYTES: usize = 44;
const TAIL_BYTES: usize = 80;

/// The first and the last byte of the expiry, counted from the end.
pub(super) const EXPIRES_RANGE: (i32, i32) = (-32, -25);

/// The first and the last byte of the creation, counted from the start.
pub(super) const CREATED_RANGE: (i32, i32) = (24, 31);

/// A value log is compacted when it is longer than twice its compacted length plus this.
const COMPACT_SLACK_BYTES: usize = 512;

/// The stored time of the last rotation if there was none.
const NEVER_ROTATED_MS: i64 = i64::MIN;

/// The stored expiry of the index entries of a session that has none: they never need an extension.
const NOT_INDEXED_MS: i64 = i64::MAX;

/// Returns the time to live of a key, in milliseconds.
pub(super) fn ttl_millis(expires: Timestamp, now: Timestamp) -> u64 {
    to_millis(expires.since(now).saturating_add(EXPIRY_MARGIN)).min(MAX_TTL_MS)
}

pub(super) fn to_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn encode_time(time: Timestamp) -> [u8; 8] {
    time.as_millis().to_le_bytes()
}

/// Appends an index entry: both lengths, the key, the entry.
pub(super) fn push_index_entry(encoded: &mut Vec<u8>, key: &str, entry: &[u8]) -> Result<(), StoreError> {
    encoded.extend_from_slice(&u16::try_from(key.len())?.to_le_bytes());
    encoded.extend_from_slice(&u32::try_from(entry.len())?.to_le_bytes());
    encoded.extend_from_slice(key.as_bytes());
    encoded.extend_from_slice(entry);
    Ok(())
}

/// Decodes a list of index entries.
pub(super) fn decode_index_entries(encoded: &[u8]) -> impl Iterator<Item = Result<(&str, &[u8]), StoreError>> {
    let mut rest = encoded;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let entry = take_index_entry(&mut rest);
        if entry.is_none() {
            rest = &[];
        }
        Some(entry.ok_or_else(|| invalid_value("stored index entries are truncated")))
    })
}

fn take_index_entry<'a>(rest: &mut &'a [u8]) -> Option<(&'a str, &'a [u8])> {
    let key_len = u16::from_le_bytes(take_bytes(rest)?);
    let entry_len = u32::from_le_bytes(take_bytes(rest)?);
    let key = rest.split_off(..usize::from(key_len))?;
    let entry = rest.split_off(..usize::try_from(entry_len).ok()?)?;
    Some((std::str::from_utf8(key).ok()?, entry))
}

/// Removes the first bytes and returns them.
pub(super) fn take_bytes<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*bytes)
}

pub(super) fn take_u64(rest: &mut &[u8]) -> Option<u64> {
    take_bytes(rest).map(u64::from_le_bytes)
}

pub(super) fn take_time(rest: &mut &[u8]) -> Option<Timestamp> {
    take_bytes(rest).map(i64::from_le_bytes).map(Timestamp::from_millis)
}

/// Takes the time of the last rotation.
#[expect(clippy::option_option, reason = "truncated, never rotated and rotated are three states")]
pub(super) fn take_rotated(rest: &mut &[u8]) -> Option<Option<Timestamp>> {
    take_time(rest).map(|rotated| Some(rotated).filter(|rotated| rotated.as_millis() != NEVER_ROTATED_MS))
}

pub(super) fn take_len(rest: &mut &[u8]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(take_bytes(rest)?)).ok()
}

/// Encodes a label. A prefix separates an empty label from none.
pub(super) fn encode_label(label: Option<&str>) -> Vec<u8> {
    label.map(|label| [b"=", label.as_bytes()].concat()).unwrap_or_default()
}

/// Encodes a new record with its encoded index entries and their expiry.
pub(crate) fn encode_record(
    record: &Record,
    index: &[u8],
    index_expires: Option<Timestamp>,
) -> Result<Vec<u8>, StoreError> {
    let (log, label) = (value_log::encode_values(&record.values), encode_label(record.label.as_deref()));
    let encode_len = |bytes: usize| Ok::<_, StoreError>(u32::try_from(bytes)?.to_le_bytes());
    let log_start = HEAD_BYTES + index.len() + label.len();
    let log_end = log_start + log.len();
    let compact_above = log_end + log.len() + COMPACT_SLACK_BYTES;
    let rotated = record.rotated.unwrap_or(Timestamp::from_millis(NEVER_ROTATED_MS));
    let login_rotated = record.login_rotated.unwrap_or(Timestamp::from_millis(NEVER_ROTATED_MS));
    let index_expires = index_expires.unwrap_or(Timestamp::from_millis(NOT_INDEXED_MS));
    let parts: [&[u8]; 18] = [
        // The head.
        &encode_time(rotated),
        &encode_time(login_rotated),
        &encode_time(record.limits.absolute_end),
        &encode_time(record.created),
        &encode_len(index.len())?,
        &encode_len(label.len())?,
        &encode_len(log_start)?,
        index,
        &label,
        &log,
        // The tail.
        record.token.as_bytes(),
        &to_millis(record.limits.idle).to_le_bytes(),
        &encode_time(index_expires),
        &encode_time(record.expires),
        &record.revision.to_le_bytes(),
        &encode_len(compact_above)?,
        &encode_len(log_end)?,
        &encode_time(record.last_seen),
    ];
    Ok(parts.concat())
}

/// The fields of a stored session without its values.
pub(super) struct RecordHead {
    /// The record without values.
    pub(super) record: Record,
    /// The encoded index entries.
    pub(super) index: Vec<u8>,
    log_start: usize,
    log_end: usize,
}

impl RecordHead {
    /// Decodes a stored session. Its value log may have been cut out.
    pub(super) fn decode(stored: &[u8]) -> Result<Self, StoreError> {
        let (mut head, label) =
            Self::split_label(stored).ok_or_else(|| invalid_value("the stored session is truncated"))?;
        // The `Debug` output of the standard error contains the bytes.
        let invalid = |_| invalid_value("the stored label is not UTF-8");
        let decode = |label: &[u8]| String::from_utf8(label.to_vec()).map_err(invalid);
        head.record.label = label.split_first().map(|(_, label)| decode(label)).transpose()?;
        Ok(head)
    }

    /// Decodes all fields, and returns the encoded label separately.
    fn split_label(stored: &[u8]) -> Option<(Self, &[u8])> {
        let (mut rest, tail) = stored.split_at_checked(stored.len().checked_sub(TAIL_BYTES)?)?;
        let (rotated, login_rotated) = (take_rotated(&mut rest)?, take_rotated(&mut rest)?);
        let (absolute_end, created) = (take_time(&mut rest)?, take_time(&mut rest)?);
        let (index_len, label_len, log_start) = (take_len(&mut rest)?, take_len(&mut rest)?, take_len(&mut rest)?);
        let (index, label) = (rest.split_off(..index_len)?, rest.split_off(..label_len)?);
        rest = tail;
        let token = TokenHash::from_bytes(take_bytes(&mut rest)?);
        let limits = Limits { idle: Duration::from_millis(take_u64(&mut rest)?), absolute_end };
        let mut record = Record::new(token, limits, created);
        let _index_expires = take_time(&mut rest)?;
        (record.expires, record.revision) = (take_time(&mut rest)?, take_u64(&mut rest)?);
        let (_compact_above, log_end) = (take_len(&mut rest)?, take_len(&mut rest)?);
        (record.rotated, record.login_rotated, record.last_seen) = (rotated, login_rotated, take_time(&mut rest)?);
        let is_consistent = HEAD_BYTES + index_len + label_len <= log_start && log_start <= log_end;
        is_consistent.then(|| (Self { record, index: index.to_vec(), log_start, log_end }, label))
    }
}

/// Decodes a stored session.
pub(crate) fn decode_record(mut stored: Vec<u8>) -> Result<Record, StoreError> {
    let RecordHead { mut record, log_start, log_end, .. } = RecordHead::decode(&stored)?;
    if log_end + TAIL_BYTES != stored.len() {
        return Err(invalid_value("the stored session is truncated"));
    }
    stored.truncate(log_end);
    stored.drain(..log_start);
    record.values = value_log::decode(stored).map_err(invalid_value)?;
    Ok(record)
}

/// Parses a number that Redis returned as text.
pub(super) fn parse_number<N: std::str::FromStr>(text: &[u8]) -> Option<N> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

pub(super) fn into_bytes(reply: Value) -> Result<Vec<u8>, StoreError> {
    match reply {
        Value::BulkString(bytes) => Ok(bytes),
        Value::SimpleString(text) => Ok(text.into_bytes()),
        _ => Err("the reply of Redis is not a string".into()),
    }
}

pub(super) fn into_optional_bytes(reply: Value) -> Result<Option<Vec<u8>>, StoreError> {
    if reply == Value::Nil { Ok(None) } else { into_bytes(reply).map(Some) }
}

pub(super) fn into_array(reply: Value) -> Result<Vec<Value>, StoreError> {
    match reply {
        Value::Array(items) => Ok(items),
        _ => Err("the reply of Redis is not an array".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::json::Json;

    #[test]
    fn index_entries_are_decoded_equal_and_truncated_ones_are_an_error() {
        let longest = "k".repeat(1024);
        let entries = [("", "1"), ("\0", ""), ("á\u{1f600}", "[1]"), (&*longest, "2")];
        let mut encoded = Vec::new();
        for (key, entry) in entries {
            push_index_entry(&mut encoded, key, entry.as_bytes()).unwrap();
        }
        let decoded: Vec<_> = decode_index_entries(&encoded).map(Result::unwrap).collect();
        assert_eq!(decoded, entries.map(|(key, entry)| (key, entry.as_bytes())));
        for len in 1..7 {
            assert!(decode_index_entries(&encoded[..len]).any(|entry| entry.is_err()), "{len} bytes");
        }
    }

    fn records() -> impl Iterator<Item = Record> {
        let time = Timestamp::from_millis;
        let (earliest, latest) = (time(i64::MIN + 1), time(i64::MAX));
        let limits = Limits { idle: Duration::from_millis(u64::MAX), absolute_end: latest };
        let labels = [None, Some(""), Some("="), Some("Firefox, ä\0")];
        labels.into_iter().zip([None, Some(earliest), Some(time(0)), Some(latest)]).map(move |(label, rotated)| {
            let mut record = Record::new(TokenHash::from_bytes([200; 32]), limits, earliest);
            (record.label, record.rotated, record.login_rotated) = (label.map(str::to_owned), rotated, rotated);
            (record.last_seen, record.expires, record.revision) = (time(-1), latest, u64::MAX);
            record.values =
                [("", "1"), ("é\0", "\"+\"")].map(|(key, text)| (key, Json::from_text(text))).into_iter().collect();
            record
        })
    }

    #[test]
    fn records_are_decoded_equal_and_truncated_ones_are_an_error() {
        for expected in records() {
            let index = b"any bytes".as_slice();
            let stored = encode_record(&expected, index, Some(Timestamp::from_millis(5))).unwrap();
            assert!(decode_record(stored.clone()).unwrap() == expected);
            let head = RecordHead::decode(&stored).unwrap();
            assert_eq!((head.index.as_slice(), &head.record.label), (index, &expected.label));
            assert!(head.record.values.is_empty());
            for len in 0..stored.len() {
                assert!(decode_record(stored[..len].to_vec()).is_err(), "{len} bytes");
                assert!(decode_record(stored[len + 1..].to_vec()).is_err(), "without the first {} bytes", len + 1);
            }
            let without_log = [&stored[..head.log_start], &stored[head.log_end..]].concat();
            assert_eq!(RecordHead::decode(&without_log).unwrap().record.label, expected.label);
        }
    }

    /// The scripts cannot import the constants.
    #[test]
    fn the_scripts_use_the_same_offsets_and_limits() {
        let [commit, delete] = [include_str!("scripts/commit.lua"), include_str!("scripts/delete.lua")];
        let read_head = include_str!("scripts/read_head.lua");
        let set_index_expires = include_str!("scripts/set_index_expires.lua");
        assert!(
            commit.contains(&format!("local HEAD_BYTES, COMPACT_SLACK_BYTES = {HEAD_BYTES}, {COMPACT_SLACK_BYTES}\n"))
        );
        assert!(commit.contains(&format!("EXPIRY_MARGIN_MS = 32768, {}\n", to_millis(EXPIRY_MARGIN))));
        assert!(commit.contains(&format!("2 ^ {}", MAX_TTL_MS.ilog2())));
        for script in [commit, delete, read_head] {
            assert!(script.contains(&format!("('GETRANGE', key, '-{TAIL_BYTES}', '-1'")));
        }
        assert!(delete.contains(&format!("'GETRANGE', key, {HEAD_BYTES}, {} + index_len", HEAD_BYTES - 1)));
        assert!(
            delete.contains(&format!("#tail < {TAIL_BYTES} ")) && read_head.contains(&format!("#tail < {TAIL_BYTES} "))
        );
        assert!(read_head.contains(&format!("{}, {}", HEAD_BYTES - 4, HEAD_BYTES - 1)));
        // The expiry of the index entries is stored before that of the session.
        assert!(set_index_expires.contains(&format!("'{}', '{}'", EXPIRES_RANGE.0 - 8, EXPIRES_RANGE.1 - 8)));
    }
}
