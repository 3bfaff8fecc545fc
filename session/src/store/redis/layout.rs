//! How a session lies in its hash: the record's own fields by name, its values packed into numbered ones.

use std::collections::BTreeMap;
use std::time::Duration;

use redis::Value;

use super::super::{Changes, Json, Limits, Record, StoreError, Timestamp, TokenHash, Values};

/// How many fields hold values: more make a load slower, fewer a commit. Part of the format, as [`bucket`] is.
pub(super) const BUCKETS: u32 = 32;

/// Redis drops a record this long after it expired: the servers' clocks are not one, and an expiry too late shows
/// nobody anything.
pub(super) const GRACE: Duration = Duration::from_mins(1);

/// The longest time to live that Redis is given: its own clock must be able to add it.
const LONGEST: u64 = 1 << 52;

/// For how long a key is to live from `now` on, in milliseconds.
pub(super) fn ttl(until: Timestamp, now: Timestamp) -> u64 {
    millis(until.since(now).saturating_add(GRACE)).min(LONGEST)
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The field that `key` lies in: its FNV-1a hash, folded.
fn bucket(key: &str) -> u32 {
    let hash = key.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash ^ (hash >> 16)) % BUCKETS
}

/// Appends an entry to a packed field: both lengths, the key, the value.
pub(super) fn pack(packed: &mut Vec<u8>, key: &str, value: &[u8]) -> Result<(), StoreError> {
    packed.extend_from_slice(&u16::try_from(key.len())?.to_le_bytes());
    packed.extend_from_slice(&u32::try_from(value.len())?.to_le_bytes());
    packed.extend_from_slice(key.as_bytes());
    packed.extend_from_slice(value);
    Ok(())
}

/// The entries of a packed field.
pub(super) fn unpack(packed: &[u8]) -> impl Iterator<Item = Result<(&str, &[u8]), StoreError>> {
    let mut rest = packed;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let entry = first_entry(rest);
        rest = entry.map_or(&[], |(_, _, rest)| rest);
        Some(entry.map(|(key, value, _)| (key, value)).ok_or_else(|| "a packed field is cut short".into()))
    })
}

fn first_entry(packed: &[u8]) -> Option<(&str, &[u8], &[u8])> {
    let (key_len, rest) = packed.split_first_chunk()?;
    let (value_len, rest) = rest.split_first_chunk()?;
    let (key, rest) = rest.split_at_checked(u16::from_le_bytes(*key_len).into())?;
    let (value, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*value_len)).ok()?)?;
    Some((std::str::from_utf8(key).ok()?, value, rest))
}

/// The changes to one field that holds values.
#[derive(Default)]
pub(super) struct Group<'a> {
    /// The keys whose entries go.
    pub(super) keys: Vec<&'a str>,
    /// The entries that come.
    pub(super) packed: Vec<u8>,
}

/// Changed keys by the field they lie in.
pub(super) fn groups(changes: &Changes) -> Result<BTreeMap<u32, Group<'_>>, StoreError> {
    let mut groups = BTreeMap::<u32, Group<'_>>::new();
    for (key, value) in changes.sets() {
        let group = groups.entry(bucket(key)).or_default();
        group.keys.push(key);
        pack(&mut group.packed, key, value.as_str().as_bytes())?;
    }
    for key in changes.unsets() {
        groups.entry(bucket(key)).or_default().keys.push(key);
    }
    Ok(groups)
}

/// The fields of a new record.
pub(crate) fn fields(record: &Record) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let time = |name: &str, time: Timestamp| (name.to_owned(), time.as_millis().to_string().into_bytes());
    let mut fields = vec![
        ("token".to_owned(), record.token.as_bytes().to_vec()),
        time("created", record.created),
        time("seen", record.seen),
        time("expires", record.expires),
        ("idle".to_owned(), millis(record.limits.idle).to_string().into_bytes()),
        time("ends", record.limits.end),
        ("revision".to_owned(), record.revision.to_string().into_bytes()),
    ];
    fields.extend(record.rotated.map(|rotated| time("rotated", rotated)));
    fields.extend(record.label.as_ref().map(|label| ("label".to_owned(), label.clone().into_bytes())));
    let mut buckets = BTreeMap::<u32, Vec<u8>>::new();
    for (key, value) in record.values.iter() {
        pack(buckets.entry(bucket(key)).or_default(), key, value.as_bytes())?;
    }
    fields.extend(buckets.into_iter().map(|(bucket, packed)| (bucket.to_string(), packed)));
    Ok(fields)
}

