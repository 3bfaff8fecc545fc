//! The end of a request: what is committed, and which cookies its answer owes.

use http::{HeaderMap, HeaderValue, header};

use crate::error::Error;
use crate::shared::{Manager, Shared};
use crate::state::State;
use crate::store::Timestamp;

/// The cookies that an answer owes.
#[derive(Default)]
pub(crate) struct Owed {
    session: Option<HeaderValue>,
    state: Option<HeaderValue>,
}

impl Owed {
    pub(crate) fn append_to(self, response: &mut HeaderMap) {
        for cookie in self.session.into_iter().chain(self.state) {
            response.append(header::SET_COOKIE, cookie);
            // A cache must not hand one visitor's token to another (OWASP session management cheat sheet), nor the
            // client state, nor a removal: it would sign out everybody who gets it.
            response.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    }
}

impl Shared {
    /// Commits everything that is wanted, and says which cookies are owed: on an error, those of what was stored before.
    pub(crate) async fn finalize(&self) -> (Owed, Result<(), Error>) {
        if self.close_quietly() { (Owed::default(), Ok(())) } else { self.commit_and_answer().await }
    }

    /// As [`finalize`](Self::finalize), once it is known that there is something to do.
    pub(crate) async fn commit_and_answer(&self) -> (Owed, Result<(), Error>) {
        let result = match self.close() {
            Ok(()) => self.commit().await,
            Err(error) => Err(error),
        };
        if result.is_err() {
            self.state().forget_wanted();
        }
        (self.answer(), result)
    }

    /// Commits an ending and nothing else, and says which cookies are owed: also that of a token which a commit made that
    /// was cancelled on its way.
    pub(crate) async fn abandon(&self) -> (Owed, Result<(), Error>) {
        if self.close_quietly() {
            return (Owed::default(), Ok(()));
        }
        self.state().keep_only_ending();
        let has_ending = self.state().wanted.ending.is_some();
        let result = if has_ending { self.commit().await } else { Ok(()) };
        self.settle_cancelled().await;
        (self.answer(), result)
    }

    /// What is sent from now on is the last that is sent. What the browser would not keep is refused before the store is
    /// asked for anything.
    fn close(&self) -> Result<(), Error> {
        let Manager { cookies, config, .. } = &*self.manager;
        let mut state = self.state();
        state.close();
        if state.client.is_left_alone() {
            return Ok(());
        }
        let owed = state.state_cookie_owed(config, self.manager.now());
        owed.map_or(Ok(()), |cookie| cookies.check_state_size(&cookie.values))
    }

    fn answer(&self) -> Owed {
        let now = self.manager.now();
        let mut state = self.state();
        state.finalize();
        let session = self.manager.session_cookie(&mut state, now);
        Owed { session, state: self.manager.state_cookie(&mut state, now) }
    }
}

impl Manager {
    fn session_cookie(&self, state: &mut State, now: Timestamp) -> Option<HeaderValue> {
        let carried = std::mem::take(&mut state.answer.carried.session);
        match state.answer.token.take() {
            // A token that has ended would take the place of one that a parallel sign-in has just set.
            Some(token) => (now < token.end).then(|| self.cookies.session_cookie(&token, now)),
            None => (state.answer.dropped && carried).then(|| self.cookies.session_removal()),
        }
    }

    fn state_cookie(&self, state: &mut State, now: Timestamp) -> Option<HeaderValue> {
        let carried = std::mem::take(&mut state.answer.carried.state);
        let owed = state.state_cookie_owed(&self.config, now);
        let removed = owed.as_ref().map_or(state.answer.dropped, |cookie| cookie.values.is_empty());
        if removed {
            return carried.then(|| self.cookies.state_removal());
        }
        let persistent = state.lifetime(&self.config).persistent;
        owed.map(|cookie| self.cookies.state_cookie(&cookie, persistent, now))
    }
}
