//! What the store was asked and what it answered, in the order of its work, beside a plain model of what it keeps.

use std::collections::BTreeMap;

use session::SessionId;
use session::store::{Changes, Commit, Committed, Deleted, Proof, Record, TokenHash};
use session_tests::program::FIRST_USER;

use super::request::{Effect, Event, Request};

/// The server state of a session, as far as these programs write it.
pub(crate) type Values = BTreeMap<String, u64>;

/// A session's proof: the token's hash, or nothing but the id.
pub(crate) type Held = (SessionId, Option<TokenHash>);

/// What stands behind what a request holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It holds nothing.
    #[default]
    Nothing,
    /// The store has not been asked.
    Unread,
    Live,
    Gone,
    /// The session lives under a newer token, and that is known.
    Replaced,
    /// The same, beyond the grace.
    Older,
}

/// What one commit changes.
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

    fn of(changes: &Changes, rotates: bool) -> Self {
        let sets = changes.sets().map(|(key, json)| (key.to_owned(), json.as_str().parse().ok()));
        let unsets = changes.unsets().map(|key| (key.to_owned(), None));
        Self { cleared: changes.is_cleared(), keys: sets.chain(unsets).collect(), rotates }
    }
}

/// A session as it is to be.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) is_live: bool,
    pub(crate) token: TokenHash,
    pub(crate) values: Values,
    /// Earlier tokens are known as replaced.
    pub(crate) in_grace: bool,
}

impl Kept {
    pub(crate) fn new(record: &Record, is_live: bool, in_grace: bool) -> Self {
        Self { is_live, token: record.token, values: values_of(record), in_grace }
    }
}

pub(crate) fn values_of(record: &Record) -> Values {
    record.values.iter().map(|(key, json)| (key.to_owned(), json.parse().unwrap_or(u64::MAX))).collect()
}

#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) kept: BTreeMap<SessionId, Kept>,
    pub(crate) requests: Vec<Request>,
    /// The first promise that was broken.
    pub(crate) broken: Option<String>,
    /// What happened, in lines to read.
    pub(crate) log: Option<Vec<String>>,
}

impl Ledger {
    pub(crate) fn break_off(&mut self, request: usize, promise: &str) {
        let letter = letter(request);
        self.broken.get_or_insert_with(|| format!("{letter}: {promise}"));
    }

    pub(crate) fn check(&mut self, holds: bool, request: usize, promise: &str) {
        if !holds {
            self.break_off(request, promise);
        }
    }

