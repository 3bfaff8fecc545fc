//! The commit of every SQL store: one update of one row; if no row matched, a read that finds out why.
//!
//! A row without room is compacted, or its log is moved to a further part, together with the commit. After two lost races
//! the row is locked first.

use crate::record::commit::{Commit, Committed, LoadedValues, Rejection};
use crate::record::id::SessionId;
use crate::store::sql::decode::DAMAGED;
use crate::store::sql::log_rewrite::{self, LogRewrite, NewEntries, PartsChange};
use crate::store::sql::record_table::{self, LogUpdate, RecordTable, RowUpdate, StoredRow, Updated};
use crate::store::value_log;

/// After this many lost races, the row is locked before it is read.
const MAX_UNLOCKED_ATTEMPTS: usize = 2;

/// Commits, outside of a transaction.
pub(in crate::store) async fn commit<T: RecordTable>(
    table: &mut T,
    id: &SessionId,
    commit: &Commit,
) -> sqlx::Result<Committed> {
    let entries = value_log::encode_changes(&commit.changes);
    if let Updated::Done(version) = first_attempt(table, id, commit, &entries).await? {
        return Ok(Committed::Done(version));
    }
    Box::pin(retry(table, id, commit, &entries)).await
}

/// Updates the row. If the row has no room according to the load, rewrites the log from the loaded values.
async fn first_attempt<T: RecordTable>(
    table: &mut T,
    id: &SessionId,
    commit: &Commit,
    entries: &[u8],
) -> sqlx::Result<Updated> {
    if let Some(log) = single_row_update::<T>(commit, entries) {
        return table.update(&RowUpdate { id, commit, log }).await;
    }
    match &commit.loaded {
        Some(loaded) => Box::pin(rewrite_loaded(table, id, commit, entries, loaded)).await,
        None => Ok(Updated::NoMatch),
    }
}

/// Returns the update of the row alone. `None` if the entries do not fit in it, or if the load shows that it has no room.
pub(in crate::store) fn single_row_update<'a, T: RecordTable>(
    commit: &Commit,
    entries: &'a [u8],
) -> Option<LogUpdate<'a>> {
    let loaded = commit.loaded.as_ref().map(|loaded| loaded.log_size).unwrap_or_default();
    if commit.changes.is_cleared() {
        let has_room = entries.len() <= T::LIMITS.compacted_bytes && loaded.parts == 0;
        return has_room.then_some(LogUpdate::Clear { entries });
    }
    let max_log_before = T::LIMITS.log_bytes.checked_sub(entries.len())?;
    (loaded.row <= max_log_before).then_some(LogUpdate::Prepend { entries, max_log_before })
}

/// Rewrites the log from the values that the request has loaded. Without effect if the record has changed since.
async fn rewrite_loaded<T: RecordTable>(
    table: &mut T,
    id: &SessionId,
    commit: &Commit,
    entries: &[u8],
    loaded: &LoadedValues,
) -> sqlx::Result<Updated> {
    let LoadedValues { revision, values, log_size } = loaded;
    let is_outdated = commit.revision.is_some_and(|expected| expected != *revision);
    let Some((row_log, parts)) = values.packed_text().and_then(|text| text.as_bytes().split_at_checked(log_size.row))
    else {
        return Ok(Updated::NoMatch);
    };
    if is_outdated {
        return Ok(Updated::NoMatch);
    }
    let new = NewEntries { entries, clears: commit.changes.is_cleared() };
    let rewrite = log_rewrite::rewrite(new, row_log, *log_size, T::LIMITS).map_err(sqlx::Error::Decode)?;
    let rewrite = match rewrite {
        Some(rewrite) => rewrite,
        None => log_rewrite::compact(new, row_log, parts, *log_size, T::LIMITS).map_err(sqlx::Error::Decode)?,
    };
    Rewriter { table, id, commit, revision: *revision }.run(&rewrite).await
}

/// Finds out why no row matched, and commits with a rewritten log if the row only has no room.
async fn retry<T: RecordTable>(
    table: &mut T,
    id: &SessionId,
    commit: &Commit,
    entries: &[u8],
) -> sqlx::Result<Committed> {
    let mut attempts = 0;
    loop {
        let locks = attempts == MAX_UNLOCKED_ATTEMPTS;
        if locks {
            table.begin().await?;
        }
        let mut outcome = attempt(table, id, commit, entries, locks).await;
        if locks {
            let is_done = matches!(outcome, Ok(Some(Committed::Done(_))));
            outcome = record_table::finish(table, outcome, is_done).await;
        }
        match outcome? {
            Some(committed) => return Ok(committed),
            // The row is locked: only a damaged row does not match.
            None if locks => return Err(sqlx::Error::Protocol("the locked record could not be changed".into())),
            None => attempts += 1,
        }
    }
}

