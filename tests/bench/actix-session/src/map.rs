//! A store in a map: the library has none in memory but the cookie.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError, generate_session_key};
use actix_web::cookie::time::{Duration, OffsetDateTime};

type State = HashMap<String, String>;

/// The sessions, and when they end.
#[derive(Clone, Default)]
pub struct Map(Arc<Mutex<HashMap<String, (State, OffsetDateTime)>>>);

impl Map {
    fn sessions(&self) -> MutexGuard<'_, HashMap<String, (State, OffsetDateTime)>> {
        self.0.lock().expect("no panic")
    }
}

impl SessionStore for Map {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let sessions = self.sessions();
        let session = sessions.get(key.as_ref()).filter(|(_, end)| *end > OffsetDateTime::now_utc());
        Ok(session.map(|(state, _)| state.clone()))
    }

    async fn save(&self, state: State, ttl: &Duration) -> Result<SessionKey, SaveError> {
        let key = generate_session_key();
        self.sessions().insert(key.as_ref().to_owned(), (state, OffsetDateTime::now_utc() + *ttl));
        Ok(key)
    }

    async fn update(&self, key: SessionKey, state: State, ttl: &Duration) -> Result<SessionKey, UpdateError> {
        self.sessions().insert(key.as_ref().to_owned(), (state, OffsetDateTime::now_utc() + *ttl));
        Ok(key)
    }

    async fn update_ttl(&self, key: &SessionKey, ttl: &Duration) -> Result<(), anyhow::Error> {
        if let Some((_, end)) = self.sessions().get_mut(key.as_ref()) {
            *end = OffsetDateTime::now_utc() + *ttl;
        }
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        self.sessions().remove(key.as_ref());
        Ok(())
    }
}
