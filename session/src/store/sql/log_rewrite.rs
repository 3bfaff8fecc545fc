//! The new content of a value log that a commit cannot simply extend: compacted, moved to further parts, or cleared.
//!
//! A record's own row contains the newest entries. When they reach a limit, they are compacted, or moved to a part in a
//! row of its own. All parts are compacted into one when they are twice as long as after their last compaction. Both cost
//! time in proportion to the bytes that were added since.

use crate::error::StoreError;
use crate::record::stored_record::LogSize;
use crate::record::values::Values;
use crate::store::value_log;

/// The limits of the entries in a record's own row, in bytes.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct RowLimits {
    /// The limit of the entries to which a commit adds its own.
    pub(in crate::store) log_bytes: usize,
    /// A compacted log over this limit is moved to a part: in the row, it would soon reach the other limit again.
    pub(in crate::store) compacted_bytes: usize,
}

/// The length by which the parts may exceed twice their compacted length.
const COMPACTION_SLACK_BYTES: usize = 2048;

/// The changes of one commit, as log entries.
#[derive(Clone, Copy)]
pub(super) struct NewEntries<'a> {
    pub(super) entries: &'a [u8],
    /// True if all older entries are removed.
    pub(super) clears: bool,
}

/// The new value log of one record.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) struct LogRewrite {
    /// The new entries in the record's own row.
    pub(in crate::store) row: Vec<u8>,
    pub(in crate::store) parts: PartsChange,
    /// The new sizes. `row` is the length of the new row's entries.
    pub(in crate::store) size: LogSize,
}

/// The change of the parts in rows of their own.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) enum PartsChange {
    /// They stay.
    None,
    /// These entries are added. They are newer than all parts.
    Add(Vec<u8>),
    /// These entries replace all parts. Empty if no part remains.
    Replace(Vec<u8>),
}

/// Returns the new log after a commit. `None` if the parts must be read first: then call [`compact`].
pub(super) fn rewrite(
    new: NewEntries<'_>,
    row_log: &[u8],
    size: LogSize,
    limits: RowLimits,
) -> Result<Option<LogRewrite>, StoreError> {
    if new.clears {
        return Ok(Some(from_compacted(new.entries.to_vec(), size, limits)));
    }
    let all = [new.entries, row_log].concat();
    if all.len() <= limits.log_bytes {
        return Ok(Some(LogRewrite { parts: PartsChange::None, size: LogSize { row: all.len(), ..size }, row: all }));
    }
    if size.parts == 0 {
        return compact(new, row_log, &[], size, limits).map(Some);
    }
    let parts = size.parts + all.len();
    if parts > 2 * size.compacted + COMPACTION_SLACK_BYTES {
        return Ok(None);
    }
    let size = LogSize { row: 0, parts, ..size };
    Ok(Some(LogRewrite { row: Vec::new(), parts: PartsChange::Add(all), size }))
}

/// Returns the compacted log after a commit. `parts` are the older entries, newest first.
pub(super) fn compact(
    new: NewEntries<'_>,
    row_log: &[u8],
    parts: &[u8],
    size: LogSize,
    limits: RowLimits,
) -> Result<LogRewrite, StoreError> {
    let values = value_log::decode_newest_first([new.entries, row_log, parts].concat())?;
    Ok(from_compacted(value_log::encode_values(&values), size, limits))
}

/// Returns the log that consists of these entries only.
fn from_compacted(entries: Vec<u8>, old: LogSize, limits: RowLimits) -> LogRewrite {
    let len = entries.len();
    if len <= limits.compacted_bytes {
        let parts = if old.parts == 0 { PartsChange::None } else { PartsChange::Replace(Vec::new()) };
        return LogRewrite { row: entries, parts, size: LogSize { row: len, parts: 0, compacted: 0 } };
    }
    let parts = if old.parts == 0 { PartsChange::Add(entries) } else { PartsChange::Replace(entries) };
    LogRewrite { row: Vec::new(), parts, size: LogSize { row: 0, parts: len, compacted: len } }
}

/// The value log of a new record.
pub(in crate::store) struct NewLog {
    pub(in crate::store) row: Vec<u8>,
    /// The parts, if the values do not fit in the row.
    pub(in crate::store) parts: Option<Vec<u8>>,
    pub(in crate::store) size: LogSize,
}

impl NewLog {
    pub(in crate::store) fn new(values: &Values, limits: RowLimits) -> Self {
        let LogRewrite { row, parts, size } =
            from_compacted(value_log::encode_values(values), LogSize::default(), limits);
        let parts = match parts {
            PartsChange::None => None,
            PartsChange::Add(entries) | PartsChange::Replace(entries) => Some(entries),
        };
        Self { row, parts, size }
    }
}
