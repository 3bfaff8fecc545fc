//! The layout of a session's row: the columns of a record, and a value log of which old parts are in rows of their own.
//!
//! A commit appends to the log in the row. The log is limited so that the row fits on one page: a commit then writes
//! one page, regardless of the session's size. A log over the limit is compacted, or moved to a new part. All parts are
//! compacted into one when they are twice as long as after the last compaction. Both cost time in proportion to the
//! bytes that were appended since.

use crate::record::values::Values;
use crate::store::value_log;

/// The limit of the log in a row. The row then fills most of a page of 4,096 bytes.
pub(super) const MAX_LOG_BYTES: usize = 3584;
/// A compacted log over this limit is moved to a part. In the row, it would soon reach [`MAX_LOG_BYTES`] again.
pub(super) const MAX_COMPACTED_LOG_BYTES: usize = 2048;

/// The columns of a record without its values, in the order in which the statements bind them.
pub(super) const COLUMNS: &str = "token, created, rotated, seen, expires, idle, ends, label, revision";

/// The same columns as one text. The driver copies each column of a row to its own allocation and frees it on another
/// thread, which would take a tenth of a load.
pub(super) const HEAD: &str = "token || created || ' ' || coalesce(rotated, '') || ' ' || seen || ' ' || expires || ' ' \
                               || idle || ' ' || ends || ' ' || revision || coalesce(' ' || label, '')";
/// The number of columns that [`HEAD`] selects. Further columns follow.
pub(super) const HEAD_COLUMNS: usize = 1;
/// The number of words after the token. The last one is the label, which may contain spaces.
pub(super) const HEAD_WORDS: usize = 8;

/// The value log of one session, as far as it is stored in the session's row.
#[derive(Clone, Default)]
pub(super) struct StoredLog {
    /// The newest entries.
    pub(super) log: Vec<u8>,
    /// The length of all parts. They precede `log`.
    pub(super) parts_bytes: usize,
    /// The length of the first part after the last compaction.
    pub(super) compacted_bytes: usize,
}

impl StoredLog {
    /// Encodes the values of a new record. The second result is the first part, if the values do not fit in the row.
    pub(super) fn new(values: &Values) -> (Self, Option<Vec<u8>>) {
        let log = value_log::encode_values(values);
        let len = log.len();
        if len <= MAX_LOG_BYTES {
            return (Self { log, ..Self::default() }, None);
        }
        (Self { parts_bytes: len, compacted_bytes: len, log: Vec::new() }, Some(log))
    }
}
