//! The outcome of a single-row update, packed into the `last_insert_id` of the server's OK packet.
//!
//! An update returns no rows. Its OK packet contains the last value of `LAST_INSERT_ID(…)`, or 0 if no row matched. The
//! expiry and the revision are packed into this number, if they are within the limits below.

use std::time::Duration;

use crate::record::commit::{Committed, CommittedVersion};
use crate::record::timestamp::Timestamp;

/// The lowest revision that cannot be packed.
pub(super) const REVISION_LIMIT: u64 = 1 << 21;

/// The bit above the revision: set if the log needs compaction.
const NEEDS_COMPACTION_BIT: u64 = REVISION_LIMIT;

/// The number of bits below the expiry.
pub(super) const EXPIRY_SHIFT: u32 = 22;

/// The shortest remaining time that cannot be packed: 69 years.
pub(super) const EXPIRY_LIMIT_MS: i64 = 1 << 41;

/// There is no live record: the update did not set the number.
const MISSING: u64 = 0;

/// Another request replaced the token, and the record has no rotation time.
pub(super) const REPLACED_NEVER_ROTATED: u64 = 1;

/// The outcome cannot be packed. The update changed nothing, and the procedure must be called.
pub(super) const CALL_PROCEDURE: u64 = 2;

/// Another request replaced the token. The lower bits are the time of the last rotation.
pub(super) const REPLACED_BIT: u64 = 1 << 63;

/// Returns the SQL expression of the number for a committed update, from expressions for its parts.
pub(super) fn encode_done(remaining_ms: &str, revision: &str, needs_compaction: &str) -> String {
    format!("(({remaining_ms}) << {EXPIRY_SHIFT}) | IF({needs_compaction}, {NEEDS_COMPACTION_BIT}, 0) | ({revision})")
}

/// The outcome of a single-row update.
#[derive(Debug, PartialEq)]
pub(super) struct UpdateOutcome {
    pub(super) committed: Committed,
    pub(super) needs_compaction: bool,
}

impl UpdateOutcome {
    /// Decodes the number. Returns `None` if the procedure must be called.
    pub(super) fn decode(number: u64, now: Timestamp) -> Option<Self> {
        let mut needs_compaction = false;
        let committed = match number {
            MISSING => Committed::Missing,
            REPLACED_NEVER_ROTATED => Committed::Replaced { rotated: None },
            CALL_PROCEDURE => return None,
            REPLACED_BIT.. => {
                let rotated = i64::try_from(number - REPLACED_BIT).ok()?;
                Committed::Replaced { rotated: Some(Timestamp::from_millis(rotated)) }
            }
            _ => {
                needs_compaction = number & NEEDS_COMPACTION_BIT != 0;
                let expires = now + Duration::from_millis(number >> EXPIRY_SHIFT);
                Committed::Done(Some(CommittedVersion { revision: number % REVISION_LIMIT, expires }))
            }
        };
        Some(Self { committed, needs_compaction })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_123);

    fn outcome(committed: Committed) -> UpdateOutcome {
        UpdateOutcome { committed, needs_compaction: false }
    }

    fn done(remaining_ms: u64, revision: u64) -> Committed {
        Committed::Done(Some(CommittedVersion { revision, expires: NOW + Duration::from_millis(remaining_ms) }))
    }

    #[test]
    fn each_number_decodes_to_its_outcome() {
        let decode = |number| UpdateOutcome::decode(number, NOW);
        let (max_ms, max_revision) = (u64::try_from(EXPIRY_LIMIT_MS).unwrap() - 1, REVISION_LIMIT - 1);
        assert_eq!(decode(0), Some(outcome(Committed::Missing)));
        assert_eq!(decode(1), Some(outcome(Committed::Replaced { rotated: None })));
        assert_eq!(decode(2), None);
        assert_eq!(decode((1 << 22) | 1), Some(outcome(done(1, 1))));
        assert_eq!(decode((60_000 << 22) | 7), Some(outcome(done(60_000, 7))));
        let long = UpdateOutcome { committed: done(60_000, 7), needs_compaction: true };
        assert_eq!(decode((60_000 << 22) | (1 << 21) | 7), Some(long));
        assert_eq!(decode((max_ms << 22) | max_revision), Some(outcome(done(max_ms, max_revision))), "the largest");
        for time in [0, 5, NOW.as_millis(), i64::MAX].map(Timestamp::from_millis) {
            let number = u64::try_from(time.as_millis()).unwrap() | (1 << 63);
            assert_eq!(decode(number), Some(outcome(Committed::Replaced { rotated: Some(time) })));
        }
    }
}
