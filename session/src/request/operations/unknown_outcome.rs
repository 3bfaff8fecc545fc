//! Operations without a reply, because the store failed or the future was dropped: the load that decides, and the resend.

use crate::config::event::StoreOperation;
use crate::error::{Error, StoreError};
use crate::record::commit::{Commit, Committed};
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::request::session_inner::SessionInner;
use crate::request::state::cancelled_commit::Outcome;
use crate::request::state::types::InFlightCommit;
use crate::store::timeout::Unavailable;

impl SessionInner {
    /// The store returned an error for the changes in flight. If they were not sent, they are pending again. If they were,
    /// and created a token, one load decides. Returns `Ok` if they are stored.
    pub(super) async fn on_store_error(&self, operation: &'static str, error: StoreError) -> Result<(), Error> {
        let creates_token = {
            let mut state = self.state();
            let in_flight = state.in_flight.as_ref();
            let creates_token = in_flight.is_some_and(InFlightCommit::creates_token);
            match error.downcast_ref() {
                Some(Unavailable::NotSent(_)) => {
                    state.on_not_sent();
                    false
                }
                _ if creates_token => true,
                _ => {
                    state.discard_in_flight();
                    false
                }
            }
        };
        if creates_token {
            match self.resolve_in_flight().await {
                Outcome::Stored => return Ok(()),
                Outcome::NotStored => {}
                Outcome::Unknown => self.state().discard_cancelled(),
            }
        }
        Err(Error::store(operation, error))
    }

    /// Resolves an operation that was cancelled. Costs one load if there is one. The caller holds the operation lock.
    #[inline]
    pub(super) async fn resolve_cancelled(&self) {
        let is_resolved = self.state().unresolved_id().is_none();
        if !is_resolved {
            self.resolve_in_flight().await;
        }
    }

    /// Resolves an operation that was cancelled, and sends it again if it was not stored. The caller holds the operation
    /// lock.
    #[inline]
    pub(super) async fn finish_cancelled(&self) -> Result<(), Error> {
        let has_cancelled = self.state().has_cancelled();
        if has_cancelled { self.finish_cancelled_now().await } else { Ok(()) }
    }

    async fn finish_cancelled_now(&self) -> Result<(), Error> {
        self.resolve_cancelled().await;
        let must_resend = {
            let mut state = self.state();
            if state.pending.deletion.is_some() {
                state.discard_cancelled();
            }
            state.in_flight.is_some()
        };
        if must_resend {
            self.resend().await?;
        }
        self.state().check_unknown_outcome()
    }

    /// Resolves a cancelled operation of a failed request, for the cookie of a token that it created.
    pub(crate) async fn abandon_cancelled(&self) {
        let is_resolved = self.state().unresolved_id().is_none();
        if !is_resolved && self.lock_operation().await.is_ok() {
            self.resolve_cancelled().await;
        }
        self.state().discard_cancelled();
    }

    pub(super) async fn resolve_in_flight(&self) -> Outcome {
        let Some(id) = self.state().unresolved_id() else { return Outcome::Unknown };
        let now = self.manager.now();
        match self.call(StoreOperation::Load, id, self.manager.store.load(&id, now)).await {
            Ok(record) => {
                let (outcome, event) = {
                    let mut state = self.state();
                    let event = state.event_of_new_token();
                    (state.resolve(record, self.manager.config.rotation_grace, now), event)
                };
                if let Some(event) = event.filter(|_| outcome == Outcome::Stored) {
                    self.manager.emit(|| event);
                }
                outcome
            }
            Err(error) => {
                tracing::warn!(%error, session = %id, "failed to load the outcome of a commit");
                let mut state = self.state();
                // It may be outdated.
                state.loaded.record = None;
                state.mark_outcome_unknown()
            }
        }
    }

    /// Sends a cancelled operation again that was not stored. It has the same token, record id and revision as before, so
    /// that both are one operation, in whichever order they arrive.
    async fn resend(&self) -> Result<(), Error> {
        let now = self.manager.now();
        let commit = {
            let mut state = self.state();
            let creates = state.start_resend();
            if creates { None } else { self.manager.commit_in_flight(&mut state, now) }
        };
        let Some((id, mut commit)) = commit else { return self.create_record(now).await };
        let mut reply = self.send(&id, &mut commit).await;
        if let Ok(Committed::Conflict(record)) = reply {
            match self.on_resend_conflict(*record) {
                None => return Ok(()),
                Some(unconditional) => commit = unconditional,
            }
            reply = self.send(&id, &mut commit).await;
        }
        match reply {
            Ok(Committed::Done(version)) => {
                self.on_committed(id, &commit, version).await;
                Ok(())
            }
            Ok(Committed::Replaced { rotated }) => {
                self.on_resend_replaced(rotated, now).await;
                Ok(())
            }
            // An unconditional commit has no conflict.
            Ok(Committed::Missing | Committed::Conflict(_)) => {
                self.state().on_resend_missing();
                Ok(())
            }
            Err(error) => self.on_store_error("commit the session's changes", error).await,
        }
    }

    /// The record has another revision than the operation expects. Returns the same rotation without the deletion of expired
    /// values: the record still has the old token, so the first operation was not stored, and can never be.
    fn on_resend_conflict(&self, record: Record) -> Option<Commit> {
        let mut state = self.state();
        let in_flight = state.in_flight.as_ref();
        if in_flight.is_some_and(InFlightCommit::creates_token) && state.keep_expired() {
            return self.manager.commit_in_flight(&mut state, self.manager.now()).map(|(_, commit)| commit);
        }
        if !state.in_flight.as_ref().is_some_and(|in_flight| in_flight.is_shown_by(&record)) {
            state.mark_outcome_unknown();
        }
        state.set_record(record);
        None
    }

    /// The first operation may have arrived between the load and the second one. Then the record has its token.
    async fn on_resend_replaced(&self, rotated: Option<Timestamp>, now: Timestamp) {
        let creates_token = self.state().in_flight.as_ref().is_some_and(InFlightCommit::creates_token);
        if creates_token {
            self.resolve_in_flight().await;
        } else {
            let mut state = self.state();
            state.mark_outcome_unknown();
            state.mark_replaced(rotated, self.manager.config.rotation_grace, now);
        }
    }
}
