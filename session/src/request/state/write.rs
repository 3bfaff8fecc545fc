//! Writes to a request's state: changed keys, rotation, login, label and deletion. Nothing is sent here.

use crate::config::lifetime::Lifetime;
use crate::error::{Error, ErrorKind};
use crate::record::changes::Changes;
use crate::record::side::Side;
use crate::request::plan::{Deletion, RecordStatus};
use crate::request::state::types::{ClientStateView, HandleKind, PendingChanges, Phase, State};

/// The name of the feature in messages.
const CLIENT_STATE: &str = "client state";

impl State {
    /// Changes keys of one map. All writes to both maps use this method.
    #[inline]
    pub(crate) fn edit(
        &mut self,
        side: Side,
        edit: impl FnOnce(&mut Changes) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.check_open()?;
        if side == Side::Client {
            self.check_client_state()?;
            self.client.is_used.set(true);
        }
        if self.invalidated {
            let mut ignored = Changes::default();
            edit(&mut ignored)?;
            self.has_ignored_write |= ignored.has_sets();
            return Ok(());
        }
        match side {
            Side::Client => edit_twice(&mut self.client.changes, self.client.since_login.as_deref_mut(), edit),
            Side::Server => edit_twice(&mut self.pending.changes, self.pending.since_login.as_deref_mut(), edit),
        }
    }

