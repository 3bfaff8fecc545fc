//! The model of one request: its knowledge, its pending changes, and its commits.

use std::collections::BTreeMap;

use session::ErrorKind;

use super::cancelled::Cancelled;
use super::script::{Key, Val};
use super::state::{
    Change, Choices, ClientCookie, Cookies, DEFAULT, GRACE, Limits, Map, ModelState, NoReply, Record, Reply, Stop,
    StoreCalls, Times, Token,
};

/// The status of the session, as the request knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// There is no session.
    Absent,
    /// The record was not loaded.
    Unknown,
    Live(Map, u32),
    Deleted,
    Replaced,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deletion {
    Delete,
    Restart,
    Invalidate,
    /// The session of another user, as a part of a login.
    LogIn,
}

/// The changes since the last commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PendingChanges {
    pub clear: bool,
    pub keys: BTreeMap<Key, Option<Val>>,
    pub rotate: bool,
    pub life: Option<Limits>,
    pub label: Option<usize>,
    pub no_browser: bool,
    pub renew: bool,
    /// Set by `log_in`: the keys since then.
    pub since_login: Option<Box<PendingChanges>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub opened: bool,
    pub key: u32,
    pub job: bool,
    pub token: Option<Token>,
    pub view: View,
    /// The request has seen its session live.
    pub seen_live: bool,
    pub pending: PendingChanges,
    pub deletion: Option<Deletion>,
    pub invalidated: bool,
    /// The response removes the cookies.
    pub removes_cookies: bool,
    /// The record of the client state was deleted.
    pub unbound: bool,
    /// The cookies of the request.
    pub cookies: Cookies,
    /// The response must send the new token.
    pub sends_token: bool,
    /// A write without a reply. Its values are read until a load decides its outcome.
    pub cancelled: Option<Cancelled>,
    /// A write whose outcome stays unknown.
    pub lost: Option<Cancelled>,
    /// The times of the record, as last returned by the store.
    pub known: Option<Times>,
    /// The label of the record, as last seen or set by this request.
    pub label: Option<usize>,
    pub client: Option<ClientCookie>,
    pub client_edits: PendingChanges,
    pub client_used: bool,
}

impl Request {
    pub(crate) fn new(job: Option<Token>, key: u32, cookies: Cookies) -> Self {
        let view = if job.is_some() { View::Unknown } else { View::Absent };
        Self {
            opened: job.is_some(),
            key,
            job: job.is_some(),
            token: job,
            view,
            seen_live: false,
            pending: PendingChanges::default(),
            deletion: None,
            invalidated: false,
            removes_cookies: false,
            unbound: false,
            cookies,
            sends_token: false,
            cancelled: None,
            lost: None,
            known: None,
            label: None,
            client: None,
            client_edits: PendingChanges::default(),
            client_used: false,
        }
    }

    pub(crate) fn secret(&self) -> Option<u32> {
        self.token.filter(|_| !self.job).map(|token| token.secret)
    }

    /// The trusted client state: a bound one is trusted until its record is known to be deleted or replaced.
    pub(crate) fn client_values(&self) -> Map {
        let lost = matches!(self.view, View::Deleted | View::Replaced);
        let ours = self.token.map(|token| token.record).filter(|_| !lost);
        let ended = self.invalidated || self.removes_cookies || self.deletion == Some(Deletion::Restart);
        let base = self.client.as_ref().filter(|client| !ended && (client.names.is_none() || client.names == ours));
        let mut values = base.map_or_else(Map::new, |client| client.values.clone());
        self.client_edits.change().apply(&mut values);
        values
    }

    pub(crate) fn changes_client(&self) -> bool {
        let before = Self { client_edits: PendingChanges::default(), ..self.clone() };
        before.client_values() != self.client_values()
    }
}

impl PendingChanges {
    pub(crate) fn change(&self) -> Change {
        Change { clear: self.clear, keys: self.keys.clone(), label: self.label, token: None, revision: None }
    }

