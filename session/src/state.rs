//! What one request knows of its session, and what it has done to it so far. Pure: no I/O, no clock.
//!
//! Every write to either map passes through [`State::edit`]. Reads see, from the top: what this request has done since
//! the last commit, what is on its way to the store, what the store has said.

use std::borrow::Cow;
use std::cell::Cell;
use std::time::Duration;

use crate::changes::Changes;
use crate::config::{ExtendOn, SessionConfig};
use crate::cookie::{Carried, Opened, StateCookie};
use crate::declaration::Side;
use crate::error::{Error, ErrorKind};
use crate::field::{Keys, Stored};
use crate::id::{Claim, SessionId, Token};
use crate::json::{Json, Place};
use crate::lifetime::Lifetime;
use crate::plan::{Ending, Intent, Standing};
use crate::store::{Commit, Record, Rotation, Timestamp};
use crate::values::Values;

#[derive(Default)]
pub(crate) struct State {
    pub(crate) known: Known,
    pub(crate) wanted: Wanted,
    pub(crate) client: Client,
    pub(crate) answer: Answer,
    /// The operation whose reply has not come: if none is running, it was cancelled, and its outcome is unknown.
    pub(crate) in_flight: Option<InFlight>,
    phase: Phase,
    invalidated: bool,
    /// The application opened the session by its id: there is no browser, and no other session to begin.
    by_id: bool,
    /// What was asked of a session opened by its id, and needs a browser.
    misused: Option<&'static str>,
    /// Keys whose values are dropped along with what is committed.
    retired: Vec<(Side, &'static str)>,
}

/// How far the request has come.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    #[default]
    Open,
    /// The answer is there, and the last commit is being made.
    Closing,
    Finalized,
}

/// What is known of the record that this request speaks of.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) claim: Option<Claim>,
    pub(crate) standing: Standing,
    /// The record as the store last showed it, with this request's own commits carried out.
    pub(crate) record: Option<Record>,
    /// How many records the store has shown.
    records: u32,
    /// Another request committed since: the record's revision is no ground for a compare-and-swap.
    pub(crate) stale: bool,
}

/// What this request wants of the store, and has not sent yet.
#[derive(Default)]
pub(crate) struct Wanted {
    pub(crate) changes: Changes,
    pub(crate) ending: Option<Ending>,
    pub(crate) rotates: bool,
    pub(crate) lifetime: Option<Lifetime>,
    pub(crate) label: Option<String>,
}

impl Wanted {
    fn is_nothing(&self) -> bool {
        let Self { changes, ending, rotates, lifetime, label } = self;
        changes.is_empty() && ending.is_none() && !rotates && lifetime.is_none() && label.is_none()
    }
}

/// The client state: what the browser sent, and what this request does to it.
#[derive(Default)]
pub(crate) struct Client {
    pub(crate) sent: Option<StateCookie>,
    pub(crate) changes: Changes,
    pub(crate) used: Cell<bool>,
    /// Its record was deleted: it is to be sealed anew, without it.
    pub(crate) detached: bool,
    /// It is not believed on the word of its seal, if it belongs to a record: the store has to have been asked.
    pub(crate) asks_first: bool,
}

impl Client {
    /// The browser keeps what it has.
    pub(crate) fn is_left_alone(&self) -> bool {
        !self.used.get() && !self.detached && self.changes.is_empty()
    }
}

/// What the answer owes the browser.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) carried: Carried,
    /// The token that this request's commits made.
    pub(crate) token: Option<Token>,
    /// The session was ended together with its cookies.
    pub(crate) dropped: bool,
}

/// What is on its way to the store.
pub(crate) struct InFlight {
    changes: Changes,
    rotates: bool,
    lifetime: Option<Lifetime>,
    label: Option<String>,
    /// If one field goes alone, while everything else that is wanted waits: what was wanted of it before, and of a session
    /// that it begins. What is wanted from now on is newer, and stands beside it.
    alone: Option<Box<Wanted>>,
    /// The token that it makes.
    pub(crate) made: Option<Token>,
}

/// What is known does not say what is stored.
pub(crate) struct AskTheStore;

impl State {
    /// Takes in what the request's cookies held. Nothing but `finalize` has been asked before.
    pub(crate) fn open(&mut self, opened: Opened) {
        self.known.claim = opened.token.map(Claim::Token);
        self.known.standing = if opened.token.is_some() { Standing::Unread } else { Standing::None };
        self.client.sent = opened.state;
        self.answer.carried = opened.carried;
    }

