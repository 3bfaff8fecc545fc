//! The events of sessions, for logs, audits and metrics, and the listeners of an application.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::ErrorKind;
use crate::record::id::SessionId;

/// An event of a session, or of the credentials of a request.
///
/// [`SessionConfig::on_event`](crate::SessionConfig::on_event) sets a listener. An event never contains a token, a cookie or
/// a value. The id of a session is not a secret: it opens nothing.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A session was created.
    #[non_exhaustive]
    Created {
        /// The new session.
        session: SessionId,
    },
    /// A session got a new token: a login, [`cycle_id`](crate::Session::cycle_id),
    /// [`set_lifetime`](crate::Session::set_lifetime) or [`renew_token`](crate::Session::renew_token).
    #[non_exhaustive]
    Rotated {
        /// The session.
        session: SessionId,
    },
    /// A session was deleted.
    #[non_exhaustive]
    Deleted {
        /// The deleted session.
        session: SessionId,
        /// The reason of the deletion.
        reason: DeletionReason,
    },
    /// Expired sessions were deleted. Redis deletes them itself, without an event.
    #[non_exhaustive]
    Expired {
        /// The number of deleted sessions.
        count: usize,
    },
    /// A request that only read its session renewed it. Commits renew a session without this event.
    #[non_exhaustive]
    Renewed {
        /// The session.
        session: SessionId,
    },
    /// A commit or an update of a request was refused, and returned an error of this kind. An error of the store is a
    /// failed [`StoreOperation`](Self::StoreOperation) instead.
    #[non_exhaustive]
    Refused {
        /// The session. `None` if the request had none.
        session: Option<SessionId>,
        /// The kind of the error, for example [`Ended`](ErrorKind::Ended) or [`Replaced`](ErrorKind::Replaced).
        kind: ErrorKind,
    },
    /// An update lost a race against another request, and starts again.
    #[non_exhaustive]
    Retried {
        /// The session. `None` if the update creates one.
        session: Option<SessionId>,
    },
    /// A cookie or a header token of our name did not decrypt: it is forged, or its key is missing.
    #[non_exhaustive]
    CredentialRejected {
        /// The kind of the credential.
        credential: CredentialKind,
    },
    /// A [fallback key](crate::SessionConfig::fallback_key) decrypted a cookie or a header token (at most one event per
    /// request and key), or a sealed value (one event per read).
    ///
    /// A key without such events for the longest lifetime of a session is not needed any more, except for sealed values
    /// that were not read in this time.
    #[non_exhaustive]
    FallbackKeyUsed {
        /// The position of the key: 1 for the first fallback key.
        key: usize,
    },
    /// A store operation returned, or was dropped.
    #[non_exhaustive]
    StoreOperation {
        /// The operation.
        operation: StoreOperation,
        /// The session. `None` if the operation is not about one session.
        session: Option<SessionId>,
        /// The time from the start of the operation to its outcome.
        duration: Duration,
        /// The outcome.
        outcome: StoreOutcome,
    },
}

/// The reason of a deletion.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeletionReason {
    /// [`Session::invalidate`](crate::Session::invalidate) or [`restart`](crate::Session::restart).
    Logout,
    /// [`SessionManager::revoke`](crate::SessionManager::revoke), [`revoke_all`](crate::SessionManager::revoke_all) or
    /// [`revoke_id`](crate::SessionManager::revoke_id).
    Revocation,
    /// The user has more sessions than [`index_with_limit`](crate::SessionConfig::index_with_limit) permits.
    Limit,
    /// [`Session::delete`](crate::Session::delete), or a login as another user.
    Application,
}

/// A kind of credential.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// The session cookie.
    SessionCookie,
    /// The cookie with the client state.
    StateCookie,
    /// The token of the header transport.
    HeaderToken,
}

/// An operation of a [`SessionStore`](crate::store::SessionStore).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreOperation {
    /// Loads a session.
    Load,
    /// Creates a session.
    Create,
    /// Commits changes, a rotation or a renewal.
    Commit,
    /// Deletes a session.
    Delete,
    /// Finds sessions by an indexed value.
    Find,
    /// Finds sessions by an indexed value, and loads them.
    FindRecords,
    /// Scans all sessions.
    Scan,
    /// Counts the live sessions.
    Count,
    /// Deletes expired sessions.
    DeleteExpired,
}

/// The outcome of a store operation.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreOutcome {
    /// The store replied. The reply can be that there is no such session.
    Replied,
    /// The store returned an error.
    Failed,
    /// The store did not reply within [`store_timeout`](crate::SessionConfig::store_timeout).
    TimedOut,
    /// The operation was dropped before its reply, for example because the client disconnected.
    Cancelled,
}

impl Event {
    /// Returns the session of the event, if it is about one session.
    pub fn session(&self) -> Option<SessionId> {
        match self {
            Self::Created { session }
            | Self::Rotated { session }
            | Self::Deleted { session, .. }
            | Self::Renewed { session } => Some(*session),
            Self::Refused { session, .. } | Self::Retried { session } | Self::StoreOperation { session, .. } => {
                *session
            }
            Self::Expired { .. } | Self::CredentialRejected { .. } | Self::FallbackKeyUsed { .. } => None,
        }
    }
}

impl DeletionReason {
    /// Returns the name for logs and metrics, such as `logout`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Revocation => "revocation",
            Self::Limit => "limit",
            Self::Application => "application",
        }
    }
}

impl CredentialKind {
    /// Returns the name for logs and metrics, such as `session_cookie`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SessionCookie => "session_cookie",
            Self::StateCookie => "state_cookie",
            Self::HeaderToken => "header_token",
        }
    }
}

impl StoreOperation {
    /// Returns the name for logs and metrics, such as `load`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Create => "create",
            Self::Commit => "commit",
            Self::Delete => "delete",
            Self::Find => "find",
            Self::FindRecords => "find_records",
            Self::Scan => "scan",
            Self::Count => "count",
            Self::DeleteExpired => "delete_expired",
        }
    }
}

impl StoreOutcome {
    /// Returns the type of the error for logs and metrics, such as `timeout`. `None` if the store replied.
    pub const fn error_type(self) -> Option<&'static str> {
        match self {
            Self::Replied => None,
            Self::Failed => Some("error"),
            Self::TimedOut => Some("timeout"),
            Self::Cancelled => Some("cancelled"),
        }
    }
}

type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

/// The listeners of a manager.
#[derive(Clone, Default)]
pub(crate) struct EventListeners(Vec<Listener>);

impl EventListeners {
    pub(crate) fn add(&mut self, listener: impl Fn(&Event) + Send + Sync + 'static) {
        self.0.push(Arc::new(listener));
    }

    /// Returns true if events are needed.
    #[inline]
    pub(crate) fn is_active(&self) -> bool {
        cfg!(feature = "metrics") || !self.0.is_empty()
    }

    /// Calls the listeners. The caller holds no lock.
    pub(crate) fn emit(&self, event: &Event) {
        #[cfg(feature = "metrics")]
        crate::config::metrics::record(event);
        for listener in &self.0 {
            listener(event);
        }
    }
}

impl fmt::Debug for EventListeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventListeners").field(&self.0.len()).finish()
    }
}
