//! Rows as records, and the other way. Columns are read by their place.

use std::time::Duration;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::super::{Committed, Limits, Record, StoreError, Timestamp, TokenHash, log};
use super::held::Held;
use super::statements::Query;
use crate::id::SessionId;

/// The columns that [`head`] reads and [`bind`] begins with.
pub(super) const HEAD: &str = "token, created, rotated, seen, expires, idle, ends, label, revision";
pub(super) const HEAD_COLUMNS: usize = 9;

/// The record of a row that begins with [`HEAD`], without its values.
pub(super) fn head(row: &SqliteRow) -> Result<Record, StoreError> {
    let time = |column: usize| row.try_get(column).map(Timestamp::from_millis);
    let token: [u8; 32] = row.try_get::<&[u8], _>(0)?.try_into()?;
    let idle = Duration::from_millis(u64::try_from(row.try_get::<i64, _>(5)?)?);
    let limits = Limits { idle, end: time(6)? };
    let mut record = Record::new(TokenHash::from_bytes(token), limits, time(1)?);
    record.rotated = row.try_get::<Option<i64>, _>(2)?.map(Timestamp::from_millis);
    record.seen = time(3)?;
    record.expires = time(4)?;
    record.label = row.try_get(7)?;
    record.revision = u64::try_from(row.try_get::<i64, _>(8)?)?;
    Ok(record)
}

/// The record of a load's row: after the head, all that its session holds.
pub(super) fn record(row: &SqliteRow) -> Result<Record, StoreError> {
    let mut record = head(row)?;
    record.values = log::read(row.try_get(HEAD_COLUMNS)?)?;
    Ok(record)
}

/// What a row that is to be changed holds.
pub(super) fn held(row: &SqliteRow) -> Result<Held, StoreError> {
    let number = |column: usize| Ok::<_, StoreError>(usize::try_from(row.try_get::<i64, _>(column)?)?);
    Ok(Held { log: row.try_get(HEAD_COLUMNS)?, size: number(HEAD_COLUMNS + 1)?, folded: number(HEAD_COLUMNS + 2)? })
}

pub(super) fn id(row: &SqliteRow, column: usize) -> Result<SessionId, StoreError> {
    Ok(SessionId::from_bytes(row.try_get::<&[u8], _>(column)?.try_into()?))
}

/// Binds a whole row but its id: [`HEAD`], and then what it holds.
pub(super) fn bind(query: Query, record: &Record, held: Held) -> Query {
    query
        .bind(record.token.as_bytes().to_vec())
        .bind(record.created.as_millis())
        .bind(record.rotated.map(Timestamp::as_millis))
        .bind(record.seen.as_millis())
        .bind(record.expires.as_millis())
        .bind(idle(&record.limits))
        .bind(record.limits.end.as_millis())
        .bind(record.label.clone())
        .bind(count(record.revision))
        .bind(count(held.size as u64))
        .bind(count(held.folded as u64))
        .bind(held.log)
}

pub(super) fn idle(limits: &Limits) -> i64 {
    i64::try_from(limits.idle.as_millis()).unwrap_or(i64::MAX)
}

pub(super) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// What a commit's own row says of it.
pub(super) fn done(row: &SqliteRow) -> Result<Committed, StoreError> {
    let (revision, expires): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    Ok(Committed::Done { revision: u64::try_from(revision)?, expires: Timestamp::from_millis(expires) })
}
