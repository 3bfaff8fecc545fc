//! The data that all sessions of one manager share: store, settings and cookies.

use std::sync::atomic::{AtomicBool, Ordering};

use http::HeaderMap;

use crate::config::session_config::SessionConfig;
use crate::cookie::cookie_headers::CookieHeaders;
use crate::cookie::cookies::Cookies;
use crate::cookie::plain_http::drops_secure_cookies;
use crate::error::Error;
use crate::record::timestamp::Timestamp;
use crate::request::operations::update_queue::UpdateQueues;
use crate::request::state::types::State;
use crate::request::state_cell::UnparsedCookies;
use crate::store::session_store::SessionStore;

/// The data that all sessions of one manager share.
pub(crate) struct ManagerInner {
    pub(crate) store: Box<dyn SessionStore>,
    pub(crate) config: SessionConfig,
    pub(crate) cookies: Cookies,
    pub(crate) update_queues: UpdateQueues,
    has_warned_of_plain_http: AtomicBool,
}

impl ManagerInner {
    pub(crate) fn new(store: impl SessionStore, config: SessionConfig) -> Self {
        let cookies = Cookies::new(config.cookie.clone(), &config.keys);
        Self {
            store: Box::new(store),
            config,
            cookies,
            update_queues: UpdateQueues::default(),
            has_warned_of_plain_http: AtomicBool::new(false),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.config.clock.now()
    }

    /// Parses the cookies of a request, at the first use of its session.
    #[cold]
    pub(super) fn create_state(&self, unparsed: &mut UnparsedCookies) -> State {
        let mut state = State::default();
        if unparsed.headers.first.is_some() {
            state.set_cookies(self.cookies.parse(unparsed.headers.iter(), self.now()));
        }
        state.retire(std::mem::take(&mut unparsed.retired));
        if unparsed.is_finalized {
            state.finalize();
        }
        state
    }

    /// Returns an error if a key is not indexed.
    pub(crate) fn check_indexed(&self, key: &str) -> Result<(), Error> {
        if self.config.index.contains(key) {
            return Ok(());
        }
        let key = key.escape_debug();
        let message = format!("the key `{key}` is not indexed: pass its key constant to `SessionConfig::index`");
        Err(Error::config(message))
    }

    /// Logs one warning if browsers drop the secure cookies of this server.
    pub(crate) fn warn_of_plain_http(&self, request: &HeaderMap, cookies: &CookieHeaders) {
        // A browser that sends our cookie has accepted it.
        let is_accepted =
            || cookies.first.as_ref().is_some_and(|first| self.cookies.is_session_cookie(first.as_bytes()));
        let has_warned = self.has_warned_of_plain_http.load(Ordering::Relaxed);
        if has_warned || !self.cookies.config().is_secure() || is_accepted() {
            return;
        }
        if drops_secure_cookies(request) && !self.has_warned_of_plain_http.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "request over plain http: browsers drop secure cookies, and sessions are lost; use https, or \
                 `CookieConfig::secure(false)` on a local network"
            );
        }
    }
}
