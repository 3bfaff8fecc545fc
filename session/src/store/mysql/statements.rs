//! The statements, with the names of a store's tables and procedures in them.

use std::sync::Arc;

use super::decode;
use super::migrations::{self, COLUMN, KEY};
use super::outcome;

pub(super) struct Statements {
    pub(super) load: Arc<str>,
    pub(super) find: Arc<str>,
    pub(super) scan: Arc<str>,
    pub(super) create: Arc<str>,
    /// Extends the session.
    pub(super) extend: Arc<str>,
    /// The same, and writes keys.
    pub(super) write: Arc<str>,
    /// Replaces the token.
    pub(super) rotate: Arc<str>,
    /// The same, and writes keys.
    pub(super) rotate_and_write: Arc<str>,
    /// Does all that a commit can ask for.
    pub(super) commit: Arc<str>,
    pub(super) delete: Arc<str>,
    pub(super) sweep: Arc<str>,
}

impl Statements {
    pub(super) fn new(prefix: &str) -> Self {
        let (record, head) = (decode::record_column(), decode::head_column());
        let call = |name: &str, arguments: usize| {
            let marks = vec!["?"; arguments].join(", ");
            format!("CALL `{prefix}_{name}_1`({marks})").into()
        };
        Self {
            load: format!("SELECT {record} FROM `{prefix}s` WHERE id = ?").into(),
            find: format!(
                "SELECT {head}, id FROM `{prefix}_index` JOIN `{prefix}s` ON id = session AND part = 0
                WHERE hash = ? AND expires > ? ORDER BY created, id"
            )
            .into(),
            scan: format!(
                "SELECT {record}, id
                FROM (SELECT id AS one FROM `{prefix}s` WHERE id >= ? AND part = 0 ORDER BY id LIMIT ?) AS page
                JOIN `{prefix}s` ON id = one ORDER BY id"
            )
            .into(),
            create: call("create", 12),
            extend: update(prefix, &extended(), "").into(),
            write: update(prefix, &extended(), &append()).into(),
            rotate: update(prefix, &rotated(), "").into(),
            rotate_and_write: update(prefix, &rotated(), &append()).into(),
            commit: call("commit", 14),
            delete: call("delete", 4),
            sweep: call("sweep", 2),
        }
    }
}

// One update of one row, which commits by itself. Each assignment reads columns that none before it has changed, so
// that it means the same in every `sql_mode`. The server looks at every name, number and function of a statement anew each
// time, and what it does after it has waited for the disk takes longer: the fewer the better.

/// Its arguments: those of [`extended`] or [`rotated`]; now; those of [`append`] if it writes; those of [`condition`].
fn update(prefix: &str, first: &str, append: &str) -> String {
    let condition = condition();
    format!("UPDATE `{prefix}s` SET {first}, seen = ?{append} WHERE {condition}")
}

/// Its arguments: now, twice; the threshold; now, twice; 1 if the commit counts, twice.
fn extended() -> String {
    let left = "IF(expires < ends AND expires - ? < idle * ? DIV 1000, LEAST(? + idle, ends), expires) - ?";
    let expires = expires(left, "?");
    format!("{expires}, revision = revision + ?")
}

/// Its arguments: now; the time from now to the expiry; now; the limits; the token.
fn rotated() -> String {
    let expires = expires("?", "1");
    format!("{expires}, revision = revision + 1, rotated = ?, idle = ?, ends = ?, token = ?")
}

/// Its arguments: now; those of the time that is left and of how much is added to the revision.
///
/// What is told has the time in it, and so the server need not find it out twice.
fn expires(left: &str, counted: &str) -> String {
    let told = outcome::done(left, &format!("revision + {counted}"), &migrations::is_long());
    format!("expires = ? + (LAST_INSERT_ID({told}) >> {})", outcome::BEHIND)
}

/// Its arguments: the key, if it is only one; the whole of what is recent, without the spaces behind it.
///
/// What was recent goes behind what is held, unless it was of the same single key: a session whose one key is written
/// again and again does not grow.
fn append() -> String {
    let own = migrations::own();
    format!(", held = IF(SUBSTRING(recent, 5, {KEY}) = ?, held, {own}), recent = RPAD(?, {COLUMN}, ' ')")
}

/// Its arguments: the id, now, the token, now. What is in the way is told where it is found.
fn condition() -> String {
    let tell = |number: &str| format!("LAST_INSERT_ID({number}) = 0");
    let (no_time, strange) = (tell(&outcome::REPLACED_AT_NO_TIME.to_string()), tell(&outcome::STRANGE.to_string()));
    let replaced = tell(&format!("rotated | {}", outcome::REPLACED));
    let (revisions, times, crowded) = (outcome::REVISIONS, outcome::TIMES, migrations::CROWDED);
    format!(
        "id = ? AND part = 0 AND CASE WHEN expires <= ? THEN FALSE
        WHEN token <> ? THEN CASE WHEN rotated IS NULL THEN {no_time} WHEN rotated < 0 THEN {strange} ELSE {replaced} END
        WHEN LENGTH(held) > {crowded} OR revision + 1 >= {revisions} OR idle < 1 OR GREATEST(idle, expires - ?) >= {times} THEN {strange}
        ELSE TRUE END"
    )
}
