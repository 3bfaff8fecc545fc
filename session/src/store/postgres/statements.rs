//! What the store says to the server.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgArguments;
use sqlx::{AssertSqlSafe, Postgres};

use super::super::{Commit, IndexChange, IndexHash, Proof, Record, Timestamp, TokenHash};
use crate::id::SessionId;

/// A statement with its parameters.
pub(super) type Query = sqlx::query::Query<'static, Postgres, PgArguments>;

/// The statements on the tables and functions of one prefix. Each connection prepares each of them once.
pub(super) struct Statements {
    load: Arc<str>,
    create: Arc<str>,
    commit: Arc<str>,
    delete: Arc<str>,
    find: Arc<str>,
    scan: Arc<str>,
    sweep: Arc<str>,
}

const LOAD: &str = r#"
    SELECT token, created, rotated, seen, expires, idle, ends, label, revision, keys, texts
    FROM "{prefix}s", LATERAL (
        SELECT array_agg(key) AS keys, array_agg(value) AS texts FROM "{prefix}_values" WHERE session = id
    ) AS held
    WHERE id = $1 AND expires > $2"#;

const SCAN: &str = r#"
    SELECT id, token, created, rotated, seen, expires, idle, ends, label, revision, keys, texts
    FROM (SELECT * FROM "{prefix}s" WHERE id > $1 AND expires > $2 ORDER BY id LIMIT $3) AS page, LATERAL (
        SELECT array_agg(key) AS keys, array_agg(value) AS texts FROM "{prefix}_values" WHERE session = id
    ) AS held
    ORDER BY id"#;

const CREATE: &str = r#"
    WITH head AS (
        INSERT INTO "{prefix}s" (id, token, created, rotated, seen, expires, idle, ends, label, revision)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING RETURNING id
    ), held AS (
        INSERT INTO "{prefix}_values" (session, key, value)
        SELECT id, key, value FROM head, unnest($11, $12) AS new (key, value)
    ), entries AS (
        INSERT INTO "{prefix}_index" (session, key, hash)
        SELECT id, key, hash FROM head, unnest($13, $14) AS new (key, hash)
    )
    SELECT EXISTS (SELECT FROM head) AS created"#;

const COMMIT: &str = r#"
    SELECT outcome, token, created, rotated, seen, expires, idle, ends, label, revision, keys, texts
    FROM "{prefix}_commit_1"($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"#;

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
            commit: named(COMMIT),
            delete: named(DELETE),
            find: named(FIND),
            scan: named(SCAN),
            sweep: named(SWEEP),
        }
    }

    pub(super) fn load(&self, id: &SessionId, now: Timestamp) -> Query {
        query(&self.load).bind(id.as_bytes()).bind(now.as_millis())
    }

    pub(super) fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Query {
        let (keys, values) = pairs(record.values.iter());
        let (entries, hashes) = entries(index);
        query(&self.create)
            .bind(id.as_bytes())
            .bind(record.token.as_bytes())
            .bind(record.created.as_millis())
            .bind(record.rotated.map(Timestamp::as_millis))
            .bind(record.seen.as_millis())
            .bind(record.expires.as_millis())
            .bind(millis(record.limits.idle))
            .bind(record.limits.end.as_millis())
            .bind(record.label.as_ref().map(String::as_bytes))
            .bind(count(record.revision))
            .bind(keys)
            .bind(values)
            .bind(entries)
            .bind(hashes)
    }

    pub(super) fn commit(&self, id: &SessionId, commit: &Commit) -> Query {
        let (keys, values) = pairs(commit.changes.sets().map(|(key, value)| (key, value.as_str())));
        let (entries, hashes) = entries(&commit.index);
        let unset_entries = commit.index.iter().filter(|change| change.hash.is_none());
        let next = commit.rotation.as_ref();
        query(&self.commit)
            .bind(id.as_bytes())
            .bind(commit.now.as_millis())
            .bind(commit.token.as_ref().map(TokenHash::as_bytes))
            .bind(commit.revision.map(count))
            .bind(i64::from(commit.changes_something()))
            .bind(commit.changes.is_cleared())
            .bind(commit.changes.unsets().map(str::as_bytes).collect::<Vec<_>>())
            .bind(keys)
            .bind(values)
            .bind(next.map(|next| next.token.as_bytes()))
            .bind(next.map(|next| millis(next.limits.idle)))
            .bind(next.map(|next| next.limits.end.as_millis()))
            .bind(next.map(|next| next.limits.expiry(commit.now).as_millis()))
            .bind(commit.label.as_ref().map(String::as_bytes))
            .bind(commit.extend_below.map(i32::from))
            .bind(unset_entries.map(|change| change.key.as_bytes()).collect::<Vec<_>>())
            .bind(entries)
            .bind(hashes)
    }

    pub(super) fn delete(&self, id: &SessionId, proof: &Proof, now: Timestamp) -> Query {
        let (token, entry) = match proof {
            Proof::Token(token) => (Some(token.as_bytes()), None),
            Proof::Entry(entry) => (None, Some(entry.as_bytes())),
            Proof::None => (None, None),
        };
        query(&self.delete).bind(id.as_bytes()).bind(now.as_millis()).bind(token).bind(entry)
    }

    pub(super) fn find(&self, hash: &IndexHash, now: Timestamp) -> Query {
        query(&self.find).bind(hash.as_bytes()).bind(now.as_millis())
    }

    pub(super) fn scan(&self, after: Option<&SessionId>, batch: usize, now: Timestamp) -> Query {
        // Every id comes after the empty one.
        let after: &[u8] = after.map_or(&[], |id| id.as_bytes());
        query(&self.scan).bind(after).bind(now.as_millis()).bind(count(batch as u64))
    }

    pub(super) fn sweep(&self, now: Timestamp, batch: usize) -> Query {
        query(&self.sweep).bind(now.as_millis()).bind(count(batch as u64))
    }
}

fn query(text: &Arc<str>) -> Query {
    sqlx::query(AssertSqlSafe(Arc::clone(text)))
}

fn pairs<'a>(values: impl Iterator<Item = (&'a str, &'a str)>) -> (Vec<&'a [u8]>, Vec<&'a [u8]>) {
    values.map(|(key, value)| (key.as_bytes(), value.as_bytes())).unzip()
}

/// The index entries from now on.
fn entries(changes: &[IndexChange]) -> (Vec<&[u8]>, Vec<&[u8]>) {
    changes.iter().filter_map(|change| Some((change.key.as_bytes(), &change.hash.as_ref()?.as_bytes()[..]))).unzip()
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
