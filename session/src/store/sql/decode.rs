//! Decodes rows to records. Columns are read by position, in the order of the column lists below.

use std::time::{Duration, SystemTime};

use crate::error::StoreError;
use crate::record::id::{SessionId, TokenHash};
use crate::record::lifetime_limits::Limits;
use crate::record::session_info::SessionInfo;
use crate::record::stored_record::{LogSize, Record};
use crate::record::timestamp::Timestamp;
use crate::record::values::Values;
use crate::store::sql::record_table::StoredRow;
#[cfg(any(feature = "mysql", feature = "postgres"))]
use crate::store::value_log;

/// The columns of a record's own row, for [`stored_row`] and [`record`]. `log` is the last one.
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(in crate::store) const ROW_COLUMNS: &str = "revision, expires, rotated, login_rotated, token, created, last_seen, \
                                                idle_timeout, absolute_end, label, parts_bytes, compacted_bytes, log";

#[cfg(any(feature = "mysql", feature = "postgres"))]
const LOG_COLUMN: usize = 12;

/// The columns of a list of sessions, for [`session_info`].
pub(in crate::store) const INFO_COLUMNS: &str = "id, created, rotated, last_seen, expires, label";

pub(super) const DAMAGED: &str = "the stored record is damaged";

/// A row of a database. The statement fixes the type of each column, so the driver's type check is left out.
pub(in crate::store) trait SqlRow {
    fn integer(&self, column: usize) -> sqlx::Result<Option<i64>>;

    fn bytes(&self, column: usize) -> sqlx::Result<Option<&[u8]>>;
}

/// Decodes the rows of one record: part 0 and the further parts, in any order. `first` is the column of the part number.
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(in crate::store) fn record<R: SqlRow>(rows: &[R], first: usize) -> Result<Option<Record>, StoreError> {
    let number = |row: &R| row.integer(first).map(Option::unwrap_or_default);
    let mut parts = Vec::new();
    let mut own_row = None;
    for row in rows {
        match number(row)? {
            0 => own_row = Some(row),
            part => parts.push((part, row)),
        }
    }
    let Some(own_row) = own_row else { return Ok(None) };
    let StoredRow { mut record, mut log, size } = stored_row(own_row, first + 1)?;
    parts.sort_unstable_by_key(|(part, _)| std::cmp::Reverse(*part));
    for (_, row) in parts {
        log.extend_from_slice(row.bytes(first + 1 + LOG_COLUMN)?.ok_or(DAMAGED)?);
    }
    // Without a newer part, older values would be returned.
    if log.len() != size.row + size.parts {
        return Err(DAMAGED.into());
    }
    record.values = value_log::decode_newest_first(log)?;
    record.log_size = Some(size);
    Ok(Some(record))
}

/// Decodes records whose rows are consecutive. The id is the first column, then the part number.
#[cfg(any(feature = "mysql", feature = "postgres"))]
pub(in crate::store) fn sessions<R: SqlRow>(rows: &[R]) -> Result<Vec<(SessionId, Record)>, StoreError> {
    let mut sessions = Vec::new();
    let has_same_id =
        |one: &R, other: &R| matches!((one.bytes(0), other.bytes(0)), (Ok(one), Ok(other)) if one == other);
    for rows in rows.chunk_by(has_same_id) {
        let id = session_id(&rows[0], 0)?;
        sessions.extend(record(rows, 1)?.map(|record| (id, record)));
    }
    Ok(sessions)
}

/// Decodes [`ROW_COLUMNS`], which start at the column `first`.
pub(in crate::store) fn stored_row<R: SqlRow>(row: &R, first: usize) -> Result<StoredRow, StoreError> {
    let mut columns = Columns { row, next: first };
    let (revision, expires) = (columns.unsigned()?, columns.time()?);
    let (rotated, login_rotated) = (columns.optional_time()?, columns.optional_time()?);
    let token = TokenHash::from_bytes(columns.required_bytes()?.try_into().map_err(|_| DAMAGED)?);
    let (created, last_seen) = (columns.time()?, columns.time()?);
    let limits = Limits { idle: Duration::from_millis(columns.unsigned()?), absolute_end: columns.time()? };
    let label = columns.label()?;
    let (parts, compacted) = (columns.len()?, columns.len()?);
    let log = columns.required_bytes()?.to_vec();
    let values = Values::default();
    let record = Record {
        token,
        created,
        rotated,
        login_rotated,
        last_seen,
        expires,
        limits,
        label,
        revision,
        values,
        log_size: None,
    };
    let size = LogSize { row: log.len(), parts, compacted };
    Ok(StoredRow { record, log, size })
}

/// Decodes [`INFO_COLUMNS`].
pub(in crate::store) fn session_info<R: SqlRow>(row: &R) -> Result<SessionInfo, StoreError> {
    let mut columns = Columns { row, next: 1 };
    Ok(SessionInfo {
        id: session_id(row, 0)?,
        created: columns.time()?.into(),
        rotated: columns.optional_time()?.map(SystemTime::from),
        last_seen: columns.time()?.into(),
        expires: columns.time()?.into(),
        label: columns.label()?,
    })
}

pub(in crate::store) fn session_id<R: SqlRow>(row: &R, column: usize) -> Result<SessionId, StoreError> {
    let bytes = row.bytes(column)?.ok_or(DAMAGED)?;
    Ok(SessionId::from_bytes(bytes.try_into().map_err(|_| DAMAGED)?))
}

/// The columns of a row, from left to right.
struct Columns<'r, R> {
    row: &'r R,
    next: usize,
}

impl<'r, R: SqlRow> Columns<'r, R> {
    fn integer(&mut self) -> Result<Option<i64>, StoreError> {
        self.next += 1;
        Ok(self.row.integer(self.next - 1)?)
    }

    fn bytes(&mut self) -> Result<Option<&'r [u8]>, StoreError> {
        self.next += 1;
        Ok(self.row.bytes(self.next - 1)?)
    }

    fn required_bytes(&mut self) -> Result<&'r [u8], StoreError> {
        Ok(self.bytes()?.ok_or(DAMAGED)?)
    }

    fn unsigned(&mut self) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.integer()?.ok_or(DAMAGED)?)?)
    }

    fn len(&mut self) -> Result<usize, StoreError> {
        Ok(usize::try_from(self.integer()?.ok_or(DAMAGED)?)?)
    }

    fn time(&mut self) -> Result<Timestamp, StoreError> {
        self.integer()?.map(Timestamp::from_millis).ok_or_else(|| DAMAGED.into())
    }

    fn optional_time(&mut self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.integer()?.map(Timestamp::from_millis))
    }

    fn label(&mut self) -> Result<Option<String>, StoreError> {
        // The `Debug` output of the standard error contains the bytes.
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| "the stored label is not UTF-8".into());
        self.bytes()?.map(text).transpose()
    }
}
