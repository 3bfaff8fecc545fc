//! The SQL statements, and the binding of their parameters.

use std::sync::Arc;

use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteArguments;

use crate::record::commit::{Commit, Rotation};
use crate::record::id::SessionId;
use crate::record::stored_record::{LogSize, Record};
use crate::record::timestamp::Timestamp;
use crate::store::sql::decode::INFO_COLUMNS;
use crate::store::sql::log_rewrite::NewLog;
use crate::store::sql::record_table::{LogUpdate, RowUpdate};
use crate::store::sql::{numbered_pieces, to_i64, to_millis};
use crate::store::sqlite::record_row::PACKED_COLUMNS;

/// A statement with its parameters.
pub(super) type Query = sqlx::query::Query<'static, sqlx::Sqlite, SqliteArguments>;

/// The statements on the tables of one prefix. Each connection prepares each of them once.
pub(super) struct Statements {
    pub(super) load: Arc<str>,
    pub(super) read_row: Arc<str>,
    pub(super) read_parts: Arc<str>,
    pub(super) find: Arc<str>,
    pub(super) find_records: Arc<str>,
    pub(super) count: Arc<str>,
    pub(super) scan: Arc<str>,
    pub(super) select_expired: Arc<str>,
    pub(super) has_index_entry: Arc<str>,
    pub(super) set_index_entry: Arc<str>,
    pub(super) add_part: Arc<str>,
    pub(super) delete_parts: Arc<str>,
    pub(super) delete_index: Arc<str>,
    pub(super) delete_record: Arc<str>,
    create: Arc<str>,
    create_with_part: Arc<str>,
    touch: Arc<str>,
    commit: Arc<str>,
    rotate: Arc<str>,
    rewrite: Arc<str>,
}

/// The parts of the session `{id}`, newest first.
const PARTS: &str = "SELECT group_concat(log, '') FROM \
                     (SELECT log FROM {s} AS parts WHERE parts.id = {id} AND part > 0 ORDER BY part DESC)";

/// The whole value log. NULL if a part is missing.
const WHOLE_LOG: &str = "CASE WHEN parts_bytes > 0 \
                         THEN log || ({parts} HAVING sum(length(log)) = {s}.parts_bytes) ELSE log END";

/// The live sessions with an index entry, oldest first.
const FOUND: &str = "FROM {index} JOIN {s} ON id = session AND part = 0
    WHERE hash = ? AND (session_created, session) > (?, ?) AND +expires > ?
    ORDER BY session_created, session LIMIT ?";

/// The new expiry of a commit that counts as activity: at most `?n` per mille of the idle timeout remain. Without `?n`,
/// the expiry is unchanged, because a comparison with NULL is not true.
///
/// The product is split, so that it does not overflow. A sum that overflows becomes a float, which is greater than every
/// `absolute_end`.
const RENEWED: &str = "CASE WHEN expires < {renewal_due} THEN min(?2 + idle_timeout, absolute_end) ELSE expires END";
const RENEWAL_DUE: &str =
    "min(?2 + idle_timeout / 1000 * {below} + idle_timeout % 1000 * {below} / 1000, absolute_end)";

/// The columns of a new record's own row, and their parameters.
const NEW_COLUMNS: &str = "id, part, token, created, rotated, login_rotated, last_seen, expires, idle_timeout, \
                           absolute_end, label, revision, parts_bytes, compacted_bytes, log";
const NEW_VALUES: &str = "?1, 0, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13";

const CREATE: &str = "INSERT INTO {s} ({new_columns}) VALUES ({new_values}) ON CONFLICT DO NOTHING RETURNING 1";

/// One statement that stores both rows or none.
const CREATE_WITH_PART: &str = "
    INSERT INTO {s} ({new_columns}) SELECT * FROM (
        VALUES ({new_values}), (?1, ?14, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ?15)
    )
    WHERE NOT EXISTS (SELECT 1 FROM {s} WHERE id = ?1)
    RETURNING 1";

/// The conditions of every commit.
const CONDITIONS: &str =
    "id = ?1 AND part = 0 AND expires > ?2 AND (?3 IS NULL OR token = ?3) AND (?4 IS NULL OR revision = ?4)";

/// A commit that changes nothing, but may count as activity.
const TOUCH: &str = "
    UPDATE {s} SET last_seen = CASE WHEN ?5 IS NULL THEN last_seen ELSE ?2 END, expires = {renewed}
    WHERE {conditions} RETURNING revision, expires";

/// The assignments of a commit that adds its entries to the row, or with `?6` replaces all entries.
const ADD_ENTRIES: &str = "
    log = CAST(?5 || CASE WHEN ?6 THEN x'' ELSE log END AS BLOB), label = coalesce(?9, label), revision = revision + 1,
    last_seen = CASE WHEN ?8 IS NULL THEN last_seen ELSE ?2 END";
