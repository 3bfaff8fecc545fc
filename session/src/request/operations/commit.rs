//! The commit of a request: executes the plan with one or two store calls, and handles each outcome.
//!
//! Before a commit or a new record is sent, the state records it as in flight. If its reply is lost, because the store
//! failed or the future was dropped, `unknown_outcome.rs` decides whether it was stored.

use crate::config::event::{DeletionReason, Event, StoreOperation};
use crate::error::{Error, ErrorKind, StoreError};
use crate::record::commit::{Commit, Committed, CommittedVersion};
use crate::record::id::SessionId;
use crate::record::timestamp::Timestamp;
use crate::request::manager_inner::ManagerInner;
use crate::request::plan::{Deletion, NextStep, Plan, RecordStatus, plan};
use crate::request::session_inner::SessionInner;
use crate::request::state::cancelled_commit::Outcome;
use crate::request::state::in_flight::expired_values::ExpiredValues;
use crate::request::state::types::State;
use crate::request::state_cell::StateGuard;
use crate::store::session_store::{DeleteCondition, Deleted};

impl SessionInner {
    /// Commits all pending changes, and reports a refusal.
    pub(crate) async fn commit(&self) -> Result<(), Error> {
        let result = self.commit_pending().await.inspect_err(|error| self.report_refusal(error));
        self.log_ignored_write();
        result
    }

    async fn commit_pending(&self) -> Result<(), Error> {
        let _operation = self.lock_operation().await?;
        self.finish_cancelled().await?;
        let plan = {
            let mut state = self.state();
            state.check_unsupported_call()?;
            state.check_lifetime()?;
            if state.needs_login() { None } else { Some(self.plan(&state)?) }
        };
        match plan {
            Some(plan) => self.execute(plan).await,
            None => Box::pin(self.commit_after_load()).await,
        }
    }

    fn plan(&self, state: &State) -> Result<Plan, Error> {
        let config = &self.manager.config;
        let plan = plan(state.loaded.status, state.intent(config, &self.manager.value_cipher, || self.manager.now()));
        if plan == Plan::Nothing && state.pending.deletion.is_none() {
            state.check_detached()?;
        }
        Ok(plan)
    }

    /// The first commit of a detached handle whose request had not loaded the session: the load shows the login.
    async fn commit_after_load(&self) -> Result<(), Error> {
        if let Err(error) = self.load_now().await
            && error.kind() == ErrorKind::Store
        {
            return Err(error);
        }
        let plan = self.plan(&self.state())?;
        self.execute(plan).await
    }

    async fn execute(&self, plan: Plan) -> Result<(), Error> {
        match plan {
            Plan::Nothing => {
                self.state().mark_deleted(false);
                self.on_nothing_to_store()
            }
            Plan::Refuse(kind) => {
                self.state().discard_pending();
                Err(Error::refused(kind))
            }
            Plan::Touch => {
                self.state().discard_no_ops();
                self.touch().await
            }
            Plan::Commit { on_missing, on_replaced } => {
                let now = self.manager.now();
                let commit = {
                    let (mut state, expired) = self.state_and_expired();
                    state.take_pending(&self.manager.config, &self.manager.value_cipher);
                    if let Some(expired) = expired {
                        state.delete_expired(expired);
                    }
                    self.manager.commit_in_flight(&mut state, now)
                };
                let Some((id, mut commit)) = commit else { return Ok(()) };
                self.send_commit(&id, &mut commit, on_missing, on_replaced).await
            }
            Plan::Create => {
                self.state().mark_deleted(false);
                self.create_from_pending().await
            }
            Plan::Delete { then_create } => {
                self.delete_record().await?;
                if then_create { self.create_from_pending().await } else { self.on_nothing_to_store() }
            }
        }
    }

    async fn create_from_pending(&self) -> Result<(), Error> {
        let now = self.manager.now();
        self.state().take_pending(&self.manager.config, &self.manager.value_cipher);
        self.create_record(now).await
    }

