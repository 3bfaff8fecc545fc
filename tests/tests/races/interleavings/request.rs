//! The expected state of one request: its operations, their results, and the rules that they must obey.

use session::store::TokenHash;
use session::{ErrorKind, SessionId};
use session_tests::program::{Author, Seen, Verb};

use super::reference::{Change, Credential, RecordStatus, Values};

/// One store operation at the moment when it is applied.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    /// The status of the record for the given credential.
    pub(crate) status: RecordStatus,
    /// The stored change.
    pub(crate) change: Option<Change>,
}

type NewToken = (SessionId, TokenHash);

/// The knowledge that a reply adds to a request.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Loaded(RecordStatus, Values),
    /// After a lost reply, a load found the new token.
    Resolved(NewToken, Values),
    Unresolved,
    Created(NewToken, Values),
    Committed(Change, Option<NewToken>),
    Conflict(Values),
    Missed(RecordStatus),
    Deleted(RecordStatus),
}

/// An operation whose reply is pending.
#[derive(Clone, Debug)]
struct Operation {
    name: &'static str,
    token: Option<NewToken>,
    resolves: Option<NewToken>,
    effect: Option<Effect>,
}

/// A call of a request that may use the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Verb(Verb),
    Finalize,
    Abandon,
}

/// The knowledge of the request before a call.
#[derive(Clone, Debug, Default)]
struct Before {
    known: RecordStatus,
    seen_live: bool,
    view: Option<Values>,
    credential: Option<Credential>,
    deletion: Option<Verb>,
}

#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the flags are independent")]
pub(crate) struct Request {
    pub(crate) credential: Option<Credential>,
    /// The session of its cookie.
    pub(crate) first: Option<SessionId>,
    pub(crate) initial_credential: Option<Credential>,
    pub(crate) by_id: bool,
    known: RecordStatus,
    /// The store has confirmed that the session is live.
    seen_live: bool,
    /// The stored values as last seen.
    view: Option<Values>,
    pending: Change,
    deletion: Option<Verb>,
    client: bool,
    before: Before,
    call: Vec<Event>,
    operation: Option<Operation>,
    lost: Option<NewToken>,
    /// Every operation that it started.
    pub(crate) operations: Vec<&'static str>,
    pub(crate) conflicts: usize,
    /// The number of changes by other requests.
    pub(crate) overtaken: usize,
    /// The new token that the response must send.
    pub(crate) new_token: Option<NewToken>,
    /// The response removes the cookies.
    pub(crate) removes_cookies: bool,
    /// Sessions whose deletion was acknowledged.
    pub(crate) deleted_ids: Vec<SessionId>,
    pub(crate) created_ids: Vec<SessionId>,
    /// The error of its last failed call.
    pub(crate) failed: Option<ErrorKind>,
}

type Check = Result<(), &'static str>;

fn rule(holds: bool, rule: &'static str) -> Check {
    if holds { Ok(()) } else { Err(rule) }
}

impl Request {
    pub(crate) fn new(credential: Option<Credential>) -> Self {
        let by_id = credential.is_some_and(|(_, token)| token.is_none());
        let known = if credential.is_some() { RecordStatus::Unknown } else { RecordStatus::Absent };
        Self {
            credential,
            initial_credential: credential,
            first: credential.map(|(id, _)| id),
            by_id,
            seen_live: by_id,
            known,
            ..Self::default()
        }
    }

    // Store operations

    pub(crate) fn started(&mut self, name: &'static str, token: Option<NewToken>) {
        self.lost = self.operation.take().and_then(|operation| operation.token).or(self.lost);
        let resolves = self.lost.take().filter(|_| name == "load");
        self.operations.push(name);
        if let ("create", Some(deletion)) = (name, self.deletion) {
            self.close_session(deletion);
        }
        self.operation = Some(Operation { name, token, resolves, effect: None });
    }

    /// The token with unknown outcome, if this load resolves it.
    pub(crate) fn resolves(&self) -> Option<NewToken> {
        self.operation.as_ref().and_then(|operation| operation.resolves)
    }

    pub(crate) fn applied(&mut self, event: Event, effect: Effect) {
        self.call.push(event);
        if let Some(operation) = &mut self.operation {
            operation.effect = Some(effect);
        }
    }

    pub(crate) fn replied(&mut self) -> Check {
        let Some(Operation { effect: Some(effect), .. }) = self.operation.take() else { return Ok(()) };
        match effect {
            Effect::Loaded(status, values) => {
                self.known = status;
                self.seen_live |= status == RecordStatus::Live;
                self.view = Some(values);
            }
            Effect::Resolved(token, values) | Effect::Created(token, values) => self.token_created(token, Some(values)),
            Effect::Unresolved => self.view = None,
            Effect::Committed(change, token) => {
                (self.known, self.seen_live) = (RecordStatus::Live, true);
                if let Some(view) = &mut self.view {
                    change.apply(view);
                }
                if let Some(token) = token {
                    let view = self.view.take();
                    self.token_created(token, view);
                }
            }
            Effect::Conflict(values) => {
                self.conflicts += 1;
                if let Some(last) = self.operations.last_mut() {
                    *last = "conflict";
                }
                self.view = Some(values);
                return rule(self.conflicts <= self.overtaken, "an update is retried only after a conflict");
            }
            Effect::Missed(status) => {
                (self.known, self.view) = (status, Some(Values::new()));
            }
            Effect::Deleted(RecordStatus::Replaced) => self.known = RecordStatus::Replaced,
            Effect::Deleted(status) => self.closed(status),
        }
        Ok(())
    }

