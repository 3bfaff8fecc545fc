//! One session of a claim: an id and a token that no other claim has, and what is asked of the store about it.

use std::time::Duration;

use super::assertions::holds;
use super::store::Store;
use crate::record::id::{SessionId, TokenHash, random_bytes};
use crate::store::{
    Changes, Commit, Committed, DeleteCondition, Deleted, IndexChange, IndexHash, Json, Limits, Record, Rotation,
    SessionInfo, Timestamp, Values,
};

/// When most sessions begin. It lies ahead of every clock, so that a store may drop by its own clock what has expired.
pub(super) const NOW: Timestamp = Timestamp::from_millis(2_000_000_000_123);
/// When the sessions begin that are swept: so much earlier that sweeping them touches no other claim's.
pub(super) const EARLY: Timestamp = Timestamp::from_millis(1_900_000_000_123);
pub(super) const MILLI: Duration = Duration::from_millis(1);
/// Uses extend a record when less than four fifths of its idle time are left.
const BELOW: u16 = 800;

/// A session, whether the store holds it or not.
#[derive(Clone)]
pub(super) struct Subject {
    pub(super) store: Store,
    pub(super) id: SessionId,
    pub(super) token: TokenHash,
    pub(super) began: Timestamp,
}

/// A change of one key.
#[derive(Clone, Copy)]
pub(super) enum Verb<'a> {
    Set(&'a str, &'a str),
    Unset(&'a str),
    Clear,
}

impl Subject {
    /// A session that begins at `began`, and that the store knows nothing of yet.
    pub(super) fn at(store: &Store, began: Timestamp) -> Self {
        Self { store: store.clone(), id: SessionId::random(), token: token(), began }
    }

    pub(super) fn new(store: &Store) -> Self {
        Self::at(store, NOW)
    }

    /// A session that the store has taken, with these values.
    pub(super) async fn created(store: &Store, pairs: &[(&str, &str)]) -> Self {
        let subject = Self::new(store);
        subject.create(&subject.record(pairs), &[]).await;
        subject
    }

    /// The same session on the other server.
    pub(super) fn on_the_other_server(&self) -> Self {
        Self { store: self.store.other(), ..self.clone() }
    }

    /// So many seconds after it began.
    pub(super) fn after(&self, seconds: u64) -> Timestamp {
        self.began + Duration::from_secs(seconds)
    }

    /// 100 seconds idle, 1,000 in all.
    pub(super) fn limits(&self) -> Limits {
        Limits { idle: Duration::from_secs(100), absolute_end: self.after(1000) }
    }

    pub(super) fn record(&self, pairs: &[(&str, &str)]) -> Record {
        let mut record = Record::new(self.token, self.limits(), self.began);
        record.values = values(pairs);
        record
    }

    pub(super) fn touch(&self, now: Timestamp) -> Commit {
        Commit::touch(self.token, BELOW, now)
    }

    /// A commit of these changes at the time when the session begins.
    pub(super) fn change(&self, verbs: &[Verb<'_>]) -> Commit {
        let mut change = self.touch(self.began);
        change.changes = changes(verbs);
        change
    }

    pub(super) fn rotation(&self, token: TokenHash, limits: Limits, now: Timestamp) -> Commit {
        let mut rotation = self.touch(now);
        rotation.rotation = Some(Rotation { token, limits });
        rotation
    }

    pub(super) async fn create(&self, record: &Record, index: &[IndexChange]) {
        let created = self.store.create(&self.id, record, index).await;
        holds(created, "creating on an id that was never used must say true");
    }

    pub(super) async fn load(&self, now: Timestamp) -> Option<Record> {
        self.store.load(&self.id, now).await
    }

    /// The record as it is, seen from the time when it began.
    pub(super) async fn stored(&self) -> Record {
        let record = self.load(self.began).await;
        record.unwrap_or_else(|| panic!("a record that was created must be loaded until it ends: there is none"))
    }

    pub(super) async fn commit(&self, commit: &Commit) -> Committed {
        self.store.commit(&self.id, commit).await
    }

    pub(super) async fn end(&self, proof: DeleteCondition, now: Timestamp) -> Deleted {
        self.store.delete(&self.id, proof, now).await
    }

    /// Its line in a list of sessions.
    pub(super) async fn line(&self) -> SessionInfo {
        SessionInfo::new(self.id, &self.stored().await)
    }
}

/// A token that no session has.
pub(super) fn token() -> TokenHash {
    TokenHash::from_bytes(random_bytes())
}

/// An index entry that no session has.
pub(super) fn entry() -> IndexHash {
    IndexHash::from_bytes(random_bytes())
}

pub(super) fn index(key: &str, hash: Option<IndexHash>) -> IndexChange {
    IndexChange { key: key.into(), hash }
}

pub(super) fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(key, text)| (*key, Json::from_text(*text))).collect()
}

pub(super) fn changes(verbs: &[Verb<'_>]) -> Changes {
    let mut changes = Changes::default();
    for verb in verbs {
        let made = match verb {
            Verb::Set(key, text) => changes.set(key, Json::from_text(*text)),
            Verb::Unset(key) => changes.unset(key),
            Verb::Clear => {
                changes.clear();
                Ok(())
            }
        };
        made.expect("the keys of the claims are short enough");
    }
    changes
}
