//! The tables on one connection: binds the parameters of each statement, and decodes its rows.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::record::commit::CommittedVersion;
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexCursor, IndexHash};
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::DeleteCondition;
use crate::store::sql::decode::{self, SqlRow};
use crate::store::sql::log_rewrite::{NewLog, RowLimits};
use crate::store::sql::record_table::{RecordTable, RowUpdate, StoredRow, Updated};
use crate::store::sql::to_i64;
use crate::store::sqlite::record_row;
use crate::store::sqlite::statements::{self, Query, Statements, query, query_session};

/// The tables of one store, on one connection. Every change of several statements runs in a transaction of the executor.
pub(super) struct SqliteTable<'c> {
    connection: &'c mut SqliteConnection,
    statements: &'c Statements,
}

impl Statements {
    pub(super) fn table<'c>(&'c self, connection: &'c mut SqliteConnection) -> SqliteTable<'c> {
        SqliteTable { connection, statements: self }
    }
}

impl SqliteTable<'_> {
    async fn set_index_entries(&mut self, id: &SessionId, changes: &[IndexChange]) -> sqlx::Result<()> {
        for IndexChange { key, hash } in changes {
            let set = query_session(&self.statements.set_index_entry, id).bind(key.as_bytes().to_vec());
            self.execute(set.bind(hash.map(|hash| hash.as_bytes().to_vec()))).await?;
        }
        Ok(())
    }

    async fn execute(&mut self, statement: Query) -> sqlx::Result<()> {
        statement.execute(&mut *self.connection).await.map(drop)
    }

    async fn fetch_optional(&mut self, statement: Query) -> sqlx::Result<Option<SqliteRow>> {
        statement.fetch_optional(&mut *self.connection).await
    }

    async fn fetch_all(&mut self, statement: Query) -> sqlx::Result<Vec<SqliteRow>> {
        statement.fetch_all(&mut *self.connection).await
    }
}

impl SqlRow for SqliteRow {
    fn integer(&self, column: usize) -> sqlx::Result<Option<i64>> {
        self.try_get_unchecked(column)
    }

    fn bytes(&self, column: usize) -> sqlx::Result<Option<&[u8]>> {
        self.try_get_unchecked(column)
    }
}

