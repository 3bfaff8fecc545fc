//! Reads of a request's state: server values, client values, and whether a load is needed first.

use std::convert::Infallible;

use crate::cookie::state_cookie::StateCookie;
use crate::record::id::SessionId;
use crate::record::json::Json;
use crate::record::side::Side;
use crate::record::values::Values;
use crate::request::plan::RecordStatus;
use crate::request::state::credential::Credential;
use crate::request::state::types::{NotLoaded, State};
use crate::schema::field::field_keys::{FieldKeys, StoredValue};

/// Server state.
impl State {
    fn lookup(&self, key: &str) -> Result<Option<Json>, NotLoaded> {
        if let Some(value) = self.pending.changes.get(key) {
            return Ok(value.cloned());
        }
        if self.pending.deletion.is_some() {
            return Ok(None);
        }
        if let Some(value) = self.in_flight.as_ref().and_then(|in_flight| in_flight.sent.changes.get(key)) {
            return Ok(value.cloned());
        }
        self.lookup_in_record(key)
    }

    fn lookup_in_record(&self, key: &str) -> Result<Option<Json>, NotLoaded> {
        if self.needs_load() {
            return Err(NotLoaded);
        }
        let record = self.loaded.record.as_ref().filter(|_| self.pending.deletion.is_none());
        Ok(record.and_then(|record| record.values.get(key)))
    }

    /// Returns the id of the record that this request reads and writes.
    pub(crate) fn record_id(&self) -> Option<SessionId> {
        self.loaded.credential.as_ref().map(Credential::id)
    }

    /// Returns the value of a field, unless the record must be loaded first.
    pub(crate) fn find<'k>(&self, keys: &FieldKeys<'k>) -> Result<Option<StoredValue<'k>>, NotLoaded> {
        keys.find(self.record_id(), |key| self.lookup(key))
    }

    /// Returns the value of a field of either side, unless the record must be loaded first.
    fn find_in<'k>(&self, side: Side, keys: &FieldKeys<'k>) -> Result<Option<StoredValue<'k>>, NotLoaded> {
        match side {
            Side::Server => self.find(keys),
            Side::Client => Ok(self.find_client(keys)),
        }
    }

    /// Returns true if a field still has the value that was read. False also if the record must be loaded again.
    pub(crate) fn still_has(&self, side: Side, keys: &FieldKeys<'_>, stored: &StoredValue<'_>) -> bool {
        self.find_in(side, keys).is_ok_and(|found| found.is_some_and(|found| found.is_same(stored)))
    }

    /// Returns true if server keys still have the values that were read. False also if the record must be loaded again.
    pub(crate) fn still_have<'k>(&self, mut keys: impl Iterator<Item = &'k str>, values: &Values) -> bool {
        keys.all(|key| self.lookup(key).is_ok_and(|value| value == values.get(key)))
    }

    /// Returns the value of a field in the record, without the changes of this request.
    pub(crate) fn find_in_record<'k>(&self, keys: &FieldKeys<'k>) -> Result<Option<StoredValue<'k>>, NotLoaded> {
        keys.find(self.record_id(), |key| self.lookup_in_record(key))
    }

    /// Returns the loaded values if this request has not changed them.
    pub(crate) fn unchanged_values(&self) -> Option<&Values> {
        let is_unchanged =
            self.loaded.load_count == 1 && self.in_flight.is_none() && self.pending.is_empty() && !self.must_reload();
        self.loaded.record.as_ref().filter(|_| is_unchanged).map(|record| &record.values)
    }

    /// Returns all server values. Call it only after the load.
    pub(crate) fn server_values(&self) -> Values {
        let is_deleted = self.pending.deletion.is_some();
        let mut values = self.loaded.record.as_ref().filter(|_| !is_deleted).map(|record| record.values.clone());
        if let Some(in_flight) = self.in_flight.as_ref().filter(|_| !is_deleted) {
            in_flight.sent.changes.apply(values.get_or_insert_default());
        }
        let mut values = values.unwrap_or_default();
        self.pending.changes.apply(&mut values);
        values
    }

    /// Returns true if there is a token whose record was not loaded yet. Also true if a detached handle has lost its session:
    /// the load then returns the error.
    pub(crate) fn needs_load(&self) -> bool {
        if self.pending.deletion.is_some() {
            return false;
        }
        if self.loaded.status.may_be_live() {
            return self.loaded.record.is_none() || self.must_reload();
        }
        self.check_detached().is_err()
    }
}

/// Client state.
impl State {
    /// Returns the received client state if it is trusted: it is unbound, or bound to the current record, and that record
    /// is not known to be ended or replaced.
    pub(super) fn trusted_client_state(&self) -> Option<&StateCookie> {
        let is_trusted = |state: &&StateCookie| match (state.record, self.loaded.credential) {
            (None, _) => true,
            (Some(record), Some(credential)) => record == credential.id() && self.trusts_bound_client_state(),
            (Some(_), None) => false,
        };
        self.client.received.as_ref().filter(is_trusted)
    }

    fn trusts_bound_client_state(&self) -> bool {
        let status = self.loaded.status;
        if self.client.requires_verification { status == RecordStatus::Live } else { status.may_be_live() }
    }

    pub(super) fn client_values(&self) -> Values {
        let mut values = self.trusted_client_state().map(|state| state.values.clone()).unwrap_or_default();
        self.client.changes.apply(&mut values);
        values
    }

    pub(crate) fn client_get(&self, key: &str) -> Option<Json> {
        self.client.is_used.set(true);
        match self.client.changes.get(key) {
            Some(value) => value.cloned(),
            None => self.trusted_client_state().and_then(|state| state.values.get(key)),
        }
    }

    /// Returns the value of a client field.
    pub(crate) fn find_client<'k>(&self, keys: &FieldKeys<'k>) -> Option<StoredValue<'k>> {
        let Ok(stored) = keys.find(None, |key| Ok::<_, Infallible>(self.client_get(key)));
        stored
    }

    /// Returns all client values.
    pub(crate) fn client_all(&self) -> Values {
        self.client.is_used.set(true);
        self.client_values()
    }

    /// Returns all server values and all client values. Call it only after the load.
    pub(crate) fn all_values(&self) -> (Values, Values) {
        (self.server_values(), self.client_all())
    }
}
