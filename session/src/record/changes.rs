//! The changes of one map: keys set, keys unset, all keys cleared. A commit sends only these.

use std::collections::BTreeMap;

use crate::error::{ClientFault, Error, ErrorKind};
use crate::record::json::Json;
use crate::record::values::Values;

/// The maximum length of a key, in bytes.
pub const MAX_KEY_LEN: usize = 1024;

/// The changed keys of one map. A `clear` is applied first; then each key is set or unset.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    cleared: bool,
    keys: BTreeMap<Box<str>, Option<Json>>,
}

impl Changes {
    /// Returns true if all previous keys are removed first.
    pub fn is_cleared(&self) -> bool {
        self.cleared
    }

    /// Returns the keys that are set, with their values.
    pub fn sets(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.keys.iter().filter_map(|(key, value)| Some((&**key, value.as_ref()?)))
    }

    /// Returns the keys that are unset. Empty if the whole map [is cleared](Self::is_cleared).
    pub fn unsets(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().filter(|(_, value)| value.is_none()).map(|(key, _)| &**key)
    }

    /// Returns true if there is no change.
    pub fn is_empty(&self) -> bool {
        !self.cleared && self.keys.is_empty()
    }

    /// Applies the changes to a map. Every store must do the same.
    pub fn apply(&self, values: &mut Values) {
        if self.is_empty() {
            return;
        }
        if self.cleared {
            *values = Values::default();
        }
        let map = values.as_map_mut();
        for (key, value) in &self.keys {
            match value {
                Some(value) => match map.get_mut(&**key) {
                    Some(current) => *current = value.clone(),
                    None => _ = map.insert(key.clone(), value.clone()),
                },
                None => _ = map.remove(&**key),
            }
        }
    }

    /// Returns the change of `key`: none (`None`), unset (`Some(None)`), or set to a value.
    #[expect(clippy::option_option, reason = "unchanged, unset and set are three states")]
    pub(crate) fn get(&self, key: &str) -> Option<Option<&Json>> {
        match self.keys.get(key) {
            Some(value) => Some(value.as_ref()),
            None if self.cleared => Some(None),
            None => None,
        }
    }

    /// Sets a key.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::ErrorKind::TooLarge): the key has more than [`MAX_KEY_LEN`] bytes.
    pub fn set(&mut self, key: &str, value: Json) -> Result<(), Error> {
        self.record(key, Some(value))
    }

    #[inline]
    fn record(&mut self, key: &str, value: Option<Json>) -> Result<(), Error> {
        match self.keys.get_mut(key) {
            Some(change) => *change = value,
            None => _ = self.keys.insert(check_len(key)?.into(), value),
        }
        Ok(())
    }

    /// Unsets a key.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::ErrorKind::TooLarge): the key has more than [`MAX_KEY_LEN`] bytes.
    pub fn unset(&mut self, key: &str) -> Result<(), Error> {
        if self.cleared {
            self.keys.remove(check_len(key)?);
            return Ok(());
        }
        self.record(key, None)
    }

    /// Removes all keys, including those set before.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.cleared = true;
    }

    /// Returns true if a key is set. Only this creates a new session.
    pub(crate) fn has_sets(&self) -> bool {
        self.sets().next().is_some()
    }

    /// Returns the changes without those that have no effect on `base`. Values are equal if their texts are equal.
    pub(crate) fn without_no_ops(&self, base: &Values) -> Self {
        self.without_no_ops_by(base, |_, value, stored| value.as_str() == stored)
    }

    /// Returns the changes without those that have no effect on `base`. `is_stored_as` compares a value with a stored text.
    pub(crate) fn without_no_ops_by(&self, base: &Values, is_stored_as: impl Fn(&str, &Json, &str) -> bool) -> Self {
        let mut changes = self.clone();
        changes.cleared &= !base.is_empty();
        if !changes.cleared {
            changes.keys.retain(|key, value| match (value, base.text(key)) {
                (Some(value), Some(stored)) => !is_stored_as(key, value, stored),
                (None, None) => false,
                _ => true,
            });
        }
        changes
    }

    /// Returns true if a value must be encrypted before it reaches the store.
    pub(crate) fn needs_seal(&self) -> bool {
        self.sets().any(|(_, value)| value.needs_seal())
    }

    /// Returns the same changes with encrypted values, where they must be encrypted.
    pub(crate) fn sealed(&self, seal: impl Fn(&str, &Json) -> Json) -> Self {
        let mut changes = self.clone();
        for (key, value) in &mut changes.keys {
            if let Some(value) = value.as_mut().filter(|value| value.needs_seal()) {
                *value = seal(key, value);
            }
        }
        changes
    }

    /// Returns changes that only contain the `clear` of these ones.
    pub(crate) fn clear_only(&self) -> Self {
        Self { cleared: self.cleared, keys: BTreeMap::new() }
    }

    /// Removes the changes of these keys, with the `clear`, and returns them.
    pub(crate) fn take<'k>(&mut self, keys: impl Iterator<Item = &'k str>) -> Self {
        let taken = keys.filter_map(|key| self.keys.remove_entry(key)).collect();
        Self { cleared: std::mem::take(&mut self.cleared), keys: taken }
    }

    /// Adds newer changes.
    pub(crate) fn extend(&mut self, newer: Self) {
        if newer.cleared {
            *self = newer;
        } else {
            self.keys.extend(newer.keys);
        }
    }

    /// Returns true if each change of `older` is replaced by one of these.
    pub(crate) fn overwrites(&self, older: &Self) -> bool {
        self.cleared || !older.cleared && older.keys.keys().all(|key| self.keys.contains_key(key))
    }

    /// Returns the keys that are set, as the values of a new session.
    pub(crate) fn to_values(&self) -> Values {
        self.sets().map(|(key, value)| (key, value.clone())).collect()
    }
}

