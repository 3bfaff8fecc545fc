//! The load of a request's record.

use crate::config::event::StoreOperation;
use crate::error::Error;
use crate::request::session_inner::SessionInner;
use crate::schema::field::field_keys::{FieldKeys, StoredValue};

impl SessionInner {
    /// Loads the record, unless it is loaded already or there is none.
    pub(crate) async fn load(&self) -> Result<(), Error> {
        let needs_load = self.state().needs_load();
        if needs_load { self.load_in_turn().await } else { Ok(()) }
    }

    async fn load_in_turn(&self) -> Result<(), Error> {
        let _operation = self.lock_operation().await?;
        self.resolve_cancelled().await;
        let needs_load = self.state().needs_load();
        if needs_load { self.load_now().await } else { Ok(()) }
    }

    /// Loads the record. The caller holds the operation lock. A load that started before a call of `reload` is repeated.
    pub(super) async fn load_now(&self) -> Result<(), Error> {
        let manager = &*self.manager;
        let renews = loop {
            let now = manager.now();
            let (id, reloads) = {
                let state = self.state();
                state.check_detached()?;
                let Some(credential) = state.loaded.credential else { return Ok(()) };
                (credential.id(), state.loaded.reloads)
            };
            let loaded = self.call(StoreOperation::Load, id, manager.store.load(&id, now)).await;
            let loaded = loaded.map_err(|error| Error::store("load the session", error))?;
            let mut state = self.state();
            match loaded {
                Some(record) if state.accepts(&record) => state.set_record(record),
                Some(record) => state.mark_replaced(record.rotated, manager.config.rotation_grace, now),
                None => state.mark_missing(),
            }
            if state.finish_load(reloads) {
                state.check_detached()?;
                break state.renews_on_load(&manager.config, now);
            }
        };
        if renews { Box::pin(self.touch()).await } else { Ok(()) }
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
