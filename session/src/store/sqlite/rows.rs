//! Rows as records, and the other way.

use std::time::Duration;

use sqlx::Row;
use sqlx::sqlite::{SqliteArguments, SqliteRow};

use super::super::{Json, Limits, Record, StoreError, Timestamp, TokenHash};
use crate::id::{SessionId, decode_hex};

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

/// The record of a load's row: the head, and all values in one text.
pub(super) fn record(row: &SqliteRow) -> Result<Record, StoreError> {
    let mut record = head(row)?;
    if let Some(held) = row.try_get::<Option<&str>, _>("held")? {
        record.values = values(held).collect::<Option<_>>().ok_or("the keys and values of a record are damaged")?;
    }
    Ok(record)
}

/// Keys and values, one after the other: the key in hexadecimal digits, the length of the value in bytes, and the value.
///
/// The database gathers them, since a row for each would cost eight times as much at a thousand keys.
fn values(mut held: &str) -> impl Iterator<Item = Option<(String, Json)>> {
    std::iter::from_fn(move || {
        if held.is_empty() {
            return None;
        }
        let next = next_value(held);
        held = next.as_ref().map_or("", |(_, rest)| rest);
        Some(next.map(|(pair, _)| pair))
    })
}

/// Keys and values out of this text, whoever wrote it.
#[cfg(feature = "testing")]
pub(crate) fn read(held: &str) -> Option<super::super::Values> {
    values(held).collect()
}

fn next_value(held: &str) -> Option<((String, Json), &str)> {
    let (key, rest) = held.split_once(' ')?;
    let (len, rest) = rest.split_once(' ')?;
    let (value, rest) = rest.split_at_checked(len.parse().ok()?)?;
    let key = String::from_utf8(decode_hex(key)?).ok()?;
    Some(((key, Json::from_text(value)), rest))
}

pub(super) fn id(row: &SqliteRow) -> Result<SessionId, StoreError> {
    Ok(SessionId::from_bytes(row.try_get::<&[u8], _>("id")?.try_into()?))
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
