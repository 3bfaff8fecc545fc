//! The store under test, opened by two servers, with operations that panic on an error.

use std::sync::Arc;

use crate::error::StoreError;
use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexHash};
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::{DeleteCondition, Deleted, FindPage, RecordPage, SessionStore};
use crate::testing::conformance::fixture::Fixture;

/// The store under test on one server. Cheap to clone.
#[derive(Clone)]
pub(super) struct TestStore {
    store: Arc<dyn SessionStore>,
    on_other_server: Arc<dyn SessionStore>,
    unreachable: Option<Arc<dyn SessionStore>>,
}

impl TestStore {
    pub(super) fn new(fixture: &Fixture) -> Self {
        let (store, on_other_server) = (Arc::clone(&fixture.first), Arc::clone(&fixture.second));
        Self { store, on_other_server, unreachable: fixture.unreachable.clone() }
    }

    /// Returns the same store on the other server.
    pub(super) fn on_other_server(&self) -> Self {
        let (store, on_other_server) = (Arc::clone(&self.on_other_server), Arc::clone(&self.store));
        Self { store, on_other_server, unreachable: self.unreachable.clone() }
    }

    /// Returns the instance whose server refuses connections, if the store has a server.
    pub(super) fn unreachable(&self) -> Option<&Arc<dyn SessionStore>> {
        self.unreachable.as_ref()
    }

    /// Returns the store itself, for a session manager.
    pub(super) fn to_session_store(&self) -> Arc<dyn SessionStore> {
        Arc::clone(&self.store)
    }

    pub(super) async fn load(&self, id: &SessionId, now: Timestamp) -> Option<Record> {
        expect_success("load", self.store.load(id, now).await)
    }

    pub(super) async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> bool {
        expect_success("create", self.store.create(id, record, index).await)
    }

    pub(super) async fn commit(&self, id: &SessionId, commit: &Commit) -> Committed {
        expect_success("commit", self.store.commit(id, commit).await)
    }

    pub(super) async fn delete(&self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> Deleted {
        expect_success("delete", self.store.delete(id, condition, now).await)
    }

    /// Returns all sessions with the index entry.
    pub(super) async fn find(&self, hash: &IndexHash, now: Timestamp) -> Vec<SessionInfo> {
        const PAGE_SIZE: usize = 1000;
        let mut page = self.find_page(hash, None, PAGE_SIZE, now).await;
        let mut sessions = std::mem::take(&mut page.sessions);
        while let Some(cursor) = page.next {
            page = self.find_page(hash, Some(&cursor), PAGE_SIZE, now).await;
            sessions.append(&mut page.sessions);
        }
        sessions
    }

    pub(super) async fn find_page(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> FindPage {
        expect_success("find", self.store.find(hash, cursor, limit, now).await)
    }

    pub(super) async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> RecordPage {
        expect_success("find_records", self.store.find_records(hash, cursor, limit, now).await)
    }

    /// Returns the number of live sessions, if the store can count them.
    pub(super) async fn count(&self, now: Timestamp) -> Option<u64> {
        expect_success("count", self.store.count(now).await)
    }

    pub(super) async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> RecordPage {
        expect_success("scan", self.store.scan(cursor, limit, now).await)
    }

    pub(super) async fn delete_expired(&self, now: Timestamp, limit: usize) -> usize {
        expect_success("delete_expired", self.store.delete_expired(now, limit).await)
    }

    /// Deletes the expired records of earlier claims, if the claims share a store.
    pub(super) async fn delete_all_expired(&self, now: Timestamp) {
        const MAX_CALLS: usize = 10_000;
        for _ in 0..MAX_CALLS {
            if self.delete_expired(now, 1000).await == 0 {
                return;
            }
        }
        panic!("`delete_expired` must return 0 when no expired record remains: it never did in {MAX_CALLS} calls");
    }
}

#[track_caller]
fn expect_success<T>(operation: &str, result: Result<T, StoreError>) -> T {
    result.unwrap_or_else(|error| panic!("`{operation}` must succeed, but failed: {error}"))
}
