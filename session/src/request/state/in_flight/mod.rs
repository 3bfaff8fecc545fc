//! The step from pending changes to a store operation: the intent, the changes in flight, the commit or the new record.

pub(crate) mod expired_values;

use std::borrow::Cow;

use crate::config::session_config::SessionConfig;
use crate::cookie::encryption::value_cipher::ValueCipher;
use crate::cookie::token::Token;
use crate::error::Error;
use crate::record::changes::Changes;
use crate::record::commit::{Commit, LoadedValues, Rotation};
use crate::record::id::SessionId;
use crate::record::json::Json;
use crate::record::side::Side;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::request::plan::Intent;
use crate::request::state::credential::Credential;
use crate::request::state::types::{InFlightCommit, PendingChanges, Phase, State};
use crate::schema::field::field_keys::FieldKeys;
use crate::schema::keyed::entry_key::stored_retired;

impl State {
    /// Returns the intent of the pending changes, without changes that have no effect.
    pub(crate) fn intent(&self, config: &SessionConfig, cipher: &ValueCipher, now: impl Fn() -> Timestamp) -> Intent {
        let changes = self.effective_changes(cipher);
        Intent {
            deletion: self.pending.deletion,
            has_sets: changes.has_sets(),
            has_edits: !changes.is_empty() || self.pending.label.is_some(),
            has_client_changes: !self.client.changes.is_empty(),
            rotates: self.pending.rotates,
            logs_in: self.pending.since_login.is_some(),
            renews_token: self.pending.renews_token && !self.pending.rotates,
            renews: self.renews(config, now),
        }
    }

    /// Returns true if there is nothing to commit and no cookie to send. Most requests end like this, without a plan.
    pub(crate) fn has_nothing_to_send(&self, config: &SessionConfig, now: impl Fn() -> Timestamp) -> bool {
        self.pending.is_empty()
            && self.in_flight.is_none()
            && self.unknown.is_none()
            && self.unsupported_call.is_none()
            && !self.late_calls.is_unreported
            && !self.has_ignored_write
            && self.response.token.is_none()
            && !self.response.removes_cookies
            && !self.renews(config, &now)
            && (self.needs_no_state_cookie() || self.new_state_cookie(config, now()).is_none())
    }

    fn effective_changes(&self, cipher: &ValueCipher) -> Cow<'_, Changes> {
        let record = self.loaded.record.as_ref().filter(|_| self.pending.deletion.is_none());
        let (Some(record), Some(id)) = (record, self.record_id()) else { return Cow::Borrowed(&self.pending.changes) };
        let is_stored_as = |key: &str, value: &Json, stored: &str| cipher.is_stored_as(&id, key, value, stored);
        Cow::Owned(self.pending.changes.without_no_ops_by(&record.values, is_stored_as))
    }

    /// Unsets the retired keys that the loaded record contains.
    fn unset_retired(&self, config: &SessionConfig, changes: &mut Changes) {
        let Some(record) = &self.loaded.record else { return };
        for key in self.retired_keys(config, Side::Server).flat_map(|key| stored_retired(&record.values, key)) {
            if changes.get(key).is_none() {
                _ = changes.unset(key);
            }
        }
    }

    /// Moves all pending changes of the record to `in_flight`.
    pub(crate) fn take_pending(&mut self, config: &SessionConfig, cipher: &ValueCipher) {
        let effective = match self.effective_changes(cipher) {
            Cow::Owned(effective) => Some(effective),
            Cow::Borrowed(_) => None,
        };
        let mut sent = std::mem::take(&mut self.pending);
        if let Some(effective) = effective {
            sent.changes = effective;
        }
        self.unset_retired(config, &mut sent.changes);
        let loaded = self.loaded_values();
        self.in_flight = Some(InFlightCommit { sent, loaded, ..InFlightCommit::default() });
        if self.phase == Phase::Closing {
            // Releases the values, so that MemoryStore need not clone them.
            self.loaded.record = None;
        }
    }

    /// Moves one field to `in_flight`, with a pending `clear`. Other changes stay pending. A field without a `revision`
    /// creates a session, and lifetime and label are included.
    pub(crate) fn take_pending_field(
        &mut self,
        keys: &FieldKeys<'_>,
        value: Option<Json>,
        revision: Option<u64>,
    ) -> Result<(), Error> {
        if revision.is_none() {
            self.check_lifetime()?;
        }
        let changes = keys.single_write(&self.pending.changes, value)?;
        let mut replaced =
            PendingChanges { changes: keys.take_pending(&mut self.pending.changes), ..PendingChanges::default() };
        if revision.is_none() {
            replaced.rotates = std::mem::take(&mut self.pending.rotates);
            (replaced.lifetime, replaced.label) = (self.pending.lifetime.take(), self.pending.label.take());
        }
        let sent = PendingChanges {
            changes,
            lifetime: replaced.lifetime,
            label: replaced.label.clone(),
            ..PendingChanges::default()
        };
        let replaced = Some(Box::new(replaced));
        let loaded = self.loaded_values();
        self.in_flight = Some(InFlightCommit { sent, replaced, revision, loaded, ..InFlightCommit::default() });
        Ok(())
    }

    /// Returns the loaded values for a store that can use them.
    fn loaded_values(&self) -> Option<LoadedValues> {
        self.loaded.record.as_ref().filter(|_| !self.loaded.is_stale).and_then(LoadedValues::new)
    }

    /// Builds the commit of the changes in flight. A commit that is sent again has the same new token.
    pub(crate) fn build_commit(
        &mut self,
        credential: Credential,
        config: &SessionConfig,
        cipher: &ValueCipher,
        now: Timestamp,
    ) -> Commit {
        let mut commit = Commit::empty(now);
        commit.token = credential.hash();
        commit.renew_below = self.counts_as_activity().then_some(config.renew_below);
        if let Some(in_flight) = &mut self.in_flight {
            let (csrf, is_login) = (&mut self.csrf, in_flight.sent.rotates);
            let create = || in_flight.sent.new_token(credential, config, now);
            let login = |token| if is_login { csrf.token_of_login(token) } else { token };
            in_flight.new_token = in_flight.new_token.or_else(|| create().map(login));
            let rotation = |token: Token| Rotation { token: token.hash(), limits: token.limits(), is_login };
            commit.rotation = in_flight.new_token.map(rotation);
            commit.revision = in_flight.revision;
            commit.changes = in_flight.sealed_changes(credential.id(), cipher);
            for key in &in_flight.expired {
                // The store accepted a key of this length before.
                _ = commit.changes.unset(key);
            }
            commit.index = config.index.changes(&commit.changes);
            commit.label.clone_from(&in_flight.sent.label);
            commit.loaded.clone_from(&in_flight.loaded);
        }
        commit
    }

    /// Builds a new record from the changes in flight: the keys that are set. A record that is sent again has the same id
    /// and token.
    pub(crate) fn build_record(
        &mut self,
        config: &SessionConfig,
        cipher: &ValueCipher,
        now: Timestamp,
    ) -> Option<(Token, Record)> {
        let creates_again = self.in_flight.as_ref().is_some_and(|in_flight| self.creates_record(in_flight));
        let in_flight = self.in_flight.as_ref()?;
        let (earlier, is_login) = (in_flight.new_token.filter(|_| creates_again), in_flight.is_login());
        let lifetime = in_flight.sent.lifetime.unwrap_or(config.lifetime);
        let token = earlier.unwrap_or_else(|| self.token_of_new_record(Token::new(lifetime, now), is_login));
        let in_flight = self.in_flight.as_mut()?;
        let sent = &mut in_flight.sent;
        in_flight.new_token = Some(token);
        if let Some(since_login) = sent.since_login.take() {
            // The earlier changes belong to the session that was deleted or replaced.
            sent.changes = *since_login;
            self.client.keep_changes_since_login();
        }
        let mut record = Record::new(token.hash(), token.limits(), now);
        record.label.clone_from(&sent.label);
        record.values = in_flight.sealed_changes(token.id, cipher).to_values();
        Some((token, record))
    }
}

