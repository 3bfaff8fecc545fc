//! The secrets of tokens against request forgery (CSRF): the one that the browser sent, and the one that a login creates.
//!
//! Pages are often rendered before the request decides to rotate its token, and a failed request keeps the old one. A token
//! therefore contains both secrets.

use crate::cookie::csrf_secret::CsrfSecret;
use crate::cookie::parsed_credentials::ParsedCredentials;
use crate::cookie::token::Token;
use crate::error::{Error, ErrorKind};
use crate::request::state::credential::Credential;
use crate::request::state::types::{Phase, State};

/// The secrets of one request.
#[derive(Default)]
pub(super) struct CsrfState {
    /// The secret in the session cookie that the browser sent, or else in its state cookie.
    sent: Option<CsrfSecret>,
    /// The secret of everything that this request creates: the token of a login, a session, the state cookie of a stranger.
    new: Option<CsrfSecret>,
    /// Set when a page of this request needs a token.
    is_used: bool,
}

impl CsrfState {
    pub(super) fn new(credentials: &ParsedCredentials) -> Self {
        let in_state_cookie = || credentials.state.as_ref()?.csrf;
        let sent = credentials.token.map(|token| token.csrf).or_else(in_state_cookie);
        Self { sent, ..Self::default() }
    }

    pub(super) fn is_used(&self) -> bool {
        self.is_used
    }

    /// Returns the secret of this request. `random` is used by the first call.
    fn new_secret(&mut self, random: CsrfSecret) -> CsrfSecret {
        *self.new.get_or_insert(random)
    }

    /// Returns the token of a login: forms from before it are refused.
    pub(super) fn token_of_login(&mut self, token: Token) -> Token {
        token.with_csrf(self.new_secret(token.csrf))
    }
}

impl State {
    /// Returns the secrets for a token in this request's response.
    pub(crate) fn csrf_secrets(&mut self, random: CsrfSecret) -> Result<[CsrfSecret; 2], Error> {
        self.check_browser("`csrf_token`")?;
        if self.phase == Phase::Open {
            self.csrf.is_used = true;
            self.csrf.new_secret(random);
        }
        let kept = self.kept_secret();
        let first = kept.or(self.csrf.new).ok_or_else(|| Error::refused(ErrorKind::Finalized))?;
        Ok([first, self.csrf.new.unwrap_or(first)])
    }

    /// Returns true if a token from an earlier response belongs to the browser that sent this request.
    pub(crate) fn verify_csrf(&self, token: &str) -> bool {
        self.uses_header() || self.csrf.sent.is_some_and(|secret| secret.is_in(token))
    }

    /// Returns the secret that the browser still has after the response, if no commit follows.
    fn kept_secret(&self) -> Option<CsrfSecret> {
        match &self.loaded.credential {
            Some(Credential::Token(token)) => Some(token.csrf),
            Some(Credential::Id(_) | Credential::Detached { .. }) => None,
            None => self.csrf.sent.filter(|_| !self.response.removes_cookies),
        }
    }

    /// Returns the secret for the state cookie. A session cookie has one of its own.
    pub(super) fn state_cookie_secret(&self) -> Option<CsrfSecret> {
        let removes_cookies = self.response.removes_cookies;
        let has_session_cookie = self.loaded.credential.is_some() || !removes_cookies && self.has_sent_token();
        if has_session_cookie || self.uses_header() {
            return None;
        }
        let sent = self.csrf.sent.filter(|_| !removes_cookies);
        sent.or_else(|| self.csrf.new.filter(|_| self.csrf.is_used))
    }

    /// Returns true if no state cookie needs to be sent: neither for client state nor for a form of a stranger.
    pub(crate) fn needs_no_state_cookie(&self) -> bool {
        self.client.is_untouched() && !(self.csrf.is_used && self.state_cookie_secret().is_some())
    }

    /// Returns the token of a new record. A stranger's forms stay valid, unless the request logs in.
    pub(super) fn token_of_new_record(&mut self, token: Token, is_login: bool) -> Token {
        let is_strangers = !is_login && !self.has_sent_token() && !self.response.removes_cookies;
        match self.csrf.sent.filter(|_| is_strangers) {
            Some(csrf) => token.with_csrf(csrf),
            None => self.csrf.token_of_login(token),
        }
    }
}
