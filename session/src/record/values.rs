//! The keys and values of a session: a map, or one text from a store with the positions of keys and values.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::ops::Bound;
use std::sync::Arc;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::Error;
use crate::record::json::Json;
use crate::record::json::errors::decode_error;
use crate::record::side::Side;

/// The value that inspectors show instead of a secret one.
const REDACTED: &str = "[redacted]";

/// The form in which an inspector shows a value.
pub(crate) enum Shown {
    /// The stored text.
    Stored,
    /// Another text.
    Text(String),
    Redacted,
    /// The value expired.
    Omitted,
}

/// Keys and their values, ordered by key. Clones share the data until one of them changes (copy-on-write).
#[derive(Clone)]
pub struct Values(Form);

#[derive(Clone)]
enum Form {
    Map(Arc<BTreeMap<Box<str>, Json>>),
    Packed(Arc<Packed>),
}

/// One text that contains all keys and values, so that a load needs no allocation per key.
struct Packed {
    text: String,
    /// Ordered by key, without duplicates; each has a value.
    entries: Vec<Entry>,
}

/// The positions of a key and its value in a text. `None` as value removes the key.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) key: Span,
    pub(crate) value: Option<Span>,
}

impl Entry {
    fn are_ordered(pair: &[Self], text: &str) -> bool {
        pair[0].key.as_bytes(text) < pair[1].key.as_bytes(text)
    }
}

/// A range of a text. Its end is greater than zero, since other bytes precede it; this allows `NonZeroU32`.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    start: u32,
    end: NonZeroU32,
}

impl Span {
    /// Returns `None` if the range is not within the text.
    pub(crate) fn within(text: &str, start: usize, end: usize) -> Option<Self> {
        text.get(start..end)?;
        Some(Self { start: u32::try_from(start).ok()?, end: NonZeroU32::new(u32::try_from(end).ok()?)? })
    }

    fn as_str(self, text: &str) -> &str {
        &text[self.start as usize..self.end.get() as usize]
    }

    /// For comparisons: the order of strings is the order of their bytes.
    fn as_bytes(self, text: &str) -> &[u8] {
        &text.as_bytes()[self.start as usize..self.end.get() as usize]
    }
}

impl Packed {
    fn key(&self, entry: usize) -> &str {
        self.entries[entry].key.as_str(&self.text)
    }

    fn value(&self, entry: usize) -> &str {
        self.entries[entry].value.map_or("", |value| value.as_str(&self.text))
    }

    fn find(&self, key: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| entry.key.as_bytes(&self.text).cmp(key.as_bytes())).ok()
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        (0..self.entries.len()).map(|entry| (self.key(entry), self.value(entry)))
    }
}

impl Values {
    /// Builds the values from entries in the order in which they were written: the last entry of a key is used.
    ///
    /// Most texts begin with a complete session, ordered by key, and a few changes follow.
    #[cfg(any(test, feature = "conformance", feature = "redis"))]
    pub(crate) fn from_oldest_first(text: String, mut entries: Vec<Entry>) -> Self {
        let breaks = entries.windows(2).position(|pair| !Entry::are_ordered(pair, &text));
        let later = entries.split_off(breaks.map_or(entries.len(), |last| last + 1));
        Self::with_later_entries(text, entries, later.into_iter())
    }

    /// Builds the values from entries in reverse order: the first entry of a key is used.
    #[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
    pub(crate) fn from_newest_first(text: String, mut later: Vec<Entry>) -> Self {
        let breaks = later.windows(2).rposition(|pair| !Entry::are_ordered(pair, &text));
        let entries = later.split_off(breaks.map_or(0, |last| last + 1));
        Self::with_later_entries(text, entries, later.into_iter().rev())
    }

    /// Builds the values from entries ordered by key, and from later entries that replace them.
    fn with_later_entries(text: String, mut entries: Vec<Entry>, later: impl ExactSizeIterator<Item = Entry>) -> Self {
        const MAX_SINGLE_INSERTS: usize = 64;
        let key = |entry: &Entry| entry.key.as_bytes(&text);
        if later.len() <= MAX_SINGLE_INSERTS {
            for entry in later {
                match entries.binary_search_by(|other| key(other).cmp(key(&entry))) {
                    Ok(at) => entries[at] = entry,
                    Err(at) => entries.insert(at, entry),
                }
            }
        } else {
            entries.extend(later);
            entries.reverse();
            entries.sort_by(|one, other| key(one).cmp(key(other)));
            entries.dedup_by(|earlier, last| key(earlier) == key(last));
        }
        entries.retain(|entry| entry.value.is_some());
        Self(Form::Packed(Arc::new(Packed { text, entries })))
    }

    /// Returns the value of `key`.
    pub fn get(&self, key: &str) -> Option<Json> {
        match &self.0 {
            Form::Map(map) => map.get(key).cloned(),
            Form::Packed(packed) => packed.find(key).map(|entry| Json::from_text(packed.value(entry))),
        }
    }

