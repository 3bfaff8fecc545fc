//! The limits of one record's life: its idle timeout and its absolute end.

use std::time::Duration;

use crate::record::timestamp::Timestamp;

/// The limits of one record. A commit can extend the record with them, without a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The idle timeout.
    pub idle: Duration,
    /// The absolute end, regardless of activity.
    pub absolute_end: Timestamp,
}

impl Limits {
    /// Returns the expiry of a record that is used at `now`.
    pub fn expiry(&self, now: Timestamp) -> Timestamp {
        (now + self.idle).min(self.absolute_end)
    }

    /// Returns the new expiry of a record that expires at `current` and is used at `now`.
    ///
    /// The expiry changes only if less than `renew_below` per mille of the idle timeout remain, so that most requests
    /// write nothing.
    pub fn renewed(&self, current: Timestamp, now: Timestamp, renew_below: u16) -> Timestamp {
        let due = (now + self.threshold(renew_below)).min(self.absolute_end);
        if current < due { self.expiry(now) } else { current }
    }

    /// Returns the remaining time below which activity renews the record.
    pub fn threshold(&self, renew_below: u16) -> Duration {
        self.idle.saturating_mul(u32::from(renew_below)) / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn activity_renews_only_past_the_threshold_and_never_past_the_absolute_end() {
        let limits = Limits { idle: Duration::from_secs(100), absolute_end: at(1000) };
        let cases = [
            // expires, now, expected
            (100, 0, 100),    // fresh
            (100, 20, 100),   // exactly 80 % left
            (100, 21, 121),   // less than 80 % left
            (990, 950, 1000), // limited by the absolute end
            (1000, 950, 1000),
            (1000, 999, 1000), // already at the absolute end
        ];
        for (expires, now, expected) in cases {
            assert_eq!(limits.renewed(at(expires), at(now), 800), at(expected), "expires {expires}, now {now}");
        }
    }
}