    /// No key was set, so no session is created. A label stays pending for the next session. For a session opened by id,
    /// which has no next session, it is an error.
    fn on_nothing_to_store(&self) -> Result<(), Error> {
        let mut state = self.state();
        state.discard_no_ops();
        if !state.has_browser() && state.pending.label.is_some() {
            state.discard_pending();
            return Err(Error::refused(ErrorKind::Ended));
        }
        Ok(())
    }

    async fn send_commit(
        &self,
        id: &SessionId,
        commit: &mut Commit,
        on_missing: NextStep,
        on_replaced: NextStep,
    ) -> Result<(), Error> {
        let next_step = match self.send_without_conflict(id, commit).await {
            Ok(Committed::Done(version)) => {
                self.on_committed(*id, commit, version).await;
                return Ok(());
            }
            Ok(Committed::Missing | Committed::Conflict(_)) => on_missing,
            Ok(Committed::Replaced { rotated }) => {
                let mut state = self.state();
                state.mark_replaced(rotated, self.manager.config.rotation_grace, commit.now);
                if state.loaded.status == RecordStatus::Replaced { on_replaced } else { on_missing }
            }
            Err(error) => return self.on_store_error("commit the session's changes", error).await,
        };
        self.on_no_record(next_step, commit.now).await
    }

    /// Sends a commit. If it deletes expired values, and another request has changed the record since the load, it is sent
    /// again without the deletions: the other request may have set new values.
    async fn send_without_conflict(&self, id: &SessionId, commit: &mut Commit) -> Result<Committed, StoreError> {
        let reply = self.send(id, commit).await?;
        if !matches!(reply, Committed::Conflict(_)) {
            return Ok(reply);
        }
        let unconditional = {
            let mut state = self.state();
            state.keep_expired();
            self.manager.commit_in_flight(&mut state, commit.now)
        };
        let Some((_, unconditional)) = unconditional else { return Ok(reply) };
        *commit = unconditional;
        self.send(id, commit).await
    }

    /// Locks the state for a commit, and finds the expired values that the commit deletes.
    #[inline]
    pub(super) fn state_and_expired(&self) -> (StateGuard<'_>, Option<ExpiredValues>) {
        let state = self.state();
        match state.values_that_may_expire(&self.manager.config) {
            None => (state, None),
            Some(loaded) => {
                drop(state);
                let expired = loaded.find_expired(&self.manager.config.schemas, &*self.manager);
                // Drops the values, so that MemoryStore can mutate them in place.
                drop(loaded);
                (self.state(), Some(expired))
            }
        }
    }

    /// A commit is stored.
    pub(super) async fn on_committed(&self, id: SessionId, commit: &Commit, version: Option<CommittedVersion>) {
        self.state().apply_commit(commit, version);
        self.manager.report_commit(id, commit);
        self.enforce_limits(&commit.index).await;
    }

    /// The commit found no matching record, and nothing was stored.
    pub(super) async fn on_no_record(&self, next_step: NextStep, now: Timestamp) -> Result<(), Error> {
        let kind = {
            let mut state = self.state();
            if state.loaded.status.may_be_live() {
                state.mark_missing();
            }
            match next_step {
                NextStep::Create => {}
                NextStep::Fail => state.restore_pending(),
                NextStep::Ignore => state.unsend_for_next_session(),
            }
            if state.loaded.status == RecordStatus::Replaced { ErrorKind::Replaced } else { ErrorKind::Ended }
        };
        match next_step {
            NextStep::Ignore => Ok(()),
            NextStep::Fail => {
                let mut state = self.state();
                // Another handle may have requested a deletion during the commit. It is executed, or refused, later.
                if state.pending.deletion.is_none() {
                    state.discard_pending();
                }
                Err(Error::refused(kind))
            }
            NextStep::Create => self.create_record(now).await,
        }
    }

