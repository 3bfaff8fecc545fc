//! One session of a claim, with a random id and token, and shortcuts for store operations on it.

use std::fmt::Display;
use std::time::Duration;

use crate::record::changes::Changes;
use crate::record::commit::{Commit, Committed, CommittedVersion, Rotation};
use crate::record::id::{SessionId, TokenHash, random_bytes};
use crate::record::index::{IndexChange, IndexHash};
use crate::record::json::Json;
use crate::record::lifetime_limits::Limits;
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::record::values::Values;
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::testing::conformance::assertions::assert_equal;
use crate::testing::conformance::test_store::TestStore;

/// The start of most sessions. In the future, so that a store which expires records by its own clock deletes none.
pub(super) const NOW: Timestamp = Timestamp::from_millis(2_000_000_000_123);
/// The start of sessions in `sweeping` claims. Earlier, so that no session of another claim is expired at their times.
pub(super) const SWEEP_NOW: Timestamp = Timestamp::from_millis(1_900_000_000_123);
pub(super) const MILLISECOND: Duration = Duration::from_millis(1);
const RENEW_BELOW_PER_MILLE: u16 = 800;

/// A session, stored or not.
#[derive(Clone)]
pub(super) struct TestSession {
    pub(super) store: TestStore,
    pub(super) id: SessionId,
    pub(super) token: TokenHash,
    pub(super) start: Timestamp,
}

/// A change to one key, or to all keys.
#[derive(Clone, Copy)]
pub(super) enum KeyChange<'a> {
    Set(&'a str, &'a str),
    Unset(&'a str),
    Clear,
}

impl TestSession {
    /// Returns a session that starts at [`NOW`] and is not stored yet.
    pub(super) fn new(store: &TestStore) -> Self {
        Self::starting_at(store, NOW)
    }

    /// Returns a session that is not stored yet.
    pub(super) fn starting_at(store: &TestStore, start: Timestamp) -> Self {
        Self { store: store.clone(), id: SessionId::random(), token: random_token(), start }
    }

    /// Stores a new session with these values.
    pub(super) async fn create(store: &TestStore, pairs: &[(&str, &str)]) -> Self {
        let session = Self::new(store);
        session.store_record(&session.new_record(pairs), &[]).await;
        session
    }

    /// Returns the same session on the other server.
    pub(super) fn on_other_server(&self) -> Self {
        Self { store: self.store.on_other_server(), ..self.clone() }
    }

    pub(super) fn time_after(&self, seconds: u64) -> Timestamp {
        self.start + Duration::from_secs(seconds)
    }

    /// Returns limits of 100 seconds idle and 1,000 seconds in total.
    pub(super) fn limits(&self) -> Limits {
        Limits { idle: Duration::from_secs(100), absolute_end: self.time_after(1000) }
    }

    pub(super) fn new_record(&self, pairs: &[(&str, &str)]) -> Record {
        let mut record = Record::new(self.token, self.limits(), self.start);
        record.values = values(pairs);
        record
    }

    pub(super) fn touch(&self, now: Timestamp) -> Commit {
        Commit::touch(self.token, RENEW_BELOW_PER_MILLE, now)
    }

    /// Returns a commit of these changes at the start of the session.
    pub(super) fn change(&self, key_changes: &[KeyChange<'_>]) -> Commit {
        let mut change = self.touch(self.start);
        change.changes = changes(key_changes);
        change
    }

    pub(super) fn rotation(&self, token: TokenHash, limits: Limits, now: Timestamp) -> Commit {
        let mut rotation = self.touch(now);
        rotation.rotation = Some(Rotation { token, limits, is_login: true });
        rotation
    }

    pub(super) async fn store_record(&self, record: &Record, index: &[IndexChange]) {
        let is_created = self.store.create(&self.id, record, index).await;
        assert!(is_created, "creating on an unused id must return true");
    }

    pub(super) async fn load(&self, now: Timestamp) -> Option<Record> {
        self.store.load(&self.id, now).await
    }

    /// Loads the record at the start of the session, or fails if it is absent.
    pub(super) async fn expect_record(&self) -> Record {
        let record = self.load(self.start).await;
        record.unwrap_or_else(|| panic!("a live record must be loaded: found no record"))
    }

    pub(super) async fn commit(&self, commit: &Commit) -> Committed {
        self.store.commit(&self.id, commit).await
    }

    /// Commits, and returns the stored version. Fails if the commit was rejected, or returned another version.
    pub(super) async fn apply(&self, commit: &Commit, requirement: impl Display) -> CommittedVersion {
        let committed = self.commit(commit).await;
        let Committed::Done(returned) = committed else {
            panic!("{requirement}\n  found:    {committed:?}\n  expected: Done");
        };
        let record = self.load(commit.now).await.unwrap_or_else(|| panic!("{requirement}: found no record"));
        let stored = CommittedVersion { revision: record.revision, expires: record.expires };
        assert_equal(returned.unwrap_or(stored), stored, "a commit that returns a version must return the stored one");
        stored
    }

    pub(super) async fn delete(&self, condition: DeleteCondition, now: Timestamp) -> Deleted {
        self.store.delete(&self.id, condition, now).await
    }

    /// Returns the metadata that `find` must return for this session.
    pub(super) async fn info(&self) -> SessionInfo {
        SessionInfo::new(self.id, &self.expect_record().await)
    }
}

pub(super) fn random_token() -> TokenHash {
    TokenHash::from_bytes(random_bytes())
}

pub(super) fn random_hash() -> IndexHash {
    IndexHash::from_bytes(random_bytes())
}

pub(super) fn index_change(key: &str, hash: Option<IndexHash>) -> IndexChange {
    IndexChange { key: key.into(), hash }
}

pub(super) fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(key, text)| (*key, Json::from_text(*text))).collect()
}

pub(super) fn changes(key_changes: &[KeyChange<'_>]) -> Changes {
    let mut changes = Changes::default();
    for key_change in key_changes {
        let result = match key_change {
            KeyChange::Set(key, text) => changes.set(key, Json::from_text(*text)),
            KeyChange::Unset(key) => changes.unset(key),
            KeyChange::Clear => {
                changes.clear();
                Ok(())
            }
        };
        result.expect("the keys of the claims are within the limit");
    }
    changes
}
