//! The model of the session's operations: their results and their pending changes.

use session::ErrorKind;

use super::cancelled::Cancelled;
use super::request::{Deletion, PendingChanges, Request, StepContext, View};
use super::script::{Call, Field, Key, LABELS, UpdateFn, Val};
use super::state::{
    Change, ClientCookie, Cookies, DEFAULT, Limits, Map, ModelState, Output, Reply, Sealed, Stop, Token,
};

/// The parts of a field: its keys (the current one first), its default, and its side.
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

pub(super) fn number(value: Option<Val>) -> Result<Option<u8>, Stop> {
    match value {
        None => Ok(None),
        Some(Val::N(number)) => Ok(Some(number)),
        Some(Val::Word) => StepContext::fail(ErrorKind::Value),
    }
}

pub(super) fn out(value: Option<u8>) -> Output {
    Output::Value(value.map(Val::N))
}

impl StepContext<'_> {
    /// Opens the cookies at the first operation that needs them.
    fn open(&mut self, cookies: &Cookies) {
        let (now, request) = (self.state.now, &mut *self.request);
        if std::mem::replace(&mut request.opened, true) {
            return;
        }
        let opens = |key: u32| key == request.key || key + 1 == request.key;
        let session = cookies.session.clone().and_then(Result::ok).filter(|sealed| opens(sealed.key));
        request.token = session.map(|sealed| sealed.what).filter(|token| now < token.end);
        if request.token.is_some() {
            request.view = View::Unknown;
        }
        let state = cookies.state.clone().filter(|sealed| opens(sealed.key)).map(|sealed| sealed.what);
        let beside = request.token.map(|token| token.record);
        let trusted = |state: &ClientCookie| now < state.expires && (state.names.is_none() || state.names == beside);
        request.client = state.filter(trusted);
    }

    pub(crate) fn call(&mut self, call: Call, cookies: &Cookies) -> Result<Output, Stop> {
        self.open(cookies);
        match call {
            Call::GetRaw(key) => Ok(Output::Value(self.read(&[key])?)),
            Call::Get(key) => Ok(out(number(self.read(&[key])?)?)),
            Call::Insert(key, value) => self.edit(&[key], Some(value)),
            Call::Unset(key) => self.edit(&[key], None),
            Call::Remove(key) => self.remove(&[key], true),
            Call::RemoveRaw(key) => self.remove(&[key], false),
            Call::Update(key, f) => self.update_or_report(&[key], f, None),
            Call::Entries => Ok(Output::Map(self.entries()?)),
            Call::IsEmpty => Ok(Output::Bool(self.entries()?.is_empty())),
            Call::Clear => {
                if !self.request.invalidated {
                    self.request.pending.clear_all();
                }
                Ok(Output::Done)
            }
            Call::Delete => self.deletion(Deletion::Delete),
            Call::Restart => self.deletion(Deletion::Restart),
            Call::Invalidate => self.deletion(Deletion::Invalidate),
            Call::Cycle => {
                self.request.pending.no_browser |= self.request.job;
                self.request.pending.rotate = !self.request.invalidated && !self.request.job;
                Ok(Output::Done)
            }
            Call::LogIn(user) => self.log_in(user),
            Call::Renew => {
                self.request.pending.no_browser |= self.request.job;
                self.request.pending.renew |= !self.request.invalidated && !self.request.job;
                Ok(Output::Done)
            }
            Call::Lifetime(long) => {
                let idle = if long { DEFAULT.idle * 2 } else { DEFAULT.idle / 2 };
                let all = if long { DEFAULT.all * 2 } else { DEFAULT.all / 2 };
                self.request.pending.no_browser |= self.request.job;
                self.request.pending.life =
                    (!self.request.invalidated && !self.request.job).then_some(Limits { idle, all });
                Ok(Output::Done)
            }
            Call::Label(label) => {
                self.request.pending.label = (!self.request.invalidated).then_some(label % LABELS.len());
                Ok(Output::Done)
            }
            Call::ClientGet(_)
            | Call::ClientInsert(..)
            | Call::ClientRemove(_)
            | Call::ClientClear
            | Call::ClientEntries => self.client(call),
            Call::Read(field)
            | Call::Set(field, _)
            | Call::Drop(field)
            | Call::Take(field)
            | Call::Change(field, _) => self.typed(field, call),
            Call::Snapshot => self.snapshot(),
            Call::Id => Ok(Output::Id(self.id())),
            Call::IsInvalidated => Ok(Output::Bool(self.request.invalidated)),
            Call::IsReplaced => Ok(Output::Bool(self.request.view == View::Replaced)),
            Call::Meta => self.meta(),
            Call::Sync => self.sync().map(|()| Output::Done),
            Call::Finalize | Call::FinalizeUnseen | Call::Abandon => unreachable!("a response is no call"),
        }
    }

    /// Returns true if a pending deletion hides the record.
    fn hidden(&self) -> bool {
        self.request.invalidated || self.request.deletion.is_some()
    }

    /// The first value under these keys.
    fn read(&mut self, keys: &[Key]) -> Result<Option<Val>, Stop> {
        for key in keys {
            let known = self.request.pending.get(key).or(self.request.invalidated.then_some(None));
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

    /// The value of a key without pending changes: of a write without a reply, or of the record.
    fn find(&mut self, key: Key) -> Result<Option<Val>, Stop> {
        loop {
            if let Some(value) = self.request.pending.get(key) {
                return Ok(value);
            }
            if let Some(value) = self.request.cancelled.as_ref().and_then(|cancelled| cancelled.sent.get(key)) {
                return Ok(value);
            }
            match &self.request.view {
                View::Live(values, _) => return Ok(values.get(key).copied()),
                View::Unknown => self.load()?,
                _ => return Ok(None),
            }
        }
    }

    fn entries(&mut self) -> Result<Map, Stop> {
        if self.request.invalidated {
            return Ok(Map::new());
        }
        if !self.hidden() {
            self.load()?;
        }
        let mut values = match &self.request.view {
            View::Live(values, _) if !self.hidden() => values.clone(),
            _ => Map::new(),
        };
        if let Some(cancelled) = self.request.cancelled.as_ref().filter(|_| self.request.deletion.is_none()) {
            cancelled.sent.change().apply(&mut values);
        }
        self.request.pending.change().apply(&mut values);
        Ok(values)
    }

    fn edit(&mut self, keys: &[Key], value: Option<Val>) -> Result<Output, Stop> {
        if !self.request.invalidated {
            for key in &keys[1..] {
                self.request.pending.edit(key, None);
            }
            self.request.pending.edit(keys[0], value);
        }
        Ok(Output::Done)
    }

    fn remove(&mut self, keys: &[Key], typed: bool) -> Result<Output, Stop> {
        let value = self.read(keys)?;
        if typed {
            number(value)?;
        }
        if value.is_some() {
            self.edit(keys, None)?;
        }
        Ok(Output::Value(value))
    }

    fn update_or_report(&mut self, keys: &[Key], f: UpdateFn, default: Option<u8>) -> Result<Output, Stop> {
        let result = self.update(keys, f, default);
        self.report(result)
    }

    /// Commits one key by compare-and-swap. A pending deletion or clear is committed before.
    fn update(&mut self, keys: &[Key], f: UpdateFn, default: Option<u8>) -> Result<Output, Stop> {
        let saw = |value: Option<u8>| value.or(default);
        let outcome = |value| Ok(Output::Saw(saw(value), f != UpdateFn::Fail));
        self.settle()?;
        if self.request.invalidated {
            return outcome(None);
        }
        self.commit_deletion()?;
        if matches!(self.request.view, View::Live(_, 0)) && self.choose() {
            // If the reload fails, the earlier load remains valid.
            let loaded = std::mem::replace(&mut self.request.view, View::Unknown);
            if let Err(stop) = self.load() {
                self.request.view = loaded;
                return Err(stop);
            }
        }
        self.load()?;
        // Two rows of the contract apply to `cycle_id` and an update with a replaced token: an update is an error, and
        // "`cycle_id` and writes (a login)" creates a new session.
        let logs_in = self.request.pending.rotate || self.request.pending.life.is_some();
        if self.request.view == View::Replaced && !(logs_in && self.choose()) {
            return Self::fail(ErrorKind::Replaced);
        }
        if self.request.view == View::Deleted && (self.request.seen_live || self.request.job) {
            return Self::fail(ErrorKind::Ended);
        }
        if std::mem::take(&mut self.request.pending.clear) {
            if let View::Live(values, _) = &self.request.view
                && !values.is_empty()
                && self.choose()
            {
                self.compare_and_swap(Change { clear: true, ..Change::default() })?;
            } else {
                self.request.pending.clear = true;
            }
        }
        loop {
            let current = number(self.read(keys)?)?;
            let Ok(made) = f.of(saw(current)) else { return outcome(current) };
            // A field with a default cannot be set to absent.
            let made = made.or(default).map(Val::N);
            let mut change = Change { clear: self.request.pending.clear, ..Change::default() };
            change.keys.extend(keys[1..].iter().map(|key| (*key, None)));
            change.keys.insert(keys[0], made);
            let View::Live(values, _) = &self.request.view else {
                self.create_by_update(keys, made)?;
                return outcome(current);
            };
            let (mut same, before) = (values.clone(), values.clone());
            change.apply(&mut same);
            if same == before && self.choose() {
                self.discard_pending(keys);
                return outcome(current);
            }
            if self.compare_and_swap(change.clone())? {
                self.discard_pending(keys);
                if let Some(since_login) = &mut self.request.pending.since_login {
                    since_login.keys.extend(change.keys);
                }
                return outcome(current);
            }
        }
    }

    /// Removes the pending changes of an update that was stored.
    fn discard_pending(&mut self, keys: &[Key]) {
        self.request.pending.clear = false;
        for key in keys {
            self.request.pending.keys.remove(key);
        }
    }

    /// An update without a session creates one with only its key, unless the result is `None`.
    fn create_by_update(&mut self, keys: &[Key], made: Option<Val>) -> Result<(), Stop> {
        self.discard_pending(keys);
        let Some(made) = made else { return Ok(()) };
        let mut pending = PendingChanges {
            life: self.request.pending.life,
            label: self.request.pending.label,
            ..PendingChanges::default()
        };
        pending.edit(keys[0], Some(made));
        // A renewal before the session may be ignored.
        self.request.pending.renew &= self.choose();
        // A new session has a new token. The contract does not define if it is rotated once more.
        if self.choose() {
            (self.request.pending.rotate, self.request.pending.life, self.request.pending.label) = (false, None, None);
        } else {
            (pending.life, pending.label) = (None, None);
        }
        self.create(&pending)
    }

    /// One attempt of a compare-and-swap. Returns false after a conflict, with the current record.
    fn compare_and_swap(&mut self, mut change: Change) -> Result<bool, Stop> {
        let (View::Live(_, revision), Some(token)) = (&self.request.view, self.request.token) else {
            unreachable!("compare-and-swap needs a live record")
        };
        change.revision = Some(*revision);
        let (secret, state) = (self.request.secret(), &mut *self.state);
        match self.store.call("commit", || state.commit(token.record, secret, &change)) {
            Ok(reply @ (Reply::Done | Reply::Conflict)) => {
                let record = &self.state.records[token.record];
                self.request.view = View::Live(record.values.clone(), record.revision);
                (self.request.known, self.request.label) = (Some(record.times), record.label);
                Ok(matches!(reply, Reply::Done))
            }
            Ok(reply) if self.request.pending.since_login.is_some() => {
                self.apply_rejection(&reply);
                Ok(false)
            }
            Ok(reply) => {
                let kind = if self.apply_rejection(&reply) { ErrorKind::Replaced } else { ErrorKind::Ended };
                Self::fail(kind)
            }
            Err(no_reply) => {
                // The key's own pending change was part of the commit.
                for key in change.keys.keys() {
                    self.request.pending.keys.remove(key);
                }
                self.request.pending.clear &= !change.clear;
                let sent =
                    PendingChanges { clear: change.clear, keys: change.keys.clone(), ..PendingChanges::default() };
                self.request.cancelled = Some(Cancelled::new(sent, change, false));
                self.after_no_reply(no_reply).map(|()| true)
            }
        }
    }

    fn log_in(&mut self, user: u8) -> Result<Output, Stop> {
        if self.request.job {
            return Self::fail(ErrorKind::NoBrowser);
        }
        if self.request.invalidated {
            return Ok(Output::Done);
        }
        if !self.hidden() {
            self.load()?;
        }
        let read = self.read(&["user"])?;
        let in_record = match &self.request.view {
            View::Live(values, _) if !self.hidden() => values.get("user").copied(),
            _ => None,
        };
        let request = &mut *self.request;
        let keeps_session = read.into_iter().chain(in_record).all(|stored| stored == Val::N(user));
        if request.view == View::Deleted && request.seen_live && request.deletion.is_none() {
            (request.seen_live, request.pending) = (false, PendingChanges::default());
            request.client_edits = PendingChanges::default();
        }
        if !keeps_session {
            let is_requested = request.deletion.is_some_and(|deletion| deletion != Deletion::LogIn);
            let deletion = if is_requested { Deletion::Restart } else { Deletion::LogIn };
            (request.pending, request.deletion) = (PendingChanges::default(), Some(deletion));
            (request.client, request.client_edits) = (None, PendingChanges::default());
            (request.client_used, request.unbound) = (false, false);
        }
        let has_record = matches!(request.view, View::Unknown | View::Live(..)) && request.deletion.is_none();
        request.pending.rotate = true;
        request.pending.since_login = has_record.then(Box::default);
        request.client_edits.since_login = has_record.then(Box::default);
        self.edit(&["user"], Some(Val::N(user)))
    }

    fn deletion(&mut self, deletion: Deletion) -> Result<Output, Stop> {
        if self.request.invalidated {
            // The call is ignored. A job may still report that it cannot restart.
            self.request.pending.no_browser |= self.request.job && deletion == Deletion::Restart && self.choose();
            return Ok(Output::Done);
        }
        let request = &mut *self.request;
        if request.job && deletion == Deletion::Restart {
            request.pending.no_browser = true;
            return Ok(Output::Done);
        }
        request.pending = PendingChanges { no_browser: request.pending.no_browser, ..PendingChanges::default() };
        if deletion != Deletion::Delete {
            request.client_edits = PendingChanges::default();
        }
        request.invalidated = deletion == Deletion::Invalidate;
        let before = request.deletion.take();
        let restarts = matches!(before, Some(Deletion::Restart | Deletion::LogIn));
        request.deletion = Some(if restarts && deletion == Deletion::Delete { Deletion::Restart } else { deletion });
        if request.token.is_none() && request.cancelled.is_none() {
            // Only the cookies of the browser can be removed.
            request.deletion = None;
            request.removes_cookies |= deletion != Deletion::Delete;
            request.view = View::Absent;
        }
        Ok(Output::Done)
    }

    fn id(&mut self) -> Option<usize> {
        let number = self.request.token.map(|token| token.record);
        let ended = self.request.view == View::Deleted;
        let number = number.filter(|_| !ended);
        if number.is_some() && (self.request.deletion.is_some() || self.request.cancelled.is_some()) && self.choose() {
            return None;
        }
        number
    }

    fn meta(&mut self) -> Result<Output, Stop> {
        if !self.hidden() {
            self.load()?;
        }
        // The record lives until the deletion is committed.
        let live = matches!(self.request.view, View::Live(..)) && !(self.hidden() && self.choose());
        let record = self.request.token.filter(|_| live).map(|token| &self.state.records[token.record]);
        Ok(Output::Meta(record.map(|record| (record.created, self.request.label))))
    }

    /// A call on a typed field, which is a call on its keys.
    fn typed(&mut self, field: Field, call: Call) -> Result<Output, Stop> {
        let Shape { keys, default, client } = field.shape();
        if client {
            return self.client_field(keys[0], default, call);
        }
        match call {
            Call::Read(_) => {
                let value = self.read(keys)?;
                Ok(out(number(value)?.or(default)))
            }
            Call::Set(_, value) => self.edit(keys, Some(Val::N(value))),
            Call::Drop(_) => self.edit(keys, None),
            Call::Take(_) => self.remove(keys, true),
            Call::Change(_, f) => self.update_or_report(keys, f, default),
            _ => unreachable!("not a call on a field"),
        }
    }

    fn snapshot(&mut self) -> Result<Output, Stop> {
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
        Ok(Output::Fields(fields))
    }

    fn sync(&mut self) -> Result<(), Stop> {
        let result = self.commit();
        self.report(result)
    }

    /// The response: the commit, and the two cookies.
    pub(crate) fn respond(
        &mut self,
        abandon: bool,
        cookies: &Cookies,
    ) -> (Result<(), Stop>, Option<SetCookie>, Option<SetCookie>) {
        self.open(cookies);
        let result = if abandon {
            if self.request.pending.no_browser && self.choose() {
                return (Self::fail(ErrorKind::NoBrowser), None, None);
            }
            self.abandon()
        } else {
            self.commit()
        };
        if let Err(Stop::Cancelled) = result {
            return (result, None, None);
        }
        let (session, state) = (self.session_cookie(), self.state_cookie(abandon, result.is_ok()));
        (result, session, state)
    }

    /// A failed request commits only a deletion. A load shows if a write without a reply created a token.
    fn abandon(&mut self) -> Result<(), Stop> {
        self.request.pending = PendingChanges::default();
        self.request.deletion = self.request.deletion.filter(|deletion| *deletion != Deletion::LogIn);
        let mut result = Ok(());
        if self.request.deletion.is_some() {
            result = self.settle().and_then(|()| self.commit_deletion());
        }
        if !matches!(result, Err(Stop::Cancelled)) {
            self.resolve()?;
            self.forget_cancelled();
        }
        result
    }

    fn session_cookie(&mut self) -> Option<SetCookie> {
        let request = &*self.request;
        if let (Some(token), true) = (request.token, request.sends_token && request.view != View::Replaced) {
            let sealed = Sealed { key: request.key, what: token };
            if token.end <= self.state.now {
                // The token already expired.
                return None;
            }
            return if self.request.view == View::Deleted && self.choose() {
                None
            } else {
                Some(SetCookie::Session(sealed))
            };
        }
        (request.removes_cookies && request.cookies.session.is_some()).then_some(SetCookie::NoSession)
    }

    fn state_cookie(&mut self, abandon: bool, ok: bool) -> Option<SetCookie> {
        if abandon || !ok {
            self.request.client_edits = PendingChanges::default();
        }
        let request = self.request.clone();
        let removal = (request.removes_cookies && request.cookies.state.is_some()).then_some(SetCookie::NoState);
        if request.job {
            return removal;
        }
        let values = request.client_values();
        let base = request.client.as_ref();
        let written = !request.client_edits.edits_nothing() && !abandon && ok;
        let idle = request.token.map_or(DEFAULT, |token| token.life).idle;
        let now = self.state.now;
        // The threshold uses the current idle limit, so "remember me" applies to the state cookie at once.
        let due = base.is_some_and(|base| base.expires < now + idle * 8 / 10) && request.client_used && !abandon;
        let unbind = request.unbound;
        if !(written || ((due || unbind) && !values.is_empty() && !request.removes_cookies)) {
            return removal;
        }
        if !ok && self.choose() {
            return removal;
        }
        let trusted = Request { client_edits: PendingChanges::default(), ..request.clone() };
        let before = trusted.client_values();
        if values == before && !due && !unbind && self.choose() {
            return removal;
        }
        let lost = matches!(self.request.view, View::Deleted | View::Replaced);
        let names = self.request.token.map(|token| token.record).filter(|_| !lost);
        let names = if names.is_some() && self.request.sends_token && self.choose() { None } else { names };
        if values.is_empty() {
            if before.is_empty() && self.choose() {
                return removal;
            }
            return self.request.cookies.state.is_some().then_some(SetCookie::NoState);
        }
        let key = self.request.key;
        let sealed = Sealed { key, what: ClientCookie { names, values, expires: now + idle } };
        Some(SetCookie::State(sealed))
    }
}

/// A cookie of a response.
pub(crate) enum SetCookie {
    Session(Sealed<Token>),
    State(Sealed<ClientCookie>),
    NoSession,
    NoState,
}

impl SetCookie {
    pub(crate) fn word(&self, name: &str) -> String {
        if matches!(self, Self::NoSession | Self::NoState) { format!("-{name}") } else { name.to_owned() }
    }
}

impl ModelState {
    /// Opens the request of a tab if there is none. A job opens the newest session.
    pub(crate) fn request(&self, tab: usize) -> Option<Request> {
        if tab == super::script::JOB {
            let record = self.records.len().checked_sub(1)?;
            let token = Token { record, secret: 0, life: DEFAULT, end: u64::MAX };
            return Some(Request::new(Some(token), self.key, Cookies::default()));
        }
        let cookies = &self.cookies[super::script::browser_of(tab)];
        Some(Request::new(None, self.key, cookies.clone()))
    }
}
