//! The credential of a session: the browser's token, an id that the application names, or the login of a detached handle.

use crate::config::lifetime::Lifetime;
use crate::cookie::token::Token;
use crate::record::id::{SessionId, TokenHash};

/// The credential with which a session opens its record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Credential {
    /// The browser's token. It must be the record's current one.
    Token(Token),
    /// An id from the application, for jobs, webhooks and admin pages.
    Id(SessionId),
    /// The current token of a login, as far as a detached handle knows it.
    Detached { id: SessionId, token: TokenHash },
}

impl Credential {
    pub(crate) fn id(&self) -> SessionId {
        match self {
            Self::Token(token) => token.id,
            Self::Id(id) | Self::Detached { id, .. } => *id,
        }
    }

    pub(crate) fn hash(&self) -> Option<TokenHash> {
        match self {
            Self::Token(token) => Some(token.hash()),
            Self::Detached { token, .. } => Some(*token),
            Self::Id(_) => None,
        }
    }

    pub(crate) fn token(&self) -> Option<&Token> {
        match self {
            Self::Token(token) => Some(token),
            Self::Id(_) | Self::Detached { .. } => None,
        }
    }

    pub(crate) fn lifetime(&self) -> Option<Lifetime> {
        match self {
            Self::Token(token) => Some(token.lifetime),
            Self::Id(_) | Self::Detached { .. } => None,
        }
    }
}
