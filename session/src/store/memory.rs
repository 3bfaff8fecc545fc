//! `MemoryStore`: sessions in the memory of one process.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::error::StoreError;
use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexCursor, IndexHash, InvalidCursor};
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::{DeleteCondition, Deleted, FindPage, RecordPage, SessionStore};

/// A store in memory, for tests and for applications with one process. A restart logs all users out.
///
/// It is cheap to clone, and clones share the sessions. A load shares the values instead of copying them. Each creation
/// deletes up to two expired sessions, so that expired ones do not accumulate without
/// [`delete_expired`](crate::SessionManager::delete_expired).
///
/// The number of live sessions has no limit. A session with one short value takes about 900 bytes, and one with a user id,
/// a label and an index entry about 1,600 bytes. A client without cookies starts a session with each request that writes:
/// a million of them take about 1 GB until they expire. Limit the rate of such requests, or write only after a login.
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
    /// The index entries of each session, by key.
    index_entries: BTreeMap<SessionId, BTreeMap<Box<str>, IndexHash>>,
    by_index_hash: BTreeSet<(IndexHash, IndexCursor)>,
}

impl MemoryStore {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Records> {
        // The records are valid even if the lock is poisoned: no code of the application runs under it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Records {
    fn live(&self, id: &SessionId, now: Timestamp) -> Option<&Record> {
        self.by_id.get(id).filter(|record| record.is_live(now))
    }

    fn remove(&mut self, id: &SessionId) {
        let Some(record) = self.by_id.remove(id) else { return };
        self.by_expiry.remove(&(record.expires, *id));
        let position = IndexCursor::new(record.created, *id);
        for hash in self.index_entries.remove(id).unwrap_or_default().into_values() {
            self.by_index_hash.remove(&(hash, position));
        }
    }

    fn update_index(&mut self, id: &SessionId, changes: &[IndexChange]) {
        if changes.is_empty() {
            return;
        }
        let Some(record) = self.by_id.get(id) else { return };
        let position = IndexCursor::new(record.created, *id);
        for change in changes {
            let old_hash = change.apply(self.index_entries.entry(*id).or_default());
            old_hash.map(|old_hash| self.by_index_hash.remove(&(old_hash, position)));
            change.hash.map(|hash| self.by_index_hash.insert((hash, position)));
        }
    }

    fn has_index_entry(&self, id: &SessionId, hash: &IndexHash) -> bool {
        self.index_entries.get(id).is_some_and(|entries| entries.values().any(|entry| entry == hash))
    }

    /// Returns the live sessions with this index entry after a position, oldest first.
    fn find(
        &self,
        hash: IndexHash,
        after: Option<IndexCursor>,
        now: Timestamp,
    ) -> impl Iterator<Item = (SessionId, &Record)> + '_ {
        const FIRST: IndexCursor = IndexCursor::new(Timestamp::from_millis(i64::MIN), SessionId::from_bytes([0; 16]));
        let start = after.map_or(Bound::Included((hash, FIRST)), |after| Bound::Excluded((hash, after)));
        let positions =
            self.by_index_hash.range((start, Bound::Unbounded)).take_while(move |(entry, _)| *entry == hash);
        positions.filter_map(move |(_, IndexCursor { id, .. })| Some((*id, self.live(id, now)?)))
    }

    fn delete_expired(&mut self, now: Timestamp, limit: usize) -> usize {
        let expired: Vec<_> =
            self.by_expiry.iter().take_while(|(expires, _)| *expires <= now).take(limit).copied().collect();
        for (_, id) in &expired {
            self.remove(id);
        }
        expired.len()
    }

    fn commit(&mut self, id: &SessionId, commit: &Commit) -> Committed {
        let live = self.by_id.get_mut(id).filter(|record| record.is_live(commit.now));
        let Some(record) = live else { return Committed::Missing };
        let expires_before = record.expires;
        let committed = commit.apply_to(record);
        let expires = record.expires;
        if expires != expires_before {
            self.by_expiry.remove(&(expires_before, *id));
            self.by_expiry.insert((expires, *id));
        }
        if matches!(committed, Committed::Done(_)) {
            self.update_index(id, &commit.index);
        }
        committed
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        Ok(self.lock().live(id, now).cloned())
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let mut records = self.lock();
        if records.by_id.contains_key(id) {
            return Ok(false);
        }
        records.delete_expired(record.created, 2);
        records.by_expiry.insert((record.expires, *id));
        records.by_id.insert(*id, record.clone());
        records.update_index(id, index);
        Ok(true)
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        Ok(self.lock().commit(id, commit))
    }

    async fn delete(&self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        let mut records = self.lock();
        let Some(record) = records.live(id, now) else { return Ok(Deleted::Missing) };
        let deleted = condition.check(record, |hash| records.has_index_entry(id, hash));
        if deleted == Deleted::Done {
            records.remove(id);
        }
        Ok(deleted)
    }

    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        let after = cursor.map(str::parse).transpose()?;
        let records = self.lock();
        let sessions = records.find(*hash, after, now).take(limit).map(|(id, record)| SessionInfo::new(id, record));
        Ok(FindPage::from_sessions(sessions.collect(), limit))
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        let after = cursor.map(str::parse).transpose()?;
        let records = self.lock();
        let sessions = records.find(*hash, after, now).take(limit).map(|(id, record)| (id, record.clone()));
        Ok(RecordPage::from_sessions(sessions.collect(), limit))
    }

    async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        let after = cursor.map(str::parse::<SessionId>).transpose().map_err(|_| InvalidCursor)?;
        let after = after.map_or(Bound::Unbounded, Bound::Excluded);
        let records = self.lock();
        let page: Vec<_> = records.by_id.range((after, Bound::Unbounded)).take(limit).collect();
        let next = page.last().filter(|_| page.len() == limit).map(|(id, _)| id.to_string());
        let live = page.into_iter().filter(|(_, record)| record.is_live(now));
        Ok(RecordPage::new(live.map(|(id, record)| (*id, record.clone())).collect(), next))
    }

    async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
        let records = self.lock();
        let expired = records.by_expiry.iter().take_while(|(expires, _)| *expires <= now).count();
        Ok(u64::try_from(records.by_id.len() - expired).ok())
    }

    async fn delete_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        Ok(self.lock().delete_expired(now, limit))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("sessions", &self.lock().by_id.len()).finish()
    }
}
