//! What the store says to the database.

use std::sync::Arc;

use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{AssertSqlSafe, Row};

use super::super::sql::{to_i64, to_millis};
use super::super::{Commit, IndexChange, IndexHash, Record, StoreError, Timestamp, value_log};
use super::decode;
use super::layout::{Held, LONGEST};
use crate::record::id::SessionId;

/// A statement with its parameters.
pub(super) type Query = sqlx::query::Query<'static, sqlx::Sqlite, SqliteArguments>;

/// The statements on the tables of one prefix. Each connection prepares each of them once.
pub(super) struct Statements {
    load: Arc<str>,
    append: Arc<str>,
    rotate: Arc<str>,
    head: Arc<str>,
    row: Arc<str>,
    insert: Arc<str>,
    update: Arc<str>,
    delete: Arc<str>,
    parts: Arc<str>,
    add_part: Arc<str>,
    drop_parts: Arc<str>,
    add_entry: Arc<str>,
    drop_entry: Arc<str>,
    drop_entries: Arc<str>,
    has_entry: Arc<str>,
    find: Arc<str>,
    ids: Arc<str>,
    expired: Arc<str>,
}

/// The parts of a session, in their order, as one.
const PARTS: &str = "SELECT group_concat(entries, '') FROM \
                     (SELECT entries FROM {p}_values WHERE session = {id} ORDER BY part)";

/// What an ordinary commit sets, and what must be so for it. It leaves alone whatever has an index.
///
/// ?1 the id, ?2 the time, ?3 the token, ?4 the revision, ?5 whether everything is dropped first, ?6 the entries, ?7 the
/// longest log that they may be appended to, ?8 when the session was seen, ?9 the label.
const APPEND: &str = "log = CAST(CASE WHEN ?5 THEN x'' ELSE log END || ?6 AS BLOB), seen = coalesce(?8, seen), \
                      label = coalesce(?9, label), revision = revision + 1";
const MAY_APPEND: &str = "id = ?1 AND expires > ?2 AND (?3 IS NULL OR token = ?3) AND (?4 IS NULL OR revision = ?4) \
                          AND CASE WHEN ?5 THEN size = 0 ELSE length(log) <= ?7 END";

impl Statements {
    /// The prefix has been checked: it is safe in a statement as it is.
    pub(super) fn new(prefix: &str) -> Self {
        let named = |sql: &str| sql.replace("{p}", prefix).into();
        let (columns, head) = (decode::COLUMNS, decode::HEAD);
        let parts = |id: &str| PARTS.replace("{id}", id);
        let its_parts = parts("{p}s.id");
        Self {
            load: named(&format!(
                "SELECT {head}, CASE WHEN size > 0 THEN ({its_parts}) || log ELSE log END FROM {{p}}s \
                 WHERE id = ? AND expires > ?"
            )),
            // An idle time of more than 34,000 years may be more than SQLite's integers bear, and its commits are never
            // ordinary. A sum that is too large for them is a float that is larger than every end.
            append: named(&format!(
                "UPDATE {{p}}s SET {APPEND} WHERE {MAY_APPEND} AND (?10 IS NULL OR \
                 (idle < 1 << 40 AND expires >= min(?2 + idle * ?10 / 1000, ends))) RETURNING revision, expires"
            )),
            rotate: named(&format!(
                "UPDATE {{p}}s SET {APPEND}, token = ?10, rotated = ?2, idle = ?11, ends = ?12, expires = ?13 \
                 WHERE {MAY_APPEND} RETURNING revision, expires"
            )),
            head: named(&format!("SELECT {head} FROM {{p}}s WHERE id = ? AND expires > ?")),
            row: named(&format!("SELECT {head}, log, size, folded FROM {{p}}s WHERE id = ? AND expires > ?")),
            insert: named(&format!(
                "INSERT INTO {{p}}s ({columns}, size, folded, log, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
                 ON CONFLICT (id) DO NOTHING RETURNING 1"
            )),
            update: named(
                "UPDATE {p}s SET token = ?, created = ?, rotated = ?, seen = ?, expires = ?, idle = ?, ends = ?, \
                 label = ?, revision = ?, size = ?, folded = ?, log = ? WHERE id = ?",
            ),
            delete: named("DELETE FROM {p}s WHERE id = ?"),
            parts: named(&parts("?")),
            add_part: named(
                "INSERT INTO {p}_values (session, part, entries) \
                 SELECT ?1, coalesce(max(part) + 1, 0), ?2 FROM {p}_values WHERE session = ?1",
            ),
            drop_parts: named("DELETE FROM {p}_values WHERE session = ?"),
            add_entry: named(
                "INSERT INTO {p}_index (session, key, hash) VALUES (?, ?, ?) \
                 ON CONFLICT (session, key) DO UPDATE SET hash = excluded.hash",
            ),
            drop_entry: named("DELETE FROM {p}_index WHERE session = ? AND key = ?"),
            drop_entries: named("DELETE FROM {p}_index WHERE session = ?"),
            has_entry: named("SELECT 1 FROM {p}_index WHERE session = ? AND hash = ?"),
            find: named(&format!(
                "SELECT {head}, id FROM {{p}}_index JOIN {{p}}s ON id = session WHERE hash = ? AND expires > ? \
                 ORDER BY created, id"
            )),
            ids: named("SELECT id FROM {p}s WHERE id > ? ORDER BY id LIMIT ?"),
            expired: named("SELECT id FROM {p}s WHERE expires <= ? ORDER BY expires LIMIT ?"),
        }
    }

