//! The SQL statements, for the tables of one prefix.

use std::sync::Arc;
use std::time::Duration;

use sqlx::AssertSqlSafe;
use sqlx::mysql::{MySql, MySqlArguments};

use crate::store::sql::decode::{INFO_COLUMNS, ROW_COLUMNS};
use crate::store::sql::to_millis;

/// A statement with its parameters.
pub(super) type Query = sqlx::query::Query<'static, MySql, MySqlArguments>;

/// The isolation level of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Isolation {
    /// The store has set it to READ COMMITTED.
    ReadCommitted,
    /// The application's pool has set it. Each transaction sets READ COMMITTED first, in a round trip of its own: some
    /// proxies cannot parse several statements in one packet.
    Unknown,
}

/// The statements for the tables of one prefix. Each connection prepares a statement once.
///
/// A locking read and a change use the newest version of a row at every isolation level.
pub(super) struct Statements {
    pub(super) isolation: Isolation,
    /// The table of the records, quoted.
    pub(super) records: Arc<str>,
    pub(super) load: Arc<str>,
    pub(super) read_row: Arc<str>,
    pub(super) lock_row: Arc<str>,
    pub(super) read_parts: Arc<str>,
    pub(super) create: Arc<str>,
    pub(super) create_with_part: Arc<str>,
    pub(super) touch: Arc<str>,
    pub(super) commit_ordinary: Arc<str>,
    pub(super) add_part: Arc<str>,
    pub(super) delete_parts: Arc<str>,
    pub(super) delete_live: Arc<str>,
    pub(super) delete_live_with_token: Arc<str>,
    pub(super) delete_live_with_entry: Arc<str>,
    pub(super) delete_all: Arc<str>,
    pub(super) has_index_entry: Arc<str>,
    pub(super) find: Arc<str>,
    pub(super) find_records: Arc<str>,
    pub(super) count: Arc<str>,
    pub(super) scan: Arc<str>,
    pub(super) expired_small: Arc<str>,
    pub(super) expired_with_parts: Arc<str>,
    /// The table of the index entries, quoted.
    pub(super) index: Arc<str>,
}

/// In a small table, the server would otherwise use the index on the expiry. It would lock an entry of the index before the
/// row, and deadlock with a commit that holds the row.
pub(super) const FORCE_PRIMARY_KEY: &str = " FORCE INDEX (PRIMARY)";

/// 3,170 years, so that the arithmetic of the statements does not overflow.
const MAX_IDLE_MS: i64 = 100_000_000_000_000;

/// Returns an idle timeout as the statements expect it.
pub(super) fn to_idle_millis(idle: Duration) -> i64 {
    to_millis(idle).min(MAX_IDLE_MS)
}

/// The new expiry of a commit that counts as activity. Parameters: now, `renew_below`, now.
pub(super) const RENEWED: &str = "IF(expires < LEAST(? + idle_timeout * ? DIV 1000, absolute_end), \
                                  LEAST(? + idle_timeout, absolute_end), expires)";

/// The columns of a new row, and the parameters of a record's own row.
const NEW_COLUMNS: &str = "id, part, token, created, rotated, login_rotated, last_seen, expires, idle_timeout, \
                           absolute_end, label, revision, parts_bytes, compacted_bytes, log";
// A SQL mode of MariaDB converts an empty text to NULL.
const NEW_VALUES: &str = "(?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, COALESCE(?, x''))";
const NEW_PART: &str = "(?, ?, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ?)";

