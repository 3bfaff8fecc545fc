//! A store in memory that records its operations, and fails on demand.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use session::SessionId;
use session::store::{
    Commit, Committed, DeleteCondition, Deleted, FindPage, IndexChange, IndexHash, MemoryStore, Record, RecordPage,
    SessionStore, StoreError, Timestamp,
};

/// A store. Clones share the records.
#[derive(Clone, Default)]
pub struct Spy {
    inner: Arc<MemoryStore>,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    operations: Vec<&'static str>,
    /// The operations that succeed before all later ones fail.
    left: Option<usize>,
}

impl Spy {
    /// The operations since the last call, in order, in one line.
    pub fn take_operations(&self) -> String {
        std::mem::take(&mut self.seen.lock().unwrap().operations).join(" ")
    }

    /// All operations after `count` more fail.
    pub fn fail_after(&self, count: usize) {
        self.seen.lock().unwrap().left = Some(count);
    }

    /// The store works again.
    pub fn repair(&self) {
        self.seen.lock().unwrap().left = None;
    }

    fn record(&self, operation: &'static str) -> Result<(), StoreError> {
        let mut seen = self.seen.lock().unwrap();
        seen.operations.push(operation);
        match &mut seen.left {
            Some(0) => return Err("the test's store is down".into()),
            Some(left) => *left -= 1,
            None => {}
        }
        Ok(())
    }
}

#[async_trait]
impl SessionStore for Spy {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        self.record("load")?;
        self.inner.load(id, now).await
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        self.record("create")?;
        self.inner.create(id, record, index).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        self.record("commit")?;
        self.inner.commit(id, commit).await
    }

    async fn delete(&self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        self.record("delete")?;
        self.inner.delete(id, condition, now).await
    }

    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        self.record("find")?;
        self.inner.find(hash, cursor, limit, now).await
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        self.record("find_records")?;
        self.inner.find_records(hash, cursor, limit, now).await
    }

    async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
        self.record("count")?;
        self.inner.count(now).await
    }

    async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        self.record("scan")?;
        self.inner.scan(cursor, limit, now).await
    }

    async fn delete_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.record("delete_expired")?;
        self.inner.delete_expired(now, limit).await
    }
}
