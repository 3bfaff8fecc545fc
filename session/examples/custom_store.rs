//! A custom store over a map, tested with the conformance suite: `cargo test -p session --example custom_store --features conformance`.
//! Each operation must be atomic; here, one lock provides this. A real store needs database indexes for its searches.
#![allow(dead_code, clippy::wildcard_imports, reason = "the example is a test")]

use std::collections::btree_map::{BTreeMap, Entry};

use session::{SessionId, store::*};

type Stored = (Record, BTreeMap<Box<str>, IndexHash>);

#[derive(Default)]
struct MapStore(std::sync::Mutex<BTreeMap<SessionId, Stored>>);

#[async_trait::async_trait]
impl SessionStore for MapStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        Ok(self.0.lock().unwrap().get(id).filter(|(record, _)| record.is_live(now)).map(|(record, _)| record.clone()))
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let mut sessions = self.0.lock().unwrap();
        let Entry::Vacant(new) = sessions.entry(*id) else { return Ok(false) };
        let (_, entries) = new.insert((record.clone(), BTreeMap::new()));
        index.iter().map(|change| change.apply(entries)).for_each(drop);
        Ok(true)
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let mut sessions = self.0.lock().unwrap();
        let live = sessions.get_mut(id).filter(|(record, _)| record.is_live(commit.now));
        let Some((record, entries)) = live else { return Ok(Committed::Missing) };
        let committed = commit.apply_to(record);
        let changes = commit.index.iter().filter(|_| matches!(committed, Committed::Done(_)));
        changes.map(|change| change.apply(entries)).for_each(drop);
        Ok(committed)
    }

    async fn delete(&self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        let mut sessions = self.0.lock().unwrap();
        let live = sessions.get(id).filter(|(record, _)| record.is_live(now));
        let Some((record, entries)) = live else { return Ok(Deleted::Missing) };
        let deleted = condition.check(record, |hash| entries.values().any(|entry| entry == hash));
        _ = (deleted == Deleted::Done).then(|| sessions.remove(id));
        Ok(deleted)
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        let after = cursor.map(str::parse::<IndexCursor>).transpose()?;
        let sessions = self.0.lock().unwrap();
        let has_entry = |entries: &BTreeMap<_, _>| entries.values().any(|entry| entry == hash);
        let found = sessions.iter().filter(|(_, (record, entries))| record.is_live(now) && has_entry(entries));
        let found = found.map(|(id, (record, _))| (IndexCursor::new(record.created, *id), (*id, record.clone())));
        let found: BTreeMap<_, _> = found.filter(|(position, _)| Some(*position) > after).collect(); // sorted
        Ok(RecordPage::from_sessions(found.into_values().take(limit).collect(), limit))
    }

    async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        let after = cursor.map(str::parse::<SessionId>).transpose().map_err(|_| InvalidCursor)?;
        let sessions = self.0.lock().unwrap();
        let rest = sessions.iter().filter(|(id, (record, _))| Some(**id) > after && record.is_live(now));
        Ok(RecordPage::by_id(rest.take(limit).map(|(id, (record, _))| (*id, record.clone())).collect(), limit))
    }

    async fn delete_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut sessions = self.0.lock().unwrap();
        let expired = sessions.iter().filter(|(_, (record, _))| !record.is_live(now));
        let expired: Vec<_> = expired.map(|(id, _)| *id).take(limit).collect();
        Ok(expired.iter().filter_map(|id| sessions.remove(id)).count())
    }
}

fn main() {}
#[cfg(test)]
conformance::conformance!(map_store, async { conformance::Fixture::in_process(MapStore::default()) });
