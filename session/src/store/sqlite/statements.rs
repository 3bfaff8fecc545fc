//! The SQL statements, and the binding of their parameters.

use std::sync::Arc;

use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{AssertSqlSafe, Row};

use super::super::sql::{to_i64, to_millis};
use super::layout::{COLUMNS, HEAD, MAX_LOG_BYTES, StoredLog};
use crate::error::StoreError;
use crate::record::commit::Commit;
use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexCursor, IndexHash};
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;

/// A statement with its parameters.
pub(super) type Query = sqlx::query::Query<'static, sqlx::Sqlite, SqliteArguments>;

/// The statements on the tables of one prefix. Each connection prepares each of them once.
pub(super) struct Statements {
    load: Arc<str>,
    append: Arc<str>,
    rotate: Arc<str>,
    select_head: Arc<str>,
    select_row: Arc<str>,
    insert: Arc<str>,
    update: Arc<str>,
    delete: Arc<str>,
    select_parts: Arc<str>,
    insert_part: Arc<str>,
    delete_parts: Arc<str>,
    upsert_index_entry: Arc<str>,
    delete_index_entry: Arc<str>,
    delete_index: Arc<str>,
    has_index_entry: Arc<str>,
    find: Arc<str>,
    scan: Arc<str>,
    select_expired: Arc<str>,
}

/// Concatenates all parts of a session's value log, in order.
const SELECT_PARTS: &str = "SELECT group_concat(entries, '') FROM \
                            (SELECT entries FROM {p}_values WHERE session = {id} ORDER BY part)";

/// The assignments of a single-statement commit. They leave all indexed columns unchanged.
///
/// Parameters: ?1 id, ?2 now, ?3 token, ?4 expected revision, ?5 clear, ?6 new entries, ?7 longest log to which they
/// can be appended, ?8 `last_seen`, ?9 label.
const APPEND: &str = "log = CAST(CASE WHEN ?5 THEN x'' ELSE log END || ?6 AS BLOB), seen = coalesce(?8, seen), \
                      label = coalesce(?9, label), revision = revision + 1";
/// The conditions under which a commit can be a single statement.
const CAN_APPEND: &str = "id = ?1 AND expires > ?2 AND (?3 IS NULL OR token = ?3) AND (?4 IS NULL OR revision = ?4) \
                          AND CASE WHEN ?5 THEN size = 0 ELSE length(log) <= ?7 END";

