//! Sessions in this process's memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{
    Commit, Committed, DeleteCondition, Deleted, IndexChange, IndexHash, Record, Rejection, ScanPage, SessionInfo,
    SessionStore, StoreError, Timestamp,
};
use crate::record::id::SessionId;

/// Keeps sessions in memory: for tests, and for applications of one process whose users may be signed out by a
/// restart.
///
/// It is cheap to clone, and clones share the sessions. Values are shared with the requests that read them, not
/// copied. Each new session drops up to two expired ones, so that memory follows the live sessions even if nobody calls
/// [`delete_expired`](crate::SessionManager::delete_expired).
///
/// ```
/// use session::store::MemoryStore;
/// use session::{SecretKey, SessionConfig, SessionManager};
///
/// let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// ```
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Records>>);

#[derive(Default)]
struct Records {
    by_id: BTreeMap<SessionId, Record>,
    by_expiry: BTreeSet<(Timestamp, SessionId)>,
    /// Each session's entries, by key; and all entries, by hash.
    entries: BTreeMap<SessionId, BTreeMap<Box<str>, IndexHash>>,
    by_entry: BTreeSet<(IndexHash, SessionId)>,
}

impl MemoryStore {
    /// A store with no sessions.
    pub fn new() -> Self {
        Self::default()
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        // No code of the user's runs under this lock, so a poisoned one still holds whole records.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Records {
    /// The live record of `id`.
    fn live(&mut self, id: &SessionId, now: Timestamp) -> Option<&mut Record> {
        self.by_id.get_mut(id).filter(|record| record.is_live(now))
    }

    fn remove(&mut self, id: &SessionId) {
        if let Some(record) = self.by_id.remove(id) {
            self.by_expiry.remove(&(record.expires, *id));
        }
        for hash in self.entries.remove(id).unwrap_or_default().into_values() {
            self.by_entry.remove(&(hash, *id));
        }
    }

    fn reindex(&mut self, id: &SessionId, changes: &[IndexChange]) {
        for IndexChange { key, hash } in changes {
            let entries = self.entries.entry(*id).or_default();
            let before = match hash {
                Some(hash) => entries.insert(key.clone(), *hash),
                None => entries.remove(key),
            };
            before.map(|before| self.by_entry.remove(&(before, *id)));
            hash.map(|hash| self.by_entry.insert((hash, *id)));
        }
    }

    /// The sessions that have this entry, in the order of their ids.
    fn carrying(&self, hash: &IndexHash) -> impl Iterator<Item = &SessionId> {
        let from = (*hash, SessionId::from_bytes([0; 16]));
        self.by_entry.range(from..).take_while(move |(entry, _)| entry == hash).map(|(_, id)| id)
    }

    fn delete_expired(&mut self, now: Timestamp, batch: usize) -> usize {
        let expired: Vec<_> =
            self.by_expiry.iter().take_while(|(expires, _)| *expires <= now).take(batch).copied().collect();
        for (_, id) in &expired {
            self.remove(id);
        }
        expired.len()
    }

    fn commit(&mut self, id: &SessionId, commit: &Commit) -> Committed {
        let Some(record) = self.live(id, commit.now) else { return Committed::Missing };
        match commit.check(&record.token, record.rotated, record.revision) {
            Some(Rejection::Replaced { rotated }) => return Committed::Replaced { rotated },
            Some(Rejection::Conflict) => return Committed::Conflict(Box::new(record.clone())),
            None => {}
        }
        let before = record.expires;
        commit.apply(record);
        let (revision, expires) = (record.revision, record.expires);
        if expires != before {
            self.by_expiry.remove(&(before, *id));
            self.by_expiry.insert((expires, *id));
        }
        self.reindex(id, &commit.index);
        Committed::Done { revision, expires }
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        Ok(self.records().live(id, now).cloned())
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let mut records = self.records();
        if records.by_id.contains_key(id) {
            return Ok(false);
        }
        records.delete_expired(record.created, 2);
        records.by_expiry.insert((record.expires, *id));
        records.by_id.insert(*id, record.clone());
        records.reindex(id, index);
        Ok(true)
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        Ok(self.records().commit(id, commit))
    }

    async fn delete(&self, id: &SessionId, proof: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        let mut records = self.records();
        let lacks = matches!(proof, DeleteCondition::IndexEntry(hash) if !records.by_entry.contains(&(hash, *id)));
        let deleted = match (records.live(id, now), proof) {
            (Some(record), DeleteCondition::Token(token)) if record.token != token => {
                Deleted::Replaced { rotated: record.rotated }
            }
            (Some(_), _) if !lacks => Deleted::Done,
            _ => Deleted::Missing,
        };
        if deleted == Deleted::Done {
            records.remove(id);
        }
        Ok(deleted)
    }

    async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<SessionInfo>, StoreError> {
        let records = self.records();
        let ids = records.carrying(hash);
        let live = ids.filter_map(|id| Some((*id, records.by_id.get(id).filter(|record| record.is_live(now))?)));
        let mut found: Vec<SessionInfo> = live.map(|(id, record)| SessionInfo::new(id, record)).collect();
        found.sort_by_key(|found| (found.created, found.id));
        Ok(found)
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<ScanPage, StoreError> {
        let after = from.map(str::parse::<SessionId>).transpose()?.map_or(Bound::Unbounded, Bound::Excluded);
        let records = self.records();
        let part: Vec<_> = records.by_id.range((after, Bound::Unbounded)).take(batch).collect();
        let next = part.last().filter(|_| part.len() == batch).map(|(id, _)| id.to_string());
        let live = part.into_iter().filter(|(_, record)| record.is_live(now));
        Ok(ScanPage::new(live.map(|(id, record)| (*id, record.clone())).collect(), next))
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        Ok(self.records().delete_expired(now, batch))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("sessions", &self.records().by_id.len()).finish()
    }
}
