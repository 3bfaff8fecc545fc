//! The columns of a record as one packed column.
//!
//! The driver copies each column of a row to an allocation of its own, and frees it on another thread. With one column
//! per value, a load of a small session takes 5 % longer.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::StoreError;
use crate::record::stored_record::Record;
use crate::store::sql::decode::{self, SqlRow};
use crate::store::sql::record_table::StoredRow;
use crate::store::value_log;

/// The packed columns: the token, then the numbers and the label, separated by spaces. The label is last, since it may
/// contain spaces.
pub(super) const PACKED_COLUMNS: &str = "
    token || revision || ' ' || expires || ' ' || coalesce(rotated, '') || ' ' || coalesce(login_rotated, '') || ' ' ||
    created || ' ' || last_seen || ' ' || idle_timeout || ' ' || absolute_end || ' ' || parts_bytes || ' ' ||
    compacted_bytes || coalesce(' ' || label, '')";

const TOKEN_BYTES: usize = 32;
/// The numbers and the label.
const WORDS: usize = 11;
const DAMAGED: &str = "the stored record is damaged";

/// Decodes a record's own row: [`PACKED_COLUMNS`], then its log. `first` is the first column.
pub(super) fn stored_row(row: &SqliteRow, first: usize) -> Result<StoredRow, StoreError> {
    let packed: &[u8] = row.try_get_unchecked(first)?;
    let log = row.bytes(first + 1)?;
    decode::stored_row(&RecordRow::new(packed, log)?, 0)
}

/// Decodes a loaded record. Its log is the whole log: the entries in the record's own row, then the parts.
pub(super) fn record(row: &SqliteRow, first: usize) -> Result<Record, StoreError> {
    let StoredRow { mut record, log, mut size } = stored_row(row, first)?;
    size.row = log.len().checked_sub(size.parts).ok_or(DAMAGED)?;
    record.values = value_log::decode_newest_first(log)?;
    record.log_size = Some(size);
    Ok(record)
}

/// An unpacked row, with the columns of [`decode::stored_row`].
struct RecordRow<'r> {
    token: &'r [u8],
    words: [Option<&'r str>; WORDS],
    log: Option<&'r [u8]>,
}

impl<'r> RecordRow<'r> {
    fn new(packed: &'r [u8], log: Option<&'r [u8]>) -> Result<Self, StoreError> {
        let (token, words) = packed.split_at_checked(TOKEN_BYTES).ok_or(DAMAGED)?;
        // The `Debug` output of the standard error contains the bytes.
        let mut words = str::from_utf8(words).map_err(|_| DAMAGED)?.splitn(WORDS, ' ');
        Ok(Self { token, words: std::array::from_fn(|_| words.next()), log })
    }
}

impl SqlRow for RecordRow<'_> {
    fn integer(&self, column: usize) -> sqlx::Result<Option<i64>> {
        let word = self.words[match column {
            0..=3 => column,
            5..=8 => column - 1,
            _ => column - 2,
        }];
        let word = word.filter(|word| !word.is_empty());
        word.map(str::parse).transpose().map_err(|_| sqlx::Error::Decode(DAMAGED.into()))
    }

    fn bytes(&self, column: usize) -> sqlx::Result<Option<&[u8]>> {
        Ok(match column {
            4 => Some(self.token),
            9 => self.words[WORDS - 1].map(str::as_bytes),
            _ => self.log,
        })
    }
}
