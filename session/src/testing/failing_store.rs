//! `FailingStore`: a store that records its operations, and fails on demand.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::config::event::StoreOperation;
use crate::error::StoreError;
use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexHash};
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::{DeleteCondition, Deleted, FindPage, RecordPage, SessionStore};
use crate::testing::fault::{Failure, Fault};

/// A store that forwards each operation to another store, records it, and fails as a [`Fault`] describes. Clones share the
/// sessions, the faults and the record.
///
/// ```
/// use session::store::MemoryStore;
/// use session::event::StoreOperation;
/// use session::testing::{Browser, FailingStore, Fault};
/// use session::{ErrorKind, SecretKey, SessionConfig, SessionManager};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let store = FailingStore::new(MemoryStore::new());
/// let manager = SessionManager::new(store.clone(), SessionConfig::new(SecretKey::generate()));
/// let mut browser = Browser::new();
/// browser.with(&manager, async |session| session.insert("user", 7).await).await?;
/// assert_eq!(store.take_operations(), [StoreOperation::Create]);
///
/// store.inject(Fault::refused()); // the next operation
/// let error = browser.with(&manager, async |session| session.get::<u64>("user").await).await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Store);
/// # Ok::<(), session::Error>(()) }).unwrap();
/// ```
pub struct FailingStore<S> {
    inner: Arc<S>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    faults: Vec<Fault>,
    operations: Vec<StoreOperation>,
}

impl<S: SessionStore> FailingStore<S> {
    /// Creates a store that works until a fault is injected.
    pub fn new(store: S) -> Self {
        Self { inner: Arc::new(store), state: Arc::default() }
    }

    /// Adds a fault. If several faults affect an operation, the first one that was added is used.
    pub fn inject(&self, fault: Fault) {
        self.lock().faults.push(fault);
    }

    /// Removes all faults: the store works again. Returns the number of faults that have not affected as many operations
    /// as they should, so that a test can check that its faults occurred. Faults that last forever are not counted.
    pub fn repair(&self) -> usize {
        std::mem::take(&mut self.lock().faults).iter().filter(|fault| fault.is_pending()).count()
    }

    /// Returns the operations since the last call, in order, with those that failed.
    pub fn take_operations(&self) -> Vec<StoreOperation> {
        std::mem::take(&mut self.lock().operations)
    }

    /// Returns the wrapped store. Its operations are not recorded, and do not fail.
    pub fn inner(&self) -> &S {
        &self.inner
    }

    /// Records an operation, and runs it as the first fault requires that affects it.
    async fn run<T>(
        &self,
        operation: StoreOperation,
        run: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let failure = self.record(operation);
        match failure {
            None => return run.await,
            Some(Failure::ReplyLost) => drop(run.await?),
            Some(Failure::Hangs) => std::future::pending().await,
            Some(_) => {}
        }
        Err(failure.map_or_else(|| "no failure".into(), Failure::error))
    }

    fn record(&self, operation: StoreOperation) -> Option<Failure> {
        let mut state = self.lock();
        state.operations.push(operation);
        let failure = state.faults.iter_mut().find_map(|fault| fault.apply(operation));
        state.faults.retain(|fault| !fault.is_used_up());
        failure
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl<S: SessionStore> SessionStore for FailingStore<S> {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        self.run(StoreOperation::Load, self.inner.load(id, now)).await
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        self.run(StoreOperation::Create, self.inner.create(id, record, index)).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        self.run(StoreOperation::Commit, self.inner.commit(id, commit)).await
    }

    async fn delete(&self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        self.run(StoreOperation::Delete, self.inner.delete(id, condition, now)).await
    }

    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        self.run(StoreOperation::Find, self.inner.find(hash, cursor, limit, now)).await
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        self.run(StoreOperation::FindRecords, self.inner.find_records(hash, cursor, limit, now)).await
    }

    async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        self.run(StoreOperation::Scan, self.inner.scan(cursor, limit, now)).await
    }

    async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
        self.run(StoreOperation::Count, self.inner.count(now)).await
    }

    async fn delete_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.run(StoreOperation::DeleteExpired, self.inner.delete_expired(now, limit)).await
    }
}

impl<S> Clone for FailingStore<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), state: Arc::clone(&self.state) }
    }
}

