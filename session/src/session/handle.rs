//! The handle `Session`: its creation, its copies, and its cache for lock-free reads.

use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::cookie::request_credentials::RequestCredentials;
use crate::error::Error;
use crate::record::id::SessionId;
use crate::record::stored_record::Record;
use crate::record::values::Values;
use crate::request::manager_inner::ManagerInner;
use crate::request::session_inner::SessionInner;
use crate::schema::field::Field;

/// A handle of one request to its session: a map of string keys in the store, and a second one in a cookie.
///
/// Handles are cheap, and all handles of one request share one session. Reading takes `&self`, writing `&mut self`. Writes
/// are buffered and committed in one atomic store operation at the end of the request
/// ([`finalize`](Self::finalize), called by the layer), or by [`sync`](Self::sync). Only changed keys are sent.
///
/// ```
/// # use session::{ErrorKind, SecretKey, SessionConfig, SessionManager, store::MemoryStore};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
/// # let mut session = manager.open(&http::HeaderMap::new());
/// session.insert("user.id", 7).await?;
/// assert_eq!(session.get::<u64>("user.id").await?, Some(7));
/// assert_eq!(session.get::<String>("user.id").await.unwrap_err().kind(), ErrorKind::Value);
/// assert_eq!(session.remove::<u64>("user.id").await?, Some(7));
/// assert_eq!(session.get::<u64>("user.id").await?, None);
/// # Ok::<(), session::Error>(()) }).unwrap();
/// ```
pub struct Session {
    inner: Arc<SessionInner>,
    /// The loaded server state, for reads without a lock.
    cache: OnceLock<CachedValues>,
}

/// The loaded server state of one record.
struct CachedValues {
    record: Option<SessionId>,
    values: Values,
}

impl Session {
    pub(crate) fn new(inner: Arc<SessionInner>) -> Self {
        Self { inner, cache: OnceLock::new() }
    }

    /// Opens a session that the application names, without a browser.
    pub(crate) fn by_id(manager: Arc<ManagerInner>, id: SessionId) -> Self {
        let session = Self::new(Arc::new(SessionInner::new(manager, RequestCredentials::default())));
        session.inner.state().open_by_id(id);
        session
    }

    /// Opens a session by its id whose record a list has loaded.
    pub(crate) fn with_record(manager: Arc<ManagerInner>, id: SessionId, record: Record) -> Self {
        let session = Self::by_id(manager, id);
        session.inner.state().set_record(record);
        session
    }

    pub(crate) fn inner(&self) -> &Arc<SessionInner> {
        &self.inner
    }

    /// Drops the cached values, so that `MemoryStore` can mutate them in place.
    pub(crate) fn drop_cache(&mut self) -> &SessionInner {
        self.cache.take();
        &self.inner
    }

    /// Reads a field without a lock, if the session is loaded and unchanged. Most reads are of this kind.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a third of the cost of such a read is passing values between functions")]
    pub(crate) fn get_cached<T>(&self, field: &Field<'_, T>) -> Option<Result<Option<T>, Error>> {
        let CachedValues { record, values } = self.cached_values()?;
        Some(field.read(values, record.as_ref(), &*self.inner.manager))
    }

    #[inline]
    fn cached_values(&self) -> Option<&CachedValues> {
        if !self.inner.cell.is_unchanged() {
            return None;
        }
        self.cache.get().or_else(|| self.fill_cache())
    }

    #[cold]
    fn fill_cache(&self) -> Option<&CachedValues> {
        let cached = {
            let state = self.inner.state();
            CachedValues { record: state.record_id(), values: state.unchanged_values()?.clone() }
        };
        Some(self.cache.get_or_init(|| cached))
    }

    /// Returns another handle of this request's session, for extractors and middleware.
    #[must_use]
    pub fn handle(&mut self) -> Self {
        self.clone_handle()
    }

    /// `&mut self` of the public methods only signals intent. The lock in `SessionInner` protects the state.
    pub(crate) fn clone_handle(&self) -> Self {
        Self::new(Arc::clone(&self.inner))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("id", &self.id()).finish_non_exhaustive()
    }
}
