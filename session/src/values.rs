//! Keys and their values: as a map that changes, or as the one text in which a store gave them.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::Error;
use crate::json::{Json, Place, decode_error};

/// Keys and their values, in the order of the keys. A clone shares them until one side changes.
#[derive(Clone)]
pub struct Values(Form);

#[derive(Clone)]
enum Form {
    Map(Arc<BTreeMap<Box<str>, Json>>),
    Packed(Arc<Packed>),
}

/// One text with many keys and values in it: a load takes no allocation for each of them.
struct Packed {
    text: String,
    /// In the order of the keys, each once, each with a value.
    entries: Vec<Entry>,
}

/// Where a key lies in a text, and its value; `None` drops the key.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) key: Span,
    pub(crate) value: Option<Span>,
}

impl Entry {
    fn are_ordered(pair: &[Self], text: &str) -> bool {
        pair[0].key.bytes(text) < pair[1].key.bytes(text)
    }
}

/// A part of a text. It does not end where the text begins: something always stands before it.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    from: u32,
    to: NonZeroU32,
}

impl Span {
    /// `None` if this is no part of the text.
    pub(crate) fn within(text: &str, from: usize, to: usize) -> Option<Self> {
        text.get(from..to)?;
        Some(Self { from: u32::try_from(from).ok()?, to: NonZeroU32::new(u32::try_from(to).ok()?)? })
    }

    fn cut(self, text: &str) -> &str {
        &text[self.from as usize..self.to.get() as usize]
    }

    /// Text is in the order of its bytes.
    fn bytes(self, text: &str) -> &[u8] {
        &text.as_bytes()[self.from as usize..self.to.get() as usize]
    }
}

impl Packed {
    fn key(&self, entry: usize) -> &str {
        self.entries[entry].key.cut(&self.text)
    }

    fn value(&self, entry: usize) -> &str {
        self.entries[entry].value.map_or("", |value| value.cut(&self.text))
    }

    fn find(&self, key: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| entry.key.bytes(&self.text).cmp(key.as_bytes())).ok()
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        (0..self.entries.len()).map(|entry| (self.key(entry), self.value(entry)))
    }
}

impl Values {
    /// What these entries of a text, in the order in which they were written, make of nothing.
    ///
    /// Most begin with a whole session, in the order of its keys, and a few changes follow.
    #[cfg(any(test, feature = "mysql", feature = "redis", feature = "sqlite"))]
    pub(crate) fn written(text: String, mut entries: Vec<Entry>) -> Self {
        let breaks = entries.windows(2).position(|pair| !Entry::are_ordered(pair, &text));
        let later = entries.split_off(breaks.map_or(entries.len(), |last| last + 1));
        Self::changed(text, entries, later.into_iter())
    }

    /// As [`written`](Self::written), of a text that grew at its front: the changes come first, and the last of them
    /// before all others.
    #[cfg(feature = "postgres")]
    pub(crate) fn written_backwards(text: String, mut later: Vec<Entry>) -> Self {
        let breaks = later.windows(2).rposition(|pair| !Entry::are_ordered(pair, &text));
        let entries = later.split_off(breaks.map_or(0, |last| last + 1));
        Self::changed(text, entries, later.into_iter().rev())
    }

    /// Entries in the order of their keys, and what was written later.
    fn changed(text: String, mut entries: Vec<Entry>, later: impl ExactSizeIterator<Item = Entry>) -> Self {
        const FEW: usize = 64;
        let key = |entry: &Entry| entry.key.bytes(&text);
        if later.len() <= FEW {
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

    /// The value of `key`.
    pub fn get(&self, key: &str) -> Option<Json> {
        match &self.0 {
            Form::Map(map) => map.get(key).cloned(),
            Form::Packed(packed) => packed.find(key).map(|entry| Json::from_text(packed.value(entry))),
        }
    }

    /// The text of the value of `key`.
    #[inline]
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        match &self.0 {
            Form::Map(map) => map.get(key).map(Json::as_str),
            Form::Packed(packed) => packed.find(key).map(|entry| packed.value(entry)),
        }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Map(map) => map.len(),
            Form::Packed(packed) => packed.entries.len(),
        }
    }

    /// Whether there is no key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keys and the texts of their values, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let (map, packed) = match &self.0 {
            Form::Map(map) => (Some(map.iter().map(|(key, value)| (&**key, value.as_str()))), None),
            Form::Packed(packed) => (None, Some(packed.iter())),
        };
        map.into_iter().flatten().chain(packed.into_iter().flatten())
    }

    pub(crate) fn as_map_mut(&mut self) -> &mut BTreeMap<Box<str>, Json> {
        if let Form::Packed(packed) = &self.0 {
            let map = packed.iter().map(|(key, value)| (key.into(), Json::from_text(value)));
            self.0 = Form::Map(Arc::new(map.collect()));
        }
        match &mut self.0 {
            Form::Map(map) => Arc::make_mut(map),
            Form::Packed(_) => unreachable!("it has just become a map"),
        }
    }

    /// As one JSON object, for a cookie.
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

    /// As parsed JSON, for inspectors.
    pub(crate) fn to_map(&self, place: Place) -> Result<serde_json::Map<String, Value>, Error> {
        let parsed = self.iter().map(|(key, value)| {
            let value = Json::decode(value).map_err(|error| decode_error::<Value>(place, key, &error))?;
            Ok((key.to_owned(), value))
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
    fn an_object_keeps_keys_and_numbers_to_the_letter() {
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
