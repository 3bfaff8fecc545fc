//! Rows as records, and the other way.

use std::time::Duration;

use sqlx::Row;
use sqlx::sqlite::{SqliteArguments, SqliteRow};

use super::super::{Json, Limits, Record, StoreError, Timestamp, TokenHash};
use crate::id::SessionId;

/// The record of a row, without its values.
pub(super) fn head(row: &SqliteRow) -> Result<Record, StoreError> {
    let time = |column: &str| row.try_get(column).map(Timestamp::from_millis);
    let token: [u8; 32] = row.try_get::<&[u8], _>("token")?.try_into()?;
    let idle = Duration::from_millis(u64::try_from(row.try_get::<i64, _>("idle")?)?);
    let limits = Limits { idle, end: time("ends")? };
    let mut record = Record::new(TokenHash::from_bytes(token), limits, time("created")?);
    record.rotated = row.try_get::<Option<i64>, _>("rotated")?.map(Timestamp::from_millis);
    record.seen = time("seen")?;
    record.expires = time("expires")?;
    record.label = row.try_get("label")?;
    record.revision = u64::try_from(row.try_get::<i64, _>("revision")?)?;
    Ok(record)
}

/// The record of the rows of a load: each has the head, and one of the values if there are any.
pub(super) fn record(rows: &[SqliteRow]) -> Result<Option<Record>, StoreError> {
    let Some(first) = rows.first() else { return Ok(None) };
    let mut record = head(first)?;
    if first.try_get::<Option<&[u8]>, _>("key")?.is_some() {
        record.values = rows.iter().map(value).collect::<Result<_, _>>()?;
    }
    Ok(Some(record))
}

pub(super) fn id(row: &SqliteRow) -> Result<SessionId, StoreError> {
    Ok(SessionId::from_bytes(row.try_get::<&[u8], _>("id")?.try_into()?))
}

pub(super) fn value(row: &SqliteRow) -> Result<(String, Json), StoreError> {
    let key = String::from_utf8(row.try_get("key")?).map_err(|_| "a key is not UTF-8")?;
    Ok((key, Json::from_text(row.try_get::<&str, _>("value")?)))
}

/// Binds what [`head`] reads, in its order, and then the id.
pub(super) fn bind_head(
    query: sqlx::query::Query<'static, sqlx::Sqlite, SqliteArguments>,
    id: &SessionId,
    record: &Record,
) -> Result<sqlx::query::Query<'static, sqlx::Sqlite, SqliteArguments>, StoreError> {
    let query = query
        .bind(record.token.as_bytes().to_vec())
        .bind(record.created.as_millis())
        .bind(record.rotated.map(Timestamp::as_millis))
        .bind(record.seen.as_millis())
        .bind(record.expires.as_millis())
        .bind(i64::try_from(record.limits.idle.as_millis()).unwrap_or(i64::MAX))
        .bind(record.limits.end.as_millis())
        .bind(record.label.clone())
        .bind(i64::try_from(record.revision)?)
        .bind(id.as_bytes().to_vec());
    Ok(query)
}
