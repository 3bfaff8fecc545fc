//! The deletion of records in every SQL store: one statement for a record without parts, a transaction for others.

use crate::record::id::SessionId;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::{DeleteCondition, Deleted};
use crate::store::sql::record_table::{self, RecordTable, StoredRow};

/// Deletes a live record that meets the condition.
pub(in crate::store) async fn delete<T: RecordTable>(
    table: &mut T,
    id: &SessionId,
    condition: DeleteCondition,
    now: Timestamp,
) -> sqlx::Result<Deleted> {
    if table.delete_small(id, condition, now).await? {
        return Ok(Deleted::Done);
    }
    let row = StoredRow::live(table.read_row(id, false).await?, now);
    match rejection(row.as_ref(), condition) {
        Some(rejected) => Ok(rejected),
        None => Box::pin(delete_locked(table, id, condition, now)).await,
    }
}

async fn delete_locked<T: RecordTable>(
    table: &mut T,
    id: &SessionId,
    condition: DeleteCondition,
    now: Timestamp,
) -> sqlx::Result<Deleted> {
    table.begin().await?;
    let deleted = delete_in_transaction(table, id, condition, now).await;
    let is_done = matches!(deleted, Ok(Deleted::Done));
    record_table::finish(table, deleted, is_done).await
}

/// Locks the row first: a commit that is adding a part would otherwise leave it behind.
pub(in crate::store) async fn delete_in_transaction<T: RecordTable>(
    table: &mut T,
    id: &SessionId,
    condition: DeleteCondition,
    now: Timestamp,
) -> sqlx::Result<Deleted> {
    let row = StoredRow::live(table.read_row(id, true).await?, now);
    if let Some(rejected) = rejection(row.as_ref(), condition) {
        return Ok(rejected);
    }
    if let DeleteCondition::IndexEntry(hash) = condition
        && !table.has_index_entry(id, &hash).await?
    {
        return Ok(Deleted::Missing);
    }
    table.delete_all(id).await?;
    Ok(Deleted::Done)
}

/// Returns the reason for which the row must not be deleted, apart from its index entries.
fn rejection(row: Option<&StoredRow>, condition: DeleteCondition) -> Option<Deleted> {
    let Some(StoredRow { record, .. }) = row else { return Some(Deleted::Missing) };
    match condition {
        DeleteCondition::Token(token) if token != record.token => Some(Deleted::Replaced { rotated: record.rotated }),
        _ => None,
    }
}

/// Deletes up to `limit` expired records, and returns their number.
pub(in crate::store) async fn delete_expired<T: RecordTable>(
    table: &mut T,
    now: Timestamp,
    limit: usize,
) -> sqlx::Result<usize> {
    let mut count = table.delete_expired_small(now, limit).await?;
    for id in table.expired_with_parts(now, limit.saturating_sub(count)).await? {
        count += usize::from(delete_one_expired(table, &id, now).await?);
    }
    Ok(count)
}

async fn delete_one_expired<T: RecordTable>(table: &mut T, id: &SessionId, now: Timestamp) -> sqlx::Result<bool> {
    table.begin().await?;
    let deleted = delete_if_expired(table, id, now).await;
    let is_done = matches!(deleted, Ok(true));
    record_table::finish(table, deleted, is_done).await
}

/// Locks the row first: it may be renewed in the meantime by an application whose clock is behind. A damaged row is
/// deleted, so that it does not prevent the deletion of all others. It cannot be renewed.
pub(in crate::store) async fn delete_if_expired<T: RecordTable>(
    table: &mut T,
    id: &SessionId,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let is_expired = match table.read_row(id, true).await {
        Err(sqlx::Error::Decode(_)) => true,
        row => row?.is_some_and(|row| !row.record.is_live(now)),
    };
    if is_expired {
        table.delete_all(id).await?;
    }
    Ok(is_expired)
}
