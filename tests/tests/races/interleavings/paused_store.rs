//! A memory store that pauses before each operation, and again before its reply.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use async_trait::async_trait;
use session::SessionId;
use session::store::{
    Commit, Committed, DeleteCondition, Deleted, FindPage, IndexChange, IndexHash, MemoryStore, Record, RecordPage,
    SessionStore, StoreError, Timestamp,
};

use super::pending::Write;
use super::reference::{Change, Reference};

/// The point where a request is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pause {
    /// The operation has not started.
    BeforeWork,
    /// The operation is done, and the reply is pending.
    BeforeReply,
}

/// The store of the current schedule. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct PausedStore(Arc<Mutex<StoreState>>);

#[derive(Default)]
pub(crate) struct StoreState {
    pub(crate) store: MemoryStore,
    pub(crate) reference: Reference,
    /// The running request. Outside of a schedule there is none, and nothing pauses.
    pub(crate) current: Option<usize>,
    pub(crate) pause: Option<Pause>,
    /// The index entries of the last created record.
    pub(crate) entries: Vec<IndexChange>,
}

impl PausedStore {
    pub(crate) fn state(&self) -> MutexGuard<'_, StoreState> {
        self.0.lock().unwrap()
    }

    /// Updates the reference model of a running schedule.
    fn with_reference(&self, update: impl FnOnce(&mut Reference, usize)) {
        let mut state = self.state();
        if let Some(request) = state.current {
            update(&mut state.reference, request);
        }
    }

    async fn pause(&self, pause: Pause) {
        let running = {
            let mut state = self.state();
            state.pause = Some(pause);
            state.current.is_some()
        };
        if running {
            YieldOnce(false).await;
        }
    }

    /// Starts an operation with its name, and its change if it writes.
    async fn start(&self, name: &'static str, write: Option<Write>) -> MemoryStore {
        self.with_reference(|reference, request| reference.started(request, name, write));
        self.pause(Pause::BeforeWork).await;
        self.state().store.clone()
    }

    /// Pauses before the reply.
    async fn reply<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        self.pause(Pause::BeforeReply).await;
        self.with_reference(Reference::replied);
        done
    }
}

/// Is pending once.
struct YieldOnce(bool);

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

#[async_trait]
impl SessionStore for PausedStore {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let found = self.start("load", None).await.load(id, now).await?;
        self.with_reference(|reference, request| reference.loaded(request, id, found.as_ref()));
        self.reply(Ok(found)).await
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        self.state().entries = index.to_vec();
        let write = Write {
            creates: true,
            change: Change::from_record(record),
            token: Some((*id, record.token)),
            revision: None,
        };
        let created = self.start("create", Some(write)).await.create(id, record, index).await?;
        self.with_reference(|reference, request| reference.created(request, id, record, created));
        self.reply(Ok(created)).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let name = if commit.is_mutation() { "commit" } else { "touch" };
        let write = commit.is_mutation().then(|| Write {
            creates: false,
            change: Change::from_commit(commit),
            token: commit.rotation.map(|rotation| (*id, rotation.token)),
            revision: commit.revision,
        });
        let committed = self.start(name, write).await.commit(id, commit).await?;
        self.with_reference(|reference, request| reference.committed(request, id, commit, &committed));
        self.reply(Ok(committed)).await
    }

    async fn delete(&self, id: &SessionId, proof: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        let deleted = self.start("delete", None).await.delete(id, proof, now).await?;
        self.with_reference(|reference, request| reference.deleted(request, id, proof, deleted));
        self.reply(Ok(deleted)).await
    }

    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        let store = self.state().store.clone();
        store.find(hash, cursor, limit, now).await
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        let store = self.state().store.clone();
        store.find_records(hash, cursor, limit, now).await
    }

    async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
        let store = self.state().store.clone();
        store.count(now).await
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        let store = self.state().store.clone();
        store.scan(from, batch, now).await
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        let store = self.state().store.clone();
        store.delete_expired(now, batch).await
    }
}
