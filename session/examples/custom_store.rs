//! A custom store: the `SessionStore` trait over a `HashMap`, tested with the conformance suite.
//!
//! `cargo test --example custom_store`. Each operation must be atomic; here, one lock provides this.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use session::SessionId;
use session::store::{
    Commit, Committed, Deleted, Found, IndexChange, IndexHash, Obstacle, Page, Proof, Record, SessionStore, StoreError,
    Timestamp,
};

/// Each record, with its index entries by key. A real store needs indexes for `find`, `scan` and `delete_expired`.
#[derive(Default)]
struct MapStore(Mutex<HashMap<SessionId, (Record, HashMap<Box<str>, IndexHash>)>>);

impl MapStore {
    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, (Record, HashMap<Box<str>, IndexHash>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn apply_index(entries: &mut HashMap<Box<str>, IndexHash>, changes: &[IndexChange]) {
    for IndexChange { key, hash } in changes {
        match hash {
            Some(hash) => entries.insert(key.clone(), *hash),
            None => entries.remove(key),
        };
    }
}

#[async_trait]
impl SessionStore for MapStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        Ok(self.lock().get(id).map(|(record, _)| record.clone()).filter(|record| record.is_live(now)))
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let mut sessions = self.lock();
        if sessions.contains_key(id) {
            return Ok(false);
        }
        let mut entries = HashMap::new();
        apply_index(&mut entries, index);
        sessions.insert(*id, (record.clone(), entries));
        Ok(true)
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let mut sessions = self.lock();
        let Some((record, entries)) = sessions.get_mut(id).filter(|(record, _)| record.is_live(commit.now)) else {
            return Ok(Committed::Missing);
        };
        Ok(match commit.obstacle(&record.token, record.rotated, record.revision) {
            Some(Obstacle::Replaced { rotated }) => Committed::Replaced { rotated },
            Some(Obstacle::Conflict) => Committed::Conflict(Box::new(record.clone())),
            None => {
                commit.apply(record);
                apply_index(entries, &commit.index);
                Committed::Done { revision: record.revision, expires: record.expires }
            }
        })
    }

    async fn delete(&self, id: &SessionId, proof: Proof, now: Timestamp) -> Result<Deleted, StoreError> {
        let mut sessions = self.lock();
        let Some((record, entries)) = sessions.get(id).filter(|(record, _)| record.is_live(now)) else {
            return Ok(Deleted::Missing);
        };
        match proof {
            Proof::Token(token) if token != record.token => return Ok(Deleted::Replaced { rotated: record.rotated }),
            Proof::Entry(hash) if !entries.values().any(|entry| *entry == hash) => return Ok(Deleted::Missing),
            _ => sessions.remove(id),
        };
        Ok(Deleted::Done)
    }

    async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<Found>, StoreError> {
        let sessions = self.lock();
        let live = sessions.iter().filter(|(_, (record, _))| record.is_live(now));
        let with_entry = live.filter(|(_, (_, entries))| entries.values().any(|entry| entry == hash));
        let mut found: Vec<Found> = with_entry.map(|(id, (record, _))| Found::new(*id, record)).collect();
        found.sort_by_key(|session| (session.created, session.id));
        Ok(found)
    }

    /// The cursor is the last id of the page before.
    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<Page, StoreError> {
        let after = from.map(str::parse::<SessionId>).transpose()?;
        let sessions = self.lock();
        let mut ids: Vec<SessionId> = sessions.keys().copied().filter(|id| Some(*id) > after).collect();
        ids.sort_unstable();
        ids.truncate(batch);
        let next = ids.last().filter(|_| ids.len() == batch).map(ToString::to_string);
        let records = ids.into_iter().map(|id| (id, sessions[&id].0.clone()));
        Ok(Page::new(records.filter(|(_, record)| record.is_live(now)).collect(), next))
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        let mut sessions = self.lock();
        let expired = sessions.iter().filter(|(_, (record, _))| !record.is_live(now));
        let expired: Vec<SessionId> = expired.map(|(id, _)| *id).take(batch).collect();
        Ok(expired.iter().filter_map(|id| sessions.remove(id)).count())
    }
}

fn main() {
    let config = session::SessionConfig::new(session::SecretKey::generate());
    let manager = session::SessionManager::new(MapStore::default(), config);
    println!("{manager:?} stores its sessions in a HashMap");
}

#[cfg(test)]
session::testing::conformance!(map_store, async { session::testing::Fixture::in_process(MapStore::default()) });
