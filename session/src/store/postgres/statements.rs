//! The SQL statements, for the tables of one prefix.

use std::sync::Arc;

use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe, Postgres};

use crate::store::sql::decode::{INFO_COLUMNS, ROW_COLUMNS};

/// A statement with its parameters.
pub(super) type Query = sqlx::query::Query<'static, Postgres, PgArguments>;

/// The statements for the tables of one prefix. Each connection prepares a statement once.
///
/// Each part of a statement sees the same snapshot, which was taken before the statement waited for a lock. A statement on
/// two tables therefore depends on the revision in its snapshot, or on a row that it returns.
pub(super) struct Statements {
    pub(super) load: Arc<str>,
    pub(super) read_row: Arc<str>,
    pub(super) lock_row: Arc<str>,
    pub(super) read_parts: Arc<str>,
    pub(super) create: Arc<str>,
    pub(super) create_indexed: Arc<str>,
    pub(super) create_with_parts: Arc<str>,
    pub(super) commit_ordinary: Arc<str>,
    pub(super) commit: Arc<str>,
    pub(super) commit_indexed: Arc<str>,
    pub(super) rewrite: Arc<str>,
    pub(super) rewrite_indexed: Arc<str>,
    pub(super) add_parts: Arc<str>,
    pub(super) delete_parts: Arc<str>,
    pub(super) delete_small: Arc<str>,
    pub(super) delete_all: Arc<str>,
    pub(super) has_index_entry: Arc<str>,
    pub(super) find: Arc<str>,
    pub(super) find_records: Arc<str>,
    pub(super) count: Arc<str>,
    pub(super) scan: Arc<str>,
    pub(super) delete_expired_small: Arc<str>,
    pub(super) expired_with_parts: Arc<str>,
}

/// A load balancer of pgpool-II sends statements with this comment to the primary.
pub(super) const TO_PRIMARY: &str = "/*NO LOAD BALANCE*/";

/// The new expiry of a commit that counts as activity. The check uses float8, which is exact for centuries and does not
/// overflow. A renewal adds in numeric, because the sum may exceed a bigint.
const RENEWED: &str = "CASE \
    WHEN expires < least($2 + floor(idle_timeout::float8 * $6 / 1000), absolute_end) \
        THEN least($2 + idle_timeout::numeric, absolute_end)::bigint \
    ELSE expires END";

/// The assignments of a commit with any changes, except that of the log.
const COMMIT_COLUMNS: &str = "
    token = coalesce($9, token),
    rotated = CASE WHEN $9 IS NULL THEN rotated ELSE $2 END,
    login_rotated = CASE WHEN $10 THEN greatest($2, coalesce(login_rotated, created) + 1) ELSE login_rotated END,
    idle_timeout = coalesce($11, idle_timeout),
    absolute_end = coalesce($12, absolute_end),
    label = coalesce($14, label),
    last_seen = CASE WHEN $6 IS NULL THEN last_seen ELSE $2 END,
    expires = CASE WHEN $13 IS NOT NULL THEN $13 WHEN $6 IS NULL THEN expires ELSE {renewed} END,
    revision = revision + $4";

/// The conditions of a commit with any changes, except those on the log.
const COMMIT_CONDITIONS: &str = "id = $1 AND part = 0 AND expires > $2 AND ($3 IS NULL OR token = $3) \
                                 AND ($8 IS NULL OR revision = $8)";

/// The columns of a new record's own row, and their parameters.
const NEW_COLUMNS: &str = "id, part, token, created, rotated, login_rotated, last_seen, expires, idle_timeout, \
                           absolute_end, label, revision, parts_bytes, compacted_bytes, log";
const NEW_VALUES: &str = "$1, 0, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13";

