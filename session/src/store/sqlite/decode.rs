//! Decodes rows to records and outcomes. Columns are read by position.

use std::time::Duration;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::layout::{HEAD_COLUMNS, HEAD_WORDS, StoredLog};
use crate::error::StoreError;
use crate::record::commit::{Committed, CommittedVersion};
use crate::record::id::{SessionId, TokenHash};
use crate::record::lifetime_limits::Limits;
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::value_log;

/// Decodes a row that starts with [`HEAD`](super::layout::HEAD) to a record without values.
pub(super) fn head(row: &SqliteRow) -> Result<Record, StoreError> {
    const DAMAGED: &str = "the stored record is damaged";
    let (token, words) = row.try_get::<&[u8], _>(0)?.split_first_chunk().ok_or(DAMAGED)?;
    let mut words = str::from_utf8(words)?.splitn(HEAD_WORDS, ' ');
    let mut word = || words.next().ok_or(DAMAGED);
    let (created, rotated, seen, expires) = (time(word()?)?, word()?, time(word()?)?, time(word()?)?);
    let limits = Limits { idle: Duration::from_millis(word()?.parse()?), absolute_end: time(word()?)? };
    let mut record = Record::new(TokenHash::from_bytes(*token), limits, created);
    record.rotated = Some(rotated).filter(|word| !word.is_empty()).map(time).transpose()?;
    (record.last_seen, record.expires) = (seen, expires);
    record.revision = word()?.parse()?;
    record.label = words.next().map(str::to_owned);
    Ok(record)
}

fn time(word: &str) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_millis(word.parse()?))
}

/// Decodes a loaded row: the head, then the complete value log.
pub(super) fn record(row: &SqliteRow) -> Result<Record, StoreError> {
    let mut record = head(row)?;
    record.values = value_log::decode(row.try_get(HEAD_COLUMNS)?)?;
    Ok(record)
}

/// Decodes the columns of the value log that follow the head.
pub(super) fn stored_log(row: &SqliteRow) -> Result<StoredLog, StoreError> {
    let len = |column: usize| Ok::<_, StoreError>(usize::try_from(row.try_get::<i64, _>(column)?)?);
    Ok(StoredLog {
        log: row.try_get(HEAD_COLUMNS)?,
        parts_bytes: len(HEAD_COLUMNS + 1)?,
        compacted_bytes: len(HEAD_COLUMNS + 2)?,
    })
}

/// Decodes a row of `find`: the head, then the id.
pub(super) fn session_info(row: &SqliteRow) -> Result<SessionInfo, StoreError> {
    Ok(SessionInfo::new(id(row, HEAD_COLUMNS)?, &head(row)?))
}

pub(super) fn id(row: &SqliteRow, column: usize) -> Result<SessionId, StoreError> {
    Ok(SessionId::from_bytes(row.try_get::<&[u8], _>(column)?.try_into()?))
}

/// Decodes the row that a single-statement commit returns.
pub(super) fn committed(row: &SqliteRow) -> Result<Committed, StoreError> {
    let (revision, expires): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    Ok(Committed::Done(Some(CommittedVersion {
        revision: u64::try_from(revision)?,
        expires: Timestamp::from_millis(expires),
    })))
}
