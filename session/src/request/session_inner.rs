//! The data that all handles of one request share: the state, and reads and writes of single fields.

#[cfg(feature = "_middleware")]
use std::sync::atomic::fence;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::cookie::request_credentials::RequestCredentials;
use crate::error::Error;
use crate::record::changes::Changes;
use crate::record::json::Json;
use crate::record::side::Side;
use crate::request::manager_inner::ManagerInner;
use crate::request::state::types::{NotLoaded, State};
use crate::request::state_cell::{LazyState, StateCell, StateGuard};
use crate::schema::field::field_keys::{FieldKeys, StoredValue};
use crate::schema::info::SchemaInfo;

/// The data that all handles of one request share.
pub(crate) struct SessionInner {
    pub(crate) manager: Arc<ManagerInner>,
    /// Held during a store operation, so that a request runs one operation at a time.
    pub(crate) operation_lock: tokio::sync::Mutex<()>,
    /// Set after an operation of this request that could not reach the store.
    pub(crate) is_store_unavailable: AtomicBool,
    /// The error of the operation that could not reach the store. Unset when it is logged.
    pub(crate) unlogged_store_error: Mutex<Option<String>>,
    /// Set if the client cancelled the request.
    pub(crate) is_cancelled: AtomicBool,
    /// Set for a HEAD request, whose client sees no page and no message.
    is_head: AtomicBool,
    pub(crate) cell: StateCell,
}

/// The treatment that the schemas of a key declare for its values.
pub(crate) struct WriteRules {
    pub(crate) is_sealed: bool,
    pub(crate) expires_in: Option<Duration>,
}

impl SessionInner {
    pub(crate) fn new(manager: Arc<ManagerInner>, credentials: RequestCredentials) -> Self {
        Self {
            manager,
            operation_lock: tokio::sync::Mutex::new(()),
            is_store_unavailable: AtomicBool::new(false),
            unlogged_store_error: Mutex::new(None),
            is_cancelled: AtomicBool::new(false),
            is_head: AtomicBool::new(false),
            cell: StateCell::new(credentials),
        }
    }

    pub(crate) fn mark_head(&self) {
        self.is_head.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_head(&self) -> bool {
        self.is_head.load(Ordering::Relaxed)
    }

    /// Locks the state. The first call parses the cookies.
    #[inline]
    pub(crate) fn state(&self) -> StateGuard<'_> {
        let manager = &*self.manager;
        self.cell
            .lock(|headers| manager.cookies.parse(headers, manager.now()), |findings| manager.report_findings(findings))
    }

    /// Ignores client state that is bound to a record until the store has confirmed the record. Returns true if a load is
    /// needed for this.
    pub(crate) fn require_verification(&self) -> bool {
        let mut state = self.state();
        state.client.requires_verification = true;
        state.needs_load()
    }

    /// Returns true if no handle has used the session, and none can use it later.
    #[cfg(feature = "_middleware")]
    pub(crate) fn is_unused(self: &Arc<Self>) -> bool {
        let is_last = Arc::strong_count(self) == 1;
        // Makes the writes of the dropped handles visible.
        fence(Ordering::Acquire);
        is_last && self.cell.is_unparsed()
    }

    /// Finalizes a request that has nothing to commit and needs no cookie. Returns false if it has.
    pub(crate) fn finalize_if_nothing_to_send(&self) -> bool {
        match &mut *self.cell.lock_lazy() {
            LazyState::Unparsed(unparsed) => unparsed.is_finalized = true,
            LazyState::Created(state) if state.has_nothing_to_send(&self.manager.config, || self.manager.now()) => {
                state.finalize();
            }
            LazyState::Created(_) => return false,
        }
        true
    }

    /// Deletes the retired keys of a schema with the next commit. Costs nothing if there are none.
    pub(crate) fn retire(&self, schema: &SchemaInfo) {
        if !schema.has_retired_keys() {
            return;
        }
        match &mut *self.cell.lock_lazy() {
            LazyState::Unparsed(unparsed) => unparsed.retired.extend(schema.all_retired()),
            LazyState::Created(state) => state.retire(schema.all_retired()),
        }
    }

    /// Notes a schema in use, for its special keys: inspectors redact secret ones, the raw key API encrypts sealed ones, and
    /// commits delete expired values. Costs nothing if it has none, or is registered.
    pub(crate) fn protect(&self, schema: &'static SchemaInfo) {
        if !schema.has_special_keys() || self.manager.config.schemas.contains(schema) {
            return;
        }
        match &mut *self.cell.lock_lazy() {
            LazyState::Unparsed(unparsed) => unparsed.schemas.add(schema),
            LazyState::Created(state) => state.schemas.add(schema),
        }
    }