    pub(crate) fn is_by_id(&self) -> bool {
        self.by_id
    }

    /// Takes a session up by its id: it is to be live, or it is over.
    pub(crate) fn open_by_id(&mut self, id: SessionId) {
        self.known.claim = Some(Claim::Id(id));
        self.known.standing = Standing::Live;
        self.by_id = true;
    }

    pub(crate) fn is_invalidated(&self) -> bool {
        self.invalidated
    }

    // Reading

    fn lookup(&self, key: &str) -> Result<Option<Json>, AskTheStore> {
        if let Some(value) = self.wanted.changes.get(key) {
            return Ok(value.cloned());
        }
        if self.wanted.ending.is_some() {
            return Ok(None);
        }
        if let Some(value) = self.in_flight.as_ref().and_then(|sent| sent.changes.get(key)) {
            return Ok(value.cloned());
        }
        if self.needs_load() {
            return Err(AskTheStore);
        }
        Ok(self.known.record.as_ref().and_then(|record| record.values.get(key)))
    }

    /// What a field of the server state holds, unless the store has to be asked.
    pub(crate) fn find<'k>(&self, keys: &Keys<'k>) -> Result<Option<Stored<'k>>, AskTheStore> {
        keys.find(|key| self.lookup(key))
    }

    /// The server state, if it reads as the store first gave it.
    pub(crate) fn as_loaded(&self) -> Option<&Values> {
        let is_first = self.known.records == 1 && self.in_flight.is_none() && self.wanted.is_nothing();
        self.known.record.as_ref().filter(|_| is_first).map(|record| &record.values)
    }

    /// Every key of the server state. Right only once nothing needs to be loaded.
    pub(crate) fn server_values(&self) -> Values {
        let ending = self.wanted.ending.is_some();
        let mut values = self.known.record.as_ref().filter(|_| !ending).map(|record| record.values.clone());
        if let Some(sent) = self.in_flight.as_ref().filter(|_| !ending) {
            sent.changes.apply(values.get_or_insert_default());
        }
        let mut values = values.unwrap_or_default();
        self.wanted.changes.apply(&mut values);
        values
    }

    /// Whether reading what is stored takes a load: there is a token, and its record was not read yet.
    pub(crate) fn needs_load(&self) -> bool {
        matches!(self.known.standing, Standing::Unread | Standing::Live)
            && self.known.record.is_none()
            && self.wanted.ending.is_none()
    }

    /// The client state that is believed: of no record, or of this one as long as nothing is known against it.
    fn believed(&self) -> Option<&StateCookie> {
        let ours = |state: &&StateCookie| match (state.record, self.known.claim) {
            (None, _) => true,
            (Some(record), Some(claim)) => record == claim.id() && self.client_may_live(),
            (Some(_), None) => false,
        };
        self.client.sent.as_ref().filter(ours)
    }

    fn client_may_live(&self) -> bool {
        let standing = self.known.standing;
        if self.client.asks_first { standing == Standing::Live } else { standing.may_live() }
    }

    pub(crate) fn client_values(&self) -> Values {
        let mut values = self.believed().map(|state| state.values.clone()).unwrap_or_default();
        self.client.changes.apply(&mut values);
        values
    }

    pub(crate) fn client_get(&self, key: &str) -> Option<Json> {
        self.client.used.set(true);
        match self.client.changes.get(key) {
            Some(value) => value.cloned(),
            None => self.believed().and_then(|state| state.values.get(key)),
        }
    }

    /// All of the client state, for a reader of many keys.
    pub(crate) fn client_all(&self) -> Values {
        self.client.used.set(true);
        self.client_values()
    }

    /// Both halves, for a reader of many keys. Right only once nothing needs to be loaded.
    pub(crate) fn views(&self) -> (Values, Values) {
        (self.server_values(), self.client_all())
    }

    // Writing

    /// The one door for every write to either map.
    #[inline]
    pub(crate) fn edit(
        &mut self,
        place: Place,
        edit: impl FnOnce(&mut Changes) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.check_open()?;
        if place == Place::Client {
            self.check_browser("client state")?;
            self.client.used.set(true);
        }
        if self.invalidated {
            return edit(&mut Changes::default());
        }
        edit(match place {
            Place::Server => &mut self.wanted.changes,
            Place::Client => &mut self.client.changes,
        })
    }

    #[inline]
    pub(crate) fn check_open(&self) -> Result<(), Error> {
        if self.is_finalized() { Err(Error::refused(ErrorKind::Finalized)) } else { Ok(()) }
    }

    fn check_browser(&self, what: &str) -> Result<(), Error> {
        if !self.by_id {
            return Ok(());
        }
        let message = format!("a session opened by its id has no browser, and so no {what}");
        Err(Error::new(ErrorKind::NoBrowser, message))
    }

    /// Something was asked that needs a browser, by a verb that returns nothing: the next commit says so.
    pub(crate) fn check_misuse(&mut self) -> Result<(), Error> {
        self.misused.take().map_or(Ok(()), |what| self.check_browser(what))
    }

    pub(crate) fn is_finalized(&self) -> bool {
        self.phase == Phase::Finalized
    }

    /// Whether an intent may still be recorded.
    fn takes_intents(&self) -> bool {
        !self.is_finalized() && !self.invalidated
    }

    pub(crate) fn rotate(&mut self, lifetime: Option<Lifetime>) {
        if self.by_id {
            self.misused = Some("token to replace");
        } else if self.takes_intents() {
            self.wanted.rotates = true;
            self.wanted.lifetime = lifetime.or(self.wanted.lifetime);
        }
    }

    pub(crate) fn label(&mut self, label: String) {
        if self.takes_intents() {
            self.wanted.label = Some(label);
        }
    }

    pub(crate) fn end(&mut self, ending: Ending) {
        if self.by_id && ending == Ending::Restart {
            self.misused = Some("other session to begin");
            return;
        }
        if !self.takes_intents() {
            return;
        }
        // A `delete` after a `restart` takes back what was written since; the restart stands.
        let stronger = self.wanted.ending.filter(|earlier| *earlier == Ending::Restart && ending == Ending::Delete);
        self.wanted = Wanted { ending: stronger.or(Some(ending)), ..Wanted::default() };
        if ending != Ending::Delete {
            self.client = Client::default();
        }
        self.invalidated = ending == Ending::Invalidate;
    }

    /// The answer is a server error: of all that was wanted, only an ending is carried out.
    pub(crate) fn keep_only_ending(&mut self) {
        self.wanted = Wanted { ending: self.wanted.ending, ..Wanted::default() };
        self.client.changes = Changes::default();
        self.client.used.set(false);
    }

    pub(crate) fn finalize(&mut self) {
        self.phase = Phase::Finalized;
    }

    /// What is sent from now on is the last that is sent.
    pub(crate) fn close(&mut self) {
        self.phase = Phase::Closing;
    }

    // Towards the store

    /// What this request wants now, without what would change nothing.
    pub(crate) fn intent(&self, config: &SessionConfig, now: impl Fn() -> Timestamp) -> Intent {
        let changes = self.effective_changes();
        Intent {
            ending: self.wanted.ending,
            writes: changes.writes(),
            edits: !changes.is_empty() || self.wanted.label.is_some(),
            client: !self.client.changes.is_empty(),
            rotates: self.wanted.rotates,
            touches: self.touches(config, now),
        }
    }

    fn touches(&self, config: &SessionConfig, now: impl Fn() -> Timestamp) -> bool {
        let due =
            |record: &Record| record.limits.extended(record.expires, now(), config.extend_below) != record.expires;
        config.extend_on == ExtendOn::LoadsAndChanges && !self.by_id && self.known.record.as_ref().is_some_and(due)
    }

    /// Whether there is nothing to commit and no cookie to send: most requests end so, and it takes no plan to see it.
    pub(crate) fn is_quiet(&self, config: &SessionConfig, now: impl Fn() -> Timestamp) -> bool {
        self.wanted.is_nothing()
            && self.in_flight.is_none()
            && self.misused.is_none()
            && self.answer.token.is_none()
            && !self.answer.dropped
            && !self.touches(config, &now)
            && (self.client.is_left_alone() || self.state_cookie_owed(config, now()).is_none())
    }

    /// Schemas have retired these keys.
    pub(crate) fn retire(&mut self, retired: Vec<(Side, &'static str)>) {
        if !retired.is_empty() {
            self.retired.extend(retired);
            self.retired.sort_unstable();
            self.retired.dedup();
        }
    }

    fn retired(&self, side: Side) -> impl Iterator<Item = &'static str> {
        self.retired.iter().filter(move |(retired, _)| *retired == side).map(|(_, key)| *key)
    }

    /// Takes the retired keys that the record is known to hold along with a commit.
    fn drop_retired(&self, changes: &mut Changes) {
        let Some(record) = &self.known.record else { return };
        for key in self.retired(Side::Server).filter(|key| record.values.text(key).is_some()) {
            if changes.get(key).is_none() {
                _ = changes.unset(key);
            }
        }
    }

    fn effective_changes(&self) -> Cow<'_, Changes> {
        match &self.known.record {
            Some(record) if self.wanted.ending.is_none() => {
                Cow::Owned(self.wanted.changes.without_no_ops(&record.values))
            }
            _ => Cow::Borrowed(&self.wanted.changes),
        }
    }

    /// Puts everything that is wanted of the record on its way.
    pub(crate) fn send_all(&mut self) {
        let effective = match self.effective_changes() {
            Cow::Owned(effective) => Some(effective),
            Cow::Borrowed(_) => None,
        };
        let Wanted { changes: all, rotates, lifetime, label, .. } = std::mem::take(&mut self.wanted);
        let mut changes = effective.unwrap_or(all);
        self.drop_retired(&mut changes);
        self.in_flight = Some(InFlight { changes, rotates, lifetime, label, alone: None, made: None });
        if self.phase == Phase::Closing {
            // A store in this process shares its values with their readers: it has to copy them all if one is left.
            self.known.record = None;
        }
    }

    /// Puts one field on its way, with the clearing that goes before it. Everything else that is wanted waits, unless the
    /// field begins a new session: then lifetime and label go along.
    pub(crate) fn send_only(&mut self, keys: &Keys<'_>, value: Option<Json>, begins: bool) -> Result<(), Error> {
        let changes = self.wanted.changes.only(keys, value)?;
        let mut alone = Wanted { changes: self.wanted.changes.take(keys), ..Wanted::default() };
        if begins {
            alone.rotates = std::mem::take(&mut self.wanted.rotates);
            (alone.lifetime, alone.label) = (self.wanted.lifetime.take(), self.wanted.label.take());
        }
        let (lifetime, label) = (alone.lifetime, alone.label.clone());
        self.in_flight =
            Some(InFlight { changes, rotates: false, lifetime, label, alone: Some(Box::new(alone)), made: None });
        Ok(())
    }

    /// What is in flight, as a commit on the record of `token`.
    pub(crate) fn commit(&mut self, claim: Claim, config: &SessionConfig, now: Timestamp) -> Commit {
        let mut commit = Commit::nothing(now);
        commit.token = claim.hash();
        commit.extend_below = commit.token.map(|_| config.extend_below);
        if let Some(sent) = &mut self.in_flight {
            let lifetime = sent.lifetime.or(claim.lifetime()).unwrap_or(config.lifetime);
            sent.made = sent.rotates.then(|| Token::with_id(claim.id(), lifetime, now));
            let rotation = |made: Token| Rotation { token: made.hash(), limits: made.lifetime.limits(now) };
            commit.rotation = sent.made.map(rotation);
            commit.changes = sent.changes.clone();
            commit.index = config.index.changes(&sent.changes);
            commit.label.clone_from(&sent.label);
        }
        commit
    }

    /// What is in flight, as a record that begins with the keys that are set.
    pub(crate) fn create(&mut self, config: &SessionConfig, now: Timestamp) -> Option<(Token, Record)> {
        let sent = self.in_flight.as_mut()?;
        let token = Token::new(sent.lifetime.unwrap_or(config.lifetime), now);
        sent.made = Some(token);
        let mut record = Record::new(token.hash(), token.lifetime.limits(now), now);
        record.values = sent.changes.to_values();
        record.label.clone_from(&sent.label);
        Some((token, record))
    }

    /// The store has a record of this session: the one that was read, created, or found in doubt.
    pub(crate) fn adopt(&mut self, record: Record) {
        self.known.standing = Standing::Live;
        self.known.record = Some(record);
        self.known.records += 1;
        self.known.stale = false;
        self.landed();
    }

    /// The store carried out what was in flight.
    pub(crate) fn committed(&mut self, commit: &Commit, revision: u64, expires: Timestamp) {
        self.known.standing = Standing::Live;
        self.landed();
        if let Some(record) = &mut self.known.record {
            commit.apply(record);
            self.known.stale |= record.revision != revision;
            (record.revision, record.expires) = (revision, expires);
        }
    }

    /// The outcome of what was in flight is unknown: neither its changes nor the record as read are to be built on.
    pub(crate) fn doubt(&mut self) {
        self.in_flight = None;
        self.known.record = None;
    }

    /// What was in flight is stored: its token is the session's.
    fn landed(&mut self) {
        let Some(made) = self.in_flight.take().and_then(|sent| sent.made) else { return };
        self.known.claim = Some(Claim::Token(made));
        self.answer.token = Some(made);
    }

    /// What was in flight was not carried out, and that is known: a field that went alone is wanted as before.
    pub(crate) fn forget_in_flight(&mut self) {
        let Some(before) = self.in_flight.take().and_then(|sent| sent.alone) else { return };
        let newer = std::mem::replace(&mut self.wanted, *before);
        self.wanted.changes.extend(newer.changes);
        self.wanted.ending = newer.ending;
        self.wanted.rotates |= newer.rotates;
        self.wanted.lifetime = newer.lifetime.or(self.wanted.lifetime);
        self.wanted.label = newer.label.or(self.wanted.label.take());
    }

    /// What was wanted changes nothing, and is done: kept, it could become a change once more is known of the record.
    pub(crate) fn forget_no_ops(&mut self) {
        self.wanted.changes = Changes::default();
    }

    /// Nothing of what was wanted will be done; its error says so.
    pub(crate) fn forget_wanted(&mut self) {
        self.in_flight = None;
        self.wanted = Wanted::default();
        self.client.changes = Changes::default();
    }

    /// The store has no live record under this token.
    pub(crate) fn gone(&mut self) {
        let was_live = self.known.standing == Standing::Live;
        self.known.standing = if was_live { Standing::Severed } else { Standing::Ended };
        self.known.record = None;
    }

    /// The record lives under a newer token than this request's: replaced, or, beyond the grace, as good as gone.
    pub(crate) fn replaced(&mut self, rotated: Option<Timestamp>, grace: Duration, now: Timestamp) {
        let in_grace = rotated.is_some_and(|rotated| now < rotated + grace);
        if in_grace || self.known.standing == Standing::Live {
            self.known.standing = Standing::Replaced;
            self.known.record = None;
        } else {
            self.gone();
        }
    }

    /// The session that this request came with is over, by its own will. What is wanted besides is for the next one.
    pub(crate) fn ended(&mut self, was_live: bool) {
        let Some(ending) = self.wanted.ending.take() else { return };
        if ending == Ending::Delete {
            self.detach_client(was_live);
        } else {
            self.answer.dropped = true;
        }
        self.answer.token = None;
        self.known = Known { records: self.known.records, ..Known::default() };
        if self.by_id {
            self.known.standing = Standing::Severed;
        }
    }

    fn detach_client(&mut self, was_live: bool) {
        let id = self.known.claim.as_ref().map(Claim::id);
        if let Some(state) =
            self.client.sent.as_mut().filter(|state| was_live && state.record.is_some() && state.record == id)
        {
            state.record = None;
            self.client.detached = true;
        }
    }

    /// The state cookie that the answer owes: nothing, one with no values (to be removed), or a new one.
    pub(crate) fn state_cookie_owed(&self, config: &SessionConfig, now: Timestamp) -> Option<StateCookie> {
        if self.client.is_left_alone() {
            return None;
        }
        let lifetime = self.lifetime(config);
        let believed = self.believed();
        let none = Values::default();
        let before = believed.map_or(&none, |state| &state.values);
        let changed = !self.client.changes.without_no_ops(before).is_empty();
        let limits = lifetime.limits(now);
        let is_due = |state: &StateCookie| {
            self.client.used.get()
                && config.extend_on == ExtendOn::LoadsAndChanges
                && state.expires < now + limits.threshold(config.extend_below)
        };
        let owed = changed || self.client.detached || believed.is_some_and(is_due);
        owed.then(|| StateCookie {
            record: self.live_id(),
            expires: now + lifetime.idle,
            values: self.client_to_seal(),
        })
    }

    fn client_to_seal(&self) -> Values {
        let mut values = self.client_values();
        for key in self.retired(Side::Client).filter(|key| self.client.changes.get(key).is_none()) {
            if values.text(key).is_some() {
                values.as_map_mut().remove(key);
            }
        }
        values
    }

    pub(crate) fn lifetime(&self, config: &SessionConfig) -> Lifetime {
        self.known.claim.as_ref().and_then(Claim::lifetime).unwrap_or(config.lifetime)
    }

    /// The record's id, as long as nothing is known against it.
    fn live_id(&self) -> Option<SessionId> {
        self.known.claim.as_ref().filter(|_| self.known.standing.may_live()).map(Claim::id)
    }
}
