//! An in-memory store. The library itself has none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError, generate_session_key};
use actix_web::cookie::time::{Duration, OffsetDateTime};

type State = HashMap<String, String>;

/// The state and expiry of each session.
#[derive(Clone, Default)]
pub struct MapStore(Arc<Mutex<HashMap<String, (State, OffsetDateTime)>>>);

impl MapStore {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, (State, OffsetDateTime)>> {
        self.0.lock().expect("no panic")
    }
}

impl SessionStore for MapStore {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let sessions = self.lock();
        let session = sessions.get(key.as_ref()).filter(|(_, expiry)| *expiry > OffsetDateTime::now_utc());
        Ok(session.map(|(state, _)| state.clone()))
    }

    async fn save(&self, state: State, ttl: &Duration) -> Result<SessionKey, SaveError> {
        let key = generate_session_key();
        self.lock().insert(key.as_ref().to_owned(), (state, OffsetDateTime::now_utc() + *ttl));
        Ok(key)
    }

    async fn update(&self, key: SessionKey, state: State, ttl: &Duration) -> Result<SessionKey, UpdateError> {
        self.lock().insert(key.as_ref().to_owned(), (state, OffsetDateTime::now_utc() + *ttl));
        Ok(key)
    }

    async fn update_ttl(&self, key: &SessionKey, ttl: &Duration) -> Result<(), anyhow::Error> {
        if let Some((_, expiry)) = self.lock().get_mut(key.as_ref()) {
            *expiry = OffsetDateTime::now_utc() + *ttl;
        }
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        self.lock().remove(key.as_ref());
        Ok(())
    }
}