impl Statements {
    /// Creates the statements. The prefix must be validated, because it becomes part of the SQL text.
    pub(super) fn new(prefix: &str, isolation: Isolation) -> Self {
        let (records, index) = (format!("`{prefix}s`"), format!("`{prefix}_index`"));
        let text = |sql: &str| -> Arc<str> {
            let sql = sql.replace("{row}", ROW_COLUMNS).replace("{info}", INFO_COLUMNS).replace("{renewed}", RENEWED);
            let sql = sql.replace("{force_primary_key}", FORCE_PRIMARY_KEY);
            let sql = sql.replace("{is_live}", IS_LIVE).replace("{new_columns}", NEW_COLUMNS);
            let sql = sql.replace("{new_values}", NEW_VALUES).replace("{new_part}", NEW_PART);
            sql.trim().replace("{s}", &records).replace("{index}", &index).into()
        };
        let delete_live = DELETE_LIVE.replace("{expected}", "");
        Self {
            isolation,
            load: text("SELECT part, {row} FROM {s} WHERE id = ?"),
            read_row: text("SELECT {row} FROM {s} WHERE id = ? AND part = 0"),
            lock_row: text("SELECT {row} FROM {s} WHERE id = ? AND part = 0 FOR UPDATE"),
            read_parts: text("SELECT log FROM {s} WHERE id = ? AND part > 0 ORDER BY part DESC"),
            create: text("INSERT INTO {s} ({new_columns}) VALUES {new_values}"),
            create_with_part: text("INSERT INTO {s} ({new_columns}) VALUES {new_values}, {new_part}"),
            touch: text(TOUCH),
            commit_ordinary: text(COMMIT_ORDINARY),
            add_part: text("INSERT INTO {s} (id, part, log) VALUES (?, ?, ?)"),
            delete_parts: text(DELETE_PARTS),
            delete_live: text(&delete_live),
            delete_live_with_token: text(&format!("{delete_live} AND record.token = ?")),
            delete_live_with_entry: text(&DELETE_LIVE.replace("{expected}", EXPECTED_ENTRY)),
            delete_all: text(
                "DELETE record, entry FROM {s} AS record LEFT JOIN {index} AS entry ON entry.session = record.id
                WHERE record.id = ?",
            ),
            has_index_entry: text("SELECT 1 FROM {index} WHERE session = ? AND hash = ?"),
            find: text(
                "SELECT {info} FROM {index} JOIN {s} ON id = session AND part = 0
                WHERE hash = ? AND session_created >= ? AND (session_created > ? OR session > ?) AND expires > ?
                ORDER BY session_created, session LIMIT ?",
            ),
            find_records: text(
                "SELECT id, part, {row} FROM (
                    SELECT session AS page_id, session_created FROM {index} JOIN {s} ON id = session AND part = 0
                    WHERE hash = ? AND session_created >= ? AND (session_created > ? OR session > ?) AND expires > ?
                    ORDER BY session_created, session LIMIT ?
                ) AS page JOIN {s} ON id = page_id ORDER BY session_created, page_id",
            ),
            // The expiry of further rows is NULL.
            count: text("SELECT count(*) FROM {s} WHERE expires > ?"),
            scan: text(
                "SELECT id, part, {row} FROM (
                    SELECT id AS page_id FROM {s} WHERE part = 0 AND id > COALESCE(?, x'') AND expires > ? ORDER BY id LIMIT ?
                ) AS page JOIN {s} ON id = page_id ORDER BY id",
            ),
            expired_small: text(
                "SELECT id FROM {s} WHERE part = 0 AND expires <= ? AND parts_bytes = 0 ORDER BY expires LIMIT ?",
            ),
            expired_with_parts: text(
                "SELECT id FROM {s} WHERE part = 0 AND expires <= ? AND parts_bytes > 0 ORDER BY expires LIMIT ?",
            ),
            records: records.as_str().into(),
            index: index.as_str().into(),
        }
    }

    /// Returns the statement that stores this number of index entries.
    ///
    /// Parameters for each entry: the session, the key, the hash, the session.
    pub(super) fn set_index_entries(&self, count: usize) -> Arc<str> {
        let Self { index, records, .. } = self;
        let entry = format!("(?, COALESCE(?, x''), ?, (SELECT created FROM {records} WHERE id = ? AND part = 0))");
        let entries = vec![entry; count].join(", ");
        format!(
            "INSERT INTO {index} (session, indexed_key, hash, session_created) VALUES {entries} \
            ON DUPLICATE KEY UPDATE hash = VALUES(hash)"
        )
        .into()
    }

    /// Returns the statement that deletes those of these records that are expired and have no parts.
    ///
    /// Parameters: now; the ids.
    pub(super) fn delete_expired_small(&self, count: usize) -> Arc<str> {
        let (records, ids) = (&self.records, vec!["?"; count].join(", "));
        format!(
            "DELETE record FROM {records} AS record{FORCE_PRIMARY_KEY} \
            WHERE part = 0 AND expires <= ? AND parts_bytes = 0 AND id IN ({ids})"
        )
        .into()
    }

    /// Returns the statement that deletes the index entries of those of these sessions that have no record.
    ///
    /// Parameters: the ids.
    pub(super) fn delete_orphaned_entries(&self, count: usize) -> Arc<str> {
        let (Self { index, records, .. }, ids) = (self, vec!["?"; count].join(", "));
        format!(
            "DELETE entry FROM {index} AS entry LEFT JOIN {records} AS record ON record.id = entry.session \
            AND record.part = 0 WHERE entry.session IN ({ids}) AND record.id IS NULL"
        )
        .into()
    }
}

/// A commit that only renews. Parameters: now; those of [`RENEWED`]; the id, now, the token.
const TOUCH: &str = "
    UPDATE {s}{force_primary_key} SET last_seen = ?, expires = {renewed}
    WHERE id = ? AND part = 0 AND expires > ? AND token = ?";

/// The commit of most requests: it has a token, counts as activity, and only sets or unsets keys.
///
/// A statement of its own, because the server resolves each name, number and function on every execution. Parameters: now;
/// those of [`RENEWED`]; the entries; the id, now, the token; the limit of the log.
const COMMIT_ORDINARY: &str = "
    UPDATE {s}{force_primary_key} SET last_seen = ?, expires = {renewed}, revision = revision + 1, log = CONCAT(?, log)
    WHERE id = ? AND part = 0 AND expires > ? AND token = ? AND LENGTH(log) <= ?";

/// The condition on a live record. Parameters: the id, now.
const IS_LIVE: &str = "record.id = ? AND record.part = 0 AND record.expires > ?";

/// Deletes all rows of a record. The join locks the record first, as all statements do, and then reads the newest parts
/// and entries: a part that a concurrent commit added while the statement waited for the lock is deleted too.
const DELETE_LIVE: &str = "
    DELETE record, further, entry FROM {s} AS record {expected}
    LEFT JOIN {s} AS further ON further.id = record.id AND further.part > 0
    LEFT JOIN {index} AS entry ON entry.session = record.id
    WHERE {is_live}";

/// Deletes the parts of a record. A join, because MariaDB reports success for a `DELETE` of one table that is killed while it
/// is planned, for example by `max_statement_time`: the parts would remain, and their values with them.
const DELETE_PARTS: &str = "
    DELETE further FROM {s} AS record JOIN {s} AS further ON further.id = record.id AND further.part > 0
    WHERE record.id = ? AND record.part = 0";

/// Parameter: the hash.
const EXPECTED_ENTRY: &str = "STRAIGHT_JOIN {index} AS expected ON expected.session = record.id AND expected.hash = ?";

pub(super) fn query(statement: &Arc<str>) -> Query {
    sqlx::query(AssertSqlSafe(Arc::clone(statement)))
}
