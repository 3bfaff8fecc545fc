//! The model of a write without a reply: one load decides its outcome, and a write that was not stored is sent again.

use session::ErrorKind;

use super::request::{PendingChanges, StepContext, View};
use super::state::{Change, NoReply, Record, Reply, Stop};

/// A write without a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cancelled {
    /// The pending changes that it took.
    pub sent: PendingChanges,
    /// With its new token and its revision.
    pub change: Change,
    pub creates: bool,
    /// A load has shown that it was not stored.
    pub must_resend: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Stored,
    /// Its changes are pending again, or it must be sent again.
    NotStored,
    Unknown,
}

impl Cancelled {
    pub(crate) fn new(sent: PendingChanges, change: Change, creates: bool) -> Self {
        Self { sent, change, creates, must_resend: false }
    }

    /// A new token shows the outcome. Without one, a plain write counts as stored if the record has all its values.
    fn is_shown_by(&self, record: &Record) -> bool {
        let Change { clear, keys, label, token, revision } = &self.change;
        if let Some(token) = token {
            return record.secret == token.secret;
        }
        let has_values = keys.iter().all(|(key, value)| record.values.get(key) == value.as_ref());
        revision.is_none() && !clear && has_values && label.is_none_or(|label| record.label == Some(label))
    }

    /// A newer write of the same keys replaces an update, whatever its outcome.
    fn is_overwritten_by(&self, pending: &PendingChanges) -> bool {
        let has_keys = || !self.change.clear && self.change.keys.keys().all(|key| pending.keys.contains_key(key));
        self.change.revision.is_some() && (pending.clear || has_keys())
    }
}

impl StepContext<'_> {
    /// Resolves a write without a reply, unless it is known that it was not stored.
    pub(crate) fn resolve(&mut self) -> Result<(), Stop> {
        if self.request.cancelled.as_ref().is_some_and(|cancelled| !cancelled.must_resend) {
            self.resolve_now()?;
        }
        Ok(())
    }

    /// Resolves a write without a reply by one load.
    pub(crate) fn resolve_now(&mut self) -> Result<Outcome, Stop> {
        let Some(mut cancelled) = self.request.cancelled.clone() else { return Ok(Outcome::Unknown) };
        let token = cancelled.change.token;
        let Some(record) = token.or(self.request.token).map(|token| token.record) else { return Ok(Outcome::Unknown) };
        let state = &*self.state;
        // No other request has the id of a record that this one creates.
        let is_own = |record: &&Record| !cancelled.creates || token.is_some_and(|token| token.secret == record.secret);
        let found = self.store.call("load", || state.live(record).filter(is_own).cloned());
        if !matches!(found, Err(NoReply::Cancelled)) {
            self.request.cancelled = None;
        }
        let found = match found {
            Ok(found) => found,
            Err(NoReply::Cancelled) => return Err(Stop::Cancelled),
            Err(NoReply::Lost) => {
                // The record that was loaded before may be outdated.
                if let View::Live(..) = self.request.view {
                    self.request.view = View::Unknown;
                }
                self.request.lost = Some(cancelled);
                return Ok(Outcome::Unknown);
            }
        };
        if found.as_ref().is_some_and(|record| cancelled.is_shown_by(record)) {
            if let Some(token) = token {
                (self.request.token, self.request.sends_token) = (Some(token), true);
            }
            self.see(found.as_ref());
            return Ok(Outcome::Stored);
        }
        if !cancelled.creates {
            let is_gone = !self.has_own_token(found.as_ref());
            if is_gone && token.is_some() {
                // It cannot be stored any more.
                let deletes = self.request.deletion.is_some();
                self.request.pending.restore(cancelled.sent, deletes);
                self.see(found.as_ref());
                return Ok(Outcome::NotStored);
            }
            self.see(found.as_ref());
            let can_resend = token.is_some() || cancelled.change.revision == found.map(|record| record.revision);
            if is_gone || !can_resend {
                self.request.lost = Some(cancelled);
                return Ok(Outcome::Unknown);
            }
        }
        cancelled.must_resend = true;
        self.request.cancelled = Some(cancelled);
        Ok(Outcome::NotStored)
    }

    fn has_own_token(&self, record: Option<&Record>) -> bool {
        record.is_some_and(|record| self.request.secret().is_none_or(|secret| secret == record.secret))
    }

    /// Resolves a write without a reply, sends it again if it was not stored, and reports an unknown outcome.
    pub(crate) fn settle(&mut self) -> Result<(), Stop> {
        self.resolve()?;
        if self.request.deletion.is_some() {
            self.forget_cancelled();
        }
        if self.request.cancelled.is_some() {
            self.resend()?;
        }
        match self.request.lost.take() {
            Some(lost) if !lost.is_overwritten_by(&self.request.pending) => Self::fail(ErrorKind::Store),
            Some(lost) => {
                // It can still arrive, so the write that replaces it is sent even if the record has its values.
                if let View::Live(_, revision) = self.request.view
                    && lost.change.revision == Some(revision)
                {
                    self.request.view = View::Unknown;
                }
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub(crate) fn forget_cancelled(&mut self) {
        (self.request.cancelled, self.request.lost) = (None, None);
    }

    /// Sends a write again, with the same token and revision.
    fn resend(&mut self) -> Result<(), Stop> {
        let Some(cancelled) = &mut self.request.cancelled else { return Ok(()) };
        cancelled.must_resend = false;
        if cancelled.creates {
            let cancelled = cancelled.clone();
            return self.send_creation(cancelled);
        }
        let (cancelled, Some(old)) = (cancelled.clone(), self.request.token) else { return Ok(()) };
        let (change, secret, state) = (&cancelled.change, self.request.secret(), &mut *self.state);
        let rotates = change.token.is_some();
        match self.store.call("commit", || state.commit(old.record, secret, change)) {
            Ok(Reply::Done) => {
                self.request.cancelled = None;
                self.stored(change, old.record);
            }
            Ok(Reply::Replaced(_)) if rotates => _ = self.resolve_now()?,
            Ok(Reply::Conflict) => {
                self.request.lost = self.request.cancelled.take();
                let record = &self.state.records[old.record];
                self.request.view = View::Live(record.values.clone(), record.revision);
                (self.request.known, self.request.label) = (Some(record.times), record.label);
            }
            Ok(reply) => {
                self.request.cancelled = None;
                if rotates {
                    let deletes = self.request.deletion.is_some();
                    self.request.pending.restore(cancelled.sent, deletes);
                } else {
                    self.request.lost = Some(cancelled);
                }
                self.apply_rejection(&reply);
            }
            Err(no_reply) => return self.after_no_reply(no_reply),
        }
        Ok(())
    }

    /// The write has no reply. An error with a new token is resolved at once, and any other one is reported as unknown.
    pub(crate) fn after_no_reply(&mut self, no_reply: NoReply) -> Result<(), Stop> {
        if let NoReply::Cancelled = no_reply {
            return Err(Stop::Cancelled);
        }
        let creates_token = self.request.cancelled.as_ref().is_some_and(|cancelled| cancelled.change.token.is_some());
        if !creates_token {
            self.request.cancelled = None;
            self.request.view = View::Unknown;
            return Self::fail(ErrorKind::Store);
        }
        match self.resolve_now()? {
            Outcome::Stored => return Ok(()),
            Outcome::NotStored => {}
            Outcome::Unknown => self.forget_cancelled(),
        }
        Self::fail(ErrorKind::Store)
    }
}
