//! What the server answers with. Columns are read from the first one to the last, as the statements name them.

use std::time::Duration;

use sqlx::postgres::PgRow;
use sqlx::postgres::types::PgRecordDecoder;
use sqlx::{Decode, Postgres, Row, Type};

use super::super::{Committed, Deleted, Limits, Record, SessionInfo, StoreError, Timestamp, TokenHash, value_log};
use crate::record::id::SessionId;

pub(super) fn load(row: &PgRow) -> Result<Record, StoreError> {
    record(&mut OfRow { row, at: 0 })
}

pub(super) fn scanned(row: &PgRow) -> Result<(SessionId, Record), StoreError> {
    let mut columns = OfRow { row, at: 0 };
    Ok((columns.id()?, record(&mut columns)?))
}

pub(super) fn found(row: &PgRow) -> Result<SessionInfo, StoreError> {
    let mut columns = OfRow { row, at: 0 };
    let (id, created, seen, expires) = (columns.id()?, columns.time()?, columns.time()?, columns.time()?);
    Ok(SessionInfo {
        id,
        created: created.into(),
        last_seen: seen.into(),
        expires: expires.into(),
        label: columns.label()?,
    })
}

pub(super) fn committed(row: &PgRow) -> Result<Committed, StoreError> {
    let mut columns = OfRow { row, at: 0 };
    if let Some(revision) = columns.next::<Option<i64>>()? {
        return Ok(Committed::Done { revision: u64::try_from(revision)?, expires: columns.time()? });
    }
    let mut told = PgRecordDecoder::new(row.try_get_raw(2)?)?;
    Ok(match told.next::<String>()?.as_str() {
        "done" => Committed::Done { revision: told.number()?, expires: told.time()? },
        "replaced" => {
            let _: (Option<i64>, Option<i64>) = (told.next()?, told.next()?);
            Committed::Replaced { rotated: told.rotated()? }
        }
        "conflict" => Committed::Conflict(Box::new(record(&mut told)?)),
        _ => Committed::Missing,
    })
}

pub(super) fn deleted(row: &PgRow) -> Result<Deleted, StoreError> {
    let mut columns = OfRow { row, at: 0 };
    Ok(match columns.next::<String>()?.as_str() {
        "done" => Deleted::Done,
        "replaced" => Deleted::Replaced { rotated: columns.rotated()? },
        _ => Deleted::Missing,
    })
}

fn record(columns: &mut impl Columns) -> Result<Record, StoreError> {
    let (revision, expires, rotated) = (columns.number()?, columns.time()?, columns.rotated()?);
    let (token, created, seen) = (TokenHash::from_bytes(columns.next()?), columns.time()?, columns.time()?);
    let limits = Limits { idle: Duration::from_millis(columns.number()?), absolute_end: columns.time()? };
    let label = columns.label()?;
    let values = value_log::decode_newest_first(columns.next::<Option<Vec<u8>>>()?.unwrap_or_default())?;
    Ok(Record { token, created, rotated, last_seen: seen, expires, limits, label, revision, values })
}

/// What is read one column after the other.
trait Columns {
    fn next<T>(&mut self) -> Result<T, StoreError>
    where
        T: for<'a> Decode<'a, Postgres> + Type<Postgres>;

    fn number(&mut self) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.next::<i64>()?)?)
    }

    fn time(&mut self) -> Result<Timestamp, StoreError> {
        self.next().map(Timestamp::from_millis)
    }

    fn rotated(&mut self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.next::<Option<i64>>()?.map(Timestamp::from_millis))
    }

    fn id(&mut self) -> Result<SessionId, StoreError> {
        self.next().map(SessionId::from_bytes)
    }

    fn label(&mut self) -> Result<Option<String>, StoreError> {
        // The bytes are left out of the error.
        let text = |bytes| String::from_utf8(bytes).map_err(|_| "a label is not UTF-8".into());
        self.next::<Option<Vec<u8>>>()?.map(text).transpose()
    }
}

struct OfRow<'r> {
    row: &'r PgRow,
    at: usize,
}

impl Columns for OfRow<'_> {
    fn next<T>(&mut self) -> Result<T, StoreError>
    where
        T: for<'a> Decode<'a, Postgres> + Type<Postgres>,
    {
        // As it stands: the statement says of which type a column is, so the driver need not compare.
        let value = T::decode(self.row.try_get_raw(self.at)?)?;
        self.at += 1;
        Ok(value)
    }
}

/// What a function gave, as one column.
impl Columns for PgRecordDecoder<'_> {
    fn next<T>(&mut self) -> Result<T, StoreError>
    where
        T: for<'a> Decode<'a, Postgres> + Type<Postgres>,
    {
        self.try_decode()
    }
}
