//! The settings of a session manager.

use std::time::{Duration, SystemTime};

use crate::cookie::CookieConfig;
use crate::index::Index;
use crate::key::IndexKey;
use crate::lifetime::Lifetime;

use crate::seal::SecretKey;
use crate::time::Clock;

/// The settings of a [`SessionManager`](crate::SessionManager). The defaults are safe without a word.
///
/// ```
/// use std::time::Duration;
/// use session::{CookieConfig, Lifetime, SecretKey, SessionConfig};
///
/// let config = SessionConfig::new(SecretKey::generate())
///     .lifetime(Lifetime::new().idle(Duration::from_hours(1)))
///     .cookie(CookieConfig::new().name("shop")?);
/// # Ok::<(), session::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SessionConfig {
    pub(crate) keys: Vec<SecretKey>,
    pub(crate) cookie: CookieConfig,
    pub(crate) lifetime: Lifetime,
    pub(crate) extend_below: u16,
    pub(crate) extend_on: ExtendOn,
    pub(crate) grace: Duration,
    pub(crate) clock: Clock,
    pub(crate) index: Index,
}

/// Which requests extend a session's time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ExtendOn {
    /// Those that read or change server state, or use client state.
    #[default]
    LoadsAndChanges,
    /// Those that change something.
    Changes,
}

impl SessionConfig {
    /// The defaults, with this key to seal the cookies.
    pub fn new(key: SecretKey) -> Self {
        Self {
            keys: vec![key],
            cookie: CookieConfig::new(),
            lifetime: Lifetime::new(),
            extend_below: 800,
            extend_on: ExtendOn::default(),
            grace: Duration::from_mins(1),
            clock: Clock::default(),
            index: Index::default(),
        }
    }

    /// Adds a key that opens cookies but does not seal them: the key before the current one. Keep it for as long as a
    /// session may live, since a session cookie is sealed anew only when its token changes.
    #[must_use]
    pub fn fallback_key(mut self, key: SecretKey) -> Self {
        self.keys.push(key);
        self
    }

    /// The names and attributes of the cookies.
    #[must_use]
    pub fn cookie(self, cookie: CookieConfig) -> Self {
        Self { cookie, ..self }
    }

    /// How long a session lives, unless [`set_lifetime`](crate::Session::set_lifetime) says otherwise. Default: 24 hours
    /// idle, 30 days in all.
    #[must_use]
    pub fn lifetime(self, lifetime: Lifetime) -> Self {
        Self { lifetime, ..self }
    }

    /// A use extends the session's time when less than this part of the idle time is left, from 0 to 1. Default: 0.8.
    ///
    /// 1 extends on every use and makes every read a write too: one load and one touch instead of one load.
    #[must_use]
    pub fn extend_below(self, part: f64) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped to 0..=1000")]
        let extend_below = (part.clamp(0.0, 1.0) * 1000.0).round() as u16;
        Self { extend_below, ..self }
    }

    /// Which requests extend a session's time. Default: loads and changes.
    #[must_use]
    pub fn extend_on(self, extend_on: ExtendOn) -> Self {
        Self { extend_on, ..self }
    }

    /// How long after [`cycle_id`](crate::Session::cycle_id) an earlier token is known as *replaced* rather than
    /// unknown: its requests are told of the race instead of beginning a new session. It reads and writes nothing in
    /// either case. Default: 60 seconds.
    #[must_use]
    pub fn grace(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    /// Indexes a key, so that [`find`](crate::SessionManager::find) lists the sessions that carry a value under it: all
    /// sessions of a user, most of all. Every write to the key maintains the index, through whichever door. Sessions
    /// from before are taken in by [`reindex`](crate::SessionManager::reindex).
    #[must_use]
    pub fn index<T>(mut self, key: IndexKey<T>) -> Self {
        self.index.add(&key, None);
        self
    }

    /// Indexes a key, and lets at most `sessions` live sessions carry one value under it. When a commit gives a session
    /// such a value, the oldest sessions beyond the limit are ended after it, and never the one that was just given it
    /// (OWASP ASVS 5.0, 7.1.2). Costs such a commit one more operation, and one for each session that it ends.
    ///
    /// Sign-ins that race may leave a session too many or end one too many among themselves; the next one settles it.
    #[must_use]
    pub fn index_with_limit<T>(mut self, key: IndexKey<T>, sessions: usize) -> Self {
        self.index.add(&key, Some(sessions.max(1)));
        self
    }

    /// Where the time comes from. Default: the system's clock; tests turn their own. It is asked while the state of a
    /// session is locked, and so must not use one.
    #[must_use]
    pub fn clock(self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self { clock: Clock::new(now), ..self }
    }
}
