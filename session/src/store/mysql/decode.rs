//! Decodes rows to records and outcomes.

use std::str::FromStr;
use std::time::Duration;

use sqlx::Row;
use sqlx::mysql::MySqlRow;

use super::layout::{RECENT_COLUMN_BYTES, RECENT_HEAD_BYTES, RECENT_LEN_DIGITS};
use crate::error::StoreError;
use crate::record::commit::{Committed, CommittedVersion};
use crate::record::id::{SessionId, TokenHash};
use crate::record::lifetime_limits::Limits;
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::Deleted;
use crate::store::value_log;

/// The number of columns that [`record_expression`](super::layout::record_expression) selects. Further columns follow.
const RECORD_COLUMNS: usize = 1;

const DAMAGED: &str = "the stored record is damaged";

/// Decodes the rows of one session: the session's row, and a row for each further part of its value log.
pub(super) fn record(rows: &[MySqlRow]) -> Result<Option<Record>, StoreError> {
    let mut rows: Vec<RecordRow<'_>> = rows.iter().map(RecordRow::decode).collect::<Result<_, _>>()?;
    rows.sort_unstable_by_key(|row| row.head.part);
    let Some((first, parts)) = rows.split_first().filter(|(first, _)| first.head.part == 0) else { return Ok(None) };
    // The entries in the session's own row are the newest.
    let logs: Vec<&[u8]> = parts.iter().chain([first]).flat_map(|row| [row.log, row.recent]).collect();
    let mut record = first.head.record.clone();
    record.values = value_log::decode(logs.concat())?;
    Ok(Some(record))
}

/// Decodes a row of `find`: the head, then the id.
pub(super) fn session_info(row: &MySqlRow) -> Result<SessionInfo, StoreError> {
    Ok(SessionInfo::new(id(row, 1)?, &Head::decode(row.try_get(0)?)?.record))
}

/// Decodes the id after the record, in a row of `scan`.
pub(super) fn session_id(row: &MySqlRow) -> Result<SessionId, StoreError> {
    id(row, RECORD_COLUMNS)
}

fn id(row: &MySqlRow, column: usize) -> Result<SessionId, StoreError> {
    Ok(SessionId::from_bytes(row.try_get::<&[u8], _>(column)?.try_into()?))
}

/// Returns true if two rows of `scan` belong to one session.
pub(super) fn is_same_session(row: &MySqlRow, next: &MySqlRow) -> bool {
    session_id(row).ok() == session_id(next).ok()
}

/// Decodes the outcome of the commit procedure. The first column is the record (conflict) or the rotation time.
pub(super) fn committed(rows: &[MySqlRow]) -> Result<Committed, StoreError> {
    let row = rows.first().ok_or("the commit returned no row")?;
    Ok(match row.try_get(RECORD_COLUMNS)? {
        "done" => Committed::Done(Some(CommittedVersion {
            revision: u64::try_from(row.try_get::<i64, _>(3)?)?,
            expires: time(row, 2)?,
        })),
        "missing" => Committed::Missing,
        "replaced" => Committed::Replaced { rotated: optional_time(row, 0)? },
        "conflict" => {
            Committed::Conflict(Box::new(record(rows)?.ok_or("the commit returned a conflict without a record")?))
        }
        _ => return Err("the commit returned an unknown outcome".into()),
    })
}

/// Decodes the outcome of the delete procedure.
pub(super) fn deleted(rows: &[MySqlRow]) -> Result<Deleted, StoreError> {
    let row = rows.first().ok_or("the deletion returned no row")?;
    Ok(match row.try_get(0)? {
        "done" => Deleted::Done,
        "missing" => Deleted::Missing,
        "replaced" => Deleted::Replaced { rotated: optional_time(row, 1)? },
        _ => return Err("the deletion returned an unknown outcome".into()),
    })
}