impl Statements {
    /// The prefix must be validated, since it is inserted unquoted.
    pub(super) fn new(prefix: &str) -> Self {
        let with_prefix = |sql: &str| sql.replace("{p}", prefix).into();
        let select_parts = |id: &str| SELECT_PARTS.replace("{id}", id);
        let own_parts = select_parts("{p}s.id");
        Self {
            load: with_prefix(&format!(
                "SELECT {HEAD}, CASE WHEN size > 0 THEN ({own_parts}) || log ELSE log END FROM {{p}}s \
                 WHERE id = ? AND expires > ?"
            )),
            // `idle < 1 << 40` (34 years, in milliseconds) avoids an integer overflow of the product. A sum that overflows becomes a
            // float, which is greater than every `ends`.
            append: with_prefix(&format!(
                "UPDATE {{p}}s SET {APPEND} WHERE {CAN_APPEND} AND (?10 IS NULL OR \
                 (idle < 1 << 40 AND expires >= min(?2 + idle * ?10 / 1000, ends))) RETURNING revision, expires"
            )),
            rotate: with_prefix(&format!(
                "UPDATE {{p}}s SET {APPEND}, token = ?10, rotated = ?2, idle = ?11, ends = ?12, expires = ?13 \
                 WHERE {CAN_APPEND} RETURNING revision, expires"
            )),
            select_head: with_prefix(&format!("SELECT {HEAD} FROM {{p}}s WHERE id = ? AND expires > ?")),
            select_row: with_prefix(&format!(
                "SELECT {HEAD}, log, size, folded FROM {{p}}s WHERE id = ? AND expires > ?"
            )),
            insert: with_prefix(&format!(
                "INSERT INTO {{p}}s ({COLUMNS}, size, folded, log, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
                 ON CONFLICT (id) DO NOTHING RETURNING 1"
            )),
            update: with_prefix(
                "UPDATE {p}s SET token = ?, created = ?, rotated = ?, seen = ?, expires = ?, idle = ?, ends = ?, \
                 label = ?, revision = ?, size = ?, folded = ?, log = ? WHERE id = ?",
            ),
            delete: with_prefix("DELETE FROM {p}s WHERE id = ?"),
            select_parts: with_prefix(&select_parts("?")),
            insert_part: with_prefix(
                "INSERT INTO {p}_values (session, part, entries) \
                 SELECT ?1, coalesce(max(part) + 1, 0), ?2 FROM {p}_values WHERE session = ?1",
            ),
            delete_parts: with_prefix("DELETE FROM {p}_values WHERE session = ?"),
            upsert_index_entry: with_prefix(
                "INSERT INTO {p}_index (session, key, hash, session_created) \
                 SELECT ?1, ?2, ?3, created FROM {p}s WHERE id = ?1 \
                 ON CONFLICT (session, key) DO UPDATE SET hash = excluded.hash",
            ),
            delete_index_entry: with_prefix("DELETE FROM {p}_index WHERE session = ? AND key = ?"),
            delete_index: with_prefix("DELETE FROM {p}_index WHERE session = ?"),
            has_index_entry: with_prefix("SELECT 1 FROM {p}_index WHERE session = ? AND hash = ?"),
            find: with_prefix(&format!(
                "SELECT {HEAD}, id FROM {{p}}_index JOIN {{p}}s ON id = session \
                 WHERE hash = ? AND (session_created, session) > (?, ?) AND expires > ? \
                 ORDER BY session_created, session LIMIT ?"
            )),
            scan: with_prefix("SELECT id FROM {p}s WHERE id > ? ORDER BY id LIMIT ?"),
            select_expired: with_prefix("SELECT id FROM {p}s WHERE expires <= ? ORDER BY expires LIMIT ?"),
        }
    }

    /// Returns a query for a live record with its values.
    pub(super) fn load(&self, id: &SessionId, now: Timestamp) -> Query {
        query_session(&self.load, id).bind(now.as_millis())
    }

    /// Returns a query for a live record without its values.
    pub(super) fn select_head(&self, id: &SessionId, now: Timestamp) -> Query {
        query_session(&self.select_head, id).bind(now.as_millis())
    }

    /// Returns a query for all columns of a live record's row.
    pub(super) fn select_row(&self, id: &SessionId, now: Timestamp) -> Query {
        query_session(&self.select_row, id).bind(now.as_millis())
    }

    /// Returns a statement that inserts a record, and returns a row unless the id exists.
    pub(super) fn insert(&self, id: &SessionId, record: &Record, log: StoredLog) -> Query {
        bind_record(query(&self.insert), record, log).bind(id.as_bytes().to_vec())
    }

    pub(super) fn update(&self, id: &SessionId, record: &Record, log: StoredLog) -> Query {
        bind_record(query(&self.update), record, log).bind(id.as_bytes().to_vec())
    }

    pub(super) fn find(&self, hash: &IndexHash, after: Option<&IndexCursor>, limit: usize, now: Timestamp) -> Query {
        // The empty BLOB precedes all ids.
        let (created, id) =
            after.map_or((i64::MIN, Vec::new()), |after| (after.created.as_millis(), after.id.as_bytes().to_vec()));
        let query = query(&self.find).bind(hash.as_bytes().to_vec()).bind(created).bind(id);
        query.bind(now.as_millis()).bind(to_i64(limit))
    }

    /// Returns a query for the ids after `after`, in order.
    pub(super) fn scan(&self, after: Option<&SessionId>, limit: usize) -> Query {
        // All ids are greater than the empty BLOB.
        let after = after.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
        query(&self.scan).bind(after).bind(to_i64(limit))
    }

    pub(super) fn select_expired(&self, now: Timestamp, limit: usize) -> Query {
        query(&self.select_expired).bind(now.as_millis()).bind(to_i64(limit))
    }

