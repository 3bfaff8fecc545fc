//! The effect of a store's reply on a request's state: stored, not stored, unknown, missing, replaced, deleted.

use std::time::Duration;

use crate::record::changes::Changes;
use crate::record::commit::{Commit, CommittedVersion};
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::request::plan::{Deletion, RecordStatus};
use crate::request::state::credential::Credential;
use crate::request::state::types::{LoadedRecord, PendingChanges, State};

impl State {
    /// Sets the record of this session: loaded, created, or found after an unknown outcome.
    pub(crate) fn set_record(&mut self, record: Record) {
        self.follow_renewal(record.token);
        self.loaded.status = RecordStatus::Live;
        self.loaded.login = Some(record.last_login());
        self.loaded.record = Some(record);
        self.loaded.load_count += 1;
        self.loaded.is_stale = false;
        self.mark_stored();
    }

    /// Applies a stored commit to the loaded record.
    pub(crate) fn apply_commit(&mut self, commit: &Commit, version: Option<CommittedVersion>) {
        self.loaded.status = RecordStatus::Live;
        self.mark_stored();
        if commit.rotation.is_some_and(|rotation| rotation.is_login) {
            self.loaded.login = self.loaded.login.map(|login| Record::next_login(login, commit.now));
        }
        if let Some(record) = &mut self.loaded.record {
            let is_swap = commit.revision == Some(record.revision);
            commit.apply(record);
            record.log_size = None;
            match version {
                Some(CommittedVersion { revision, expires }) => {
                    self.loaded.is_stale |= record.revision != revision;
                    (record.revision, record.expires) = (revision, expires);
                }
                // Without a condition on the revision, another request may have committed since the load.
                None => self.loaded.is_stale |= !is_swap && commit.is_mutation(),
            }
        }
    }

    /// The changes in flight are stored: their new token becomes the session's token.
    fn mark_stored(&mut self) {
        let Some(token) = self.in_flight.take().and_then(|in_flight| in_flight.new_token) else { return };
        self.loaded.credential = Some(Credential::Token(token));
        self.response.token = Some(token);
    }

    /// The outcome is unknown, and the returned error reports it: discards both the changes in flight and the loaded
    /// record.
    pub(crate) fn discard_in_flight(&mut self) {
        self.in_flight = None;
        self.loaded.record = None;
    }

    /// Nothing was stored, and the operation is not sent again: restores the pending changes that a commit of one field
    /// had replaced.
    pub(crate) fn restore_pending(&mut self) {
        if let Some(replaced) = self.in_flight.take().and_then(|in_flight| in_flight.replaced) {
            self.pending.restore(*replaced);
        }
    }

    /// Nothing was stored: the changes in flight are pending again.
    pub(crate) fn unsend(&mut self) {
        let Some(in_flight) = self.in_flight.take() else { return };
        self.pending.restore(in_flight.replaced.map_or(in_flight.sent, |replaced| *replaced));
    }

    /// There is no record, and no key was set, so that no session starts. Lifetime and label stay pending for the next one.
    pub(crate) fn unsend_for_next_session(&mut self) {
        self.unsend();
        self.discard_no_ops();
        self.pending.renews_token = false;
    }

    /// Discards changes without effect. Sent later, they could overwrite a newer value.
    pub(crate) fn discard_no_ops(&mut self) {
        self.pending.changes = Changes::default();
    }

    /// Discards all pending changes, which the returned error reports.
    pub(crate) fn discard_pending(&mut self) {
        self.in_flight = None;
        self.unknown = None;
        self.pending = PendingChanges::default();
        self.client.changes = Changes::default();
    }

    /// The store has no live record for this token.
    pub(crate) fn mark_missing(&mut self) {
        let was_live = self.loaded.status == RecordStatus::Live;
        self.loaded.status = if was_live { RecordStatus::EndedMidRequest } else { RecordStatus::Ended };
        self.loaded.record = None;
        self.start_over_for_login();
    }

    /// The record of a pending login is deleted or replaced: the changes since the login start a new session.
    fn start_over_for_login(&mut self) {
        if let Some(since_login) = self.pending.since_login.take() {
            self.pending.changes = *since_login;
            self.client.keep_changes_since_login();
            self.loaded.status = RecordStatus::Ended;
        }
    }

    /// The record has a newer token than this request's. After the grace period, an old token that was never verified in
    /// this request counts as ended.
    pub(crate) fn mark_replaced(&mut self, rotated: Option<Timestamp>, rotation_grace: Duration, now: Timestamp) {
        let in_grace = rotated.is_some_and(|rotated| now < rotated + rotation_grace);
        if in_grace || self.loaded.status == RecordStatus::Live {
            self.loaded.status = RecordStatus::Replaced;
            self.loaded.record = None;
            self.start_over_for_login();
        } else {
            self.mark_missing();
        }
    }

    /// This request deleted its session. Remaining pending changes apply to the next session.
    pub(crate) fn mark_deleted(&mut self, was_live: bool) {
        let Some(deletion) = self.pending.deletion.take() else { return };
        // All pending changes belong to the next session.
        self.pending.since_login = None;
        if deletion == Deletion::Delete {
            self.unbind_client_state(was_live);
        } else {
            self.response.removes_cookies = true;
        }
        self.response.token = None;
        self.loaded = LoadedRecord { load_count: self.loaded.load_count, ..LoadedRecord::default() };
        if !self.has_browser() {
            self.loaded.status = RecordStatus::EndedMidRequest;
        }
    }

    fn unbind_client_state(&mut self, was_live: bool) {
        let id = self.loaded.credential.as_ref().map(Credential::id);
        if let Some(state) =
            self.client.received.as_mut().filter(|state| was_live && state.record.is_some() && state.record == id)
        {
            state.record = None;
            self.client.is_unbound = true;
        }
    }
}

impl PendingChanges {
    /// Adds older changes, beneath these ones.
    fn restore(&mut self, older: Self) {
        if self.deletion.is_some() {
            // The older changes belong to the session that is deleted.
            return;
        }
        let newer = std::mem::replace(self, older);
        if newer.since_login.is_some() {
            self.since_login = newer.since_login;
        } else if let Some(since_login) = &mut self.since_login {
            since_login.extend(newer.changes.clone());
        }
        self.changes.extend(newer.changes);
        self.rotates |= newer.rotates;
        self.renews_token |= newer.renews_token;
        self.lifetime = newer.lifetime.or(self.lifetime);
        self.label = newer.label.or(self.label.take());
    }
}