    /// The pending change of a key.
    pub(crate) fn get(&self, key: Key) -> Option<Option<Val>> {
        self.keys.get(key).copied().or(self.clear.then_some(None))
    }

    pub(crate) fn sets(&self) -> bool {
        self.keys.values().any(Option::is_some)
    }

    pub(crate) fn logs_in(&self) -> bool {
        self.since_login.is_some() || self.sets() && (self.rotate || self.life.is_some())
    }

    /// Returns true if there is nothing to commit but a renewal of the token.
    pub(crate) fn only_renews(&self) -> bool {
        *self == Self { renew: self.renew, ..Self::default() }
    }

    /// The record is deleted or replaced: a login starts a new session. Returns false if there is no login.
    pub(crate) fn start_over(&mut self) -> bool {
        let Some(since_login) = self.since_login.take() else { return false };
        (self.clear, self.keys) = (since_login.clear, since_login.keys);
        true
    }

    /// Adds older changes, beneath these ones, unless the session is deleted.
    pub(crate) fn restore(&mut self, older: Self, deletes: bool) {
        if deletes {
            return;
        }
        let newer = std::mem::replace(self, older);
        if newer.since_login.is_some() {
            self.since_login.clone_from(&newer.since_login);
        } else if let Some(since_login) = &mut self.since_login {
            since_login.extend(&newer);
        }
        self.extend(&newer);
        self.rotate |= newer.rotate;
        self.renew |= newer.renew;
        self.no_browser |= newer.no_browser;
        self.life = newer.life.or(self.life);
        self.label = newer.label.or(self.label);
    }

    fn extend(&mut self, newer: &Self) {
        if newer.clear {
            (self.clear, self.keys) = (true, newer.keys.clone());
        } else {
            self.keys.extend(newer.keys.clone());
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn edits_nothing(&self) -> bool {
        !self.clear && self.keys.is_empty()
    }

    /// Sets or removes a key. A removal after a clear is not recorded.
    pub(crate) fn edit(&mut self, key: Key, value: Option<Val>) {
        if let Some(since_login) = &mut self.since_login {
            since_login.edit(key, value);
        }
        if self.clear && value.is_none() {
            self.keys.remove(key);
        } else {
            self.keys.insert(key, value);
        }
    }

    pub(crate) fn clear_all(&mut self) {
        if let Some(since_login) = &mut self.since_login {
            since_login.clear_all();
        }
        self.keys.clear();
        self.clear = true;
    }
}

/// The context of one step of one request.
pub(crate) struct StepContext<'a> {
    pub state: &'a mut ModelState,
    pub request: &'a mut Request,
    pub store: &'a mut StoreCalls,
    pub choices: &'a mut Choices,
}

impl StepContext<'_> {
    pub(crate) fn choose(&mut self) -> bool {
        self.choices.choose()
    }

    pub(crate) fn fail<T>(kind: ErrorKind) -> Result<T, Stop> {
        Err(Stop::Failed(kind))
    }

    fn lost<T>(no_reply: NoReply) -> Result<T, Stop> {
        Err(match no_reply {
            NoReply::Lost => Stop::Failed(ErrorKind::Store),
            NoReply::Cancelled => Stop::Cancelled,
        })
    }

    /// Records that the record is missing, or that its token was rotated.
    pub(crate) fn apply_rejection(&mut self, reply: &Reply) -> bool {
        let seen = self.request.seen_live;
        let replaced = matches!(reply, Reply::Replaced(rotated) if seen || self.state.now < rotated + GRACE);
        self.request.view = if replaced { View::Replaced } else { View::Deleted };
        if self.request.pending.start_over() {
            self.request.client_edits.start_over();
            (self.request.view, self.request.seen_live) = (View::Deleted, false);
        }
        replaced
    }

    pub(crate) fn see(&mut self, record: Option<&Record>) {
        let secret = self.request.secret();
        match record {
            None => _ = self.apply_rejection(&Reply::Missing),
            Some(record) if secret.is_some_and(|secret| secret != record.secret) => {
                _ = self.apply_rejection(&Reply::Replaced(record.rotated.unwrap_or(0)));
            }
            Some(record) => {
                self.request.seen_live = true;
                self.request.known = Some(record.times);
                self.request.label = record.label;
                self.request.view = View::Live(record.values.clone(), record.revision);
            }
        }
    }

