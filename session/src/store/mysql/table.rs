//! The tables on one connection: binds the parameters of each statement, and decodes its rows.

use sqlx::mysql::{MySql, MySqlConnection, MySqlRow};
use sqlx::{Executor as _, Row};

use crate::error::StoreError;
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexCursor, IndexHash};
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::mysql::errors;
use crate::store::mysql::statements::{Isolation, Query, Statements, query, to_idle_millis};
use crate::store::mysql::update;
use crate::store::session_store::DeleteCondition;
use crate::store::sql::decode::{self, SqlRow};
use crate::store::sql::executor::{Dialect, ErrorEffect};
use crate::store::sql::log_rewrite::{NewLog, RowLimits};
use crate::store::sql::record_table::{RecordTable, RowUpdate, StoredRow, Updated, finish};
use crate::store::sql::{numbered_pieces, to_i64};

/// The length of a piece of a part, so that a row fits in a packet of the server (`max_allowed_packet`).
const PIECE_BYTES: usize = 512 * 1024;

/// The number of expired records that one transaction deletes.
const MAX_DELETED_RECORDS: usize = 500;

/// The tables of one store, on one connection.
pub(super) struct MySqlTable<'c> {
    connection: &'c mut MySqlConnection,
    statements: &'c Statements,
    in_transaction: bool,
}

impl Dialect for Statements {
    type Database = MySql;
    type Table<'c> = MySqlTable<'c>;

    fn table<'c>(&'c self, connection: &'c mut MySqlConnection) -> MySqlTable<'c> {
        MySqlTable { connection, statements: self, in_transaction: false }
    }

    fn classify(error: &sqlx::Error) -> ErrorEffect {
        errors::classify(error)
    }

    fn redact(error: sqlx::Error) -> StoreError {
        errors::redact(error)
    }
}

impl SqlRow for MySqlRow {
    fn integer(&self, column: usize) -> sqlx::Result<Option<i64>> {
        self.try_get_unchecked(column)
    }

    fn bytes(&self, column: usize) -> sqlx::Result<Option<&[u8]>> {
        self.try_get_unchecked(column)
    }
}

