//! What the store says to the database, on one connection.

use std::sync::Arc;

use sqlx::AssertSqlSafe;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};

use super::super::{Changes, IndexChange, IndexHash, Record, StoreError, Timestamp};
use super::rows;
use crate::id::SessionId;

/// A statement with its parameters.
type Query = sqlx::query::Query<'static, sqlx::Sqlite, SqliteArguments>;

/// The statements on the tables of one prefix. Each connection prepares each of them once.
pub(super) struct Statements {
    load: Arc<str>,
    head: Arc<str>,
    insert: Arc<str>,
    update: Arc<str>,
    delete: Arc<str>,
    set: Arc<str>,
    unset: Arc<str>,
    clear: Arc<str>,
    add_entry: Arc<str>,
    drop_entry: Arc<str>,
    drop_entries: Arc<str>,
    has_entry: Arc<str>,
    find: Arc<str>,
    ids: Arc<str>,
    expired: Arc<str>,
}

impl Statements {
    /// The prefix has been checked: it is safe in a statement as it is.
    pub(super) fn new(prefix: &str) -> Self {
        let named = |sql: &str| sql.replace("{p}", prefix).into();
        Self {
            load: named(
                "SELECT token, created, rotated, seen, expires, idle, ends, label, revision, (
                    SELECT group_concat(hex(key) || ' ' || length(CAST(value AS BLOB)) || ' ' || value, '')
                    FROM {p}_values WHERE session = id
                ) AS held FROM {p}s WHERE id = ? AND expires > ?",
            ),
            head: named(
                "SELECT token, created, rotated, seen, expires, idle, ends, label, revision
                FROM {p}s WHERE id = ? AND expires > ?",
            ),
            insert: named(
                "INSERT INTO {p}s (token, created, rotated, seen, expires, idle, ends, label, revision, id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            ),
            update: named(
                "UPDATE {p}s SET token = ?, created = ?, rotated = ?, seen = ?, expires = ?, idle = ?, ends = ?,
                label = ?, revision = ? WHERE id = ?",
            ),
            delete: named("DELETE FROM {p}s WHERE id = ?"),
            set: named(
                "INSERT INTO {p}_values (session, key, value) VALUES (?, ?, ?)
                ON CONFLICT (session, key) DO UPDATE SET value = excluded.value",
            ),
            unset: named("DELETE FROM {p}_values WHERE session = ? AND key = ?"),
            clear: named("DELETE FROM {p}_values WHERE session = ?"),
            add_entry: named(
                "INSERT INTO {p}_index (session, key, hash) VALUES (?, ?, ?)
                ON CONFLICT (session, key) DO UPDATE SET hash = excluded.hash",
            ),
            drop_entry: named("DELETE FROM {p}_index WHERE session = ? AND key = ?"),
            drop_entries: named("DELETE FROM {p}_index WHERE session = ?"),
            has_entry: named("SELECT 1 FROM {p}_index WHERE session = ? AND hash = ?"),
            find: named(
                "SELECT id, token, created, rotated, seen, expires, idle, ends, label, revision
                FROM {p}_index JOIN {p}s ON id = session WHERE hash = ? AND expires > ? ORDER BY created, id",
            ),
            ids: named("SELECT id FROM {p}s WHERE id > ? ORDER BY id LIMIT ?"),
            expired: named("SELECT id FROM {p}s WHERE expires <= ? ORDER BY expires LIMIT ?"),
        }
    }

    pub(super) fn load(&self, id: &SessionId, now: Timestamp) -> Query {
        of(&self.load, id).bind(now.as_millis())
    }

    pub(super) fn find(&self, hash: &IndexHash, now: Timestamp) -> Query {
        query(&self.find).bind(hash.as_bytes().to_vec()).bind(now.as_millis())
    }

    /// The ids that come after `after`, in their order.
    pub(super) fn ids(&self, after: Vec<u8>, limit: usize) -> Query {
        query(&self.ids).bind(after).bind(limited(limit))
    }

    pub(super) fn expired(&self, now: Timestamp, limit: usize) -> Query {
        query(&self.expired).bind(now.as_millis()).bind(limited(limit))
    }

    pub(super) async fn head(
        &self,
        connection: &mut SqliteConnection,
        id: &SessionId,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        let row = of(&self.head, id).bind(now.as_millis()).fetch_optional(connection).await?;
        row.as_ref().map(rows::head).transpose()
    }

    /// False if there is a record of this id already.
    pub(super) async fn insert(
        &self,
        connection: &mut SqliteConnection,
        id: &SessionId,
        record: &Record,
    ) -> Result<bool, StoreError> {
        let inserted = rows::bind_head(query(&self.insert), id, record)?.execute(&mut *connection).await?;
        if inserted.rows_affected() == 0 {
            return Ok(false);
        }
        for (key, value) in record.values.iter() {
            self.set(connection, id, key, value).await?;
        }
        Ok(true)
    }

    /// Writes the head of a record; its values are none of this statement's business.
    pub(super) async fn update(
        &self,
        connection: &mut SqliteConnection,
        id: &SessionId,
        record: &Record,
    ) -> Result<(), StoreError> {
        rows::bind_head(query(&self.update), id, record)?.execute(connection).await?;
        Ok(())
    }

    pub(super) async fn delete(&self, connection: &mut SqliteConnection, id: &SessionId) -> sqlx::Result<()> {
        for statement in [&self.clear, &self.drop_entries, &self.delete] {
            of(statement, id).execute(&mut *connection).await?;
        }
        Ok(())
    }

    /// Writes the changed keys, and no others.
    pub(super) async fn change(
        &self,
        connection: &mut SqliteConnection,
        id: &SessionId,
        changes: &Changes,
    ) -> sqlx::Result<()> {
        if changes.is_cleared() {
            of(&self.clear, id).execute(&mut *connection).await?;
        }
        for key in changes.unsets() {
            of(&self.unset, id).bind(key.as_bytes().to_vec()).execute(&mut *connection).await?;
        }
        for (key, value) in changes.sets() {
            self.set(connection, id, key, value.as_str()).await?;
        }
        Ok(())
    }

    async fn set(&self, connection: &mut SqliteConnection, id: &SessionId, key: &str, value: &str) -> sqlx::Result<()> {
        let query = of(&self.set, id).bind(key.as_bytes().to_vec()).bind(value.to_owned());
        query.execute(connection).await.map(drop)
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
        let row: Option<SqliteRow> =
            of(&self.has_entry, id).bind(hash.as_bytes().to_vec()).fetch_optional(connection).await?;
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

fn limited(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
