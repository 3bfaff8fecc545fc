//! The old sessions in PostgreSQL.

pub(crate) use sqlx::PgPool as Pool;

pub(crate) const LOAD: &str = "SELECT data, CAST(EXTRACT(EPOCH FROM expiry_date - now()) AS bigint)
    FROM tower_sessions.session WHERE id = $1 AND expiry_date > now()";
/// The row expires in one minute, or earlier.
pub(crate) const DELETE_SOON: &str =
    "UPDATE tower_sessions.session SET expiry_date = least(expiry_date, now() + interval '1 minute')
    WHERE id = $1";
pub(crate) const DELETE: &str = "DELETE FROM tower_sessions.session WHERE id = $1";
#[allow(dead_code, reason = "only `delete_rows.rs` uses it")]
pub(crate) const LIST: &str = "SELECT id, data FROM tower_sessions.session WHERE id > $1 ORDER BY id LIMIT 1000";
