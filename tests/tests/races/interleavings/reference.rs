//! The reference model: a record of all store operations and their results, and the expected sessions.

use std::collections::BTreeMap;

use session::SessionId;
use session::store::{Commit, Committed, DeleteCondition, Deleted, Record, Timestamp, TokenHash};
use session_tests::program::FIRST_USER;

use super::pending::Write;
use super::request::{Effect, Event, Request};

/// The server state of a session, as the programs write it.
pub(crate) type Values = BTreeMap<String, u64>;

/// The credential of a request: the token hash, or only the id.
pub(crate) type Credential = (SessionId, Option<TokenHash>);

/// The status of the record that a credential names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RecordStatus {
    /// There is no credential.
    #[default]
    Absent,
    /// The record was not loaded.
    Unknown,
    Live,
    Deleted,
    /// Another request rotated the token, within the grace.
    Replaced,
    /// Another request rotated the token, and the grace is over.
    BeyondGrace,
}

/// The changes of one commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) cleared: bool,
    pub(crate) keys: BTreeMap<String, Option<u64>>,
    pub(crate) rotates: bool,
}

impl Change {
    pub(crate) fn set(&mut self, key: impl Into<String>, value: u64) {
        self.keys.insert(key.into(), Some(value));
    }

    pub(crate) fn unset(&mut self, key: &str) {
        if self.cleared {
            self.keys.remove(key);
        } else {
            self.keys.insert(key.to_owned(), None);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.keys.clear();
        self.cleared = true;
    }

    pub(crate) fn sets(&self) -> impl Iterator<Item = (&String, u64)> {
        self.keys.iter().filter_map(|(key, value)| Some((key, (*value)?)))
    }

    pub(crate) fn writes(&self) -> bool {
        self.sets().next().is_some()
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.cleared && self.keys.is_empty() && !self.rotates
    }

    pub(crate) fn apply(&self, values: &mut Values) {
        if self.cleared {
            values.clear();
        }
        for (key, value) in &self.keys {
            match value {
                Some(value) => _ = values.insert(key.clone(), *value),
                None => _ = values.remove(key),
            }
        }
    }

    /// Adds newer changes.
    pub(crate) fn extend(&mut self, newer: Self) {
        let rotates = self.rotates || newer.rotates;
        if newer.cleared {
            *self = newer;
        } else {
            self.keys.extend(newer.keys);
        }
        self.rotates = rotates;
    }

    pub(crate) fn from_commit(commit: &Commit) -> Self {
        let changes = &commit.changes;
        let sets = changes.sets().map(|(key, json)| (key.to_owned(), json.as_str().parse().ok()));
        let unsets = changes.unsets().map(|key| (key.to_owned(), None));
        Self { cleared: changes.is_cleared(), keys: sets.chain(unsets).collect(), rotates: commit.rotation.is_some() }
    }

    pub(crate) fn from_record(record: &Record) -> Self {
        let keys = values_of(record).into_iter().map(|(key, value)| (key, Some(value))).collect();
        Self { keys, ..Self::default() }
    }
}

/// The expected state of a session.
#[derive(Clone, Debug)]
pub(crate) struct ExpectedSession {
    pub(crate) is_live: bool,
    pub(crate) token: TokenHash,
    pub(crate) values: Values,
    /// Earlier tokens are reported as replaced.
    pub(crate) in_grace: bool,
    absolute_end: Timestamp,
}

impl ExpectedSession {
    pub(crate) fn new(record: &Record, is_live: bool, in_grace: bool) -> Self {
        let absolute_end = record.limits.absolute_end;
        Self { is_live, token: record.token, values: values_of(record), in_grace, absolute_end }
    }
}

pub(crate) fn values_of(record: &Record) -> Values {
    record.values.iter().map(|(key, json)| (key.to_owned(), json.parse().unwrap_or(u64::MAX))).collect()
}

#[derive(Default)]
pub(crate) struct Reference {
    pub(crate) sessions: BTreeMap<SessionId, ExpectedSession>,
    pub(crate) requests: Vec<Request>,
    /// The number of polls in which an update waited for another one.
    pub(crate) waits: usize,
    /// The first broken rule.
    pub(crate) violation: Option<String>,
    /// The events, as readable lines.
    pub(crate) log: Option<Vec<String>>,
}

impl Reference {
    pub(crate) fn report(&mut self, request: usize, rule: &str) {
        let letter = letter(request);
        self.violation.get_or_insert_with(|| format!("{letter}: {rule}"));
    }

