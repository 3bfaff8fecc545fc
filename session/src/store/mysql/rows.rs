//! What the database answers, as records.

use std::str::FromStr;
use std::time::Duration;

use sqlx::Row;
use sqlx::mysql::MySqlRow;

use super::schema;
use crate::id::SessionId;
use crate::store::{Committed, Deleted, Found, Limits, Record, StoreError, Timestamp, TokenHash, Values, log};

/// The columns of [`record`]: the head, the row's own share of the log, and one of its other parts. Few columns, of
/// short names: the server describes each one in every answer, and calls one without a name by its whole expression.
pub(super) fn record_columns() -> String {
    let (head, own) = (head_column("COALESCE(part, 0)"), schema::own());
    format!("{head}, IF(part > 0, NULL, {own}) AS o, log AS p")
}
const RECORD: usize = 3;

/// All of a record but its values: the token, and behind it numbers, and `+` with the label or `-`. What is not there is
/// `-`, since there are modes in which an empty text is none.
pub(super) fn head_column(part: &str) -> String {
    format!(
        "CONCAT(token, CONCAT_WS(' ', created, COALESCE(rotated, '-'), seen, expires, idle, ends, revision, {part},
        IF(label IS NULL, '-', CONCAT('+', label)))) AS h"
    )
}

/// The record of one session's rows, if there are any: one for each part of its log, and one if it has no part.
pub(super) fn record(rows: &[MySqlRow]) -> Result<Option<Record>, StoreError> {
    let Some(first) = rows.first() else { return Ok(None) };
    let mut record = head(first)?.record;
    record.values = values(rows)?;
    Ok(Some(record))
}

pub(super) fn found(row: &MySqlRow) -> Result<Found, StoreError> {
    Ok(Found::new(id(row, 1)?, &head(row)?.record))
}

/// The session of a row that has its id behind the record.
pub(super) fn session(row: &MySqlRow) -> Result<SessionId, StoreError> {
    id(row, RECORD)
}

fn id(row: &MySqlRow, column: usize) -> Result<SessionId, StoreError> {
    Ok(SessionId::from_bytes(row.try_get::<&[u8], _>(column)?.try_into()?))
}

/// Whether two neighbours in an answer that is in the order of ids belong together.
pub(super) fn are_of_one_session(one: &MySqlRow, next: &MySqlRow) -> bool {
    session(one).ok() == session(next).ok()
}

/// The outcome stands where a record would end.
pub(super) fn committed(rows: &[MySqlRow]) -> Result<Committed, StoreError> {
    let first = rows.first().ok_or("a commit has an outcome")?;
    Ok(match first.try_get(RECORD)? {
        "done" => Committed::Done { revision: u64::try_from(first.try_get::<i64, _>(2)?)?, expires: time(first, 1)? },
        "missing" => Committed::Missing,
        "replaced" => Committed::Replaced { rotated: rotated(first, 0)? },
        "conflict" => Committed::Conflict(Box::new(record(rows)?.ok_or("a conflict has a record")?)),
        _ => return Err("the commit has an outcome that this release does not know".into()),
    })
}

pub(super) fn deleted(rows: &[MySqlRow]) -> Result<Deleted, StoreError> {
    let row = rows.first().ok_or("a deletion has an outcome")?;
    Ok(match row.try_get(0)? {
        "done" => Deleted::Done,
        "missing" => Deleted::Missing,
        "replaced" => Deleted::Replaced { rotated: rotated(row, 1)? },
        _ => return Err("the deletion has an outcome that this release does not know".into()),
    })
}

struct Head {
    /// Without values.
    record: Record,
    part: i64,
}

fn head(row: &MySqlRow) -> Result<Head, StoreError> {
    let bytes: &[u8] = row.try_get(0)?;
    let (token, rest) = bytes.split_first_chunk::<32>().ok_or("a stored record is damaged")?;
    let mut fields = text(rest)?.splitn(9, ' ');
    let mut next = || fields.next().ok_or("a stored record is damaged");
    let (created, rotated, seen, expires) = (time_of(next()?)?, next()?, time_of(next()?)?, time_of(next()?)?);
    let idle = Duration::from_millis(number(next()?)?);
    let limits = Limits { idle, end: time_of(next()?)? };
    let mut record = Record::new(TokenHash::from_bytes(*token), limits, created);
    record.rotated = if rotated == "-" { None } else { Some(time_of(rotated)?) };
    (record.seen, record.expires) = (seen, expires);
    record.revision = number(next()?)?;
    let part = number(next()?)?;
    record.label = next()?.strip_prefix('+').map(str::to_owned);
    Ok(Head { record, part })
}

/// What all parts of the log make, in their order; the row's own share is the last.
fn values(rows: &[MySqlRow]) -> Result<Values, StoreError> {
    let (mut parts, mut own) = (Vec::new(), None);
    for row in rows {
        if let Some(log) = row.try_get::<Option<&[u8]>, _>(2)? {
            parts.push((head(row)?.part, log));
        }
        own = own.or(row.try_get::<Option<&[u8]>, _>(1)?);
    }
    parts.sort_unstable_by_key(|(part, _)| *part);
    let logs: Vec<&[u8]> = parts.into_iter().map(|(_, log)| log).chain(own).collect();
    log::read(logs.concat())
}

fn number<N: FromStr>(text: &str) -> Result<N, StoreError> {
    text.parse().map_err(|_| "a stored record is damaged".into())
}

fn time_of(text: &str) -> Result<Timestamp, StoreError> {
    number(text).map(Timestamp::from_millis)
}

fn time(row: &MySqlRow, column: usize) -> sqlx::Result<Timestamp> {
    row.try_get(column).map(Timestamp::from_millis)
}

fn rotated(row: &MySqlRow, column: usize) -> sqlx::Result<Option<Timestamp>> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Timestamp::from_millis))
}

/// The bytes as the text that they were. The standard error would say where it fails, and no more is known here.
fn text(bytes: &[u8]) -> Result<&str, StoreError> {
    std::str::from_utf8(bytes).map_err(|_| "a label is not UTF-8".into())
}
