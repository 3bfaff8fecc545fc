//! The plain model of what each operation says and wants.

use session::ErrorKind;

use super::request::{Ending, Request, Turn, View, Wants};
use super::script::{Act, F, Field, Key, LABELS, Val};
use super::world::{Change, ClientCookie, DEFAULT, Jar, Life, Map, Out, Reply, Sealed, Stop, Token, World};

/// What a field is made of: its keys, the new one first; the value of an absent one; where it is.
pub(crate) struct Shape {
    pub keys: &'static [Key],
    pub default: Option<u8>,
    pub client: bool,
}

impl Field {
    pub(crate) fn shape(self) -> Shape {
        let (keys, default, client): (&'static [Key], _, _) = match self {
            Self::User => (&["user"], None, false),
            Self::Count => (&["a"], Some(0), false),
            Self::Notice => (&["b"], None, false),
            Self::Name => (&["c", "d"], None, false),
            Self::Deep => (&["e"], None, false),
            Self::Theme => (&["t"], Some(0), true),
            Self::Hint => (&["h"], None, true),
        };
        Shape { keys, default, client }
    }
}

fn number(value: Option<Val>) -> Result<Option<u8>, Stop> {
    match value {
        None => Ok(None),
        Some(Val::N(number)) => Ok(Some(number)),
        Some(Val::Word) => Turn::refuse(ErrorKind::Value),
    }
}

fn out(value: Option<u8>) -> Out {
    Out::Value(value.map(Val::N))
}