/// Reads the row, and commits on its revision. Returns `None` if another request changed the row in between.
async fn attempt<T: RecordTable>(
    table: &mut T,
    id: &SessionId,
    commit: &Commit,
    entries: &[u8],
    locked: bool,
) -> sqlx::Result<Option<Committed>> {
    if commit.revision.is_some() && !locked {
        // Most likely a conflict, whose reply contains the whole record.
        match rejection(table, id, commit).await? {
            None => {}
            rejected => return Ok(rejected),
        }
    }
    let row = StoredRow::live(table.read_row(id, locked).await?, commit.now);
    let Some(row) = row else { return Ok(Some(Committed::Missing)) };
    match commit.check(&row.record.token, row.record.rotated, row.record.revision) {
        Some(Rejection::Replaced { rotated }) => return Ok(Some(Committed::Replaced { rotated })),
        Some(Rejection::Conflict) => return rejection(table, id, commit).await,
        None => {}
    }
    let updated = commit_on_row(table, id, commit, entries, &row, locked).await?;
    Ok(match updated {
        Updated::Done(version) => Some(Committed::Done(version)),
        Updated::NoMatch => None,
    })
}

/// Loads the record, and returns the reason for which the commit cannot be applied. `None` if there is none.
async fn rejection<T: RecordTable>(table: &mut T, id: &SessionId, commit: &Commit) -> sqlx::Result<Option<Committed>> {
    let record = table.load(id).await?.filter(|record| record.is_live(commit.now));
    let Some(record) = record else { return Ok(Some(Committed::Missing)) };
    Ok(match commit.check(&record.token, record.rotated, record.revision) {
        Some(Rejection::Replaced { rotated }) => Some(Committed::Replaced { rotated }),
        Some(Rejection::Conflict) => Some(Committed::Conflict(Box::new(record))),
        None => None,
    })
}

/// Commits with a rewritten log, on the revision of a row that was read. With `in_transaction`, the caller has started one
/// and locked the row.
pub(in crate::store) async fn commit_on_row<T: RecordTable>(
    table: &mut T,
    id: &SessionId,
    commit: &Commit,
    entries: &[u8],
    row: &StoredRow,
    in_transaction: bool,
) -> sqlx::Result<Updated> {
    let new = NewEntries { entries, clears: commit.changes.is_cleared() };
    let rewrite = log_rewrite::rewrite(new, &row.log, row.size, T::LIMITS).map_err(sqlx::Error::Decode)?;
    let rewrite = if let Some(rewrite) = rewrite {
        rewrite
    } else {
        let parts = table.read_parts(id).await?;
        if parts.len() != row.size.parts {
            // Another request changed them since the row was read, unless it is locked.
            return if in_transaction { Err(sqlx::Error::Decode(DAMAGED.into())) } else { Ok(Updated::NoMatch) };
        }
        log_rewrite::compact(new, &row.log, &parts, row.size, T::LIMITS).map_err(sqlx::Error::Decode)?
    };
    let mut rewriter = Rewriter { table, id, commit, revision: row.record.revision };
    if in_transaction { rewriter.write(&rewrite).await } else { rewriter.run(&rewrite).await }
}

/// Writes a rewritten log, on the revision from which it was made.
struct Rewriter<'a, T> {
    table: &'a mut T,
    id: &'a SessionId,
    commit: &'a Commit,
    revision: u64,
}

impl<T: RecordTable> Rewriter<'_, T> {
    /// Writes in one statement if only the row changes, otherwise in a transaction.
    async fn run(&mut self, rewrite: &LogRewrite) -> sqlx::Result<Updated> {
        if rewrite.parts == PartsChange::None {
            return self.write(rewrite).await;
        }
        self.table.begin().await?;
        let updated = self.write(rewrite).await;
        let is_done = matches!(updated, Ok(Updated::Done(_)));
        record_table::finish(self.table, updated, is_done).await
    }

    /// The row first: its lock and its revision decide whether the parts still are as they were read.
    async fn write(&mut self, rewrite: &LogRewrite) -> sqlx::Result<Updated> {
        let LogRewrite { row, parts, size } = rewrite;
        let log = LogUpdate::Rewrite { row, size: *size, revision: self.revision };
        let updated = self.table.update(&RowUpdate { id: self.id, commit: self.commit, log }).await?;
        if updated == Updated::NoMatch {
            return Ok(updated);
        }
        if matches!(parts, PartsChange::Replace(_)) {
            self.table.delete_parts(self.id).await?;
        }
        match parts {
            PartsChange::Add(entries) | PartsChange::Replace(entries) if !entries.is_empty() => {
                self.table.add_parts(self.id, self.revision + 1, entries).await?;
            }
            _ => {}
        }
        Ok(updated)
    }
}
