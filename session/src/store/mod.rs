//! Where server state is kept: the contract of a store, and the stores that fulfil it.
//!
//! A store keeps one [`Record`] per session. Each of its operations touches one record, is atomic, and is one round
//! trip; the runtime never retries one whose reply it did not get. Time is always the caller's: `now` comes with every
//! operation, a record that has expired by then is as good as absent, and a store's own clock decides nothing.

#[cfg(any(feature = "sqlite", feature = "_server"))]
mod deadline;
#[cfg(any(feature = "sqlite", feature = "_server"))]
pub(crate) mod log;
mod memory;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(any(feature = "sqlite", feature = "_server"))]
mod names;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
mod rack;
#[cfg(feature = "redis")]
pub(crate) mod redis;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;

pub use self::memory::MemoryStore;
#[cfg(feature = "mysql")]
pub use self::mysql::MySqlStore;
#[cfg(feature = "postgres")]
pub use self::postgres::PostgresStore;
#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
#[cfg(feature = "sqlite")]
pub use self::sqlite::SqliteStore;
pub use crate::changes::{Changes, MAX_KEY_LEN};
pub use crate::error::StoreError;
pub use crate::id::TokenHash;
pub use crate::index::{IndexChange, IndexHash};
pub use crate::json::Json;
pub use crate::lifetime::Limits;
pub use crate::time::Timestamp;
pub use crate::values::Values;

use crate::id::SessionId;

/// A place that keeps sessions.
///
/// Object safe, and implemented for `Box<T>` and `Arc<T>` too.
///
/// A store of your own is proven by `session::testing`, with the feature `testing`: a few lines are a `#[test]` for each
/// promise made here.
///
/// # Errors
///
/// Every operation fails with a [`StoreError`] if the store cannot be asked, or its answer does not arrive or cannot be
/// understood. The runtime then takes the outcome as unknown.
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// The live record of `id`, as one consistent view.
    async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError>;

    /// Keeps a new record and its index entries. Says `false` and changes nothing if the store holds any record of this
    /// id, live or expired: ids are never used again.
    async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError>;

    /// Carries out one request's changes on one live record, all or nothing.
    ///
    /// It takes the record's lock first and sees everything committed before it. A commit that [changes
    /// something](Commit::changes_something) adds one to the revision; a commit that [touches](Commit::extend_below)
    /// notes the time as last seen and extends the expiry by [`Limits::extended`]. Changed keys are written and no
    /// others, and the index entries with them.
    async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError>;

    /// Ends a session: drops its record and index entries, if it passes `proof`.
    async fn delete(&self, id: &SessionId, proof: Proof, now: Timestamp) -> Result<Deleted, StoreError>;

    /// The live sessions that have this index entry, the oldest first. A session whose commit returned before this was
    /// called is never missed.
    async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<Found>, StoreError>;

    /// The next live sessions of a walk over all of them, about `batch` of them. A session that lives from the walk's
    /// beginning to its end comes at least once.
    async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<Page, StoreError>;

    /// Drops up to `batch` records that have expired by `now`, and says how many it dropped.
    async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError>;
}

/// What a store keeps for one session.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The hash of the current token's secret.
    pub token: TokenHash,
    /// When the session began.
    pub created: Timestamp,
    /// When the token was last replaced, if ever.
    pub rotated: Option<Timestamp>,
    /// The last commit or touch.
    pub seen: Timestamp,
    /// From this instant on the record is as good as absent.
    pub expires: Timestamp,
    /// How far a use may move `expires`.
    pub limits: Limits,
    /// What the application calls this session, for lists of sessions.
    pub label: Option<String>,
    /// Counts the commits that changed something; the ground of compare-and-swap. A new record has 1.
    pub revision: u64,
    /// The server state.
    pub values: Values,
}

impl Record {
    /// A record that begins at `now`.
    pub fn new(token: TokenHash, limits: Limits, now: Timestamp) -> Self {
        Self {
            token,
            created: now,
            rotated: None,
            seen: now,
            expires: limits.expiry(now),
            limits,
            label: None,
            revision: 1,
            values: Values::default(),
        }
    }

    /// Whether the record may still be returned.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires
    }
}

/// What a session must show for itself before it is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// This token is the record's current one.
    Token(TokenHash),
    /// The session has this index entry.
    Entry(IndexHash),
    /// Nothing: the application says so.
    None,
}

/// One session of a list.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The session.
    pub id: SessionId,
    /// When it began.
    pub created: Timestamp,
    /// The last commit or touch.
    pub seen: Timestamp,
    /// When it expires unless it is used.
    pub expires: Timestamp,
    /// What the application calls it.
    pub label: Option<String>,
}

impl Found {
    /// The list's line for a record.
    pub fn new(id: SessionId, record: &Record) -> Self {
        let Record { created, seen, expires, .. } = *record;
        Self { id, created, seen, expires, label: record.label.clone() }
    }
}

/// A part of a walk over all sessions.
#[non_exhaustive]
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Live sessions, with their values.
    pub sessions: Vec<(SessionId, Record)>,
    /// Where the walk goes on, in the store's own words; `None` at its end.
    pub next: Option<String>,
}

impl Page {
    /// A part of a walk.
    pub fn new(sessions: Vec<(SessionId, Record)>, next: Option<String>) -> Self {
        Self { sessions, next }
    }
}

