//! What the database answers, as records.

use std::time::Duration;

use sqlx::Row;
use sqlx::mysql::MySqlRow;

use crate::id::SessionId;
use crate::store::{Committed, Deleted, Found, Json, Limits, Record, StoreError, Timestamp, TokenHash, Values};

/// The columns that [`head`] reads.
pub(super) const HEAD: &str = "token, created, rotated, seen, expires, idle, ends, label, revision";
pub(super) const HEAD_COLUMNS: usize = 9;

/// The record of one session's rows, if one of them has the head: a load has it in a row of its own, a walk in each.
pub(super) fn record(rows: &[MySqlRow]) -> Result<Option<Record>, StoreError> {
    let has_head = |row: &&MySqlRow| row.try_get::<Option<&[u8]>, _>("token").is_ok_and(|token| token.is_some());
    let Some(first) = rows.iter().find(has_head) else { return Ok(None) };
    let mut record = head(first)?;
    record.values = values(rows)?;
    Ok(Some(record))
}

pub(super) fn found(row: &MySqlRow) -> Result<Found, StoreError> {
    Ok(Found::new(id(row)?, &head(row)?))
}

pub(super) fn id(row: &MySqlRow) -> Result<SessionId, StoreError> {
    Ok(SessionId::from_bytes(row.try_get::<&[u8], _>("id")?.try_into()?))
}

/// Whether two neighbours in an answer that is in the order of ids belong together.
pub(super) fn are_of_one_session(one: &MySqlRow, next: &MySqlRow) -> bool {
    let id = |row: &MySqlRow| id(row).ok();
    id(one) == id(next)
}

pub(super) fn committed(rows: &[MySqlRow]) -> Result<Committed, StoreError> {
    let first = rows.first().ok_or("a commit has an outcome")?;
    Ok(match first.try_get("outcome")? {
        "done" => Committed::Done { revision: revision(first)?, expires: time(first, "expires")? },
        "missing" => Committed::Missing,
        "replaced" => Committed::Replaced { rotated: rotated(first)? },
        "conflict" => Committed::Conflict(Box::new(Record { values: values(rows)?, ..head(first)? })),
        _ => return Err("the commit has an outcome that this release does not know".into()),
    })
}

pub(super) fn deleted(rows: &[MySqlRow]) -> Result<Deleted, StoreError> {
    let row = rows.first().ok_or("a deletion has an outcome")?;
    Ok(match row.try_get("outcome")? {
        "done" => Deleted::Done,
        "missing" => Deleted::Missing,
        "replaced" => Deleted::Replaced { rotated: rotated(row)? },
        _ => return Err("the deletion has an outcome that this release does not know".into()),
    })
}

/// The record of a row, without its values.
fn head(row: &MySqlRow) -> Result<Record, StoreError> {
    let token: [u8; 32] = row.try_get::<&[u8], _>("token")?.try_into()?;
    let idle = Duration::from_millis(u64::try_from(row.try_get::<i64, _>("idle")?)?);
    let limits = Limits { idle, end: time(row, "ends")? };
    let label = row.try_get::<Option<&[u8]>, _>("label")?.map(text).transpose()?;
    let mut record = Record::new(TokenHash::from_bytes(token), limits, time(row, "created")?);
    record.rotated = rotated(row)?;
    record.seen = time(row, "seen")?;
    record.expires = time(row, "expires")?;
    record.label = label.map(str::to_owned);
    record.revision = revision(row)?;
    Ok(record)
}

fn time(row: &MySqlRow, column: &str) -> sqlx::Result<Timestamp> {
    row.try_get(column).map(Timestamp::from_millis)
}

fn rotated(row: &MySqlRow) -> sqlx::Result<Option<Timestamp>> {
    Ok(row.try_get::<Option<i64>, _>("rotated")?.map(Timestamp::from_millis))
}

fn revision(row: &MySqlRow) -> Result<u64, StoreError> {
    Ok(u64::try_from(row.try_get::<i64, _>("revision")?)?)
}

/// A session without values has one row, in which they are null. The two come first, and are asked for by their place:
/// of a thousand rows, looking for names is a good part of the work.
fn values(rows: &[MySqlRow]) -> Result<Values, StoreError> {
    let value = |row: &MySqlRow| {
        let Some(name) = row.try_get::<Option<&[u8]>, _>(0)? else { return Ok(None) };
        Ok(Some((text(name)?.to_owned(), Json::from_text(text(row.try_get(1)?)?))))
    };
    rows.iter().filter_map(|row| value(row).transpose()).collect()
}

/// The bytes as the text that they were. The standard error would say where it fails, and no more is known here.
fn text(bytes: &[u8]) -> Result<&str, StoreError> {
    std::str::from_utf8(bytes).map_err(|_| "a key, value or label is not UTF-8".into())
}