impl MySqlTable<'_> {
    /// Executes a statement, and returns the number of rows.
    ///
    /// For an update, these are the rows that match the condition, also unchanged ones: sqlx sets `CLIENT_FOUND_ROWS` on each
    /// connection.
    async fn execute(&mut self, query: Query) -> sqlx::Result<u64> {
        Ok(self.connection.execute(query).await?.rows_affected())
    }

    async fn update_row(&mut self, update: &RowUpdate<'_>) -> sqlx::Result<Updated> {
        let rows = if let Some(query) = update::ordinary_query(self.statements, update) {
            self.execute(query).await?
        } else {
            self.connection.execute(update::build_query(self.statements, update).build()).await?.rows_affected()
        };
        Ok(if rows > 0 { Updated::Done(None) } else { Updated::NoMatch })
    }

    /// The row first: its lock orders the index changes of concurrent commits.
    async fn update_row_and_index(&mut self, update: &RowUpdate<'_>) -> sqlx::Result<Updated> {
        let updated = self.update_row(update).await?;
        if updated != Updated::NoMatch {
            self.set_index_entries(update.id, &update.commit.index.iter().collect::<Vec<_>>()).await?;
        }
        Ok(updated)
    }

    async fn set_index_entries(&mut self, id: &SessionId, changes: &[&IndexChange]) -> sqlx::Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let id = &id.as_bytes()[..];
        let mut set = query(&self.statements.set_index_entries(changes.len()));
        for IndexChange { key, hash } in changes {
            set = set.bind(id).bind(key.as_bytes()).bind(hash.as_ref().map(|hash| &hash.as_bytes()[..])).bind(id);
        }
        self.execute(set).await.map(drop)
    }

    /// Stores the record's own row, and one part with it. Returns false if the id exists.
    async fn insert(
        &mut self,
        id: &SessionId,
        record: &Record,
        log: &NewLog,
        part: Option<(i64, &[u8])>,
    ) -> sqlx::Result<bool> {
        let Statements { create, create_with_part, .. } = self.statements;
        let insert = query(if part.is_some() { create_with_part } else { create });
        let mut insert = bind_record(insert, id, record, log);
        if let Some((number, piece)) = part {
            insert = insert.bind(&id.as_bytes()[..]).bind(number).bind(piece);
        }
        match self.execute(insert).await {
            Ok(_) => Ok(true),
            Err(error) if errors::is_duplicate_key(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn insert_with_parts_and_index(
        &mut self,
        id: &SessionId,
        record: &Record,
        log: &NewLog,
        index: &[&IndexChange],
    ) -> sqlx::Result<bool> {
        let is_new = self.insert(id, record, log, None).await?;
        if is_new {
            self.add_parts(id, record.revision, log.parts.as_deref().unwrap_or_default()).await?;
            self.set_index_entries(id, index).await?;
        }
        Ok(is_new)
    }

    async fn fetch_ids(&mut self, query: Query) -> sqlx::Result<Vec<SessionId>> {
        let rows = self.connection.fetch_all(query).await?;
        rows.iter().map(|row| decode::session_id(row, 0)).collect::<Result<_, _>>().map_err(sqlx::Error::Decode)
    }

    /// Deletes records and then the index entries without a record. A record that was renewed since keeps its entries.
    async fn delete_if_expired_and_small(&mut self, ids: &[SessionId], now: Timestamp) -> sqlx::Result<usize> {
        let delete = query(&self.statements.delete_expired_small(ids.len())).bind(now.as_millis());
        let count = self.execute(bind_ids(delete, ids)).await?;
        if count > 0 {
            self.execute(bind_ids(query(&self.statements.delete_orphaned_entries(ids.len())), ids)).await?;
        }
        Ok(usize::try_from(count).unwrap_or_default())
    }
}

impl RecordTable for MySqlTable<'_> {
    // The row must fit on a page of 8,126 bytes, with its other columns.
    const LIMITS: RowLimits = RowLimits { log_bytes: 5500, compacted_bytes: 3500 };

    async fn update(&mut self, update: &RowUpdate<'_>) -> sqlx::Result<Updated> {
        if update.commit.index.is_empty() || update::removes_entries_only(update.commit) {
            return self.update_row(update).await;
        }
        if self.in_transaction {
            return self.update_row_and_index(update).await;
        }
        self.begin().await?;
        let updated = self.update_row_and_index(update).await;
        let is_done = matches!(updated, Ok(Updated::Done(_)));
        finish(self, updated, is_done).await
    }

    async fn read_row(&mut self, id: &SessionId, lock: bool) -> sqlx::Result<Option<StoredRow>> {
        let statement = if lock { &self.statements.lock_row } else { &self.statements.read_row };
        let row = self.connection.fetch_optional(query(statement).bind(&id.as_bytes()[..])).await?;
        row.map(|row| decode::stored_row(&row, 0)).transpose().map_err(sqlx::Error::Decode)
    }

    async fn load(&mut self, id: &SessionId) -> sqlx::Result<Option<Record>> {
        let rows = self.connection.fetch_all(query(&self.statements.load).bind(&id.as_bytes()[..])).await?;
        decode::record(&rows, 0).map_err(sqlx::Error::Decode)
    }

    async fn create(&mut self, id: &SessionId, record: &Record, index: &[IndexChange]) -> sqlx::Result<bool> {
        let log = NewLog::new(&record.values, Self::LIMITS);
        let mut pieces = numbered_pieces(record.revision, log.parts.as_deref().unwrap_or_default(), PIECE_BYTES);
        let (first, second) = (pieces.next(), pieces.next());
        // A new record has no entries that could be removed.
        let index: Vec<_> = index.iter().filter(|change| change.hash.is_some()).collect();
        if index.is_empty() && second.is_none() {
            return self.insert(id, record, &log, first).await;
        }
        self.begin().await?;
        let is_new = self.insert_with_parts_and_index(id, record, &log, &index).await;
        let is_done = matches!(is_new, Ok(true));
        finish(self, is_new, is_done).await
    }

    async fn find(
        &mut self,
        hash: &IndexHash,
        after: Option<&IndexCursor>,
        limit: usize,
        now: Timestamp,
    ) -> sqlx::Result<Vec<SessionInfo>> {
        let find = bind_find(query(&self.statements.find), hash, after, limit, now);
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
        let find = bind_find(query(&self.statements.find_records), hash, after, limit, now);
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
        let rows = self.connection.fetch_all(query(&self.statements.read_parts).bind(&id.as_bytes()[..])).await?;
        let mut parts = Vec::new();
        for row in &rows {
            parts.extend_from_slice(row.try_get_unchecked::<&[u8], _>(0)?);
        }
        Ok(parts)
    }

    async fn add_parts(&mut self, id: &SessionId, revision: u64, entries: &[u8]) -> sqlx::Result<()> {
        for (number, piece) in numbered_pieces(revision, entries, PIECE_BYTES) {
            self.execute(query(&self.statements.add_part).bind(&id.as_bytes()[..]).bind(number).bind(piece)).await?;
        }
        Ok(())
    }

    async fn delete_parts(&mut self, id: &SessionId) -> sqlx::Result<()> {
        self.execute(query(&self.statements.delete_parts).bind(&id.as_bytes()[..])).await.map(drop)
    }

    /// Also deletes a record with parts. Its only statement is atomic at every isolation level.
    async fn delete_small(&mut self, id: &SessionId, condition: DeleteCondition, now: Timestamp) -> sqlx::Result<bool> {
        let Statements { delete_live, delete_live_with_token, delete_live_with_entry, .. } = self.statements;
        let (id, now) = (&id.as_bytes()[..], now.as_millis());
        let delete = match &condition {
            DeleteCondition::Token(token) => {
                query(delete_live_with_token).bind(id).bind(now).bind(&token.as_bytes()[..])
            }
            DeleteCondition::IndexEntry(hash) => {
                query(delete_live_with_entry).bind(&hash.as_bytes()[..]).bind(id).bind(now)
            }
            DeleteCondition::None => query(delete_live).bind(id).bind(now),
        };
        Ok(self.execute(delete).await? > 0)
    }

    async fn delete_all(&mut self, id: &SessionId) -> sqlx::Result<()> {
        self.execute(query(&self.statements.delete_all).bind(&id.as_bytes()[..])).await.map(drop)
    }

    async fn has_index_entry(&mut self, id: &SessionId, hash: &IndexHash) -> sqlx::Result<bool> {
        let find = query(&self.statements.has_index_entry).bind(&id.as_bytes()[..]).bind(&hash.as_bytes()[..]);
        Ok(self.connection.fetch_optional(find).await?.is_some())
    }

    /// Reads the ids without locks, and then deletes in the order of the ids, so that concurrent calls do not deadlock.
    async fn delete_expired_small(&mut self, now: Timestamp, limit: usize) -> sqlx::Result<usize> {
        let select = query(&self.statements.expired_small).bind(now.as_millis()).bind(to_i64(limit));
        let mut ids = self.fetch_ids(select).await?;
        ids.sort_unstable_by_key(|id| *id.as_bytes());
        let mut count = 0;
        for ids in ids.chunks(MAX_DELETED_RECORDS) {
            self.begin().await?;
            let deleted = self.delete_if_expired_and_small(ids, now).await;
            let is_done = deleted.is_ok();
            count += finish(self, deleted, is_done).await?;
        }
        Ok(count)
    }

    async fn expired_with_parts(&mut self, now: Timestamp, limit: usize) -> sqlx::Result<Vec<SessionId>> {
        let select = query(&self.statements.expired_with_parts).bind(now.as_millis()).bind(to_i64(limit));
        self.fetch_ids(select).await
    }

    async fn begin(&mut self) -> sqlx::Result<()> {
        if self.statements.isolation == Isolation::Unknown {
            self.connection.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED").await?;
        }
        self.connection.execute("START TRANSACTION").await?;
        self.in_transaction = true;
        Ok(())
    }

    async fn commit_transaction(&mut self) -> sqlx::Result<()> {
        self.in_transaction = false;
        self.connection.execute("COMMIT").await.map(drop)
    }

    async fn rollback(&mut self) -> sqlx::Result<()> {
        self.in_transaction = false;
        self.connection.execute("ROLLBACK").await.map(drop)
    }
}

/// Binds the parameters of a page of the sessions with an index entry.
fn bind_find(query: Query, hash: &IndexHash, after: Option<&IndexCursor>, limit: usize, now: Timestamp) -> Query {
    // The empty id precedes all others.
    let (created, id) =
        after.map_or((i64::MIN, &[][..]), |after| (after.created.as_millis(), &after.id.as_bytes()[..]));
    let query = query.bind(hash.as_bytes().to_vec()).bind(created).bind(created).bind(id.to_vec());
    query.bind(now.as_millis()).bind(to_i64(limit))
}

fn bind_record(query: Query, id: &SessionId, record: &Record, log: &NewLog) -> Query {
    query
        .bind(&id.as_bytes()[..])
        .bind(&record.token.as_bytes()[..])
        .bind(record.created.as_millis())
        .bind(record.rotated.map(Timestamp::as_millis))
        .bind(record.login_rotated.map(Timestamp::as_millis))
        .bind(record.last_seen.as_millis())
        .bind(record.expires.as_millis())
        .bind(to_idle_millis(record.limits.idle))
        .bind(record.limits.absolute_end.as_millis())
        .bind(record.label.as_ref().map(String::as_bytes))
        .bind(to_i64(record.revision))
        .bind(to_i64(log.size.parts))
        .bind(to_i64(log.size.compacted))
        .bind(&log.row[..])
}

fn bind_ids(query: Query, ids: &[SessionId]) -> Query {
    ids.iter().fold(query, |query, id| query.bind(&id.as_bytes()[..]))
}
