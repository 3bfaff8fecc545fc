//! The queue of the updates of one session in this process: one update has its turn, the others wait.
//!
//! Without it, n updates at once would cost n² operations, because each commit makes all other attempts fail. The queue
//! only saves operations: compare-and-swap decides, also across processes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::record::id::SessionId;
use crate::request::operations::store_call::{wait_timer, within};

/// An update that made no progress for this long loses its turn: its future may be kept without being polled.
const STALL_LIMIT: Duration = Duration::from_secs(1);

/// The queues of all sessions that are being updated.
#[derive(Default)]
pub(crate) struct UpdateQueues(Mutex<HashMap<SessionId, Queue>>);

/// The updates of one session.
struct Queue {
    /// The update that has its turn.
    current: Ticket,
    /// The time at which it got its turn, or started its last attempt.
    progress: Instant,
    waiting: VecDeque<(Ticket, oneshot::Sender<()>)>,
    last_ticket: Ticket,
}

type Ticket = u64;

/// The place of one update in its queue. Dropping it gives the turn to the next update.
pub(super) struct Turn<'q> {
    queues: &'q UpdateQueues,
    id: SessionId,
    ticket: Ticket,
}

impl UpdateQueues {
    /// Waits until no other update of the session has its turn.
    pub(super) async fn take_turn(&self, id: SessionId) -> Turn<'_> {
        let (turn, wait) = self.enter(id);
        if let Some(mut wait) = wait {
            while within(&mut wait, || wait_timer(STALL_LIMIT)).await.is_none() {
                self.skip_stalled(&id);
            }
        }
        turn
    }

    fn enter(&self, id: SessionId) -> (Turn<'_>, Option<oneshot::Receiver<()>>) {
        let mut queues = self.lock();
        let turn = |ticket| Turn { queues: self, id, ticket };
        let Some(queue) = queues.get_mut(&id) else {
            queues.insert(id, Queue::new());
            return (turn(Queue::FIRST), None);
        };
        let (sender, receiver) = oneshot::channel();
        queue.last_ticket += 1;
        queue.waiting.push_back((queue.last_ticket, sender));
        (turn(queue.last_ticket), Some(receiver))
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
    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Queue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    const FIRST: Ticket = 0;

    fn new() -> Self {
        Self { current: Self::FIRST, progress: Instant::now(), waiting: VecDeque::new(), last_ticket: Self::FIRST }
    }

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

impl<'q> Turn<'q> {
    /// Keeps the turn for another attempt. An update that lost its turn waits for the next one.
    pub(super) async fn keep(self) -> Turn<'q> {
        let has_turn = {
            let mut queues = self.queues.lock();
            let queue = queues.get_mut(&self.id).filter(|queue| queue.current == self.ticket);
            queue.map(|queue| queue.progress = Instant::now()).is_some()
        };
        if has_turn { self } else { self.queues.take_turn(self.id).await }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.queues.leave(&self.id, self.ticket);
    }
}