    fn token_created(&mut self, token: NewToken, view: Option<Values>) {
        (self.known, self.seen_live, self.view) = (RecordStatus::Live, true, view);
        self.credential = Some((token.0, Some(token.1)));
        self.new_token = Some(token);
    }

    /// Closes the session after an intended deletion.
    fn closed(&mut self, status: RecordStatus) {
        let Some(deletion) = self.deletion else { return };
        if let Some((id, _)) =
            self.credential.filter(|_| status == RecordStatus::Live || status == RecordStatus::Deleted)
        {
            self.deleted_ids.push(id);
        }
        self.close_session(deletion);
    }

    fn close_session(&mut self, deletion: Verb) {
        self.deletion = None;
        self.removes_cookies |= deletion != Verb::Delete;
        (self.new_token, self.view) = (None, None);
        if self.by_id {
            self.known = RecordStatus::Deleted;
        } else {
            (self.credential, self.known, self.seen_live) = (None, RecordStatus::Absent, false);
        }
    }

    // Calls of the program

    pub(crate) fn call_started(&mut self, call: Call) {
        let Self { known, seen_live, credential, deletion, .. } = *self;
        self.before = Before { known, seen_live, view: self.view.clone(), credential, deletion };
        self.call.clear();
        if call == Call::Abandon {
            (self.pending, self.client) = (Change::default(), false);
        }
    }

    /// The future of a call was dropped. A commit in flight is not sent again.
    pub(crate) fn cancelled(&mut self, verb: Verb) {
        let operation = self.operation.as_ref().map(|operation| operation.name);
        if verb == Verb::Sync && matches!(operation, Some("commit" | "create")) {
            self.pending = Change::default();
        }
    }

    pub(crate) fn returned(&mut self, call: Call, by: Author, result: &Result<Seen, ErrorKind>) -> Check {
        match (call, result) {
            (Call::Verb(Verb::Sync) | Call::Finalize | Call::Abandon, Ok(_)) => self.committed(),
            (Call::Verb(Verb::Update), Ok(_)) => self.updated(),
            (_, Err(kind)) => self.refused(call, *kind),
            (Call::Verb(verb), Ok(seen)) => {
                self.record_intent(verb, by);
                self.check_read(seen)
            }
        }
    }

    fn record_intent(&mut self, verb: Verb, by: Author) {
        match verb {
            Verb::Write => {
                self.pending.set("shared", by.value());
                self.pending.set(by.own_key(), by.value());
            }
            Verb::User => self.pending.set("user", by.value()),
            Verb::Unset => self.pending.unset("shared"),
            Verb::Clear => self.pending.clear(),
            Verb::Rotate => self.pending.rotates = true,
            Verb::Theme => self.client = true,
            Verb::Invalidate | Verb::Restart | Verb::Delete => {
                self.deletion = Some(verb);
                self.pending = Change::default();
            }
            Verb::Read | Verb::All | Verb::Update | Verb::Sync | Verb::Revoke => {}
        }
    }

    fn check_read(&self, seen: &Seen) -> Check {
        if self.operation.is_some() {
            // The reply to the own write is missing, so both results are allowed.
            return Ok(());
        }
        let ends = self.deletion.is_some();
        let mut expected = self.view.clone().filter(|_| !ends && self.known == RecordStatus::Live).unwrap_or_default();
        self.pending.apply(&mut expected);
        let right = match seen {
            Seen::Nothing => true,
            Seen::Shared(value) => *value == expected.get("shared").copied(),
            Seen::All(map) => {
                map.len() == expected.len()
                    && expected.iter().all(|(key, value)| map.get(key) == Some(&(*value).into()))
            }
        };
        rule(right, "a request reads the stored values and its own writes only")
    }

    fn stored(&self) -> Check {
        let stored = self.call.iter().filter(|event| event.change.as_ref().is_some_and(|change| !change.is_empty()));
        rule(stored.count() == 0, "a failed call stores nothing")
    }

    fn refused(&mut self, call: Call, kind: ErrorKind) -> Check {
        self.stored()?;
        self.failed = Some(kind);
        let has_intent =
            !self.pending.is_empty() || self.deletion.is_some() || self.client || call == Call::Verb(Verb::Update);
        rule(has_intent, "a request without changes does not fail")?;
        let seen_live = self.before.seen_live || self.seen_live;
        let reason = match (kind, self.known) {
            (ErrorKind::Replaced, RecordStatus::Replaced) => true,
            (ErrorKind::Replaced, RecordStatus::BeyondGrace) | (ErrorKind::Ended, RecordStatus::Deleted) => seen_live,
            _ => false,
        };
        (self.pending, self.deletion, self.client) = (Change::default(), None, false);
        rule(reason, "an error has its cause in another request")
    }

