//! A fault of a store: which operations it affects, and how they fail.

use std::io;
use std::time::Duration;

use crate::config::event::StoreOperation;
use crate::error::StoreError;
use crate::store::timeout::Unavailable;

/// A fault that a [`FailingStore`](crate::testing::FailingStore) injects. By default, it affects the next operation only.
///
/// ```
/// use session::event::StoreOperation;
/// use session::testing::Fault;
///
/// let down = Fault::refused().forever();
/// let lost = Fault::reply_lost().on(StoreOperation::Commit);
/// let later = Fault::timed_out().after(2).times(3);
/// ```
#[derive(Clone, Debug)]
pub struct Fault {
    failure: Failure,
    operation: Option<StoreOperation>,
    skips: usize,
    times: Option<usize>,
}

/// The way in which an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Refused,
    TimedOut,
    Lost,
    ReplyLost,
    Hangs,
}

impl Fault {
    /// The server refuses the connection: nothing is executed, and the error is
    /// [`Unavailable::NotSent`](crate::store::Unavailable::NotSent).
    pub fn refused() -> Self {
        Self::new(Failure::Refused)
    }

    /// The connection is lost before the server executes the operation. The outcome is unknown to the library.
    pub fn lost() -> Self {
        Self::new(Failure::Lost)
    }

    /// The operation is executed, and its reply is lost. The outcome is unknown to the library.
    pub fn reply_lost() -> Self {
        Self::new(Failure::ReplyLost)
    }

    /// Nothing is executed, and the error is [`Unavailable::TimedOut`](crate::store::Unavailable::TimedOut), at once. The
    /// outcome is unknown to the library.
    pub fn timed_out() -> Self {
        Self::new(Failure::TimedOut)
    }

    /// The operation never returns. The library waits until
    /// [`SessionConfig::store_timeout`](crate::SessionConfig::store_timeout): set it to a few milliseconds.
    pub fn hangs() -> Self {
        Self::new(Failure::Hangs)
    }

    fn new(failure: Failure) -> Self {
        Self { failure, operation: None, skips: 0, times: Some(1) }
    }

    /// Affects only operations of this kind.
    #[must_use]
    pub fn on(mut self, operation: StoreOperation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Lets `count` operations succeed first.
    #[must_use]
    pub fn after(mut self, count: usize) -> Self {
        self.skips = count;
        self
    }

    /// Affects `count` operations, one after another.
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.times = Some(count);
        self
    }

    /// Affects all operations until [`FailingStore::repair`](crate::testing::FailingStore::repair).
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = None;
        self
    }

    /// Returns the failure of an operation, if the fault affects it, and counts the operation.
    pub(super) fn apply(&mut self, operation: StoreOperation) -> Option<Failure> {
        if self.is_used_up() || self.operation.is_some_and(|expected| expected != operation) {
            return None;
        }
        if self.skips > 0 {
            self.skips -= 1;
            return None;
        }
        self.times = self.times.map(|times| times - 1);
        Some(self.failure)
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.times == Some(0)
    }

    /// Returns true if the fault waits for an operation that it must affect.
    pub(super) fn is_pending(&self) -> bool {
        self.times.is_some_and(|times| times > 0)
    }
}

impl Failure {
    pub(super) fn error(self) -> StoreError {
        const TIMEOUT: Duration = Duration::from_secs(5);
        match self {
            Self::Refused => Unavailable::not_sent(io::Error::from(io::ErrorKind::ConnectionRefused)).into(),
            Self::TimedOut | Self::Hangs => Unavailable::TimedOut(TIMEOUT).into(),
            Self::Lost | Self::ReplyLost => io::Error::from(io::ErrorKind::ConnectionReset).into(),
        }
    }
}
