//! The SQL statements, and the binding of their parameters. Those of a commit are in `commit.rs`.

use std::sync::Arc;

use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe, Postgres};

use crate::record::id::SessionId;
use crate::record::index::{IndexChange, IndexCursor, IndexHash};
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::record::values::Values;
use crate::store::session_store::DeleteCondition;
use crate::store::sql::{to_i64, to_millis};
use crate::store::value_log;

/// A statement with its parameters.
pub(super) type Query = sqlx::query::Query<'static, Postgres, PgArguments>;

/// The statements for the tables and functions of one prefix. Each connection prepares a statement once.
pub(super) struct Statements {
    load: Arc<str>,
    create: Arc<str>,
    create_with_rows: Arc<str>,
    delete: Arc<str>,
    find: Arc<str>,
    scan: Arc<str>,
    delete_expired: Arc<str>,
}

/// The longest value log that a new session stores in its own row. The functions repeat this number.
const MAX_ROW_LOG_BYTES: usize = 1000;

/// The columns that `decode::record` reads.
///
/// A function reads the value rows of a large session, because a plan without their table is as cheap as one for a
/// single row. The caller checks the expiry.
const LOAD: &str = r#"
    SELECT revision, expires, rotated, token, created, seen, idle, ends, label,
        CASE WHEN log IS NULL THEN "{prefix}_gather_1"(id) ELSE log END
    FROM "{prefix}s" WHERE id = $1"#;

const SCAN: &str = r#"
    SELECT id, revision, expires, rotated, token, created, seen, idle, ends, label,
        CASE WHEN log IS NULL THEN "{prefix}_gather_1"(id) ELSE log END
    FROM "{prefix}s" WHERE id > $1 AND expires > $2 ORDER BY id LIMIT $3"#;

const CREATE: &str = r#"
    INSERT INTO "{prefix}s" (id, token, created, rotated, seen, expires, idle, ends, label, revision, log)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING RETURNING true"#;

/// Also creates index entries, or one value row per key.
const CREATE_WITH_ROWS: &str = r#"
    WITH head AS (
        INSERT INTO "{prefix}s" (id, token, created, rotated, seen, expires, idle, ends, label, revision, log)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING RETURNING id
    ), held AS (
        INSERT INTO "{prefix}_values" (session, key, entry)
        SELECT id, key, entry FROM head, unnest($12, $13) AS new (key, entry)
    ), entries AS (
        INSERT INTO "{prefix}_index" (session, key, hash, session_created)
        SELECT id, key, hash, $3 FROM head, unnest($14, $15) AS new (key, hash)
    )
    SELECT true FROM head"#;

const DELETE: &str = r#"SELECT outcome, rotated FROM "{prefix}_delete_1"($1, $2, $3, $4)"#;

const FIND: &str = r#"
    SELECT id, created, rotated, seen, expires, label FROM "{prefix}_index" JOIN "{prefix}s" ON id = session
    WHERE hash = $1 AND (session_created, session) > ($2, $3) AND expires > $4
    ORDER BY session_created, session LIMIT $5"#;

const DELETE_EXPIRED: &str = r#"SELECT "{prefix}_sweep_1"($1, $2) AS swept"#;

impl Statements {
    /// Creates the statements. The prefix must be validated, because it becomes part of the SQL text.
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            load: with_prefix(LOAD, prefix),
            create: with_prefix(CREATE, prefix),
            create_with_rows: with_prefix(CREATE_WITH_ROWS, prefix),
            delete: with_prefix(DELETE, prefix),
            find: with_prefix(FIND, prefix),
            scan: with_prefix(SCAN, prefix),
            delete_expired: with_prefix(DELETE_EXPIRED, prefix),
        }
    }

    pub(super) fn load(&self, id: &SessionId) -> Query {
        query(&self.load).bind(id.as_bytes())
    }

    pub(super) fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Query {
        let log = value_log::encode_values(&record.values);
        let is_small = log.len() <= MAX_ROW_LOG_BYTES;
        let (keys, entries) = if is_small { Default::default() } else { value_rows(&record.values) };
        let (index_keys, hashes) = index_rows(index);
        let is_one_row = is_small && index_keys.is_empty();
        let query = query(if is_one_row { &self.create } else { &self.create_with_rows })
            .bind(id.as_bytes())
            .bind(record.token.as_bytes())
            .bind(record.created.as_millis())
            .bind(record.rotated.map(Timestamp::as_millis))
            .bind(record.last_seen.as_millis())
            .bind(record.expires.as_millis())
            .bind(to_millis(record.limits.idle))
            .bind(record.limits.absolute_end.as_millis())
            .bind(record.label.as_ref().map(String::as_bytes))
            .bind(to_i64(record.revision))
            .bind(is_small.then_some(log));
        if is_one_row { query } else { query.bind(keys).bind(entries).bind(index_keys).bind(hashes) }
    }

    pub(super) fn delete(&self, id: &SessionId, condition: &DeleteCondition, now: Timestamp) -> Query {
        let (token, index_hash) = match condition {
            DeleteCondition::Token(token) => (Some(token.as_bytes()), None),
            DeleteCondition::IndexEntry(hash) => (None, Some(hash.as_bytes())),
            DeleteCondition::None => (None, None),
        };
        query(&self.delete).bind(id.as_bytes()).bind(now.as_millis()).bind(token).bind(index_hash)
    }

    pub(super) fn find(&self, hash: &IndexHash, after: Option<&IndexCursor>, limit: usize, now: Timestamp) -> Query {
        // The empty id precedes all others.
        let (created, id) = after.map_or((i64::MIN, &[][..]), |after| (after.created.as_millis(), after.id.as_bytes()));
        query(&self.find).bind(hash.as_bytes()).bind(created).bind(id).bind(now.as_millis()).bind(to_i64(limit))
    }

    pub(super) fn scan(&self, after: Option<&SessionId>, limit: usize, now: Timestamp) -> Query {
        // The empty id precedes all others.
        let after: &[u8] = after.map_or(&[], |id| id.as_bytes());
        query(&self.scan).bind(after).bind(now.as_millis()).bind(to_i64(limit))
    }

    pub(super) fn delete_expired(&self, now: Timestamp, limit: usize) -> Query {
        query(&self.delete_expired).bind(now.as_millis()).bind(to_i64(limit))
    }
}

/// Inserts the prefix into a statement.
pub(super) fn with_prefix(sql: &str, prefix: &str) -> Arc<str> {
    sql.trim().replace("{prefix}", prefix).into()
}

pub(super) fn query(statement: &Arc<str>) -> Query {
    let mut arguments = PgArguments::default();
    // Sufficient for an ordinary commit, so that the buffers do not grow.
    arguments.reserve(13, 256);
    sqlx::query_with(AssertSqlSafe(Arc::clone(statement)), arguments)
}

/// Returns the keys, and for each key its log entry.
fn value_rows(values: &Values) -> (Vec<&[u8]>, Vec<Vec<u8>>) {
    let encode = |(key, value): (&'_ str, &str)| {
        let mut entry = Vec::new();
        value_log::push_entry(&mut entry, key, Some(value.as_bytes()));
        entry
    };
    (values.iter().map(|(key, _)| key.as_bytes()).collect(), values.iter().map(encode).collect())
}

/// Returns the keys and hashes of the new index entries.
pub(super) fn index_rows(changes: &[IndexChange]) -> (Vec<&[u8]>, Vec<&[u8]>) {
    changes.iter().filter_map(|change| Some((change.key.as_bytes(), &change.hash.as_ref()?.as_bytes()[..]))).unzip()
}