impl RecordTable for SqliteTable<'_> {
    // The row then fills most of a page of 4,096 bytes, so that a commit writes one page.
    const LIMITS: RowLimits = RowLimits { log_bytes: 3584, compacted_bytes: 2048 };

    async fn update(&mut self, update: &RowUpdate<'_>) -> sqlx::Result<Updated> {
        // Runs the statement to its end, and returns an error that undoes it, for example of a full disk.
        let rows = self.fetch_all(self.statements.update(update)).await?;
        let Some(row) = rows.first() else { return Ok(Updated::NoMatch) };
        let version = committed_version(row)?;
        self.set_index_entries(update.id, &update.commit.index).await?;
        Ok(Updated::Done(Some(version)))
    }

    /// The transaction holds the write lock, so it needs no further lock.
    async fn read_row(&mut self, id: &SessionId, _lock: bool) -> sqlx::Result<Option<StoredRow>> {
        let row = self.fetch_optional(query_session(&self.statements.read_row, id)).await?;
        row.map(|row| record_row::stored_row(&row, 0)).transpose().map_err(sqlx::Error::Decode)
    }

    async fn load(&mut self, id: &SessionId) -> sqlx::Result<Option<Record>> {
        let row = self.fetch_optional(query_session(&self.statements.load, id)).await?;
        row.map(|row| record_row::record(&row, 0)).transpose().map_err(sqlx::Error::Decode)
    }

    async fn create(&mut self, id: &SessionId, record: &Record, index: &[IndexChange]) -> sqlx::Result<bool> {
        let log = NewLog::new(&record.values, Self::LIMITS);
        let rows = self.fetch_all(self.statements.create(id, record, &log)).await?;
        if rows.is_empty() {
            return Ok(false);
        }
        self.set_index_entries(id, index).await?;
        Ok(true)
    }

    async fn find(
        &mut self,
        hash: &IndexHash,
        after: Option<&IndexCursor>,
        limit: usize,
        now: Timestamp,
    ) -> sqlx::Result<Vec<SessionInfo>> {
        let find = bind_find(query(&self.statements.find), hash, after, limit, now);
        let rows = self.fetch_all(find).await?;
        rows.iter().map(decode::session_info).collect::<Result<_, _>>().map_err(sqlx::Error::Decode)
    }

    async fn find_records(
        &mut self,
        hash: &IndexHash,
        after: Option<&IndexCursor>,
        limit: usize,
        now: Timestamp,
    ) -> sqlx::Result<Vec<(SessionId, Record)>> {
        let find = bind_find(query(&self.statements.find_records), hash, after, limit, now);
        decode_sessions(&self.fetch_all(find).await?)
    }

    async fn count(&mut self, now: Timestamp) -> sqlx::Result<u64> {
        let row = self.fetch_optional(query(&self.statements.count).bind(now.as_millis())).await?;
        let count: i64 = row.ok_or(sqlx::Error::RowNotFound)?.try_get_unchecked(0)?;
        Ok(count.unsigned_abs())
    }

    async fn scan(
        &mut self,
        after: Option<&SessionId>,
        limit: usize,
        now: Timestamp,
    ) -> sqlx::Result<Vec<(SessionId, Record)>> {
        // The empty BLOB precedes all ids.
        let after = after.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
        let scan = query(&self.statements.scan).bind(after).bind(now.as_millis()).bind(to_i64(limit));
        decode_sessions(&self.fetch_all(scan).await?)
    }

    async fn read_parts(&mut self, id: &SessionId) -> sqlx::Result<Vec<u8>> {
        let row = self.fetch_optional(query_session(&self.statements.read_parts, id)).await?;
        let Some(row) = row else { return Ok(Vec::new()) };
        Ok(row.bytes(0)?.unwrap_or_default().to_vec())
    }

    async fn add_parts(&mut self, id: &SessionId, revision: u64, entries: &[u8]) -> sqlx::Result<()> {
        let Some((number, entries)) = statements::part(revision, entries) else { return Ok(()) };
        let add = query_session(&self.statements.add_part, id).bind(number).bind(entries.to_vec());
        self.execute(add).await
    }

    async fn delete_parts(&mut self, id: &SessionId) -> sqlx::Result<()> {
        self.execute(query_session(&self.statements.delete_parts, id)).await
    }

    /// The index is another table, so a deletion is always a transaction.
    async fn delete_small(&mut self, _: &SessionId, _: DeleteCondition, _: Timestamp) -> sqlx::Result<bool> {
        Ok(false)
    }

    async fn delete_all(&mut self, id: &SessionId) -> sqlx::Result<()> {
        self.execute(query_session(&self.statements.delete_index, id)).await?;
        self.execute(query_session(&self.statements.delete_record, id)).await
    }

    async fn has_index_entry(&mut self, id: &SessionId, hash: &IndexHash) -> sqlx::Result<bool> {
        let select = query_session(&self.statements.has_index_entry, id).bind(hash.as_bytes().to_vec());
        Ok(self.fetch_optional(select).await?.is_some())
    }

    async fn delete_expired_small(&mut self, _: Timestamp, _: usize) -> sqlx::Result<usize> {
        Ok(0)
    }

    /// Returns the ids of expired records, with or without parts: see [`delete_small`](Self::delete_small).
    async fn expired_with_parts(&mut self, now: Timestamp, limit: usize) -> sqlx::Result<Vec<SessionId>> {
        let select = query(&self.statements.select_expired).bind(now.as_millis()).bind(to_i64(limit));
        let rows = self.fetch_all(select).await?;
        rows.iter().map(|row| decode::session_id(row, 0)).collect::<Result<_, _>>().map_err(sqlx::Error::Decode)
    }

    // The executor starts and ends the transactions.

    async fn begin(&mut self) -> sqlx::Result<()> {
        Ok(())
    }

    async fn commit_transaction(&mut self) -> sqlx::Result<()> {
        Ok(())
    }

    async fn rollback(&mut self) -> sqlx::Result<()> {
        Ok(())
    }
}

/// Binds the parameters of a page of the sessions with an index entry.
fn bind_find(query: Query, hash: &IndexHash, after: Option<&IndexCursor>, limit: usize, now: Timestamp) -> Query {
    // The empty BLOB precedes all ids.
    let (created, id) =
        after.map_or((i64::MIN, Vec::new()), |after| (after.created.as_millis(), after.id.as_bytes().to_vec()));
    query.bind(hash.as_bytes().to_vec()).bind(created).bind(id).bind(now.as_millis()).bind(to_i64(limit))
}

/// Decodes records. The id is the first column.
fn decode_sessions(rows: &[SqliteRow]) -> sqlx::Result<Vec<(SessionId, Record)>> {
    let session = |row| Ok((decode::session_id(row, 0)?, record_row::record(row, 1)?));
    rows.iter().map(session).collect::<Result<_, _>>().map_err(sqlx::Error::Decode)
}

/// Decodes the row that an update returns.
pub(super) fn committed_version(row: &SqliteRow) -> sqlx::Result<CommittedVersion> {
    let (revision, expires): (i64, i64) = (row.try_get_unchecked(0)?, row.try_get_unchecked(1)?);
    let revision = u64::try_from(revision).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(CommittedVersion { revision, expires: Timestamp::from_millis(expires) })
}
