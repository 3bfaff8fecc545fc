//! The stored data of one session: its token hash, times, limits, label, revision and values.

use crate::record::id::TokenHash;
use crate::record::lifetime_limits::Limits;
use crate::record::timestamp::Timestamp;
use crate::record::values::Values;

/// The stored data of one session.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The hash of the current token's secret.
    pub token: TokenHash,
    /// The time of creation.
    pub created: Timestamp,
    /// The time of the last rotation, if there was one.
    pub rotated: Option<Timestamp>,
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
}

impl Record {
    /// Creates an empty record.
    pub fn new(token: TokenHash, limits: Limits, now: Timestamp) -> Self {
        Self {
            token,
            created: now,
            rotated: None,
            last_seen: now,
            expires: limits.expiry(now),
            limits,
            label: None,
            revision: 1,
            values: Values::default(),
        }
    }

    /// Returns true if the record has not expired.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires
    }
}