    /// Loads the record once.
    pub(crate) fn load(&mut self) -> Result<(), Stop> {
        if self.request.view != View::Unknown {
            return Ok(());
        }
        self.resolve()?;
        let Some(token) = self.request.token.filter(|_| self.request.view == View::Unknown) else { return Ok(()) };
        let state = &*self.state;
        match self.store.call("load", || state.live(token.record).cloned()) {
            Ok(found) => self.see(found.as_ref()),
            Err(no_reply) => return Self::lost(no_reply),
        }
        Ok(())
    }

    /// Commits a pending `delete`, `restart` or `invalidate`.
    pub(crate) fn commit_deletion(&mut self) -> Result<(), Stop> {
        let Some(deletion) = self.request.deletion else { return Ok(()) };
        if let Some(token) = self.request.token {
            let known = matches!(self.request.view, View::Deleted | View::Replaced);
            let reply = if known && self.choose() {
                if self.request.view == View::Deleted { Reply::Missing } else { Reply::Replaced(self.state.now) }
            } else {
                let (secret, state) = (self.request.secret(), &mut *self.state);
                match self.store.call("delete", || state.delete(token.record, secret)) {
                    Ok(reply) => reply,
                    Err(no_reply) => return Self::lost(no_reply),
                }
            };
            if let (Reply::Done, Deletion::Delete, Some(client)) = (&reply, deletion, &mut self.request.client)
                && client.names == Some(token.record)
            {
                (client.names, self.request.unbound) = (None, true);
            }
            if let Reply::Replaced(_) = reply
                && deletion != Deletion::LogIn
                && self.apply_rejection(&reply)
            {
                (self.request.deletion, self.request.pending) = (None, PendingChanges::default());
                // The contract does not define if a failed `restart` or `invalidate` drops the client state.
                if deletion != Deletion::Delete && self.choose() {
                    self.request.client = None;
                }
                return Self::fail(ErrorKind::Replaced);
            }
        }
        let request = &mut *self.request;
        (request.deletion, request.token, request.sends_token) = (None, None, false);
        request.pending.since_login = None;
        (request.view, request.seen_live) = (if request.job { View::Deleted } else { View::Absent }, false);
        request.removes_cookies |= deletion != Deletion::Delete;
        Ok(())
    }

    /// Creates a new session.
    pub(crate) fn create(&mut self, pending: &PendingChanges) -> Result<(), Stop> {
        let token = self.state.token(self.state.records.len(), pending.life.unwrap_or(DEFAULT));
        let change = Change { token: Some(token), ..pending.change() };
        self.send_creation(Cancelled::new(pending.clone(), change, true))
    }

    /// Sends the creation of a record, for the first time or again.
    pub(crate) fn send_creation(&mut self, mut creation: Cancelled) -> Result<(), Stop> {
        let Change { token: Some(token), label, .. } = &mut creation.change else { return Ok(()) };
        // The numbers of the records are the order of their creation. The first attempt may be stored, and have ended.
        let earlier = self.state.records.iter().position(|record| record.secret == token.secret);
        token.record = earlier.unwrap_or(self.state.records.len());
        let (token, label, mut values) = (*token, *label, Map::new());
        creation.change.apply(&mut values);
        let is_expired = earlier.is_some_and(|number| !self.state.records[number].deleted);
        let is_taken = is_expired && self.choose();
        let state = &mut *self.state;
        let create = || {
            if !is_taken {
                state.create(token, values.clone(), label);
            }
        };
        match self.store.call("create", create) {
            Ok(()) if is_taken => {
                self.request.cancelled = Some(creation);
                self.resolve_now()?;
                self.forget_cancelled();
                Self::fail(ErrorKind::Store)
            }
            Ok(()) => {
                self.request.cancelled = None;
                (self.request.token, self.request.sends_token, self.request.seen_live) = (Some(token), true, true);
                self.request.view = View::Live(values, 1);
                self.request.known = Some(self.state.records[token.record].times);
                self.request.label = label;
                Ok(())
            }
            Err(no_reply) => {
                self.request.cancelled = Some(creation);
                self.after_no_reply(no_reply)
            }
        }
    }

