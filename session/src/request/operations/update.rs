//! The atomic update of one field: compare-and-swap on the record's revision, with retries.
//!
//! The updates of one session wait for each other in this process (`update_queue.rs`).

use std::time::Duration;

use crate::cookie::encryption::value_cipher::ValueCipher;
use crate::error::{Error, ErrorKind};
use crate::record::commit::{Commit, Committed};
use crate::record::id::{SessionId, random_bytes};
use crate::record::json::Json;
use crate::record::timestamp::Timestamp;
use crate::request::operations::timer::wait_timer;
use crate::request::operations::update_queue::Turn;
use crate::request::plan::{Deletion, NextStep, RecordStatus};
use crate::request::session_inner::SessionInner;
use crate::request::state::credential::Credential;
use crate::request::state::types::State;
use crate::schema::codec::Encode;
use crate::schema::field::Field;
use crate::schema::field_keys::{FieldKeys, StoredValue};

/// After this many conflicts an update fails with [`Conflict`](ErrorKind::Conflict).
const MAX_ATTEMPTS: usize = 128;

/// The value from which an update starts, and the condition under which its result is stored.
struct UpdateSource<'k> {
    stored: Option<StoredValue<'k>>,
    condition: SwapCondition,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SwapCondition {
    /// The session was invalidated: the result is not stored.
    Ignored,
    /// There is no record: the result starts a new session.
    NewSession,
    /// The record must have this revision.
    Revision(u64),
}

/// Updates a server field. `f` runs outside of all locks, and again after each conflict.
pub(crate) async fn try_update<T, R, E>(
    session: &SessionInner,
    field: &Field<'_, T>,
    encode: Encode<T>,
    f: impl FnMut(&mut Option<T>) -> Result<R, E>,
) -> Result<Result<R, E>, Error> {
    swap_until_stored(session, field, encode, f).await.inspect_err(|error| session.report_refusal(error))
}

async fn swap_until_stored<T, R, E>(
    session: &SessionInner,
    field: &Field<'_, T>,
    encode: Encode<T>,
    mut f: impl FnMut(&mut Option<T>) -> Result<R, E>,
) -> Result<Result<R, E>, Error> {
    session.check_open()?;
    let mut turn = session.take_update_turn().await;
    for conflicts in 0..MAX_ATTEMPTS {
        if conflicts > 0 {
            session.report_retry();
            back_off(conflicts).await;
            turn = match turn {
                Some(turn) => Some(turn.keep().await),
                None => None,
            };
        }
        let source = session.update_source(&field.keys).await?;
        let (result, json) = {
            let mut value = field.decode_stored(source.stored.as_ref(), &*session.manager)?;
            let result = match f(&mut value) {
                Ok(result) => result,
                Err(error) => return Ok(Err(error)),
            };
            (result, value.as_ref().map(|value| field.encode_value(encode, value, &*session.manager)).transpose()?)
        };
        if session.compare_and_swap(&field.keys, source.condition, json).await? {
            return Ok(Ok(result));
        }
    }
    let key = field.keys.key.escape_debug();
    let message = format!("other requests changed the session {MAX_ATTEMPTS} times during the update of `{key}`");
    Err(Error::new(ErrorKind::Conflict, message))
}

/// Exponential back-off with jitter, so that slow updates are not starved.
async fn back_off(conflicts: usize) {
    const CONFLICTS_PER_STEP: usize = 8;
    if conflicts < CONFLICTS_PER_STEP {
        return;
    }
    let [random] = random_bytes::<1>();
    let longest = Duration::from_millis(1) * (1 << (conflicts / CONFLICTS_PER_STEP - 1).min(6));
    wait_timer(longest * u32::from(random) / 255).await;
}

impl SessionInner {
    /// Waits for other updates of the same record in this process. A session without a record needs no turn.
    async fn take_update_turn(&self) -> Option<Turn<'_>> {
        let id = {
            let state = self.state();
            let is_live = state.loaded.status.may_be_live();
            state.loaded.credential.as_ref().filter(|_| is_live).map(Credential::id)
        };
        match id {
            Some(id) => Some(self.manager.update_queues.take_turn(id).await),
            None => None,
        }
    }

    /// Returns the value from which an update starts. A pending deletion is sent first, and an existing record is loaded.
    async fn update_source<'k>(&self, keys: &FieldKeys<'k>) -> Result<UpdateSource<'k>, Error> {
        let _operation = self.lock_operation().await?;
        self.finish_cancelled().await?;
        let has_deletion = {
            let state = self.state();
            if state.is_invalidated() {
                return Ok(UpdateSource { stored: None, condition: SwapCondition::Ignored });
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
        let state = self.state();
        let condition = state.swap_condition()?;
        let Ok(stored) = state.find(keys) else { return Err(Error::refused(ErrorKind::Conflict)) };
        Ok(UpdateSource { stored, condition })
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

    /// Stores one field under the condition. Returns false after a conflict: then the update starts again.
    async fn compare_and_swap(
        &self,
        keys: &FieldKeys<'_>,
        condition: SwapCondition,
        value: Option<Json>,
    ) -> Result<bool, Error> {
        let _operation = self.lock_operation().await?;
        let creates = condition == SwapCondition::NewSession;
        self.finish_cancelled().await?;
        let now = self.manager.now();
        let since_login;
        let commit = {
            let (mut state, expired) = self.state_and_expired();
            if condition == SwapCondition::Ignored {
                if value.is_some() {
                    state.ignore_write();
                }
                return Ok(true);
            }
            // The response may be finalized since: the cookie of a new session could not be sent.
            state.check_open()?;
            // Another handle of this request may have changed the session since.
            if state.swap_condition()? != condition {
                return Ok(false);
            }
            if state.is_already_stored(keys, value.as_ref(), creates, &self.manager.value_cipher) {
                return Ok(true);
            }
            since_login = state.pending.since_login.is_some().then(|| value.clone());
            state.take_pending_field(keys, value, condition.revision())?;
            if let Some(expired) = expired.filter(|_| !creates) {
                state.delete_expired(expired);
            }
            if creates { None } else { self.manager.commit_in_flight(&mut state, now) }
        };
        let Some((id, mut commit)) = commit else { return self.create_record(now).await.map(|()| true) };
        let is_stored = self.send_swap(&id, &mut commit).await?;
        if let Some(value) = since_login.filter(|_| is_stored) {
            self.state().record_update_after_login(keys, value)?;
        }
        Ok(is_stored)
    }

    async fn send_swap(&self, id: &SessionId, commit: &mut Commit) -> Result<bool, Error> {
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
        if starts_over { Ok(false) } else { self.on_no_record(NextStep::Fail, now).await.map(|()| false) }
    }
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
