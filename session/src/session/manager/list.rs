//! Lists of sessions with their values, and the number of live sessions.

use std::error::Error as _;
use std::sync::Arc;

use crate::config::event::StoreOperation;
use crate::error::{Error, ErrorKind};
use crate::record::index::InvalidCursor;
use crate::record::session_info::SessionInfo;
use crate::schema::key::IndexKey;
use crate::schema::key::index_value::IndexValue;
use crate::session::handle::Session;
use crate::session::manager::session_manager::SessionManager;
use crate::store::session_store::RecordPage;

/// The limit of a page. A page loads all values of its sessions.
const MAX_PAGE_SIZE: usize = 1000;

const INVALID_CURSOR: &str = "the cursor was not returned by an earlier page; `None` is the cursor of the first page";

/// A page of [`list`](SessionManager::list) or [`list_by`](SessionManager::list_by).
#[non_exhaustive]
#[derive(Debug, Default)]
pub struct ListPage {
    /// Live sessions.
    pub sessions: Vec<ListedSession>,
    /// The opaque cursor of the next page. `None` on the last page.
    pub next: Option<String>,
}

/// A session of a list: its metadata, and a handle that is already loaded.
#[non_exhaustive]
#[derive(Debug)]
pub struct ListedSession {
    /// The id, the times and the label.
    pub info: SessionInfo,
    /// The handle that [`by_id`](SessionManager::by_id) returns. Its reads cost nothing, because the session is loaded.
    pub session: Session,
}

/// Lists of sessions with their values.
impl SessionManager {
    /// Returns a page of about `limit` live sessions of all users, in the order of the store. Costs one store operation.
    ///
    /// The page contains the values, so that [`typed`](Session::typed) and [`snapshot`](Session::snapshot) of its sessions
    /// cost nothing. The first page has `cursor` = `None`, and each page returns the cursor of the next. Only the last page
    /// returns none. The cursor may be a parameter of a link, and is not secret.
    ///
    /// - [`entries`](Session::entries) of a listed session redacts `secret` values only of schemas that are registered with
    ///   [`SessionConfig::schema`](crate::SessionConfig::schema).
    /// - A `limit` of 0 is 1, and a `limit` over 1,000 is 1,000. Only Redis may return more sessions than `limit`. Each page
    ///   may have fewer sessions, or none.
    /// - A session that is live from the first page to the last is listed. Redis may list it more than once.
    /// - A session that is created or deleted in between may be listed or missing. Expired sessions are not listed.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, store::MemoryStore};
    /// use session::ErrorKind;
    ///
    /// #[derive(SessionSchema)]
    /// struct Visitor {
    ///     user: String,
    /// }
    ///
    /// /// The rows of an admin page, and the cursor of its link "next".
    /// async fn admin(
    ///     manager: &SessionManager,
    ///     after: Option<&str>,
    /// ) -> Result<(Vec<String>, Option<String>), session::Error> {
    ///     let page = match manager.list(after, 50).await {
    ///         // The client changed the cursor: show the first page.
    ///         Err(error) if error.kind() == ErrorKind::Value => manager.list(None, 50).await?,
    ///         page => page?,
    ///     };
    ///     let mut rows = Vec::new();
    ///     for entry in page.sessions {
    ///         let user = entry.session.typed::<Visitor>().user().await?; // no store operation
    ///         rows.push(format!("{} {}", entry.info.id, user.unwrap_or_default()));
    ///     }
    ///     Ok((rows, page.next))
    /// }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// # session.typed_mut::<Visitor>().set_user("Ada".to_owned())?;
    /// # session.sync().await?;
    /// # assert_eq!(admin(&manager, Some("changed")).await?.0.len(), 1);
    /// # let (rows, next) = admin(&manager, None).await?;
    /// # assert!(rows.len() == 1 && rows[0].ends_with(" Ada") && next.is_none());
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// - [`Store`](crate::ErrorKind::Store): the store could not be reached.
    /// - [`Value`](crate::ErrorKind::Value): no page returned this cursor.
    #[doc(alias = "all")]
    #[doc(alias = "iterate")]
    pub async fn list(&self, cursor: Option<&str>, limit: usize) -> Result<ListPage, Error> {
        let manager = self.inner();
        let scan = manager.store.scan(cursor, page_size(limit), manager.now());
        let page = manager.call(StoreOperation::Scan, None, scan).await;
        let page = page.map_err(|error| Error::store("list the sessions", error));
        page.map(|page| self.to_list_page(page)).map_err(invalid_cursor)
    }

