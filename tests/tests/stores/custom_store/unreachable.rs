//! A custom store whose server refuses connections, with a deliberate defect or without any.

use std::sync::Arc;

use async_trait::async_trait;
use session::SessionId;
use session::store::{
    Commit, Committed, DeleteCondition, Deleted, FindPage, IndexChange, IndexHash, Record, RecordPage, SessionStore,
    StoreError, Timestamp, Unavailable,
};

/// A defect of a store whose server refuses connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusalDefect {
    /// The error does not state that nothing was sent.
    OutcomeIsUnknown,
    /// Only the first operation states that nothing was sent.
    LaterOutcomesAreUnknown,
    /// Writes succeed before they are sent.
    WritesAreBuffered,
    /// The store waits for the server until its timeout.
    TimesOut,
}

#[derive(Clone)]
pub(crate) struct UnreachableStore {
    defect: Option<RefusalDefect>,
    operations: Arc<std::sync::atomic::AtomicUsize>,
}

impl UnreachableStore {
    pub(crate) fn new(defect: Option<RefusalDefect>) -> Self {
        Self { defect, operations: Arc::default() }
    }

    fn refuse<T>(&self) -> Result<T, StoreError> {
        let earlier = self.operations.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        Err(match self.defect {
            Some(RefusalDefect::OutcomeIsUnknown) => refused.into(),
            Some(RefusalDefect::LaterOutcomesAreUnknown) if earlier > 0 => refused.into(),
            Some(RefusalDefect::TimesOut) => Unavailable::TimedOut(std::time::Duration::ZERO).into(),
            _ => Unavailable::not_sent(refused).into(),
        })
    }
}

#[async_trait]
impl SessionStore for UnreachableStore {
    async fn load(&self, _: &SessionId, _: Timestamp) -> Result<Option<Record>, StoreError> {
        self.refuse()
    }

    async fn create(&self, _: &SessionId, _: &Record, _: &[IndexChange]) -> Result<bool, StoreError> {
        if self.defect == Some(RefusalDefect::WritesAreBuffered) { Ok(true) } else { self.refuse() }
    }

    async fn commit(&self, _: &SessionId, _: &Commit) -> Result<Committed, StoreError> {
        self.refuse()
    }

    async fn delete(&self, _: &SessionId, _: DeleteCondition, _: Timestamp) -> Result<Deleted, StoreError> {
        self.refuse()
    }

    async fn find(&self, _: &IndexHash, _: Option<&str>, _: usize, _: Timestamp) -> Result<FindPage, StoreError> {
        self.refuse()
    }

    async fn find_records(
        &self,
        _: &IndexHash,
        _: Option<&str>,
        _: usize,
        _: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        self.refuse()
    }

    async fn count(&self, _: Timestamp) -> Result<Option<u64>, StoreError> {
        self.refuse()
    }

    async fn scan(&self, _: Option<&str>, _: usize, _: Timestamp) -> Result<RecordPage, StoreError> {
        self.refuse()
    }

    async fn delete_expired(&self, _: Timestamp, _: usize) -> Result<usize, StoreError> {
        self.refuse()
    }
}
