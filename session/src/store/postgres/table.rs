//! The tables on one connection: binds the parameters of each statement, and decodes its rows.

use std::sync::Arc;

use sqlx::error::DatabaseError;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Executor as _, Postgres, Row};

use crate::error::StoreError;
use crate::record::commit::{Commit, CommittedVersion};
use crate::record::id::{SessionId, TokenHash};
use crate::record::index::{IndexChange, IndexCursor, IndexHash};
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::{LogSize, Record};
use crate::record::timestamp::Timestamp;
use crate::store::postgres::errors;
use crate::store::postgres::statements::{Query, Statements, query};
use crate::store::session_store::DeleteCondition;
use crate::store::sql::decode::{self, SqlRow};
use crate::store::sql::executor::{Dialect, ErrorEffect};
use crate::store::sql::log_rewrite::{NewLog, RowLimits};
use crate::store::sql::record_table::{LogUpdate, RecordTable, RowUpdate, StoredRow, Updated};
use crate::store::sql::{numbered_pieces, to_i64, to_millis};

/// The length of a piece of a part. Each row must fit on a page.
const PIECE_BYTES: usize = 7000;

/// The tables of one store, on one connection.
pub(super) struct PostgresTable<'c> {
    connection: &'c mut PgConnection,
    statements: &'c Statements,
}

impl Dialect for Statements {
    type Database = Postgres;
    type Table<'c> = PostgresTable<'c>;

    fn table<'c>(&'c self, connection: &'c mut PgConnection) -> PostgresTable<'c> {
        PostgresTable { connection, statements: self }
    }

    fn classify(error: &sqlx::Error) -> ErrorEffect {
        errors::classify(error)
    }

    fn redact(error: sqlx::Error) -> StoreError {
        errors::redact(error)
    }
}

impl SqlRow for PgRow {
    fn integer(&self, column: usize) -> sqlx::Result<Option<i64>> {
        self.try_get_unchecked(column)
    }

    fn bytes(&self, column: usize) -> sqlx::Result<Option<&[u8]>> {
        self.try_get_unchecked(column)
    }
}

