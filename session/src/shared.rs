//! What is shared: by all sessions of a manager, and by all handles of a request.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderValue, header};

use crate::config::SessionConfig;
use crate::cookie::{Cookies, drops_secure_cookies};
use crate::declaration::SchemaInfo;
use crate::error::Error;
use crate::field::{Keys, Stored};
use crate::json::{Json, Place};
use crate::state::State;
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

    pub(crate) fn warn_of_plain_http(&self, request: &HeaderMap) {
        if self.warned_of_plain_http.load(Ordering::Relaxed) || !self.cookies.config().is_secure() {
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
    state: Mutex<Lazy>,
}

/// A request's `Cookie` headers, of which there is hardly ever more than one.
#[derive(Default)]
pub(crate) struct CookieHeaders {
    first: Option<HeaderValue>,
    others: Vec<HeaderValue>,
}

impl CookieHeaders {
    pub(crate) fn of(request: &HeaderMap) -> Self {
        let mut headers = request.get_all(header::COOKIE).iter().cloned();
        Self { first: headers.next(), others: headers.collect() }
    }

    fn iter(&self) -> impl Iterator<Item = &HeaderValue> {
        self.first.iter().chain(&self.others)
    }
}

/// The state, or the cookies that it will be opened from when somebody asks.
struct Lazy {
    cookies: CookieHeaders,
    state: State,
    opened: bool,
}

impl Shared {
    /// One request's share, with the `Cookie` headers that it came with.
    pub(crate) fn new(manager: Arc<Manager>, cookies: CookieHeaders) -> Self {
        let state = Mutex::new(Lazy { cookies, state: State::default(), opened: false });
        Self { manager, gate: tokio::sync::Mutex::new(()), state }
    }

    /// The state, behind a lock that is held for a moment: never across an await, never while code of the user's runs.
    pub(crate) fn state(&self) -> StateGuard<'_> {
        let mut lazy = self.lazy();
        if !lazy.opened {
            let cookies = std::mem::take(&mut lazy.cookies);
            if cookies.first.is_some() {
                lazy.state.open(self.manager.cookies.open(cookies.iter(), self.manager.now()));
            }
            lazy.opened = true;
        }
        StateGuard(lazy)
    }

    /// Closes a request that never touched its session, or wants nothing of it and owes no cookie. False if it does.
    pub(crate) fn close_quietly(&self) -> bool {
        let mut lazy = self.lazy();
        let quiet = !lazy.opened || lazy.state.is_quiet(&self.manager.config, self.manager.now());
        if quiet {
            lazy.state.finalize();
        }
        quiet
    }

    /// What this schema has retired goes with the next commit. Costs nothing where nothing is retired.
    pub(crate) fn retire(&self, schema: &SchemaInfo) {
        if schema.retires() {
            self.lazy().state.retire(schema.all_retired());
        }
    }

    fn lazy(&self) -> MutexGuard<'_, Lazy> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a field holds, as this request sees it. One load, unless what is known is enough.
    pub(crate) async fn find<'k>(&self, keys: &Keys<'k>) -> Result<Option<Stored<'k>>, Error> {
        loop {
            if let Ok(stored) = self.state().find(keys) {
                return Ok(stored);
            }
            self.load().await?;
        }
    }

    /// Writes a field, or drops it, and leaves nothing behind under the keys that it had before.
    pub(crate) fn write(&self, place: Place, keys: &Keys<'_>, value: Option<Json>) -> Result<(), Error> {
        self.state().edit(place, |changes| changes.write(keys, value))
    }

    pub(crate) fn clear(&self, place: Place) -> Result<(), Error> {
        self.state().edit(place, |changes| {
            changes.clear();
            Ok(())
        })
    }
}

pub(crate) struct StateGuard<'a>(MutexGuard<'a, Lazy>);

impl Deref for StateGuard<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0.state
    }
}

impl DerefMut for StateGuard<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.0.state
    }
}
