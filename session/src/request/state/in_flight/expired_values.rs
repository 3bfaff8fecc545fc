//! Expired values: which ones a commit deletes, under the revision that the request loaded.
//!
//! Another request may set a new value at the same time, and that value must survive. A commit that deletes expired values
//! is therefore a compare-and-swap. After a conflict it is sent once more, without the deletions and without the condition.

use crate::config::session_config::SessionConfig;
use crate::record::id::SessionId;
use crate::record::side::Side;
use crate::record::timestamp::Timestamp;
use crate::record::values::Values;
use crate::request::plan::RecordStatus;
use crate::request::state::types::State;
use crate::schema::schema_set::SchemaSet;
use crate::schema::stored_form::sealed::may_be_sealed;
use crate::schema::stored_form::{DecodeContext, OpenedText, may_be_marked};

/// The keys of expired values in a loaded record.
#[derive(Default)]
pub(crate) struct ExpiredValues {
    /// The revision of the record that was loaded.
    revision: u64,
    keys: Vec<Box<str>>,
}

/// The loaded values of a record, to be searched without the lock.
pub(crate) struct LoadedState {
    record: SessionId,
    revision: u64,
    values: Values,
    /// The schemas in use that are not registered.
    schemas: SchemaSet,
}

impl LoadedState {
    /// Finds the expired values. A sealed value is decrypted only if its key is declared to expire. The caller holds no lock:
    /// the clock and the listeners of the application may run.
    pub(crate) fn find_expired(&self, registered: &SchemaSet, context: &impl DecodeContext) -> ExpiredValues {
        let now = context.now();
        let is_declared = |key: &str| {
            let declares = |schemas: &SchemaSet| schemas.expires_in(Side::Server, key).is_some();
            declares(registered) || declares(&self.schemas)
        };
        let is_expired = |key: &str, text: &str| {
            may_be_marked(text)
                && (!may_be_sealed(text) || is_declared(key))
                && OpenedText::open(text, key, Some(&self.record), context).is_expired(|| now)
        };
        let expired = self.values.iter().filter(|(key, text)| is_expired(key, text));
        ExpiredValues { revision: self.revision, keys: expired.map(|(key, _)| key.into()).collect() }
    }
}

impl State {
    /// Returns the loaded values, if a schema of this request or of the manager has keys whose values expire. `None` also if
    /// another request may have changed the record since the load.
    #[inline]
    pub(crate) fn values_that_may_expire(&self, config: &SessionConfig) -> Option<LoadedState> {
        let has_expiring_keys = self.schemas.has_expiring_keys() || config.schemas.has_expiring_keys();
        if has_expiring_keys { self.loaded_state() } else { None }
    }

    #[cold]
    fn loaded_state(&self) -> Option<LoadedState> {
        let is_current = self.loaded.status == RecordStatus::Live && !self.loaded.is_stale;
        let loaded = self.loaded.record.as_ref().filter(|_| is_current && self.pending.deletion.is_none())?;
        Some(LoadedState {
            record: self.record_id()?,
            revision: loaded.revision,
            values: loaded.values.clone(),
            schemas: self.schemas.clone(),
        })
    }

    /// Adds the deletion of expired values to the commit in flight, and its condition. A key that the commit changes is not
    /// deleted.
    pub(crate) fn delete_expired(&mut self, expired: ExpiredValues) {
        let Some(in_flight) = &mut self.in_flight else { return };
        let ExpiredValues { revision, mut keys } = expired;
        keys.retain(|key| in_flight.sent.changes.get(key).is_none());
        let is_loaded = in_flight.revision.is_none_or(|expected| expected == revision);
        if !keys.is_empty() && is_loaded {
            in_flight.revision = Some(revision);
            in_flight.expired = keys;
        }
    }

    /// Removes the deletion of expired values and its condition from the commit in flight, because another request has
    /// changed the record. Returns false if the commit deletes none.
    pub(crate) fn keep_expired(&mut self) -> bool {
        let commit =
            self.in_flight.as_mut().filter(|in_flight| !in_flight.expired.is_empty() && !in_flight.is_update());
        let Some(in_flight) = commit else { return false };
        in_flight.expired = Vec::new();
        in_flight.revision = None;
        // They are outdated too.
        in_flight.loaded = None;
        true
    }

    /// Returns the client values without those that expired.
    pub(in crate::request::state) fn without_expired(mut values: Values, now: Timestamp) -> Values {
        let is_expired = |text| may_be_marked(text) && OpenedText::plain(text).is_expired(|| now);
        let expired: Vec<Box<str>> =
            values.iter().filter(|(_, text)| is_expired(text)).map(|(key, _)| key.into()).collect();
        for key in expired {
            values.as_map_mut().remove(&key);
        }
        values
    }
}
