//! The commit: one statement for most commits, and a transaction for the rest.

use sqlx::sqlite::SqliteConnection;

use super::decode;
use super::executor::Operation;
use super::layout::{MAX_COMPACTED_LOG_BYTES, MAX_LOG_BYTES, StoredLog};
use super::statements::Statements;
use crate::error::StoreError;
use crate::record::changes::Changes;
use crate::record::commit::{Commit, Committed, CommittedVersion, Rejection};
use crate::record::id::SessionId;
use crate::store::value_log;

/// Commits as one statement if possible, otherwise in a transaction.
pub(super) async fn run(
    operation: &Operation<'_>,
    statements: &Statements,
    id: &SessionId,
    commit: &Commit,
) -> Result<Committed, StoreError> {
    let autocommit = operation.supports_autocommit();
    if autocommit && let Some(entries) = single_statement_entries(commit) {
        let row = operation.write(|| statements.commit(id, commit, entries.clone())).await?;
        if let Some(row) = row {
            return decode::committed(&row);
        }
    }
    let transaction = operation.transaction(async |tx| {
        if !autocommit && let Some(committed) = commit_single_statement(statements, tx, id, commit).await? {
            return Ok(committed);
        }
        commit_record(statements, tx, id, commit).await
    });
    // Boxed, because it is rare and its future is large.
    Box::pin(transaction).await
}

/// Returns the log entries to append, if the commit can be a single statement.
fn single_statement_entries(commit: &Commit) -> Option<Vec<u8>> {
    if !commit.is_mutation() || !commit.index.is_empty() {
        return None;
    }
    Some(value_log::encode_changes(&commit.changes)).filter(|entries| entries.len() <= MAX_LOG_BYTES)
}

/// Tries the single statement. If it returns `None`, it changed nothing.
async fn commit_single_statement(
    statements: &Statements,
    tx: &mut SqliteConnection,
    id: &SessionId,
    commit: &Commit,
) -> Result<Option<Committed>, StoreError> {
    let Some(entries) = single_statement_entries(commit) else { return Ok(None) };
    // `fetch_all` runs the statement to its end and returns an error that undoes it, for example a full disk.
    let rows = statements.commit(id, commit, entries).fetch_all(tx).await?;
    rows.first().map(decode::committed).transpose()
}

/// Reads the record, checks the conditions of the commit, and writes the record back.
async fn commit_record(
    statements: &Statements,
    tx: &mut SqliteConnection,
    id: &SessionId,
    commit: &Commit,
) -> Result<Committed, StoreError> {
    let row = statements.select_row(id, commit.now).fetch_optional(&mut *tx).await?;
    let Some(row) = row else { return Ok(Committed::Missing) };
    let mut record = decode::head(&row)?;
    match commit.check(&record.token, record.rotated, record.revision) {
        Some(Rejection::Replaced { rotated }) => return Ok(Committed::Replaced { rotated }),
        Some(Rejection::Conflict) => {
            let row = statements.load(id, commit.now).fetch_one(tx).await?;
            return Ok(Committed::Conflict(Box::new(decode::record(&row)?)));
        }
        None => {}
    }
    let mut log = decode::stored_log(&row)?;
    LogWriter { statements, connection: &mut *tx, id }.write(&mut log, &commit.changes).await?;
    statements.update_index(tx, id, &commit.index).await?;
    commit.apply(&mut record);
    statements.update(id, &record, log).execute(tx).await?;
    Ok(Committed::Done(Some(CommittedVersion { revision: record.revision, expires: record.expires })))
}

/// Applies changes to the value log of one session. It writes only the parts; the caller writes the session's row.
struct LogWriter<'a> {
    statements: &'a Statements,
    connection: &'a mut SqliteConnection,
    id: &'a SessionId,
}

impl LogWriter<'_> {
    async fn write(&mut self, log: &mut StoredLog, changes: &Changes) -> Result<(), StoreError> {
        if changes.is_cleared() {
            self.delete_parts(log).await?;
            log.log.clear();
        }
        log.log.append(&mut value_log::encode_changes(changes));
        self.shorten(log).await
    }

    /// Compacts the log or moves it to a part, if it exceeds its limit.
    async fn shorten(&mut self, log: &mut StoredLog) -> Result<(), StoreError> {
        if log.log.len() <= MAX_LOG_BYTES {
            return Ok(());
        }
        if log.parts_bytes + log.log.len() > 2 * log.compacted_bytes {
            self.compact(log).await?;
            if log.log.len() <= MAX_COMPACTED_LOG_BYTES {
                return Ok(());
            }
            log.compacted_bytes = log.log.len();
        }
        log.parts_bytes += log.log.len();
        self.statements.insert_part(self.connection, self.id, std::mem::take(&mut log.log)).await?;
        Ok(())
    }

    /// Moves all parts into the log, without overwritten and unset entries.
    async fn compact(&mut self, log: &mut StoredLog) -> Result<(), StoreError> {
        let mut entries = match log.parts_bytes {
            0 => Vec::new(),
            _ => self.statements.select_parts(self.connection, self.id).await?,
        };
        entries.append(&mut log.log);
        log.log = value_log::encode_values(&value_log::decode(entries)?);
        self.delete_parts(log).await
    }

    async fn delete_parts(&mut self, log: &mut StoredLog) -> Result<(), StoreError> {
        if log.parts_bytes > 0 {
            self.statements.delete_parts(self.connection, self.id).await?;
        }
        (log.parts_bytes, log.compacted_bytes) = (0, 0);
        Ok(())
    }
}
