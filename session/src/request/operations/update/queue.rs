//! The queue of the updates of one session in this process: one update has its turn, the others wait.
//!
//! Without it, n updates at once would cost n² operations, because each commit makes all other attempts fail. The queue
//! only saves operations: compare-and-swap decides, also across processes.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::record::id::SessionId;
use crate::request::operations::timer::{wait_timer, within};

/// An update that made no progress for this long loses its turn: its future may be kept without being polled.
const STALL_LIMIT: Duration = Duration::from_secs(1);

/// The queues of all sessions that are being updated.
#[derive(Default)]
pub(crate) struct UpdateQueues {
    queues: Mutex<QueueMap>,
    last_ticket: AtomicU64,
}

type QueueMap = HashMap<SessionId, Queue, BuildHasherDefault<IdHasher>>;

/// Uses a part of the id as its hash. Ids are random, and nobody else can choose them.
#[derive(Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some(first) = bytes.first_chunk() {
            self.0 = u64::from_ne_bytes(*first);
        }
    }

    /// The length of an id adds nothing.
    fn write_usize(&mut self, _: usize) {}
}

/// The updates of one session.
struct Queue {
    /// The update that has its turn.
    current: Ticket,
    /// The time at which it got its turn, or started its last attempt.
    progress: Instant,
    waiting: VecDeque<(Ticket, oneshot::Sender<()>)>,
}

/// The number of an update, unique in its process: a stalled update must not take the turn of a later one.
type Ticket = u64;

/// Resolves when an update gets its turn.
pub(super) type TurnWait = oneshot::Receiver<()>;

/// The turn of one update in its queue, or its wait for it. Dropping it gives the turn to the next update.
pub(super) struct Turn<'q> {
    queues: &'q UpdateQueues,
    id: SessionId,
    ticket: Ticket,
}

impl UpdateQueues {
    /// Returns a turn, and the wait for it if another update of the session has its turn.
    pub(super) fn enter(&self, id: SessionId) -> (Turn<'_>, Option<TurnWait>) {
        let ticket = self.last_ticket.fetch_add(1, Ordering::Relaxed);
        let wait = match self.lock().entry(id) {
            Entry::Vacant(entry) => {
                entry.insert(Queue { current: ticket, progress: Instant::now(), waiting: VecDeque::new() });
                None
            }
            Entry::Occupied(mut entry) => {
                let (sender, receiver) = oneshot::channel();
                entry.get_mut().waiting.push_back((ticket, sender));
                Some(receiver)
            }
        };
        (Turn { queues: self, id, ticket }, wait)
    }

    fn leave(&self, id: &SessionId, ticket: Ticket) {
        let mut queues = self.lock();
        let Some(queue) = queues.get_mut(id) else { return };
        if queue.current != ticket {
            queue.waiting.retain(|(waiting, _)| *waiting != ticket);
        } else if !queue.advance() {
            queues.remove(id);
        }
    }

    fn skip_stalled(&self, id: &SessionId) {
        let mut queues = self.lock();
        if let Some(queue) = queues.get_mut(id).filter(|queue| queue.progress.elapsed() >= STALL_LIMIT) {
            queue.advance();
        }
    }

    /// The map is valid even if the lock is poisoned: no user code runs under it.
    fn lock(&self) -> MutexGuard<'_, QueueMap> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Gives the turn to the update that has waited longest. Returns false if none is waiting.
    fn advance(&mut self) -> bool {
        let Some((ticket, sender)) = self.waiting.pop_front() else { return false };
        self.current = ticket;
        self.progress = Instant::now();
        // A dropped receiver belongs to a cancelled update, whose `Turn` leaves the queue.
        _ = sender.send(());
        true
    }
}

impl Turn<'_> {
    /// Waits until no other update of the session has its turn.
    pub(super) async fn wait(self, mut wait: TurnWait) -> Self {
        while within(&mut wait, || wait_timer(STALL_LIMIT)).await.is_none() {
            self.queues.skip_stalled(&self.id);
        }
        self
    }

    /// Keeps the turn for another attempt. An update that lost its turn waits for the next one.
    pub(super) async fn keep(self) -> Self {
        let has_turn = {
            let mut queues = self.queues.lock();
            let queue = queues.get_mut(&self.id).filter(|queue| queue.current == self.ticket);
            queue.map(|queue| queue.progress = Instant::now()).is_some()
        };
        if has_turn {
            return self;
        }
        match self.queues.enter(self.id) {
            (turn, Some(wait)) => turn.wait(wait).await,
            (turn, None) => turn,
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.queues.leave(&self.id, self.ticket);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_that_lost_its_turn_does_not_leave_a_newer_queue() {
        let (queues, id) = (UpdateQueues::default(), SessionId::random());
        let (stalled, _) = queues.enter(id);
        let (second, _) = queues.enter(id);
        queues.lock().get_mut(&id).unwrap().advance();
        drop(second);
        assert!(queues.lock().is_empty());
        let (current, _) = queues.enter(id);
        let (_waiting, _receiver) = queues.enter(id);
        drop(stalled);
        let lock = queues.lock();
        assert_eq!((lock[&id].current, lock[&id].waiting.len()), (current.ticket, 1));
    }
}
