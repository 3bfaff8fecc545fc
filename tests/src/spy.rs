//! A store that counts what it is asked, and fails when it is told to.

use std::sync::{Arc, Mutex};
use std::task::Poll;

use async_trait::async_trait;
use session::SessionId;
use session::store::{
    Commit, Committed, Deleted, Found, IndexChange, IndexHash, Page, Proof, Record, SessionStore, StoreError, Timestamp,
};
use tokio::sync::Notify;

/// Wraps a store. Clones share the count.
#[derive(Clone)]
pub struct Spy {
    inner: Arc<dyn SessionStore>,
    seen: Arc<Mutex<Seen>>,
    hung: Arc<Notify>,
    given_up: Arc<Notify>,
}

#[derive(Default)]
struct Seen {
    operations: Vec<&'static str>,
    created: Vec<SessionId>,
    keys: usize,
    asked: usize,
    hangs: bool,
    faults: Vec<(Aim, Fault)>,
}

/// Which operation a fault waits for.
enum Aim {
    Next(&'static str),
    /// The one with this number, counted from the spy's beginning.
    Number(usize),
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
    /// The operation never arrives: nothing is done and the future waits for ever.
    Stall,
    /// The work is done twice, and the second answer arrives: somebody on the way asks again.
    Twice,
    /// The work is done twice, and the first answer arrives.
    Echo,
}

impl Spy {
    pub fn new(inner: Arc<dyn SessionStore>) -> Self {
        Self { inner, seen: Arc::default(), hung: Arc::default(), given_up: Arc::default() }
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
        self.seen.lock().unwrap().faults.push((Aim::Next(operation), fault));
    }

    /// The operation after `others` more goes wrong, whatever it is.
    pub fn fail_after(&self, others: usize, fault: Fault) {
        let mut seen = self.seen.lock().unwrap();
        let number = seen.asked + others;
        seen.faults.push((Aim::Number(number), fault));
    }

    /// Forgets the faults that nothing has met, and says how many there were.
    pub fn take_faults(&self) -> usize {
        std::mem::take(&mut self.seen.lock().unwrap().faults).len()
    }

    /// The sessions that reached the store since the last call, in order.
    pub fn take_created(&self) -> Vec<SessionId> {
        std::mem::take(&mut self.seen.lock().unwrap().created)
    }

    /// Returns as soon as an operation hangs.
    pub async fn hung(&self) {
        self.hung.notified().await;
    }

    /// Returns as soon as a request has given an operation up that hung.
    pub async fn given_up(&self) {
        self.given_up.notified().await;
    }

    /// The operation of this number goes wrong, whatever it is, counted from when the operations were last taken. In place
    /// of what was said before.
    pub fn fail_at(&self, fault: Option<(usize, Fault)>) {
        let mut seen = self.seen.lock().unwrap();
        let taken = seen.asked - seen.operations.len();
        seen.faults = fault.into_iter().map(|(number, fault)| (Aim::Number(taken + number), fault)).collect();
        seen.hangs = false;
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

    /// The store itself, for whoever is not to be counted.
    pub fn inner(&self) -> &dyn SessionStore {
        &*self.inner
    }

    fn note(&self, operation: &'static str, keys: usize) -> Option<Fault> {
        let mut seen = self.seen.lock().unwrap();
        seen.operations.push(operation);
        seen.keys += keys;
        let number = seen.asked;
        seen.asked += 1;
        let meets = |aim: &Aim| match aim {
            Aim::Next(name) => *name == operation,
            Aim::Number(aimed) => *aimed == number,
        };
        let at = seen.faults.iter().position(|(aim, _)| meets(aim))?;
        Some(seen.faults.remove(at).1)
    }

    async fn hang<T>(&self) -> T {
        struct GivenUp<'a>(&'a Notify);
        impl Drop for GivenUp<'_> {
            fn drop(&mut self) {
                self.0.notify_one();
            }
        }
        let _given_up = GivenUp(&self.given_up);
        self.seen.lock().unwrap().hangs = true;
        self.hung.notify_one();
        std::future::pending().await
    }
}

/// Carries the operation out as its fault allows.
macro_rules! through {
    ($self:ident, $fault:expr, $operation:expr) => {
        match $fault {
            None => $operation.await,
            Some(Fault::Refuse) => Err("the store is down".into()),
            Some(Fault::LoseReply) => {
                $operation.await?;
                Err("the connection was lost".into())
            }
            Some(Fault::Hang) => {
                $operation.await?;
                $self.hang().await
            }
            Some(Fault::Stall) => $self.hang().await,
            Some(Fault::Twice) => {
                $operation.await?;
                $operation.await
            }
            Some(Fault::Echo) => {
                let first = $operation.await;
                $operation.await?;
                first
            }
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
        if !matches!(fault, Some(Fault::Refuse | Fault::Stall)) {
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
