//! The end of a request: runs the last commit, and decides which cookies the response sets or removes.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::error::Error;
use crate::record::timestamp::Timestamp;
use crate::request::manager_inner::ManagerInner;
use crate::request::session_inner::SessionInner;
use crate::request::state::types::State;

/// The `Set-Cookie` headers of a response.
#[derive(Default)]
pub(crate) struct SetCookies {
    session: Option<HeaderValue>,
    state: Option<HeaderValue>,
}

impl SetCookies {
    pub(crate) fn append_to(self, response: &mut HeaderMap) {
        let mut has_cookie = false;
        for cookie in self.session.into_iter().chain(self.state) {
            response.append(header::SET_COOKIE, cookie);
            has_cookie = true;
        }
        if has_cookie {
            forbid_caching(response);
        }
    }
}

/// Keeps a response out of every cache: a cache must not hand one visitor's token to another (OWASP session management
/// cheat sheet). This includes client state, and removals, which would log out everyone who receives them.
fn forbid_caching(response: &mut HeaderMap) {
    response.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A content delivery network obeys these headers instead of `Cache-Control` (RFC 9213; W3C Edge Architecture).
    let is_targeted = |name: &HeaderName| name == "surrogate-control" || name.as_str().ends_with("cdn-cache-control");
    let targeted: Vec<HeaderName> = response.keys().filter(|name| is_targeted(name)).cloned().collect();
    for name in targeted {
        response.remove(name);
    }
}

impl SessionInner {
    /// Commits all pending changes. Returns the cookies, also after an error: those of earlier commits.
    pub(crate) async fn finalize(&self) -> (SetCookies, Result<(), Error>) {
        if self.finalize_if_nothing_to_send() { (SetCookies::default(), Ok(())) } else { self.finalize_now().await }
    }

    /// Like [`finalize`](Self::finalize), for a request that is known to have something to send.
    pub(crate) async fn finalize_now(&self) -> (SetCookies, Result<(), Error>) {
        let _closing = ClosingGuard(self);
        let result = match self.close() {
            Ok(()) => self.commit().await,
            Err(error) => Err(error),
        };
        if result.is_err() {
            let mut state = self.state();
            state.note_discarded();
            state.discard_pending();
        }
        (self.set_cookies(), result)
    }

    /// Commits only a pending deletion. Returns the cookies, including a token that a cancelled commit created.
    pub(crate) async fn abandon(&self) -> (SetCookies, Result<(), Error>) {
        if self.finalize_if_nothing_to_send() {
            return (SetCookies::default(), Ok(()));
        }
        let _closing = ClosingGuard(self);
        let has_deletion = {
            let mut state = self.state();
            state.close();
            if state.has_unsent_changes() {
                state.note_discarded();
            }
            state.keep_only_deletion();
            state.pending.deletion.is_some()
        };
        let result = if has_deletion { self.commit().await } else { Ok(()) };
        self.abandon_cancelled().await;
        (self.set_cookies(), result)
    }

    /// Starts the last commit. Client state that no browser would accept is an error before the store is called.
    fn close(&self) -> Result<(), Error> {
        let ManagerInner { cookies, config, .. } = &*self.manager;
        let mut state = self.state();
        if state.is_finalized() {
            return state.check_late_call();
        }
        state.close();
        if state.client.is_untouched() {
            return Ok(());
        }
        let state_cookie = state.new_state_cookie(config, self.manager.now());
        state_cookie.map_or(Ok(()), |cookie| cookies.check_state_size(&cookie.values))
    }

    fn set_cookies(&self) -> SetCookies {
        let now = self.manager.now();
        let mut state = self.state();
        state.finalize();
        let session = self.manager.set_session_cookie(&mut state, now);
        SetCookies { session, state: self.manager.set_state_cookie(&mut state, now) }
    }
}

/// Reopens the request if its last commit is cancelled.
struct ClosingGuard<'s>(&'s SessionInner);

impl Drop for ClosingGuard<'_> {
    fn drop(&mut self) {
        self.0.state().reopen();
    }
}

impl ManagerInner {
    fn set_session_cookie(&self, state: &mut State, now: Timestamp) -> Option<HeaderValue> {
        let is_present = std::mem::take(&mut state.response.present.session);
        match state.response.token.take() {
            // An expired token would overwrite the new token of a parallel login.
            Some(token) => (now < token.absolute_end).then(|| self.cookies.session_cookie(&token, now)),
            None => (state.response.removes_cookies && is_present).then(|| self.cookies.session_removal()),
        }
    }

    fn set_state_cookie(&self, state: &mut State, now: Timestamp) -> Option<HeaderValue> {
        let is_present = std::mem::take(&mut state.response.present.state);
        let cookie = state.new_state_cookie(&self.config, now);
        let is_removed = cookie.as_ref().map_or(state.response.removes_cookies, |cookie| cookie.values.is_empty());
        if is_removed {
            return is_present.then(|| self.cookies.state_removal());
        }
        let is_persistent = state.lifetime(&self.config).persistent;
        cookie.map(|cookie| self.cookies.state_cookie(&cookie, is_persistent, now))
    }
}
