//! What is shared: by all sessions of a manager, and by all handles of a request.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
#[cfg(feature = "tower")]
use std::sync::atomic::fence;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use http::{HeaderMap, HeaderValue, header};
use spin::Yield;
use spin::mutex::{SpinMutex, SpinMutexGuard};

use crate::config::SessionConfig;
use crate::cookie::{Cookies, drops_secure_cookies};
use crate::declaration::{SchemaInfo, Side};
use crate::error::Error;
use crate::field::{Keys, Stored};
use crate::json::{Json, Place};
use crate::state::{AskTheStore, State};
use crate::store::{SessionStore, Timestamp};

/// What all sessions of one manager share.
pub(crate) struct Manager {
    pub(crate) store: Box<dyn SessionStore>,
    pub(crate) config: SessionConfig,
    pub(crate) cookies: Cookies,
    warned_of_plain_http: AtomicBool,
}

impl Manager {
    pub(crate) fn new(store: impl SessionStore, config: SessionConfig) -> Self {
        let cookies = Cookies::new(config.cookie.clone(), &config.keys);
        Self { store: Box::new(store), config, cookies, warned_of_plain_http: AtomicBool::new(false) }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.config.clock.now()
    }

    pub(crate) fn warn_of_plain_http(&self, request: &HeaderMap, cookies: &CookieHeaders) {
        // A browser that sends our cookie has kept it.
        let is_kept = || cookies.first.as_ref().is_some_and(|first| self.cookies.is_session_cookie(first.as_bytes()));
        if self.warned_of_plain_http.load(Ordering::Relaxed) || !self.cookies.config().is_secure() || is_kept() {
            return;
        }
        if drops_secure_cookies(request) && !self.warned_of_plain_http.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a request came over plain http: browsers drop secure cookies there, and no session will last; \
                 use https, or `CookieConfig::secure(false)` on a local network"
            );
        }
    }
}

/// What all handles of one request share.
pub(crate) struct Shared {
    pub(crate) manager: Arc<Manager>,
    /// Held while the store is asked, so that one request asks one thing at a time.
    pub(crate) gate: tokio::sync::Mutex<()>,
    /// How far the state has come, for those who need not know more: one of the four below, and never back.
    reads: AtomicU8,
    /// Two threads want it at once only if they have handles of one request, and it is held for a moment; who finds it held
    /// gives its processor away until it is free. (Under real-time scheduling, one of higher priority on the same processor
    /// would keep the holder from going on.)
    state: SpinMutex<Lazy, Yield>,
}

/// Nobody has asked for the state.
const UNOPENED: u8 = 0;
/// Nothing was loaded so far.
const NOT_LOADED: u8 = 1;
/// What the one load gave is what is read: the request has changed nothing.
const AS_LOADED: u8 = 2;
/// What is read takes the state to say. It stays so for the rest of the request.
const CHANGED: u8 = 3;

/// A request's `Cookie` headers, of which there is hardly ever more than one.
#[derive(Default)]
pub(crate) struct CookieHeaders {
    first: Option<HeaderValue>,
    others: Vec<HeaderValue>,
}

impl CookieHeaders {
    pub(crate) fn of(request: &HeaderMap) -> Self {
        let first = request.get(header::COOKIE).cloned();
        // Hardly any request has two headers of one name, and that is known without a look at them.
        let others = if request.len() == request.keys_len() {
            Vec::new()
        } else {
            request.get_all(header::COOKIE).iter().skip(1).cloned().collect()
        };
        Self { first, others }
    }

    fn iter(&self) -> impl Iterator<Item = &HeaderValue> {
        self.first.iter().chain(&self.others)
    }
}

/// The state, once somebody has asked for it.
enum Lazy {
    Unopened(Unopened),
    /// In a place of its own: a request that never asks does not even make room for it.
    Open(Box<State>),
}

#[derive(Default)]
struct Unopened {
    /// What the state will be opened from.
    cookies: CookieHeaders,
    /// What schemas have retired meanwhile.
    retired: Vec<(Side, &'static str)>,
    /// The answer has been given: a handle that is kept still reads, and writes nothing.
    closed: bool,
}

impl Shared {
    /// One request's share, with the `Cookie` headers that it came with.
    pub(crate) fn new(manager: Arc<Manager>, cookies: CookieHeaders) -> Self {
        let unopened = Unopened { cookies, ..Unopened::default() };
        let (gate, state) = (tokio::sync::Mutex::new(()), SpinMutex::new(Lazy::Unopened(unopened)));
        Self { manager, gate, reads: AtomicU8::new(UNOPENED), state }
    }

    /// The state, behind a lock that is held for a moment: never across an await, and of the user's code only the clock
    /// runs meanwhile.
    #[inline]
    pub(crate) fn state(&self) -> StateGuard<'_> {
        let mut lazy = self.state.lock();
        if let Lazy::Unopened(unopened) = &mut *lazy {
            *lazy = Lazy::Open(Box::new(self.open(std::mem::take(unopened))));
            self.reads.store(NOT_LOADED, Ordering::Release);
        }
        StateGuard { lazy, reads: &self.reads, changes: false }
    }