    pub(crate) fn check(&mut self, holds: bool, request: usize, rule: &str) {
        if !holds {
            self.report(request, rule);
        }
    }

    pub(crate) fn note(&mut self, request: usize, line: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(format!("{}  {}", letter(request), line()));
        }
    }

    pub(crate) fn status(&self, (id, token): Credential) -> RecordStatus {
        match self.sessions.get(&id) {
            Some(session) if session.is_live => match token {
                Some(token) if token != session.token => {
                    if session.in_grace {
                        RecordStatus::Replaced
                    } else {
                        RecordStatus::BeyondGrace
                    }
                }
                _ => RecordStatus::Live,
            },
            _ => RecordStatus::Deleted,
        }
    }

    /// The outcome of all requests, without random parts.
    pub(crate) fn outcome(&self) -> String {
        let requests = self.requests.iter().map(|request| {
            (
                request.operations.join(" "),
                request.failed,
                request.deleted_ids.len(),
                request.new_token.is_some(),
                request.removes_cookies,
            )
        });
        let mut session: Vec<_> = self.sessions.values().map(|session| (session.is_live, &session.values)).collect();
        session.sort();
        format!("{:?} {session:?}", requests.collect::<Vec<_>>())
    }

    // Calls of the store

    pub(crate) fn started(&mut self, request: usize, name: &'static str, write: Option<Write>) {
        let outcome = self.requests[request].started(name, write);
        if let Err(rule) = outcome {
            self.report(request, rule);
        }
    }

    pub(crate) fn replied(&mut self, request: usize) {
        let outcome = self.requests[request].replied();
        if let Err(rule) = outcome {
            self.report(request, rule);
        }
    }

    pub(crate) fn loaded(&mut self, request: usize, id: &SessionId, found: Option<&Record>) {
        let own = self.requests[request].credential;
        let status = own.map_or(RecordStatus::Absent, |credential| self.status(credential));
        self.note(request, || format!("load: {}", status_word(status)));
        let session = self.sessions.get(id).filter(|session| session.is_live);
        let values = session.map(|session| session.values.clone());
        let created = self.requests[request].resolves().and_then(|cancelled| cancelled.write.token);
        let is_own = created.map(|(id, _)| id).or(own.map(|(id, _)| id)) == Some(*id);
        self.check(is_own, request, "a request loads its own session");
        self.check(values.is_some() || found.is_none(), request, "a deleted session is never read");
        self.check(values.is_none() || found.is_some(), request, "a live session is found");
        if let (Some(found), Some(values)) = (found, &values) {
            self.check(values_of(found) == *values, request, "a load returns exactly the committed values");
        }
        let values = values.unwrap_or_default();
        let effect = match self.requests[request].resolves().map(|cancelled| cancelled.outcome(found, status)) {
            Some(outcome) => Effect::Resolved(outcome, status, values),
            None => Effect::Loaded(status, values),
        };
        self.requests[request].applied(Event { name: "load", status, change: None, is_resent: false }, effect);
    }

    pub(crate) fn created(&mut self, request: usize, id: &SessionId, record: &Record, created: bool) {
        self.note(request, || format!("create: {}", if created { "created" } else { "rejected" }));
        self.check(created && !self.sessions.contains_key(id), request, "an id is never used again");
        let session = ExpectedSession::new(record, true, true);
        let change = Change::from_record(record);
        // A login that starts over takes the updates since then with it.
        if change.keys.len() == 1 {
            let before = self.requests[request].pending_count();
            self.check_count(request, &change, before);
        }
        self.requests[request].created_ids.push(*id);
        let effect = Effect::Created((*id, record.token), session.values.clone());
        self.sessions.insert(*id, session);
        let event = Event { name: "create", status: RecordStatus::Live, change: Some(change), is_resent: false };
        self.requests[request].applied(event, effect);
    }

