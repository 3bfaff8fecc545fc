//! A session without a request: bound to one login, loaded again, and kept alive.

use crate::config::session_config::{RenewOn, SessionConfig};
use crate::error::{Error, ErrorKind};
use crate::record::id::TokenHash;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::request::plan::RecordStatus;
use crate::request::state::credential::Credential;
use crate::request::state::types::{HandleKind, LoadedRecord, State};

impl State {
    /// Returns the state of a detached handle. `None` if there is no record, or if this request is about to end its login.
    pub(crate) fn detach(&self) -> Option<Self> {
        let rotates = self.pending.rotates || self.in_flight.as_ref().is_some_and(|in_flight| in_flight.sent.rotates);
        let ends_login = rotates || self.pending.deletion.is_some() || self.invalidated;
        if ends_login || !self.loaded.status.may_be_live() {
            return None;
        }
        let (credential, handle_kind) = match self.loaded.credential? {
            Credential::Token(token) => {
                (Credential::Detached { id: token.id, token: token.hash() }, HandleKind::Detached)
            }
            credential => (credential, self.handle_kind),
        };
        let loaded = LoadedRecord {
            credential: Some(credential),
            status: RecordStatus::Live,
            login: self.loaded.login,
            ..LoadedRecord::default()
        };
        // Inspectors redact, and the raw key API encrypts, as in the request.
        let schemas = self.schemas.clone();
        Some(Self { loaded, handle_kind, schemas, ..Self::default() })
    }

    pub(crate) fn is_detached(&self) -> bool {
        self.handle_kind == HandleKind::Detached
    }

    /// Returns true if the record is the one that this handle may read and change.
    ///
    /// A detached handle follows renewals of the token, but only after the store has confirmed its own token once. Otherwise a
    /// token that a renewal made useless could open the session again.
    pub(crate) fn accepts(&self, record: &Record) -> bool {
        match (self.loaded.credential, self.loaded.login) {
            (Some(Credential::Id(_)), _) => true,
            (Some(Credential::Detached { .. }), Some(login)) => record.last_login() == login,
            (Some(credential), _) => credential.hash() == Some(record.token),
            (None, _) => false,
        }
    }

    /// Returns true if a detached handle must load the record before its first commit.
    pub(crate) fn needs_login(&self) -> bool {
        let is_unverified = self.is_detached() && self.loaded.login.is_none() && self.loaded.status.may_be_live();
        is_unverified && (!self.pending.is_empty() || self.keeps_alive)
    }

    /// The token of the same login was renewed.
    pub(crate) fn follow_renewal(&mut self, renewed: TokenHash) {
        if let Some(Credential::Detached { token, .. }) = &mut self.loaded.credential {
            *token = renewed;
        }
    }

    /// Returns an error if a detached handle has lost its session. Its reads and commits report it.
    pub(crate) fn check_detached(&self) -> Result<(), Error> {
        if !self.is_detached() || self.invalidated || self.loaded.status.may_be_live() {
            return Ok(());
        }
        let is_replaced = self.loaded.status == RecordStatus::Replaced;
        Err(Error::refused(if is_replaced { ErrorKind::Replaced } else { ErrorKind::Ended }))
    }

    /// The next read loads the record again.
    pub(crate) fn reload(&mut self) {
        self.loaded.record = None;
        self.loaded.reloads = self.loaded.reloads.wrapping_add(1);
    }

    /// Returns true if `reload` was called since the last load started.
    pub(super) fn must_reload(&self) -> bool {
        self.loaded.reloads != self.loaded.loaded_reloads
    }

    /// Records a load that started after this number of reloads. Returns false if `reload` was called since.
    pub(crate) fn finish_load(&mut self, reloads: u32) -> bool {
        self.loaded.loaded_reloads = reloads;
        !self.must_reload()
    }

    pub(crate) fn keep_alive(&mut self) {
        self.keeps_alive = true;
    }

    /// Returns true if commits extend the expiry.
    pub(super) fn counts_as_activity(&self) -> bool {
        self.has_browser() || self.keeps_alive
    }

    /// Returns true if the session is renewed although nothing changed. A handle that keeps its session alive renews it
    /// also if the expiry is not known.
    pub(super) fn renews(&self, config: &SessionConfig, now: impl Fn() -> Timestamp) -> bool {
        let is_due =
            |record: &Record| record.limits.renewed(record.expires, now(), config.renew_below) != record.expires;
        let record = self.loaded.record.as_ref();
        config.renew_on == RenewOn::LoadsAndChanges
            && if self.has_browser() {
                record.is_some_and(is_due)
            } else {
                self.keeps_alive && record.is_none_or(is_due)
            }
    }

    /// Returns true if a load by this handle renews the session. A request renews it with its commit.
    pub(crate) fn renews_on_load(&self, config: &SessionConfig, now: Timestamp) -> bool {
        self.keeps_alive && !self.has_browser() && self.loaded.record.is_some() && self.renews(config, || now)
    }
}
