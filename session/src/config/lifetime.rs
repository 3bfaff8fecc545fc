//! The lifetime of sessions: idle timeout, absolute timeout, and whether cookies survive the browser.

use std::time::Duration;

use crate::error::Error;
use crate::record::lifetime_limits::Limits;
use crate::record::timestamp::Timestamp;

/// The lifetime of a session. The server enforces both timeouts; the cookie's `Max-Age` is only a hint to the browser.
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
/// A timeout below one millisecond is a configuration error: [`SessionConfig::lifetime`](crate::SessionConfig::lifetime)
/// panics, and after [`Session::set_lifetime`](crate::Session::set_lifetime) the next commit fails.
///
/// Both timeouts are required by OWASP ASVS 5.0 (7.3.1: inactivity timeout, 7.3.2: absolute maximum).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    pub(crate) idle: Duration,
    pub(crate) absolute: Duration,
    pub(crate) persistent: bool,
}

impl Lifetime {
    /// Creates the default: 24 hours idle timeout, 30 days absolute timeout, cookies that survive a browser restart.
    pub fn new() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self { idle: DAY, absolute: 30 * DAY, persistent: true }
    }

    /// Sets the idle timeout: the session expires if it is not used for this long. Default: 24 hours.
    ///
    /// The [absolute timeout](Self::absolute) (30 days by default) limits it: set both.
    #[must_use]
    #[doc(alias = "set_expiry")]
    pub fn idle(self, idle: Duration) -> Self {
        Self { idle, ..self }
    }

    /// Sets the absolute timeout: the session expires this long after its creation, regardless of activity. Default: 30
    /// days.
    ///
    /// [`cycle_id`](crate::Session::cycle_id), [`log_in`](crate::Session::log_in) and
    /// [`set_lifetime`](crate::Session::set_lifetime) start it again. [`renew_token`](crate::Session::renew_token) keeps it.
    #[must_use]
    pub fn absolute(self, absolute: Duration) -> Self {
        Self { absolute, ..self }
    }

    /// Sends the cookies without `Max-Age`, so that the browser deletes them when it closes.
    ///
    /// A browser that restores its windows at the next start keeps them: Chromium with "continue where you left off", Firefox
    /// with "open previous windows and tabs". Only the timeouts of the server end the session then.
    #[must_use]
    pub fn until_browser_closes(self) -> Self {
        Self { persistent: false, ..self }
    }

    /// Returns an error if a session with this lifetime would expire at its creation. Times are whole milliseconds.
    pub(crate) fn check(self) -> Result<(), Error> {
        for (name, time) in [("idle", self.idle), ("absolute", self.absolute)] {
            if time < Duration::from_millis(1) {
                return Err(Error::config(format!(
                    "the {name} timeout of a session is zero: nothing could be stored; set at least a millisecond, or delete \
                     the session with `invalidate`"
                )));
            }
        }
        Ok(())
    }

    pub(crate) fn limits(self, now: Timestamp) -> Limits {
        Limits { idle: self.idle, absolute_end: now + self.absolute }
    }
}

impl Default for Lifetime {
    fn default() -> Self {
        Self::new()
    }
}
