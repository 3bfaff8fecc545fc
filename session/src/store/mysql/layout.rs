//! The layout of the tables: lengths and limits, SQL expressions over the columns, and the encoding of index changes.

use std::time::Duration;

use crate::record::index::IndexChange;
use crate::store::{sql, value_log};

/// The constant length of the column `recent`, which contains the log entries of the last commit.
pub(super) const RECENT_COLUMN_BYTES: usize = 512;

/// The longest entries that the column `recent` can contain.
pub(super) const MAX_RECENT_BYTES: usize = RECENT_COLUMN_BYTES - RECENT_HEAD_BYTES;

/// The head of the column `recent`: the length of the entries in [`RECENT_LEN_DIGITS`] digits, then their key.
pub(super) const RECENT_HEAD_BYTES: usize = RECENT_LEN_DIGITS + RECENT_KEY_BYTES;

pub(super) const RECENT_LEN_DIGITS: usize = 4;

/// The length of the key in the head. It is set only for a commit of a single short key.
pub(super) const RECENT_KEY_BYTES: usize = 32;

/// The limit of the log in the column `held`. The row then fits on a page of the table.
pub(super) const ROW_SPILL_BYTES: usize = 4096;

/// The longest log in the column `held` to which an update appends. Beyond it, the procedure commits.
///
/// It is reached only if no process commits twice, so that no process learns that a compaction is due.
pub(super) const MAX_UPDATE_LOG_BYTES: usize = 16 * ROW_SPILL_BYTES;

/// The limit of a part of a compacted log. A single entry may be longer.
pub(super) const MAX_PART_BYTES: usize = 16_384;

/// A log is compacted when it exceeds twice its compacted length by this many bytes.
pub(super) const COMPACTION_SLACK_BYTES: usize = 2048;

/// 3,170 years, so that the arithmetic of the procedures does not overflow.
const MAX_IDLE_MS: i64 = 100_000_000_000_000;

/// Returns an idle timeout as the procedures expect it.
pub(super) fn idle_millis(idle: Duration) -> i64 {
    sql::to_millis(idle).min(MAX_IDLE_MS)
}

/// Returns the expression of a complete row as one column.
///
/// The server sends a description of each column with every result, so few columns with short names are faster.
pub(super) fn record_expression() -> String {
    format!("CONCAT({}, recent, held) AS r", head())
}

/// Returns the expression of a record without its values, as one column.
pub(super) fn head_expression() -> String {
    format!("CONCAT({}) AS h", head())
}

/// The token, numbers, and the label after its length. NULL is `-`, because some SQL modes do not distinguish an empty
/// text from NULL.
fn head() -> &'static str {
    "token, CONCAT_WS(' ', created, COALESCE(rotated, '-'), seen, expires, idle, ends, revision, part,
    IF(label IS NULL, '-', CONCAT(LENGTH(label), ' ', label)))"
}

/// Returns the expression of the complete log in a row.
pub(super) fn row_log_expression() -> String {
    let start = RECENT_HEAD_BYTES + 1;
    format!("CONCAT(held, SUBSTRING(recent, {start}, CAST(LEFT(recent, {RECENT_LEN_DIGITS}) AS SIGNED)))")
}

/// Returns the condition under which the procedure would shorten the log.
pub(super) fn needs_compaction_expression() -> String {
    format!("LENGTH(held) > LEAST({ROW_SPILL_BYTES}, 2 * folded + {COMPACTION_SLACK_BYTES} - apart)")
}

/// Encodes index changes for a procedure, in the format of the value log with hashes as values.
pub(super) fn encode_index_changes(changes: &[IndexChange]) -> Vec<u8> {
    let mut list = Vec::new();
    for change in changes {
        value_log::push_entry(&mut list, &change.key, change.hash.as_ref().map(|hash| &hash.as_bytes()[..]));
    }
    list
}
