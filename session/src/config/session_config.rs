//! All settings of a session manager, with their defaults.

use std::any::TypeId;
use std::time::{Duration, SystemTime};

use crate::config::clock::Clock;
use crate::config::cookie::CookieConfig;
use crate::config::event::{Event, EventListeners};
use crate::config::index::Index;
use crate::config::lifetime::Lifetime;
use crate::config::secret_key::SecretKey;
use crate::config::transport::Transport;
use crate::record::side::Side;
use crate::schema::info::SchemaInfo;
use crate::schema::key::IndexKey;
use crate::schema::schema_set::SchemaSet;

/// The settings of a [`SessionManager`](crate::SessionManager). The defaults are secure.
///
/// ```
/// use std::time::Duration;
/// use session::{CookieConfig, Lifetime, SecretKey, SessionConfig};
///
/// let config = SessionConfig::new(SecretKey::generate())
///     .lifetime(Lifetime::new().idle(Duration::from_secs(60 * 60)))
///     .cookie(CookieConfig::new().name("shop")?);
/// # Ok::<(), session::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SessionConfig {
    pub(crate) keys: Vec<SecretKey>,
    pub(crate) cookie: CookieConfig,
    pub(crate) transport: Transport,
    pub(crate) lifetime: Lifetime,
    pub(crate) renew_below: u16,
    pub(crate) renew_on: RenewOn,
    pub(crate) rotation_grace: Duration,
    pub(crate) store_timeout: Duration,
    pub(crate) clock: Clock,
    pub(crate) index: Index,
    pub(crate) listeners: EventListeners,
    /// The registered schemas.
    pub(crate) schemas: SchemaSet,
    /// The types of the registered schemas.
    pub(crate) schema_types: Vec<TypeId>,
    /// Set if extractors refuse schemas that are not registered.
    pub(crate) refuses_other_schemas: bool,
    /// The retired keys of the registered schemas.
    pub(crate) retired: Vec<(Side, &'static str)>,
}

/// The requests that renew a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RenewOn {
    /// Requests that read or change server state, or use client state.
    #[default]
    LoadsAndChanges,
    /// Requests that change the session.
    Changes,
}

impl SessionConfig {
    /// Creates the default settings, with the key that encrypts the cookies and the sealed values.
    pub fn new(key: SecretKey) -> Self {
        Self {
            keys: vec![key],
            cookie: CookieConfig::new(),
            transport: Transport::default(),
            lifetime: Lifetime::new(),
            renew_below: 800,
            renew_on: RenewOn::default(),
            rotation_grace: Duration::from_secs(60),
            store_timeout: Duration::from_secs(5),
            clock: Clock::default(),
            index: Index::default(),
            listeners: EventListeners::default(),
            schemas: SchemaSet::default(),
            schema_types: Vec::new(),
            refuses_other_schemas: false,
            retired: Vec::new(),
        }
    }