const HAS_ROOM: &str = "CASE WHEN ?6 THEN parts_bytes = 0 ELSE length(log) <= ?7 END";

/// The commit of most requests. It changes no indexed column, so that it writes one page. A commit that must renew the
/// expiry does not match.
const COMMIT: &str = "
    UPDATE {s} SET {add_entries}
    WHERE {conditions} AND {has_room} AND (?8 IS NULL OR expires >= {renewal_due})
    RETURNING revision, expires";

/// The time of the last login. It increases with each login.
const LOGIN_ROTATED: &str = "CASE WHEN ?11 THEN max(?2, coalesce(login_rotated, created) + 1) ELSE login_rotated END";

const ROTATE: &str = "
    UPDATE {s} SET {add_entries}, token = ?10, rotated = ?2, login_rotated = {login_rotated},
        idle_timeout = ?12, absolute_end = ?13, expires = ?14
    WHERE {conditions} AND {has_room}
    RETURNING revision, expires";

/// A commit with any changes that replaces the entries in the row.
const REWRITE: &str = "
    UPDATE {s} SET log = ?5, parts_bytes = ?6, compacted_bytes = ?7, label = coalesce(?9, label), revision = revision + 1,
        last_seen = CASE WHEN ?8 IS NULL THEN last_seen ELSE ?2 END,
        token = coalesce(?10, token), rotated = CASE WHEN ?10 IS NULL THEN rotated ELSE ?2 END,
        login_rotated = {login_rotated},
        idle_timeout = coalesce(?12, idle_timeout), absolute_end = coalesce(?13, absolute_end),
        expires = coalesce(?14, {renewed})
    WHERE {conditions}
    RETURNING revision, expires";

impl Statements {
    /// The prefix must be validated, because it becomes part of the SQL text.
    pub(super) fn new(prefix: &str) -> Self {
        let text = |sql: &str| -> Arc<str> {
            let sql = sql.replace("{add_entries}", ADD_ENTRIES).replace("{has_room}", HAS_ROOM);
            let sql = sql.replace("{login_rotated}", LOGIN_ROTATED);
            let sql = sql.replace("{conditions}", CONDITIONS).replace("{renewed}", RENEWED);
            let sql = sql.replace("{new_columns}", NEW_COLUMNS).replace("{new_values}", NEW_VALUES);
            let sql = sql.replace("{renewal_due}", RENEWAL_DUE).replace("{record}", PACKED_COLUMNS);
            let sql = sql.replace("{info}", INFO_COLUMNS);
            sql.trim()
                .replace("{s}", &format!("\"{prefix}s\""))
                .replace("{index}", &format!("\"{prefix}_index\""))
                .into()
        };
        let renewing = |sql: &str, below: &str| text(&text(sql).replace("{below}", below));
        let whole_log = WHOLE_LOG.replace("{parts}", &PARTS.replace("{id}", "{s}.id"));
        Self {
            load: text(&format!("SELECT {{record}}, {whole_log} FROM {{s}} WHERE id = ? AND part = 0")),
            read_row: text("SELECT {record}, log FROM {s} WHERE id = ? AND part = 0"),
            read_parts: text(&PARTS.replace("{id}", "?")),
            // `+` in `find` and `scan` prevents the index on the expiry, which would sort all live sessions.
            find: text(&format!("SELECT {{info}} {FOUND}")),
            find_records: text(&format!("SELECT id, {{record}}, {whole_log} {FOUND}")),
            count: text("SELECT count(*) FROM {s} WHERE part = 0 AND expires > ?"),
            scan: text(&format!(
                "SELECT id, {{record}}, {whole_log} FROM {{s}} WHERE part = 0 AND id > ? AND +expires > ?
                ORDER BY id LIMIT ?"
            )),
            select_expired: text("SELECT id FROM {s} WHERE part = 0 AND expires <= ? ORDER BY expires LIMIT ?"),
            has_index_entry: text("SELECT 1 FROM {index} WHERE session = ? AND hash = ?"),
            set_index_entry: text(
                "INSERT INTO {index} (session, indexed_key, hash, session_created)
                SELECT ?1, ?2, ?3, created FROM {s} WHERE id = ?1 AND part = 0
                ON CONFLICT (session, indexed_key) DO UPDATE SET hash = excluded.hash",
            ),
            add_part: text("INSERT INTO {s} (id, part, log) VALUES (?, ?, ?)"),
            delete_parts: text("DELETE FROM {s} WHERE id = ? AND part > 0"),
            delete_index: text("DELETE FROM {index} WHERE session = ?"),
            delete_record: text("DELETE FROM {s} WHERE id = ?"),
            create: text(CREATE),
            create_with_part: text(CREATE_WITH_PART),
            touch: renewing(TOUCH, "?5"),
            commit: renewing(COMMIT, "?8"),
            rotate: text(ROTATE),
            rewrite: renewing(REWRITE, "?8"),
        }
    }

