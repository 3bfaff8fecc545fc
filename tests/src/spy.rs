//! A store that records its operations and injects faults.

use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use async_trait::async_trait;
use session::SessionId;
use session::store::{
    Commit, Committed, DeleteCondition, Deleted, FindPage, IndexChange, IndexHash, Record, RecordPage, SessionStore,
    StoreError, Timestamp, Unavailable,
};
use tokio::sync::Notify;

/// Wraps a store. Clones share the records.
#[derive(Clone)]
pub struct Spy {
    inner: Arc<dyn SessionStore>,
    seen: Arc<Mutex<Seen>>,
    hung: Arc<Notify>,
    cancelled: Arc<Notify>,
}

#[derive(Default)]
struct Seen {
    operations: Vec<&'static str>,
    created: Vec<SessionId>,
    keys: usize,
    started: usize,
    hangs: bool,
    faults: Vec<(Target, Fault)>,
    /// Writes that were sent and arrive later.
    late: Vec<(Arrival, Write)>,
}

/// The time at which a late write arrives, relative to the next write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    Before,
    After,
}

#[derive(Clone)]
enum Write {
    Create(SessionId, Record, Vec<IndexChange>),
    Commit(SessionId, Commit),
}

/// The operation that a fault applies to.
enum Target {
    Next(&'static str),
    /// The operation of this number, counted from the creation of the spy.
    Number(usize),
}

/// A fault of one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The store is unavailable: nothing is stored, and the operation fails.
    Refuse,
    /// The operation is stored, and its reply is lost.
    LoseReply,
    /// The operation is stored, and its future never completes.
    Hang,
    /// Nothing is stored, and the future never completes.
    Stall,
    /// The operation runs twice, as after a retry by a proxy, and the second reply arrives.
    Twice,
    /// The operation runs twice, and the first reply arrives.
    Echo,
    /// The future never completes. The operation runs before or after the next write.
    Late(Arrival),
    /// The operation is not sent: the server refuses the connection.
    RefuseConnection,
    /// Nothing is stored, and the store reports a timeout.
    TimeOut,
    /// The operation runs when its future is polled again.
    Delay,
}

impl Spy {
    pub fn new(inner: Arc<dyn SessionStore>) -> Self {
        Self { inner, seen: Arc::default(), hung: Arc::default(), cancelled: Arc::default() }
    }

    /// The operations since the last call, in order, in one line.
    pub fn take_operations(&self) -> String {
        let mut seen = self.seen.lock().unwrap();
        seen.keys = 0;
        std::mem::take(&mut seen.operations).join(" ")
    }

    /// The number of keys that were sent since the operations were last taken.
    pub fn keys_sent(&self) -> usize {
        self.seen.lock().unwrap().keys
    }

    /// The next operation of this name gets the fault.
    pub fn fail_next(&self, operation: &'static str, fault: Fault) {
        self.seen.lock().unwrap().faults.push((Target::Next(operation), fault));
    }

    /// The operation after `others` more operations gets the fault.
    pub fn fail_after(&self, others: usize, fault: Fault) {
        let mut seen = self.seen.lock().unwrap();
        let number = seen.started + others;
        seen.faults.push((Target::Number(number), fault));
    }

    /// Removes the faults that no operation got, and returns their number.
    pub fn take_faults(&self) -> usize {
        std::mem::take(&mut self.seen.lock().unwrap().faults).len()
    }

    /// The sessions that were created since the last call, in order.
    pub fn take_created(&self) -> Vec<SessionId> {
        std::mem::take(&mut self.seen.lock().unwrap().created)
    }

    /// Waits until an operation hangs.
    pub async fn hung(&self) {
        self.hung.notified().await;
    }

    /// Waits until the future of a hanging operation is dropped.
    pub async fn cancelled(&self) {
        self.cancelled.notified().await;
    }

    /// The operation of this number gets the fault, counted from when the operations were last taken. Replaces earlier
    /// faults.
    pub fn fail_at(&self, fault: Option<(usize, Fault)>) {
        let mut seen = self.seen.lock().unwrap();
        let taken = seen.started - seen.operations.len();
        seen.faults = fault.into_iter().map(|(number, fault)| (Target::Number(taken + number), fault)).collect();
        seen.hangs = false;
    }

