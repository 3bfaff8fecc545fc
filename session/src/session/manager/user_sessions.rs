//! The sessions of one user: list, revoke, open by id, and rebuild the index.

use std::sync::Arc;

use crate::config::event::{DeletionReason, StoreOperation};
use crate::error::Error;
use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::record::index::IndexHash;
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::Record;
use crate::request::manager_inner::ManagerInner;
use crate::request::operations::index_limits::FIND_PAGE_SIZE;
use crate::schema::key::IndexKey;
use crate::schema::key::index_value::IndexValue;
use crate::session::handle::Session;
use crate::session::manager::list::invalid_cursor;
use crate::session::manager::session_manager::SessionManager;
use crate::store::session_store::{DeleteCondition, FindPage};

/// The number of sessions that [`reindex`](SessionManager::reindex) loads with one operation.
const REINDEX_PAGE_SIZE: usize = 100;

/// Sessions by the value of an [indexed](crate::SessionConfig::index) key, and sessions by id.
impl SessionManager {
    /// Returns all live sessions with `value` under `key`, oldest first. Costs one store operation per 1,000 sessions.
    ///
    /// A session whose commit returned before this call is always included. For values with many sessions, for example the
    /// account of a robot, use [`find_page`](Self::find_page). [`list_by`](Self::list_by) also returns the values.
    ///
    /// ```
    /// # use session::{IndexKey, SecretKey, SessionConfig, SessionManager, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// const USER: IndexKey<String> = IndexKey::declare("user");
    /// let config = SessionConfig::new(SecretKey::generate()).index(USER);
    /// let manager = SessionManager::new(MemoryStore::new(), config);
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// session.insert(USER, "ada".to_owned()).await?;
    /// session.sync().await?;
    ///
    /// assert_eq!(manager.find(USER, "ada").await?.len(), 1);
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// - [`Config`](crate::ErrorKind::Config): the key is not indexed.
    /// - [`Value`](crate::ErrorKind::Value): the value cannot be encoded as JSON.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn find<T>(
        &self,
        key: IndexKey<T>,
        value: &(impl IndexValue<T> + ?Sized),
    ) -> Result<Vec<SessionInfo>, Error> {
        let (mut sessions, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let page = self.find_page(key, value, cursor.as_deref(), FIND_PAGE_SIZE).await?;
            sessions.extend(page.sessions);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(sessions);
            }
        }
    }

    /// Returns a page of up to `limit` live sessions with `value` under `key`, oldest first. Costs one store operation.
    ///
    /// The first page has `cursor` = `None`, and each page returns the cursor of the next. Only the last page returns none;
    /// an earlier page may have fewer sessions than `limit`. A session that is live and has the value from the first to
    /// the last page is returned exactly once. A session that gets the value in between is returned if it is younger than
    /// the page.
    ///
    /// The cursor may be a parameter of a link. It is not secret: it is the time of a creation and the id of a session.
    ///
    /// ```
    /// # use session::{IndexKey, SecretKey, SessionConfig, SessionManager, store::MemoryStore};
    /// use session::ErrorKind;
    /// use session::store::FindPage;
    ///
    /// const USER: IndexKey<String> = IndexKey::declare("user");
    ///
    /// /// The page at the cursor of a request such as `/devices?after=…`.
    /// async fn devices(manager: &SessionManager, after: Option<&str>) -> Result<FindPage, session::Error> {
    ///     match manager.find_page(USER, "ada", after, 20).await {
    ///         // The client changed the cursor: show the first page.
    ///         Err(error) if error.kind() == ErrorKind::Value => manager.find_page(USER, "ada", None, 20).await,
    ///         page => page,
    ///     }
    /// }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let config = SessionConfig::new(SecretKey::generate()).index(USER);
    /// # let manager = SessionManager::new(MemoryStore::new(), config);
    /// # assert!(devices(&manager, Some("changed")).await?.sessions.is_empty());
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The same as for [`find`](Self::find). A cursor that no page returned is a [`Value`](crate::ErrorKind::Value) error.
    pub async fn find_page<T>(
        &self,
        key: IndexKey<T>,
        value: &(impl IndexValue<T> + ?Sized),
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<FindPage, Error> {
        let hash = self.index_hash(key, value)?;
        let page = self.inner().find_page(&hash, cursor, limit.max(1)).await;
        page.map_err(invalid_cursor)
    }

    /// Deletes the session `id` if it has `value` under `key`, so that a user cannot delete another user's session.
    /// Returns true if it was deleted. Costs one store operation.
    ///
    /// Requests of the session that are already running notice it at their next store operation.
    ///
    /// # Errors
    ///
    /// The same as for [`find`](Self::find).
    pub async fn revoke<T>(
        &self,
        key: IndexKey<T>,
        value: &(impl IndexValue<T> + ?Sized),
        id: SessionId,
    ) -> Result<bool, Error> {
        let hash = self.index_hash(key, value)?;
        self.inner().revoke(id, DeleteCondition::IndexEntry(hash), DeletionReason::Revocation).await
    }

    /// Deletes all sessions with `value` under `key`, except `except`: "log out everywhere else", or everywhere. Returns
    /// their number. Costs one store operation per 1,000 sessions, and one for each session.
    ///
    /// A session that logs in during this call may remain. With `None`, the session of this request is deleted too: call
    /// [`restart`](Session::restart) or [`invalidate`](Session::invalidate) next, which also remove its
    /// cookies.
    ///
    /// # Errors
    ///
    /// The same as for [`find`](Self::find). Sessions that were deleted before the error remain deleted.
    pub async fn revoke_all<T>(
        &self,
        key: IndexKey<T>,
        value: &(impl IndexValue<T> + ?Sized),
        except: Option<SessionId>,
    ) -> Result<usize, Error> {
        let hash = self.index_hash(key, value)?;
        let (mut count, mut cursor) = (0, None::<String>);
        loop {
            let page = self.inner().find_page(&hash, cursor.as_deref(), FIND_PAGE_SIZE).await?;
            for found in page.sessions.iter().filter(|found| Some(found.id) != except) {
                let condition = DeleteCondition::IndexEntry(hash);
                count += usize::from(self.inner().revoke(found.id, condition, DeletionReason::Revocation).await?);
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(count);
            }
        }
    }

    /// Deletes the session `id` of any user, for an administrator. Returns true if it was deleted. Costs one store operation.
    ///
    /// It also deletes sessions of visitors who are not logged in. For a user's own list, call [`revoke`](Self::revoke): it
    /// deletes only sessions of that user.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// # session.insert("cart", "tea").await?;
    /// # session.sync().await?;
    /// let id = manager.list(None, 50).await?.sessions[0].info.id;
    /// assert!(manager.revoke_id(id).await?);
    /// assert!(!manager.revoke_id(id).await?);
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be reached.
    #[doc(alias = "delete")]
    #[doc(alias = "kick")]
    pub async fn revoke_id(&self, id: SessionId) -> Result<bool, Error> {
        self.inner().revoke(id, DeleteCondition::None, DeletionReason::Revocation).await
    }

    pub(super) fn index_hash<T>(
        &self,
        key: IndexKey<T>,
        value: &(impl IndexValue<T> + ?Sized),
    ) -> Result<IndexHash, Error> {
        self.inner().check_indexed(&key)?;
        key.hash(value)
    }

    /// Opens the session `id` for a job, a webhook or an admin page. No I/O.
    ///
    /// The handle has only server state and sends no cookie. Call [`sync`](Session::sync) to store writes. Neither rotations
    /// of the token nor logins of the session affect it. A session is never created: a write to an ended session fails with
    /// [`Ended`](crate::ErrorKind::Ended). Client state, rotation, `log_in` and `restart` fail with
    /// [`NoBrowser`](crate::ErrorKind::NoBrowser).
    ///
    /// It loads the session once: call [`reload`](Session::reload) before a read that must see later changes. Its commits do
    /// not renew the session, unless [`keep_alive`](Session::keep_alive) is called. For a socket or a task of a request, use
    /// [`Session::detached`], which ends with the login of its request.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut request = manager.open(&http::HeaderMap::new());
    /// # request.insert("plan", "free").await?;
    /// # request.sync().await?;
    /// # let id = request.id().unwrap();
    /// let mut session = manager.by_id(id);
    /// session.insert("plan", "pro").await?;
    /// session.sync().await?; // without it, nothing is stored, and a warning is logged
    /// # assert_eq!(manager.by_id(id).get::<String>("plan").await?.as_deref(), Some("pro"));
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    pub fn by_id(&self, id: SessionId) -> Session {
        Session::by_id(Arc::clone(self.inner()), id)
    }

    /// Rebuilds the index of all live sessions. Run it once after you add an indexed key. Returns the number of sessions.
    ///
    /// It may run while the application serves requests, and it may be repeated. Costs one store operation per 100
    /// sessions, and one for each session.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be reached. Run it again.
    pub async fn reindex(&self) -> Result<usize, Error> {
        let manager = self.inner();
        let (mut cursor, mut count) = (None::<String>, 0);
        loop {
            let page = {
                let scan = manager.store.scan(cursor.as_deref(), REINDEX_PAGE_SIZE, manager.now());
                manager.call(StoreOperation::Scan, None, scan).await
            };
            let page = page.map_err(|error| Error::store("scan the sessions", error))?;
            count += page.sessions.len();
            for (id, record) in page.sessions {
                reindex_session(manager, id, record).await?;
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(count);
            }
        }
    }
}

/// Corrects the index entries of one session. If another request changes the session, it starts again.
async fn reindex_session(manager: &ManagerInner, id: SessionId, mut record: Record) -> Result<(), Error> {
    loop {
        let mut commit = Commit::empty(manager.now());
        commit.revision = Some(record.revision);
        commit.index = manager.config.index.entries(&record.values);
        let committed = manager.call(StoreOperation::Commit, id, manager.store.commit(&id, &commit)).await;
        match committed.map_err(|error| Error::store("index the session", error))? {
            Committed::Conflict(current) => record = *current,
            Committed::Done(_) | Committed::Missing | Committed::Replaced { .. } => return Ok(()),
        }
    }
}
