//! The status of the token that a request sent, for responses with status 401.

use crate::request::plan::RecordStatus;
use crate::request::state::credential::Credential;
use crate::request::state::types::{SentToken, State};

/// The status of the token that a request sent, in a cookie or in a header.
///
/// [`Session::token_status`](crate::Session::token_status) returns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenStatus {
    /// The request has no token.
    Missing,
    /// The token opens a live session.
    Valid,
    /// The session is live, but another request rotated its token less than
    /// [`rotation_grace`](crate::SessionConfig::rotation_grace) ago. The client can repeat the request with the new token.
    Replaced,
    /// The token expired, its session ended, an earlier rotation replaced it, or it does not decrypt.
    Invalid,
}

impl State {
    /// Returns true if the client sent a token that decrypts.
    pub(super) fn has_sent_token(&self) -> bool {
        matches!(self.sent_token, SentToken::Decrypted(_))
    }

    /// Returns the status of the token. Call it only after the load.
    pub(crate) fn token_status(&self) -> TokenStatus {
        let sent = match self.sent_token {
            SentToken::Missing => return TokenStatus::Missing,
            SentToken::Invalid => return TokenStatus::Invalid,
            SentToken::Decrypted(id) => id,
        };
        // After a login that started a new session, `loaded` is the new record.
        let is_same_record = self.loaded.credential.as_ref().map(Credential::id) == Some(sent);
        match self.loaded.status {
            RecordStatus::Live if is_same_record => TokenStatus::Valid,
            RecordStatus::Replaced if is_same_record => TokenStatus::Replaced,
            _ => TokenStatus::Invalid,
        }
    }
}