    /// Unsets keys of both sides. Without client state, its keys are absent already.
    pub(crate) fn unset_keys<'k>(
        &mut self,
        mut server: impl Iterator<Item = &'k str>,
        client: impl Iterator<Item = &'k str>,
    ) -> Result<(), Error> {
        self.edit(Side::Server, |changes| server.try_for_each(|key| changes.unset(key)))?;
        let mut client = client.peekable();
        if client.peek().is_none() || self.check_client_state().is_err() {
            return Ok(());
        }
        self.edit(Side::Client, |changes| client.try_for_each(|key| changes.unset(key)))
    }

    /// Notes a write that is ignored, because the session was invalidated.
    pub(crate) fn ignore_write(&mut self) {
        self.has_ignored_write = true;
    }

    /// Returns true, once, if a write was ignored.
    pub(crate) fn take_ignored_write(&mut self) -> bool {
        std::mem::take(&mut self.has_ignored_write)
    }

    #[inline]
    pub(crate) fn check_open(&self) -> Result<(), Error> {
        if self.phase == Phase::Open { Ok(()) } else { Err(Error::refused(ErrorKind::Finalized)) }
    }

    pub(crate) fn check_browser(&self, feature: &str) -> Result<(), Error> {
        let kind = match self.handle_kind {
            HandleKind::Request => return Ok(()),
            HandleKind::ById => "session opened by its id",
            HandleKind::Detached => "detached session",
        };
        let message = format!("a {kind} has no browser: {feature} is not available");
        Err(Error::new(ErrorKind::NoBrowser, message))
    }

    /// Returns an error if there is no cookie for client state.
    pub(crate) fn check_client_state(&self) -> Result<(), Error> {
        self.check_browser(CLIENT_STATE)?;
        if !self.uses_header() {
            return Ok(());
        }
        let message = "a request with the header transport has no client state, which needs a cookie: use server state";
        Err(Error::new(ErrorKind::NoBrowser, message))
    }

    /// Reports an unsupported call that was made earlier through a method without a `Result`.
    pub(crate) fn check_unsupported_call(&mut self) -> Result<(), Error> {
        match self.unsupported_call.take() {
            None => Ok(()),
            // A logout must not fail because of client state that the request could not have changed anyway.
            Some(CLIENT_STATE) if self.uses_header() && self.has_requested_deletion() => Ok(()),
            Some(CLIENT_STATE) => self.check_client_state(),
            Some(feature) => self.check_browser(feature),
        }
    }

    /// Edits client state in a method without a `Result`. If there is no client state, the next commit is an error.
    pub(crate) fn edit_client_state(&mut self, edit: impl Fn(&mut Changes)) {
        let is_accepted = !self.has_browser() || self.accepts_intents();
        if is_accepted && (!self.has_browser() || self.uses_header()) {
            self.unsupported_call = Some(CLIENT_STATE);
        } else if is_accepted {
            self.client.is_used.set(true);
            if let Some(since_login) = &mut self.client.since_login {
                edit(since_login);
            }
            edit(&mut self.client.changes);
        }
    }

    /// Records that a method without a `Result` was called after the response. Returns true if it was.
    pub(crate) fn is_late_call(&mut self) -> bool {
        let is_late = self.phase != Phase::Open;
        self.late_calls.is_unreported |= is_late;
        is_late
    }

    /// Reports a late call as an error, once.
    pub(crate) fn check_late_call(&mut self) -> Result<(), Error> {
        if std::mem::take(&mut self.late_calls.is_unreported) {
            Err(Error::refused(ErrorKind::Finalized))
        } else {
            Ok(())
        }
    }

    /// Discards all changes and returns an error if `set_lifetime` received a zero lifetime: they would expire at once.
    pub(crate) fn check_lifetime(&mut self) -> Result<(), Error> {
        let checked = self.pending.lifetime.map_or(Ok(()), Lifetime::check);
        checked.inspect_err(|_| self.discard_pending())
    }

    /// Returns true if the application requested a deletion. A login that deletes the session of another user is none.
    fn has_requested_deletion(&self) -> bool {
        self.pending.deletion.is_some_and(|deletion| deletion != Deletion::LogIn)
    }

    fn accepts_intents(&self) -> bool {
        self.phase == Phase::Open && !self.invalidated
    }

    /// Starts a login. `keeps_session`: the session has no other user. Otherwise it is replaced by an empty one.
    pub(crate) fn start_login(&mut self, keeps_session: bool) {
        if self.loaded.status == RecordStatus::EndedMidRequest && self.pending.deletion.is_none() {
            // The earlier changes belong to the session that ended.
            self.loaded.status = RecordStatus::Ended;
            self.pending = PendingChanges::default();
            self.client.changes = Changes::default();
        }
        if !keeps_session {
            // A failed request executes a deletion that the application requested.
            let deletion = if self.has_requested_deletion() { Deletion::Restart } else { Deletion::LogIn };
            self.pending = PendingChanges { deletion: Some(deletion), ..PendingChanges::default() };
            self.discard_client_state();
        }
        self.pending.rotates = true;
        // Without a record, all pending changes belong to the new session.
        let has_record = self.loaded.status.may_be_live() && self.pending.deletion.is_none();
        self.pending.since_login = has_record.then(Box::default);
        self.client.since_login = has_record.then(Box::default);
    }

    pub(crate) fn renew_token(&mut self) {
        if !self.has_browser() {
            self.unsupported_call = Some("token renewal");
        } else if self.accepts_intents() {
            self.pending.renews_token = true;
        }
    }

    pub(crate) fn rotate(&mut self, lifetime: Option<Lifetime>) {
        if !self.has_browser() {
            self.unsupported_call = Some("token rotation");
        } else if self.accepts_intents() {
            self.pending.rotates = true;
            self.pending.lifetime = lifetime.or(self.pending.lifetime);
        }
    }

    pub(crate) fn set_label(&mut self, label: String) {
        if self.accepts_intents() {
            self.pending.label = Some(label);
        }
    }

    pub(crate) fn delete(&mut self, deletion: Deletion) {
        if !self.has_browser() && deletion == Deletion::Restart {
            self.unsupported_call = Some("`restart`");
            return;
        }
        if !self.accepts_intents() {
            return;
        }
        // `delete` after `restart` or `log_in` discards later writes and keeps the restart.
        let is_restart =
            matches!(self.pending.deletion, Some(Deletion::Restart | Deletion::LogIn)) && deletion == Deletion::Delete;
        let deletion = if is_restart { Deletion::Restart } else { deletion };
        self.pending = PendingChanges { deletion: Some(deletion), ..PendingChanges::default() };
        if deletion != Deletion::Delete && !is_restart {
            self.discard_client_state();
        }
        self.invalidated = deletion == Deletion::Invalidate;
    }

    /// Discards all pending changes except a deletion that the application requested, for a failed request.
    pub(crate) fn keep_only_deletion(&mut self) {
        let deletion = self.pending.deletion.filter(|deletion| *deletion != Deletion::LogIn);
        self.pending = PendingChanges { deletion, ..PendingChanges::default() };
        self.client.changes = Changes::default();
        self.client.is_used.set(false);
        self.discard_unsupported_client_edits();
    }

    fn discard_client_state(&mut self) {
        self.client = ClientStateView::default();
        self.discard_unsupported_client_edits();
    }

    /// The edits would be discarded with the client state.
    fn discard_unsupported_client_edits(&mut self) {
        if self.uses_header() {
            self.unsupported_call = None;
        }
    }
}

/// Records a change. After a login, records it twice: for the session, and for the new one that the login may have to
/// start.
#[inline]
fn edit_twice(
    changes: &mut Changes,
    since_login: Option<&mut Changes>,
    edit: impl FnOnce(&mut Changes) -> Result<(), Error>,
) -> Result<(), Error> {
    let Some(since_login) = since_login else { return edit(changes) };
    let mut edited = Changes::default();
    edit(&mut edited)?;
    since_login.extend(edited.clone());
    changes.extend(edited);
    Ok(())
}