impl RecordTable for PostgresTable<'_> {
    // A longer row would not fit on one page with its old version: the write-ahead log of each commit would then contain
    // the whole row.
    const LIMITS: RowLimits = RowLimits { log_bytes: 2500, compacted_bytes: 1500 };

    async fn update(&mut self, update: &RowUpdate<'_>) -> sqlx::Result<Updated> {
        let row = self.connection.fetch_optional(update_query(self.statements, update)).await?;
        let Some(row) = row else { return Ok(Updated::NoMatch) };
        let (revision, expires): (i64, i64) = (row.try_get_unchecked(0)?, row.try_get_unchecked(1)?);
        let revision = u64::try_from(revision).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Updated::Done(Some(CommittedVersion { revision, expires: Timestamp::from_millis(expires) })))
    }

    async fn read_row(&mut self, id: &SessionId, lock: bool) -> sqlx::Result<Option<StoredRow>> {
        let statement = if lock { &self.statements.lock_row } else { &self.statements.read_row };
        let row = self.connection.fetch_optional(query(statement).bind(id.as_bytes())).await?;
        row.map(|row| decode::stored_row(&row, 0)).transpose().map_err(sqlx::Error::Decode)
    }

    async fn load(&mut self, id: &SessionId) -> sqlx::Result<Option<Record>> {
        let rows = self.connection.fetch_all(query(&self.statements.load).bind(id.as_bytes())).await?;
        decode::record(&rows, 0).map_err(sqlx::Error::Decode)
    }

    async fn create(&mut self, id: &SessionId, record: &Record, index: &[IndexChange]) -> sqlx::Result<bool> {
        match self.connection.execute(create_query(self.statements, id, record, index)).await {
            Ok(done) => Ok(done.rows_affected() > 0),
            Err(error) if error.as_database_error().is_some_and(DatabaseError::is_unique_violation) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn find(
        &mut self,
        hash: &IndexHash,
        after: Option<&IndexCursor>,
        limit: usize,
        now: Timestamp,
    ) -> sqlx::Result<Vec<SessionInfo>> {
        let find = find_query(&self.statements.find, hash, after, limit, now);
        let rows = self.connection.fetch_all(find).await?;
        rows.iter().map(decode::session_info).collect::<Result<_, _>>().map_err(sqlx::Error::Decode)
    }

    async fn find_records(
        &mut self,
        hash: &IndexHash,
        after: Option<&IndexCursor>,
        limit: usize,
        now: Timestamp,
    ) -> sqlx::Result<Vec<(SessionId, Record)>> {
        let find = find_query(&self.statements.find_records, hash, after, limit, now);
        decode::sessions(&self.connection.fetch_all(find).await?).map_err(sqlx::Error::Decode)
    }

    async fn count(&mut self, now: Timestamp) -> sqlx::Result<u64> {
        let count = query(&self.statements.count).bind(now.as_millis());
        let count: i64 = self.connection.fetch_one(count).await?.try_get_unchecked(0)?;
        Ok(count.unsigned_abs())
    }

    async fn scan(
        &mut self,
        after: Option<&SessionId>,
        limit: usize,
        now: Timestamp,
    ) -> sqlx::Result<Vec<(SessionId, Record)>> {
        // The empty id precedes all others.
        let after: &[u8] = after.map_or(&[], |id| id.as_bytes());
        let scan = query(&self.statements.scan).bind(after).bind(now.as_millis()).bind(to_i64(limit));
        decode::sessions(&self.connection.fetch_all(scan).await?).map_err(sqlx::Error::Decode)
    }

    async fn read_parts(&mut self, id: &SessionId) -> sqlx::Result<Vec<u8>> {
        let rows = self.connection.fetch_all(query(&self.statements.read_parts).bind(id.as_bytes())).await?;
        let mut parts = Vec::new();
        for row in &rows {
            parts.extend_from_slice(row.try_get_unchecked::<&[u8], _>(0)?);
        }
        Ok(parts)
    }

    async fn add_parts(&mut self, id: &SessionId, revision: u64, entries: &[u8]) -> sqlx::Result<()> {
        let (numbers, pieces) = pieces(revision, entries);
        let add = query(&self.statements.add_parts).bind(id.as_bytes()).bind(numbers).bind(pieces);
        self.connection.execute(add).await.map(drop)
    }

    async fn delete_parts(&mut self, id: &SessionId) -> sqlx::Result<()> {
        self.connection.execute(query(&self.statements.delete_parts).bind(id.as_bytes())).await.map(drop)
    }

    async fn delete_small(&mut self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> sqlx::Result<bool> {
        let (token, hash) = match &condition {
            DeleteCondition::Token(token) => (Some(token.as_bytes()), None),
            DeleteCondition::IndexEntry(hash) => (None, Some(hash.as_bytes())),
            DeleteCondition::None => (None, None),
        };
        let delete = query(&self.statements.delete_small).bind(id.as_bytes()).bind(now.as_millis());
        Ok(self.connection.fetch_optional(delete.bind(token).bind(hash)).await?.is_some())
    }

    async fn delete_all(&mut self, id: &SessionId) -> sqlx::Result<()> {
        self.connection.execute(query(&self.statements.delete_all).bind(id.as_bytes())).await.map(drop)
    }

    async fn has_index_entry(&mut self, id: &SessionId, hash: &IndexHash) -> sqlx::Result<bool> {
        let find = query(&self.statements.has_index_entry).bind(id.as_bytes()).bind(hash.as_bytes());
        Ok(self.connection.fetch_optional(find).await?.is_some())
    }

    async fn delete_expired_small(&mut self, now: Timestamp, limit: usize) -> sqlx::Result<usize> {
        let delete = query(&self.statements.delete_expired_small).bind(now.as_millis()).bind(to_i64(limit));
        let count: i64 = self.connection.fetch_one(delete).await?.try_get_unchecked(0)?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    async fn expired_with_parts(&mut self, now: Timestamp, limit: usize) -> sqlx::Result<Vec<SessionId>> {
        let select = query(&self.statements.expired_with_parts).bind(now.as_millis()).bind(to_i64(limit));
        let rows = self.connection.fetch_all(select).await?;
        rows.iter().map(|row| decode::session_id(row, 0)).collect::<Result<_, _>>().map_err(sqlx::Error::Decode)
    }

    async fn begin(&mut self) -> sqlx::Result<()> {
        self.connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED").await.map(drop)
    }

    async fn commit_transaction(&mut self) -> sqlx::Result<()> {
        self.connection.execute("COMMIT").await.map(drop)
    }

    async fn rollback(&mut self) -> sqlx::Result<()> {
        self.connection.execute("ROLLBACK").await.map(drop)
    }
}

/// Returns a statement for a page of the sessions with an index entry.
fn find_query(
    statement: &Arc<str>,
    hash: &IndexHash,
    after: Option<&IndexCursor>,
    limit: usize,
    now: Timestamp,
) -> Query {
    // The empty id precedes all others.
    let (created, id) = after.map_or((i64::MIN, &[][..]), |after| (after.created.as_millis(), after.id.as_bytes()));
    let query = query(statement).bind(hash.as_bytes()).bind(created).bind(id.to_vec());
    query.bind(now.as_millis()).bind(to_i64(limit))
}

/// Returns the smallest statement that applies the commit to the record's own row.
fn update_query(statements: &Statements, update: &RowUpdate<'_>) -> Query {
    let RowUpdate { id, commit, ref log } = *update;
    let is_indexed = !commit.index.is_empty();
    let (statement, is_ordinary) = match log {
        LogUpdate::Prepend { .. } if is_ordinary(commit) => (&statements.commit_ordinary, true),
        LogUpdate::Prepend { .. } if is_indexed => (&statements.commit_indexed, false),
        LogUpdate::Prepend { .. } => (&statements.commit, false),
        _ if is_indexed => (&statements.rewrite_indexed, false),
        _ => (&statements.rewrite, false),
    };
    let (entries, size) = match *log {
        LogUpdate::Prepend { entries, .. } => (entries, None),
        LogUpdate::Clear { entries } => (entries, Some(LogSize::default())),
        LogUpdate::Rewrite { row, size, .. } => (row, Some(size)),
    };
    let query = query(statement)
        .bind(id.as_bytes())
        .bind(commit.now.as_millis())
        .bind(commit.token.as_ref().map(TokenHash::as_bytes))
        .bind(update.revision_step())
        .bind(entries.to_vec())
        .bind(commit.renew_below.map(i32::from));
    let query = match *log {
        LogUpdate::Prepend { max_log_before, .. } => query.bind(to_i64(max_log_before)),
        LogUpdate::Clear { .. } => query.bind(false),
        LogUpdate::Rewrite { .. } => query.bind(true),
    };
    if is_ordinary {
        return query;
    }
    let query = bind_record_changes(query.bind(update.expected_revision().map(to_i64)), commit);
    let query = match size {
        Some(size) => query.bind(to_i64(size.parts)).bind(to_i64(size.compacted)),
        None => query,
    };
    if is_indexed { bind_index_changes(query, &commit.index) } else { query }
}

/// Returns true for a commit of the ordinary statement.
fn is_ordinary(commit: &Commit) -> bool {
    commit.token.is_some()
        && commit.renew_below.is_some()
        && commit.index.is_empty()
        && commit.revision.is_none()
        && commit.rotation.is_none()
        && commit.label.is_none()
}

fn bind_record_changes(query: Query, commit: &Commit) -> Query {
    let rotation = commit.rotation.as_ref();
    query
        .bind(rotation.map(|rotation| rotation.token.as_bytes()))
        .bind(rotation.is_some_and(|rotation| rotation.is_login))
        .bind(rotation.map(|rotation| to_millis(rotation.limits.idle)))
        .bind(rotation.map(|rotation| rotation.limits.absolute_end.as_millis()))
        .bind(rotation.map(|rotation| rotation.limits.expiry(commit.now).as_millis()))
        .bind(commit.label.as_ref().map(String::as_bytes))
}

/// Binds the keys and hashes of index entries. A removed entry has no hash.
fn bind_index_changes(query: Query, changes: &[IndexChange]) -> Query {
    let keys = changes.iter().map(|change| change.key.as_bytes()).collect::<Vec<_>>();
    let hashes = changes.iter().map(|change| change.hash.as_ref().map(|hash| &hash.as_bytes()[..]));
    query.bind(keys).bind(hashes.collect::<Vec<_>>())
}

/// Returns the statement that stores a new record.
fn create_query(statements: &Statements, id: &SessionId, record: &Record, index: &[IndexChange]) -> Query {
    let log = NewLog::new(&record.values, PostgresTable::LIMITS);
    let statement = match (&log.parts, index) {
        (Some(_), _) => &statements.create_with_parts,
        (None, []) => &statements.create,
        (None, _) => &statements.create_indexed,
    };
    let query = query(statement)
        .bind(id.as_bytes())
        .bind(record.token.as_bytes())
        .bind(record.created.as_millis())
        .bind(record.rotated.map(Timestamp::as_millis))
        .bind(record.login_rotated.map(Timestamp::as_millis))
        .bind(record.last_seen.as_millis())
        .bind(record.expires.as_millis())
        .bind(to_millis(record.limits.idle))
        .bind(record.limits.absolute_end.as_millis())
        .bind(record.label.as_ref().map(String::as_bytes))
        .bind(to_i64(record.revision))
        .bind(to_i64(log.size.parts))
        .bind(log.row);
    let query = match &log.parts {
        Some(parts) => {
            let (numbers, pieces) = pieces(record.revision, parts);
            query.bind(numbers).bind(pieces)
        }
        None if index.is_empty() => return query,
        None => query,
    };
    bind_index_changes(query, index)
}

fn pieces(revision: u64, entries: &[u8]) -> (Vec<i64>, Vec<&[u8]>) {
    numbered_pieces(revision, entries, PIECE_BYTES).unzip()
}
