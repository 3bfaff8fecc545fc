//! The update of a record's own row by one commit.
//!
//! A statement contains only the changed columns, because the server resolves each name, number and function on every
//! execution. In one SQL mode of MariaDB, assignments use the old values, and otherwise the values of earlier assignments.
//! Therefore no assignment reads a column that an earlier one has changed.

use sqlx::QueryBuilder;
use sqlx::mysql::MySql;

use crate::record::commit::{Commit, Rotation};
use crate::record::stored_record::LogSize;
use crate::store::mysql::statements::{FORCE_PRIMARY_KEY, Query, RENEWED, Statements, query, to_idle_millis};
use crate::store::sql::record_table::{LogUpdate, RowUpdate};
use crate::store::sql::to_i64;

/// Sufficient for most statements.
const STATEMENT_BYTES: usize = 512;

/// Returns the prepared statement of an ordinary commit: it has a token, counts as activity, and only sets or unsets keys.
pub(super) fn ordinary_query(statements: &Statements, update: &RowUpdate<'_>) -> Option<Query> {
    let RowUpdate { id, commit, ref log } = *update;
    let (token, renew_below) = (commit.token.as_ref()?, commit.renew_below?);
    let has_more =
        commit.revision.is_some() || commit.rotation.is_some() || commit.label.is_some() || !commit.index.is_empty();
    let LogUpdate::Prepend { entries, max_log_before } = *log else { return None };
    if has_more {
        return None;
    }
    let (now, renew_below, token) = (commit.now.as_millis(), i32::from(renew_below), &token.as_bytes()[..]);
    let id = &id.as_bytes()[..];
    if entries.is_empty() {
        let touch = query(&statements.touch).bind(now).bind(now).bind(renew_below).bind(now);
        return Some(touch.bind(id).bind(now).bind(token));
    }
    let commit = query(&statements.commit_ordinary).bind(now).bind(now).bind(renew_below).bind(now).bind(entries);
    Some(commit.bind(id).bind(now).bind(token).bind(to_i64(max_log_before)))
}

/// Returns the statement of any commit.
pub(super) fn build_query(statements: &Statements, update: &RowUpdate<'_>) -> QueryBuilder<MySql> {
    let mut builder = QueryBuilder::new(String::with_capacity(STATEMENT_BYTES));
    builder.push("UPDATE ").push(&statements.records).push(FORCE_PRIMARY_KEY);
    if removes_entries_only(update.commit) {
        push_removed_entries(&mut builder, statements, update.commit);
    }
    builder.push(" SET revision = revision + ").push_bind(update.revision_step());
    push_assignments(&mut builder, update.commit);
    push_log(&mut builder, &update.log);
    if removes_entries_only(update.commit) {
        builder.push(", hash = NULL");
    }
    push_conditions(&mut builder, update);
    builder
}

/// Returns true if the update can include the changes of the index: a removed entry that does not exist needs no row.
pub(super) fn removes_entries_only(commit: &Commit) -> bool {
    !commit.index.is_empty() && commit.index.iter().all(|change| change.hash.is_none())
}

fn push_removed_entries(builder: &mut QueryBuilder<MySql>, statements: &Statements, commit: &Commit) {
    builder.push(" LEFT JOIN ").push(&statements.index).push(" ON session = id AND indexed_key IN (");
    for (at, change) in commit.index.iter().enumerate() {
        // A SQL mode of MariaDB converts an empty text to NULL.
        builder.push(if at == 0 { "COALESCE(" } else { ", COALESCE(" });
        builder.push_bind(change.key.as_bytes()).push(", x'')");
    }
    builder.push(")");
}

fn push_assignments(builder: &mut QueryBuilder<MySql>, commit: &Commit) {
    let now = commit.now.as_millis();
    match (&commit.rotation, commit.renew_below) {
        (Some(rotation), _) => push_rotation(builder, commit, rotation),
        (None, Some(renew_below)) => push_renewed(builder, now, renew_below),
        (None, None) => {}
    }
    if commit.renew_below.is_some() {
        builder.push(", last_seen = ").push_bind(now);
    }
    if let Some(label) = &commit.label {
        builder.push(", label = ").push_bind(label.as_bytes());
    }
}

fn push_renewed(builder: &mut QueryBuilder<MySql>, now: i64, renew_below: u16) {
    let mut parameters = [now, i64::from(renew_below), now].into_iter();
    builder.push(", expires = ");
    for text in RENEWED.split_inclusive('?') {
        builder.push(text.trim_end_matches('?'));
        if let Some(parameter) = parameters.next() {
            builder.push_bind(parameter);
        }
    }
}

fn push_rotation(builder: &mut QueryBuilder<MySql>, commit: &Commit, rotation: &Rotation) {
    let now = commit.now.as_millis();
    let Rotation { token, limits, is_login } = rotation;
    builder.push(", expires = ").push_bind(limits.expiry(commit.now).as_millis());
    builder.push(", idle_timeout = ").push_bind(to_idle_millis(limits.idle));
    builder.push(", absolute_end = ").push_bind(limits.absolute_end.as_millis());
    builder.push(", rotated = ").push_bind(now);
    if *is_login {
        builder.push(", login_rotated = GREATEST(").push_bind(now).push(", COALESCE(login_rotated, created) + 1)");
    }
    builder.push(", token = ").push_bind(&token.as_bytes()[..]);
}

fn push_log(builder: &mut QueryBuilder<MySql>, log: &LogUpdate<'_>) {
    match *log {
        LogUpdate::Prepend { entries: [], .. } => {}
        LogUpdate::Prepend { entries, .. } => {
            builder.push(", log = CONCAT(").push_bind(entries).push(", log)");
        }
        // A SQL mode of MariaDB converts an empty text to NULL.
        LogUpdate::Clear { entries } => {
            builder.push(", log = COALESCE(").push_bind(entries).push(", x'')");
        }
        LogUpdate::Rewrite { row, size: LogSize { parts, compacted, .. }, .. } => {
            builder.push(", log = COALESCE(").push_bind(row).push(", x'')");
            builder.push(", parts_bytes = ").push_bind(to_i64(parts));
            builder.push(", compacted_bytes = ").push_bind(to_i64(compacted));
        }
    }
}

fn push_conditions(builder: &mut QueryBuilder<MySql>, update: &RowUpdate<'_>) {
    let RowUpdate { id, commit, ref log } = *update;
    builder.push(" WHERE id = ").push_bind(&id.as_bytes()[..]);
    builder.push(" AND part = 0 AND expires > ").push_bind(commit.now.as_millis());
    if let Some(token) = &commit.token {
        builder.push(" AND token = ").push_bind(&token.as_bytes()[..]);
    }
    if let Some(revision) = update.expected_revision() {
        builder.push(" AND revision = ").push_bind(to_i64(revision));
    }
    match *log {
        LogUpdate::Prepend { max_log_before, .. } => {
            builder.push(" AND LENGTH(log) <= ").push_bind(to_i64(max_log_before));
        }
        LogUpdate::Clear { .. } => {
            builder.push(" AND parts_bytes = 0");
        }
        LogUpdate::Rewrite { .. } => {}
    }
}
