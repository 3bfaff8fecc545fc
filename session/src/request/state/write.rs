//! Writes to a request's state: changed keys, rotation, label and deletion. Nothing is sent here.

use crate::config::lifetime::Lifetime;
use crate::error::{Error, ErrorKind};
use crate::record::changes::Changes;
use crate::record::side::Side;
use crate::request::plan::Deletion;
use crate::request::state::types::{ClientStateView, PendingChanges, State};

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
            self.check_browser("client state")?;
            self.client.is_used.set(true);
        }
        if self.invalidated {
            return edit(&mut Changes::default());
        }
        edit(match side {
            Side::Server => &mut self.pending.changes,
            Side::Client => &mut self.client.changes,
        })
    }

    #[inline]
    pub(crate) fn check_open(&self) -> Result<(), Error> {
        if self.is_finalized() { Err(Error::refused(ErrorKind::Finalized)) } else { Ok(()) }
    }

    fn check_browser(&self, feature: &str) -> Result<(), Error> {
        if !self.by_id {
            return Ok(());
        }
        let message = format!("a session opened by its id has no browser: {feature} is not available");
        Err(Error::new(ErrorKind::NoBrowser, message))
    }

    /// Reports an unsupported call that was made earlier through a method without a `Result`.
    pub(crate) fn check_by_id_restrictions(&mut self) -> Result<(), Error> {
        self.unsupported_by_id.take().map_or(Ok(()), |feature| self.check_browser(feature))
    }

    fn accepts_intents(&self) -> bool {
        !self.is_finalized() && !self.invalidated
    }

    pub(crate) fn rotate(&mut self, lifetime: Option<Lifetime>) {
        if self.by_id {
            self.unsupported_by_id = Some("token rotation");
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
        if self.by_id && deletion == Deletion::Restart {
            self.unsupported_by_id = Some("`restart`");
            return;
        }
        if !self.accepts_intents() {
            return;
        }
        // `delete` after `restart` discards later writes and keeps the restart.
        let is_restart = self.pending.deletion == Some(Deletion::Restart) && deletion == Deletion::Delete;
        let deletion = if is_restart { Deletion::Restart } else { deletion };
        self.pending = PendingChanges { deletion: Some(deletion), ..PendingChanges::default() };
        if deletion != Deletion::Delete && !is_restart {
            self.client = ClientStateView::default();
        }
        self.invalidated = deletion == Deletion::Invalidate;
    }

    /// Discards all pending changes except a deletion, for a failed request.
    pub(crate) fn keep_only_deletion(&mut self) {
        self.pending = PendingChanges { deletion: self.pending.deletion, ..PendingChanges::default() };
        self.client.changes = Changes::default();
        self.client.is_used.set(false);
    }
}