    pub(crate) fn committed(&mut self, request: usize, id: &SessionId, commit: &Commit, response: &Committed) {
        let status = self.status((*id, commit.token));
        let credential = self.requests[request].credential;
        self.check(credential == Some((*id, commit.token)), request, "a request commits with its own credential");
        let change = Change::from_commit(commit);
        self.note(request, || format!("commit of {}: {}", change_text(&change), commit_word(response)));
        let name = if commit.is_mutation() { "commit" } else { "touch" };
        let (effect, change) = match response {
            Committed::Done(_) => {
                self.check(status != RecordStatus::Deleted, request, "a deleted session is never revived");
                self.check(status == RecordStatus::Live, request, "no old token writes after a rotation");
                self.apply(request, id, &change, commit);
                let made = commit.rotation.map(|rotation| (*id, rotation.token));
                (Effect::Committed(change.clone(), made), Some(change))
            }
            Committed::Conflict(_) => {
                self.check(status == RecordStatus::Live, request, "no old token reads after a rotation");
                let values = self.sessions.get(id).map(|session| session.values.clone()).unwrap_or_default();
                (Effect::Conflict(values), None)
            }
            Committed::Missing | Committed::Replaced { .. } => {
                self.check(
                    status != RecordStatus::Live,
                    request,
                    "the current token of a live session is not rejected",
                );
                (Effect::Missed(status), None)
            }
        };
        self.requests[request].applied(Event { name, status, change, is_resent: false }, effect);
    }

    fn apply(&mut self, request: usize, id: &SessionId, change: &Change, commit: &Commit) {
        let renews = self.requests[request].renews_token();
        let Some(session) = self.sessions.get_mut(id) else { return };
        let before = if change.cleared { 0 } else { session.values.get("count").copied().unwrap_or(0) };
        change.apply(&mut session.values);
        if let Some(rotation) = commit.rotation {
            let is_kept = rotation.limits.absolute_end == session.absolute_end;
            (session.token, session.in_grace) = (rotation.token, true);
            session.absolute_end = rotation.limits.absolute_end;
            self.check(is_kept || !renews, request, "a renewal keeps the absolute end");
        }
        self.check_count(request, change, before);
        if commit.is_mutation() {
            for (number, other) in self.requests.iter_mut().enumerate() {
                other.overtaken += usize::from(number != request);
            }
        }
    }

    /// An update must count from the value that is stored at its commit.
    fn check_count(&mut self, request: usize, change: &Change, before: u64) {
        if let Some(count) = change.keys.get("count") {
            self.check(*count == Some(before + 1), request, "updates all count");
        }
    }

    pub(crate) fn deleted(&mut self, request: usize, id: &SessionId, proof: DeleteCondition, response: Deleted) {
        let status = match proof {
            DeleteCondition::Token(token) => self.status((*id, Some(token))),
            DeleteCondition::IndexEntry(_) => match self.status((*id, None)) {
                RecordStatus::Live if self.sessions[id].values.get("user") == Some(&FIRST_USER) => RecordStatus::Live,
                _ => RecordStatus::Deleted,
            },
            DeleteCondition::None => self.status((*id, None)),
        };
        self.note(request, || format!("delete: {}", delete_word(response)));
        let rule = "only the current token or an own index entry deletes a session";
        self.check(response != Deleted::Done || status == RecordStatus::Live, request, rule);
        if let (Deleted::Done, Some(session)) = (response, self.sessions.get_mut(id)) {
            session.is_live = false;
        }
        self.requests[request]
            .applied(Event { name: "delete", status, change: None, is_resent: false }, Effect::Deleted(status));
    }
}

pub(crate) fn letter(request: usize) -> char {
    char::from(b'A' + u8::try_from(request).unwrap_or(25))
}

fn status_word(status: RecordStatus) -> String {
    format!("{status:?}").to_lowercase()
}

fn commit_word(response: &Committed) -> &'static str {
    match response {
        Committed::Done(_) => "done",
        Committed::Missing => "missing",
        Committed::Replaced { .. } => "replaced",
        Committed::Conflict(_) => "conflict",
    }
}

fn delete_word(response: Deleted) -> &'static str {
    match response {
        Deleted::Done => "done",
        Deleted::Missing => "missing",
        Deleted::Replaced { .. } => "replaced",
    }
}

fn change_text(change: &Change) -> String {
    let cleared = change.cleared.then(|| "clear".to_owned());
    let rotates = change.rotates.then(|| "rotation".to_owned());
    let keys = change.keys.iter().map(|(key, value)| match value {
        Some(value) => format!("{key}={value}"),
        None => format!("no {key}"),
    });
    let parts: Vec<String> = cleared.into_iter().chain(rotates).chain(keys).collect();
    if parts.is_empty() { "only the expiry".to_owned() } else { parts.join(", ") }
}
