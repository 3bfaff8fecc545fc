//! The commit: one statement for most commits, and a transaction for the rest.

use crate::error::StoreError;
use crate::record::commit::{Commit, Committed};
use crate::record::id::SessionId;
use crate::store::sql::commit::single_row_update;
use crate::store::sql::operations::CommitRecord;
use crate::store::sql::record_table::RowUpdate;
use crate::store::sqlite::executor::Execution;
use crate::store::sqlite::table::{SqliteTable, committed_version};
use crate::store::value_log;

/// Commits as one statement if possible, otherwise in a transaction.
pub(super) async fn run(execution: &Execution<'_>, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
    if execution.supports_autocommit() && commit.index.is_empty() {
        let entries = value_log::encode_changes(&commit.changes);
        if let Some(log) = single_row_update::<SqliteTable<'_>>(commit, &entries) {
            let update = RowUpdate { id, commit, log };
            let row = execution.autocommit(|statements| statements.update(&update)).await?;
            if let Some(row) = row {
                return Ok(Committed::Done(Some(committed_version(&row)?)));
            }
        }
    }
    // Boxed, because it is rare and its future is large.
    Box::pin(execution.write(&CommitRecord { id, commit })).await
}
