//! A store that logs each operation with its number of keys, and forwards it to the store under test.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use crate::error::StoreError;
use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexHash};
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::{DeleteCondition, Deleted, FindPage, RecordPage, SessionStore};

/// The operations of two servers, in order, and the number of keys that they sent.
#[derive(Clone, Default)]
pub(super) struct OperationLog(Arc<Mutex<(Vec<&'static str>, usize)>>);

impl OperationLog {
    fn push(&self, operation: &'static str, keys: usize) {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.0.push(operation);
        log.1 += keys;
    }

    /// Returns the operations since the last call, separated by spaces, and the number of keys that they sent.
    pub(super) fn take(&self) -> (String, usize) {
        let (operations, keys) = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        (operations.join(" "), keys)
    }

    /// Returns the operations since the last call, separated by spaces.
    pub(super) fn take_operations(&self) -> String {
        self.take().0
    }
}

pub(super) struct CountingStore {
    inner: Arc<dyn SessionStore>,
    log: OperationLog,
}

impl CountingStore {
    pub(super) fn new(inner: Arc<dyn SessionStore>, log: &OperationLog) -> Self {
        Self { inner, log: log.clone() }
    }
}

#[async_trait]
impl SessionStore for CountingStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        self.log.push("load", 0);
        self.inner.load(id, now).await
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        self.log.push("create", record.values.len());
        self.inner.create(id, record, index).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let operation = if commit.is_mutation() { "commit" } else { "touch" };
        self.log.push(operation, commit.changes.sets().count() + commit.changes.unsets().count());
        self.inner.commit(id, commit).await
    }

    async fn delete(&self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        self.log.push("delete", 0);
        self.inner.delete(id, condition, now).await
    }

    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        self.log.push("find", 0);
        self.inner.find(hash, cursor, limit, now).await
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        self.log.push("find_records", 0);
        self.inner.find_records(hash, cursor, limit, now).await
    }

    async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
        self.log.push("count", 0);
        self.inner.count(now).await
    }

    async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        self.log.push("scan", 0);
        self.inner.scan(cursor, limit, now).await
    }

    async fn delete_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.log.push("delete_expired", 0);
        self.inner.delete_expired(now, limit).await
    }
}