    /// Adds a key that decrypts but does not encrypt: the key before the current one.
    ///
    /// Keep it for the lifetime of a session, because a session cookie is encrypted again only when its token rotates.
    ///
    /// A `sealed` value is encrypted again only when its session next stores its key, also with an equal value. A rotation
    /// does not store it, but extends the session. If sessions rotate, store each sealed value at every login or rotation,
    /// for example with `update_refresh_token(|_| ())`. The absolute timeout is then long enough for sealed values too.
    /// Without its key, a sealed value is an error of kind [`Value`](crate::ErrorKind::Value), and `on_invalid` ignores it.
    #[must_use]
    pub fn fallback_key(mut self, key: SecretKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Sets the name and the attributes of the cookies.
    #[must_use]
    pub fn cookie(self, cookie: CookieConfig) -> Self {
        Self { cookie, ..self }
    }

    /// Sets the transport of the token: cookies, a header for API clients, or either. Default: cookies.
    ///
    /// # Panics
    ///
    /// For [`Transport::Either`] with [`HeaderConfig::bearer`](crate::HeaderConfig::bearer): a token of another service in
    /// `Authorization` would hide the cookies.
    #[must_use]
    #[track_caller]
    #[doc(alias = "bearer")]
    #[doc(alias = "header")]
    pub fn transport(self, transport: Transport) -> Self {
        if let Err(error) = transport.check() {
            panic!("{error}");
        }
        Self { transport, ..self }
    }

    /// Sets the lifetime of sessions. Default: 24 hours idle timeout, 30 days absolute timeout.
    ///
    /// [`set_lifetime`](crate::Session::set_lifetime) overrides it for one session.
    ///
    /// # Panics
    ///
    /// If a timeout is below one millisecond: every session would expire at its creation.
    #[must_use]
    #[track_caller]
    pub fn lifetime(self, lifetime: Lifetime) -> Self {
        if let Err(error) = lifetime.check() {
            panic!("{error}");
        }
        Self { lifetime, ..self }
    }

    /// Sets the fraction of the idle timeout, from 0 to 1, below which activity renews a session. Default: 0.8.
    ///
    /// With 1, each read also writes: one load and one touch instead of one load. With 0, no activity renews a session. The
    /// fraction is rounded to thousandths.
    ///
    /// # Panics
    ///
    /// If the fraction is NaN, or not between 0 and 1, for example a percentage.
    #[must_use]
    #[track_caller]
    pub fn renew_below(self, fraction: f64) -> Self {
        assert!((0.0..=1.0).contains(&fraction), "`renew_below` needs a fraction from 0 to 1, not {fraction}");
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
        let renew_below = (fraction * 1000.0).round() as u16;
        Self { renew_below, ..self }
    }

    /// Sets the requests that renew a session. Default: loads and changes.
    #[must_use]
    pub fn renew_on(self, renew_on: RenewOn) -> Self {
        Self { renew_on, ..self }
    }

    /// Sets how long after a rotation an earlier token is *replaced* instead of unknown. Default: 60 seconds.
    ///
    /// For this time, writes with an earlier token fail with [`Replaced`](crate::ErrorKind::Replaced) instead of starting
    /// a new session. Only a login (a rotation with a write) starts one. An earlier token never reads or changes the
    /// session.
    #[must_use]
    pub fn rotation_grace(self, rotation_grace: Duration) -> Self {
        Self { rotation_grace, ..self }
    }

    /// Sets the timeout of each store operation, and of each wait for another handle of the same request. Default: 5
    /// seconds.
    ///
    /// After an operation that timed out or could not connect, the later ones of the same request fail at once. A request
    /// therefore waits for an unreachable store at most once. The error is [`Store`](crate::ErrorKind::Store).
    ///
    /// The stores of this crate have a timeout of their own, `with_timeout`, which is also 5 seconds by default. The shorter
    /// of both applies.
    ///
    /// # Panics
    ///
    /// Within a tokio runtime without a timer (`enable_time`), when a store operation waits.
    #[must_use]
    pub fn store_timeout(self, store_timeout: Duration) -> Self {
        Self { store_timeout, ..self }
    }

    /// Indexes a key, so that [`find`](crate::SessionManager::find) lists the sessions with one value of it, for example
    /// all sessions of a user.
    ///
    /// Every write to the key maintains the index, through the typed and the raw API. Call
    /// [`reindex`](crate::SessionManager::reindex) once for the sessions that were stored earlier. After
    /// [`index_with_limit`](Self::index_with_limit) for the same key, it removes the limit.
    #[must_use]
    pub fn index<T>(mut self, key: IndexKey<T>) -> Self {
        self.index.add(&key, None);
        self
    }

    /// Indexes a key, and limits the number of live sessions with one value to `max_sessions` (OWASP ASVS 5.0, 7.1.2).
    ///
    /// After a commit that sets such a value, the oldest sessions over the limit are deleted, but never the current one.
    /// Such a commit costs one more operation, and one for each deleted session, at most 100. If more sessions are over the
    /// limit, the next login deletes them. If a deletion fails, only a warning is logged; the next login deletes again.
    /// Logins that race may leave one session too many or delete one too many of their own. The next login corrects this.
    ///
    /// A limit of 0 counts as 1. A later call of [`index`](Self::index) with the same key removes the limit.
    #[must_use]
    pub fn index_with_limit<T>(mut self, key: IndexKey<T>, max_sessions: usize) -> Self {
        self.index.add(&key, Some(max_sessions.max(1)));
        self
    }

    /// Adds a listener for the events of all sessions: created, rotated, deleted, refused, store operations, and others.
    ///
    /// Several listeners are called in the order in which they were added. A listener runs in the task of the request, so it
    /// must return quickly. It is not called while a session is locked. A panic in a listener ends the request, like one in the
    /// handler. A request that does not use its session causes no event. Without a listener, events cost nothing.
    ///
    /// The feature `metrics` records the same events with the crate `metrics`.
    ///
    /// ```
    /// # use session::{SecretKey, SessionConfig};
    /// use session::event::Event;
    ///
    /// # let key = SecretKey::generate();
    /// let config = SessionConfig::new(key).on_event(|event| match event {
    ///     Event::Created { session, .. } => println!("{session} created"),
    ///     Event::Deleted { session, reason, .. } => println!("{session} deleted: {}", reason.name()),
    ///     _ => {}
    /// });
    /// ```
    #[must_use]
    #[doc(alias = "listener")]
    #[doc(alias = "observer")]
    pub fn on_event(mut self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.listeners.add(listener);
        self
    }

    /// Registers a schema: its indexed, secret, sealed, expiring and retired keys. An index keeps the limit that it has.
    pub(crate) fn register(&mut self, schema: &'static SchemaInfo, schema_type: TypeId) {
        self.schema_types.push(schema_type);
        for (_, field) in schema.all_fields() {
            if field.is_indexed() && !self.index.contains(field.key()) {
                self.index.add(field.key(), None);
            }
        }
        self.retired.extend(schema.all_retired());
        self.schemas.add(schema);
    }

    /// Sets the clock. Default: the system clock.
    ///
    /// The clock runs while session state is locked, so it must not access a session.
    #[must_use]
    pub fn clock(self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self { clock: Clock::new(now), ..self }
    }
}
