//! The statements of one database that the shared operations call, on one connection.

use crate::record::commit::{Commit, CommittedVersion};
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexCursor, IndexHash};
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::{LogSize, Record};
use crate::record::timestamp::Timestamp;
use crate::store::session_store::DeleteCondition;
use crate::store::sql::log_rewrite::RowLimits;

/// The tables of a store, on one connection of its database.
///
/// A failed statement within a transaction leaves the transaction open: the caller rolls it back, or closes the connection.
pub(in crate::store) trait RecordTable: Send {
    /// The limits of the log entries in a record's own row.
    const LIMITS: RowLimits;

    /// Updates the record's own row in one statement, with its index entries. Outside of a transaction, a database that
    /// cannot change two tables in one statement runs a transaction.
    fn update(&mut self, update: &RowUpdate<'_>) -> impl Future<Output = sqlx::Result<Updated>> + Send;

    /// Reads the record's own row, live or expired. With `lock`, no other transaction changes the row until the end of
    /// this one.
    fn read_row(&mut self, id: &SessionId, lock: bool) -> impl Future<Output = sqlx::Result<Option<StoredRow>>> + Send;

    /// Loads the record with all its values, as one consistent view.
    fn load(&mut self, id: &SessionId) -> impl Future<Output = sqlx::Result<Option<Record>>> + Send;

    /// Stores a new record with its index entries. Returns false if the id exists, live or expired.
    fn create(
        &mut self,
        id: &SessionId,
        record: &Record,
        index: &[IndexChange],
    ) -> impl Future<Output = sqlx::Result<bool>> + Send;

    /// Lists live sessions with this index entry, oldest first, after a position.
    fn find(
        &mut self,
        hash: &IndexHash,
        after: Option<&IndexCursor>,
        limit: usize,
        now: Timestamp,
    ) -> impl Future<Output = sqlx::Result<Vec<SessionInfo>>> + Send;

    /// Loads live records with this index entry, oldest first, after a position.
    fn find_records(
        &mut self,
        hash: &IndexHash,
        after: Option<&IndexCursor>,
        limit: usize,
        now: Timestamp,
    ) -> impl Future<Output = sqlx::Result<Vec<(SessionId, Record)>>> + Send;

    /// Counts the live records.
    fn count(&mut self, now: Timestamp) -> impl Future<Output = sqlx::Result<u64>> + Send;

    /// Loads the live records after an id, in the order of their ids.
    fn scan(
        &mut self,
        after: Option<&SessionId>,
        limit: usize,
        now: Timestamp,
    ) -> impl Future<Output = sqlx::Result<Vec<(SessionId, Record)>>> + Send;

    /// Reads all parts of the log, newest first.
    fn read_parts(&mut self, id: &SessionId) -> impl Future<Output = sqlx::Result<Vec<u8>>> + Send;

    /// Adds entries as parts of the log. They are newer than all other parts.
    fn add_parts(
        &mut self,
        id: &SessionId,
        revision: u64,
        entries: &[u8],
    ) -> impl Future<Output = sqlx::Result<()>> + Send;

    fn delete_parts(&mut self, id: &SessionId) -> impl Future<Output = sqlx::Result<()>> + Send;

    /// Deletes a live record without parts, with its index entries, if it meets the condition. Returns false if nothing was
    /// deleted.
    fn delete_small(
        &mut self,
        id: &SessionId,
        condition: DeleteCondition,
        now: Timestamp,
    ) -> impl Future<Output = sqlx::Result<bool>> + Send;

    /// Deletes expired records without parts, and returns their number.
    fn delete_expired_small(
        &mut self,
        now: Timestamp,
        limit: usize,
    ) -> impl Future<Output = sqlx::Result<usize>> + Send;

    /// Returns the ids of expired records that have parts.
    fn expired_with_parts(
        &mut self,
        now: Timestamp,
        limit: usize,
    ) -> impl Future<Output = sqlx::Result<Vec<SessionId>>> + Send;

    fn has_index_entry(&mut self, id: &SessionId, hash: &IndexHash) -> impl Future<Output = sqlx::Result<bool>> + Send;

    /// Deletes all rows of the record.
    fn delete_all(&mut self, id: &SessionId) -> impl Future<Output = sqlx::Result<()>> + Send;

    /// Starts a transaction at READ COMMITTED: each statement sees all earlier commits.
    fn begin(&mut self) -> impl Future<Output = sqlx::Result<()>> + Send;

    fn commit_transaction(&mut self) -> impl Future<Output = sqlx::Result<()>> + Send;

    fn rollback(&mut self) -> impl Future<Output = sqlx::Result<()>> + Send;
}

/// Ends a transaction: commits, or rolls back. A failed rollback does not hide the error that caused it.
pub(in crate::store) async fn finish<T: RecordTable, R>(
    table: &mut T,
    outcome: sqlx::Result<R>,
    commits: bool,
) -> sqlx::Result<R> {
    let ended = if commits { table.commit_transaction().await } else { table.rollback().await };
    let outcome = outcome?;
    ended.map(|()| outcome)
}

/// The update of a record's own row by one commit.
pub(in crate::store) struct RowUpdate<'a> {
    pub(in crate::store) id: &'a SessionId,
    pub(in crate::store) commit: &'a Commit,
    pub(in crate::store) log: LogUpdate<'a>,
}

/// The change of the log in a record's own row, and the condition on the row.
pub(in crate::store) enum LogUpdate<'a> {
    /// Prepends entries, if the log has at most `max_log_before` bytes.
    Prepend { entries: &'a [u8], max_log_before: usize },
    /// Replaces all entries, if the log has no further parts.
    Clear { entries: &'a [u8] },
    /// Replaces the row's entries, if the record still has the revision. The revision is incremented.
    Rewrite { row: &'a [u8], size: LogSize, revision: u64 },
}

impl RowUpdate<'_> {
    /// Returns the number that is added to the revision. A rewrite always increments it, so that a rewrite by another
    /// request that has read the same row fails.
    pub(in crate::store) fn revision_step(&self) -> i64 {
        let rewrites = matches!(self.log, LogUpdate::Rewrite { .. });
        i64::from(rewrites || self.commit.is_mutation())
    }

    /// Returns the revision that the row must have.
    pub(in crate::store) fn expected_revision(&self) -> Option<u64> {
        match self.log {
            LogUpdate::Rewrite { revision, .. } => Some(revision),
            _ => self.commit.revision,
        }
    }
}

/// The outcome of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Updated {
    Done(Option<CommittedVersion>),
    /// The row does not meet a condition, or there is none. Nothing was changed.
    NoMatch,
}

/// A record's own row.
pub(in crate::store) struct StoredRow {
    /// The record without its values.
    pub(in crate::store) record: Record,
    pub(in crate::store) log: Vec<u8>,
    pub(in crate::store) size: LogSize,
}

impl StoredRow {
    /// Returns the row, unless it is expired.
    pub(in crate::store) fn live(row: Option<Self>, now: Timestamp) -> Option<Self> {
        row.filter(|row| row.record.is_live(now))
    }
}
