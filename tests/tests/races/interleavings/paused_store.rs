//! A memory store that stops before each operation does its work, and again before it answers.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};

use async_trait::async_trait;
use session::SessionId;
use session::store::{
    Commit, Committed, Deleted, Found, IndexChange, IndexHash, MemoryStore, Page, Proof, Record, SessionStore,
    StoreError, Timestamp, TokenHash,
};

use super::reference::Ledger;

/// Where a request stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pause {
    /// The operation's work is still to be done.
    BeforeWork,
    /// It is done, and the request does not know.
    BeforeAnswer,
}

/// The store of one schedule after the other. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct Stage(Arc<Mutex<Scene>>);

#[derive(Default)]
pub(crate) struct Scene {
    pub(crate) store: MemoryStore,
    pub(crate) ledger: Ledger,
    /// The request that runs now; outside a schedule there is none, and nothing pauses.
    pub(crate) current: Option<usize>,
    pub(crate) pause: Option<Pause>,
    /// The index entries of the last record that was created.
    pub(crate) entries: Vec<IndexChange>,
}

impl Stage {
    pub(crate) fn scene(&self) -> MutexGuard<'_, Scene> {
        self.0.lock().unwrap()
    }

    /// What the ledger of a running schedule is told.
    fn tell(&self, tell: impl FnOnce(&mut Ledger, usize)) {
        let mut scene = self.scene();
        if let Some(request) = scene.current {
            tell(&mut scene.ledger, request);
        }
    }

    async fn pause(&self, pause: Pause) {
        let running = {
            let mut scene = self.scene();
            scene.pause = Some(pause);
            scene.current.is_some()
        };
        if running {
            Once(false).await;
        }
    }

    /// An operation is asked for: it says its name, and the token that it is to make.
    async fn ask(&self, name: &'static str, made: Option<(SessionId, TokenHash)>) -> MemoryStore {
        self.tell(|ledger, request| ledger.asked(request, name, made));
        self.pause(Pause::BeforeWork).await;
        self.scene().store.clone()
    }

    /// Its work is done.
    async fn answer<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        self.pause(Pause::BeforeAnswer).await;
        self.tell(Ledger::answered);
        done
    }
}

/// Pending once.
struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

#[async_trait]
impl SessionStore for Stage {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let found = self.ask("load", None).await.load(id, now).await?;
        self.tell(|ledger, request| ledger.loaded(request, id, found.as_ref()));
        self.answer(Ok(found)).await
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        self.scene().entries = index.to_vec();
        let created = self.ask("create", Some((*id, record.token))).await.create(id, record, index).await?;
        self.tell(|ledger, request| ledger.created(request, id, record, created));
        self.answer(Ok(created)).await
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let name = if commit.changes_something() { "commit" } else { "touch" };
        let made = commit.rotation.map(|rotation| (*id, rotation.token));
        let committed = self.ask(name, made).await.commit(id, commit).await?;
        self.tell(|ledger, request| ledger.committed(request, id, commit, &committed));
        self.answer(Ok(committed)).await
    }

    async fn delete(&self, id: &SessionId, proof: Proof, now: Timestamp) -> Result<Deleted, StoreError> {
        let deleted = self.ask("delete", None).await.delete(id, proof, now).await?;
        self.tell(|ledger, request| ledger.deleted(request, id, proof, deleted));
        self.answer(Ok(deleted)).await
    }

    async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<Found>, StoreError> {
        let store = self.scene().store.clone();
        store.find(hash, now).await
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<Page, StoreError> {
        let store = self.scene().store.clone();
        store.scan(from, batch, now).await
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        let store = self.scene().store.clone();
        store.delete_expired(now, batch).await
    }
}
