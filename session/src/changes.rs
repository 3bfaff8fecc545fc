//! What a request did to one of its two maps: keys set, keys unset, everything cleared. Only this travels to the store.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind};
use crate::field::Keys;
use crate::json::Json;
use crate::values::Values;

/// The longest key, in bytes.
pub const MAX_KEY_LEN: usize = 1024;

/// The changed keys of one map. First the map is cleared, if it is; then each key is set or unset.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    cleared: bool,
    keys: BTreeMap<Box<str>, Option<Json>>,
}

impl Changes {
    /// Whether every key that was there before is dropped.
    pub fn is_cleared(&self) -> bool {
        self.cleared
    }

    /// The keys that get a value.
    pub fn sets(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.keys.iter().filter_map(|(key, value)| Some((&**key, value.as_ref()?)))
    }

    /// The keys that are dropped. None if the whole map [is cleared](Self::is_cleared).
    pub fn unsets(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().filter(|(_, value)| value.is_none()).map(|(key, _)| &**key)
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        !self.cleared && self.keys.is_empty()
    }

    /// Carries the changes out, as every store does.
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
                    Some(held) => *held = value.clone(),
                    None => _ = map.insert(key.clone(), value.clone()),
                },
                None => _ = map.remove(&**key),
            }
        }
    }

    /// What this request made of `key`: nothing so far (`None`), dropped (`Some(None)`), or a value.
    #[expect(clippy::option_option, reason = "untouched, dropped and set are three things")]
    pub(crate) fn get(&self, key: &str) -> Option<Option<&Json>> {
        match self.keys.get(key) {
            Some(value) => Some(value.as_ref()),
            None if self.cleared => Some(None),
            None => None,
        }
    }

    /// Gives a key a value.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::ErrorKind::TooLarge): the key has more than [`MAX_KEY_LEN`] bytes.
    pub fn set(&mut self, key: &str, value: Json) -> Result<(), Error> {
        self.note(key, Some(value))
    }

    #[inline]
    fn note(&mut self, key: &str, value: Option<Json>) -> Result<(), Error> {
        match self.keys.get_mut(key) {
            Some(noted) => *noted = value,
            None => _ = self.keys.insert(checked(key)?.into(), value),
        }
        Ok(())
    }

    /// Drops a key.
    ///
    /// # Errors
    ///
    /// [`TooLarge`](crate::ErrorKind::TooLarge): the key has more than [`MAX_KEY_LEN`] bytes.
    pub fn unset(&mut self, key: &str) -> Result<(), Error> {
        if self.cleared {
            self.keys.remove(checked(key)?);
            return Ok(());
        }
        self.note(key, None)
    }

    /// Drops every key, those set before among them.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.cleared = true;
    }

    /// Whether some key gets a value: only that begins a new session.
    pub(crate) fn writes(&self) -> bool {
        self.sets().next().is_some()
    }

    /// Leaves out what would change nothing in `base`.
    pub(crate) fn without_no_ops(&self, base: &Values) -> Self {
        let mut changes = self.clone();
        changes.cleared &= !base.is_empty();
        if !changes.cleared {
            changes.keys.retain(|key, value| base.text(key) != value.as_ref().map(Json::as_str));
        }
        changes
    }

    /// Writes a field where it is kept, and drops it where it was kept before.
    #[inline]
    pub(crate) fn write(&mut self, keys: &Keys<'_>, value: Option<Json>) -> Result<(), Error> {
        if keys.have_a_past() {
            for retired in keys.retired() {
                self.unset(retired)?;
            }
        }
        match value {
            Some(value) => self.set(keys.home(), value),
            None => self.unset(keys.home()),
        }
    }

    /// The commit of one field on its own, with the clearing that goes before it.
    pub(crate) fn only(&self, keys: &Keys<'_>, value: Option<Json>) -> Result<Self, Error> {
        let mut only = Self { cleared: self.cleared, keys: BTreeMap::new() };
        only.write(keys, value)?;
        Ok(only)
    }

    /// Takes out what [`only`](Self::only) takes along.
    pub(crate) fn take(&mut self, keys: &Keys<'_>) -> Self {
        let own = keys.iter().filter_map(|key| self.keys.remove_entry(key)).collect();
        Self { cleared: std::mem::take(&mut self.cleared), keys: own }
    }

    /// Adds what was done after these changes.
    pub(crate) fn extend(&mut self, newer: Self) {
        if newer.cleared {
            *self = newer;
        } else {
            self.keys.extend(newer.keys);
        }
    }

    /// What begins a new session: the keys that are set.
    pub(crate) fn to_values(&self) -> Values {
        self.sets().map(|(key, value)| (key, value.clone())).collect()
    }
}

fn checked(key: &str) -> Result<&str, Error> {
    if key.len() <= MAX_KEY_LEN {
        return Ok(key);
    }
    let message = format!("a session key has at most {MAX_KEY_LEN} bytes; this one has {}", key.len());
    Err(Error::new(ErrorKind::TooLarge, message))
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

    /// The changes in one line: `!` cleared, `+key` set, `-key` unset.
    fn line(changes: &Changes) -> String {
        let cleared = if changes.is_cleared() { "!" } else { "" };
        let sets = changes.sets().map(|(key, value)| format!("+{key}={}", value.as_str()));
        let unsets = changes.unsets().map(|key| format!("-{key}"));
        cleared.to_owned() + &sets.chain(unsets).collect::<Vec<_>>().join(" ")
    }

    type Verb = fn(&mut Changes);

    #[test]
    fn verbs_add_up() {
        let cases: [(&[Verb], &str, &str); 9] = [
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
        for (verbs, expected, result) in cases {
            let mut changes = Changes::default();
            for verb in verbs {
                verb(&mut changes);
            }
            assert_eq!(line(&changes), expected);
            let mut values = base();
            changes.apply(&mut values);
            let result_is: Vec<_> = values.iter().map(|(key, value)| format!("{key}={value}")).collect();
            assert_eq!(result_is.join(" "), result, "after {expected:?}");
        }
    }

    #[test]
    fn what_is_already_there_is_left_out() {
        let cases: [(&[Verb], &str); 6] = [
            (&[|c| c.set("a", json("1")).unwrap()], ""),
            (&[|c| c.unset("z").unwrap()], ""),
            (&[|c| c.set("a", json("1")).unwrap(), |c| c.set("b", json("9")).unwrap()], "+b=9"),
            (&[|c| c.unset("a").unwrap()], "-a"),
            (&[|c| c.clear()], "!"),
            (&[|c| c.clear(), |c| c.set("a", json("1")).unwrap()], "!+a=1"),
        ];
        for (verbs, expected) in cases {
            let mut changes = Changes::default();
            for verb in verbs {
                verb(&mut changes);
            }
            assert_eq!(line(&changes.without_no_ops(&base())), expected);
        }
        let mut clear = Changes::default();
        clear.clear();
        assert!(clear.without_no_ops(&Values::default()).is_empty(), "clearing nothing changes nothing");
    }

    #[test]
    fn one_key_on_its_own_takes_the_clearing_with_it() {
        let mut changes = Changes::default();
        changes.clear();
        changes.set("a", json("3")).unwrap();
        changes.set("b", json("4")).unwrap();
        assert_eq!(line(&changes.only(&Keys::only("a"), Some(json("5"))).unwrap()), "!+a=5");
        assert_eq!(line(&changes.only(&Keys::only("a"), None).unwrap()), "!");
        assert_eq!(line(&changes.take(&Keys::only("a"))), "!+a=3");
        assert_eq!(line(&changes), "+b=4");
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
