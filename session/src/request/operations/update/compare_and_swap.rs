//! One attempt of an update: its turn, the value from which it starts, and the compare-and-swap that stores the result.

use std::pin::Pin;

use tokio::sync::MutexGuard;

use crate::cookie::encryption::value_cipher::ValueCipher;
use crate::error::{Error, ErrorKind};
use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::record::json::Json;
use crate::record::timestamp::Timestamp;
use crate::request::manager_inner::ManagerInner;
use crate::request::operations::update::queue::{Turn, TurnWait};
use crate::request::plan::{Deletion, NextStep, RecordStatus};
use crate::request::session_inner::SessionInner;
use crate::request::state::types::State;
use crate::schema::field::field_keys::{FieldKeys, StoredValue};

/// The value from which an update starts, and the condition under which its result is stored.
pub(super) struct UpdateSource<'k> {
    pub(super) stored: Option<StoredValue<'k>>,
    pub(super) condition: SwapCondition,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SwapCondition {
    /// The session was invalidated: the result is not stored.
    Ignored,
    /// There is no record: the result starts a new session.
    NewSession,
    /// The record must have this revision.
    Revision(u64),
}

/// A part of an update that waits. It contains neither the value nor `f`, so it is `Send` for all of them.
pub(super) type Wait<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A compare-and-swap: its outcome, or the store operation that decides.
pub(super) enum Swap<'a> {
    Done(bool),
    Waits(Wait<'a, bool>),
}

/// A compare-and-swap whose changes the state records as in flight.
struct PreparedSwap {
    /// Set if the request has logged in before. Then `value_since_login` is the new value.
    has_login: bool,
    value_since_login: Option<Json>,
    now: Timestamp,
}

/// The result of the checks before a compare-and-swap.
enum SwapPlan {
    /// No store operation is needed: the value is stored already, or the session has changed since.
    Known(bool),
    /// The update starts a new session.
    Create(Timestamp),
    Send(PreparedSwap),
}

impl SessionInner {
    /// Enters the queue of the updates of the same record in this process, unless the response was finalized. A session
    /// without a record needs no turn.
    #[inline]
    pub(super) fn enter_update_queue(&self) -> Result<(Option<Turn<'_>>, Option<TurnWait>), Error> {
        let record = self.state().record_to_update();
        Ok(match self.log_if_late(record)?.map(|id| self.manager.update_queues.enter(id)) {
            Some((turn, wait)) => (Some(turn), wait),
            None => (None, None),
        })
    }

