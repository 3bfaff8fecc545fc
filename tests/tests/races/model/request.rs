//! The plain model of one request: what it knows, what it wants, and what a commit makes of that.

use std::collections::BTreeMap;

use session::ErrorKind;

use super::script::{Key, Val};
use super::world::{
    Broken, Change, Choices, ClientCookie, DEFAULT, GRACE, Jar, Life, Map, Record, Reply, Stop, Times, Token, Wire,
    World,
};

/// What the request knows of its session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// There is none.
    Nothing,
    /// The store was not asked yet.
    Unknown,
    Live(Map, u32),
    Gone,
    Replaced,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Delete,
    Restart,
    Invalidate,
}

/// What the request wants of its session since its last commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wants {
    pub clear: bool,
    pub keys: BTreeMap<Key, Option<Val>>,
    pub rotate: bool,
    pub life: Option<Life>,
    pub label: Option<usize>,
    pub no_browser: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub opened: bool,
    pub key: u32,
    pub job: bool,
    pub token: Option<Token>,
    pub view: View,
    /// Whether it has seen its session live.
    pub seen: bool,
    pub wants: Wants,
    pub ending: Option<Ending>,
    pub invalidated: bool,
    /// What ended, and has its cookies removed.
    pub dropped: bool,
    /// The record of the client state was deleted.
    pub unbound: bool,
    /// The cookies it came with.
    pub jar: Jar,
    /// A token of this request's making is owed to the browser.
    pub owed: bool,
    /// A token that may have been made, and whether by a creation.
    pub doubt: Option<(Token, bool)>,
    /// What was cancelled on its way: it may be read until the store is asked.
    pub flying: Option<Wants>,
    /// The record's times, as the store last said them.
    pub known: Option<Times>,
    /// The record's label, as this request last saw or set it: a session is loaded once.
    pub label: Option<usize>,
    pub client: Option<ClientCookie>,
    pub client_edits: Wants,
    pub client_used: bool,
}

impl Request {
    pub(crate) fn new(job: Option<Token>, key: u32, jar: Jar) -> Self {
        let view = if job.is_some() { View::Unknown } else { View::Nothing };
        Self {
            opened: job.is_some(),
            key,
            job: job.is_some(),
            token: job,
            view,
            seen: false,
            wants: Wants::default(),
            ending: None,
            invalidated: false,
            dropped: false,
            unbound: false,
            jar,
            owed: false,
            doubt: None,
            flying: None,
            known: None,
            label: None,
            client: None,
            client_edits: Wants::default(),
            client_used: false,
        }
    }

    pub(crate) fn secret(&self) -> Option<u32> {
        self.token.filter(|_| !self.job).map(|token| token.secret)
    }

    /// Client state of a record is believed until the record is known to be ended or replaced.
    pub(crate) fn client_values(&self) -> Map {
        let lost = matches!(self.view, View::Gone | View::Replaced);
        let ours = self.token.map(|token| token.record).filter(|_| !lost);
        let ended = self.invalidated || self.dropped || self.ending == Some(Ending::Restart);
        let base = self.client.as_ref().filter(|client| !ended && (client.names.is_none() || client.names == ours));
        let mut values = base.map_or_else(Map::new, |client| client.values.clone());
        self.client_edits.change().apply(&mut values);
        values
    }

    pub(crate) fn changes_client(&self) -> bool {
        let before = Self { client_edits: Wants::default(), ..self.clone() };
        before.client_values() != self.client_values()
    }
}

impl Wants {
    pub(crate) fn change(&self) -> Change {
        Change { clear: self.clear, keys: self.keys.clone(), label: self.label, token: None, revision: None }
    }

    /// What is said of a key.
    pub(crate) fn get(&self, key: Key) -> Option<Option<Val>> {
        self.keys.get(key).copied().or(self.clear.then_some(None))
    }

    pub(crate) fn sets(&self) -> bool {
        self.keys.values().any(Option::is_some)
    }

    pub(crate) fn logs_in(&self) -> bool {
        self.sets() && (self.rotate || self.life.is_some())
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What is cleared already has no key to drop.
    pub(crate) fn edit(&mut self, key: Key, value: Option<Val>) {
        if self.clear && value.is_none() {
            self.keys.remove(key);
        } else {
            self.keys.insert(key, value);
        }
    }

    pub(crate) fn wipe(&mut self) {
        self.keys.clear();
        self.clear = true;
    }
}

/// One step of one request.
pub(crate) struct Turn<'a> {
    pub world: &'a mut World,
    pub request: &'a mut Request,
    pub wire: &'a mut Wire,
    pub choices: &'a mut Choices,
}

