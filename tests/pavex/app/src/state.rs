//! The session manager, and the store that the server passes in.

use std::sync::Arc;

use session::store::SessionStore;
use session::{CookieConfig, SecretKey, SessionConfig, SessionManager};

/// The store of the sessions. Tests pass a store that records its operations.
#[pavex::prebuilt(clone_if_necessary)]
#[derive(Clone)]
pub struct Store(pub Arc<dyn SessionStore>);

#[pavex::singleton]
pub fn session_manager(store: Store) -> SessionManager {
    let cookie = CookieConfig::new().secure(false);
    SessionManager::new(store.0, SessionConfig::new(SecretKey::generate()).cookie(cookie))
}