fn check_len(key: &str) -> Result<&str, Error> {
    if key.len() <= MAX_KEY_LEN {
        return Ok(key);
    }
    let message = format!("a session key has at most {MAX_KEY_LEN} bytes, this one has {}", key.len());
    Err(Error::by_client(ErrorKind::TooLarge, message, ClientFault::LongKey))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::from_text(text)
    }

    fn base() -> Values {
        [("a", json("1")), ("b", json("2"))].into_iter().collect()
    }

    /// Formats the changes in one line: `!` cleared, `+key` set, `-key` unset.
    fn line(changes: &Changes) -> String {
        let cleared = if changes.is_cleared() { "!" } else { "" };
        let sets = changes.sets().map(|(key, value)| format!("+{key}={}", value.as_str()));
        let unsets = changes.unsets().map(|key| format!("-{key}"));
        cleared.to_owned() + &sets.chain(unsets).collect::<Vec<_>>().join(" ")
    }

    type Change = fn(&mut Changes);

    #[test]
    fn later_changes_replace_earlier_ones() {
        let cases: [(&[Change], &str, &str); 9] = [
            (&[], "", "a=1 b=2"),
            (&[|c| c.set("a", json("3")).unwrap()], "+a=3", "a=3 b=2"),
            (&[|c| c.set("a", json("3")).unwrap(), |c| c.unset("a").unwrap()], "-a", "b=2"),
            (&[|c| c.unset("a").unwrap(), |c| c.set("a", json("3")).unwrap()], "+a=3", "a=3 b=2"),
            (&[|c| c.clear()], "!", ""),
            (&[|c| c.set("c", json("3")).unwrap(), |c| c.clear()], "!", ""),
            (&[|c| c.clear(), |c| c.set("c", json("3")).unwrap()], "!+c=3", "c=3"),
            (&[|c| c.clear(), |c| c.unset("a").unwrap()], "!", ""),
            (&[|c| c.unset("z").unwrap()], "-z", "a=1 b=2"),
        ];
        for (steps, expected, result) in cases {
            let mut changes = Changes::default();
            for step in steps {
                step(&mut changes);
            }
            assert_eq!(line(&changes), expected);
            let mut values = base();
            changes.apply(&mut values);
            let result_is: Vec<_> = values.iter().map(|(key, value)| format!("{key}={value}")).collect();
            assert_eq!(result_is.join(" "), result, "after {expected:?}");
        }
    }

    #[test]
    fn changes_without_effect_are_omitted() {
        let cases: [(&[Change], &str); 6] = [
            (&[|c| c.set("a", json("1")).unwrap()], ""),
            (&[|c| c.unset("z").unwrap()], ""),
            (&[|c| c.set("a", json("1")).unwrap(), |c| c.set("b", json("9")).unwrap()], "+b=9"),
            (&[|c| c.unset("a").unwrap()], "-a"),
            (&[|c| c.clear()], "!"),
            (&[|c| c.clear(), |c| c.set("a", json("1")).unwrap()], "!+a=1"),
        ];
        for (steps, expected) in cases {
            let mut changes = Changes::default();
            for step in steps {
                step(&mut changes);
            }
            assert_eq!(line(&changes.without_no_ops(&base())), expected);
        }
        let mut clear = Changes::default();
        clear.clear();
        assert!(clear.without_no_ops(&Values::default()).is_empty(), "clearing nothing changes nothing");
    }

    #[test]
    fn a_key_over_the_limit_is_an_error_and_changes_nothing() {
        let mut changes = Changes::default();
        assert!(changes.set(&"k".repeat(MAX_KEY_LEN), json("1")).is_ok());
        for result in [changes.set(&"k".repeat(MAX_KEY_LEN + 1), json("1")), changes.unset(&"é".repeat(513))] {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::TooLarge);
        }
        assert_eq!(changes.sets().count(), 1);
    }
}