/// Decodes the number of records that the sweep procedure deleted.
pub(super) fn deleted_count(rows: &[MySqlRow]) -> Result<usize, StoreError> {
    let row = rows.first().ok_or("the sweep returned no row")?;
    Ok(usize::try_from(row.try_get::<i64, _>(0)?)?)
}

/// Decodes the outcome of the create procedure: true if the record is new.
pub(super) fn created(rows: &[MySqlRow]) -> Result<bool, StoreError> {
    let row = rows.first().ok_or("the creation returned no row")?;
    Ok(row.try_get::<i64, _>(0)? != 0)
}

/// One row of a session, with its share of the value log.
struct RecordRow<'a> {
    head: Head<'a>,
    log: &'a [u8],
    /// The entries of the last commit, which follow `log`. Empty in the rows of further parts.
    recent: &'a [u8],
}

impl<'a> RecordRow<'a> {
    fn decode(row: &'a MySqlRow) -> Result<Self, StoreError> {
        let head = Head::decode(row.try_get(0)?)?;
        if head.part > 0 {
            return Ok(Self { log: head.rest, recent: b"", head });
        }
        let (recent_column, log) = head.rest.split_at_checked(RECENT_COLUMN_BYTES).ok_or(DAMAGED)?;
        let len: usize = parse(&recent_column[..RECENT_LEN_DIGITS])?;
        let recent = recent_column.get(RECENT_HEAD_BYTES..RECENT_HEAD_BYTES + len).ok_or(DAMAGED)?;
        Ok(Self { head, log, recent })
    }
}

struct Head<'a> {
    /// The record without values.
    record: Record,
    part: i64,
    /// The bytes after the head.
    rest: &'a [u8],
}

impl<'a> Head<'a> {
    fn decode(bytes: &'a [u8]) -> Result<Self, StoreError> {
        let (token, mut rest) = bytes.split_first_chunk::<32>().ok_or(DAMAGED)?;
        let (created, rotated) = (parse_time(next_field(&mut rest)?)?, next_field(&mut rest)?);
        let (seen, expires) = (parse_time(next_field(&mut rest)?)?, parse_time(next_field(&mut rest)?)?);
        let limits = Limits {
            idle: Duration::from_millis(parse(next_field(&mut rest)?)?),
            absolute_end: parse_time(next_field(&mut rest)?)?,
        };
        let mut record = Record::new(TokenHash::from_bytes(*token), limits, created);
        record.rotated = if rotated == b"-" { None } else { Some(parse_time(rotated)?) };
        (record.last_seen, record.expires) = (seen, expires);
        record.revision = parse(next_field(&mut rest)?)?;
        let part = parse(next_field(&mut rest)?)?;
        if let Some(rest) = rest.strip_prefix(b"-") {
            return Ok(Self { record, part, rest });
        }
        let len = parse(next_field(&mut rest)?)?;
        let (label, rest) = rest.split_at_checked(len).ok_or(DAMAGED)?;
        // The standard error would state a position in the label.
        let label = std::str::from_utf8(label).map_err(|_| "the stored label is not UTF-8")?;
        record.label = Some(label.to_owned());
        Ok(Self { record, part, rest })
    }
}

/// Removes and returns the bytes before the next space.
fn next_field<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], StoreError> {
    let end = rest.iter().position(|byte| *byte == b' ').ok_or(DAMAGED)?;
    let (field, remaining) = rest.split_at(end);
    *rest = &remaining[1..];
    Ok(field)
}

fn parse<N: FromStr>(digits: &[u8]) -> Result<N, StoreError> {
    let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    number.ok_or_else(|| DAMAGED.into())
}

fn parse_time(digits: &[u8]) -> Result<Timestamp, StoreError> {
    parse(digits).map(Timestamp::from_millis)
}

fn time(row: &MySqlRow, column: usize) -> sqlx::Result<Timestamp> {
    row.try_get(column).map(Timestamp::from_millis)
}

fn optional_time(row: &MySqlRow, column: usize) -> sqlx::Result<Option<Timestamp>> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Timestamp::from_millis))
}
