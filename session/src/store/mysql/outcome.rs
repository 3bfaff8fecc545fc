//! What a single update tells: the one number that the server sends along with its acknowledgement.
//!
//! An update has no rows for an answer. But it acknowledges with what `LAST_INSERT_ID(…)` was given last, or with 0, and
//! that has room for an outcome: the usual sizes of it, and a word for all others.

use std::time::Duration;

use crate::store::{Committed, Timestamp};

/// Revisions from this on have no room.
pub(super) const REVISIONS: u64 = 1 << 21;

/// Beside the revision: whether the log wants to be folded.
const LONG: u64 = REVISIONS;

/// How many bits stand behind the time.
pub(super) const BEHIND: u32 = 22;

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

/// The number, in SQL, of a record that expires after `left` milliseconds, has this revision, and may have a long log.
pub(super) fn done(left: &str, revision: &str, is_long: &str) -> String {
    format!("(({left}) << {BEHIND}) | IF({is_long}, {LONG}, 0) | ({revision})")
}

/// What a number says.
#[derive(Debug, PartialEq)]
pub(super) struct Told {
    pub(super) outcome: Committed,
    pub(super) is_long: bool,
}

impl Told {
    /// `None` if the number says that it has no room.
    pub(super) fn by(number: u64, now: Timestamp) -> Option<Self> {
        let (mut is_long, millis) = (false, |millis| i64::try_from(millis).ok().map(Timestamp::from_millis));
        let outcome = match number {
            MISSING => Committed::Missing,
            REPLACED_AT_NO_TIME => Committed::Replaced { rotated: None },
            STRANGE => return None,
            REPLACED.. => Committed::Replaced { rotated: Some(millis(number - REPLACED)?) },
            _ => {
                is_long = number & LONG != 0;
                let expires = now + Duration::from_millis(number >> BEHIND);
                Committed::Done { revision: number % REVISIONS, expires }
            }
        };
        Some(Self { outcome, is_long })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_900_000_000_123);

    fn told(outcome: Committed) -> Told {
        Told { outcome, is_long: false }
    }

    fn done(left: u64, revision: u64) -> Committed {
        Committed::Done { revision, expires: NOW + Duration::from_millis(left) }
    }

    #[test]
    fn a_number_says_what_became_of_an_update() {
        let (most, last) = (u64::try_from(TIMES).unwrap() - 1, REVISIONS - 1);
        assert_eq!(Told::by(0, NOW), Some(told(Committed::Missing)));
        assert_eq!(Told::by(1, NOW), Some(told(Committed::Replaced { rotated: None })));
        assert_eq!(Told::by(2, NOW), None);
        assert_eq!(Told::by((1 << 22) | 1, NOW), Some(told(done(1, 1))));
        assert_eq!(Told::by((60_000 << 22) | 7, NOW), Some(told(done(60_000, 7))));
        let long = Told { outcome: done(60_000, 7), is_long: true };
        assert_eq!(Told::by((60_000 << 22) | (1 << 21) | 7, NOW), Some(long));
        assert_eq!(Told::by((most << 22) | last, NOW), Some(told(done(most, last))), "the largest");
        for time in [0, 5, NOW.as_millis(), i64::MAX].map(Timestamp::from_millis) {
            let number = u64::try_from(time.as_millis()).unwrap() | (1 << 63);
            assert_eq!(Told::by(number, NOW), Some(told(Committed::Replaced { rotated: Some(time) })));
        }
    }
}
