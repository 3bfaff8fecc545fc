//! Decodes rows to records and outcomes. Columns are read in the order of the statements.

use std::time::{Duration, SystemTime};

use sqlx::postgres::PgRow;
use sqlx::postgres::types::PgRecordDecoder;
use sqlx::{Decode, Postgres, Row, Type};

use crate::error::StoreError;
use crate::record::commit::Committed;
use crate::record::id::{SessionId, TokenHash};
use crate::record::lifetime_limits::Limits;
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::Record;
use crate::record::timestamp::Timestamp;
use crate::store::session_store::Deleted;
use crate::store::value_log;

pub(super) fn record(row: &PgRow) -> Result<Record, StoreError> {
    RowColumns::new(row).next_record()
}

pub(super) fn session(row: &PgRow) -> Result<(SessionId, Record), StoreError> {
    let mut columns = RowColumns::new(row);
    Ok((columns.next_id()?, columns.next_record()?))
}

pub(super) fn session_info(row: &PgRow) -> Result<SessionInfo, StoreError> {
    let mut columns = RowColumns::new(row);
    let id = columns.next_id()?;
    let (created, rotated) = (columns.next_time()?, columns.next_rotated()?);
    let (last_seen, expires) = (columns.next_time()?, columns.next_time()?);
    Ok(SessionInfo {
        id,
        created: created.into(),
        rotated: rotated.map(SystemTime::from),
        last_seen: last_seen.into(),
        expires: expires.into(),
        label: columns.next_label()?,
    })
}

pub(super) fn committed(row: &PgRow) -> Result<Committed, StoreError> {
    let mut columns = RowColumns::new(row);
    if let Some(revision) = columns.next::<Option<i64>>()? {
        return Ok(Committed::Done { revision: u64::try_from(revision)?, expires: columns.next_time()? });
    }
    let mut outcome = PgRecordDecoder::new(row.try_get_raw(2)?)?;
    Ok(match outcome.next::<String>()?.as_str() {
        "done" => Committed::Done { revision: outcome.next_u64()?, expires: outcome.next_time()? },
        "replaced" => {
            let _revision_and_expires: (Option<i64>, Option<i64>) = (outcome.next()?, outcome.next()?);
            Committed::Replaced { rotated: outcome.next_rotated()? }
        }
        "conflict" => Committed::Conflict(Box::new(outcome.next_record()?)),
        _ => Committed::Missing,
    })
}

pub(super) fn deleted(row: &PgRow) -> Result<Deleted, StoreError> {
    let mut columns = RowColumns::new(row);
    Ok(match columns.next::<String>()?.as_str() {
        "done" => Deleted::Done,
        "replaced" => Deleted::Replaced { rotated: columns.next_rotated()? },
        _ => Deleted::Missing,
    })
}

/// A list of columns that is decoded from left to right.
trait Columns {
    fn next<T>(&mut self) -> Result<T, StoreError>
    where
        T: for<'a> Decode<'a, Postgres> + Type<Postgres>;

    fn next_u64(&mut self) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.next::<i64>()?)?)
    }

    fn next_time(&mut self) -> Result<Timestamp, StoreError> {
        self.next().map(Timestamp::from_millis)
    }

    fn next_rotated(&mut self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.next::<Option<i64>>()?.map(Timestamp::from_millis))
    }

    fn next_id(&mut self) -> Result<SessionId, StoreError> {
        self.next().map(SessionId::from_bytes)
    }

    fn next_label(&mut self) -> Result<Option<String>, StoreError> {
        // The `Debug` output of the standard error contains the bytes.
        let text = |bytes| String::from_utf8(bytes).map_err(|_| "the stored label is not UTF-8".into());
        self.next::<Option<Vec<u8>>>()?.map(text).transpose()
    }

    fn next_record(&mut self) -> Result<Record, StoreError> {
        let (revision, expires, rotated) = (self.next_u64()?, self.next_time()?, self.next_rotated()?);
        let token = TokenHash::from_bytes(self.next()?);
        let (created, last_seen) = (self.next_time()?, self.next_time()?);
        let limits = Limits { idle: Duration::from_millis(self.next_u64()?), absolute_end: self.next_time()? };
        let label = self.next_label()?;
        let values = value_log::decode_newest_first(self.next::<Option<Vec<u8>>>()?.unwrap_or_default())?;
        Ok(Record { token, created, rotated, last_seen, expires, limits, label, revision, values })
    }
}

/// The columns of a row.
struct RowColumns<'r> {
    row: &'r PgRow,
    index: usize,
}

impl<'r> RowColumns<'r> {
    fn new(row: &'r PgRow) -> Self {
        Self { row, index: 0 }
    }
}

impl Columns for RowColumns<'_> {
    fn next<T>(&mut self) -> Result<T, StoreError>
    where
        T: for<'a> Decode<'a, Postgres> + Type<Postgres>,
    {
        // Without the driver's type check: the statement fixes the type of each column.
        let value = T::decode(self.row.try_get_raw(self.index)?)?;
        self.index += 1;
        Ok(value)
    }
}

/// The fields of a composite value, the result of a function.
impl Columns for PgRecordDecoder<'_> {
    fn next<T>(&mut self) -> Result<T, StoreError>
    where
        T: for<'a> Decode<'a, Postgres> + Type<Postgres>,
    {
        self.try_decode()
    }
}
