//! The sessions of one user: list, revoke, open by id, and rebuild the index.

use std::sync::Arc;

use crate::error::Error;
use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::record::index::IndexHash;
use crate::record::session_info::SessionInfo;
use crate::record::side::Side;
use crate::record::stored_record::Record;
use crate::request::manager_inner::ManagerInner;
use crate::schema::key::IndexKey;
use crate::session::handle::Session;
use crate::session::manager::SessionManager;

/// The number of sessions that [`reindex`](SessionManager::reindex) loads with one operation.
const REINDEX_PAGE_SIZE: usize = 100;

/// Sessions by the value of an [indexed](crate::SessionConfig::index) key, and sessions by id.
impl SessionManager {
    /// Returns the live sessions with `value` under `key`, oldest first. Costs one store operation.
    ///
    /// A session whose commit returned before this call is always included.
    ///
    /// # Errors
    ///
    /// - [`Config`](crate::ErrorKind::Config): the key is not indexed.
    /// - [`Value`](crate::ErrorKind::Value): the value cannot be encoded as JSON.
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn find<T>(&self, key: IndexKey<T>, value: &T) -> Result<Vec<SessionInfo>, Error> {
        let hash = index_hash(self.inner(), key, value)?;
        self.inner().find(&hash).await
    }

    /// Deletes the session `id` if it has `value` under `key`, so that a user cannot delete another user's session.
    /// Returns true if it was deleted. Costs one store operation.
    ///
    /// Requests of the session that are already running notice it at their next store operation.
    ///
    /// # Errors
    ///
    /// The same as for [`find`](Self::find).
    pub async fn revoke<T>(&self, key: IndexKey<T>, value: &T, id: SessionId) -> Result<bool, Error> {
        let hash = index_hash(self.inner(), key, value)?;
        self.inner().revoke(id, hash).await
    }

    /// Deletes all sessions with `value` under `key`, except `except`: "log out everywhere else", or everywhere. Returns
    /// their number. Costs one store operation, and one for each session.
    ///
    /// A session that logs in during this call may remain.
    ///
    /// # Errors
    ///
    /// The same as for [`find`](Self::find). Sessions that were deleted before the error remain deleted.
    pub async fn revoke_all<T>(&self, key: IndexKey<T>, value: &T, except: Option<SessionId>) -> Result<usize, Error> {
        let hash = index_hash(self.inner(), key, value)?;
        let mut count = 0;
        for found in self.inner().find(&hash).await? {
            if Some(found.id) != except {
                count += usize::from(self.inner().revoke(found.id, hash).await?);
            }
        }
        Ok(count)
    }

    /// Opens the session `id` for a job, a webhook or an admin page. No I/O.
    ///
    /// The handle has only server state and sends no cookie. Call [`sync`](Session::sync) to store writes. They do not
    /// renew the session and are not affected by token rotation. A session is never created: a write to an ended session
    /// fails with [`Ended`](crate::ErrorKind::Ended). Client state, rotation, `log_in` and `restart` fail with
    /// [`NoBrowser`](crate::ErrorKind::NoBrowser).
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
            let page = manager.call(manager.store.scan(cursor.as_deref(), REINDEX_PAGE_SIZE, manager.now())).await;
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

fn index_hash<T>(manager: &ManagerInner, key: IndexKey<T>, value: &T) -> Result<IndexHash, Error> {
    manager.check_indexed(&key)?;
    let value = (key.encode)(value).map_err(|error| error.into_error::<T>(Side::Server, &key))?;
    Ok(IndexHash::new(&key, &value))
}

/// Corrects the index entries of one session. If another request changes the session, it starts again.
async fn reindex_session(manager: &ManagerInner, id: SessionId, mut record: Record) -> Result<(), Error> {
    loop {
        let mut commit = Commit::empty(manager.now());
        commit.revision = Some(record.revision);
        commit.index = manager.config.index.entries(&record.values);
        let committed = manager.call(manager.store.commit(&id, &commit)).await;
        match committed.map_err(|error| Error::store("index the session", error))? {
            Committed::Conflict(current) => record = *current,
            Committed::Done { .. } | Committed::Missing | Committed::Replaced { .. } => return Ok(()),
        }
    }
}
