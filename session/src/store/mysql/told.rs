//! What a single update tells: the one number that the server sends along with its acknowledgement.
//!
//! An update has no rows for an answer. But it acknowledges with what `LAST_INSERT_ID(…)` was given last, or with 0, and
//! that has room for an outcome: the usual sizes of it, and a word for all others.

use std::time::Duration;

use crate::store::{Committed, Timestamp};

/// How many bits of [`done`] are the revision.
const REVISION_BITS: u32 = 22;

/// Revisions from this on have no room.
pub(super) const REVISIONS: u64 = 1 << REVISION_BITS;

/// The milliseconds that have no room: 69 years.
pub(super) const TIMES: i64 = 1 << 41;

/// Nobody has set the number: there is no row, or it has expired.
const MISSING: u64 = 0;

/// The token is another one, and was the first.
pub(super) const REPLACED_AT_NO_TIME: u64 = 1;

/// The record is one that no number has room for. Nothing was done.
pub(super) const STRANGE: u64 = 2;

/// The token is another one; the lower bits are when it was replaced.
pub(super) const REPLACED: u64 = 1 << 63;

/// The number, in SQL, of a record that now expires after `left` milliseconds, and has this revision.
pub(super) fn done(left: &str, revision: &str) -> String {
    format!("(({left}) << {REVISION_BITS}) | ({revision})")
}

/// What the number says; `None` if it says that it has no room.
pub(super) fn outcome(number: u64, now: Timestamp) -> Option<Committed> {
    Some(match number {
        MISSING => Committed::Missing,
        REPLACED_AT_NO_TIME => Committed::Replaced { rotated: None },
        STRANGE => return None,
        REPLACED.. => {
            let rotated = i64::try_from(number - REPLACED).ok()?;
            Committed::Replaced { rotated: Some(Timestamp::from_millis(rotated)) }
        }
        _ => Committed::Done {
            revision: number % REVISIONS,
            expires: now + Duration::from_millis(number >> REVISION_BITS),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_123);

    fn done(left: u64, revision: u64) -> Option<Committed> {
        Some(Committed::Done { revision, expires: NOW + Duration::from_millis(left) })
    }

    #[test]
    fn a_number_says_what_became_of_an_update() {
        let (most, last) = (u64::try_from(TIMES).unwrap() - 1, REVISIONS - 1);
        assert_eq!(outcome(0, NOW), Some(Committed::Missing));
        assert_eq!(outcome(1, NOW), Some(Committed::Replaced { rotated: None }));
        assert_eq!(outcome(2, NOW), None);
        assert_eq!(outcome((1 << 22) | 1, NOW), done(1, 1));
        assert_eq!(outcome((60_000 << 22) | 7, NOW), done(60_000, 7));
        assert_eq!(outcome((most << 22) | last, NOW), done(most, last), "the largest");
        for millis in [0, 5, NOW.as_millis(), i64::MAX] {
            let number = u64::try_from(millis).unwrap() | (1 << 63);
            let rotated = Some(Timestamp::from_millis(millis));
            assert_eq!(outcome(number, NOW), Some(Committed::Replaced { rotated }));
        }
    }
}
