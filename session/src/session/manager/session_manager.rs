//! The session manager: opens the session of a request, and deletes expired sessions.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;

use crate::config::event::{Event, StoreOperation};
use crate::config::session_config::SessionConfig;
use crate::error::Error;
use crate::request::manager_inner::ManagerInner;
use crate::session::handle::Session;
use crate::store::session_store::SessionStore;

/// Opens sessions. All framework integrations use it. Cheap to clone.
///
/// ```
/// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
///
/// let request = http::HeaderMap::new();
/// let mut session = manager.open(&request);
/// session.insert("user.id", 7).await?;
///
/// let mut response = http::HeaderMap::new();
/// session.finalize(&mut response).await?;
/// assert!(response["set-cookie"].to_str().unwrap().starts_with("__Host-id="));
/// # Ok::<(), session::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct SessionManager(Arc<ManagerInner>);

impl SessionManager {
    /// Creates a manager for the sessions in `store`.
    #[track_caller]
    pub fn new(store: impl SessionStore, config: SessionConfig) -> Self {
        Self(Arc::new(ManagerInner::new(store, config)))
    }

    /// Returns the session for a request. Does no I/O and never fails.
    ///
    /// A token that is missing, expired, or does not decrypt gives a new session. Of several valid cookies or headers of one
    /// name, the one issued last is used. Call this once per request: two calls are two requests, even with the same headers.
    /// [`Session::handle`] returns another handle of one request. If the application also responds to `HEAD`, use
    /// [`RequestSession::with_method`](crate::RequestSession::with_method) instead, which keeps flash messages.
    pub fn open(&self, request: &HeaderMap) -> Session {
        self.begin(request).session()
    }

    /// Loads the session of a request first, so that client state replayed after a logout is ignored.
    ///
    /// Costs one load if there is a token. The request needs no second load.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn open_verified(&self, request: &HeaderMap) -> Result<Session, Error> {
        let session = self.open(request);
        session.inner().load().await?;
        Ok(session)
    }

    /// Deletes up to `limit` expired sessions, and returns their number. Costs one store operation.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be reached.
    #[doc(alias = "purge")]
    pub async fn delete_expired(&self, limit: usize) -> Result<usize, Error> {
        let deletion = self.0.store.delete_expired(self.0.now(), limit);
        let deleted = self.0.call(StoreOperation::DeleteExpired, None, deletion).await;
        let count = deleted.map_err(|error| Error::store("delete expired sessions", error))?;
        if count > 0 {
            self.0.emit(|| Event::Expired { count });
        }
        Ok(count)
    }

    pub(crate) fn inner(&self) -> &Arc<ManagerInner> {
        &self.0
    }
}

impl fmt::Debug for SessionManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionManager").field("config", &self.0.config).finish_non_exhaustive()
    }
}
