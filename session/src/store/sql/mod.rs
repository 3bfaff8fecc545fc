//! The engine of the SQL stores: a record is one row with a value log, and plain statements change it.
//!
//! Each database has its statements ([`record_table`]). The commit, the deletion, the compaction of the log, the decoding
//! of rows and the retries are shared.

pub(super) mod commit;
pub(super) mod decode;
pub(super) mod delete;
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(super) mod executor;
pub(super) mod log_rewrite;
pub(super) mod operations;
pub(super) mod record_table;
pub(super) mod schema_check;

use std::time::Duration;

use crate::record::id::SessionId;
use crate::record::index::InvalidCursor;

/// Converts an unsigned number to SQL's `BIGINT`. Larger numbers become its maximum.
pub(super) fn to_i64(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Converts a duration to milliseconds. Longer durations become the maximum.
pub(super) fn to_millis(duration: Duration) -> i64 {
    to_i64(duration.as_millis())
}

/// Parses the cursor of a scan: the last id of the page before.
pub(super) fn parse_cursor(cursor: Option<&str>) -> Result<Option<SessionId>, InvalidCursor> {
    cursor.map(str::parse).transpose().map_err(|_| InvalidCursor)
}

/// Cuts new parts of the log into pieces, each with its part number. Parts are joined in descending order of their numbers.
///
/// The numbers follow from the revision of the commit that adds the parts, so that they are unique and increase.
pub(super) fn numbered_pieces(
    revision: u64,
    entries: &[u8],
    piece_bytes: usize,
) -> impl DoubleEndedIterator<Item = (i64, &[u8])> {
    const PIECE_BITS: u32 = 20;
    let first = to_i64(revision << PIECE_BITS);
    // The last bytes get the lowest number: they contain the oldest entries.
    entries.rchunks(piece_bytes).enumerate().map(move |(index, piece)| (first + to_i64(index), piece))
}

/// Replaces a database error with the text from `describe`, because the driver's text may quote stored data.
///
/// The error is kept if `describe` returns `None`, or if it is not from the database.
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(super) fn redact(
    error: sqlx::Error,
    describe: impl FnOnce(&dyn sqlx::error::DatabaseError) -> Option<String>,
) -> crate::error::StoreError {
    match error {
        // An error of this library.
        sqlx::Error::Decode(error) => error,
        error => match error.as_database_error().and_then(describe) {
            Some(description) => description.into(),
            None => error.into(),
        },
    }
}

/// Implements `SessionStore` for a store with an `executor`.
#[cfg(any(feature = "mysql", feature = "postgres"))]
macro_rules! impl_session_store {
    ($store:ident) => {
        #[async_trait::async_trait]
        impl SessionStore for $store {
            async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
                Ok(self.executor.run(operations::LoadRecord { id }).await?.filter(|record| record.is_live(now)))
            }

            async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
                self.executor.run(operations::CreateRecord { id, record, index }).await
            }

            async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
                self.executor.run(operations::CommitRecord { id, commit }).await
            }

            async fn delete(
                &self,
                id: &SessionId,
                condition: DeleteCondition,
                now: Timestamp,
            ) -> Result<Deleted, StoreError> {
                self.executor.run(operations::DeleteRecord { id, condition, now }).await
            }

            async fn find(
                &self,
                hash: &IndexHash,
                cursor: Option<&str>,
                limit: usize,
                now: Timestamp,
            ) -> Result<FindPage, StoreError> {
                let after = cursor.map(str::parse).transpose()?;
                let sessions = self.executor.run(operations::FindSessions { hash, after, limit, now }).await?;
                Ok(FindPage::from_sessions(sessions, limit))
            }

            async fn find_records(
                &self,
                hash: &IndexHash,
                cursor: Option<&str>,
                limit: usize,
                now: Timestamp,
            ) -> Result<RecordPage, StoreError> {
                let after = cursor.map(str::parse).transpose()?;
                let sessions = self.executor.run(operations::FindRecords { hash, after, limit, now }).await?;
                Ok(RecordPage::from_sessions(sessions, limit))
            }

            async fn count(&self, now: Timestamp) -> Result<Option<u64>, StoreError> {
                self.executor.run(operations::CountSessions { now }).await.map(Some)
            }

            async fn scan(&self, cursor: Option<&str>, limit: usize, now: Timestamp) -> Result<RecordPage, StoreError> {
                let after = sql::parse_cursor(cursor)?;
                let sessions = self.executor.run(operations::ScanSessions { after, limit, now }).await?;
                Ok(RecordPage::by_id(sessions, limit))
            }

            async fn delete_expired(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
                self.executor.run(operations::DeleteExpired { now, limit }).await
            }
        }
    };
}
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(super) use impl_session_store;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_joined_in_descending_order_of_their_numbers() {
        let entries: Vec<u8> = (0..100).collect();
        for piece_bytes in [1, 7, 50, 99, 100, 200] {
            let mut pieces: Vec<_> = numbered_pieces(5, &entries, piece_bytes).collect();
            pieces.sort_unstable_by_key(|(number, _)| std::cmp::Reverse(*number));
            assert_eq!(pieces.iter().map(|(_, piece)| *piece).collect::<Vec<_>>().concat(), entries);
            assert!(pieces.iter().all(|(_, piece)| piece.len() <= piece_bytes));
        }
        let (first, _) = numbered_pieces(6, &entries, 100).next().unwrap();
        let (last, _) = numbered_pieces(5, &entries, 1).last().unwrap();
        assert!(first > last, "later parts have higher numbers");
    }
}