    pub(crate) fn note(&mut self, request: usize, line: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(format!("{}  {}", letter(request), line()));
        }
    }

    pub(crate) fn standing(&self, (id, token): Held) -> Standing {
        match self.kept.get(&id) {
            Some(kept) if kept.is_live => match token {
                Some(token) if token != kept.token => {
                    if kept.in_grace {
                        Standing::Replaced
                    } else {
                        Standing::Older
                    }
                }
                _ => Standing::Live,
            },
            _ => Standing::Gone,
        }
    }

    /// What came of the requests, without what is random in it.
    pub(crate) fn outcome(&self) -> String {
        let requests = self.requests.iter().map(|request| {
            (request.operations.join(" "), request.failed, request.ended.len(), request.owes.is_some(), request.drops)
        });
        let mut kept: Vec<_> = self.kept.values().map(|kept| (kept.is_live, &kept.values)).collect();
        kept.sort();
        format!("{:?} {kept:?}", requests.collect::<Vec<_>>())
    }

    // What the stage tells

    pub(crate) fn asked(&mut self, request: usize, name: &'static str, made: Option<(SessionId, TokenHash)>) {
        self.requests[request].asked(name, made);
    }

    pub(crate) fn answered(&mut self, request: usize) {
        let outcome = self.requests[request].answered();
        if let Err(promise) = outcome {
            self.break_off(request, promise);
        }
    }

    pub(crate) fn loaded(&mut self, request: usize, id: &SessionId, found: Option<&Record>) {
        let settles = self.requests[request].settles();
        let held = settles.map(|(id, token)| (id, Some(token))).or(self.requests[request].holds);
        let standing = held.map_or(Standing::Nothing, |held| self.standing(held));
        self.note(request, || format!("load: {}", said(standing)));
        let kept = self.kept.get(id).filter(|kept| kept.is_live);
        let values = kept.map(|kept| kept.values.clone());
        self.check(held.is_some_and(|(held, _)| held == *id), request, "a request loads its own session");
        self.check(values.is_some() || found.is_none(), request, "an ended session is never read");
        self.check(values.is_none() || found.is_some(), request, "a live session is found");
        if let (Some(found), Some(values)) = (found, &values) {
            self.check(values_of(found) == *values, request, "a load shows what was committed, and nothing else");
        }
        let values = values.filter(|_| standing == Standing::Live).unwrap_or_default();
        let effect = match settles {
            Some(made) if standing == Standing::Live => Effect::Settled(made, values),
            Some(_) => Effect::Unsettled,
            None => Effect::Loaded(standing, values),
        };
        self.requests[request].worked(Event { name: "load", standing, change: None }, effect);
    }

    pub(crate) fn created(&mut self, request: usize, id: &SessionId, record: &Record, created: bool) {
        self.note(request, || format!("create: {}", if created { "begun" } else { "refused" }));
        self.check(created && !self.kept.contains_key(id), request, "an id is never used again");
        let kept = Kept::new(record, true, true);
        let change = Change {
            keys: kept.values.iter().map(|(key, value)| (key.clone(), Some(*value))).collect(),
            ..Change::default()
        };
        self.check_count(request, &change, 0);
        self.requests[request].began.push(*id);
        let effect = Effect::Created((*id, record.token), kept.values.clone());
        self.kept.insert(*id, kept);
        let event = Event { name: "create", standing: Standing::Live, change: Some(change) };
        self.requests[request].worked(event, effect);
    }

    pub(crate) fn committed(&mut self, request: usize, id: &SessionId, commit: &Commit, answer: &Committed) {
        let standing = self.standing((*id, commit.token));
        let holds = self.requests[request].holds;
        self.check(holds == Some((*id, commit.token)), request, "a request commits under what it holds");
        let change = Change::of(&commit.changes, commit.rotation.is_some());
        self.note(request, || format!("commit of {}: {}", told(&change), answer_word(answer)));
        let name = if commit.changes_something() { "commit" } else { "touch" };
        let (effect, change) = match answer {
            Committed::Done { .. } => {
                self.check(standing != Standing::Gone, request, "an ended session never returns");
                self.check(standing == Standing::Live, request, "no old token writes after a rotation");
                self.carry_out(request, id, &change, commit);
                let made = commit.rotation.map(|rotation| (*id, rotation.token));
                (Effect::Committed(change.clone(), made), Some(change))
            }
            Committed::Conflict(_) => {
                self.check(standing == Standing::Live, request, "no old token reads after a rotation");
                let values = self.kept.get(id).map(|kept| kept.values.clone()).unwrap_or_default();
                (Effect::Conflict(values), None)
            }
            Committed::Missing | Committed::Replaced { .. } => {
                self.check(standing != Standing::Live, request, "a live session's current token is not refused");
                (Effect::Missed(standing), None)
            }
        };
        self.requests[request].worked(Event { name, standing, change }, effect);
    }

    fn carry_out(&mut self, request: usize, id: &SessionId, change: &Change, commit: &Commit) {
        let Some(kept) = self.kept.get_mut(id) else { return };
        let before = if change.cleared { 0 } else { kept.values.get("count").copied().unwrap_or(0) };
        change.apply(&mut kept.values);
        if let Some(rotation) = commit.rotation {
            (kept.token, kept.in_grace) = (rotation.token, true);
        }
        self.check_count(request, change, before);
        if commit.changes_something() {
            for (number, other) in self.requests.iter_mut().enumerate() {
                other.overtaken += usize::from(number != request);
            }
        }
    }

    /// An update counts from what is stored at the moment that it is stored.
    fn check_count(&mut self, request: usize, change: &Change, before: u64) {
        if let Some(count) = change.keys.get("count") {
            self.check(*count == Some(before + 1), request, "updates all count");
        }
    }

    pub(crate) fn deleted(&mut self, request: usize, id: &SessionId, proof: Proof, answer: Deleted) {
        let standing = match proof {
            Proof::Token(token) => self.standing((*id, Some(token))),
            Proof::Entry(_) => match self.standing((*id, None)) {
                Standing::Live if self.kept[id].values.get("user") == Some(&FIRST_USER) => Standing::Live,
                _ => Standing::Gone,
            },
            Proof::None => self.standing((*id, None)),
        };
        self.note(request, || format!("delete: {}", deletion_word(answer)));
        let promise = "only the current token, or an entry that it has, ends a session";
        self.check(answer != Deleted::Done || standing == Standing::Live, request, promise);
        if let (Deleted::Done, Some(kept)) = (answer, self.kept.get_mut(id)) {
            kept.is_live = false;
        }
        self.requests[request].worked(Event { name: "delete", standing, change: None }, Effect::Ended(standing));
    }
}

pub(crate) fn letter(request: usize) -> char {
    char::from(b'A' + u8::try_from(request).unwrap_or(25))
}

fn said(standing: Standing) -> String {
    format!("{standing:?}").to_lowercase()
}

fn answer_word(answer: &Committed) -> &'static str {
    match answer {
        Committed::Done { .. } => "done",
        Committed::Missing => "missing",
        Committed::Replaced { .. } => "replaced",
        Committed::Conflict(_) => "conflict",
    }
}

fn deletion_word(answer: Deleted) -> &'static str {
    match answer {
        Deleted::Done => "done",
        Deleted::Missing => "missing",
        Deleted::Replaced { .. } => "replaced",
    }
}

fn told(change: &Change) -> String {
    let cleared = change.cleared.then(|| "a clearing".to_owned());
    let rotates = change.rotates.then(|| "a new token".to_owned());
    let keys = change.keys.iter().map(|(key, value)| match value {
        Some(value) => format!("{key}={value}"),
        None => format!("no {key}"),
    });
    let parts: Vec<String> = cleared.into_iter().chain(rotates).chain(keys).collect();
    if parts.is_empty() { "nothing but the time".to_owned() } else { parts.join(", ") }
}
