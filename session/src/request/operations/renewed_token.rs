//! A detached handle whose session has another token: was it only renewed, or did a login rotate it?

use crate::config::event::StoreOperation;
use crate::error::{Error, StoreError};
use crate::record::commit::{Commit, Committed};
use crate::record::id::{SessionId, TokenHash};
use crate::request::session_inner::SessionInner;

impl SessionInner {
    /// Sends a commit. If a request renewed the token of a detached handle's login, sends it again with the new token.
    pub(super) async fn send(&self, id: &SessionId, commit: &mut Commit) -> Result<Committed, StoreError> {
        loop {
            let reply = self.call(StoreOperation::Commit, *id, self.manager.store.commit(id, commit)).await?;
            if !matches!(reply, Committed::Replaced { .. }) || !self.state().is_detached() {
                return Ok(reply);
            }
            match Box::pin(self.load_token(*id)).await {
                Ok(Some(CurrentToken::Renewed(token))) => commit.token = Some(token),
                Ok(Some(CurrentToken::Other)) => return Ok(reply),
                Ok(None) => return Ok(Committed::Missing),
                Err(error) => {
                    // The commit was rejected, so its changes are certainly not stored.
                    self.state().on_not_sent();
                    return Err(error);
                }
            }
        }
    }

    /// Returns true if a deletion by a detached handle failed only because a request renewed the token.
    pub(super) async fn follow_renewal(&self, id: SessionId) -> Result<bool, Error> {
        if !self.state().is_detached() {
            return Ok(false);
        }
        let current = Box::pin(self.load_token(id)).await.map_err(|error| Error::store("load the session", error))?;
        Ok(matches!(current, Some(CurrentToken::Renewed(_)) | None))
    }

    /// Loads the current token of the session, without its values: a commit may be in flight.
    async fn load_token(&self, id: SessionId) -> Result<Option<CurrentToken>, StoreError> {
        let load = self.manager.store.load(&id, self.manager.now());
        let Some(record) = self.call(StoreOperation::Load, id, load).await? else { return Ok(None) };
        let mut state = self.state();
        let known = state.loaded.credential.and_then(|credential| credential.hash());
        // The same token would be rejected again.
        if !state.accepts(&record) || known == Some(record.token) {
            return Ok(Some(CurrentToken::Other));
        }
        state.follow_renewal(record.token);
        Ok(Some(CurrentToken::Renewed(record.token)))
    }
}

/// The current token of a live session, compared with a detached handle.
enum CurrentToken {
    /// A new token of the same login.
    Renewed(TokenHash),
    /// The token of another login.
    Other,
}