    /// An error discards all pending changes. The contract does not define if it discards client state.
    pub(crate) fn report<T>(&mut self, result: Result<T, Stop>) -> Result<T, Stop> {
        if let Err(Stop::Failed(ErrorKind::Ended | ErrorKind::Replaced | ErrorKind::Store)) = result
            && !(self.request.pending.is_empty() && self.request.client_edits.edits_nothing())
            && self.choose()
        {
            (self.request.pending, self.request.client_edits) = (PendingChanges::default(), PendingChanges::default());
        }
        result
    }

    /// Commits the pending changes.
    pub(crate) fn commit(&mut self) -> Result<(), Stop> {
        self.settle()?;
        if self.request.pending.no_browser {
            self.request.pending.no_browser = false;
            return Self::fail(ErrorKind::NoBrowser);
        }
        self.commit_deletion()?;
        let pending = std::mem::take(&mut self.request.pending);
        if self.request.invalidated {
            return Ok(());
        }
        if pending.only_renews() && self.writes_client() {
            match self.request.view {
                View::Replaced => return Self::fail(ErrorKind::Replaced),
                View::Deleted if self.request.seen_live => return Self::fail(ErrorKind::Ended),
                _ => {}
            }
        }
        if pending.is_empty() {
            return self.touch();
        }
        match self.request.view {
            View::Unknown | View::Live(..) => self.send(&pending),
            View::Replaced => self.replaced(&pending),
            View::Absent | View::Deleted => self.missing(pending, true),
        }
    }

    /// A write that changes nothing needs no commit, so both results are allowed.
    fn writes_client(&mut self) -> bool {
        !self.request.client_edits.edits_nothing() && (self.request.changes_client() || !self.choose())
    }

    fn replaced(&mut self, pending: &PendingChanges) -> Result<(), Stop> {
        if pending.only_renews() {
            return Ok(());
        }
        if pending.logs_in() { self.create(pending) } else { Self::fail(ErrorKind::Replaced) }
    }

    fn missing(&mut self, pending: PendingChanges, known: bool) -> Result<(), Stop> {
        if pending.only_renews() {
            // It may be kept for a later session.
            self.request.pending.renew = pending.renew && self.choose();
            return Ok(());
        }
        if self.request.job || (self.request.seen_live && self.request.view == View::Deleted) {
            let removes =
                PendingChanges { keys: pending.keys.clone(), clear: pending.clear, ..PendingChanges::default() };
            // Removals on a session that is known to be deleted do nothing.
            let nothing = known && removes == pending && !pending.sets() && self.choose();
            return if nothing { Ok(()) } else { Self::fail(ErrorKind::Ended) };
        }
        if pending.sets() {
            return self.create(&pending);
        }
        // No session is created. The settings for a later one may be kept or discarded.
        if (pending.life.is_some() || pending.label.is_some() || pending.rotate || pending.renew) && self.choose() {
            let PendingChanges { rotate, renew, life, label, .. } = pending;
            self.request.pending = PendingChanges { rotate, life, label, renew, ..PendingChanges::default() };
        }
        Ok(())
    }