impl Turn<'_> {
    /// The first operation that needs to know opens the cookies.
    fn open(&mut self, jar: &Jar) {
        let (now, request) = (self.world.now, &mut *self.request);
        if std::mem::replace(&mut request.opened, true) {
            return;
        }
        let opens = |key: u32| key == request.key || key + 1 == request.key;
        let session = jar.session.clone().and_then(Result::ok).filter(|sealed| opens(sealed.key));
        request.token = session.map(|sealed| sealed.what).filter(|token| now < token.end);
        if request.token.is_some() {
            request.view = View::Unknown;
        }
        let state = jar.state.clone().filter(|sealed| opens(sealed.key)).map(|sealed| sealed.what);
        let beside = request.token.map(|token| token.record);
        let believed = |state: &ClientCookie| now < state.expires && (state.names.is_none() || state.names == beside);
        request.client = state.filter(believed);
    }

    pub(crate) fn act(&mut self, act: Act, jar: &Jar) -> Result<Out, Stop> {
        self.open(jar);
        match act {
            Act::GetRaw(key) => Ok(Out::Value(self.read(&[key])?)),
            Act::Get(key) => Ok(out(number(self.read(&[key])?)?)),
            Act::Insert(key, value) => self.edit(&[key], Some(value)),
            Act::Unset(key) => self.edit(&[key], None),
            Act::Remove(key) => self.remove(&[key], true),
            Act::RemoveRaw(key) => self.remove(&[key], false),
            Act::Update(key, f) => self.update_or_tell(&[key], f, None),
            Act::Entries => Ok(Out::Map(self.entries()?)),
            Act::IsEmpty => Ok(Out::Bool(self.entries()?.is_empty())),
            Act::Clear => {
                if !self.request.invalidated {
                    self.request.wants.wipe();
                }
                Ok(Out::Done)
            }
            Act::Delete => self.ending(Ending::Delete),
            Act::Restart => self.ending(Ending::Restart),
            Act::Invalidate => self.ending(Ending::Invalidate),
            Act::Cycle => {
                self.request.wants.no_browser |= self.request.job;
                self.request.wants.rotate = !self.request.invalidated && !self.request.job;
                Ok(Out::Done)
            }
            Act::Lifetime(long) => {
                let idle = if long { DEFAULT.idle * 2 } else { DEFAULT.idle / 2 };
                let all = if long { DEFAULT.all * 2 } else { DEFAULT.all / 2 };
                self.request.wants.no_browser |= self.request.job;
                self.request.wants.life =
                    (!self.request.invalidated && !self.request.job).then_some(Life { idle, all });
                Ok(Out::Done)
            }
            Act::Label(label) => {
                self.request.wants.label = (!self.request.invalidated).then_some(label % LABELS.len());
                Ok(Out::Done)
            }
            Act::ClientGet(_)
            | Act::ClientInsert(..)
            | Act::ClientRemove(_)
            | Act::ClientClear
            | Act::ClientEntries => self.client(act),
            Act::Read(field) | Act::Set(field, _) | Act::Drop(field) | Act::Take(field) | Act::Change(field, _) => {
                self.typed(field, act)
            }
            Act::Snapshot => self.snapshot(),
            Act::Id => Ok(Out::Id(self.id())),
            Act::IsInvalidated => Ok(Out::Bool(self.request.invalidated)),
            Act::IsReplaced => Ok(Out::Bool(self.request.view == View::Replaced)),
            Act::Meta => self.meta(),
            Act::Sync => self.sync().map(|()| Out::Done),
            Act::Finalize | Act::FinalizeUnseen | Act::Abandon => unreachable!("an answer is no act"),
        }
    }

    /// A view that no ending hides.
    fn hidden(&self) -> bool {
        self.request.invalidated || self.request.ending.is_some()
    }

    /// The value under the first of these keys that has one.
    fn read(&mut self, keys: &[Key]) -> Result<Option<Val>, Stop> {
        for key in keys {
            let known = self.request.wants.get(key).or(self.request.invalidated.then_some(None));
            let value = match known {
                Some(value) => value,
                None if self.hidden() => None,
                None => self.find(key)?,
            };
            if value.is_some() {
                return Ok(value);
            }
        }
        Ok(None)
    }

    /// What the request knows of a key beneath its own wants; while a commit of its own is on its way, that as well.
    fn find(&mut self, key: Key) -> Result<Option<Val>, Stop> {
        let flying = self.request.flying.clone();
        let unasked = flying.filter(|flying| flying.get(key).is_some() || self.request.view != View::Unknown);
        if let Some(flying) = unasked
            && self.may()
        {
            if let Some(value) = flying.get(key) {
                return Ok(value);
            }
        } else {
            self.load()?;
        }
        Ok(match &self.request.view {
            View::Live(values, _) => values.get(key).copied(),
            _ => None,
        })
    }

    fn entries(&mut self) -> Result<Map, Stop> {
        if self.request.invalidated {
            return Ok(Map::new());
        }
        let flying = self.request.flying.clone().filter(|_| self.request.view != View::Unknown && !self.hidden());
        let unasked = flying.is_some() && self.may();
        if !self.hidden() && !unasked {
            self.load()?;
        }
        let mut values = match &self.request.view {
            View::Live(values, _) if !self.hidden() => values.clone(),
            _ => Map::new(),
        };
        if let Some(flying) = flying.filter(|_| unasked) {
            flying.change().apply(&mut values);
        }
        self.request.wants.change().apply(&mut values);
        Ok(values)
    }

    fn edit(&mut self, keys: &[Key], value: Option<Val>) -> Result<Out, Stop> {
        if !self.request.invalidated {
            for key in &keys[1..] {
                self.request.wants.edit(key, None);
            }
            self.request.wants.edit(keys[0], value);
        }
        Ok(Out::Done)
    }

    fn remove(&mut self, keys: &[Key], typed: bool) -> Result<Out, Stop> {
        let value = self.read(keys)?;
        if typed {
            number(value)?;
        }
        if value.is_some() {
            self.edit(keys, None)?;
        }
        Ok(Out::Value(value))
    }

    fn update_or_tell(&mut self, keys: &[Key], f: F, default: Option<u8>) -> Result<Out, Stop> {
        let result = self.update(keys, f, default);
        self.told(result)
    }

    /// Commits one key by compare and swap; only what ends or clears the session goes first.
    fn update(&mut self, keys: &[Key], f: F, default: Option<u8>) -> Result<Out, Stop> {
        let saw = |value: Option<u8>| value.or(default);
        let said = |value| Ok(Out::Saw(saw(value), f != F::Fail));
        if self.request.invalidated && !(self.request.doubt.is_some() && self.may()) {
            return said(None);
        }
        self.settle()?;
        if self.request.invalidated {
            return said(None);
        }
        self.end()?;
        if matches!(self.request.view, View::Live(_, 0)) && self.may() {
            // The session was loaded, and stays so, if the store cannot say how it is by now.
            let loaded = std::mem::replace(&mut self.request.view, View::Unknown);
            if let Err(stop) = self.load() {
                self.request.view = loaded;
                return Err(stop);
            }
        }
        self.load()?;
        // Two rows again, for `cycle_id` and an update with a replaced token: an update is an error, and "`cycle_id` and
        // writes (a sign-in)" a new session.
        let logs_in = self.request.wants.rotate || self.request.wants.life.is_some();
        if self.request.view == View::Replaced && !(logs_in && self.may()) {
            return Self::refuse(ErrorKind::Replaced);
        }
        if self.request.view == View::Gone && (self.request.seen || self.request.job) {
            return Self::refuse(ErrorKind::Ended);
        }
        if std::mem::take(&mut self.request.wants.clear) {
            if let View::Live(values, _) = &self.request.view
                && !values.is_empty()
                && self.may()
            {
                self.swap(Change { clear: true, ..Change::default() })?;
            } else {
                self.request.wants.clear = true;
            }
        }
        loop {
            let current = number(self.read(keys)?)?;
            let Ok(made) = f.of(saw(current)) else { return said(current) };
            // A field with a default has no "absent" to be set to.
            let made = made.or(default).map(Val::N);
            let mut change = Change { clear: self.request.wants.clear, ..Change::default() };
            change.keys.extend(keys[1..].iter().map(|key| (*key, None)));
            change.keys.insert(keys[0], made);
            let View::Live(values, _) = &self.request.view else {
                self.begin(keys, made)?;
                return said(current);
            };
            let (mut same, before) = (values.clone(), values.clone());
            change.apply(&mut same);
            if same == before && self.may() {
                self.forget(keys);
                return said(current);
            }
            if self.swap(change)? {
                self.forget(keys);
                return said(current);
            }
        }
    }

    /// What an update stored waits for no other commit.
    fn forget(&mut self, keys: &[Key]) {
        self.request.wants.clear = false;
        for key in keys {
            self.request.wants.keys.remove(key);
        }
    }

    /// An update without a session begins one, with its key alone, unless it leaves nothing.
    fn begin(&mut self, keys: &[Key], made: Option<Val>) -> Result<(), Stop> {
        self.forget(keys);
        let Some(made) = made else { return Ok(()) };
        let mut wants = Wants { life: self.request.wants.life, label: self.request.wants.label, ..Wants::default() };
        wants.edit(keys[0], Some(made));
        // A new session has a new token; whether it is replaced once more is left open.
        if self.may() {
            (self.request.wants.rotate, self.request.wants.life, self.request.wants.label) = (false, None, None);
        } else {
            (wants.life, wants.label) = (None, None);
        }
        self.create(Map::new(), &wants)
    }

    /// One try of a compare and swap. `false`: someone was faster, and the record is known as it is now.
    fn swap(&mut self, mut change: Change) -> Result<bool, Stop> {
        let (View::Live(_, revision), Some(token)) = (&self.request.view, self.request.token) else {
            unreachable!("only a live record is compared")
        };
        change.revision = Some(*revision);
        let (secret, world) = (self.request.secret(), &mut *self.world);
        match self.wire.ask("commit", || world.commit(token.record, secret, &change)) {
            Ok(reply @ (Reply::Done | Reply::Conflict)) => {
                let record = &self.world.records[token.record];
                self.request.view = View::Live(record.values.clone(), record.revision);
                (self.request.known, self.request.label) = (Some(record.times), record.label);
                Ok(matches!(reply, Reply::Done))
            }
            Ok(reply) => {
                let kind = if self.refused_by(&reply) { ErrorKind::Replaced } else { ErrorKind::Ended };
                Self::refuse(kind)
            }
            Err(broken) => {
                self.fly(&broken, change.clear, &change.keys);
                // The key's own edit went with it.
                for key in change.keys.keys() {
                    self.request.wants.keys.remove(key);
                }
                self.request.wants.clear &= !change.clear;
                self.after_a_lost_commit(broken).map(|()| false)
            }
        }
    }

    fn ending(&mut self, ending: Ending) -> Result<Out, Stop> {
        if self.request.invalidated {
            // It is ignored; that a job has no other session to begin may be said all the same.
            self.request.wants.no_browser |= self.request.job && ending == Ending::Restart && self.may();
            return Ok(Out::Done);
        }
        let request = &mut *self.request;
        if request.job && ending == Ending::Restart {
            request.wants.no_browser = true;
            return Ok(Out::Done);
        }
        request.wants = Wants { no_browser: request.wants.no_browser, ..Wants::default() };
        if ending != Ending::Delete {
            request.client_edits = Wants::default();
        }
        request.invalidated = ending == Ending::Invalidate;
        let before = request.ending.take();
        request.ending =
            Some(if before == Some(Ending::Restart) && ending == Ending::Delete { Ending::Restart } else { ending });
        if request.token.is_none() && request.doubt.is_none() {
            // There is nothing to end but what the browser holds.
            request.ending = None;
            request.dropped |= ending != Ending::Delete;
            request.view = View::Nothing;
        }
        Ok(Out::Done)
    }

    fn id(&mut self) -> Option<usize> {
        let number = self.request.token.map(|token| token.record);
        let ended = self.request.view == View::Gone;
        let number = number.filter(|_| !ended);
        if number.is_some() && (self.request.ending.is_some() || self.request.doubt.is_some()) && self.may() {
            return None;
        }
        number
    }

    fn meta(&mut self) -> Result<Out, Stop> {
        let unasked = self.request.flying.is_some() && self.request.view != View::Unknown && self.may();
        if !self.hidden() && !unasked {
            self.load()?;
        }
        // Until an ending is carried out, the record lives.
        let live = matches!(self.request.view, View::Live(..)) && !(self.hidden() && self.may());
        let record = self.request.token.filter(|_| live).map(|token| &self.world.records[token.record]);
        Ok(Out::Meta(record.map(|record| (record.created, self.request.label))))
    }

    fn client(&mut self, act: Act) -> Result<Out, Stop> {
        if self.request.job {
            return match act {
                Act::ClientInsert(..) => Self::refuse(ErrorKind::NoBrowser),
                _ => Ok(Out::Done),
            };
        }
        self.request.client_used = true;
        let values = if self.request.invalidated { Map::new() } else { self.request.client_values() };
        match act {
            Act::ClientGet(key) => Ok(out(number(values.get(key).copied())?)),
            Act::ClientRemove(key) => {
                let value = number(values.get(key).copied())?;
                // What is not there is not removed, or known to be gone; either is no write.
                if value.is_some() || self.may() {
                    self.edit_client(key, None);
                }
                Ok(out(value))
            }
            Act::ClientInsert(key, value) => {
                self.edit_client(key, Some(value));
                Ok(Out::Done)
            }
            Act::ClientClear => {
                if !self.request.invalidated {
                    self.request.client_edits.wipe();
                }
                Ok(Out::Done)
            }
            _ => Ok(Out::Map(values)),
        }
    }

    fn edit_client(&mut self, key: Key, value: Option<Val>) {
        self.request.client_used = true;
        if !self.request.invalidated {
            self.request.client_edits.edit(key, value);
        }
    }

    /// A field is its keys; a client field is the client state's.
    fn typed(&mut self, field: Field, act: Act) -> Result<Out, Stop> {
        let Shape { keys, default, client } = field.shape();
        if client {
            return self.client_field(keys[0], default, act);
        }
        match act {
            Act::Read(_) => {
                let value = self.read(keys)?;
                Ok(out(number(value)?.or(default)))
            }
            Act::Set(_, value) => self.edit(keys, Some(Val::N(value))),
            Act::Drop(_) => self.edit(keys, None),
            Act::Take(_) => self.remove(keys, true),
            Act::Change(_, f) => self.update_or_tell(keys, f, default),
            _ => unreachable!("no act on a field"),
        }
    }

    fn client_field(&mut self, key: Key, default: Option<u8>, act: Act) -> Result<Out, Stop> {
        match act {
            Act::Set(_, value) => self.client(Act::ClientInsert(key, Val::N(value))),
            Act::Take(_) => self.client(Act::ClientRemove(key)),
            Act::Drop(_) => {
                self.edit_client(key, None);
                Ok(Out::Done)
            }
            Act::Change(_, f) => {
                let Out::Value(value) = self.client(Act::ClientGet(key))? else { unreachable!("a read") };
                let value = number(value)?;
                let saw = value.or(default);
                if let Ok(made) = f.of(saw) {
                    self.edit_client(key, made.or(default).map(Val::N));
                }
                Ok(Out::Saw(saw, f != F::Fail))
            }
            _ => match self.client(Act::ClientGet(key))? {
                Out::Value(None) => Ok(out(default)),
                value => Ok(value),
            },
        }
    }

    fn snapshot(&mut self) -> Result<Out, Stop> {
        let mut fields = Vec::new();
        let server = self.entries()?;
        let client = self.request.client_values();
        self.request.client_used = true;
        for field in [Field::User, Field::Count, Field::Name, Field::Deep, Field::Theme] {
            let Shape { keys, default, client: is_client } = field.shape();
            let values = if is_client { &client } else { &server };
            let value = number(keys.iter().find_map(|key| values.get(key).copied()))?;
            fields.push(value.or(default).map(Val::N));
        }
        Ok(Out::Fields(fields))
    }

    fn sync(&mut self) -> Result<(), Stop> {
        let result = self.commit();
        self.told(result)
    }

    /// The answer: what is committed, and the cookies: the session's, and the client state's.
    pub(crate) fn answer(&mut self, abandon: bool, jar: &Jar) -> (Result<(), Stop>, Option<Sent>, Option<Sent>) {
        self.open(jar);
        let result = if abandon {
            if self.request.wants.no_browser && self.may() {
                return (Self::refuse(ErrorKind::NoBrowser), None, None);
            }
            self.request.wants = Wants::default();
            let settled = self.settle().map(|_| ());
            settled.and_then(|()| self.end())
        } else {
            self.commit()
        };
        if let Err(Stop::Cut) = result {
            return (result, None, None);
        }
        let (session, state) = (self.session_cookie(), self.state_cookie(abandon, result.is_ok()));
        (result, session, state)
    }

    fn session_cookie(&mut self) -> Option<Sent> {
        let request = &*self.request;
        if let (Some(token), true) = (request.token, request.owed && request.view != View::Replaced) {
            let sealed = Sealed { key: request.key, what: token };
            if token.end <= self.world.now {
                // There is nothing left of it to send.
                return None;
            }
            return if self.request.view == View::Gone && self.may() { None } else { Some(Sent::Session(sealed)) };
        }
        (request.dropped && request.jar.session.is_some()).then_some(Sent::NoSession)
    }

    fn state_cookie(&mut self, abandon: bool, ok: bool) -> Option<Sent> {
        if abandon || !ok {
            self.request.client_edits = Wants::default();
        }
        let request = self.request.clone();
        let removal = (request.dropped && request.jar.state.is_some()).then_some(Sent::NoState);
        if request.job {
            return removal;
        }
        let values = request.client_values();
        let base = request.client.as_ref();
        let written = !request.client_edits.is_empty() && !abandon && ok;
        let idle = request.token.map_or(DEFAULT, |token| token.life).idle;
        let now = self.world.now;
        // The threshold is of the idle time that the session has by now: "remember me" reaches the state cookie at once.
        let due = base.is_some_and(|base| base.expires < now + idle * 8 / 10) && request.client_used && !abandon;
        let unbind = request.unbound;
        if !(written || ((due || unbind) && !values.is_empty() && !request.dropped)) {
            return removal;
        }
        if !ok && self.may() {
            return removal;
        }
        let believed = Request { client_edits: Wants::default(), ..request.clone() };
        let before = believed.client_values();
        if values == before && !due && !unbind && self.may() {
            return removal;
        }
        let lost = matches!(self.request.view, View::Gone | View::Replaced);
        let names = self.request.token.map(|token| token.record).filter(|_| !lost);
        let names = if names.is_some() && self.request.owed && self.may() { None } else { names };
        if values.is_empty() {
            if before.is_empty() && self.may() {
                return removal;
            }
            return self.request.jar.state.is_some().then_some(Sent::NoState);
        }
        let key = self.request.key;
        let sealed = Sealed { key, what: ClientCookie { names, values, expires: now + idle } };
        Some(Sent::State(sealed))
    }
}

/// A cookie of an answer.
pub(crate) enum Sent {
    Session(Sealed<Token>),
    State(Sealed<ClientCookie>),
    NoSession,
    NoState,
}

impl Sent {
    pub(crate) fn word(&self, name: &str) -> String {
        if matches!(self, Self::NoSession | Self::NoState) { format!("-{name}") } else { name.to_owned() }
    }
}

impl World {
    /// The request of a tab, opened if there is none. A job opens the newest session.
    pub(crate) fn request(&self, tab: usize) -> Option<Request> {
        if tab == super::script::JOB {
            let record = self.records.len().checked_sub(1)?;
            let token = Token { record, secret: 0, life: DEFAULT, end: u64::MAX };
            return Some(Request::new(Some(token), self.key, Jar::default()));
        }
        let jar = &self.jars[super::script::browser_of(tab)];
        Some(Request::new(None, self.key, jar.clone()))
    }
}