    /// Returns the JSON text of `key`.
    #[inline]
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match &self.0 {
            Form::Map(map) => map.get(key).map(Json::as_str),
            Form::Packed(packed) => packed.find(key).map(|entry| packed.value(entry)),
        }
    }

    /// Returns true if this request has set `key` to a value that must still be encrypted.
    pub(crate) fn needs_seal(&self, key: &str) -> bool {
        match &self.0 {
            Form::Map(map) => map.get(key).is_some_and(Json::needs_seal),
            Form::Packed(_) => false,
        }
    }

    /// Returns the same values in the form in which SQL stores and Redis return them.
    #[cfg(test)]
    pub(crate) fn packed(&self) -> Self {
        let mut text = String::from("{");
        let mut push = |part: &str| {
            let start = text.len();
            text.push_str(part);
            Span::within(&text, start, text.len())
        };
        let entries =
            self.iter().filter_map(|(key, value)| Some(Entry { key: push(key)?, value: push(value) })).collect();
        Self::with_later_entries(text, entries, std::iter::empty())
    }

    /// Returns the text from a store that contains the keys and values, if they were not changed since.
    #[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
    pub(crate) fn packed_text(&self) -> Option<&str> {
        match &self.0 {
            Form::Map(_) => None,
            Form::Packed(packed) => Some(&packed.text),
        }
    }

    /// Returns the number of keys.
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Map(map) => map.len(),
            Form::Packed(packed) => packed.entries.len(),
        }
    }

    /// Returns true if there is no key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the keys and the JSON texts of their values, ordered by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let (map, packed) = match &self.0 {
            Form::Map(map) => (Some(map.iter().map(|(key, value)| (&**key, value.as_str()))), None),
            Form::Packed(packed) => (None, Some(packed.iter())),
        };
        map.into_iter().flatten().chain(packed.into_iter().flatten())
    }

    /// Returns the keys that start with `prefix`, in order.
    pub(crate) fn keys_with_prefix(&self, prefix: String) -> impl Iterator<Item = &str> + use<'_> {
        let (map, packed) = match &self.0 {
            Form::Map(map) => {
                let range = map.range::<str, _>((Bound::Included(&*prefix), Bound::Unbounded));
                (Some(range.map(|(key, _)| &**key)), None)
            }
            Form::Packed(packed) => {
                let before = |entry: &Entry| entry.key.as_bytes(&packed.text) < prefix.as_bytes();
                let first = packed.entries.partition_point(before);
                (None, Some((first..packed.entries.len()).map(|entry| packed.key(entry))))
            }
        };
        let keys = map.into_iter().flatten().chain(packed.into_iter().flatten());
        keys.take_while(move |key| key.starts_with(&*prefix))
    }

    pub(crate) fn as_map_mut(&mut self) -> &mut BTreeMap<Box<str>, Json> {
        if let Form::Packed(packed) = &self.0 {
            let map = packed.iter().map(|(key, value)| (key.into(), Json::from_text(value)));
            self.0 = Form::Map(Arc::new(map.collect()));
        }
        match &mut self.0 {
            Form::Map(map) => Arc::make_mut(map),
            Form::Packed(_) => unreachable!("converted to a map above"),
        }
    }

    /// Encodes the values as one JSON object, for a cookie.
    pub(crate) fn to_object(&self) -> Vec<u8> {
        let raw = |value| serde_json::from_str(value).ok();
        let object: BTreeMap<&str, &RawValue> =
            self.iter().filter_map(|(key, value)| Some((key, raw(value)?))).collect();
        serde_json::to_vec(&object).unwrap_or_default()
    }

    pub(crate) fn from_object(bytes: &[u8]) -> Option<Self> {
        let object: BTreeMap<Box<str>, &RawValue> = serde_json::from_slice(bytes).ok()?;
        Some(object.into_iter().map(|(key, value)| (key, Json::from_text(value.get()))).collect())
    }

    /// Parses all values, for inspectors. `shown` decides about each value.
    pub(crate) fn to_map(
        &self,
        side: Side,
        shown: impl Fn(&str, &str) -> Shown,
    ) -> Result<serde_json::Map<String, Value>, Error> {
        let decode = |key: &str, text: &str| {
            let to_error = |error| decode_error::<Value>(side, key, text, &error, |_| String::new());
            Ok((key.to_owned(), Json::decode(text).map_err(to_error)?))
        };
        let parsed = self.iter().filter_map(|(key, text)| match shown(key, text) {
            Shown::Stored => Some(decode(key, text)),
            Shown::Text(text) => Some(decode(key, &text)),
            Shown::Redacted => Some(Ok((key.to_owned(), Value::from(REDACTED)))),
            Shown::Omitted => None,
        });
        parsed.collect()
    }
}

impl Default for Values {
    fn default() -> Self {
        Self(Form::Map(Arc::default()))
    }
}

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Values {}

impl<K: Into<Box<str>>> FromIterator<(K, Json)> for Values {
    fn from_iter<I: IntoIterator<Item = (K, Json)>>(pairs: I) -> Self {
        Self(Form::Map(Arc::new(pairs.into_iter().map(|(key, value)| (key.into(), value)).collect())))
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (key, value) in self.iter() {
            map.entry(&key, &format_args!("Json({} bytes)", value.len()));
        }
        map.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_numbers_are_unchanged_by_an_object_and_back() {
        let values: Values = [("", "1e308"), ("a ", "-0.0"), ("\0", "18446744073709551615")]
            .into_iter()
            .map(|(key, text)| (key, Json::from_text(text)))
            .collect();
        assert_eq!(Values::from_object(&values.to_object()).unwrap(), values);
    }

    #[test]
    fn no_debug_output_shows_a_value() {
        let values: Values = [("key", Json::encode(&"secret").unwrap())].into_iter().collect();
        assert_eq!(format!("{values:?}"), "{\"key\": Json(8 bytes)}");
    }
}