    fn send(&mut self, pending: &PendingChanges) -> Result<(), Stop> {
        let Some(old) = self.request.token else { unreachable!("a session that may live has a token") };
        let mut change = pending.change();
        if let View::Live(values, _) = &self.request.view {
            let kept = if pending.clear { &Map::new() } else { values };
            change.keys.retain(|key, value| kept.get(key) != value.as_ref());
            change.clear &= !values.is_empty();
        }
        let only_renews = change.is_empty() && !pending.rotate && pending.life.is_none();
        if pending.rotate || pending.life.is_some() {
            change.token = Some(self.state.token(old.record, pending.life.unwrap_or(old.life)));
        } else if pending.renew && !self.request.job {
            let new = self.state.token(old.record, old.life);
            change.token = Some(Token { end: old.end, ..new });
        }
        if change.is_empty() {
            return self.touch();
        }
        let (secret, state) = (self.request.secret(), &mut *self.state);
        match self.store.call("commit", || state.commit(old.record, secret, &change)) {
            Ok(Reply::Done) => {
                self.stored(&change, old.record);
                Ok(())
            }
            Ok(reply) if pending.since_login.is_some() => {
                self.apply_rejection(&reply);
                (self.request.view, self.request.seen_live) = (View::Deleted, false);
                let mut since_login = pending.clone();
                since_login.start_over();
                self.request.client_edits.start_over();
                self.create(&since_login)
            }
            Ok(reply) if only_renews => {
                let writes_client = self.writes_client();
                if self.apply_rejection(&reply) && writes_client { Self::fail(ErrorKind::Replaced) } else { Ok(()) }
            }
            Ok(reply) if self.apply_rejection(&reply) => {
                // Two rows of the contract apply to a login that has read the session live: a write after a read fails
                // with `Replaced`, and `cycle_id` with writes creates a new session.
                if self.request.seen_live && self.choose() {
                    return Self::fail(ErrorKind::Replaced);
                }
                self.replaced(pending)
            }
            Ok(_) => self.missing(pending.clone(), false),
            Err(no_reply) => {
                let sent = PendingChanges { clear: change.clear, keys: change.keys.clone(), ..pending.clone() };
                self.request.cancelled = Some(Cancelled::new(sent, change, false));
                self.after_no_reply(no_reply)
            }
        }
    }

    /// A commit was stored.
    pub(crate) fn stored(&mut self, change: &Change, record: usize) {
        self.request.seen_live = true;
        self.request.known = Some(self.state.records[record].times);
        if let Some(token) = change.token {
            (self.request.token, self.request.sends_token) = (Some(token), true);
        }
        self.committed(change, record);
    }

    /// A read below the threshold renews the session. A missing record is no error.
    fn touch(&mut self) -> Result<(), Stop> {
        let due = self.request.known.is_some_and(|times| times.due(self.state.now));
        let (Some(token), true) = (self.request.token, due && !self.request.job) else { return Ok(()) };
        let live = matches!(self.request.view, View::Live(..));
        if !live && (self.request.view != View::Unknown || !self.choose()) {
            return Ok(());
        }
        let (secret, state) = (self.request.secret(), &mut *self.state);
        match self.store.call("touch", || state.commit(token.record, secret, &Change::default())) {
            Ok(Reply::Done) => {
                let stored = &self.state.records[token.record];
                self.request.known = Some(stored.times);
                if let View::Live(_, revision) = &mut self.request.view
                    && *revision != stored.revision
                {
                    *revision = 0;
                }
            }
            Ok(reply) => {
                self.request.known = None;
                if self.choose() {
                    self.apply_rejection(&reply);
                }
            }
            Err(NoReply::Lost) => self.request.known = self.request.known.filter(|_| self.choices.choose()),
            Err(NoReply::Cancelled) => return Err(Stop::Cancelled),
        }
        Ok(())
    }

    /// Updates the knowledge after an own commit. Changes by others may be seen or not.
    pub(crate) fn committed(&mut self, change: &Change, record: usize) {
        let stored = &self.state.records[record];
        let (now, revision, label) = (stored.values.clone(), stored.revision, stored.label);
        let View::Live(values, known) = &mut self.request.view else { return };
        change.apply(values);
        self.request.label = change.label.or(self.request.label);
        let alone = *known + 1 == revision;
        *known = if alone && self.store.returns_versions { revision } else { 0 };
        if !alone {
            if self.choose() {
                self.request.view = View::Unknown;
            } else if self.choose() {
                (self.request.view, self.request.label) = (View::Live(now, revision), label);
            }
        }
    }
}
