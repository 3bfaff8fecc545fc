//! What the store says to the server.

use std::sync::Arc;

use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe, Postgres};

use super::super::sql::{to_i64, to_millis};
use super::super::{Commit, DeleteCondition, IndexChange, IndexHash, Record, Timestamp, TokenHash, Values, value_log};
use crate::record::id::SessionId;

/// A statement with its parameters.
pub(super) type Query = sqlx::query::Query<'static, Postgres, PgArguments>;

/// The statements on the tables and functions of one prefix. Each connection prepares each of them once.
pub(super) struct Statements {
    load: Arc<str>,
    create: Arc<str>,
    create_more: Arc<str>,
    commit: Arc<str>,
    commit_more: Arc<str>,
    commit_indexed: Arc<str>,
    delete: Arc<str>,
    find: Arc<str>,
    scan: Arc<str>,
    sweep: Arc<str>,
}

/// Up to here a log is kept in its session's row when a session begins. The functions know this number, too.
const SMALL: usize = 1000;

/// What [`decode::record`](super::rows::record) reads. The values of a session of much are gathered by a function: a plan
/// that has nothing of their table costs no more than the one row. Whether the record has expired it says itself.
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

/// With entries in the index, or a row for each key.
const CREATE_MORE: &str = r#"
    WITH head AS (
        INSERT INTO "{prefix}s" (id, token, created, rotated, seen, expires, idle, ends, label, revision, log)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING RETURNING id
    ), held AS (
        INSERT INTO "{prefix}_values" (session, key, entry)
        SELECT id, key, entry FROM head, unnest($12, $13) AS new (key, entry)
    ), entries AS (
        INSERT INTO "{prefix}_index" (session, key, hash)
        SELECT id, key, hash FROM head, unnest($14, $15) AS new (key, hash)
    )
    SELECT true FROM head"#;

/// What most requests commit: they show a token, use the session, and set or unset keys.
///
/// Where the log has room, or the values do not change, it is one update of one row. A session of much has its other rows
/// changed next, by a function, which sees what the row's lock was waited for. Where the row is not as it should be, or not
/// there, nothing was updated, and another function says why, or finds room.
///
/// Each commit asks whether the expiry has to move: float8 is exact for centuries and knows no overflow. The few that
/// move it add in numeric, since the far future and a lifetime without end are more than a bigint holds.
const COMMIT: &str = r#"
    WITH done AS (
        UPDATE "{prefix}s" SET
            seen = $2,
            expires = CASE
                WHEN expires < least($2 + floor(idle::float8 * $6 / 1000), ends) THEN least($2 + idle::numeric, ends)::bigint
                ELSE expires
            END,
            revision = revision + $4,
            log = $5 || log
        WHERE id = $1 AND expires > $2 AND token = $3
            AND octet_length($5) <= coalesce(1500 - octet_length(log), 2147483647)
        RETURNING revision, expires, log IS NULL AND $5 <> '' AS has_rows
    )
    SELECT done.revision, done.expires,
        CASE
            WHEN done.revision IS NULL THEN "{prefix}_commit_1"($1, $2, $3, $4, $5, $6)
            WHEN done.has_rows THEN "{prefix}_put_1"($1, $5)
        END
    FROM (SELECT) AS one LEFT JOIN done ON true"#;

