//! A store that counts what it is asked, and fails when it is told to.

use std::sync::{Arc, Mutex};
use std::task::Poll;

use async_trait::async_trait;
use session::SessionId;
use session::store::{
    Commit, Committed, Deleted, Found, IndexChange, IndexHash, Page, Proof, Record, SessionStore, StoreError, Timestamp,
};

/// Wraps a store. Clones share the count.
#[derive(Clone)]
pub struct Spy {
    inner: Arc<dyn SessionStore>,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    operations: Vec<&'static str>,
    keys: usize,
    faults: Vec<(&'static str, Fault)>,
    fault_at: Option<(usize, Fault)>,
    hangs: bool,
    created: Vec<SessionId>,
}

/// What happens to one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The store is down: nothing is done.
    Refuse,
    /// The work is done, and the reply is lost.
    LoseReply,
    /// The reply never comes: the work is done and the future waits for ever.
    Hang,
    /// The future waits for ever before the work is done.
    HangBefore,
}

impl Spy {
    pub fn new(inner: Arc<dyn SessionStore>) -> Self {
        Self { inner, seen: Arc::default() }
    }

    /// The operations since the last call, in order, in one line.
    pub fn take_operations(&self) -> String {
        let mut seen = self.seen.lock().unwrap();
        seen.keys = 0;
        std::mem::take(&mut seen.operations).join(" ")
    }

    /// How many keys travelled to the store since the operations were last taken.
    pub fn keys_sent(&self) -> usize {
        self.seen.lock().unwrap().keys
    }

    /// The next operation of this name goes wrong.
    pub fn fail_next(&self, operation: &'static str, fault: Fault) {
        self.seen.lock().unwrap().faults.push((operation, fault));
    }

    /// The operation of this number goes wrong, whatever it is, counted from when the operations were last taken. In place
    /// of what was said before.
    pub fn fail_at(&self, fault: Option<(usize, Fault)>) {
        let mut seen = self.seen.lock().unwrap();
        (seen.fault_at, seen.hangs) = (fault, false);
    }

    /// Runs a future until it is done, or until its operation hangs: then it is dropped, as a server drops the request
    /// of a client that went away.
    pub async fn until_it_hangs<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = std::pin::pin!(future);
        std::future::poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending if self.seen.lock().unwrap().hangs => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    /// The sessions that the store has taken since the last call, in order.
    pub fn take_created(&self) -> Vec<SessionId> {
        std::mem::take(&mut self.seen.lock().unwrap().created)
    }

    /// The store itself, for whoever is not to be counted.
    pub fn inner(&self) -> &dyn SessionStore {
        &*self.inner
    }

    async fn hang<T>(&self) -> T {
        self.seen.lock().unwrap().hangs = true;
        std::future::pending().await
    }

    fn note(&self, operation: &'static str, keys: usize) -> Option<Fault> {
        let mut seen = self.seen.lock().unwrap();
        let number = seen.operations.len();
        seen.operations.push(operation);
        seen.keys += keys;
        if let Some((_, fault)) = seen.fault_at.take_if(|(at, _)| *at == number) {
            return Some(fault);
        }
        let at = seen.faults.iter().position(|(name, _)| *name == operation)?;
        Some(seen.faults.remove(at).1)
    }
}

/// Carries the operation out as its fault allows.
macro_rules! through {
    ($spy:ident, $fault:expr, $operation:expr) => {
        match $fault {
            None => $operation.await,
            Some(Fault::Refuse) => Err("the store is down".into()),
            Some(Fault::LoseReply) => {
                $operation.await?;
                Err("the connection was lost".into())
            }
            Some(Fault::Hang) => {
                $operation.await?;
                $spy.hang().await
            }
            Some(Fault::HangBefore) => $spy.hang().await,
        }
    };
}

#[async_trait]
impl SessionStore for Spy {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        through!(self, self.note("load", 0), self.inner.load(id, now))
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let fault = self.note("create", record.values.len());
        if !matches!(fault, Some(Fault::Refuse | Fault::HangBefore)) {
            self.seen.lock().unwrap().created.push(*id);
        }
        through!(self, fault, self.inner.create(id, record, index))
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let name = if commit.changes_something() { "commit" } else { "touch" };
        let keys = commit.changes.sets().count() + commit.changes.unsets().count();
        through!(self, self.note(name, keys), self.inner.commit(id, commit))
    }

    async fn delete(&self, id: &SessionId, proof: Proof, now: Timestamp) -> Result<Deleted, StoreError> {
        through!(self, self.note("delete", 0), self.inner.delete(id, proof, now))
    }

    async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<Found>, StoreError> {
        through!(self, self.note("find", 0), self.inner.find(hash, now))
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<Page, StoreError> {
        through!(self, self.note("scan", 0), self.inner.scan(from, batch, now))
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        through!(self, self.note("delete_expired", 0), self.inner.delete_expired(now, batch))
    }
}
