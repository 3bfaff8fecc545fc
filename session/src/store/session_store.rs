//! The trait of all stores: load, create, commit, delete, find, scan, count, and deletion of expired sessions.

use std::sync::Arc;

use async_trait::async_trait;

use crate::error::StoreError;
use crate::record::commit::{Commit, Committed};
use crate::record::id::{SessionId, TokenHash};
use crate::record::index::{IndexChange, IndexCursor, IndexHash};
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;

/// A store of sessions.
///
/// Object safe, and also implemented for `Box<T>` and `Arc<T>`.
///
/// The feature `conformance` has a test suite for custom stores: `session::store::conformance`. A few lines create a
/// `#[test]` for each requirement of this contract.
///
/// # Errors
///
/// Every operation fails with a [`StoreError`] if the store could not be reached, did not reply, or sent a reply that could
/// not be decoded. The type of the error states the outcome:
///
/// - [`Unavailable::NotSent`](crate::store::Unavailable::NotSent): the operation was certainly not executed. If any part
///   of a write may have been executed, this error is wrong. Its causes:
///   - The server refused the connection, or its name could not be resolved.
///   - No connection could be opened, or none became free in time.
///   - The store reports that it did not execute the operation.
/// - [`Unavailable::TimedOut`](crate::store::Unavailable::TimedOut): the operation was sent, and its reply did not arrive
///   in time. The outcome of a write is unknown.
/// - Every other error: the outcome of a write is unknown, for example because the connection was lost.
///
/// A refused connection is an error at once, never a wait. The next operation connects again. A read on a lost connection
/// may be retried. A write is retried only if it was certainly not executed.
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Returns the live record of `id`, as one consistent view.
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError>;

    /// Stores a new record with its index entries.
    ///
    /// If the store has a record with this id, live or expired, it returns `false` and changes nothing: ids are never
    /// reused.
    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError>;

    /// Applies one request's changes to one live record, all or nothing.
    ///
    /// The store sees all earlier commits. A [mutation](Commit::is_mutation) increments the revision. A store that does not
    /// know the new revision and expiry without a further operation returns `Committed::Done(None)`. A commit that [counts as activity](Commit::renew_below) sets `last_seen`, and extends the expiry by
    /// [`Limits::renewed`](crate::store::Limits::renewed). Only changed keys and index entries are written.
    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError>;

    /// Deletes a live record with its index entries, if it meets the condition.
    async fn delete(&self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> Result<Deleted, StoreError>;

    /// Returns the next page of the live sessions with this index entry, with their values, oldest first: by creation, then
    /// by id.
    ///
    /// The first page has `cursor` = `None`. A page has at most `limit` sessions, and only the last one has no next cursor.
    /// A page before the last may have fewer sessions, or none.
    ///
    /// A session that is live with the entry from the first page to the last is returned exactly once. A session that gets
    /// the entry in between is returned if it is younger than the cursor. A page takes time in proportion to its length,
    /// also in the middle of many sessions.
    ///
    /// Parse the cursor as an [`IndexCursor`], and return the error of an invalid one unchanged: the runtime then reports a
    /// mistake of the caller, not of the store.
    async fn find_records(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<RecordPage, StoreError>;

    /// Returns the page that [`find_records`](Self::find_records) returns, without the values.
    ///
    /// The default calls `find_records`. Override it if the store can leave the values out, or forwards to another store.
    async fn find(
        &self,
        hash: &IndexHash,
        cursor: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<FindPage, StoreError> {
        let RecordPage { sessions, next } = self.find_records(hash, cursor, limit, now).await?;
        let sessions = sessions.iter().map(|(id, record)| SessionInfo::new(*id, record)).collect();
        Ok(FindPage { sessions, next })
    }

    /// Returns the next page of a scan over all live sessions, with about `limit` sessions.
    ///
    /// A session that is live during the whole scan is returned at least once. The scan starts with `cursor` = `None`.
    /// Return the error [`InvalidCursor`](crate::store::InvalidCursor) for a text that is not a cursor.
    async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<RecordPage, StoreError>;

    /// Returns the number of live sessions, or `None` if the store would have to read each of them. Not an estimate.
    ///
    /// The default returns `None`. A store that forwards to another store overrides it.
    async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
        let _ = now;
        Ok(None)
    }

    /// Deletes up to `limit` expired records, and returns their number.
    async fn delete_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError>;
}

/// The condition under which a session is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeleteCondition {
    /// The record's current token has this hash.
    Token(TokenHash),
    /// The session has this index entry.
    IndexEntry(IndexHash),
    /// Always.
    None,
}

