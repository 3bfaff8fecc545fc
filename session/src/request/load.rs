//! The load of a request's record, and the decision about an operation whose outcome is unknown.

use crate::cookie::token::Token;
use crate::error::{Error, StoreError};
use crate::record::stored_record::Record;
use crate::request::session_inner::SessionInner;
use crate::request::state_cell::StateGuard;
use crate::schema::field_keys::{FieldKeys, StoredValue};

impl SessionInner {
    /// Loads the record, unless it is loaded already or there is none.
    pub(crate) async fn load(&self) -> Result<(), Error> {
        let needs_load = self.state().needs_load();
        if needs_load { self.load_in_turn().await } else { Ok(()) }
    }

    async fn load_in_turn(&self) -> Result<(), Error> {
        let _operation = self.operation_lock.lock().await;
        let needs_load = self.resolved_state().await.needs_load();
        if needs_load { self.load_now().await } else { Ok(()) }
    }

    /// Loads the record. The caller holds the operation lock.
    pub(super) async fn load_now(&self) -> Result<(), Error> {
        let manager = &*self.manager;
        let now = manager.now();
        let Some(credential) = self.state().loaded.credential else { return Ok(()) };
        let loaded = manager.store.load(&credential.id(), now).await;
        let loaded = loaded.map_err(|error| Error::store("load the session", error))?;
        let mut state = self.state();
        match loaded {
            Some(record) if credential.hash().is_none_or(|hash| hash == record.token) => state.set_record(record),
            Some(record) => state.mark_replaced(record.rotated, manager.config.rotation_grace, now),
            None => state.mark_missing(),
        }
        Ok(())
    }

    /// Returns the value of a field. Costs one load, unless the record is loaded already.
    pub(crate) async fn find<'k>(&self, keys: &FieldKeys<'k>) -> Result<Option<StoredValue<'k>>, Error> {
        loop {
            if let Ok(stored) = self.find_loaded(keys) {
                return Ok(stored);
            }
            self.load_in_turn().await?;
        }
    }
}

/// Unknown outcomes: the store failed, or the future was dropped before the reply arrived.
impl SessionInner {
    /// The operation failed, but it may have been stored. If it created a token, one load decides.
    pub(super) async fn on_unknown_outcome(&self, operation: &'static str, error: StoreError) -> Result<(), Error> {
        let creates_token = self.state().in_flight.as_ref().is_some_and(|sent| sent.new_token.is_some());
        if self.resolve_in_flight().await && creates_token { Ok(()) } else { Err(Error::store(operation, error)) }
    }

    /// Resolves an operation that was cancelled in flight, at the end of a request.
    pub(super) async fn resolve_cancelled(&self) {
        if self.state().in_flight.is_some() {
            let _operation = self.operation_lock.lock().await;
            self.resolve_in_flight().await;
        }
    }

    /// Returns the state without an operation in flight. The caller holds the operation lock.
    pub(super) async fn resolved_state(&self) -> StateGuard<'_> {
        {
            let state = self.state();
            if state.in_flight.is_none() {
                return state;
            }
        }
        self.resolve_in_flight().await;
        self.state()
    }

    /// Resolves an operation without a reply. Returns true if it is known to be stored.
    async fn resolve_in_flight(&self) -> bool {
        let Some(new_token) = self.state().in_flight.as_ref().map(|sent| sent.new_token) else { return false };
        let record = match new_token {
            Some(token) => self.load_created_token(&token).await,
            None => None,
        };
        let mut state = self.state();
        let is_stored = record.is_some();
        match record {
            Some(record) => state.set_record(record),
            None => state.mark_unknown_outcome(),
        }
        is_stored
    }

    async fn load_created_token(&self, token: &Token) -> Option<Record> {
        let loaded = self.manager.store.load(&token.id, self.manager.now()).await;
        loaded.ok().flatten().filter(|record| record.token == token.hash())
    }
}