    /// Returns a page of up to `limit` live sessions with `value` under `key`, with their values, oldest first. Costs one
    /// store operation.
    ///
    /// For a list of devices that shows data of each session. [`find_page`](Self::find_page) has the same pages and
    /// cursors, and does not read the values. A `limit` of 0 is 1, and a `limit` over 1,000 is 1,000.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, SessionSchema, store::MemoryStore};
    /// #[derive(SessionSchema)]
    /// struct Visitor {
    ///     #[session(index)]
    ///     user: String,
    ///     #[session(default)]
    ///     city: String,
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let config = SessionConfig::new(SecretKey::generate()).index(Visitor::USER);
    /// # let manager = SessionManager::new(MemoryStore::new(), config);
    /// # let mut session = manager.open(&http::HeaderMap::new());
    /// # let mut visitor = session.typed_mut::<Visitor>();
    /// # visitor.set_user("Ada".to_owned())?;
    /// # visitor.set_city("London".to_owned())?;
    /// # session.sync().await?;
    /// for device in manager.list_by(Visitor::USER, "Ada", None, 20).await?.sessions {
    ///     let visitor = device.session.snapshot::<Visitor>().await?; // no store operation
    ///     println!("{:?} in {}, last seen {:?}", device.info.label, visitor.city, device.info.last_seen);
    /// #   assert_eq!(visitor.city, "London");
    /// }
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The same as for [`find_page`](Self::find_page).
    pub async fn list_by<T>(
        &self,
        key: IndexKey<T>,
        value: &(impl IndexValue<T> + ?Sized),
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<ListPage, Error> {
        let (manager, hash) = (self.inner(), self.index_hash(key, value)?);
        let find = manager.store.find_records(&hash, cursor, page_size(limit), manager.now());
        let page = manager.call(StoreOperation::FindRecords, None, find).await;
        let page = page.map_err(|error| Error::store("list the sessions with an indexed value", error));
        page.map(|page| self.to_list_page(page)).map_err(invalid_cursor)
    }

    /// Returns the number of live sessions, for a gauge, or `None` if the store would have to read all of them: Redis.
    /// Costs one store operation.
    ///
    /// The SQL stores count the entries of the index on the expiry, which takes time in proportion to the number of
    /// sessions. Call it once a minute, and not in each request. The page [stores](crate::docs::stores) has the times.
    /// Visitors who are not logged in have sessions too.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig, SessionManager, store::MemoryStore};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    /// if let Some(count) = manager.count().await? {
    ///     println!("{count} live sessions");
    /// #   assert_eq!(count, 0);
    /// }
    /// # Ok::<(), session::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`Store`](crate::ErrorKind::Store): the store could not be reached.
    pub async fn count(&self) -> Result<Option<u64>, Error> {
        let manager = self.inner();
        let count = manager.call(StoreOperation::Count, None, manager.store.count(manager.now())).await;
        count.map_err(|error| Error::store("count the sessions", error))
    }

    fn to_list_page(&self, RecordPage { sessions, next }: RecordPage) -> ListPage {
        let sessions = sessions.into_iter().map(|(id, record)| ListedSession {
            info: SessionInfo::new(id, &record),
            session: Session::with_record(Arc::clone(self.inner()), id, record),
        });
        ListPage { sessions: sessions.collect(), next }
    }
}

fn page_size(limit: usize) -> usize {
    limit.clamp(1, MAX_PAGE_SIZE)
}

/// Turns the store's error of an invalid cursor into the caller's error.
pub(super) fn invalid_cursor(error: Error) -> Error {
    match error.source() {
        Some(source) if source.is::<InvalidCursor>() => Error::new(ErrorKind::Value, INVALID_CURSOR),
        _ => error,
    }
}