    /// Returns the value from which an update starts, or `None` if a store operation must run or finish first.
    #[inline]
    pub(super) fn update_source_at_once<'k>(&self, keys: &FieldKeys<'k>) -> Result<Option<UpdateSource<'k>>, Error> {
        let Ok(_operation) = self.operation_lock.try_lock() else { return Ok(None) };
        let state = self.state();
        if state.is_invalidated() && !state.has_cancelled() {
            return Ok(Some(UpdateSource::IGNORED));
        }
        let must_wait = state.has_cancelled() || state.pending.deletion.is_some() || state.needs_revision();
        if must_wait { Ok(None) } else { state.update_source(keys).map(Some) }
    }

    /// Returns the value from which an update starts. A pending deletion is sent first, and an existing record is loaded.
    pub(super) async fn update_source<'k>(&self, keys: &FieldKeys<'k>) -> Result<UpdateSource<'k>, Error> {
        let _operation = self.lock_operation().await?;
        self.finish_cancelled().await?;
        let has_deletion = {
            let state = self.state();
            if state.is_invalidated() {
                return Ok(UpdateSource::IGNORED);
            }
            state.pending.deletion.is_some()
        };
        if has_deletion {
            self.delete_first().await?;
        }
        let needs_revision = self.state().needs_revision();
        if needs_revision {
            self.load_now().await?;
        }
        self.state().update_source(keys)
    }

    async fn delete_first(&self) -> Result<(), Error> {
        if self.state().loaded.status.may_be_live() {
            return self.delete_record().await;
        }
        let mut state = self.state();
        if state.loaded.status == RecordStatus::Replaced && state.pending.deletion != Some(Deletion::LogIn) {
            state.discard_pending();
            return Err(Error::refused(ErrorKind::Replaced));
        }
        state.mark_deleted(false);
        Ok(())
    }

    /// Stores one field under the condition. The outcome is false after a conflict: then the update starts again.
    #[inline]
    pub(super) fn swap_at_once<'a>(
        &'a self,
        keys: &'a FieldKeys<'a>,
        condition: SwapCondition,
        value: Option<Json>,
    ) -> Result<Swap<'a>, Error> {
        let Some(operation) = self.try_lock_operation() else {
            return Ok(Swap::Waits(Box::pin(self.swap_in_turn(keys, condition, value))));
        };
        Ok(match self.plan_swap(keys, condition, value)? {
            SwapPlan::Known(is_stored) => Swap::Done(is_stored),
            SwapPlan::Create(now) => Swap::Waits(Box::pin(self.send_new_record(operation, now))),
            SwapPlan::Send(swap) => Swap::Waits(Box::pin(self.send_swap(operation, keys, swap))),
        })
    }

    /// Returns the lock if no operation of this request runs, or has to be finished first.
    #[inline]
    fn try_lock_operation(&self) -> Option<MutexGuard<'_, ()>> {
        let operation = self.operation_lock.try_lock().ok()?;
        let has_cancelled = self.state().has_cancelled();
        (!has_cancelled).then_some(operation)
    }

    async fn swap_in_turn(
        &self,
        keys: &FieldKeys<'_>,
        condition: SwapCondition,
        value: Option<Json>,
    ) -> Result<bool, Error> {
        let operation = self.lock_operation().await?;
        self.finish_cancelled().await?;
        match self.plan_swap(keys, condition, value)? {
            SwapPlan::Known(is_stored) => Ok(is_stored),
            SwapPlan::Create(now) => self.send_new_record(operation, now).await,
            SwapPlan::Send(swap) => self.send_swap(operation, keys, swap).await,
        }
    }

    /// Moves the changes in flight. The caller holds the operation lock.
    fn plan_swap(
        &self,
        keys: &FieldKeys<'_>,
        condition: SwapCondition,
        value: Option<Json>,
    ) -> Result<SwapPlan, Error> {
        let creates = condition == SwapCondition::NewSession;
        let now = self.manager.now();
        let (mut state, expired) = self.state_and_expired();
        if condition == SwapCondition::Ignored {
            if value.is_some() {
                state.ignore_write();
            }
            return Ok(SwapPlan::Known(true));
        }
        // The response may be finalized since: the cookie of a new session could not be sent.
        state.check_open()?;
        // Another handle of this request may have changed the session since.
        if state.swap_condition()? != condition {
            return Ok(SwapPlan::Known(false));
        }
        if state.is_already_stored(keys, value.as_ref(), creates, &self.manager.value_cipher) {
            return Ok(SwapPlan::Known(true));
        }
        let has_login = state.pending.since_login.is_some();
        let value_since_login = if has_login { value.clone() } else { None };
        state.take_pending_field(keys, value, condition.revision())?;
        if let Some(expired) = expired.filter(|_| !creates) {
            state.delete_expired(expired);
        }
        if creates {
            return Ok(SwapPlan::Create(now));
        }
        Ok(SwapPlan::Send(PreparedSwap { has_login, value_since_login, now }))
    }

    async fn send_new_record(&self, _operation: MutexGuard<'_, ()>, now: Timestamp) -> Result<bool, Error> {
        self.create_record(now).await.map(|()| true)
    }

    async fn send_swap(
        &self,
        _operation: MutexGuard<'_, ()>,
        keys: &FieldKeys<'_>,
        swap: PreparedSwap,
    ) -> Result<bool, Error> {
        let PreparedSwap { has_login, value_since_login, now } = swap;
        // Built only here, because moving a commit into a box costs more than locking the state again.
        let (id, mut commit) = {
            let mut state = self.state();
            let Some(credential) = state.loaded.credential else { return Err(Error::refused(ErrorKind::Ended)) };
            let ManagerInner { config, value_cipher, .. } = &*self.manager;
            (credential.id(), state.build_commit(credential, config, value_cipher, now))
        };
        let is_stored = self.send_conditional(&id, &mut commit).await?;
        if has_login && is_stored {
            self.state().record_update_after_login(keys, value_since_login)?;
        }
        Ok(is_stored)
    }

    async fn send_conditional(&self, id: &SessionId, commit: &mut Commit) -> Result<bool, Error> {
        match self.send(id, commit).await {
            Ok(Committed::Done(version)) => self.on_committed(*id, commit, version).await,
            Ok(Committed::Conflict(record)) => {
                let mut state = self.state();
                state.restore_pending();
                state.set_record(*record);
                return Ok(false);
            }
            Ok(refused @ (Committed::Missing | Committed::Replaced { .. })) => {
                return self.on_swap_refused(&refused, commit.now).await;
            }
            Err(error) => self.on_store_error("update the session", error).await?,
        }
        Ok(true)
    }

    /// The record is deleted, or has another token. After a login of this request, the update starts again, for a
    /// new session.
    async fn on_swap_refused(&self, refused: &Committed, now: Timestamp) -> Result<bool, Error> {
        let starts_over = {
            let mut state = self.state();
            let logs_in = state.pending.since_login.is_some();
            if logs_in {
                state.restore_pending();
            }
            match refused {
                Committed::Replaced { rotated } => {
                    state.mark_replaced(*rotated, self.manager.config.rotation_grace, now);
                }
                _ => state.mark_missing(),
            }
            logs_in
        };
        // Boxed, so that the future of each update stays small.
        if starts_over { Ok(false) } else { Box::pin(self.on_no_record(NextStep::Fail, now)).await.map(|()| false) }
    }
}

