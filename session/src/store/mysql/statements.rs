//! The statements, with the names of a store's tables and procedures in them.

use std::sync::Arc;

use super::rows;
use super::schema::{self, COLUMN, OWN, RECENT};
use super::told;

pub(super) struct Statements {
    pub(super) load: Arc<str>,
    pub(super) find: Arc<str>,
    pub(super) scan: Arc<str>,
    pub(super) create: Arc<str>,
    /// Writes keys and extends the session.
    pub(super) write: Arc<str>,
    /// The same with a new token.
    pub(super) rotate: Arc<str>,
    /// Does all that a commit can ask for.
    pub(super) commit: Arc<str>,
    pub(super) delete: Arc<str>,
    pub(super) sweep: Arc<str>,
}

impl Statements {
    pub(super) fn new(prefix: &str) -> Self {
        let (record, head) = (rows::record_columns(), rows::head_column("0"));
        let call = |name: &str, arguments: usize| {
            let marks = vec!["?"; arguments].join(", ");
            format!("CALL `{prefix}_{name}_1`({marks})").into()
        };
        Self {
            load: format!(
                "SELECT {record} FROM `{prefix}s` LEFT JOIN `{prefix}_values` ON session = IF(apart > 0, ?, NULL)
                WHERE id = ? AND expires > ?"
            )
            .into(),
            find: format!(
                "SELECT {head}, id FROM `{prefix}_index` JOIN `{prefix}s` ON id = session
                WHERE hash = ? AND expires > ? ORDER BY created, id"
            )
            .into(),
            scan: format!(
                "SELECT {record}, id
                FROM (SELECT id AS one FROM `{prefix}s` WHERE id >= ? ORDER BY id LIMIT ?) AS page
                JOIN `{prefix}s` ON id = one LEFT JOIN `{prefix}_values` ON session = id AND expires > ? ORDER BY id"
            )
            .into(),
            create: call("create", 12),
            write: write(prefix).into(),
            rotate: rotate(prefix).into(),
            commit: call("commit", 14),
            delete: call("delete", 4),
            sweep: call("sweep", 2),
        }
    }
}

// One update of one row, which commits by itself. Each assignment reads columns that none before it has changed, so
// that it means the same in every `sql_mode`.

/// Its arguments: 1 if the commit counts; now and the threshold; now; 1 if it counts; now and the threshold; those of
/// [`append`], of [`condition`].
fn write(prefix: &str) -> String {
    let (append, condition) = (append(), condition());
    let extended = "IF(expires < LEAST(? + idle * ? DIV 1000, ends), LEAST(? + idle, ends), expires)";
    let told = told::done(&format!("{extended} - ?"), "revision + ?", &schema::is_long());
    format!(
        "UPDATE `{prefix}s` SET revision = revision + ? + 0 * LAST_INSERT_ID({told}), expires = {extended}, {append}
        WHERE {condition}"
    )
}

/// Its arguments: the time from now to the expiry; the expiry; now; the limits; the token; those of [`append`], of
/// [`condition`].
fn rotate(prefix: &str) -> String {
    let (append, condition) = (append(), condition());
    let told = told::done("?", "revision + 1", &schema::is_long());
    format!(
        "UPDATE `{prefix}s` SET revision = revision + 1 + 0 * LAST_INSERT_ID({told}), expires = ?, rotated = ?,
        idle = ?, ends = ?, token = ?, {append}
        WHERE {condition}"
    )
}

/// Its arguments: now; twice the length of the changes, and those of [`first`]; the length twice, and those of [`first`];
/// the changes, which must not be empty, and their length, which may be nothing: there are modes in which an empty text is
/// none, and those in which none is stored as an empty text.
///
/// What is new goes behind what is recent, and that into the log before it when there is no room. When one key alone is
/// written and the oldest of what is recent is the same key, then it takes the place of that: a session whose one key is
/// written again and again does not grow.
fn append() -> String {
    let (length, first) = (schema::RECENT_LENGTH, first());
    let is_full = format!("{length} + ? > {RECENT}");
    format!(
        "seen = ?, held = IF({is_full}, {OWN}, held), recent = RPAD(CONCAT(
        LPAD(IF({is_full}, 0, {length} - {first}) + ?, 4, '0'),
        SUBSTRING(LEFT(recent, 4 + {length}), IF({is_full}, {COLUMN} + 1, 5 + {first})), LEFT(?, ?)), {COLUMN}, ' ')"
    )
}

/// The length of the first entry of what is recent, if it is of the key that is written. Its arguments: the length of
/// the key; the same in four digits, with the key behind them; its length.
fn first() -> String {
    let is_same = "CONCAT(SUBSTRING(recent, 6, 4), SUBSTRING(recent, 20, ?)) = ?";
    let length = schema::RECENT_LENGTH;
    format!("IF({length} > 0 AND {is_same}, 15 + ? + CAST(SUBSTRING(recent, 10, 10) AS SIGNED), 0)")
}

/// Its arguments: the id, now, the token, now. What is in the way is told where it is found.
fn condition() -> String {
    let tell = |number: &str| format!("LAST_INSERT_ID({number}) = 0");
    let (no_time, strange) = (tell(&told::REPLACED_AT_NO_TIME.to_string()), tell(&told::STRANGE.to_string()));
    let replaced = tell(&format!("rotated | {}", told::REPLACED));
    let (revisions, times, crowded) = (told::REVISIONS, told::TIMES, schema::CROWDED);
    format!(
        "id = ? AND CASE WHEN expires <= ? THEN FALSE
        WHEN token <> ? THEN CASE WHEN rotated IS NULL THEN {no_time} WHEN rotated < 0 THEN {strange} ELSE {replaced} END
        WHEN LENGTH(held) > {crowded} OR revision + 1 >= {revisions} OR idle < 1 OR GREATEST(idle, expires - ?) >= {times} THEN {strange}
        ELSE TRUE END"
    )
}
