//! The commit: one statement that updates one row, or calls a function for large sessions, index entries and failures.

use std::sync::Arc;

use crate::record::commit::Commit;
use crate::record::id::{SessionId, TokenHash};
use crate::store::postgres::statements::{Query, index_rows, query, with_prefix};
use crate::store::sql::{to_i64, to_millis};
use crate::store::value_log;

/// The statements that apply a commit. Each has the parameters of the one before, and more.
pub(super) struct CommitStatements {
    ordinary: Arc<str>,
    extended: Arc<str>,
    indexed: Arc<str>,
}

/// The commit of most requests: it has a token, counts as activity, and sets or unsets keys.
///
/// If the log has room, or the values do not change, this is one update of one row. For a large session, a function
/// then changes the value rows. It sees all commits that finished before the row was locked. If no row matched, another
/// function compacts the log, or returns the reason.
///
/// The renewal check uses float8, which is exact for centuries and does not overflow. A renewal adds in numeric,
/// because the sum may exceed a bigint.
const COMMIT_ORDINARY: &str = r#"
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

/// Like `COMMIT_ORDINARY`, for all changes except index entries. A separate statement, because PostgreSQL processes
/// each parameter and expression on every execution.
const COMMIT_EXTENDED: &str = r#"
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

/// Like `COMMIT_EXTENDED`, with index entries.
const COMMIT_INDEXED: &str = r#"
    SELECT NULL::bigint, NULL::bigint,
        "{prefix}_commit_1"($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"#;

impl CommitStatements {
    /// Creates the statements. The prefix must be validated, because it becomes part of the SQL text.
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            ordinary: with_prefix(COMMIT_ORDINARY, prefix),
            extended: with_prefix(COMMIT_EXTENDED, prefix),
            indexed: with_prefix(COMMIT_INDEXED, prefix),
        }
    }

    /// Returns the smallest statement that applies the commit.
    pub(super) fn commit(&self, id: &SessionId, commit: &Commit) -> Query {
        let rotation = commit.rotation.as_ref();
        let is_indexed = !commit.index.is_empty();
        let is_extended = is_indexed
            || commit.token.is_none()
            || commit.renew_below.is_none()
            || commit.changes.is_cleared()
            || commit.revision.is_some()
            || rotation.is_some()
            || commit.label.is_some();
        let statement = match (is_extended, is_indexed) {
            (_, true) => &self.indexed,
            (true, false) => &self.extended,
            (false, false) => &self.ordinary,
        };
        let mut query = query(statement)
            .bind(id.as_bytes())
            .bind(commit.now.as_millis())
            .bind(commit.token.as_ref().map(TokenHash::as_bytes))
            .bind(i64::from(commit.is_mutation()))
            .bind(value_log::encode_changes(&commit.changes))
            .bind(commit.renew_below.map(i32::from));
        if is_extended {
            query = query
                .bind(commit.changes.is_cleared())
                .bind(commit.revision.map(to_i64))
                .bind(rotation.map(|rotation| rotation.token.as_bytes()))
                .bind(rotation.map(|rotation| to_millis(rotation.limits.idle)))
                .bind(rotation.map(|rotation| rotation.limits.absolute_end.as_millis()))
                .bind(rotation.map(|rotation| rotation.limits.expiry(commit.now).as_millis()))
                .bind(commit.label.as_ref().map(String::as_bytes));
        }
        if is_indexed {
            let (index_keys, hashes) = index_rows(&commit.index);
            let removed = commit.index.iter().filter(|change| change.hash.is_none());
            let removed_keys = removed.map(|change| change.key.as_bytes()).collect::<Vec<_>>();
            query = query.bind(removed_keys).bind(index_keys).bind(hashes);
        }
        query
    }
}