    /// Returns the treatment of values that the raw key API writes to a key.
    pub(crate) fn write_rules(&self, side: Side, key: &str) -> WriteRules {
        self.write_rules_in(&self.state(), side, key)
    }

    fn write_rules_in(&self, state: &State, side: Side, key: &str) -> WriteRules {
        let (registered, used) = (&self.manager.config.schemas, &state.schemas);
        WriteRules {
            is_sealed: side == Side::Server && (registered.seals(key) || used.seals(key)),
            expires_in: registered.expires_in(side, key).or_else(|| used.expires_in(side, key)),
        }
    }

    /// Returns the value of a field, unless the record must be loaded first.
    #[inline]
    pub(crate) fn find_loaded<'k>(&self, keys: &FieldKeys<'k>) -> Result<Option<StoredValue<'k>>, NotLoaded> {
        self.state().find(keys)
    }

    /// Writes or unsets a field, and unsets its aliases.
    pub(crate) fn write(&self, side: Side, keys: &FieldKeys<'_>, value: Option<Json>) -> Result<(), Error> {
        let written = self.state().edit(side, |changes| keys.write(changes, value));
        self.log_if_late(written)
    }

    /// Changes keys of one map if the condition holds, both under one lock. Returns false if it does not.
    pub(crate) fn edit_if(
        &self,
        side: Side,
        condition: impl FnOnce(&State) -> bool,
        edit: impl FnOnce(&mut Changes) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let edited = {
            let mut state = self.state();
            if !condition(&state) {
                return Ok(false);
            }
            state.edit(side, edit)
        };
        self.log_if_late(edited).map(|()| true)
    }

    /// Writes several server fields, all or none.
    pub(crate) fn write_all(&self, values: &[(FieldKeys<'_>, Json)]) -> Result<(), Error> {
        let written = self.state().edit(Side::Server, |changes| {
            values.iter().try_for_each(|(keys, value)| keys.write(changes, Some(value.clone())))
        });
        self.log_if_late(written)
    }

    /// Unsets keys of both sides, all or none.
    pub(crate) fn unset_keys<'k>(
        &self,
        server: impl Iterator<Item = &'k str>,
        client: impl Iterator<Item = &'k str>,
    ) -> Result<(), Error> {
        let unset = self.state().unset_keys(server, client);
        self.log_if_late(unset)
    }

    /// Sets a key through the raw key API, as its typed key or a schema requires: a value of a sealed key is encrypted, and one
    /// of an expiring key gets its expiry time.
    pub(crate) fn write_raw(
        &self,
        side: Side,
        keys: &FieldKeys<'_>,
        value: Json,
        expires_in: Option<Duration>,
    ) -> Result<(), Error> {
        let written = {
            let mut state = self.state();
            let rules = self.write_rules_in(&state, side, keys.key);
            let needs_seal = value.needs_seal() || rules.is_sealed;
            let value = value.with_seal(needs_seal);
            if let Some(duration) = expires_in.or(rules.expires_in) {
                drop(state);
                return self.write_timed(side, keys, &value, duration);
            }
            state.edit(side, |changes| keys.write(changes, Some(value)))
        };
        self.log_if_late(written)
    }

    /// The clock is the application's, so it runs without the lock.
    #[cold]
    fn write_timed(&self, side: Side, keys: &FieldKeys<'_>, value: &Json, duration: Duration) -> Result<(), Error> {
        self.write(side, keys, Some(value.with_expiry(self.manager.now() + duration)))
    }

    /// Clears one map.
    pub(crate) fn clear(&self, side: Side) -> Result<(), Error> {
        let cleared = self.state().edit(side, |changes| {
            changes.clear();
            Ok(())
        });
        self.log_if_late(cleared)
    }

    /// Edits client state in a method without a `Result`.
    pub(crate) fn edit_client_state(&self, edit: impl Fn(&mut Changes)) {
        self.record_intent(|state| state.edit_client_state(edit));
    }

    /// Unsets a client field in a method without a `Result`, and returns its value.
    pub(crate) fn take_client_value<'k>(&self, keys: &FieldKeys<'k>) -> Option<StoredValue<'k>> {
        let mut stored = None;
        self.record_intent(|state| {
            stored = state.find_client(keys);
            state.edit_client_state(|changes| _ = keys.write(changes, None));
        });
        stored
    }

    /// Records a call that returns nothing. A call after the response is logged, outside of the lock, because a task may
    /// never call `sync`, which returns the error.
    pub(crate) fn record_intent(&self, record: impl FnOnce(&mut State)) {
        let is_late = {
            let mut state = self.state();
            let is_late = state.is_late_call();
            if !is_late {
                record(&mut state);
            }
            is_late
        };
        if is_late {
            self.log_late_change();
        }
    }
}