impl DeleteCondition {
    /// Checks the condition against a live record. `has_entry` returns true if the session has an index entry. If the
    /// result is [`Deleted::Done`], the record may be deleted.
    pub fn check(&self, record: &Record, has_entry: impl FnOnce(&IndexHash) -> bool) -> Deleted {
        match self {
            Self::Token(token) if *token != record.token => Deleted::Replaced { rotated: record.rotated },
            Self::IndexEntry(hash) if !has_entry(hash) => Deleted::Missing,
            _ => Deleted::Done,
        }
    }
}

/// The outcome of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// The record is deleted.
    Done,
    /// There is no live record with this id, or it does not have the index entry.
    Missing,
    /// The record is live, but has another token.
    Replaced {
        /// The time of the record's last rotation.
        rotated: Option<Timestamp>,
    },
}

/// A page of the sessions with one index entry.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindPage {
    /// Live sessions, oldest first.
    pub sessions: Vec<SessionInfo>,
    /// The opaque cursor of the next page. `None` on the last page.
    pub next: Option<String>,
}

impl FindPage {
    /// Creates a page.
    pub fn new(sessions: Vec<SessionInfo>, next: Option<IndexCursor>) -> Self {
        Self { sessions, next: next.map(|next| next.to_string()) }
    }

    /// Creates a page from the next `limit` sessions, or all that are left, in their order.
    pub fn from_sessions(sessions: Vec<SessionInfo>, limit: usize) -> Self {
        let last = sessions.last().filter(|_| sessions.len() >= limit);
        let next = last.map(|last| IndexCursor::new(last.created.into(), last.id));
        Self::new(sessions, next)
    }
}

/// A page of sessions with their values: of a scan, or with one index entry.
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct RecordPage {
    /// Live sessions with their values.
    pub sessions: Vec<(SessionId, Record)>,
    /// The opaque cursor of the next page. `None` on the last page.
    pub next: Option<String>,
}

impl RecordPage {
    /// Creates a page.
    pub fn new(sessions: Vec<(SessionId, Record)>, next: Option<String>) -> Self {
        Self { sessions, next }
    }

    /// Creates a page of a scan in the order of the ids, from the next `limit` sessions, or all that are left. Its cursor is
    /// the last id.
    pub fn by_id(sessions: Vec<(SessionId, Record)>, limit: usize) -> Self {
        let last = sessions.last().filter(|_| sessions.len() >= limit);
        let next = last.map(|(id, _)| id.to_string());
        Self { sessions, next }
    }

    /// Creates a page of [`find_records`](SessionStore::find_records) from the next `limit` sessions, or all that are left,
    /// in their order.
    pub fn from_sessions(sessions: Vec<(SessionId, Record)>, limit: usize) -> Self {
        let last = sessions.last().filter(|_| sessions.len() >= limit);
        let next = last.map(|(id, record)| IndexCursor::new(record.created, *id).to_string());
        Self { sessions, next }
    }
}

macro_rules! forward_to_inner {
    ($($pointer:ident),*) => {$(
        #[async_trait]
        impl<T: SessionStore + ?Sized> SessionStore for $pointer<T> {
            async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
                (**self).load(id, now).await
            }

            async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
                (**self).create(id, record, index).await
            }

            async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
                (**self).commit(id, commit).await
            }

            async fn delete(
                &self,
                id: &SessionId,
                condition: DeleteCondition,
                now: Timestamp,
            ) -> Result<Deleted, StoreError> {
                (**self).delete(id, condition, now).await
            }

            async fn find(
                &self,
                hash: &IndexHash,
                cursor: Option<&str>,
                limit: usize,
                now: Timestamp,
            ) -> Result<FindPage, StoreError> {
                (**self).find(hash, cursor, limit, now).await
            }

            async fn find_records(
                &self,
                hash: &IndexHash,
                cursor: Option<&str>,
                limit: usize,
                now: Timestamp,
            ) -> Result<RecordPage, StoreError> {
                (**self).find_records(hash, cursor, limit, now).await
            }

            async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
                (**self).count(now).await
            }

            async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
                (**self).scan(cursor, limit, now).await
            }

            async fn delete_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
                (**self).delete_expired(now, limit).await
            }
        }
    )*};
}

forward_to_inner!(Box, Arc);