    /// Creates a record from the changes in flight.
    pub(super) async fn create_record(&self, now: Timestamp) -> Result<(), Error> {
        if !self.state().has_browser() {
            self.state().discard_pending();
            return Err(Error::refused(ErrorKind::Ended));
        }
        let manager = &*self.manager;
        let built = self.state().build_record(&manager.config, &manager.value_cipher, now);
        let Some((token, record)) = built else { return Ok(()) };
        let index = self.manager.config.index.entries(&record.values);
        match self.call(StoreOperation::Create, token.id, self.manager.store.create(&token.id, &record, &index)).await {
            Ok(true) => {
                self.state().set_record(record);
                self.manager.emit(|| Event::Created { session: token.id });
                self.enforce_limits(&index).await;
                Ok(())
            }
            // The same record was sent before, and arrived late.
            Ok(false) if self.resolve_in_flight().await == Outcome::Stored => Ok(()),
            Ok(false) => {
                self.state().discard_pending();
                Err(Error::store("create the session", "the new session id is already in use".into()))
            }
            Err(error) => self.on_store_error("create the session", error).await,
        }
    }

    pub(super) async fn delete_record(&self) -> Result<(), Error> {
        let manager = &*self.manager;
        let (now, id, deleted) = loop {
            let now = manager.now();
            let Some(credential) = self.state().loaded.credential else { return Ok(()) };
            let (id, condition) =
                (credential.id(), credential.hash().map_or(DeleteCondition::None, DeleteCondition::Token));
            // A deletion may be sent again: ids are never reused, so the second one has no effect.
            let reply = self.call(StoreOperation::Delete, id, manager.store.delete(&id, condition, now)).await;
            let deleted = reply.map_err(|error| Error::store("delete the session", error))?;
            if !matches!(deleted, Deleted::Replaced { .. }) || !self.follow_renewal(id).await? {
                break (now, id, deleted);
            }
        };
        let mut state = self.state();
        match deleted {
            Deleted::Done => {
                let reason = DeletionReason::from(state.pending.deletion);
                state.mark_deleted(true);
                drop(state);
                manager.emit(|| Event::Deleted { session: id, reason });
            }
            Deleted::Missing => state.mark_deleted(false),
            Deleted::Replaced { rotated } => {
                state.mark_replaced(rotated, manager.config.rotation_grace, now);
                let is_login = state.pending.deletion == Some(Deletion::LogIn);
                if state.loaded.status == RecordStatus::Replaced && !is_login {
                    state.discard_pending();
                    return Err(Error::refused(ErrorKind::Replaced));
                }
                state.mark_deleted(false);
            }
        }
        Ok(())
    }

    /// Renews the record. A failure, or a session that ended, is no error of a request, which only read. A detached handle
    /// reports that it lost its session.
    pub(super) async fn touch(&self) -> Result<(), Error> {
        let manager = &*self.manager;
        let Some(credential) = self.state().loaded.credential else { return Ok(()) };
        let id = credential.id();
        let renew_below = Some(manager.config.renew_below);
        let mut touch = Commit { token: credential.hash(), renew_below, ..Commit::empty(manager.now()) };
        let committed = match self.send(&id, &mut touch).await {
            Ok(committed) => committed,
            Err(error) => {
                tracing::warn!(%error, session = %id, "failed to renew the session");
                return Ok(());
            }
        };
        let mut state = self.state();
        match committed {
            Committed::Done(version) => {
                state.apply_commit(&touch, version);
                drop(state);
                manager.report_commit(id, &touch);
                return Ok(());
            }
            Committed::Replaced { rotated } => {
                state.mark_replaced(rotated, manager.config.rotation_grace, touch.now);
            }
            Committed::Missing | Committed::Conflict(_) => state.mark_missing(),
        }
        state.check_detached()
    }
}

impl ManagerInner {
    /// Builds the commit of the changes in flight, on the record of the request.
    pub(super) fn commit_in_flight(&self, state: &mut State, now: Timestamp) -> Option<(SessionId, Commit)> {
        let credential = state.loaded.credential?;
        Some((credential.id(), state.build_commit(credential, &self.config, &self.value_cipher, now)))
    }
}