impl Turn<'_> {
    pub(crate) fn may(&mut self) -> bool {
        self.choices.may()
    }

    pub(crate) fn refuse<T>(kind: ErrorKind) -> Result<T, Stop> {
        Err(Stop::Refused(kind))
    }

    fn lost<T>(broken: Broken) -> Result<T, Stop> {
        Err(match broken {
            Broken::Lost => Stop::Refused(ErrorKind::Store),
            Broken::Cut => Stop::Cut,
        })
    }

    /// The record is not there, or not this token's any more.
    pub(crate) fn refused_by(&mut self, reply: &Reply) -> bool {
        let seen = self.request.seen;
        let replaced = matches!(reply, Reply::Replaced(rotated) if seen || self.world.now < rotated + GRACE);
        self.request.view = if replaced { View::Replaced } else { View::Gone };
        replaced
    }

    fn see(&mut self, record: Option<&Record>) {
        let secret = self.request.secret();
        match record {
            None => _ = self.refused_by(&Reply::Missing),
            Some(record) if secret.is_some_and(|secret| secret != record.secret) => {
                _ = self.refused_by(&Reply::Replaced(record.rotated.unwrap_or(0)));
            }
            Some(record) => {
                self.request.seen = true;
                self.request.known = Some(record.times);
                self.request.label = record.label;
                self.request.view = View::Live(record.values.clone(), record.revision);
            }
        }
    }

    /// One load decides whether a token was made whose reply was lost.
    pub(crate) fn settle(&mut self) -> Result<bool, Stop> {
        let Some((token, creation)) = self.request.doubt else {
            if self.request.flying.take().is_some() && self.request.token.is_some() {
                self.request.view = View::Unknown;
            }
            return Ok(false);
        };
        let world = &*self.world;
        let found = self.wire.ask("load", || world.live(token.record).cloned());
        if !matches!(found, Err(Broken::Cut)) {
            self.request.flying = None;
        }
        let found = match found {
            Ok(found) => found,
            Err(Broken::Cut) => return Err(Stop::Cut),
            Err(Broken::Lost) => {
                // Nobody can tell, and no cookie is sent. What was found ended or replaced before stays so.
                self.request.doubt = None;
                if matches!(self.request.view, View::Live(..)) {
                    self.request.view = View::Unknown;
                }
                return Ok(false);
            }
        };
        self.request.doubt = None;
        if found.as_ref().is_some_and(|record| record.secret == token.secret) {
            (self.request.token, self.request.owed) = (Some(token), true);
            self.see(found.as_ref());
            return Ok(true);
        }
        if !creation {
            if self.may() {
                self.request.view = View::Unknown;
            } else {
                self.see(found.as_ref());
            }
        }
        Ok(false)
    }

    /// The request's one load.
    pub(crate) fn load(&mut self) -> Result<(), Stop> {
        self.settle()?;
        let Some(token) = self.request.token.filter(|_| self.request.view == View::Unknown) else { return Ok(()) };
        let world = &*self.world;
        match self.wire.ask("load", || world.live(token.record).cloned()) {
            Ok(found) => self.see(found.as_ref()),
            Err(broken) => return Self::lost(broken),
        }
        Ok(())
    }

    /// Carries out `delete`, `restart` or `invalidate`.
    pub(crate) fn end(&mut self) -> Result<(), Stop> {
        let Some(ending) = self.request.ending else { return Ok(()) };
        if let Some(token) = self.request.token {
            let known = matches!(self.request.view, View::Gone | View::Replaced);
            let reply = if known && self.may() {
                if self.request.view == View::Gone { Reply::Missing } else { Reply::Replaced(self.world.now) }
            } else {
                let (secret, world) = (self.request.secret(), &mut *self.world);
                match self.wire.ask("delete", || world.delete(token.record, secret)) {
                    Ok(reply) => reply,
                    Err(broken) => return Self::lost(broken),
                }
            };
            if let (Reply::Done, Ending::Delete, Some(client)) = (&reply, ending, &mut self.request.client)
                && client.names == Some(token.record)
            {
                (client.names, self.request.unbound) = (None, true);
            }
            if let Reply::Replaced(_) = reply
                && self.refused_by(&reply)
            {
                (self.request.ending, self.request.wants) = (None, Wants::default());
                // "`restart` and `invalidate` drop it", the client state: whether only once they succeed is not said.
                if ending != Ending::Delete && self.may() {
                    self.request.client = None;
                }
                return Self::refuse(ErrorKind::Replaced);
            }
        }
        let request = &mut *self.request;
        (request.ending, request.token, request.owed) = (None, None, false);
        (request.view, request.seen) = (if request.job { View::Gone } else { View::Nothing }, false);
        request.dropped |= ending != Ending::Delete;
        Ok(())
    }

    /// Begins a new session.
    pub(crate) fn create(&mut self, mut values: Map, wants: &Wants) -> Result<(), Stop> {
        wants.change().apply(&mut values);
        let number = self.world.records.len();
        let token = self.world.token(number, wants.life.unwrap_or(DEFAULT));
        let world = &mut *self.world;
        let label = wants.label;
        match self.wire.ask("create", || world.create(token, values.clone(), label)) {
            Ok(()) => {
                (self.request.token, self.request.owed, self.request.seen) = (Some(token), true, true);
                self.request.view = View::Live(values, 1);
                self.request.known = Some(self.world.records[number].times);
                self.request.label = label;
                Ok(())
            }
            Err(broken) => {
                self.request.doubt = Some((token, true));
                self.fly(&broken, wants.clear, &wants.keys);
                self.after_a_lost_token(broken)
            }
        }
    }

    pub(crate) fn fly(&mut self, broken: &Broken, clear: bool, keys: &BTreeMap<Key, Option<Val>>) {
        if let Broken::Cut = broken {
            self.request.flying = Some(Wants { clear, keys: keys.clone(), ..Wants::default() });
        }
    }

    fn after_a_lost_token(&mut self, broken: Broken) -> Result<(), Stop> {
        if let Broken::Lost = broken
            && self.settle()?
        {
            return Ok(());
        }
        Self::lost(broken)
    }

    /// An error is the word for everything that was wanted; whether client state waits for the answer is left open.
    pub(crate) fn told<T>(&mut self, result: Result<T, Stop>) -> Result<T, Stop> {
        if let Err(Stop::Refused(ErrorKind::Ended | ErrorKind::Replaced | ErrorKind::Store)) = result
            && !(self.request.wants.is_empty() && self.request.client_edits.is_empty())
            && self.may()
        {
            (self.request.wants, self.request.client_edits) = (Wants::default(), Wants::default());
        }
        result
    }

    /// Commits what is wanted.
    pub(crate) fn commit(&mut self) -> Result<(), Stop> {
        self.settle()?;
        if self.request.wants.no_browser {
            self.request.wants.no_browser = false;
            return Self::refuse(ErrorKind::NoBrowser);
        }
        self.end()?;
        let wants = std::mem::take(&mut self.request.wants);
        if self.request.invalidated {
            return Ok(());
        }
        let writes_client = !self.request.client_edits.is_empty();
        // "Writes what is already there, removes what is not there": no commit, and so an error or none.
        let writes_client = writes_client && (self.request.changes_client() || !self.may());
        if wants.is_empty() && writes_client {
            match self.request.view {
                View::Replaced => return Self::refuse(ErrorKind::Replaced),
                View::Gone if self.request.seen => return Self::refuse(ErrorKind::Ended),
                _ => {}
            }
        }
        if wants.is_empty() {
            return self.touch();
        }
        match self.request.view {
            View::Unknown | View::Live(..) => self.send(&wants),
            View::Replaced => self.replaced(&wants),
            View::Nothing | View::Gone => self.missing(wants, true),
        }
    }

    fn replaced(&mut self, wants: &Wants) -> Result<(), Stop> {
        if wants.logs_in() { self.create(Map::new(), wants) } else { Self::refuse(ErrorKind::Replaced) }
    }

    fn missing(&mut self, wants: Wants, known: bool) -> Result<(), Stop> {
        if self.request.job || (self.request.seen && self.request.view == View::Gone) {
            let removes = Wants { keys: wants.keys.clone(), clear: wants.clear, ..Wants::default() };
            // What is known to be gone has nothing to remove.
            let nothing = known && removes == wants && !wants.sets() && self.may();
            return if nothing { Ok(()) } else { Self::refuse(ErrorKind::Ended) };
        }
        if wants.sets() {
            return self.create(Map::new(), &wants);
        }
        // Nothing begins; how a session is to be that may begin later is remembered, or not.
        if (wants.life.is_some() || wants.label.is_some() || wants.rotate) && self.may() {
            let Wants { rotate, life, label, .. } = wants;
            self.request.wants = Wants { rotate, life, label, ..Wants::default() };
        }
        Ok(())
    }

    fn send(&mut self, wants: &Wants) -> Result<(), Stop> {
        let Some(old) = self.request.token else { unreachable!("a session that may live has a token") };
        let mut change = wants.change();
        if let View::Live(values, _) = &self.request.view {
            let kept = if wants.clear { &Map::new() } else { values };
            change.keys.retain(|key, value| kept.get(key) != value.as_ref());
            change.clear &= !values.is_empty();
        }
        if wants.rotate || wants.life.is_some() {
            change.token = Some(self.world.token(old.record, wants.life.unwrap_or(old.life)));
        }
        if change.is_empty() {
            return self.touch();
        }
        let (secret, world) = (self.request.secret(), &mut *self.world);
        match self.wire.ask("commit", || world.commit(old.record, secret, &change)) {
            Ok(Reply::Done) => {
                self.request.seen = true;
                self.request.known = Some(self.world.records[old.record].times);
                if let Some(token) = change.token {
                    (self.request.token, self.request.owed) = (Some(token), true);
                }
                self.committed(&change, old.record);
                Ok(())
            }
            Ok(reply) if self.refused_by(&reply) => {
                // Two rows of the table are about a sign-in that has read the session live: of what reads, then writes,
                // "replaced meanwhile: error `Replaced`"; of `cycle_id` and writes, replaced, "a new session".
                if self.request.seen && self.may() {
                    return Self::refuse(ErrorKind::Replaced);
                }
                self.replaced(wants)
            }
            Ok(_) => self.missing(wants.clone(), false),
            Err(broken) => {
                self.fly(&broken, change.clear, &change.keys);
                let Some(token) = change.token else { return self.after_a_lost_commit(broken) };
                self.request.doubt = Some((token, false));
                self.after_a_lost_token(broken)
            }
        }
    }

    /// A read that finds little time left extends it, unless a commit does. That the session is gone is no error.
    fn touch(&mut self) -> Result<(), Stop> {
        let due = self.request.known.is_some_and(|times| times.due(self.world.now));
        let (Some(token), true) = (self.request.token, due && !self.request.job) else { return Ok(()) };
        let live = matches!(self.request.view, View::Live(..));
        if !live && (self.request.view != View::Unknown || !self.may()) {
            return Ok(());
        }
        let (secret, world) = (self.request.secret(), &mut *self.world);
        match self.wire.ask("touch", || world.commit(token.record, secret, &Change::default())) {
            Ok(Reply::Done) => {
                let stored = &self.world.records[token.record];
                self.request.known = Some(stored.times);
                if let View::Live(_, revision) = &mut self.request.view
                    && *revision != stored.revision
                {
                    *revision = 0;
                }
            }
            Ok(reply) => {
                self.request.known = None;
                if self.may() {
                    self.refused_by(&reply);
                }
            }
            Err(Broken::Lost) => self.request.known = self.request.known.filter(|_| self.choices.may()),
            Err(Broken::Cut) => return Err(Stop::Cut),
        }
        Ok(())
    }

    /// What the request knows after a commit of its own; what others did meanwhile it may learn, or not.
    pub(crate) fn committed(&mut self, change: &Change, record: usize) {
        let stored = &self.world.records[record];
        let (now, revision, label) = (stored.values.clone(), stored.revision, stored.label);
        let View::Live(values, known) = &mut self.request.view else { return };
        change.apply(values);
        self.request.label = change.label.or(self.request.label);
        let alone = *known + 1 == revision;
        *known = if alone { revision } else { 0 };
        if !alone {
            if self.may() {
                self.request.view = View::Unknown;
            } else if self.may() {
                (self.request.view, self.request.label) = (View::Live(now, revision), label);
            }
        }
    }

    /// What is stored is looked up anew.
    pub(crate) fn after_a_lost_commit(&mut self, broken: Broken) -> Result<(), Stop> {
        if let Broken::Lost = broken {
            self.request.view = View::Unknown;
        }
        Self::lost(broken)
    }
}
