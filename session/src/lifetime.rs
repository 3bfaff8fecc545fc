//! How long a session may live: idle, in all, and in the browser.

use std::time::Duration;

use crate::time::Timestamp;

/// How long a session lives. Both limits are enforced by the server; the cookie's own `Max-Age` is a courtesy.
///
/// ```
/// use std::time::Duration;
/// use session::Lifetime;
///
/// let remember_me = Lifetime::new().idle(Duration::from_secs(14 * 86_400)).absolute(Duration::from_secs(90 * 86_400));
/// let kiosk = Lifetime::new().idle(Duration::from_secs(300)).until_browser_closes();
/// assert_ne!(remember_me, kiosk);
/// ```
///
/// Two limits are what OWASP ASVS 5.0 asks for (7.3.1 an inactivity timeout, 7.3.2 an absolute maximum).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    pub(crate) idle: Duration,
    pub(crate) absolute: Duration,
    pub(crate) persistent: bool,
}

impl Lifetime {
    /// 24 hours idle, 30 days in all, kept by the browser over a restart.
    pub fn new() -> Self {
        const DAY: Duration = Duration::from_hours(24);
        Self { idle: DAY, absolute: 30 * DAY, persistent: true }
    }

    /// The session ends when it was not used for this long. Default: 24 hours.
    #[must_use]
    pub fn idle(self, idle: Duration) -> Self {
        Self { idle, ..self }
    }

    /// The session ends this long after it began, or after the last [`cycle_id`](crate::Session::cycle_id), however
    /// busy it is. Default: 30 days.
    #[must_use]
    pub fn absolute(self, absolute: Duration) -> Self {
        Self { absolute, ..self }
    }

    /// The cookies carry no `Max-Age`: the browser drops them when it closes.
    #[must_use]
    pub fn until_browser_closes(self) -> Self {
        Self { persistent: false, ..self }
    }

    pub(crate) fn limits(self, now: Timestamp) -> Limits {
        Limits { idle: self.idle, end: now + self.absolute }
    }
}

impl Default for Lifetime {
    fn default() -> Self {
        Self::new()
    }
}

/// A record's own limits: what a commit needs to extend it without reading it first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long the session may stay unused.
    pub idle: Duration,
    /// When it ends however busy it is.
    pub end: Timestamp,
}

impl Limits {
    /// When a record used at `now` expires.
    pub fn expiry(&self, now: Timestamp) -> Timestamp {
        (now + self.idle).min(self.end)
    }

    /// The expiry of a record that was to expire at `current` and is used at `now`: moved only when less than `below`
    /// per mille of the idle time is left, so that most uses write nothing.
    pub fn extended(&self, current: Timestamp, now: Timestamp, below: u16) -> Timestamp {
        let due = (now + self.threshold(below)).min(self.end);
        if current < due { self.expiry(now) } else { current }
    }

    /// The remaining time below which a use extends the record.
    pub fn threshold(&self, below: u16) -> Duration {
        self.idle.saturating_mul(u32::from(below)) / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn a_use_extends_only_past_the_threshold_and_never_past_the_end() {
        let limits = Limits { idle: Duration::from_secs(100), end: at(1000) };
        let cases = [
            // expires, now, expected
            (100, 0, 100),    // fresh
            (100, 20, 100),   // exactly 80 % left
            (100, 21, 121),   // less than 80 % left
            (990, 950, 1000), // the end caps the extension
            (1000, 950, 1000),
            (1000, 999, 1000), // nothing left to gain
        ];
        for (expires, now, expected) in cases {
            assert_eq!(limits.extended(at(expires), at(now), 800), at(expected), "expires {expires}, now {now}");
        }
    }
}
