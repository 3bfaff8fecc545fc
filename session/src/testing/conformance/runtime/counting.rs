//! A store that counts what it is asked.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::record::id::SessionId;
use crate::store::{
    Commit, Committed, DeleteCondition, Deleted, IndexChange, IndexHash, Record, ScanPage, SessionInfo, SessionStore,
    StoreError, Timestamp,
};

/// The operations of two servers, in order, and how many keys went with them.
#[derive(Clone, Default)]
pub(super) struct Count(Arc<Mutex<(Vec<&'static str>, usize)>>);

impl Count {
    fn note(&self, operation: &'static str, keys: usize) {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        count.0.push(operation);
        count.1 += keys;
    }

    /// The operations since the last call, in one line, and the keys that they sent.
    pub(in crate::testing::conformance) fn take(&self) -> (String, usize) {
        let (operations, keys) = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        (operations.join(" "), keys)
    }
}

pub(super) struct Counting {
    inner: Arc<dyn SessionStore>,
    count: Count,
}

impl Counting {
    pub(in crate::testing::conformance) fn new(inner: Arc<dyn SessionStore>, count: &Count) -> Self {
        Self { inner, count: count.clone() }
    }
}

#[async_trait]
impl SessionStore for Counting {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        self.count.note("load", 0);
        self.inner.load(id, now).await
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        self.count.note("create", record.values.len());
        self.inner.create(id, record, index).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let operation = if commit.is_mutation() { "commit" } else { "touch" };
        self.count.note(operation, commit.changes.sets().count() + commit.changes.unsets().count());
        self.inner.commit(id, commit).await
    }

    async fn delete(&self, id: &SessionId, proof: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        self.count.note("delete", 0);
        self.inner.delete(id, proof, now).await
    }

    async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<SessionInfo>, StoreError> {
        self.count.note("find", 0);
        self.inner.find(hash, now).await
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<ScanPage, StoreError> {
        self.count.note("scan", 0);
        self.inner.scan(from, batch, now).await
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        self.count.note("delete_expired", 0);
        self.inner.delete_expired(now, batch).await
    }
}