impl Statements {
    /// Creates the statements. The prefix must be validated, because it becomes part of the SQL text.
    pub(super) fn new(prefix: &str) -> Self {
        let text = |sql: &str| -> Arc<str> {
            let sql = sql.replace("{to_primary}", TO_PRIMARY).replace("{row}", ROW_COLUMNS);
            let sql = sql.replace("{info}", INFO_COLUMNS).replace("{new_columns}", NEW_COLUMNS);
            let sql = sql.replace("{new_values}", NEW_VALUES).replace("{columns}", COMMIT_COLUMNS);
            let sql = sql.replace("{conditions}", COMMIT_CONDITIONS).replace("{renewed}", RENEWED);
            sql.trim()
                .replace("{s}", &format!("\"{prefix}s\""))
                .replace("{index}", &format!("\"{prefix}_index\""))
                .into()
        };
        let indexed = |sql: &str, keys: &str, hashes: &str| text(&with_index_entries(sql, keys, hashes));
        Self {
            load: text("{to_primary} SELECT part, {row} FROM {s} WHERE id = $1"),
            read_row: text("{to_primary} SELECT {row} FROM {s} WHERE id = $1 AND part = 0"),
            lock_row: text("SELECT {row} FROM {s} WHERE id = $1 AND part = 0 FOR UPDATE"),
            read_parts: text("{to_primary} SELECT log FROM {s} WHERE id = $1 AND part > 0 ORDER BY part DESC"),
            create: text(CREATE),
            create_indexed: indexed(CREATE, "$14", "$15"),
            create_with_parts: text(CREATE_WITH_PARTS),
            commit_ordinary: text(COMMIT_ORDINARY),
            commit: text(COMMIT),
            commit_indexed: indexed(COMMIT, "$15", "$16"),
            rewrite: text(REWRITE),
            rewrite_indexed: indexed(REWRITE, "$17", "$18"),
            add_parts: text(
                "INSERT INTO {s} (id, part, log) SELECT $1, new.part, new.log
                FROM unnest($2::bigint[], $3::bytea[]) AS new (part, log)",
            ),
            delete_parts: text("DELETE FROM {s} WHERE id = $1 AND part > 0"),
            delete_small: text(DELETE_SMALL),
            delete_all: text("WITH entries AS (DELETE FROM {index} WHERE session = $1) DELETE FROM {s} WHERE id = $1"),
            has_index_entry: text("{to_primary} SELECT FROM {index} WHERE session = $1 AND hash = $2"),
            find: text(
                "{to_primary} SELECT {info} FROM {index} JOIN {s} ON id = session AND part = 0
                WHERE hash = $1 AND (session_created, session) > ($2, $3) AND expires > $4
                ORDER BY session_created, session LIMIT $5",
            ),
            find_records: text(
                "{to_primary} SELECT id, part, {row} FROM (
                    SELECT session AS page_id, session_created FROM {index} JOIN {s} ON id = session AND part = 0
                    WHERE hash = $1 AND (session_created, session) > ($2, $3) AND expires > $4
                    ORDER BY session_created, session LIMIT $5
                ) AS page JOIN {s} ON id = page_id ORDER BY session_created, page_id",
            ),
            count: text("{to_primary} SELECT count(*) FROM {s} WHERE part = 0 AND expires > $1"),
            scan: text(
                "{to_primary} SELECT id, part, {row} FROM {s} WHERE id IN (
                    SELECT id FROM {s} WHERE part = 0 AND id > $1 AND expires > $2 ORDER BY id LIMIT $3
                ) ORDER BY id",
            ),
            delete_expired_small: text(DELETE_EXPIRED_SMALL),
            expired_with_parts: text(
                "{to_primary} SELECT id FROM {s} WHERE part = 0 AND expires <= $1 AND parts_bytes > 0
                ORDER BY expires LIMIT $2",
            ),
        }
    }
}

const CREATE: &str = "INSERT INTO {s} ({new_columns}) VALUES ({new_values})
    ON CONFLICT (id, part) DO NOTHING RETURNING revision, expires, created";

/// One statement that stores all parts or none. An existing id is an error, so that no part of it is changed.
const CREATE_WITH_PARTS: &str = "
    WITH entries AS (
        INSERT INTO {index} (session, indexed_key, hash, session_created)
        SELECT $1, new.key, new.hash, $3 FROM unnest($16::bytea[], $17::bytea[]) AS new (key, hash)
    )
    INSERT INTO {s} ({new_columns}) SELECT {new_values}
    UNION ALL
    SELECT $1, new.part, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, new.log
    FROM unnest($14::bigint[], $15::bytea[]) AS new (part, log)";