impl<S> fmt::Debug for FailingStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("FailingStore").field("faults", &state.faults).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::config::secret_key::SecretKey;
    use crate::config::session_config::SessionConfig;
    use crate::error::{Error, ErrorKind};
    use crate::session::manager::session_manager::SessionManager;
    use crate::store::{MemoryStore, Unavailable};
    use crate::testing::browser::Browser;

    struct Shop {
        store: FailingStore<MemoryStore>,
        manager: SessionManager,
        browser: Browser,
    }

    impl Shop {
        /// A browser with `user` = 7, and an empty record of operations.
        async fn new() -> Self {
            let store = FailingStore::new(MemoryStore::new());
            let config = SessionConfig::new(SecretKey::generate()).store_timeout(Duration::from_millis(20));
            let manager = SessionManager::new(store.clone(), config);
            let mut shop = Self { store, manager, browser: Browser::new() };
            shop.set(7).await.unwrap();
            assert_eq!(shop.store.take_operations(), [StoreOperation::Create]);
            shop
        }

        async fn set(&mut self, user: u64) -> Result<(), Error> {
            self.browser.with(&self.manager, async |session| session.insert("user", user).await).await
        }

        async fn get(&mut self) -> Result<Option<u64>, Error> {
            self.browser.with(&self.manager, async |session| session.get("user").await).await
        }
    }

    #[tokio::test]
    async fn each_fault_fails_and_only_a_lost_reply_is_executed() {
        let faults = [Fault::refused(), Fault::lost(), Fault::timed_out(), Fault::hangs(), Fault::reply_lost()];
        let mut executed = Vec::new();
        for fault in faults {
            let shop = Shop::new().await;
            let id = shop.manager.open(&shop.browser.request()).id().unwrap();
            let commit = Commit { label: Some("changed".to_owned()), ..Commit::empty(SystemTime::now().into()) };
            shop.store.inject(fault);
            let committed = tokio::select! {
                biased;
                committed = shop.store.commit(&id, &commit) => committed.ok(),
                // The operation hangs.
                () = std::future::ready(()) => None,
            };
            assert_eq!(committed, None);
            executed.push(shop.store.inner().load(&id, commit.now).await.unwrap().unwrap().label.is_some());
            assert_eq!(shop.store.repair(), 0);
        }
        assert_eq!(executed, [false, false, false, false, true]);
    }

    #[tokio::test]
    async fn the_errors_are_those_of_a_real_store() {
        let store = FailingStore::new(MemoryStore::new());
        let count = async |fault| {
            store.inject(fault);
            store.count(SystemTime::now().into()).await.unwrap_err()
        };
        assert!(matches!(count(Fault::refused()).await.downcast_ref(), Some(Unavailable::NotSent(_))));
        assert!(matches!(count(Fault::timed_out()).await.downcast_ref(), Some(Unavailable::TimedOut(_))));
        for fault in [Fault::lost(), Fault::reply_lost()] {
            assert!(count(fault).await.downcast_ref::<Unavailable>().is_none(), "the outcome is unknown");
        }
    }

    #[tokio::test]
    async fn a_fault_affects_the_operations_that_it_describes() {
        let mut shop = Shop::new().await;
        shop.store.inject(Fault::refused().on(StoreOperation::Load).after(1).times(2));
        let mut outcomes = Vec::new();
        for _ in 0..5 {
            outcomes.push(shop.get().await.is_ok());
            assert!(shop.set(8).await.is_ok(), "commits are not affected");
        }
        assert_eq!(outcomes, [true, false, false, true, true]);
        assert_eq!(shop.store.repair(), 0);
    }

    #[tokio::test]
    async fn the_store_is_down_until_it_is_repaired() {
        let mut shop = Shop::new().await;
        shop.store.inject(Fault::refused().forever());
        for _ in 0..3 {
            assert_eq!(shop.get().await.unwrap_err().kind(), ErrorKind::Store);
        }
        assert_eq!(shop.store.repair(), 0, "a fault that lasts forever is never unused");
        assert_eq!(shop.get().await.unwrap(), Some(7));
        shop.store.inject(Fault::refused().on(StoreOperation::Scan));
        shop.store.inject(Fault::refused().times(0));
        assert_eq!(shop.store.repair(), 1, "no scan occurred");
    }

    #[tokio::test]
    async fn an_operation_that_hangs_fails_after_the_timeout_of_the_manager() {
        let mut shop = Shop::new().await;
        shop.store.inject(Fault::hangs());
        assert_eq!(shop.get().await.unwrap_err().kind(), ErrorKind::Store);
        assert_eq!(shop.get().await.unwrap(), Some(7));
        assert_eq!(shop.store.take_operations(), [StoreOperation::Load, StoreOperation::Load]);
    }

    #[tokio::test]
    async fn of_two_faults_the_first_is_used_first() {
        let mut shop = Shop::new().await;
        shop.store.inject(Fault::reply_lost());
        shop.store.inject(Fault::refused());
        assert!(shop.get().await.is_err());
        assert!(shop.get().await.is_err());
        assert_eq!(shop.get().await.unwrap(), Some(7));
    }
}
