//! The old sessions in SQLite.

pub(crate) use sqlx::SqlitePool as Pool;

pub(crate) const LOAD: &str =
    "SELECT data, CAST(strftime('%s', expiry_date) AS INTEGER) - CAST(strftime('%s') AS INTEGER)
    FROM tower_sessions WHERE id = $1 AND datetime(expiry_date) > datetime()";
/// The row expires in one minute, or earlier. The format is the one of tower-sessions.
pub(crate) const DELETE_SOON: &str =
    "UPDATE tower_sessions SET expiry_date = strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '+1 minute')
    WHERE id = $1 AND datetime(expiry_date) > datetime('now', '+1 minute')";
pub(crate) const DELETE: &str = "DELETE FROM tower_sessions WHERE id = $1";
#[allow(dead_code, reason = "only `delete_rows.rs` uses it")]
pub(crate) const LIST: &str = "SELECT id, data FROM tower_sessions WHERE id > $1 ORDER BY id LIMIT 1000";
