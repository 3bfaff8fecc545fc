//! The changes of a request that no commit has stored: pending ones, and the ones of a cancelled call.

use session::SessionId;
use session::store::{Record, TokenHash};

use super::reference::{Change, RecordStatus, Values, values_of};

pub(crate) type NewToken = (SessionId, TokenHash);

/// The changes since the last commit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pending {
    pub(crate) change: Change,
    pub(crate) renews: bool,
    /// Set by `log_in`: the changes since then. They start a new session if the record is deleted or replaced at the commit.
    pub(crate) since_login: Option<Change>,
}

impl Pending {
    pub(crate) fn edit(&mut self, edit: impl Fn(&mut Change)) {
        edit(&mut self.change);
        if let Some(since_login) = &mut self.since_login {
            edit(since_login);
        }
    }

    /// The record is deleted or replaced: a login starts a new session. Returns false if there is no login.
    pub(crate) fn start_over(&mut self) -> bool {
        let Some(since_login) = self.since_login.take() else { return false };
        self.change = Change { rotates: self.change.rotates, ..since_login };
        true
    }

    /// Adds older changes, beneath these ones.
    fn restore(&mut self, older: Self) {
        let newer = std::mem::replace(self, older);
        if newer.since_login.is_some() {
            self.since_login = newer.since_login;
        } else if let Some(since_login) = &mut self.since_login {
            since_login.extend(newer.change.clone());
        }
        self.change.extend(newer.change);
        self.renews |= newer.renews;
    }
}

/// A write that is sent to the store.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub(crate) creates: bool,
    pub(crate) change: Change,
    /// The token that it creates.
    pub(crate) token: Option<NewToken>,
    /// The revision that a compare-and-swap expects.
    pub(crate) revision: Option<u64>,
}

/// A write whose call was cancelled before the reply.
#[derive(Clone, Debug)]
pub(crate) struct Cancelled {
    pub(crate) write: Write,
    /// The pending changes that it took.
    pub(crate) sent: Pending,
    /// The store has executed it. The request does not know this.
    pub(crate) is_applied: bool,
    /// A load has shown that it was not stored.
    pub(crate) must_resend: bool,
}

/// The outcome of a cancelled write, as one load shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Stored,
    /// Not stored. It is sent again unchanged.
    Resend,
    /// Not stored, and it cannot be stored any more. Its changes are pending again.
    Pending,
    Unknown,
}

impl Cancelled {
    /// `status` is the status of the request's own token.
    pub(crate) fn outcome(&self, found: Option<&Record>, status: RecordStatus) -> Outcome {
        let Write { creates, token, revision, .. } = &self.write;
        let has_token = found.zip(*token).is_some_and(|(found, (_, token))| found.token == token);
        if has_token || found.is_some_and(|found| self.has_values(&values_of(found))) {
            return Outcome::Stored;
        }
        if *creates {
            return Outcome::Resend;
        }
        match status {
            RecordStatus::Live if token.is_some() || *revision == found.map(|found| found.revision) => Outcome::Resend,
            RecordStatus::Live => Outcome::Unknown,
            _ if token.is_some() => Outcome::Pending,
            _ => Outcome::Unknown,
        }
    }

    /// A plain write without a token counts as stored if the record has all its values.
    fn has_values(&self, values: &Values) -> bool {
        let Write { change, token, revision, .. } = &self.write;
        let is_plain = token.is_none() && revision.is_none() && !change.cleared;
        is_plain && change.keys.iter().all(|(key, value)| values.get(key) == value.as_ref())
    }

    /// A newer write of the same keys replaces an update, whatever its outcome.
    pub(crate) fn is_overwritten_by(&self, pending: &Change) -> bool {
        let keys = &self.write.change.keys;
        let has_keys = !self.write.change.cleared && keys.keys().all(|key| pending.keys.contains_key(key));
        self.write.revision.is_some() && (pending.cleared || has_keys)
    }

    pub(crate) fn restore_to(self, pending: &mut Pending) {
        pending.restore(self.sent);
    }
}