/// The commit of most requests: it has a token, counts as activity, and only sets or unsets keys.
const COMMIT_ORDINARY: &str = "
    UPDATE {s} SET last_seen = $2, expires = {renewed}, revision = revision + $4, log = $5 || log
    WHERE id = $1 AND part = 0 AND expires > $2 AND token = $3 AND octet_length(log) <= $7
    RETURNING revision, expires";

/// A commit with any changes that adds to the log. A separate statement, because PostgreSQL processes each parameter and
/// expression on every execution.
const COMMIT: &str = "
    UPDATE {s} SET {columns}, log = $5 || log
    WHERE {conditions} AND octet_length(log) <= $7
    RETURNING revision, expires, created";

/// A commit with any changes that replaces the log in the row. Without an expected revision, there must be no further parts,
/// which another request may have added.
const REWRITE: &str = "
    UPDATE {s} SET {columns}, log = $5, parts_bytes = $15, compacted_bytes = $16
    WHERE {conditions} AND ($7 OR parts_bytes = 0)
    RETURNING revision, expires, created";

/// The revision in the snapshot ensures that no index entry was added after the snapshot: an index change increments it.
const DELETE_SMALL: &str = "
    WITH seen AS MATERIALIZED (
        SELECT revision AS seen_revision FROM {s} WHERE id = $1 AND part = 0
    ), deleted AS (
        DELETE FROM {s} USING seen
        WHERE id = $1 AND part = 0 AND expires > $2 AND parts_bytes = 0 AND revision = seen_revision
            AND ($3 IS NULL OR token = $3)
            AND ($4 IS NULL OR EXISTS (SELECT FROM {index} WHERE session = $1 AND hash = $4))
        RETURNING id
    ), entries AS (
        DELETE FROM {index} USING deleted WHERE session = id
    )
    SELECT FROM deleted";

const DELETE_EXPIRED_SMALL: &str = "
    WITH seen AS MATERIALIZED (
        SELECT id AS seen_id, revision AS seen_revision FROM {s}
        WHERE part = 0 AND expires <= $1 AND parts_bytes = 0 ORDER BY expires LIMIT $2
    ), deleted AS (
        DELETE FROM {s} USING seen
        WHERE id = seen_id AND part = 0 AND expires <= $1 AND parts_bytes = 0 AND revision = seen_revision
        RETURNING id
    ), entries AS (
        DELETE FROM {index} USING deleted WHERE session = id
    )
    SELECT count(*) FROM deleted";

/// Returns the statement, extended by the index entries of the row that it inserts or updates.
fn with_index_entries(sql: &str, keys: &str, hashes: &str) -> String {
    format!(
        "WITH done AS ({sql}), entries AS (
            INSERT INTO {{index}} (session, indexed_key, hash, session_created)
            SELECT $1, new.key, new.hash, created FROM done, unnest({keys}::bytea[], {hashes}::bytea[]) AS new (key, hash)
            ON CONFLICT (session, indexed_key) DO UPDATE SET hash = excluded.hash
        )
        SELECT revision, expires FROM done"
    )
}

pub(super) fn query(statement: &Arc<str>) -> Query {
    let mut arguments = PgArguments::default();
    // Sufficient for an ordinary commit, so that the buffers do not grow.
    arguments.reserve(13, 256);
    sqlx::query_with(AssertSqlSafe(Arc::clone(statement)), arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A standby would return stale rows. A locking read is sent to the primary without the comment.
    #[test]
    fn no_read_is_sent_to_a_standby() {
        let Statements {
            load,
            read_row,
            lock_row,
            read_parts,
            has_index_entry,
            find,
            find_records,
            count,
            scan,
            expired_with_parts,
            ..
        } = Statements::new("session");
        let reads = [load, read_row, read_parts, has_index_entry, find, find_records, count, scan, expired_with_parts];
        for statement in reads {
            assert!(statement.starts_with(TO_PRIMARY), "{statement}");
        }
        assert!(lock_row.ends_with("FOR UPDATE"));
    }
}
