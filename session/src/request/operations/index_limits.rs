//! The maximum number of sessions with one indexed value: deletes the oldest ones after a commit.

use std::error::Error as _;

use crate::config::event::{DeletionReason, Event, StoreOperation};
use crate::config::index::LimitedValue;
use crate::error::Error;
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexHash};
use crate::request::manager_inner::ManagerInner;
use crate::request::session_inner::SessionInner;
use crate::request::state::credential::Credential;
use crate::store::session_store::{DeleteCondition, Deleted, FindPage};

/// The limit of deletions after one commit, so that a login never waits for thousands. The next login deletes more.
const MAX_DELETIONS: usize = 100;

/// The number of sessions that one operation returns.
pub(crate) const FIND_PAGE_SIZE: usize = 1000;

impl SessionInner {
    /// Deletes the oldest sessions over the limit of a value that this session was just given. The commit has already
    /// succeeded, so a failure is only logged; the next login tries again.
    pub(super) async fn enforce_limits(&self, index: &[IndexChange]) {
        if index.is_empty() {
            return;
        }
        let current = self.state().loaded.credential.as_ref().map(Credential::id);
        for limited in self.manager.config.index.limited_values(index) {
            // Boxed, so that the future of each commit stays small.
            if let Err(error) = Box::pin(self.manager.enforce_limit(limited, current)).await {
                if let Some(source) = error.source() {
                    self.note_error(source);
                }
                let cause = error.cause();
                tracing::warn!(%error, cause, "failed to delete sessions over the limit");
                return;
            }
        }
    }
}

impl ManagerInner {
    /// Deletes the oldest sessions of a value over its limit, but never the current session.
    async fn enforce_limit(&self, limited: LimitedValue, current: Option<SessionId>) -> Result<(), Error> {
        for id in self.find_surplus(limited, current).await? {
            self.revoke(id, DeleteCondition::IndexEntry(limited.hash), DeletionReason::Limit).await?;
        }
        Ok(())
    }

    /// Returns the oldest sessions over the limit, at most [`MAX_DELETIONS`]. Reads no more sessions than needed for this.
    async fn find_surplus(
        &self,
        LimitedValue { hash, limit }: LimitedValue,
        current: Option<SessionId>,
    ) -> Result<Vec<SessionId>, Error> {
        let max_count = limit.saturating_add(MAX_DELETIONS);
        let (mut oldest, mut count, mut cursor) = (Vec::new(), 0, None);
        loop {
            let page = self.find_page(&hash, cursor.as_deref(), (max_count - count).min(FIND_PAGE_SIZE)).await?;
            count += page.sessions.len();
            let others = page.sessions.iter().map(|found| found.id).filter(|id| Some(*id) != current);
            oldest.extend(others.take(MAX_DELETIONS - oldest.len()));
            cursor = page.next;
            if cursor.is_none() || count >= max_count {
                oldest.truncate(count.saturating_sub(limit));
                return Ok(oldest);
            }
        }
    }

    /// Returns a page of the live sessions with this index entry, oldest first.
    pub(crate) async fn find_page(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<FindPage, Error> {
        let page = self.call(StoreOperation::Find, None, self.store.find(hash, cursor, limit, self.now())).await;
        page.map_err(|error| Error::store("find sessions by an indexed value", error))
    }

    /// Deletes a session under a condition. Returns true if it was deleted.
    pub(crate) async fn revoke(
        &self,
        id: SessionId,
        condition: DeleteCondition,
        reason: DeletionReason,
    ) -> Result<bool, Error> {
        let deletion = self.store.delete(&id, condition, self.now());
        let deleted = self.call(StoreOperation::Delete, id, deletion).await;
        let is_deleted = deleted.map_err(|error| Error::store("revoke the session", error))? == Deleted::Done;
        if is_deleted {
            self.emit(|| Event::Deleted { session: id, reason });
        }
        Ok(is_deleted)
    }
}
