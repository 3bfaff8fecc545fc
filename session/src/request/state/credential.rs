//! The credential of a request: the browser's token, or an id that the application names.

use crate::config::lifetime::Lifetime;
use crate::cookie::token::Token;
use crate::record::id::{SessionId, TokenHash};

/// The credential with which a request opens its record.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Credential {
    /// The browser's token. It must be the record's current one.
    Token(Token),
    /// An id from the application, for jobs, webhooks and admin pages.
    Id(SessionId),
}

impl Credential {
    pub(crate) fn id(&self) -> SessionId {
        match self {
            Self::Token(token) => token.id,
            Self::Id(id) => *id,
        }
    }

    pub(crate) fn hash(&self) -> Option<TokenHash> {
        match self {
            Self::Token(token) => Some(token.hash()),
            Self::Id(_) => None,
        }
    }

    pub(crate) fn token(&self) -> Option<&Token> {
        match self {
            Self::Token(token) => Some(token),
            Self::Id(_) => None,
        }
    }

    pub(crate) fn lifetime(&self) -> Option<Lifetime> {
        match self {
            Self::Token(token) => Some(token.lifetime),
            Self::Id(_) => None,
        }
    }
}
