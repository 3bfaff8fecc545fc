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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::changes::Changes;
    use crate::record::id::random_bytes;
    use crate::record::json::Json;

    const LIMITS: RowLimits = RowLimits { log_bytes: 200, compacted_bytes: 120 };

    /// A value log as a database stores it.
    #[derive(Default)]
    struct StoredLog {
        row: Vec<u8>,
        /// The newest one first.
        parts: Vec<Vec<u8>>,
        size: LogSize,
    }

    impl StoredLog {
        fn commit(&mut self, changes: &Changes) {
            let entries = value_log::encode_changes(changes);
            let new = NewEntries { entries: &entries, clears: changes.is_cleared() };
            let rewrite = rewrite(new, &self.row, self.size, LIMITS).unwrap();
            let rewrite =
                rewrite.unwrap_or_else(|| compact(new, &self.row, &self.parts.concat(), self.size, LIMITS).unwrap());
            match rewrite.parts {
                PartsChange::None => {}
                PartsChange::Add(part) => self.parts.insert(0, part),
                PartsChange::Replace(part) => self.parts = vec![part],
            }
            (self.row, self.size) = (rewrite.row, rewrite.size);
        }

        fn values(&self) -> Values {
            value_log::decode_newest_first([&self.row[..], &self.parts.concat()].concat()).unwrap()
        }
    }

    fn random_changes() -> Changes {
        let bytes = random_bytes::<8>();
        let mut changes = Changes::default();
        if bytes[0] < 4 {
            changes.clear();
        }
        for byte in &bytes[1..] {
            let key = format!("key {}", byte % 13);
            match byte / 64 {
                0 => changes.unset(&key).unwrap(),
                1 => changes.set(&key, Json::from_text(byte.to_string())).unwrap(),
                2 => changes.set(&key, Json::from_text(format!("\"{}\"", "x".repeat(usize::from(*byte))))).unwrap(),
                _ => {}
            }
        }
        changes
    }

    #[test]
    fn a_rewritten_log_has_the_same_values_as_a_map() {
        for _ in 0..20 {
            let (mut log, mut expected) = (StoredLog::default(), Values::default());
            for round in 0..200 {
                let changes = random_changes();
                log.commit(&changes);
                changes.apply(&mut expected);
                assert_eq!(log.values(), expected, "{round}");
                let parts: usize = log.parts.iter().map(Vec::len).sum();
                assert_eq!((log.size.row, log.size.parts), (log.row.len(), parts), "{round}");
                assert!(log.row.len() <= LIMITS.log_bytes, "{round}");
            }
        }
    }

    #[test]
    fn parts_are_compacted_when_they_are_twice_as_long_as_needed() {
        let mut log = StoredLog::default();
        let mut longest = 0;
        for round in 0..2000 {
            let mut changes = Changes::default();
            changes.set(&format!("key {}", round % 10), Json::from_text(format!("\"{}\"", "x".repeat(50)))).unwrap();
            log.commit(&changes);
            longest = longest.max(log.size.parts);
        }
        let needed = value_log::encode_values(&log.values()).len();
        assert!(longest <= 2 * needed + COMPACTION_SLACK_BYTES, "{longest} bytes for {needed}");
    }

    #[test]
    fn a_small_log_has_no_parts_again() {
        let mut log = StoredLog::default();
        let mut large = Changes::default();
        large.set("a", Json::from_text(format!("\"{}\"", "x".repeat(500)))).unwrap();
        log.commit(&large);
        assert_eq!((log.row.len(), log.parts.len()), (0, 1));
        for (changes, parts) in [(clearing("b"), vec![]), (large, vec![517]), (clearing("a"), vec![])] {
            log.commit(&changes);
            let lengths: Vec<_> = log.parts.iter().map(Vec::len).filter(|len| *len > 0).collect();
            assert_eq!(lengths.len(), parts.len(), "{lengths:?}");
        }
    }

    fn clearing(key: &str) -> Changes {
        let mut changes = Changes::default();
        changes.clear();
        changes.set(key, Json::from_text("1")).unwrap();
        changes
    }

    #[test]
    fn a_damaged_log_is_an_error() {
        let new = NewEntries { entries: b"+00010000000001a1", clears: false };
        assert!(compact(new, b"+0001", &[], LogSize::default(), LIMITS).is_err());
    }
}
