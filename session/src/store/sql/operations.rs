//! The operations of a store, as values: the executor may run one several times.

use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexCursor, IndexHash};
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::store::sql::record_table::RecordTable;
use crate::store::sql::{commit, delete};

/// One operation of a store on its tables.
pub(in crate::store) trait Operation: Sync {
    type Output: Send;

    /// True if the operation changes nothing, so that it may be retried after any error.
    const IS_READ: bool;

    fn run<T: RecordTable>(&self, table: &mut T) -> impl Future<Output = sqlx::Result<Self::Output>> + Send;
}

pub(in crate::store) struct LoadRecord<'a> {
    pub(in crate::store) id: &'a SessionId,
}

impl Operation for LoadRecord<'_> {
    type Output = Option<Record>;

    const IS_READ: bool = true;

    async fn run<T: RecordTable>(&self, table: &mut T) -> sqlx::Result<Option<Record>> {
        table.load(self.id).await
    }
}

pub(in crate::store) struct CreateRecord<'a> {
    pub(in crate::store) id: &'a SessionId,
    pub(in crate::store) record: &'a Record,
    pub(in crate::store) index: &'a [IndexChange],
}

impl Operation for CreateRecord<'_> {
    type Output = bool;

    const IS_READ: bool = false;

    async fn run<T: RecordTable>(&self, table: &mut T) -> sqlx::Result<bool> {
        table.create(self.id, self.record, self.index).await
    }
}

pub(in crate::store) struct CommitRecord<'a> {
    pub(in crate::store) id: &'a SessionId,
    pub(in crate::store) commit: &'a Commit,
}

impl Operation for CommitRecord<'_> {
    type Output = Committed;

    const IS_READ: bool = false;

    async fn run<T: RecordTable>(&self, table: &mut T) -> sqlx::Result<Committed> {
        commit::commit(table, self.id, self.commit).await
    }
}

pub(in crate::store) struct DeleteRecord<'a> {
    pub(in crate::store) id: &'a SessionId,
    pub(in crate::store) condition: DeleteCondition,
    pub(in crate::store) now: Timestamp,
}

impl Operation for DeleteRecord<'_> {
    type Output = Deleted;

    const IS_READ: bool = false;

    async fn run<T: RecordTable>(&self, table: &mut T) -> sqlx::Result<Deleted> {
        delete::delete(table, self.id, self.condition, self.now).await
    }
}

pub(in crate::store) struct FindSessions<'a> {
    pub(in crate::store) hash: &'a IndexHash,
    pub(in crate::store) after: Option<IndexCursor>,
    pub(in crate::store) limit: usize,
    pub(in crate::store) now: Timestamp,
}

impl Operation for FindSessions<'_> {
    type Output = Vec<SessionInfo>;

    const IS_READ: bool = true;

    async fn run<T: RecordTable>(&self, table: &mut T) -> sqlx::Result<Vec<SessionInfo>> {
        table.find(self.hash, self.after.as_ref(), self.limit, self.now).await
    }
}

pub(in crate::store) struct FindRecords<'a> {
    pub(in crate::store) hash: &'a IndexHash,
    pub(in crate::store) after: Option<IndexCursor>,
    pub(in crate::store) limit: usize,
    pub(in crate::store) now: Timestamp,
}

impl Operation for FindRecords<'_> {
    type Output = Vec<(SessionId, Record)>;

    const IS_READ: bool = true;

    async fn run<T: RecordTable>(&self, table: &mut T) -> sqlx::Result<Vec<(SessionId, Record)>> {
        table.find_records(self.hash, self.after.as_ref(), self.limit, self.now).await
    }
}

pub(in crate::store) struct CountSessions {
    pub(in crate::store) now: Timestamp,
}

impl Operation for CountSessions {
    type Output = u64;

    const IS_READ: bool = true;

    async fn run<T: RecordTable>(&self, table: &mut T) -> sqlx::Result<u64> {
        table.count(self.now).await
    }
}

pub(in crate::store) struct ScanSessions {
    pub(in crate::store) after: Option<SessionId>,
    pub(in crate::store) limit: usize,
    pub(in crate::store) now: Timestamp,
}

impl Operation for ScanSessions {
    type Output = Vec<(SessionId, Record)>;

    const IS_READ: bool = true;

    async fn run<T: RecordTable>(&self, table: &mut T) -> sqlx::Result<Vec<(SessionId, Record)>> {
        table.scan(self.after.as_ref(), self.limit, self.now).await
    }
}

pub(in crate::store) struct DeleteExpired {
    pub(in crate::store) now: Timestamp,
    pub(in crate::store) limit: usize,
}

impl Operation for DeleteExpired {
    type Output = usize;

    const IS_READ: bool = false;

    async fn run<T: RecordTable>(&self, table: &mut T) -> sqlx::Result<usize> {
        delete::delete_expired(table, self.now, self.limit).await
    }
}
