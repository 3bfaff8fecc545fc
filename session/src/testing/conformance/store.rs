//! The store under test: it answers every operation, or the claim fails.

use std::sync::Arc;

use super::assertions::{answered, holds};
use super::fixture::Fixture;
use crate::record::id::SessionId;
use crate::store::{
    Commit, Committed, DeleteCondition, Deleted, IndexChange, IndexHash, Record, ScanPage, SessionInfo, SessionStore,
    Timestamp,
};

/// The store as one server sees it, who knows of another. Cheap to clone.
#[derive(Clone)]
pub(super) struct Store {
    here: Arc<dyn SessionStore>,
    there: Arc<dyn SessionStore>,
}

impl Store {
    pub(super) fn of(fixture: &Fixture) -> Self {
        Self { here: Arc::clone(&fixture.one), there: Arc::clone(&fixture.two) }
    }

    /// The same store as the other server sees it.
    pub(super) fn other(&self) -> Self {
        Self { here: Arc::clone(&self.there), there: Arc::clone(&self.here) }
    }

    /// What a session manager is given.
    pub(super) fn inner(&self) -> Arc<dyn SessionStore> {
        Arc::clone(&self.here)
    }

    pub(super) async fn load(&self, id: &SessionId, now: Timestamp) -> Option<Record> {
        answered("load", self.here.load(id, now).await)
    }

    pub(super) async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> bool {
        answered("create", self.here.create(id, record, index).await)
    }

    pub(super) async fn commit(&self, id: &SessionId, commit: &Commit) -> Committed {
        answered("commit", self.here.commit(id, commit).await)
    }

    pub(super) async fn delete(&self, id: &SessionId, proof: DeleteCondition, now: Timestamp) -> Deleted {
        answered("delete", self.here.delete(id, proof, now).await)
    }

    pub(super) async fn find(&self, hash: &IndexHash, now: Timestamp) -> Vec<SessionInfo> {
        answered("find", self.here.find(hash, now).await)
    }

    pub(super) async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> ScanPage {
        answered("scan", self.here.scan(from, batch, now).await)
    }

    pub(super) async fn delete_expired(&self, now: Timestamp, batch: usize) -> usize {
        answered("delete_expired", self.here.delete_expired(now, batch).await)
    }

    /// Drops what earlier claims left behind, on a store that is not empty.
    pub(super) async fn drain(&self, now: Timestamp) {
        const SWEEPS: usize = 10_000;
        for _ in 0..SWEEPS {
            if self.delete_expired(now, 1000).await == 0 {
                return;
            }
        }
        holds(false, "sweeping must come to an end: `delete_expired` never said that it dropped nothing");
    }
}