    /// Runs a future until it completes or its operation hangs. Then it is dropped, as a server drops the request of a
    /// client that disconnected.
    pub async fn run_until_hang<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        self.seen.lock().unwrap().hangs = false;
        let mut future = std::pin::pin!(future);
        std::future::poll_fn(|context| match future.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending if self.seen.lock().unwrap().hangs => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    /// The wrapped store, for operations that are not recorded.
    pub fn inner(&self) -> &dyn SessionStore {
        &*self.inner
    }

    fn record(&self, operation: &'static str, keys: usize) -> Option<Fault> {
        let mut seen = self.seen.lock().unwrap();
        seen.operations.push(operation);
        seen.keys += keys;
        let number = seen.started;
        seen.started += 1;
        let applies = |target: &Target| match target {
            Target::Next(name) => *name == operation,
            Target::Number(at) => *at == number,
        };
        let at = seen.faults.iter().position(|(target, _)| applies(target))?;
        Some(seen.faults.remove(at).1)
    }

    /// Remembers a write that arrives later.
    fn delay(&self, fault: Option<Fault>, write: impl FnOnce() -> Write) {
        if let Some(Fault::Late(arrival)) = fault {
            self.seen.lock().unwrap().late.push((arrival, write()));
        }
    }

    /// Executes the late writes that arrive now. Nobody waits for their replies.
    async fn deliver(&self, now: Arrival) {
        let late = {
            let mut seen = self.seen.lock().unwrap();
            let (due, later): (Vec<_>, Vec<_>) =
                std::mem::take(&mut seen.late).into_iter().partition(|(arrival, _)| *arrival == now);
            seen.late = later;
            due
        };
        for (_, write) in late {
            match write {
                Write::Create(id, record, index) => _ = self.inner.create(&id, &record, &index).await.unwrap(),
                Write::Commit(id, commit) => _ = self.inner.commit(&id, &commit).await.unwrap(),
            }
        }
    }

    async fn hang<T>(&self) -> T {
        struct Cancelled<'a>(&'a Notify);
        impl Drop for Cancelled<'_> {
            fn drop(&mut self) {
                self.0.notify_one();
            }
        }
        let _cancelled = Cancelled(&self.cancelled);
        self.seen.lock().unwrap().hangs = true;
        self.hung.notify_one();
        std::future::pending().await
    }
}

/// Runs an operation with its fault.
macro_rules! run_with {
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
            Some(Fault::Stall | Fault::Late(_)) => $self.hang().await,
            Some(Fault::RefuseConnection) => {
                Err(Unavailable::not_sent(std::io::Error::from(std::io::ErrorKind::ConnectionRefused)).into())
            }
            Some(Fault::TimeOut) => Err(Unavailable::TimedOut(Duration::from_secs(5)).into()),
            Some(Fault::Delay) => {
                tokio::task::yield_now().await;
                $operation.await
            }
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
        run_with!(self, self.record("load", 0), self.inner.load(id, now))
    }

    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
        let fault = self.record("create", record.values.len());
        if !matches!(fault, Some(Fault::Refuse | Fault::Stall | Fault::RefuseConnection | Fault::TimeOut)) {
            self.seen.lock().unwrap().created.push(*id);
        }
        self.deliver(Arrival::Before).await;
        self.delay(fault, || Write::Create(*id, record.clone(), index.to_vec()));
        let created = run_with!(self, fault, self.inner.create(id, record, index));
        self.deliver(Arrival::After).await;
        created
    }

    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
        let name = if commit.is_mutation() { "commit" } else { "touch" };
        let keys = commit.changes.sets().count() + commit.changes.unsets().count();
        let fault = self.record(name, keys);
        self.deliver(Arrival::Before).await;
        self.delay(fault, || Write::Commit(*id, commit.clone()));
        let committed = run_with!(self, fault, self.inner.commit(id, commit));
        self.deliver(Arrival::After).await;
        committed
    }

    async fn delete(&self, id: &SessionId, proof: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError> {
        run_with!(self, self.record("delete", 0), self.inner.delete(id, proof, now))
    }

    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        run_with!(self, self.record("find", 0), self.inner.find(hash, cursor, limit, now))
    }

    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError> {
        run_with!(self, self.record("find_records", 0), self.inner.find_records(hash, cursor, limit, now))
    }

    async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
        run_with!(self, self.record("count", 0), self.inner.count(now))
    }

    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
        run_with!(self, self.record("scan", 0), self.inner.scan(from, batch, now))
    }

    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
        run_with!(self, self.record("delete_expired", 0), self.inner.delete_expired(now, batch))
    }
}
