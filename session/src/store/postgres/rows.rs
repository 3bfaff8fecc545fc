//! What the server answers with.

use std::time::Duration;

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::super::{Committed, Deleted, Found, Json, Limits, Record, StoreError, Timestamp, TokenHash, Values};
use crate::id::SessionId;

pub(super) fn id(row: &PgRow) -> Result<SessionId, StoreError> {
    Ok(SessionId::from_bytes(row.try_get::<&[u8], _>("id")?.try_into()?))
}

pub(super) fn record(row: &PgRow) -> Result<Record, StoreError> {
    let token: [u8; 32] = row.try_get::<&[u8], _>("token")?.try_into().map_err(|_| "a token hash has 32 bytes")?;
    let idle = Duration::from_millis(u64::try_from(row.try_get::<i64, _>("idle")?)?);
    let limits = Limits { idle, end: time(row, "ends")? };
    let mut record = Record::new(TokenHash::from_bytes(token), limits, time(row, "created")?);
    record.rotated = rotated(row)?;
    record.seen = time(row, "seen")?;
    record.expires = time(row, "expires")?;
    record.label = label(row)?;
    record.revision = revision(row)?;
    record.values = values(row)?;
    Ok(record)
}

pub(super) fn found(row: &PgRow) -> Result<Found, StoreError> {
    let (created, seen, expires) = (time(row, "created")?, time(row, "seen")?, time(row, "expires")?);
    Ok(Found { id: id(row)?, created, seen, expires, label: label(row)? })
}

pub(super) fn committed(row: &PgRow) -> Result<Committed, StoreError> {
    Ok(match row.try_get("outcome")? {
        "done" => Committed::Done { revision: revision(row)?, expires: time(row, "expires")? },
        "replaced" => Committed::Replaced { rotated: rotated(row)? },
        "conflict" => Committed::Conflict(Box::new(record(row)?)),
        _ => Committed::Missing,
    })
}

pub(super) fn deleted(row: &PgRow) -> Result<Deleted, StoreError> {
    Ok(match row.try_get("outcome")? {
        "done" => Deleted::Done,
        "replaced" => Deleted::Replaced { rotated: rotated(row)? },
        _ => Deleted::Missing,
    })
}

fn time(row: &PgRow, column: &str) -> sqlx::Result<Timestamp> {
    row.try_get(column).map(Timestamp::from_millis)
}

fn rotated(row: &PgRow) -> sqlx::Result<Option<Timestamp>> {
    Ok(row.try_get::<Option<i64>, _>("rotated")?.map(Timestamp::from_millis))
}

fn revision(row: &PgRow) -> Result<u64, StoreError> {
    Ok(u64::try_from(row.try_get::<i64, _>("revision")?)?)
}

fn label(row: &PgRow) -> Result<Option<String>, StoreError> {
    row.try_get::<Option<Vec<u8>>, _>("label")?.map(|bytes| text(bytes, "a label")).transpose()
}

/// Both arrays come from one pass over the rows, in one order.
fn values(row: &PgRow) -> Result<Values, StoreError> {
    let keys = row.try_get::<Option<Vec<Vec<u8>>>, _>("keys")?.unwrap_or_default();
    let texts = row.try_get::<Option<Vec<Vec<u8>>>, _>("texts")?.unwrap_or_default();
    let pairs = keys.into_iter().zip(texts);
    pairs.map(|(key, value)| Ok((text(key, "a key")?, Json::from_text(text(value, "a value")?)))).collect()
}

/// The bytes are left out of the error: they may be a stored value.
fn text(bytes: Vec<u8>, what: &str) -> Result<String, StoreError> {
    String::from_utf8(bytes).map_err(|_| format!("{what} is not UTF-8").into())
}
