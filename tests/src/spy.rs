//! A store that counts what it is asked, and fails when it is told to.

use std::sync::{Arc, Mutex};

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

    fn note(&self, operation: &'static str, keys: usize) -> Option<Fault> {
        let mut seen = self.seen.lock().unwrap();
        seen.operations.push(operation);
        seen.keys += keys;
        let at = seen.faults.iter().position(|(name, _)| *name == operation)?;
        Some(seen.faults.remove(at).1)
    }
}

/// Carries the operation out as its fault allows.
macro_rules! through {
    ($fault:expr, $operation:expr) => {
        match $fault {
            None => $operation.await,
            Some(Fault::Refuse) => Err("the store is down".into()),
            Some(Fault::LoseReply) => {
                $operation.await?;
                Err("the connection was lost".into())
            }
            Some(Fault::Hang) => {
                $operation.await?;
                std::future::pending().await
            }
        }
    };
}

#[async_trait]
impl SessionStore for Spy {
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
        through!(self.note("load", 0), self.inner.load(id, now))
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        through!(self.note("create", record.values.len()), self.inner.create(id, record, index))
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let name = if commit.changes_something() { "commit" } else { "touch" };
        let keys = commit.changes.sets().count() + commit.changes.unsets().count();
        through!(self.note(name, keys), self.inner.commit(id, commit))
    }

    async fn delete(&self, id: &SessionId, proof: Proof, now: Timestamp) -> Result<Deleted, StoreError> {
        through!(self.note("delete", 0), self.inner.delete(id, proof, now))
    }

    async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<Found>, StoreError> {
        through!(self.note("find", 0), self.inner.find(hash, now))
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<Page, StoreError> {
        through!(self.note("scan", 0), self.inner.scan(from, batch, now))
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        through!(self.note("delete_expired", 0), self.inner.delete_expired(now, batch))
    }
}