    /// Returns a statement that stores a new record, and returns a row unless the id exists.
    pub(super) fn create(&self, id: &SessionId, record: &Record, log: &NewLog) -> Query {
        let part = log.parts.as_deref().and_then(|entries| part(record.revision, entries));
        let statement = if part.is_some() { &self.create_with_part } else { &self.create };
        let query = query_session(statement, id)
            .bind(record.token.as_bytes().to_vec())
            .bind(record.created.as_millis())
            .bind(record.rotated.map(Timestamp::as_millis))
            .bind(record.login_rotated.map(Timestamp::as_millis))
            .bind(record.last_seen.as_millis())
            .bind(record.expires.as_millis())
            .bind(to_millis(record.limits.idle))
            .bind(record.limits.absolute_end.as_millis())
            .bind(record.label.clone().map(String::into_bytes))
            .bind(to_i64(record.revision))
            .bind(to_i64(log.size.parts))
            .bind(log.row.clone());
        match part {
            Some((number, entries)) => query.bind(number).bind(entries.to_vec()),
            None => query,
        }
    }

    /// Returns the update of a record's own row. It returns a row if it changed something.
    pub(super) fn update(&self, update: &RowUpdate<'_>) -> Query {
        let RowUpdate { id, commit, ref log } = *update;
        let (entries, clears, max_log_before) = match *log {
            LogUpdate::Rewrite { row, size, .. } => return self.rewrite(update, row, size),
            _ if update.revision_step() == 0 => {
                return bind_conditions(query_session(&self.touch, id), update).bind(commit.renew_below.map(i64::from));
            }
            LogUpdate::Prepend { entries, max_log_before } => (entries, false, max_log_before),
            LogUpdate::Clear { entries } => (entries, true, 0),
        };
        let statement = if commit.rotation.is_some() { &self.rotate } else { &self.commit };
        let query = bind_conditions(query_session(statement, id), update)
            .bind(entries.to_vec())
            .bind(clears)
            .bind(to_i64(max_log_before))
            .bind(commit.renew_below.map(i64::from))
            .bind(commit.label.clone().map(String::into_bytes));
        if commit.rotation.is_some() { bind_rotation(query, commit) } else { query }
    }

    fn rewrite(&self, update: &RowUpdate<'_>, row: &[u8], size: LogSize) -> Query {
        let query = bind_conditions(query_session(&self.rewrite, update.id), update)
            .bind(row.to_vec())
            .bind(to_i64(size.parts))
            .bind(to_i64(size.compacted))
            .bind(update.commit.renew_below.map(i64::from))
            .bind(update.commit.label.clone().map(String::into_bytes));
        bind_rotation(query, update.commit)
    }
}

pub(super) fn query(statement: &Arc<str>) -> Query {
    sqlx::query(AssertSqlSafe(Arc::clone(statement)))
}

/// Binds a session id as the first parameter.
pub(super) fn query_session(statement: &Arc<str>, id: &SessionId) -> Query {
    query(statement).bind(id.as_bytes().to_vec())
}

/// Returns new entries as one part, with its number. A row without a limit of its length: SQLite chains its pages.
pub(super) fn part(revision: u64, entries: &[u8]) -> Option<(i64, &[u8])> {
    numbered_pieces(revision, entries, usize::MAX).next()
}

/// Binds the parameters of [`CONDITIONS`] after the id.
fn bind_conditions(query: Query, update: &RowUpdate<'_>) -> Query {
    query
        .bind(update.commit.now.as_millis())
        .bind(update.commit.token.map(|token| token.as_bytes().to_vec()))
        .bind(update.expected_revision().map(to_i64))
}

fn bind_rotation(query: Query, commit: &Commit) -> Query {
    let rotation = commit.rotation.as_ref();
    let limits = rotation.map(|Rotation { limits, .. }| limits);
    query
        .bind(rotation.map(|rotation| rotation.token.as_bytes().to_vec()))
        .bind(rotation.is_some_and(|rotation| rotation.is_login))
        .bind(limits.map(|limits| to_millis(limits.idle)))
        .bind(limits.map(|limits| limits.absolute_end.as_millis()))
        .bind(limits.map(|limits| limits.expiry(commit.now).as_millis()))
}