/// Whatever is committed but index entries, in the same way. The server looks up each parameter and each expression each
/// time, so what most commits have no use for stands here alone.
const COMMIT_MORE: &str = r#"
    WITH done AS (
        UPDATE "{prefix}s" SET
            token = coalesce($9, token),
            rotated = CASE WHEN $9 IS NULL THEN rotated ELSE $2 END,
            idle = coalesce($10, idle),
            ends = coalesce($11, ends),
            label = coalesce($13, label),
            seen = CASE WHEN $6 IS NULL THEN seen ELSE $2 END,
            expires = CASE
                WHEN $12 IS NOT NULL THEN $12
                WHEN $6 IS NOT NULL AND expires < least($2 + floor(idle::float8 * $6 / 1000), ends)
                    THEN least($2 + idle::numeric, ends)::bigint
                ELSE expires
            END,
            revision = revision + $4,
            log = CASE WHEN $7 THEN $5 ELSE $5 || log END
        WHERE id = $1 AND expires > $2 AND ($3 IS NULL OR token = $3) AND ($8 IS NULL OR revision = $8)
            AND CASE WHEN $7 THEN log IS NOT NULL AND octet_length($5) <= 1000
                ELSE octet_length($5) <= coalesce(1500 - octet_length(log), 2147483647) END
        RETURNING revision, expires, log IS NULL AND $5 <> '' AS has_rows
    )
    SELECT done.revision, done.expires,
        CASE
            WHEN done.revision IS NULL
                THEN "{prefix}_commit_1"($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            WHEN done.has_rows THEN "{prefix}_put_1"($1, $5)
        END
    FROM (SELECT) AS one LEFT JOIN done ON true"#;

/// With entries in the index.
const COMMIT_INDEXED: &str = r#"
    SELECT NULL::bigint, NULL::bigint,
        "{prefix}_commit_1"($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"#;

const DELETE: &str = r#"SELECT outcome, rotated FROM "{prefix}_delete_1"($1, $2, $3, $4)"#;

const FIND: &str = r#"
    SELECT id, created, seen, expires, label FROM "{prefix}_index" JOIN "{prefix}s" ON id = session
    WHERE hash = $1 AND expires > $2 ORDER BY created, id"#;

const SWEEP: &str = r#"SELECT "{prefix}_sweep_1"($1, $2) AS swept"#;

impl Statements {
    /// The prefix has been checked: it is safe in a statement as it is.
    pub(super) fn new(prefix: &str) -> Self {
        let named = |sql: &str| sql.trim().replace("{prefix}", prefix).into();
        Self {
            load: named(LOAD),
            create: named(CREATE),
            create_more: named(CREATE_MORE),
            commit: named(COMMIT),
            commit_more: named(COMMIT_MORE),
            commit_indexed: named(COMMIT_INDEXED),
            delete: named(DELETE),
            find: named(FIND),
            scan: named(SCAN),
            sweep: named(SWEEP),
        }
    }

    pub(super) fn load(&self, id: &SessionId) -> Query {
        query(&self.load).bind(id.as_bytes())
    }

    pub(super) fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Query {
        let log = value_log::encode_values(&record.values);
        let is_small = log.len() <= SMALL;
        let (keys, values) = if is_small { Default::default() } else { rows(&record.values) };
        let (entries, hashes) = entries(index);
        let is_all = is_small && entries.is_empty();
        let query = query(if is_all { &self.create } else { &self.create_more })
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
        if is_all { query } else { query.bind(keys).bind(values).bind(entries).bind(hashes) }
    }

    pub(super) fn commit(&self, id: &SessionId, commit: &Commit) -> Query {
        let next = commit.rotation.as_ref();
        let has_index = !commit.index.is_empty();
        let has_more = has_index
            || commit.token.is_none()
            || commit.renew_below.is_none()
            || commit.changes.is_cleared()
            || commit.revision.is_some()
            || next.is_some()
            || commit.label.is_some();
        let text = match (has_more, has_index) {
            (_, true) => &self.commit_indexed,
            (true, false) => &self.commit_more,
            (false, false) => &self.commit,
        };
        let mut query = query(text)
            .bind(id.as_bytes())
            .bind(commit.now.as_millis())
            .bind(commit.token.as_ref().map(TokenHash::as_bytes))
            .bind(i64::from(commit.is_mutation()))
            .bind(value_log::encode_changes(&commit.changes))
            .bind(commit.renew_below.map(i32::from));
        if has_more {
            query = query
                .bind(commit.changes.is_cleared())
                .bind(commit.revision.map(to_i64))
                .bind(next.map(|next| next.token.as_bytes()))
                .bind(next.map(|next| to_millis(next.limits.idle)))
                .bind(next.map(|next| next.limits.absolute_end.as_millis()))
                .bind(next.map(|next| next.limits.expiry(commit.now).as_millis()))
                .bind(commit.label.as_ref().map(String::as_bytes));
        }
        if has_index {
            let (entries, hashes) = entries(&commit.index);
            let unset = commit.index.iter().filter(|change| change.hash.is_none());
            let unset = unset.map(|change| change.key.as_bytes()).collect::<Vec<_>>();
            query = query.bind(unset).bind(entries).bind(hashes);
        }
        query
    }

    pub(super) fn delete(&self, id: &SessionId, proof: &DeleteCondition, now: Timestamp) -> Query {
        let (token, entry) = match proof {
            DeleteCondition::Token(token) => (Some(token.as_bytes()), None),
            DeleteCondition::IndexEntry(entry) => (None, Some(entry.as_bytes())),
            DeleteCondition::None => (None, None),
        };
        query(&self.delete).bind(id.as_bytes()).bind(now.as_millis()).bind(token).bind(entry)
    }

    pub(super) fn find(&self, hash: &IndexHash, now: Timestamp) -> Query {
        query(&self.find).bind(hash.as_bytes()).bind(now.as_millis())
    }

    pub(super) fn scan(&self, after: Option<&SessionId>, batch: usize, now: Timestamp) -> Query {
        // Every id comes after the empty one.
        let after: &[u8] = after.map_or(&[], |id| id.as_bytes());
        query(&self.scan).bind(after).bind(now.as_millis()).bind(to_i64(batch))
    }

    pub(super) fn sweep(&self, now: Timestamp, batch: usize) -> Query {
        query(&self.sweep).bind(now.as_millis()).bind(to_i64(batch))
    }
}

fn query(text: &Arc<str>) -> Query {
    let mut arguments = PgArguments::default();
    // What an ordinary commit takes, so that the buffers need not grow.
    arguments.reserve(13, 256);
    sqlx::query_with(AssertSqlSafe(Arc::clone(text)), arguments)
}

/// Each key, and its entry in a log.
fn rows(values: &Values) -> (Vec<&[u8]>, Vec<Vec<u8>>) {
    let row = |(key, value): (&'_ str, &str)| {
        let mut entry = Vec::new();
        value_log::push_entry(&mut entry, key, Some(value.as_bytes()));
        entry
    };
    (values.iter().map(|(key, _)| key.as_bytes()).collect(), values.iter().map(row).collect())
}

/// The index entries from now on.
fn entries(changes: &[IndexChange]) -> (Vec<&[u8]>, Vec<&[u8]>) {
    changes.iter().filter_map(|change| Some((change.key.as_bytes(), &change.hash.as_ref()?.as_bytes()[..]))).unzip()
}
