//! The indexed keys of an application, each with its maximum number of sessions.

use crate::record::changes::Changes;
use crate::record::index::{IndexChange, IndexHash};
use crate::record::values::Values;

/// The keys that an application indexes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index(Vec<IndexedKey>);

#[derive(Clone, Debug)]
struct IndexedKey {
    key: Box<str>,
    /// The maximum number of live sessions with one value.
    limit: Option<usize>,
}

/// A value with a limited number of sessions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LimitedValue {
    pub(crate) hash: IndexHash,
    pub(crate) limit: usize,
}

impl Index {
    pub(crate) fn add(&mut self, key: &str, limit: Option<usize>) {
        self.0.retain(|indexed| *indexed.key != *key);
        self.0.push(IndexedKey { key: key.into(), limit });
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.0.iter().any(|indexed| *indexed.key == *key)
    }

    /// Returns the index changes that belong to changed keys.
    pub(crate) fn changes(&self, changes: &Changes) -> Vec<IndexChange> {
        let change = |indexed: &IndexedKey| {
            let value = changes.get(&indexed.key)?;
            let hash = value.map(|value| IndexHash::new(&indexed.key, value));
            Some(IndexChange { key: indexed.key.clone(), hash })
        };
        self.0.iter().filter_map(change).collect()
    }

    /// Returns one change for each indexed key, so that the entries match a session's values.
    pub(crate) fn entries(&self, values: &Values) -> Vec<IndexChange> {
        let entry = |indexed: &IndexedKey| IndexChange {
            key: indexed.key.clone(),
            hash: values.get(&indexed.key).map(|value| IndexHash::new(&indexed.key, &value)),
        };
        self.0.iter().map(entry).collect()
    }

    /// Returns the new values whose number of sessions is limited.
    pub(crate) fn limited_values(&self, changes: &[IndexChange]) -> Vec<LimitedValue> {
        let limited = |change: &IndexChange| {
            let limit = self.0.iter().find(|indexed| indexed.key == change.key)?.limit?;
            Some(LimitedValue { hash: change.hash?, limit })
        };
        changes.iter().filter_map(limited).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::json::Json;

    fn index() -> Index {
        let mut index = Index::default();
        index.add("user", Some(3));
        index.add("device", None);
        index
    }

    #[test]
    fn a_change_of_an_indexed_key_changes_its_entry() {
        let value = Json::from_text("7");
        let mut changes = Changes::default();
        changes.set("cart", value.clone()).unwrap();
        assert_eq!(index().changes(&changes), []);
        changes.set("user", value.clone()).unwrap();
        let user = IndexChange { key: "user".into(), hash: Some(IndexHash::new("user", &value)) };
        assert_eq!(index().changes(&changes), std::slice::from_ref(&user));
        assert_eq!(index().limited_values(std::slice::from_ref(&user)).len(), 1);
        changes.clear();
        let none = |key: &str| IndexChange { key: key.into(), hash: None };
        assert_eq!(index().changes(&changes), [none("user"), none("device")]);
        changes.set("user", value).unwrap();
        assert_eq!(index().changes(&changes), [user, none("device")]);
    }
}
