//! What the database answers, as records.

use std::str::FromStr;
use std::time::Duration;

use sqlx::Row;
use sqlx::mysql::MySqlRow;

use super::migrations::{COLUMN, RECENT_HEAD};
use crate::record::id::SessionId;
use crate::store::{Committed, Deleted, Limits, Record, SessionInfo, StoreError, Timestamp, TokenHash, value_log};

/// The column of [`record`]: all that a row has, as one text. Few columns, of short names: the server describes each one in
/// every answer, and calls one without a name by its whole expression.
pub(super) fn record_column() -> String {
    format!("CONCAT({}, recent, held) AS r", head())
}
const RECORD: usize = 1;

/// All of a record but its values.
pub(super) fn head_column() -> String {
    format!("CONCAT({}) AS h", head())
}

/// The token, and behind it numbers, and the label, behind its length. What is not there is `-`, since there are modes in
/// which an empty text is none.
fn head() -> &'static str {
    "token, CONCAT_WS(' ', created, COALESCE(rotated, '-'), seen, expires, idle, ends, revision, part,
    IF(label IS NULL, '-', CONCAT(LENGTH(label), ' ', label)))"
}

/// The record of one session's rows, if there are any: its own, and one for each further part of its log.
pub(super) fn record(rows: &[MySqlRow]) -> Result<Option<Record>, StoreError> {
    let mut rows: Vec<One<'_>> = rows.iter().map(One::of).collect::<Result<_, _>>()?;
    rows.sort_unstable_by_key(|row| row.part);
    let Some((own, parts)) = rows.split_first().filter(|(first, _)| first.part == 0) else { return Ok(None) };
    let logs: Vec<&[u8]> = parts.iter().chain([own]).flat_map(|row| [row.held, row.recent]).collect();
    let mut record = own.record.clone();
    record.values = value_log::decode(logs.concat())?;
    Ok(Some(record))
}

pub(super) fn found(row: &MySqlRow) -> Result<SessionInfo, StoreError> {
    Ok(SessionInfo::new(id(row, 1)?, &Head::of(row.try_get(0)?)?.record))
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

/// The outcome stands behind a record, or where one would end.
pub(super) fn committed(rows: &[MySqlRow]) -> Result<Committed, StoreError> {
    let first = rows.first().ok_or("a commit has an outcome")?;
    Ok(match first.try_get(RECORD)? {
        "done" => Committed::Done { revision: u64::try_from(first.try_get::<i64, _>(3)?)?, expires: time(first, 2)? },
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

/// One row of a record.
struct One<'a> {
    /// Without values.
    record: Record,
    part: i64,
    /// This part of the log.
    held: &'a [u8],
    /// The last of it. A further part has none.
    recent: &'a [u8],
}

impl<'a> One<'a> {
    fn of(row: &'a MySqlRow) -> Result<Self, StoreError> {
        let Head { record, part, rest } = Head::of(row.try_get(0)?)?;
        if part > 0 {
            return Ok(Self { record, part, held: rest, recent: b"" });
        }
        let (recent, held) = rest.split_at_checked(COLUMN).ok_or(DAMAGED)?;
        let length: usize = number(&recent[..4])?;
        let recent = recent.get(RECENT_HEAD..RECENT_HEAD + length).ok_or(DAMAGED)?;
        Ok(Self { record, part, held, recent })
    }
}

struct Head<'a> {
    /// Without values.
    record: Record,
    part: i64,
    /// What comes behind it.
    rest: &'a [u8],
}

impl<'a> Head<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self, StoreError> {
        let (token, mut rest) = bytes.split_first_chunk::<32>().ok_or(DAMAGED)?;
        let (created, rotated, seen, expires) =
            (time_of(field(&mut rest)?)?, field(&mut rest)?, time_of(field(&mut rest)?)?, time_of(field(&mut rest)?)?);
        let limits = Limits {
            idle: Duration::from_millis(number(field(&mut rest)?)?),
            absolute_end: time_of(field(&mut rest)?)?,
        };
        let mut record = Record::new(TokenHash::from_bytes(*token), limits, created);
        record.rotated = if rotated == b"-" { None } else { Some(time_of(rotated)?) };
        (record.last_seen, record.expires) = (seen, expires);
        record.revision = number(field(&mut rest)?)?;
        let part = number(field(&mut rest)?)?;
        if let Some(behind) = rest.strip_prefix(b"-") {
            return Ok(Self { record, part, rest: behind });
        }
        let length = number(field(&mut rest)?)?;
        let (label, rest) = rest.split_at_checked(length).ok_or(DAMAGED)?;
        record.label = Some(text(label)?.to_owned());
        Ok(Self { record, part, rest })
    }
}

/// The bytes before the next space.
fn field<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], StoreError> {
    let end = rest.iter().position(|byte| *byte == b' ').ok_or(DAMAGED)?;
    let (field, behind) = rest.split_at(end);
    *rest = &behind[1..];
    Ok(field)
}

const DAMAGED: &str = "a stored record is damaged";

fn number<N: FromStr>(digits: &[u8]) -> Result<N, StoreError> {
    let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    number.ok_or_else(|| DAMAGED.into())
}

fn time_of(text: &[u8]) -> Result<Timestamp, StoreError> {
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
