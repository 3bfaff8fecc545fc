//! The expected state of one request: its operations, their results, and its pending changes.

mod rules;

use session::{ErrorKind, SessionId};
use session_tests::program::{Author, FIRST_USER, Seen, Verb};

use super::pending::{Cancelled, NewToken, Outcome, Pending, Write};
use super::reference::{Change, Credential, RecordStatus, Values};

/// One store operation at the moment when it is applied.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    /// The status of the record for the given credential.
    pub(crate) status: RecordStatus,
    /// The stored change.
    pub(crate) change: Option<Change>,
    /// A cancelled write was sent again.
    pub(crate) is_resent: bool,
}

/// The knowledge that a reply adds to a request.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    Loaded(RecordStatus, Values),
    /// A load has decided the outcome of a cancelled write.
    Resolved(Outcome, RecordStatus, Values),
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
    write: Option<Write>,
    /// It decides the outcome of a cancelled write.
    resolves: bool,
    /// It is a cancelled write that is sent again.
    resends: bool,
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
    logs_in: bool,
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
    pending: Pending,
    /// `LogIn` if a login deletes the session of another user.
    deletion: Option<Verb>,
    /// Later calls are ignored.
    invalidated: bool,
    client: bool,
    before: Before,
    call: Vec<Event>,
    operation: Option<Operation>,
    /// The write of a cancelled call, until its outcome is known.
    cancelled: Option<Cancelled>,
    /// A cancelled write whose outcome stays unknown.
    lost: Option<Cancelled>,
    /// Every operation that it started.
    pub(crate) operations: Vec<&'static str>,
    pub(crate) conflicts: usize,
    /// The number of changes by other requests.
    pub(crate) overtaken: usize,
    /// The new token that the response must send.
    pub(crate) new_token: Option<NewToken>,
    /// The response removes the cookies.
    pub(crate) removes_cookies: bool,
    /// A login found no session with its token, and continued without one.
    pub(crate) has_left_session: bool,
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

    pub(crate) fn started(&mut self, name: &'static str, write: Option<Write>) -> Check {
        self.operations.push(name);
        if let (Some(deletion), "delete" | "create") = (self.deletion, name) {
            self.forget_cancelled();
            if name == "create" {
                self.close_session(deletion);
            }
        }
        let must_resend = self.cancelled.as_ref().map(|cancelled| cancelled.must_resend);
        let resolves = name == "load" && must_resend == Some(false);
        let resends = write.is_some() && must_resend == Some(true);
        let check = if name == "load" { Ok(()) } else { self.check_write(write.as_ref(), resends) };
        self.operation = Some(Operation { name, write, resolves, resends, effect: None });
        check
    }

    /// Before another write, a cancelled one is resolved, and sent again if it was not stored.
    fn check_write(&mut self, write: Option<&Write>, resends: bool) -> Check {
        if let Some(lost) = &self.lost {
            rule(lost.is_overwritten_by(&self.pending.change), "an unknown outcome fails the request")?;
        }
        let Some(cancelled) = &mut self.cancelled else { return Ok(()) };
        rule(resends, "a cancelled write is resolved before the next one")?;
        cancelled.must_resend = false;
        let Write { change, token, revision, .. } = &cancelled.write;
        let same = |write: &Write| (&write.change, &write.token, &write.revision) == (change, token, revision);
        rule(write.is_some_and(same), "a cancelled write is sent again unchanged")?;
        rule(!cancelled.is_applied, "no change is stored twice")
    }

    /// The cancelled write whose outcome this load decides.
    pub(crate) fn resolves(&self) -> Option<&Cancelled> {
        let is_running = self.operation.as_ref().is_some_and(|operation| operation.resolves);
        self.cancelled.as_ref().filter(|_| is_running)
    }

    /// Returns true if the running write only renews the token.
    pub(crate) fn renews_token(&self) -> bool {
        let resends = self.operation.as_ref().is_some_and(|operation| operation.resends);
        let resent = self.cancelled.as_ref().filter(|_| resends).map(|cancelled| &cancelled.sent);
        let sent = resent.unwrap_or(&self.pending);
        sent.renews && !sent.change.rotates
    }

    pub(crate) fn applied(&mut self, mut event: Event, effect: Effect) {
        if let Some(operation) = &mut self.operation {
            event.is_resent = operation.resends;
            operation.effect = Some(effect);
        }
        self.call.push(event);
    }

    /// The result of its earlier updates that a new session continues.
    pub(crate) fn pending_count(&self) -> u64 {
        self.pending.change.keys.get("count").copied().flatten().unwrap_or(0)
    }

    fn forget_cancelled(&mut self) {
        (self.cancelled, self.lost) = (None, None);
    }

    pub(crate) fn replied(&mut self) -> Check {
        let Some(Operation { effect: Some(effect), resends, .. }) = self.operation.take() else { return Ok(()) };
        match effect {
            Effect::Loaded(status, values) => self.loaded(status, values),
            Effect::Resolved(outcome, status, values) => return self.resolved(outcome, status, values),
            Effect::Created(token, values) => {
                self.take_resent(resends);
                self.token_created(token, Some(values));
            }
            Effect::Committed(change, token) => {
                self.take_resent(resends);
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
                self.lost = self.take_resent(resends).or(self.lost.take());
                return rule(self.conflicts <= self.overtaken, "an update is retried only after a conflict");
            }
            Effect::Missed(status) => self.missed(status, resends),
            Effect::Deleted(RecordStatus::Replaced) if self.deletion != Some(Verb::LogIn) => {
                self.known = RecordStatus::Replaced;
            }
            Effect::Deleted(status) => {
                self.has_left_session |= status == RecordStatus::Replaced;
                self.closed(status);
            }
        }
        Ok(())
    }

    fn take_resent(&mut self, resends: bool) -> Option<Cancelled> {
        if resends { self.cancelled.take() } else { None }
    }

    fn loaded(&mut self, status: RecordStatus, values: Values) {
        let is_live = status == RecordStatus::Live;
        self.known = status;
        self.seen_live |= is_live;
        self.view = Some(if is_live { values } else { Values::new() });
        if !is_live && self.pending.start_over() {
            (self.seen_live, self.has_left_session) = (false, true);
        }
    }

    fn resolved(&mut self, outcome: Outcome, status: RecordStatus, values: Values) -> Check {
        let Some(mut cancelled) = self.cancelled.take() else { return Ok(()) };
        let is_applied = cancelled.is_applied;
        match (outcome, cancelled.write.token) {
            (Outcome::Stored, Some(token)) => {
                self.token_created(token, Some(values));
                return rule(is_applied, "a new token is found only if it was stored");
            }
            (Outcome::Stored, None) => self.loaded(status, values),
            (Outcome::Resend, _) => {
                if !cancelled.write.creates {
                    self.loaded(status, values);
                }
                cancelled.must_resend = true;
                self.cancelled = Some(cancelled);
                return rule(!is_applied, "only a write that was not stored is sent again");
            }
            (Outcome::Pending, _) => {
                if self.deletion.is_none() {
                    cancelled.restore_to(&mut self.pending);
                }
                self.loaded(status, values);
                return rule(!is_applied || status == RecordStatus::Deleted, "no change is stored twice");
            }
            (Outcome::Unknown, _) => {
                self.lost = Some(cancelled);
                self.loaded(status, values);
            }
        }
        Ok(())
    }

    /// The store found no record with the token.
    fn missed(&mut self, status: RecordStatus, resends: bool) {
        let rotates = self.cancelled.as_ref().is_some_and(|cancelled| cancelled.write.token.is_some());
        if resends && rotates && status != RecordStatus::Deleted {
            // The first write may have arrived since: a load shows it.
            return;
        }
        match self.take_resent(resends) {
            Some(cancelled) if rotates => cancelled.restore_to(&mut self.pending),
            Some(cancelled) => self.lost = Some(cancelled),
            None => {}
        }
        self.loaded(status, Values::new());
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
        (self.deletion, self.pending.since_login) = (None, None);
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
        if call == Call::Abandon {
            (self.pending, self.client) = (Pending::default(), false);
            self.deletion = self.deletion.filter(|deletion| *deletion != Verb::LogIn);
        }
        let Self { known, seen_live, credential, deletion, .. } = *self;
        let cancelled = self.cancelled.as_ref().map(|cancelled| &cancelled.sent);
        let logs_in = cancelled.into_iter().chain([&self.pending]).any(|pending| pending.since_login.is_some());
        self.before = Before { known, seen_live, view: self.view.clone(), credential, deletion, logs_in };
        self.call.clear();
    }

    /// The future of a call was dropped. If a write was in flight, its outcome is unknown to the request.
    pub(crate) fn cancelled(&mut self, verb: Verb) -> Check {
        rule(self.stored().count() <= 1, "one commit point stores once")?;
        let Some(Operation { write: Some(write), resends, effect, name, .. }) = self.operation.take() else {
            return Ok(());
        };
        let is_applied = matches!(effect, Some(Effect::Created(..) | Effect::Committed(..)));
        if let Some(cancelled) = self.cancelled.as_mut().filter(|_| resends) {
            cancelled.is_applied |= is_applied;
            return Ok(());
        }
        let mut sent = Pending { change: write.change.clone(), ..Pending::default() };
        if verb == Verb::Sync {
            sent = std::mem::take(&mut self.pending);
        } else {
            self.take_updated(write.creates);
        }
        if is_applied && verb == Verb::Sync {
            self.check_stored(name, &write.change, &sent)?;
        }
        self.cancelled = Some(Cancelled { write, sent, is_applied, must_resend: false });
        Ok(())
    }

    /// An update has taken its own key from the pending changes.
    fn take_updated(&mut self, creates: bool) {
        self.pending.change.keys.remove("count");
        self.pending.change.cleared = false;
        self.pending.change.rotates &= !creates;
    }

    pub(crate) fn returned(&mut self, call: Call, by: Author, result: &Result<Seen, ErrorKind>) -> Check {
        match (call, result) {
            (Call::Verb(Verb::Sync) | Call::Finalize | Call::Abandon, Ok(_)) => self.committed(call),
            (Call::Verb(Verb::Update), Ok(_)) => self.updated(),
            (_, Err(kind)) => self.refused(call, *kind),
            (Call::Verb(verb), Ok(seen)) => {
                self.record_intent(verb, by);
                self.check_read(seen)
            }
        }
    }

    fn record_intent(&mut self, verb: Verb, by: Author) {
        if self.invalidated {
            return;
        }
        match verb {
            Verb::Write => self.pending.edit(|change| {
                change.set("shared", by.value());
                change.set(by.own_key(), by.value());
            }),
            Verb::User => self.pending.edit(|change| change.set("user", by.value())),
            Verb::Unset => self.pending.edit(|change| change.unset("shared")),
            Verb::Clear => self.pending.edit(Change::clear),
            Verb::Rotate => self.pending.change.rotates = true,
            Verb::LogIn => self.log_in(FIRST_USER),
            Verb::LogInOther => self.log_in(by.value()),
            Verb::Renew => self.pending.renews = true,
            Verb::Theme => self.client = true,
            Verb::Invalidate | Verb::Restart | Verb::Delete => {
                self.deletion = Some(verb);
                self.invalidated = verb == Verb::Invalidate;
                self.pending = Pending::default();
            }
            Verb::Read | Verb::All | Verb::Update | Verb::Sync | Verb::Revoke => {}
        }
    }

    fn log_in(&mut self, user: u64) {
        let stored = self.expected_values().get("user").copied();
        let keeps_session = stored.is_none_or(|stored| stored == user);
        if self.known == RecordStatus::Deleted && self.seen_live && self.deletion.is_none() {
            (self.seen_live, self.pending) = (false, Pending::default());
        }
        if !keeps_session {
            (self.pending, self.client, self.deletion) = (Pending::default(), false, Some(Verb::LogIn));
        }
        let has_record = matches!(self.known, RecordStatus::Live | RecordStatus::Unknown) && self.deletion.is_none();
        self.pending.change.rotates = true;
        self.pending.since_login = (has_record || !keeps_session).then(Change::default);
        self.pending.edit(|change| change.set("user", user));
    }

    /// The stored values with the own changes. Changes in flight may still be stored.
    fn expected_values(&self) -> Values {
        let ends = self.deletion.is_some() || self.invalidated;
        let mut expected = self.view.clone().filter(|_| !ends && self.known == RecordStatus::Live).unwrap_or_default();
        if let Some(cancelled) = self.cancelled.as_ref().filter(|_| !ends) {
            cancelled.sent.change.apply(&mut expected);
        }
        self.pending.change.apply(&mut expected);
        expected
    }

    fn check_read(&self, seen: &Seen) -> Check {
        let expected = self.expected_values();
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

    /// The operations in one line, without retries after a conflict.
    pub(crate) fn cost(&self) -> String {
        let tries = self.operations.iter().filter(|name| **name != "conflict");
        tries.copied().collect::<Vec<_>>().join(" ")
    }
}
