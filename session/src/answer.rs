//! The end of a request: what is committed, and which cookies its answer owes.

use http::{HeaderMap, HeaderValue, header};

use crate::error::Error;
use crate::shared::{Manager, Shared};
use crate::state::State;
use crate::store::Timestamp;

impl Shared {
    /// Commits everything that is wanted, and appends the cookies owed: on an error, those of what was stored before.
    pub(crate) async fn finalize(&self, response: &mut HeaderMap) -> Result<(), Error> {
        if self.close_quietly() {
            return Ok(());
        }
        self.state().close();
        let result = match self.check_state_size() {
            Ok(()) => self.commit().await,
            Err(error) => Err(error),
        };
        if result.is_err() {
            self.state().forget_wanted();
        }
        self.answer(response);
        result
    }

    /// Commits an ending and nothing else, and appends the cookies owed.
    pub(crate) async fn abandon(&self, response: &mut HeaderMap) -> Result<(), Error> {
        if self.close_quietly() {
            return Ok(());
        }
        self.state().keep_only_ending();
        let has_ending = self.state().wanted.ending.is_some();
        let result = if has_ending { self.commit().await } else { Ok(()) };
        self.answer(response);
        result
    }

    /// What the browser would not keep is refused before the store is asked for anything.
    fn check_state_size(&self) -> Result<(), Error> {
        let Manager { cookies, config, .. } = &*self.manager;
        let owed = self.state().state_cookie_owed(config, self.manager.now());
        owed.map_or(Ok(()), |cookie| cookies.check_state_size(&cookie.values))
    }

    fn answer(&self, response: &mut HeaderMap) {
        let now = self.manager.now();
        let mut state = self.state();
        state.finalize();
        self.manager.append_session_cookie(&mut state, response, now);
        self.manager.append_state_cookie(&mut state, response, now);
    }
}

impl Manager {
    fn append_session_cookie(&self, state: &mut State, response: &mut HeaderMap, now: Timestamp) {
        let carried = std::mem::take(&mut state.answer.carried.session);
        if let Some(token) = state.answer.token.take() {
            response.append(header::SET_COOKIE, self.cookies.session_cookie(&token, now));
            // A cache must not hand one visitor's token to another (OWASP session management cheat sheet).
            response.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        } else if state.answer.dropped && carried {
            response.append(header::SET_COOKIE, self.cookies.session_removal());
        }
    }

    fn append_state_cookie(&self, state: &mut State, response: &mut HeaderMap, now: Timestamp) {
        let carried = std::mem::take(&mut state.answer.carried.state);
        let owed = state.state_cookie_owed(&self.config, now);
        let removed = owed.as_ref().map_or(state.answer.dropped, |cookie| cookie.values.is_empty());
        if removed && carried {
            response.append(header::SET_COOKIE, self.cookies.state_removal());
        } else if let Some(cookie) = owed.filter(|_| !removed) {
            let persistent = state.lifetime(&self.config).persistent;
            response.append(header::SET_COOKIE, self.cookies.state_cookie(&cookie, persistent, now));
        }
    }
}