impl InFlightCommit {
    /// Returns true for an update of one field in a record.
    pub(in crate::request::state) fn is_update(&self) -> bool {
        self.replaced.is_some() && self.revision.is_some()
    }

    /// Returns true if the request logs in or rotates the token. A commit of one field leaves this to its request.
    fn is_login(&self) -> bool {
        let is_login = |changes: &PendingChanges| changes.rotates || changes.since_login.is_some();
        is_login(&self.sent) || self.replaced.as_deref().is_some_and(is_login)
    }

    /// Returns the changes with encrypted values for this record. The second call for one record returns the same texts.
    fn sealed_changes(&mut self, record: SessionId, cipher: &ValueCipher) -> Changes {
        if !self.sent.changes.needs_seal() {
            return self.sent.changes.clone();
        }
        match &self.sealed {
            Some((id, changes)) if *id == record => changes.clone(),
            _ => {
                let changes = self.sent.changes.sealed(|key, value| cipher.seal(&record, key, value));
                self.sealed.insert((record, changes)).1.clone()
            }
        }
    }

    /// Returns the changes as they were sent to the store.
    pub(in crate::request::state) fn sent_changes(&self) -> &Changes {
        self.sealed.as_ref().map_or(&self.sent.changes, |(_, changes)| changes)
    }
}

impl PendingChanges {
    /// Creates the new token of a rotation.
    fn new_token(&self, credential: Credential, config: &SessionConfig, now: Timestamp) -> Option<Token> {
        if self.rotates {
            let lifetime = self.lifetime.or(credential.lifetime()).unwrap_or(config.lifetime);
            return Some(Token::rotated(credential.id(), lifetime, now));
        }
        credential.token().filter(|_| self.renews_token).map(|token| token.renewed(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::event::EventListeners;
    use crate::config::secret_key::SecretKey;

    #[test]
    fn an_operation_that_is_sent_again_has_the_same_sealed_texts_and_a_new_record_has_others() {
        let cipher = ValueCipher::new(&[SecretKey::generate()], EventListeners::default());
        let (record, other) = (SessionId::random(), SessionId::random());
        let mut in_flight = InFlightCommit::default();
        in_flight.sent.changes.set("token", Json::from_text("1").with_seal(true)).unwrap();
        in_flight.sent.changes.set("plain", Json::from_text("2")).unwrap();
        let texts = |changes: &Changes| changes.sets().map(|(_, value)| value.as_str().to_owned()).collect::<Vec<_>>();

        let first = texts(&in_flight.sealed_changes(record, &cipher));
        assert_eq!(first[0], "2");
        assert!(first[1].starts_with("\"sealed:"), "a sealed text");
        assert_eq!(texts(&in_flight.sealed_changes(record, &cipher)), first);
        assert_eq!(texts(in_flight.sent_changes()), first);
        assert_ne!(texts(&in_flight.sealed_changes(other, &cipher)), first);
    }
}
