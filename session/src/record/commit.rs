//! The data of a commit, as a store receives it: one request's changes to one record, and the outcome types.

use crate::record::changes::Changes;
use crate::record::id::TokenHash;
use crate::record::index::IndexChange;
use crate::record::lifetime_limits::Limits;
use crate::record::stored_record::{LogSize, Record};
use crate::record::timestamp::Timestamp;
use crate::record::values::Values;

/// One request's changes to one record.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct Commit {
    /// The application's time.
    pub now: Timestamp,
    /// The token that must be the record's current one. `None` if the application opened the session by its id.
    pub token: Option<TokenHash>,
    /// The revision that the record must have, for a compare-and-swap.
    pub revision: Option<u64>,
    /// The changed keys.
    pub changes: Changes,
    /// The new token with its limits.
    pub rotation: Option<Rotation>,
    /// The new label.
    pub label: Option<String>,
    /// The changed index entries.
    pub index: Vec<IndexChange>,
    /// The values that the request has loaded, if the store set [`Record::log_size`].
    pub loaded: Option<LoadedValues>,
    /// The record is renewed if less than this many per mille of its idle timeout remain. `None` if the commit does not
    /// count as activity: `expires` and `last_seen` are unchanged.
    pub renew_below: Option<u16>,
}

impl Commit {
    /// Creates a commit that only renews the record: it sets `last_seen` and extends the expiry.
    pub fn touch(token: TokenHash, renew_below: u16, now: Timestamp) -> Self {
        Self { token: Some(token), renew_below: Some(renew_below), ..Self::empty(now) }
    }

    /// Creates a commit without any change.
    pub fn empty(now: Timestamp) -> Self {
        Self {
            now,
            token: None,
            revision: None,
            changes: Changes::default(),
            rotation: None,
            label: None,
            index: Vec::new(),
            loaded: None,
            renew_below: None,
        }
    }

    /// Returns true if the commit changes the record, and therefore increments its revision.
    pub fn is_mutation(&self) -> bool {
        !self.changes.is_empty() || self.rotation.is_some() || self.label.is_some() || !self.index.is_empty()
    }

    /// Applies the commit to a record, with revision and expiry.
    pub fn apply(&self, record: &mut Record) {
        self.changes.apply(&mut record.values);
        record.revision += u64::from(self.is_mutation());
        if let Some(renew_below) = self.renew_below {
            record.last_seen = self.now;
            record.expires = record.limits.renewed(record.expires, self.now, renew_below);
        }
        if let Some(label) = &self.label {
            record.label = Some(label.clone());
        }
        if let Some(rotation) = self.rotation {
            record.token = rotation.token;
            record.rotated = Some(self.now);
            if rotation.is_login {
                record.login_rotated = Some(Record::next_login(record.last_login(), self.now));
            }
            record.limits = rotation.limits;
            record.expires = rotation.limits.expiry(self.now);
        }
    }

    /// Applies the commit to a live record if its conditions are met, and returns the outcome. For a store that has loaded
    /// the record and locked it. The changes of the index are not part of the record.
    pub fn apply_to(&self, record: &mut Record) -> Committed {
        match self.check(&record.token, record.rotated, record.revision) {
            Some(Rejection::Replaced { rotated }) => Committed::Replaced { rotated },
            Some(Rejection::Conflict) => Committed::Conflict(Box::new(record.clone())),
            None => {
                self.apply(record);
                Committed::Done(Some(CommittedVersion { revision: record.revision, expires: record.expires }))
            }
        }
    }

    /// Checks the commit's conditions against a live record. Returns `None` if the commit may be applied.
    pub fn check(&self, token: &TokenHash, rotated: Option<Timestamp>, revision: u64) -> Option<Rejection> {
        if self.token.is_some_and(|expected| expected != *token) {
            return Some(Rejection::Replaced { rotated });
        }
        self.revision.is_some_and(|expected| expected != revision).then_some(Rejection::Conflict)
    }
}

/// The reason for which a commit cannot be applied to a live record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The token is not the current one.
    Replaced {
        /// The time of the record's last rotation.
        rotated: Option<Timestamp>,
    },
    /// The revision is not the expected one.
    Conflict,
}

/// A new token for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The hash of the new token.
    pub token: TokenHash,
    /// The new limits. The expiry is set according to them.
    pub limits: Limits,
    /// True for a login, and false for a new token of the same login. A login sets [`Record::login_rotated`] to the
    /// commit's time, or to one millisecond after the [last login](Record::last_login) if that is later.
    pub is_login: bool,
}

/// The values of a record as a request loaded them.
///
/// A store that keeps a value log can compact it without a further load. The log may have changed since, so such a commit
/// is conditional on the revision.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub struct LoadedValues {
    /// The revision of the loaded record.
    pub revision: u64,
    /// The loaded values.
    pub values: Values,
    /// The size of the value log that the store returned with the record.
    pub log_size: LogSize,
}

impl LoadedValues {
    /// Returns the values of a loaded record, if the store set [`Record::log_size`].
    pub fn new(record: &Record) -> Option<Self> {
        let log_size = record.log_size?;
        Some(Self { revision: record.revision, values: record.values.clone(), log_size })
    }
}

/// The outcome of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// The changes are stored.
    Done(
        /// The revision and expiry of the stored record, if the store returns them without a further operation.
        Option<CommittedVersion>,
    ),
    /// There is no live record with this id. Nothing was stored.
    Missing,
    /// The record is live, but has another token. Nothing was stored.
    Replaced {
        /// The time of the record's last rotation.
        rotated: Option<Timestamp>,
    },
    /// The record has another revision than the compare-and-swap expected. Nothing was stored.
    Conflict(
        /// The current record.
        Box<Record>,
    ),
}

/// The revision and expiry of a record after a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommittedVersion {
    /// The revision of the record.
    pub revision: u64,
    /// The expiry of the record.
    pub expires: Timestamp,
}
