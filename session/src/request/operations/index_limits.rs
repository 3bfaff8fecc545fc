//! The maximum number of sessions with one indexed value: deletes the oldest ones after a commit.

use crate::config::index::LimitedValue;
use crate::error::Error;
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexHash};
use crate::record::session_info::SessionInfo;
use crate::request::manager_inner::ManagerInner;
use crate::request::session_inner::SessionInner;
use crate::request::state::credential::Credential;
use crate::store::session_store::{DeleteCondition, Deleted};

impl SessionInner {
    /// Deletes the oldest sessions over the limit of a value that this session was just given. The commit has already
    /// succeeded, so a failure is only logged; the next login tries again.
    pub(super) async fn enforce_limits(&self, index: &[IndexChange]) {
        if index.is_empty() {
            return;
        }
        let current = self.state().loaded.credential.as_ref().map(Credential::id);
        for limited in self.manager.config.index.limited_values(index) {
            if let Err(error) = self.manager.enforce_limit(limited, current).await {
                let cause = error.cause();
                tracing::warn!(%error, cause, "failed to delete sessions over the limit");
            }
        }
    }
}

impl ManagerInner {
    /// Deletes the oldest sessions of a value over its limit, but never the current session.
    async fn enforce_limit(&self, limited: LimitedValue, current: Option<SessionId>) -> Result<(), Error> {
        let found = self.find(&limited.hash).await?;
        let surplus = found.len().saturating_sub(limited.limit);
        for found in found.iter().filter(|found| Some(found.id) != current).take(surplus) {
            self.revoke(found.id, limited.hash).await?;
        }
        Ok(())
    }

    pub(crate) async fn find(&self, hash: &IndexHash) -> Result<Vec<SessionInfo>, Error> {
        let found = self.call(self.store.find(hash, self.now())).await;
        found.map_err(|error| Error::store("find sessions by an indexed value", error))
    }

    /// Deletes a session if it has this index entry.
    pub(crate) async fn revoke(&self, id: SessionId, hash: IndexHash) -> Result<bool, Error> {
        let deleted = self.call(self.store.delete(&id, DeleteCondition::IndexEntry(hash), self.now())).await;
        let deleted = deleted.map_err(|error| Error::store("revoke the session", error))?;
        Ok(deleted == Deleted::Done)
    }
}
