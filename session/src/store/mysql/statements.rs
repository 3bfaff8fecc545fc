//! The SQL statements: queries, single-row updates, and calls of the procedures.

use std::sync::Arc;

use sqlx::mysql::{MySql, MySqlArguments};

use super::layout::{self, MAX_UPDATE_LOG_BYTES, RECENT_COLUMN_BYTES, RECENT_KEY_BYTES, RECENT_LEN_DIGITS};
use super::outcome::{self, CALL_PROCEDURE, EXPIRY_LIMIT_MS, REPLACED_BIT, REPLACED_NEVER_ROTATED, REVISION_LIMIT};

/// A statement with its parameters.
pub(super) type Query = sqlx::query::Query<'static, MySql, MySqlArguments>;

/// The statements on the tables and procedures of one prefix. Each connection prepares each of them once.
pub(super) struct Statements {
    pub(super) load: Arc<str>,
    pub(super) find: Arc<str>,
    pub(super) scan: Arc<str>,
    pub(super) create: Arc<str>,
    /// Updates `last_seen`, and extends the expiry if necessary.
    pub(super) extend: Arc<str>,
    /// Like `extend`, and writes keys.
    pub(super) extend_and_write: Arc<str>,
    /// Rotates the token.
    pub(super) rotate: Arc<str>,
    /// Like `rotate`, and writes keys.
    pub(super) rotate_and_write: Arc<str>,
    /// Calls the procedure, which supports every commit.
    pub(super) commit: Arc<str>,
    pub(super) delete: Arc<str>,
    pub(super) sweep: Arc<str>,
}

impl Statements {
    /// The prefix must be validated, since it is inserted unquoted.
    pub(super) fn new(prefix: &str) -> Self {
        let (record, head) = (layout::record_expression(), layout::head_expression());
        let call = |name: &str, parameters: usize| {
            let placeholders = vec!["?"; parameters].join(", ");
            format!("CALL `{prefix}_{name}_1`({placeholders})").into()
        };
        Self {
            load: format!("SELECT {record} FROM `{prefix}s` WHERE id = ?").into(),
            find: format!(
                "SELECT {head}, id FROM `{prefix}_index` JOIN `{prefix}s` ON id = session AND part = 0
                WHERE hash = ? AND session_created >= ? AND (session_created > ? OR session > ?) AND expires > ?
                ORDER BY session_created, session LIMIT ?"
            )
            .into(),
            scan: format!(
                "SELECT {record}, id
                FROM (SELECT id AS one FROM `{prefix}s` WHERE id >= ? AND part = 0 ORDER BY id LIMIT ?) AS page
                JOIN `{prefix}s` ON id = one ORDER BY id"
            )
            .into(),
            create: call("create", 12),
            extend: update(prefix, &assign_extension(), "").into(),
            extend_and_write: update(prefix, &assign_extension(), &append_log()).into(),
            rotate: update(prefix, &assign_rotation(), "").into(),
            rotate_and_write: update(prefix, &assign_rotation(), &append_log()).into(),
            commit: call("commit", 14),
            delete: call("delete", 4),
            sweep: call("sweep", 2),
        }
    }
}

// A single-row update in autocommit mode. No assignment reads a column that an earlier one has changed, so the
// statement has the same meaning in every `sql_mode`. The server resolves each name, number and function on every
// execution, so the statements are kept short.

/// Parameters: those of [`assign_extension`] or [`assign_rotation`]; now; those of [`append_log`], if it writes; those
/// of [`condition`].
fn update(prefix: &str, assignments: &str, append: &str) -> String {
    let condition = condition();
    format!("UPDATE `{prefix}s` SET {assignments}, seen = ?{append} WHERE {condition}")
}

/// Parameters: now, twice; `renew_below`; now, twice; 1 if the commit is a mutation, twice.
fn assign_extension() -> String {
    let remaining_ms = "IF(expires < ends AND expires - ? < idle * ? DIV 1000, LEAST(? + idle, ends), expires) - ?";
    let expires = assign_expiry(remaining_ms, "?");
    format!("{expires}, revision = revision + ?")
}

/// Parameters: now; the time from now to the expiry; now; the limits; the token.
fn assign_rotation() -> String {
    let expires = assign_expiry("?", "1");
    format!("{expires}, revision = revision + 1, rotated = ?, idle = ?, ends = ?, token = ?")
}

/// Parameters: now; those of `remaining_ms` and `increment`.
///
/// The new expiry is read from the packed outcome, so that the server computes it only once.
fn assign_expiry(remaining_ms: &str, increment: &str) -> String {
    let revision = format!("revision + {increment}");
    let number = outcome::encode_done(remaining_ms, &revision, &layout::needs_compaction_expression());
    format!("expires = ? + (LAST_INSERT_ID({number}) >> {})", outcome::EXPIRY_SHIFT)
}

/// Parameters: the key, if the commit writes a single one; the value of `recent` without padding.
///
/// The entries in `recent` are moved to `held`, unless they are overwritten by an entry of the same key. A session in
/// which only one key is written therefore does not grow.
fn append_log() -> String {
    let (row_log, key_start) = (layout::row_log_expression(), RECENT_LEN_DIGITS + 1);
    format!(
        ", held = IF(SUBSTRING(recent, {key_start}, {RECENT_KEY_BYTES}) = ?, held, {row_log}), \
         recent = RPAD(?, {RECENT_COLUMN_BYTES}, ' ')"
    )
}

/// Parameters: the id, now, the token, now. If the update is impossible, the condition sets the number of the reason.
fn condition() -> String {
    let reject = |number: &str| format!("LAST_INSERT_ID({number}) = 0");
    let never_rotated = reject(&REPLACED_NEVER_ROTATED.to_string());
    let replaced = reject(&format!("rotated | {REPLACED_BIT}"));
    let call_procedure = reject(&CALL_PROCEDURE.to_string());
    format!(
        "id = ? AND part = 0 AND CASE WHEN expires <= ? THEN FALSE
        WHEN token <> ? THEN CASE WHEN rotated IS NULL THEN {never_rotated} WHEN rotated < 0 THEN {call_procedure}
        ELSE {replaced} END
        WHEN LENGTH(held) > {MAX_UPDATE_LOG_BYTES} OR revision + 1 >= {REVISION_LIMIT} OR idle < 1
        OR GREATEST(idle, expires - ?) >= {EXPIRY_LIMIT_MS} THEN {call_procedure}
        ELSE TRUE END"
    )
}
