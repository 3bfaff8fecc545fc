//! A store that records its operations, and is unavailable on demand.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use session::SessionId;
use session::store::{
    Commit, Committed, DeleteCondition, Deleted, FindPage, IndexChange, IndexHash, Record, RecordPage, SessionStore,
    StoreError, Timestamp, Unavailable,
};

use crate::controls::Controls;

/// Wraps a store. The controls decide whether it is available.
#[derive(Clone)]
pub struct FailingStore {
    inner: Arc<dyn SessionStore>,
    controls: Controls,
}

impl FailingStore {
    pub fn new(inner: Arc<dyn SessionStore>, controls: Controls) -> Self {
        Self { inner, controls }
    }

    fn start(&self, operation: &'static str) -> Result<(), StoreError> {
        self.controls.record(operation);
        if self.controls.is_store_down() {
            return Err(Unavailable::not_sent(io::Error::from(io::ErrorKind::ConnectionRefused)).into());
        }
        Ok(())
    }
}

#[async_trait]
impl SessionStore for FailingStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        self.start("load")?;
        self.inner.load(id, now).await
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        self.start("create")?;
        self.inner.create(id, record, index).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        self.start(if commit.is_mutation() { "commit" } else { "touch" })?;
        self.inner.commit(id, commit).await
    }

    async fn delete(&self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        self.start("delete")?;
        self.inner.delete(id, condition, now).await
    }

    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        self.start("find")?;
        self.inner.find(hash, cursor, limit, now).await
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        self.start("find_records")?;
        self.inner.find_records(hash, cursor, limit, now).await
    }

    async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
        self.start("count")?;
        self.inner.count(now).await
    }

    async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        self.start("scan")?;
        self.inner.scan(cursor, limit, now).await
    }

    async fn delete_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.start("delete_expired")?;
        self.inner.delete_expired(now, limit).await
    }
}
