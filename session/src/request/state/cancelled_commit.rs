//! The decision about an operation without a reply: a load that followed it shows whether it was stored.
//!
//! A new token shows the outcome. Without one, an operation counts as stored if the record has all its values, and an
//! update as not stored if the record still has its revision. An operation that was not stored is sent again unchanged, so
//! that a late arrival of the first one is the same operation.

use std::time::Duration;

use crate::config::event::Event;
use crate::error::Error;
use crate::record::id::SessionId;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::request::state::credential::Credential;
use crate::request::state::types::{InFlightCommit, State};

/// The outcome of an operation without a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Stored,
    /// Its changes are pending again, or it must be sent again.
    NotStored,
    Unknown,
}

impl State {
    /// Returns true if an operation was cancelled, and its outcome is not settled.
    pub(crate) fn has_cancelled(&self) -> bool {
        self.in_flight.is_some() || self.unknown.is_some()
    }

    /// Returns the id of the record that shows the outcome of the operation in flight. `None` if no load is needed.
    pub(crate) fn unresolved_id(&self) -> Option<SessionId> {
        let in_flight = self.in_flight.as_ref().filter(|in_flight| !in_flight.must_resend)?;
        let new_id = in_flight.new_token.map(|token| token.id);
        new_id.or_else(|| self.loaded.credential.as_ref().map(Credential::id))
    }

    /// Returns the event of the operation in flight, if it creates a token.
    pub(crate) fn event_of_new_token(&self) -> Option<Event> {
        let in_flight = self.in_flight.as_ref()?;
        let session = in_flight.new_token?.id;
        Some(if self.creates_record(in_flight) { Event::Created { session } } else { Event::Rotated { session } })
    }

    /// Decides the outcome of the operation in flight, from the record that a later load returned.
    pub(crate) fn resolve(&mut self, loaded: Option<Record>, rotation_grace: Duration, now: Timestamp) -> Outcome {
        let Some(in_flight) = &self.in_flight else { return Outcome::Stored };
        let creates = self.creates_record(in_flight);
        let loaded = match loaded {
            Some(record) if in_flight.is_shown_by(&record) => {
                // The values of a session with another token must not be read.
                if in_flight.creates_token() || self.accepts(&record) {
                    self.set_record(record);
                } else {
                    self.in_flight = None;
                    self.mark_replaced(record.rotated, rotation_grace, now);
                }
                return Outcome::Stored;
            }
            loaded => loaded,
        };
        if creates {
            // Ids are random: no other request can have created the record.
            return self.resend_later();
        }
        match loaded {
            Some(record) if self.accepts(&record) => self.resolve_on_live_record(record),
            loaded => self.resolve_on_lost_record(loaded, rotation_grace, now),
        }
    }

    /// The record still has this request's token, so a rotation was not stored. Nor was an update of its revision.
    fn resolve_on_live_record(&mut self, record: Record) -> Outcome {
        let in_flight = self.in_flight.take();
        let can_resend = in_flight
            .as_ref()
            .is_some_and(|in_flight| in_flight.creates_token() || in_flight.revision == Some(record.revision));
        self.set_record(record);
        self.in_flight = in_flight;
        if can_resend { self.resend_later() } else { self.mark_outcome_unknown() }
    }

    /// The record was deleted, or has another token: the first operation cannot take effect any more.
    fn resolve_on_lost_record(&mut self, loaded: Option<Record>, rotation_grace: Duration, now: Timestamp) -> Outcome {
        let rotates = self.in_flight.as_ref().is_some_and(InFlightCommit::creates_token);
        let outcome = if rotates {
            self.unsend();
            Outcome::NotStored
        } else {
            self.mark_outcome_unknown()
        };
        match loaded {
            Some(record) => self.mark_replaced(record.rotated, rotation_grace, now),
            None => self.mark_missing(),
        }
        outcome
    }

    /// Returns true if the operation in flight creates a record.
    pub(crate) fn creates_record(&self, in_flight: &InFlightCommit) -> bool {
        let id = self.loaded.credential.as_ref().map(Credential::id);
        in_flight.new_token.is_some_and(|token| Some(token.id) != id)
    }

    fn resend_later(&mut self) -> Outcome {
        if let Some(in_flight) = &mut self.in_flight {
            in_flight.must_resend = true;
        }
        Outcome::NotStored
    }

    /// The outcome of the operation in flight stays unknown. The next commit returns an error.
    pub(crate) fn mark_outcome_unknown(&mut self) -> Outcome {
        self.unknown = self.in_flight.take().map(Box::new);
        Outcome::Unknown
    }

    /// Starts to send a cancelled operation again. Returns true if it creates a record.
    pub(crate) fn start_resend(&mut self) -> bool {
        if let Some(in_flight) = &mut self.in_flight {
            in_flight.must_resend = false;
            in_flight.is_resent = true;
        }
        self.in_flight.as_ref().is_some_and(|in_flight| self.creates_record(in_flight))
    }

    /// The operation in flight was not sent. Its changes are pending again, unless an earlier one may still arrive.
    pub(crate) fn on_not_sent(&mut self) {
        match &mut self.in_flight {
            Some(in_flight) if in_flight.is_resent => in_flight.must_resend = true,
            _ => self.unsend(),
        }
    }

    /// The record was deleted before the operation was sent again. A rotation is pending again, for the plan to decide.
    pub(crate) fn on_resend_missing(&mut self) {
        if self.in_flight.as_ref().is_some_and(InFlightCommit::creates_token) {
            self.unsend();
        } else {
            self.mark_outcome_unknown();
        }
        self.mark_missing();
    }

    /// Discards a cancelled operation whose outcome does not matter, because the session is deleted or the request failed.
    pub(crate) fn discard_cancelled(&mut self) {
        self.in_flight = None;
        self.unknown = None;
    }

    /// Returns an error, once, if the outcome of a cancelled operation stayed unknown.
    pub(crate) fn check_unknown_outcome(&mut self) -> Result<(), Error> {
        let Some(unknown) = self.unknown.take() else { return Ok(()) };
        // A compare-and-swap cannot arrive after a newer write of the same keys, so the write replaces it in any case.
        if unknown.is_update() && self.pending.changes.overwrites(&unknown.sent.changes) {
            // It can still arrive, so the write is sent even if the record has its values.
            self.loaded.record.take_if(|record| Some(record.revision) == unknown.revision);
            return Ok(());
        }
        let source = "its outcome is unknown, and its changes may be stored";
        Err(Error::store("confirm a cancelled `sync` or `update`", source.into()))
    }
}

impl InFlightCommit {
    /// Returns true for a rotation or a new record, whose token shows the outcome.
    pub(crate) fn creates_token(&self) -> bool {
        self.new_token.is_some()
    }

    /// Returns true if the record shows that the operation was stored.
    pub(crate) fn is_shown_by(&self, record: &Record) -> bool {
        match self.new_token {
            Some(token) => record.token == token.hash(),
            // Another request may have made the same update.
            None if self.is_update() => false,
            None => {
                let changes = self.sent_changes();
                let has_label = self.sent.label.is_none() || self.sent.label == record.label;
                has_label && !changes.is_cleared() && changes.without_no_ops(&record.values).is_empty()
            }
        }
    }
}
