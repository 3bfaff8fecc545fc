//! The lock around a request's state, its lazy creation from the cookies, and the lock-free read of loaded values.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cookie::parsed_credentials::{CredentialFindings, ParsedCredentials};
use crate::cookie::request_credentials::RequestCredentials;
use crate::record::side::Side;
use crate::request::state::types::State;
use crate::schema::schema_set::SchemaSet;

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
    Unparsed(UnparsedCredentials),
    /// Boxed, so that unused requests stay small.
    Created(Box<State>),
}

#[derive(Default)]
pub(super) struct UnparsedCredentials {
    pub(super) headers: RequestCredentials,
    /// The retired keys of the schemas in use.
    pub(super) retired: Vec<(Side, &'static str)>,
    /// The schemas in use that have secret or sealed keys, and are not registered.
    pub(super) schemas: SchemaSet,
    /// The response was finalized. Remaining handles can read, but not write.
    pub(super) is_finalized: bool,
}

impl StateCell {
    pub(super) fn new(headers: RequestCredentials) -> Self {
        let unparsed = UnparsedCredentials { headers, ..UnparsedCredentials::default() };
        Self { reads: AtomicU8::new(UNPARSED), state: Mutex::new(LazyState::Unparsed(unparsed)) }
    }

    /// Locks the state, and creates it at the first call. The lock is never held across an await. User code does not run
    /// under it, except the clock at the end of the request.
    #[inline]
    pub(super) fn lock(
        &self,
        parse: impl FnOnce(&RequestCredentials) -> ParsedCredentials,
        log: impl FnOnce(CredentialFindings),
    ) -> StateGuard<'_> {
        let mut lazy = self.lock_lazy();
        if let LazyState::Unparsed(_) = &*lazy {
            lazy = self.create(lazy, parse, log);
        }
        StateGuard { lazy, reads: &self.reads, is_changed: false }
    }

    /// Creates the state, unless another handle is faster. Releases the lock to parse the cookies, because this runs user
    /// code. The cell keeps the headers until then, so that a clock that panics loses no cookie.
    #[cold]
    fn create<'a>(
        &'a self,
        mut lazy: MutexGuard<'a, LazyState>,
        parse: impl FnOnce(&RequestCredentials) -> ParsedCredentials,
        log: impl FnOnce(CredentialFindings),
    ) -> MutexGuard<'a, LazyState> {
        let (mut state, mut findings) = (Box::new(State::default()), CredentialFindings::default());
        if let LazyState::Unparsed(unparsed) = &*lazy {
            state.set_transport(unparsed.headers.transport);
        }
        if let LazyState::Unparsed(unparsed) = &*lazy
            && unparsed.headers.first.is_some()
        {
            let headers = unparsed.headers.clone();
            drop(lazy);
            let parsed = parse(&headers);
            findings = parsed.findings;
            state.set_credentials(parsed);
            lazy = self.lock_lazy();
        }
        let LazyState::Unparsed(unparsed) = &mut *lazy else { return lazy };
        // Includes the calls of other handles before and during the parsing.
        state.retire(std::mem::take(&mut unparsed.retired));
        state.schemas = std::mem::take(&mut unparsed.schemas);
        if unparsed.is_finalized {
            state.finalize();
        }
        *lazy = LazyState::Created(state);
        self.reads.store(NOT_LOADED, Ordering::Release);
        if findings == CredentialFindings::default() {
            return lazy;
        }
        // After the creation, so that a log subscriber may read the session.
        drop(lazy);
        log(findings);
        self.lock_lazy()
    }

    /// Locks the state without creating it. A panic under the lock does not poison it.
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

    #[cfg(feature = "_middleware")]
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

    use http::{HeaderMap, header};

    use super::*;
    use crate::config::secret_key::SecretKey;
    use crate::config::session_config::SessionConfig;
    use crate::config::transport::Transport;

    fn cell() -> StateCell {
        let request: HeaderMap = [(header::COOKIE, "id=1".parse().unwrap())].into_iter().collect();
        StateCell::new(RequestCredentials::from_request(&request, &Transport::Cookies))
    }

    fn parsed() -> ParsedCredentials {
        let mut parsed = ParsedCredentials::default();
        parsed.present.session = true;
        parsed
    }

    fn lock(cell: &StateCell, parse: impl FnOnce(&RequestCredentials) -> ParsedCredentials) -> StateGuard<'_> {
        cell.lock(parse, |_| {})
    }

    #[test]
    fn findings_are_logged_after_the_creation_without_the_lock() {
        let cell = cell();
        let mut found = parsed();
        found.findings.undecryptable_sessions = 1;
        let mut logged = CredentialFindings::default();
        drop(cell.lock(
            |_| found,
            |findings| {
                assert!(lock(&cell, |_| unreachable!("the state exists")).response.present.session);
                logged = findings;
            },
        ));
        assert_eq!(logged.undecryptable_sessions, 1);
    }

    #[test]
    fn a_panic_while_the_cookies_are_parsed_loses_no_cookie() {
        let cell = cell();
        let panics = |_: &RequestCredentials| panic!("the clock panicked");
        assert!(catch_unwind(AssertUnwindSafe(|| drop(lock(&cell, panics)))).is_err());
        let state = lock(&cell, |headers| {
            assert_eq!(headers.first.as_ref().unwrap(), "id=1");
            parsed()
        });
        assert!(state.response.present.session);
    }

    #[test]
    fn the_cookies_are_parsed_without_the_lock() {
        let cell = cell();
        drop(lock(&cell, |_| {
            assert!(cell.state.try_lock().is_ok());
            parsed()
        }));
    }

    #[test]
    fn calls_of_other_handles_during_the_parsing_are_kept() {
        let cell = cell();
        let state = lock(&cell, |_| {
            let LazyState::Unparsed(unparsed) = &mut *cell.lock_lazy() else { unreachable!("nothing is parsed yet") };
            unparsed.retired.push((Side::Server, "old"));
            unparsed.is_finalized = true;
            parsed()
        });
        assert!(state.check_open().is_err() && state.response.present.session);
        assert_eq!(
            state.retired_keys(&SessionConfig::new(SecretKey::generate()), Side::Server).collect::<Vec<_>>(),
            ["old"]
        );
    }

    #[test]
    fn of_two_handles_that_parse_at_once_the_first_creates_the_state() {
        let cell = cell();
        let state = lock(&cell, |_| {
            lock(&cell, |_| parsed()).set_label("kept".into());
            ParsedCredentials::default()
        });
        assert_eq!(state.pending.label.as_deref(), Some("kept"));
        assert!(state.response.present.session);
    }

    #[test]
    fn a_panic_under_the_lock_does_not_poison_the_state() {
        let cell = cell();
        let mut state = lock(&cell, |_| parsed());
        state.set_label("kept".into());
        assert!(
            catch_unwind(AssertUnwindSafe(|| {
                let _lock = state;
                panic!("under the lock")
            }))
            .is_err()
        );
        let state = lock(&cell, |_| unreachable!("the state exists"));
        assert_eq!(state.pending.label.as_deref(), Some("kept"));
    }
}
