//! The stored data of one session: its token hash, times, limits, label, revision and values.

use std::time::Duration;

use crate::record::id::TokenHash;
use crate::record::lifetime_limits::Limits;
use crate::record::timestamp::Timestamp;
use crate::record::values::Values;

/// The stored data of one session. A comparison ignores [`log_size`](Self::log_size).
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Record {
    /// The hash of the current token's secret.
    pub token: TokenHash,
    /// The time of creation.
    pub created: Timestamp,
    /// The time of the last rotation, if there was one.
    pub rotated: Option<Timestamp>,
    /// The time of the last rotation by a login, if there was one. Later than the creation and every earlier login, even if
    /// the clock says otherwise, so that [`last_login`](Self::last_login) identifies the login.
    pub login_rotated: Option<Timestamp>,
    /// The time of the last commit or renewal by the browser's requests.
    pub last_seen: Timestamp,
    /// The first instant at which the record is expired.
    pub expires: Timestamp,
    /// The limits up to which `expires` may be extended.
    pub limits: Limits,
    /// The application's label, for lists of sessions.
    pub label: Option<String>,
    /// Starts with 1 and is incremented by each commit that changes the record, for compare-and-swap.
    pub revision: u64,
    /// The server state.
    pub values: Values,
    /// The size of the stored value log. A store that sets it receives the values again with a later commit of the same
    /// request, as [`LoadedValues`](crate::store::LoadedValues). All others leave it `None`.
    pub log_size: Option<LogSize>,
}

/// The size of a value log that is stored in several parts, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogSize {
    /// The newest entries, which the record's own row contains.
    pub row: usize,
    /// All older parts together.
    pub parts: usize,
    /// The whole log after its last compaction.
    pub compacted: usize,
}

impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            token, created, rotated, login_rotated, last_seen, expires, limits, label, revision, values, ..
        } = self;
        (token, created, rotated, login_rotated, last_seen)
            == (&other.token, &other.created, &other.rotated, &other.login_rotated, &other.last_seen)
            && (expires, limits, label, revision, values)
                == (&other.expires, &other.limits, &other.label, &other.revision, &other.values)
    }
}

impl Eq for Record {}

impl Record {
    /// Creates an empty record.
    pub fn new(token: TokenHash, limits: Limits, now: Timestamp) -> Self {
        Self {
            token,
            created: now,
            rotated: None,
            login_rotated: None,
            last_seen: now,
            expires: limits.expiry(now),
            limits,
            label: None,
            revision: 1,
            values: Values::default(),
            log_size: None,
        }
    }

    /// Returns the time of the last login, or of the creation if there was no login. No two logins of a record have the
    /// same time.
    pub fn last_login(&self) -> Timestamp {
        self.login_rotated.unwrap_or(self.created)
    }

    /// Returns the time to store for a login at `now`: at least a millisecond after the previous login.
    pub(crate) fn next_login(previous: Timestamp, now: Timestamp) -> Timestamp {
        now.max(previous + Duration::from_millis(1))
    }

    /// Returns true if the record has not expired.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires
    }
}