    pub(super) fn load(&self, id: &SessionId, now: Timestamp) -> Query {
        of(&self.load, id).bind(now.as_millis())
    }

    /// The head of a record.
    pub(super) fn head(&self, id: &SessionId, now: Timestamp) -> Query {
        of(&self.head, id).bind(now.as_millis())
    }

    /// All of a row.
    pub(super) fn row(&self, id: &SessionId, now: Timestamp) -> Query {
        of(&self.row, id).bind(now.as_millis())
    }

    /// Gives a row unless there is a record of this id already.
    pub(super) fn insert(&self, id: &SessionId, record: &Record, held: Held) -> Query {
        decode::bind(query(&self.insert), record, held).bind(id.as_bytes().to_vec())
    }

    pub(super) fn update(&self, id: &SessionId, record: &Record, held: Held) -> Query {
        decode::bind(query(&self.update), record, held).bind(id.as_bytes().to_vec())
    }

    pub(super) fn find(&self, hash: &IndexHash, now: Timestamp) -> Query {
        query(&self.find).bind(hash.as_bytes().to_vec()).bind(now.as_millis())
    }

    /// The ids that come after `after`, in their order.
    pub(super) fn ids(&self, after: Option<&SessionId>, limit: usize) -> Query {
        // Every id comes after the empty one.
        let after = after.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
        query(&self.ids).bind(after).bind(to_i64(limit))
    }

    pub(super) fn expired(&self, now: Timestamp, limit: usize) -> Query {
        query(&self.expired).bind(now.as_millis()).bind(to_i64(limit))
    }

    /// A commit as one statement, if it can be one: what it appends.
    pub(super) fn ordinary(commit: &Commit) -> Option<Vec<u8>> {
        if !commit.is_mutation() || !commit.index.is_empty() {
            return None;
        }
        Some(value_log::encode_changes(&commit.changes)).filter(|entries| entries.len() <= LONGEST)
    }

    /// An [`ordinary`](Self::ordinary) commit. It gives a row when it was carried out; else there is more to it.
    pub(super) fn commit(&self, id: &SessionId, commit: &Commit, entries: Vec<u8>) -> Query {
        let statement = if commit.rotation.is_some() { &self.rotate } else { &self.append };
        let room = LONGEST - entries.len();
        let query = of(statement, id)
            .bind(commit.now.as_millis())
            .bind(commit.token.map(|token| token.as_bytes().to_vec()))
            .bind(commit.revision.map(to_i64))
            .bind(commit.changes.is_cleared())
            .bind(entries)
            .bind(to_i64(room))
            .bind(commit.renew_below.map(|_| commit.now.as_millis()))
            .bind(commit.label.clone());
        match &commit.rotation {
            None => query.bind(commit.renew_below.map(i64::from)),
            Some(next) => query
                .bind(next.token.as_bytes().to_vec())
                .bind(to_millis(next.limits.idle))
                .bind(next.limits.absolute_end.as_millis())
                .bind(next.limits.expiry(commit.now).as_millis()),
        }
    }

    pub(super) async fn delete(&self, connection: &mut SqliteConnection, id: &SessionId) -> sqlx::Result<()> {
        for statement in [&self.drop_parts, &self.drop_entries, &self.delete] {
            of(statement, id).execute(&mut *connection).await?;
        }
        Ok(())
    }

    /// All parts of a session's values, as one.
    pub(super) async fn parts(&self, connection: &mut SqliteConnection, id: &SessionId) -> Result<Vec<u8>, StoreError> {
        let row = of(&self.parts, id).fetch_one(connection).await?;
        Ok(row.try_get::<Option<&[u8]>, _>(0)?.unwrap_or_default().to_vec())
    }

    pub(super) async fn add_part(
        &self,
        connection: &mut SqliteConnection,
        id: &SessionId,
        entries: Vec<u8>,
    ) -> sqlx::Result<()> {
        of(&self.add_part, id).bind(entries).execute(connection).await.map(drop)
    }

    pub(super) async fn drop_parts(&self, connection: &mut SqliteConnection, id: &SessionId) -> sqlx::Result<()> {
        of(&self.drop_parts, id).execute(connection).await.map(drop)
    }

    /// Brings the session's index entries up to date.
    pub(super) async fn index(
        &self,
        connection: &mut SqliteConnection,
        id: &SessionId,
        changes: &[IndexChange],
    ) -> sqlx::Result<()> {
        for IndexChange { key, hash } in changes {
            let key = key.as_bytes().to_vec();
            let query = match hash {
                None => of(&self.drop_entry, id).bind(key),
                Some(hash) => of(&self.add_entry, id).bind(key).bind(hash.as_bytes().to_vec()),
            };
            query.execute(&mut *connection).await?;
        }
        Ok(())
    }

    pub(super) async fn has_entry(
        &self,
        connection: &mut SqliteConnection,
        id: &SessionId,
        hash: &IndexHash,
    ) -> sqlx::Result<bool> {
        let row = of(&self.has_entry, id).bind(hash.as_bytes().to_vec()).fetch_optional(connection).await?;
        Ok(row.is_some())
    }
}

fn query(statement: &Arc<str>) -> Query {
    sqlx::query(AssertSqlSafe(Arc::clone(statement)))
}

/// A statement whose first parameter is a session.
fn of(statement: &Arc<str>, id: &SessionId) -> Query {
    query(statement).bind(id.as_bytes().to_vec())
}