    /// Whether server state reads as the store gave it. Nobody waits to know: a write by another handle at the same time
    /// comes before this or after it.
    #[inline]
    pub(crate) fn reads_as_loaded(&self) -> bool {
        self.reads.load(Ordering::Acquire) == AS_LOADED
    }

    #[cold]
    fn open(&self, Unopened { cookies, retired, closed }: Unopened) -> State {
        let mut state = State::default();
        if cookies.first.is_some() {
            state.open(self.manager.cookies.open(cookies.iter(), self.manager.now()));
        }
        state.retire(retired);
        if closed {
            state.finalize();
        }
        state
    }

    /// From now on client state of a record counts only once the store has been asked. True if it still has to be.
    #[cfg(feature = "tower")]
    pub(crate) fn believe_only_what_is_verified(&self) -> bool {
        let mut state = self.state();
        state.client.asks_first = true;
        state.needs_load()
    }

    /// Whether nobody has asked this session for anything, and nobody can any more.
    #[cfg(feature = "tower")]
    pub(crate) fn is_left_alone(self: &Arc<Self>) -> bool {
        let is_last = Arc::strong_count(self) == 1;
        // What the other handles did is seen once it is seen that they are gone.
        fence(Ordering::Acquire);
        is_last && self.reads.load(Ordering::Relaxed) == UNOPENED
    }

    /// Closes a request that never touched its session, or wants nothing of it and owes no cookie. False if it does.
    pub(crate) fn close_quietly(&self) -> bool {
        match &mut *self.state.lock() {
            Lazy::Unopened(unopened) => unopened.closed = true,
            Lazy::Open(state) if state.is_quiet(&self.manager.config, || self.manager.now()) => state.finalize(),
            Lazy::Open(_) => return false,
        }
        true
    }

    /// What this schema has retired goes with the next commit. Costs nothing where nothing is retired.
    pub(crate) fn retire(&self, schema: &SchemaInfo) {
        if !schema.retires() {
            return;
        }
        match &mut *self.state.lock() {
            Lazy::Unopened(unopened) => unopened.retired.extend(schema.all_retired()),
            Lazy::Open(state) => state.retire(schema.all_retired()),
        }
    }

    /// What a field holds, as this request sees it, unless the store has to be asked.
    #[inline]
    pub(crate) fn known<'k>(&self, keys: &Keys<'k>) -> Result<Option<Stored<'k>>, AskTheStore> {
        self.state().find(keys)
    }

    /// What a field holds, as this request sees it. One load, unless what is known is enough.
    pub(crate) async fn find<'k>(&self, keys: &Keys<'k>) -> Result<Option<Stored<'k>>, Error> {
        loop {
            if let Ok(stored) = self.known(keys) {
                return Ok(stored);
            }
            self.load().await?;
        }
    }

    /// Writes a field, or drops it, and leaves nothing behind under the keys that it had before.
    pub(crate) fn write(&self, place: Place, keys: &Keys<'_>, value: Option<Json>) -> Result<(), Error> {
        self.state().edit(place, |changes| changes.write(keys, value))
    }

    /// Records what is wanted of the session by a verb that returns nothing: that it comes too late can only be logged, and
    /// not before the state's lock is let go.
    pub(crate) fn intend(&self, record: impl FnOnce(&mut State)) {
        let is_late = {
            let mut state = self.state();
            record(&mut state);
            state.is_finalized()
        };
        if is_late {
            tracing::error!("the answer has been given: what is asked of the session now is not done");
        }
    }

    pub(crate) fn clear(&self, place: Place) -> Result<(), Error> {
        self.state().edit(place, |changes| {
            changes.clear();
            Ok(())
        })
    }
}

pub(crate) struct StateGuard<'a> {
    lazy: SpinMutexGuard<'a, Lazy, Yield>,
    reads: &'a AtomicU8,
    /// Whether the state may have been changed.
    changes: bool,
}

/// While the lock is still held, so that whoever has seen a change sees that there is one.
impl Drop for StateGuard<'_> {
    fn drop(&mut self) {
        if !self.changes {
            return;
        }
        let before = self.reads.load(Ordering::Relaxed);
        if before == CHANGED || before == NOT_LOADED && self.known.record.is_none() {
            return;
        }
        let after = if self.as_loaded().is_some() { AS_LOADED } else { CHANGED };
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
            Lazy::Open(state) => state,
            Lazy::Unopened(_) => unreachable!("a guard is given out of an open state"),
        }
    }
}

impl DerefMut for StateGuard<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut State {
        self.changes = true;
        match &mut *self.lazy {
            Lazy::Open(state) => state,
            Lazy::Unopened(_) => unreachable!("a guard is given out of an open state"),
        }
    }
}
