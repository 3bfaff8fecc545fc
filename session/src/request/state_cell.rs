//! The lock around a request's state, its lazy creation from the cookies, and the lock-free read of loaded values.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU8, Ordering};

use spin::Yield;
use spin::mutex::{SpinMutex, SpinMutexGuard};

use crate::cookie::cookie_headers::CookieHeaders;
use crate::record::side::Side;
use crate::request::state::types::State;

/// Cookies not parsed yet.
const UNPARSED: u8 = 0;
/// Nothing was loaded yet.
const NOT_LOADED: u8 = 1;
/// The loaded values are unchanged: reads need no lock.
const UNCHANGED: u8 = 2;
/// Reads must take the lock, for the rest of the request.
const CHANGED: u8 = 3;

/// A request's state, created at its first use.
pub(crate) struct StateCell {
    /// Flag for reads without a lock: one of the four constants. It only increases.
    reads: AtomicU8,
    /// Only handles of one request contend for the lock. It is held briefly, and waiters yield.
    state: SpinMutex<LazyState, Yield>,
}

pub(super) enum LazyState {
    Unparsed(UnparsedCookies),
    /// Boxed, so that unused requests stay small.
    Created(Box<State>),
}

#[derive(Default)]
pub(super) struct UnparsedCookies {
    pub(super) headers: CookieHeaders,
    /// The retired keys of the schemas in use.
    pub(super) retired: Vec<(Side, &'static str)>,
    /// The response was finalized. Remaining handles can read, but not write.
    pub(super) is_finalized: bool,
}

impl StateCell {
    pub(super) fn new(headers: CookieHeaders) -> Self {
        let unparsed = UnparsedCookies { headers, ..UnparsedCookies::default() };
        Self { reads: AtomicU8::new(UNPARSED), state: SpinMutex::new(LazyState::Unparsed(unparsed)) }
    }

    /// Locks the state, and creates it at the first call. The lock is never held across an await. User code does not run
    /// under it, except the clock.
    #[inline]
    pub(super) fn lock(&self, create: impl FnOnce(UnparsedCookies) -> State) -> StateGuard<'_> {
        let mut lazy = self.state.lock();
        if let LazyState::Unparsed(unparsed) = &mut *lazy {
            *lazy = LazyState::Created(Box::new(create(std::mem::take(unparsed))));
            self.reads.store(NOT_LOADED, Ordering::Release);
        }
        StateGuard { lazy, reads: &self.reads, is_changed: false }
    }

    /// Locks the state without creating it.
    pub(super) fn lock_lazy(&self) -> impl DerefMut<Target = LazyState> {
        self.state.lock()
    }

    /// Returns true if server state reads as it was loaded. Lock-free: a concurrent write is ordered before or after.
    #[inline]
    pub(crate) fn is_unchanged(&self) -> bool {
        self.reads.load(Ordering::Acquire) == UNCHANGED
    }

    #[cfg(feature = "tower")]
    pub(super) fn is_unparsed(&self) -> bool {
        self.reads.load(Ordering::Relaxed) == UNPARSED
    }
}

/// The locked state. When it is dropped, it updates the flag for lock-free reads.
pub(crate) struct StateGuard<'a> {
    lazy: SpinMutexGuard<'a, LazyState, Yield>,
    reads: &'a AtomicU8,
    /// Set when the state may have been changed.
    is_changed: bool,
}

/// Updates the flag before the lock is released, so that a thread that saw a change also sees the flag.
impl Drop for StateGuard<'_> {
    fn drop(&mut self) {
        if !self.is_changed {
            return;
        }
        let before = self.reads.load(Ordering::Relaxed);
        if before == CHANGED || before == NOT_LOADED && self.loaded.record.is_none() {
            return;
        }
        let after = if self.unchanged_values().is_some() { UNCHANGED } else { CHANGED };
        if after != before {
            self.reads.store(after, Ordering::Release);
        }
    }
}

impl Deref for StateGuard<'_> {
    type Target = State;

    #[inline]
    fn deref(&self) -> &State {
        match &*self.lazy {
            LazyState::Created(state) => state,
            LazyState::Unparsed(_) => unreachable!("`lock` creates the state"),
        }
    }
}

impl DerefMut for StateGuard<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut State {
        self.is_changed = true;
        match &mut *self.lazy {
            LazyState::Created(state) => state,
            LazyState::Unparsed(_) => unreachable!("`lock` creates the state"),
        }
    }
}
