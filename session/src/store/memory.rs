//! Sessions in this process's memory.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Commit, Committed, Deleted, Obstacle, Record, SessionStore, StoreError, Timestamp, TokenHash};
use crate::id::SessionId;

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
    by_id: HashMap<SessionId, Record>,
    by_expiry: BTreeSet<(Timestamp, SessionId)>,
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
        match commit.obstacle(&record.token, record.rotated, record.revision) {
            Some(Obstacle::Replaced { rotated }) => return Committed::Replaced { rotated },
            Some(Obstacle::Conflict) => return Committed::Conflict(Box::new(record.clone())),
            None => {}
        }
        let before = record.expires;
        commit.apply(record);
        let (revision, expires) = (record.revision, record.expires);
        if expires != before {
            self.by_expiry.remove(&(before, *id));
            self.by_expiry.insert((expires, *id));
        }
        Committed::Done { revision, expires }
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        Ok(self.records().live(id, now).cloned())
    }

    async fn create(&self, id: &SessionId, record: &Record) -> Result<bool, StoreError> {
        let mut records = self.records();
        if records.by_id.contains_key(id) {
            return Ok(false);
        }
        records.delete_expired(record.created, 2);
        records.by_expiry.insert((record.expires, *id));
        records.by_id.insert(*id, record.clone());
        Ok(true)
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        Ok(self.records().commit(id, commit))
    }

    async fn delete(&self, id: &SessionId, token: &TokenHash, now: Timestamp) -> Result<Deleted, StoreError> {
        let mut records = self.records();
        match records.live(id, now) {
            None => Ok(Deleted::Missing),
            Some(record) if record.token != *token => Ok(Deleted::Replaced { rotated: record.rotated }),
            Some(_) => {
                records.remove(id);
                Ok(Deleted::Done)
            }
        }
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
