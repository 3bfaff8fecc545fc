//! The manager: opens a request's session, and keeps what all of an application's sessions share.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;

use crate::config::SessionConfig;
use crate::error::Error;
use crate::session::Session;
use crate::shared::{CookieHeaders, Manager, Shared};
use crate::store::SessionStore;

/// Opens sessions: the framework-free core that every integration wraps. Cheap to clone.
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
pub struct SessionManager(Arc<Manager>);

impl SessionManager {
    /// A manager of the sessions in `store`.
    pub fn new(store: impl SessionStore, config: SessionConfig) -> Self {
        Self(Arc::new(Manager::new(store, config)))
    }

    /// The session of a request, by its `Cookie` headers. Costs no store operation, and never fails: a cookie that is
    /// missing, foreign, forged or expired gives a new session.
    ///
    /// Two calls are two requests, even for the same headers; use [`Session::handle`] for another handle to one.
    pub fn open(&self, request: &HeaderMap) -> Session {
        Session::of(self.opened(request))
    }

    pub(crate) fn opened(&self, request: &HeaderMap) -> Arc<Shared> {
        let cookies = CookieHeaders::of(request);
        self.0.warn_of_plain_http(request, &cookies);
        Arc::new(Shared::new(Arc::clone(&self.0), cookies))
    }

    /// As [`open`](Self::open), but asks the store before client state is believed: what a signed-out browser
    /// replays reads as empty. Costs one load if there is a session cookie, and that load serves the request too.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be asked.
    pub async fn open_verified(&self, request: &HeaderMap) -> Result<Session, Error> {
        let session = self.open(request);
        session.shared().verify().await?;
        Ok(session)
    }

    /// Drops up to `batch` expired sessions from the store, and says how many it dropped. Costs one store operation.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be asked.
    pub async fn delete_expired(&self, batch: usize) -> Result<usize, Error> {
        let deleted = self.0.store.delete_expired(self.0.now(), batch).await;
        deleted.map_err(|error| Error::store("delete expired sessions", error))
    }

    pub(crate) fn manager(&self) -> &Arc<Manager> {
        &self.0
    }

    /// Whether the session is one of this manager's, or of a clone.
    #[cfg(feature = "tower")]
    pub(crate) fn manages(&self, session: &Shared) -> bool {
        Arc::ptr_eq(&session.manager, &self.0)
    }
}

impl fmt::Debug for SessionManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionManager").field("config", &self.0.config).finish_non_exhaustive()
    }
}