impl UpdateSource<'_> {
    const IGNORED: Self = Self { stored: None, condition: SwapCondition::Ignored };
}

impl SwapCondition {
    fn revision(self) -> Option<u64> {
        match self {
            Self::Revision(revision) => Some(revision),
            Self::Ignored | Self::NewSession => None,
        }
    }
}

impl State {
    /// Returns the record that an update changes. `None` if it starts a new session.
    fn record_to_update(&self) -> Result<Option<SessionId>, Error> {
        self.check_open()?;
        Ok(self.record_id().filter(|_| self.loaded.status.may_be_live()))
    }

    fn update_source<'k>(&self, keys: &FieldKeys<'k>) -> Result<UpdateSource<'k>, Error> {
        let condition = self.swap_condition()?;
        let Ok(stored) = self.find(keys) else { return Err(Error::refused(ErrorKind::Conflict)) };
        Ok(UpdateSource { stored, condition })
    }

    /// Returns the condition under which an update of one field can be stored.
    fn swap_condition(&self) -> Result<SwapCondition, Error> {
        match (self.loaded.status, &self.loaded.record) {
            (RecordStatus::Live, Some(record)) => Ok(SwapCondition::Revision(record.revision)),
            (RecordStatus::Absent | RecordStatus::Ended, _) => Ok(SwapCondition::NewSession),
            (RecordStatus::Replaced, _) if self.pending.rotates => Ok(SwapCondition::NewSession),
            (RecordStatus::Replaced, _) => Err(Error::refused(ErrorKind::Replaced)),
            _ => Err(Error::refused(ErrorKind::Ended)),
        }
    }

    /// A stored update belongs to the changes since the login, too: the new session that the login may have to start.
    fn record_update_after_login(&mut self, keys: &FieldKeys<'_>, value: Option<Json>) -> Result<(), Error> {
        self.pending.since_login.as_mut().map_or(Ok(()), |since_login| keys.write(since_login, value))
    }

    /// Returns true if a compare-and-swap needs a load first.
    fn needs_revision(&self) -> bool {
        self.loaded.status.may_be_live() && (self.loaded.record.is_none() || self.loaded.is_stale)
    }

    /// Returns true if the store already has this value under the right key only; then no change of the field stays
    /// pending. A pending `clear` must be sent first, unless there is no record.
    fn is_already_stored(
        &mut self,
        keys: &FieldKeys<'_>,
        value: Option<&Json>,
        creates: bool,
        cipher: &ValueCipher,
    ) -> bool {
        let stored = |key| self.loaded.record.as_ref().and_then(|record| record.values.text(key));
        let has_value = match (stored(keys.write_key()), value, self.record_id()) {
            (Some(stored), Some(value), Some(id)) => cipher.is_stored_as(&id, keys.write_key(), value, stored),
            (stored, value, _) => stored.is_none() && value.is_none(),
        };
        let is_in_place = has_value && keys.keys_to_clear().all(|key| stored(key).is_none());
        let is_stored = is_in_place && (creates || !self.pending.changes.is_cleared());
        if is_stored {
            _ = keys.take_pending(&mut self.pending.changes);
        }
        is_stored
    }
}
