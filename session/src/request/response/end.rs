//! The end of a request: runs the last commit, and decides which cookies or which token header the response has.

use crate::cookie::state_cookie::StateCookie;
use crate::error::Error;
use crate::record::timestamp::Timestamp;
use crate::request::manager_inner::ManagerInner;
use crate::request::response::headers::{ResponseHeader, ResponseHeaders};
use crate::request::session_inner::SessionInner;
use crate::request::state::types::State;

impl SessionInner {
    /// Commits all pending changes. Returns the headers, also after an error: those of earlier commits.
    pub(crate) async fn finalize(&self) -> (ResponseHeaders, Result<(), Error>) {
        if self.finalize_if_nothing_to_send() {
            (ResponseHeaders::default(), Ok(()))
        } else {
            self.finalize_now().await
        }
    }

    /// Like [`finalize`](Self::finalize), for a request that is known to have something to send.
    pub(crate) async fn finalize_now(&self) -> (ResponseHeaders, Result<(), Error>) {
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
        (self.response_headers(), result)
    }

    /// Commits only a pending deletion. Returns the headers, including a token that a cancelled commit created.
    pub(crate) async fn abandon(&self) -> (ResponseHeaders, Result<(), Error>) {
        if self.finalize_if_nothing_to_send() {
            return (ResponseHeaders::default(), Ok(()));
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
        (self.response_headers(), result)
    }

    /// Starts the last commit. Client state that no browser would accept is an error before the store is called.
    fn close(&self) -> Result<(), Error> {
        let ManagerInner { cookies, config, .. } = &*self.manager;
        let mut state = self.state();
        if state.is_finalized() {
            return state.check_late_call();
        }
        state.close();
        if state.needs_no_state_cookie() {
            return Ok(());
        }
        let state_cookie = state.new_state_cookie(config, self.manager.now());
        state_cookie.map_or(Ok(()), |cookie| cookies.check_state_size(&cookie.values))
    }

    fn response_headers(&self) -> ResponseHeaders {
        let now = self.manager.now();
        let mut state = self.state();
        if state.is_finalized() {
            // An earlier end returned them.
            return ResponseHeaders::default();
        }
        state.finalize();
        let session = self.manager.set_token(&mut state, now);
        ResponseHeaders { session, state: self.manager.set_state_cookie(&mut state, now) }
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
    /// Returns the header that sets or removes the token: a cookie, or the header of the transport.
    fn set_token(&self, state: &mut State, now: Timestamp) -> Option<ResponseHeader> {
        let is_present = std::mem::take(&mut state.response.present.session);
        let token = state.response.token.take();
        let is_needed = match &token {
            // An expired token would overwrite the new token of a parallel login.
            Some(token) => now < token.absolute_end,
            None => state.response.removes_cookies && is_present,
        };
        if !is_needed {
            return None;
        }
        if state.uses_header() {
            return self.cookies.token_header(token.as_ref()).map(ResponseHeader::token);
        }
        let cookie =
            token.map_or_else(|| self.cookies.session_removal(), |token| self.cookies.session_cookie(&token, now));
        Some(ResponseHeader::set_cookie(cookie))
    }

    fn set_state_cookie(&self, state: &mut State, now: Timestamp) -> Option<ResponseHeader> {
        let is_present = std::mem::take(&mut state.response.present.state);
        let cookie = state.new_state_cookie(&self.config, now);
        let is_removed = cookie.as_ref().map_or(state.response.removes_cookies, StateCookie::is_empty);
        if is_removed {
            return is_present.then(|| ResponseHeader::set_cookie(self.cookies.state_removal()));
        }
        let is_persistent = state.lifetime(&self.config).persistent;
        cookie.map(|cookie| ResponseHeader::set_cookie(self.cookies.state_cookie(&cookie, is_persistent, now)))
    }
}
