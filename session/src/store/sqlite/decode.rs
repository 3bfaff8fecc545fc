//! Rows as records, and the other way. Columns are read by their place.

use std::time::Duration;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::super::sql::{to_i64, to_millis};
use super::super::{Committed, Limits, Record, StoreError, Timestamp, TokenHash, value_log};
use super::layout::Held;
use super::statements::Query;
use crate::record::id::SessionId;

/// What [`bind`] begins with.
pub(super) const COLUMNS: &str = "token, created, rotated, seen, expires, idle, ends, label, revision";

/// The same as one column, for [`head`]. The driver copies each column of a row to a place of its own, which is freed on
/// another thread: of ten columns, that is a tenth of a load.
pub(super) const HEAD: &str = "token || created || ' ' || coalesce(rotated, '') || ' ' || seen || ' ' || expires || ' ' \
                               || idle || ' ' || ends || ' ' || revision || coalesce(' ' || label, '')";
pub(super) const HEAD_COLUMNS: usize = 1;
const HEAD_WORDS: usize = 8;

/// The record of a row that begins with [`HEAD`], without its values.
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
    // The last word, with whatever spaces it has.
    record.label = words.next().map(str::to_owned);
    Ok(record)
}

fn time(word: &str) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_millis(word.parse()?))
}

/// The record of a load's row: after the head, all that its session holds.
pub(super) fn record(row: &SqliteRow) -> Result<Record, StoreError> {
    let mut record = head(row)?;
    record.values = value_log::decode(row.try_get(HEAD_COLUMNS)?)?;
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
        .bind(record.last_seen.as_millis())
        .bind(record.expires.as_millis())
        .bind(to_millis(record.limits.idle))
        .bind(record.limits.absolute_end.as_millis())
        .bind(record.label.clone())
        .bind(to_i64(record.revision))
        .bind(to_i64(held.size))
        .bind(to_i64(held.folded))
        .bind(held.log)
}

/// What a commit's own row says of it.
pub(super) fn done(row: &SqliteRow) -> Result<Committed, StoreError> {
    let (revision, expires): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    Ok(Committed::Done { revision: u64::try_from(revision)?, expires: Timestamp::from_millis(expires) })
}
