//! The lock around a request's state, its lazy creation from the cookies, and the lock-free read of loaded values.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

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
    /// Only handles of one request contend for the lock, and it is held briefly.
    state: Mutex<LazyState>,
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
        Self { reads: AtomicU8::new(UNPARSED), state: Mutex::new(LazyState::Unparsed(unparsed)) }
    }

    /// Locks the state, and creates it at the first call. The lock is never held across an await. User code does not run
    /// under it, except the clock.
    #[inline]
    pub(super) fn lock(&self, create: impl FnOnce(&mut UnparsedCookies) -> State) -> StateGuard<'_> {
        let mut lazy = self.lock_lazy();
        if let LazyState::Unparsed(unparsed) = &mut *lazy {
            *lazy = LazyState::Created(Box::new(create(unparsed)));
            self.reads.store(NOT_LOADED, Ordering::Release);
        }
        StateGuard { lazy, reads: &self.reads, is_changed: false }
    }

    /// Locks the state without creating it. A panic of the application's clock, which runs under the lock, does not poison
    /// it.
    #[inline]
    pub(super) fn lock_lazy(&self) -> MutexGuard<'_, LazyState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get_mut(&mut self) -> &mut LazyState {
        self.state.get_mut().unwrap_or_else(PoisonError::into_inner)
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
    lazy: MutexGuard<'a, LazyState>,
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

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn a_panic_under_the_lock_does_not_poison_the_state() {
        let cell = StateCell::new(CookieHeaders::default());
        let create = |_: &mut UnparsedCookies| panic!("the clock panicked");
        assert!(catch_unwind(AssertUnwindSafe(|| drop(cell.lock(create)))).is_err());
        let mut state = cell.lock(|_| State::default());
        state.set_label("kept".into());
        assert!(
            catch_unwind(AssertUnwindSafe(|| {
                let _lock = state;
                panic!("under the lock")
            }))
            .is_err()
        );
        let state = cell.lock(|_| unreachable!("the state exists"));
        assert_eq!(state.pending.label.as_deref(), Some("kept"));
    }
}
