//! A sample record and commits on it, for tests that call a store directly.

use std::time::Duration;

use session::SessionId;
use session::store::{
    Commit, Committed, IndexChange, IndexHash, Json, Limits, Record, StoreError, Timestamp, TokenHash, Unavailable,
};

pub const ID: SessionId = SessionId::from_bytes([7; 16]);
pub const TOKEN: TokenHash = TokenHash::from_bytes([1; 32]);
pub const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_123);
/// A use renews the session when less than this many per mille of its idle time remain.
pub const RENEW_BELOW: u16 = 800;

pub fn after(seconds: u64) -> Timestamp {
    NOW + Duration::from_secs(seconds)
}

/// 100 seconds idle, 1,000 seconds in total.
pub fn limits() -> Limits {
    Limits { idle: Duration::from_secs(100), absolute_end: after(1000) }
}

pub fn record(pairs: &[(&str, &str)]) -> Record {
    let mut record = Record::new(TOKEN, limits(), NOW);
    record.values = pairs.iter().map(|(key, text)| (*key, Json::from_text(*text))).collect();
    record
}

/// The id with this number.
pub fn number(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

pub fn entry(key: &str, hash: Option<IndexHash>) -> IndexChange {
    IndexChange { key: key.into(), hash }
}

pub fn touch(now: Timestamp) -> Commit {
    Commit::touch(TOKEN, RENEW_BELOW, now)
}

pub fn set(pairs: &[(&str, &str)]) -> Commit {
    let mut commit = touch(NOW);
    for (key, text) in pairs {
        commit.changes.set(key, Json::from_text(*text)).unwrap();
    }
    commit
}

/// Returns true if the store reports that the operation was not sent.
pub fn is_not_sent(error: &StoreError) -> bool {
    matches!(error.downcast_ref(), Some(Unavailable::NotSent(_)))
}

pub fn is_done(committed: &Committed) -> bool {
    matches!(committed, Committed::Done(_))
}
