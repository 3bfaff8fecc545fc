//! A custom store: the `SessionStore` trait over a `HashMap`, tested with the conformance suite.
//!
//! `cargo test --example custom_store --features conformance`. Each operation must be atomic. Here, one lock provides this.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use session::SessionId;
use session::store::{
    Commit, Committed, CommittedVersion, DeleteCondition, Deleted, FindPage, IndexChange, IndexCursor, IndexHash,
    Record, RecordPage, Rejection, SessionInfo, SessionStore, StoreError, Timestamp,
};

/// A real store needs database indexes for `find`, `scan` and `delete_expired`.
#[derive(Default)]
struct MapStore(Mutex<HashMap<SessionId, Stored>>);

#[derive(Clone)]
struct Stored {
    record: Record,
    /// The index entry of each indexed key.
    index: HashMap<Box<str>, IndexHash>,
}

impl Stored {
    fn apply_index(&mut self, changes: &[IndexChange]) {
        for IndexChange { key, hash } in changes {
            match hash {
                Some(hash) => self.index.insert(key.clone(), *hash),
                None => self.index.remove(key),
            };
        }
    }

    fn has_entry(&self, hash: &IndexHash) -> bool {
        self.index.values().any(|entry| entry == hash)
    }
}

impl MapStore {
    /// The live sessions in the order of their ids: expired records must not be returned.
    fn live(&self, now: Timestamp) -> Vec<(SessionId, Stored)> {
        let mut live: Vec<_> = self.0.lock().unwrap().iter().map(|(id, stored)| (*id, stored.clone())).collect();
        live.retain(|(_, stored)| stored.record.is_live(now));
        live.sort_unstable_by_key(|(id, _)| *id);
        live
    }
}

#[async_trait]
impl SessionStore for MapStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        Ok(self.0.lock().unwrap().get(id).map(|stored| stored.record.clone()).filter(|record| record.is_live(now)))
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let mut sessions = self.0.lock().unwrap();
        if sessions.contains_key(id) {
            return Ok(false);
        }
        let stored = Stored { record: record.clone(), index: HashMap::new() };
        sessions.entry(*id).or_insert(stored).apply_index(index);
        Ok(true)
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let mut sessions = self.0.lock().unwrap();
        let Some(stored) = sessions.get_mut(id).filter(|stored| stored.record.is_live(commit.now)) else {
            return Ok(Committed::Missing);
        };
        let record = &mut stored.record;
        Ok(match commit.check(&record.token, record.rotated, record.revision) {
            Some(Rejection::Replaced { rotated }) => Committed::Replaced { rotated },
            Some(Rejection::Conflict) => Committed::Conflict(Box::new(record.clone())),
            None => {
                commit.apply(record);
                let version = CommittedVersion { revision: record.revision, expires: record.expires };
                stored.apply_index(&commit.index);
                Committed::Done(Some(version))
            }
        })
    }

    async fn delete(&self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        let mut sessions = self.0.lock().unwrap();
        let Some(stored) = sessions.get(id).filter(|stored| stored.record.is_live(now)) else {
            return Ok(Deleted::Missing);
        };
        match condition {
            DeleteCondition::Token(token) if token != stored.record.token => {
                return Ok(Deleted::Replaced { rotated: stored.record.rotated });
            }
            DeleteCondition::IndexEntry(hash) if !stored.has_entry(&hash) => return Ok(Deleted::Missing),
            _ => sessions.remove(id),
        };
        Ok(Deleted::Done)
    }

    /// The cursor is the position of the last session of the previous page.
    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        let after = cursor.map(str::parse::<IndexCursor>).transpose()?;
        let mut with_entry = self.live(now);
        with_entry.retain(|(id, stored)| {
            stored.has_entry(hash) && Some(IndexCursor::new(stored.record.created, *id)) > after
        });
        with_entry.sort_by_key(|(id, stored)| IndexCursor::new(stored.record.created, *id));
        let page = with_entry.iter().take(limit).map(|(id, stored)| SessionInfo::new(*id, &stored.record));
        Ok(FindPage::from_sessions(page.collect(), limit))
    }

    /// The cursor is the last id of the previous page.
    async fn scan(&self, cursor: Option<&str>, batch: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        let after = cursor.map(str::parse::<SessionId>).transpose()?;
        let rest = self.live(now).into_iter().filter(|(id, _)| Some(*id) > after);
        let page: Vec<_> = rest.map(|(id, stored)| (id, stored.record)).take(batch).collect();
        let next = page.last().filter(|_| page.len() == batch).map(|(id, _)| id.to_string());
        Ok(RecordPage::new(page, next))
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        let mut sessions = self.0.lock().unwrap();
        let expired = sessions.iter().filter(|(_, stored)| !stored.record.is_live(now));
        let expired: Vec<SessionId> = expired.map(|(id, _)| *id).take(batch).collect();
        Ok(expired.iter().filter_map(|id| sessions.remove(id)).count())
    }
}

fn main() {
    let config = session::SessionConfig::new(session::SecretKey::generate());
    let manager = session::SessionManager::new(MapStore::default(), config);
    println!("{manager:?}");
}

#[cfg(test)]
session::store::conformance::conformance!(map_store, async {
    session::store::conformance::Fixture::in_process(MapStore::default())
});