    /// Returns a commit as a single statement, which appends up to [`MAX_LOG_BYTES`] bytes of entries.
    ///
    /// It returns a row if it committed. Otherwise it changed nothing, and the commit needs a transaction.
    pub(super) fn commit(&self, id: &SessionId, commit: &Commit, entries: Vec<u8>) -> Query {
        let statement = if commit.rotation.is_some() { &self.rotate } else { &self.append };
        let max_log_before = MAX_LOG_BYTES - entries.len();
        let query = query_session(statement, id)
            .bind(commit.now.as_millis())
            .bind(commit.token.map(|token| token.as_bytes().to_vec()))
            .bind(commit.revision.map(to_i64))
            .bind(commit.changes.is_cleared())
            .bind(entries)
            .bind(to_i64(max_log_before))
            .bind(commit.renew_below.map(|_| commit.now.as_millis()))
            .bind(commit.label.clone());
        match &commit.rotation {
            None => query.bind(commit.renew_below.map(i64::from)),
            Some(rotation) => query
                .bind(rotation.token.as_bytes().to_vec())
                .bind(to_millis(rotation.limits.idle))
                .bind(rotation.limits.absolute_end.as_millis())
                .bind(rotation.limits.expiry(commit.now).as_millis()),
        }
    }

    /// Deletes a record with its values and index entries.
    pub(super) async fn delete(&self, connection: &mut SqliteConnection, id: &SessionId) -> sqlx::Result<()> {
        for statement in [&self.delete_parts, &self.delete_index, &self.delete] {
            query_session(statement, id).execute(&mut *connection).await?;
        }
        Ok(())
    }

    /// Returns all parts of a session's value log, concatenated.
    pub(super) async fn select_parts(
        &self,
        connection: &mut SqliteConnection,
        id: &SessionId,
    ) -> Result<Vec<u8>, StoreError> {
        let row = query_session(&self.select_parts, id).fetch_one(connection).await?;
        Ok(row.try_get::<Option<&[u8]>, _>(0)?.unwrap_or_default().to_vec())
    }

    pub(super) async fn insert_part(
        &self,
        connection: &mut SqliteConnection,
        id: &SessionId,
        entries: Vec<u8>,
    ) -> sqlx::Result<()> {
        query_session(&self.insert_part, id).bind(entries).execute(connection).await.map(drop)
    }

    pub(super) async fn delete_parts(&self, connection: &mut SqliteConnection, id: &SessionId) -> sqlx::Result<()> {
        query_session(&self.delete_parts, id).execute(connection).await.map(drop)
    }

    pub(super) async fn update_index(
        &self,
        connection: &mut SqliteConnection,
        id: &SessionId,
        changes: &[IndexChange],
    ) -> sqlx::Result<()> {
        for IndexChange { key, hash } in changes {
            let key = key.as_bytes().to_vec();
            let query = match hash {
                None => query_session(&self.delete_index_entry, id).bind(key),
                Some(hash) => query_session(&self.upsert_index_entry, id).bind(key).bind(hash.as_bytes().to_vec()),
            };
            query.execute(&mut *connection).await?;
        }
        Ok(())
    }

    pub(super) async fn has_index_entry(
        &self,
        connection: &mut SqliteConnection,
        id: &SessionId,
        hash: &IndexHash,
    ) -> sqlx::Result<bool> {
        let query = query_session(&self.has_index_entry, id).bind(hash.as_bytes().to_vec());
        Ok(query.fetch_optional(connection).await?.is_some())
    }
}

fn query(statement: &Arc<str>) -> Query {
    sqlx::query(AssertSqlSafe(Arc::clone(statement)))
}

/// Binds a session id as the first parameter.
fn query_session(statement: &Arc<str>, id: &SessionId) -> Query {
    query(statement).bind(id.as_bytes().to_vec())
}

/// Binds all columns of a row except the id: [`COLUMNS`], then those of the value log.
fn bind_record(query: Query, record: &Record, log: StoredLog) -> Query {
    query
        .bind(record.token.as_bytes().to_vec())
        .bind(record.created.as_millis())
        .bind(record.rotated.map(Timestamp::as_millis))
        .bind(record.last_seen.as_millis())
        .bind(record.expires.as_millis())
        .bind(to_millis(record.limits.idle))
        .bind(record.limits.absolute_end.as_millis())
        .bind(record.label.clone())
        .bind(to_i64(record.revision))
        .bind(to_i64(log.parts_bytes))
        .bind(to_i64(log.compacted_bytes))
        .bind(log.log)
}