/// The fields of a hash as Redis gave them, in either version of its protocol.
pub(super) struct Fields(Vec<(Vec<u8>, Vec<u8>)>);

impl Fields {
    pub(super) fn read(reply: Value) -> Result<Self, StoreError> {
        let mut fields = Vec::new();
        match reply {
            Value::Map(pairs) => {
                for (field, value) in pairs {
                    fields.push((bytes(field)?, bytes(value)?));
                }
            }
            list => {
                let mut items = items(list)?.into_iter();
                while let (Some(field), Some(value)) = (items.next(), items.next()) {
                    fields.push((bytes(field)?, bytes(value)?));
                }
            }
        }
        Ok(Self(fields))
    }

    /// The record, if there is one.
    pub(super) fn record(&self) -> Result<Option<Record>, StoreError> {
        let Some(token) = self.get("token") else { return Ok(None) };
        let token = token.try_into().map_err(|_| "a token hash has 32 bytes")?;
        let limits = Limits { idle: Duration::from_millis(self.number("idle")?), end: self.time("ends")? };
        let mut record = Record::new(TokenHash::from_bytes(token), limits, self.time("created")?);
        record.rotated = self.get("rotated").map(|_| self.time("rotated")).transpose()?;
        record.seen = self.time("seen")?;
        record.expires = self.time("expires")?;
        record.label = self.get("label").map(|label| String::from_utf8(label.to_vec())).transpose()?;
        record.revision = self.number("revision")?;
        record.values = self.values()?;
        Ok(Some(record))
    }

    fn values(&self) -> Result<Values, StoreError> {
        let buckets = self.0.iter().filter(|(field, _)| field.first().is_some_and(u8::is_ascii_digit));
        let entries = buckets.flat_map(|(_, packed)| unpack(packed));
        let value = |entry: Result<(&str, &[u8]), StoreError>| {
            let (key, text) = entry?;
            let text = std::str::from_utf8(text).map_err(|_| "a stored value is not UTF-8")?;
            Ok((Box::<str>::from(key), Json::from_text(text)))
        };
        entries.map(value).collect()
    }

    fn get(&self, field: &str) -> Option<&[u8]> {
        self.0.iter().find(|(name, _)| name == field.as_bytes()).map(|(_, value)| value.as_slice())
    }

    fn time(&self, field: &str) -> Result<Timestamp, StoreError> {
        Ok(Timestamp::from_millis(self.number(field)?))
    }

    fn number<N: std::str::FromStr>(&self, field: &str) -> Result<N, StoreError> {
        self.get(field).and_then(number).ok_or_else(|| format!("the field `{field}` is no number").into())
    }
}

/// The record that these fields are, whoever wrote them.
#[cfg(feature = "testing")]
pub(crate) fn read(fields: Vec<(Vec<u8>, Vec<u8>)>) -> Result<Option<Record>, StoreError> {
    Fields(fields).record()
}

/// A number as the text that Redis keeps it in.
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

    #[test]
    fn what_is_packed_unpacks_equal_and_what_is_cut_short_is_an_error() {
        let longest = "k".repeat(1024);
        let entries = [("", "1"), ("\0", ""), ("á\u{1f600}", "[1]"), (&*longest, "2")];
        let mut packed = Vec::new();
        for (key, value) in entries {
            pack(&mut packed, key, value.as_bytes()).unwrap();
        }
        let unpacked: Vec<_> = unpack(&packed).map(Result::unwrap).collect();
        assert_eq!(unpacked, entries.map(|(key, value)| (key, value.as_bytes())));
        for cut in 1..7 {
            assert!(unpack(&packed[..cut]).any(|entry| entry.is_err()), "{cut} bytes");
        }
    }

    /// A key that another release looks for in another field is lost.
    #[test]
    fn the_field_of_a_key_never_changes() {
        assert_eq!(["", "a", "user.id", "cart", "á"].map(bucket), [25, 0, 30, 8, 20]);
    }
}
