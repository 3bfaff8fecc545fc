//! The secrets of tokens against request forgery (CSRF): the one that the browser sent, and the one that a login creates.
//!
//! Pages are often rendered before the request decides to rotate its token, and a failed request keeps the old one. A token
//! therefore contains both secrets.

use crate::cookie::csrf_secret::CsrfSecret;
use crate::cookie::token::Token;
use crate::error::{Error, ErrorKind};
use crate::request::state::credential::Credential;
use crate::request::state::types::{Phase, State};

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