    fn updated(&mut self) -> Check {
        let counts = |event: &&Event| event.change.as_ref().is_some_and(|change| change.keys.contains_key("count"));
        let mut counted = self.call.iter().filter(counts);
        let Some(Event { name, change: Some(change), .. }) = counted.next() else {
            return Err("a successful update is stored");
        };
        rule(counted.next().is_none(), "an update is stored once")?;
        self.check_deletion()?;
        rule(change.keys.len() == 1 && !change.rotates, "an update commits its own key and nothing else")?;
        rule(!self.pending.cleared || *name == "create" || change.cleared, "a clear is committed before an update")?;
        self.check_creation()?;
        if *name == "create" {
            self.pending.rotates = false;
        }
        self.pending.cleared = false;
        Ok(())
    }

    /// A new session is created only by a request that never saw a live one, or has deleted it.
    fn check_creation(&self) -> Check {
        if !self.call.iter().any(|event| event.name == "create") || self.before.credential.is_none() {
            return Ok(());
        }
        if self.call.iter().any(|event| event.name == "delete") {
            return Ok(());
        }
        rule(!self.before.seen_live && !self.by_id, "a request that saw a live session creates no other")?;
        let missed =
            self.call.iter().rev().find(|event| event.name != "create").map_or(self.before.known, |event| event.status);
        let allowed = match missed {
            RecordStatus::Deleted | RecordStatus::BeyondGrace => true,
            RecordStatus::Replaced => self.pending.rotates,
            _ => false,
        };
        rule(allowed, "a request creates a new session only if it found none")
    }

    fn check_deletion(&self) -> Check {
        let found_none =
            matches!(self.before.known, RecordStatus::Deleted | RecordStatus::BeyondGrace | RecordStatus::Absent);
        let done = self.before.deletion.is_none() || found_none || self.call.iter().any(|event| event.name == "delete");
        rule(done, "an acknowledged deletion is stored")
    }

    fn committed(&mut self) -> Check {
        self.check_deletion()?;
        if let Some(deletion) = self.deletion {
            self.close_session(deletion);
        }
        let changes = |event: &&Event| event.change.as_ref().is_some_and(|change| !change.is_empty());
        let stored: Vec<&Event> = self.call.iter().filter(changes).collect();
        rule(stored.len() <= 1, "one commit point stores once")?;
        match stored.first() {
            Some(Event { name, change: Some(change), .. }) => self.check_stored(name, change)?,
            _ => self.check_unstored()?,
        }
        self.check_creation()?;
        (self.pending, self.client) = (Change::default(), false);
        Ok(())
    }

    /// The values that the request knew at its commit.
    fn seen(&self) -> Option<&Values> {
        self.before.view.as_ref().filter(|_| self.before.known == RecordStatus::Live && self.before.deletion.is_none())
    }

    fn check_stored(&self, name: &str, change: &Change) -> Check {
        let pending = &self.pending;
        rule(change.sets().eq(pending.sets()), "exactly the acknowledged writes are stored")?;
        if name == "create" {
            return Ok(());
        }
        let absent = |key: &String| self.seen().is_some_and(|seen| !seen.contains_key(key));
        let mut unsets = pending.keys.iter().filter(|(_, value)| value.is_none());
        let dropped = unsets.all(|(key, _)| change.keys.contains_key(key) || absent(key));
        rule(dropped, "an acknowledged removal is stored")?;
        let cleared = change.cleared == pending.cleared || self.seen().is_some_and(Values::is_empty);
        rule(cleared, "exactly an acknowledged clear is stored")?;
        rule(change.rotates == pending.rotates, "exactly an acknowledged rotation is stored")
    }

    fn check_unstored(&self) -> Check {
        let pending = &self.pending;
        rule(!pending.writes(), "an acknowledged write is stored")?;
        let found_none =
            matches!(self.known, RecordStatus::Deleted | RecordStatus::BeyondGrace) && !self.before.seen_live;
        let changes_nothing = |seen: &Values| {
            let drops_nothing = || pending.keys.keys().all(|key| !seen.contains_key(key));
            if pending.cleared { seen.is_empty() } else { drops_nothing() }
        };
        let no_change = !pending.rotates && self.seen().is_some_and(changes_nothing);
        let nothing = pending.is_empty() || self.credential.is_none() || found_none || no_change;
        rule(nothing, "an acknowledged change is stored")
    }

    /// The operations in one line, without retries after a conflict.
    pub(crate) fn cost(&self) -> String {
        let tries = self.operations.iter().filter(|name| **name != "conflict");
        tries.copied().collect::<Vec<_>>().join(" ")
    }
}