/// One request's changes to one record.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Commit {
    /// The application's time.
    pub now: Timestamp,
    /// The token that must be the record's current one; `None` if the application speaks for the session itself.
    pub token: Option<TokenHash>,
    /// The revision that the record must still have, if the commit is a compare-and-swap.
    pub revision: Option<u64>,
    /// The keys that change.
    pub changes: Changes,
    /// The new token, and the limits that come with it.
    pub rotation: Option<Rotation>,
    /// The new label.
    pub label: Option<String>,
    /// The index entries that change.
    pub index: Vec<IndexChange>,
    /// The expiry moves only when less than this many per mille of the idle time is left. `None` is a commit that is no
    /// use of the session: expiry and last seen stay.
    pub extend_below: Option<u16>,
}

impl Commit {
    /// A commit that only touches: it notes the time, and extends the expiry.
    pub fn touch(token: TokenHash, extend_below: u16, now: Timestamp) -> Self {
        Self { token: Some(token), extend_below: Some(extend_below), ..Self::nothing(now) }
    }

    /// A commit of nothing at all, to be filled in.
    pub fn nothing(now: Timestamp) -> Self {
        Self {
            now,
            token: None,
            revision: None,
            changes: Changes::default(),
            rotation: None,
            label: None,
            index: Vec::new(),
            extend_below: None,
        }
    }

    /// Whether the record is another one afterwards, rather than merely touched.
    pub fn changes_something(&self) -> bool {
        !self.changes.is_empty() || self.rotation.is_some() || self.label.is_some()
    }

    /// What carrying it out makes of a record, revision, expiry and all.
    pub fn apply(&self, record: &mut Record) {
        self.changes.apply(&mut record.values);
        record.revision += u64::from(self.changes_something());
        if let Some(below) = self.extend_below {
            record.seen = self.now;
            record.expires = record.limits.extended(record.expires, self.now, below);
        }
        if let Some(label) = &self.label {
            record.label = Some(label.clone());
        }
        if let Some(rotation) = self.rotation {
            record.token = rotation.token;
            record.rotated = Some(self.now);
            record.limits = rotation.limits;
            record.expires = rotation.limits.expiry(self.now);
        }
    }

    /// What this commit finds in a live record: `None` if it may go ahead.
    pub fn obstacle(&self, token: &TokenHash, rotated: Option<Timestamp>, revision: u64) -> Option<Obstacle> {
        if self.token.is_some_and(|expected| expected != *token) {
            return Some(Obstacle::Replaced { rotated });
        }
        self.revision.is_some_and(|expected| expected != revision).then_some(Obstacle::Conflict)
    }
}

/// Why a commit may not go ahead on a live record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The token is not the current one.
    Replaced {
        /// When the record's token was last replaced.
        rotated: Option<Timestamp>,
    },
    /// The revision is not the expected one.
    Conflict,
}

/// A token that takes the place of the current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The new token's hash.
    pub token: TokenHash,
    /// The limits from now on; the expiry is moved to what they allow.
    pub limits: Limits,
}

/// The outcome of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// The changes are stored.
    Done {
        /// The record's revision now.
        revision: u64,
        /// When the record expires now.
        expires: Timestamp,
    },
    /// There is no live record of this id; nothing was stored.
    Missing,
    /// The record lives, but under another token; nothing was stored.
    Replaced {
        /// When the record's token was last replaced.
        rotated: Option<Timestamp>,
    },
    /// The record has another revision than the compare-and-swap expected; nothing was stored.
    Conflict(
        /// The record as it is now.
        Box<Record>,
    ),
}

/// The outcome of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// The record is gone.
    Done,
    /// There was no live record of this id, or it does not have the entry asked for.
    Missing,
    /// The record lives on, under another token.
    Replaced {
        /// When the record's token was last replaced.
        rotated: Option<Timestamp>,
    },
}

macro_rules! forward_to_inner {
    ($($pointer:ident),*) => {$(
        #[async_trait]
        impl<T: SessionStore + ?Sized> SessionStore for $pointer<T> {
            async fn load(&self, id: &SessionId, now: Timestamp) -> Result<Option<Record>, StoreError> {
                (**self).load(id, now).await
            }

            async fn create(&self, id: &SessionId, record: &Record, index: &[IndexChange]) -> Result<bool, StoreError> {
                (**self).create(id, record, index).await
            }

            async fn commit(&self, id: &SessionId, commit: &Commit) -> Result<Committed, StoreError> {
                (**self).commit(id, commit).await
            }

            async fn delete(&self, id: &SessionId, proof: Proof, now: Timestamp) -> Result<Deleted, StoreError> {
                (**self).delete(id, proof, now).await
            }

            async fn find(&self, hash: &IndexHash, now: Timestamp) -> Result<Vec<Found>, StoreError> {
                (**self).find(hash, now).await
            }

            async fn scan(&self, from: Option<&str>, batch: usize, now: Timestamp) -> Result<Page, StoreError> {
                (**self).scan(from, batch, now).await
            }

            async fn delete_expired(&self, now: Timestamp, batch: usize) -> Result<usize, StoreError> {
                (**self).delete_expired(now, batch).await
            }
        }
    )*};
}

forward_to_inner!(Box, Arc);
