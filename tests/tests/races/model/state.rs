//! The model of the state between requests: records, browsers and the clock.

use std::collections::BTreeMap;

use session::ErrorKind;
use session_tests::Fault;

use super::request::Request;
use super::script::{Key, TABS, UpdateFn, Val};

pub(crate) type Map = BTreeMap<Key, Val>;

pub(crate) const IDLE: u64 = 1_000_000;
pub(crate) const ABSOLUTE: u64 = 5_000_000;
pub(crate) const GRACE: u64 = 60_000;

/// The limits of a session: idle and in total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub idle: u64,
    pub all: u64,
}

pub(crate) const DEFAULT: Limits = Limits { idle: IDLE, all: ABSOLUTE };

/// The content of a session cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub record: usize,
    pub secret: u32,
    pub life: Limits,
    pub end: u64,
}

/// The expiry of a record, and the limits of its renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    pub expires: u64,
    pub idle: u64,
    pub end: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub secret: u32,
    pub created: u64,
    pub rotated: Option<u64>,
    pub last_seen: u64,
    pub times: Times,
    pub label: Option<usize>,
    pub revision: u32,
    pub values: Map,
    pub deleted: bool,
}

/// A cookie that was sealed with the secret key of this number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sealed<T> {
    pub key: u32,
    pub what: T,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientCookie {
    pub names: Option<usize>,
    pub values: Map,
    pub expires: u64,
}

/// The cookies of a browser. `Err` is a damaged cookie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cookies {
    pub session: Option<Result<Sealed<Token>, ()>>,
    pub state: Option<Sealed<ClientCookie>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ModelState {
    pub now: u64,
    pub key: u32,
    pub secrets: u32,
    pub records: Vec<Record>,
    pub cookies: [Cookies; 2],
    pub requests: [Option<Request>; TABS],
}

/// The choices where the contract allows several results. The model follows every choice in a separate state, and the
/// observed result selects the matching ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choices {
    taken: Vec<bool>,
    next: usize,
}

impl Choices {
    pub(crate) fn choose(&mut self) -> bool {
        if self.next == self.taken.len() {
            self.taken.push(false);
        }
        self.next += 1;
        self.taken[self.next - 1]
    }

    /// Moves to the next combination. Returns false after the last one.
    pub(crate) fn advance(&mut self) -> bool {
        self.taken.truncate(self.next);
        self.next = 0;
        while self.taken.pop_if(|taken| *taken).is_some() {}
        self.taken.last_mut().map(|last| *last = true).is_some()
    }
}

/// The output of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Done,
    Bool(bool),
    Value(Option<Val>),
    Map(Map),
    /// The fields of a snapshot, in order.
    Fields(Vec<Option<Val>>),
    /// The number of a record.
    Id(Option<usize>),
    /// The creation time and the label.
    Meta(Option<(u64, Option<usize>)>),
    /// The value that the closure of an update saw, and if it returned `Ok`.
    Saw(Option<u8>, bool),
    Found(Vec<usize>),
    Count(usize),
    Error(ErrorKind),
    /// The call was cancelled.
    Cancelled,
}

/// A store operation without a reply.
pub(crate) enum NoReply {
    Lost,
    Cancelled,
}

/// The reason why a call stops.
#[derive(Debug)]
pub(crate) enum Stop {
    Failed(ErrorKind),
    Cancelled,
}

/// The reply of a store to a commit or a deletion.
pub(crate) enum Reply {
    Done,
    Missing,
    Replaced(u64),
    Conflict,
}

/// The changes of one commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    pub clear: bool,
    pub keys: BTreeMap<Key, Option<Val>>,
    pub label: Option<usize>,
    pub token: Option<Token>,
    pub revision: Option<u32>,
}

impl Change {
    pub(crate) fn is_empty(&self) -> bool {
        !self.clear && self.keys.is_empty() && self.label.is_none() && self.token.is_none()
    }

    pub(crate) fn apply(&self, values: &mut Map) {
        if self.clear {
            values.clear();
        }
        for (key, value) in &self.keys {
            match value {
                Some(value) => _ = values.insert(key, *value),
                None => _ = values.remove(key),
            }
        }
    }
}

impl Times {
    fn of(token: Token, now: u64) -> Self {
        Self { expires: (now + token.life.idle).min(token.end), idle: token.life.idle, end: token.end }
    }

    /// Returns true if less than four fifths of the idle time remain.
    pub(crate) fn due(&self, now: u64) -> bool {
        self.expires < (now + self.idle * 8 / 10).min(self.end)
    }
}

/// The store.
impl ModelState {
    pub(crate) fn new() -> Self {
        let requests = std::array::from_fn(|_| None);
        Self { now: 1_800_000_000_000, key: 0, secrets: 1, records: Vec::new(), cookies: Default::default(), requests }
    }

    pub(crate) fn live(&self, record: usize) -> Option<&Record> {
        self.records.get(record).filter(|record| !record.deleted && self.now < record.times.expires)
    }

    pub(crate) fn token(&mut self, record: usize, life: Limits) -> Token {
        self.secrets += 1;
        Token { record, secret: self.secrets, life, end: self.now + life.all }
    }

    pub(crate) fn create(&mut self, token: Token, values: Map, label: Option<usize>) {
        let now = self.now;
        // A creation that is sent again has the number of the first one, which may have expired.
        let record = Record {
            secret: token.secret,
            created: now,
            rotated: None,
            last_seen: now,
            times: Times::of(token, now),
            label,
            revision: 1,
            values,
            deleted: false,
        };
        match self.records.get_mut(token.record) {
            Some(earlier) => *earlier = record,
            None => self.records.push(record),
        }
    }

    /// Checks the token. `None` is a job, which has no token and does not renew the session.
    fn check(&mut self, record: usize, secret: Option<u32>) -> Result<&mut Record, Reply> {
        let now = self.now;
        match self.records.get_mut(record).filter(|record| !record.deleted && now < record.times.expires) {
            None => Err(Reply::Missing),
            Some(record) if secret.is_some_and(|secret| secret != record.secret) => {
                Err(Reply::Replaced(record.rotated.unwrap_or(0)))
            }
            Some(record) => Ok(record),
        }
    }

    pub(crate) fn commit(&mut self, record: usize, secret: Option<u32>, change: &Change) -> Reply {
        let now = self.now;
        let record = match self.check(record, secret) {
            Ok(record) => record,
            Err(reply) => return reply,
        };
        if change.revision.is_some_and(|revision| revision != record.revision) {
            return Reply::Conflict;
        }
        change.apply(&mut record.values);
        record.revision += u32::from(!change.is_empty());
        record.label = change.label.or(record.label);
        if secret.is_some() {
            record.last_seen = now;
            if record.times.due(now) {
                record.times.expires = (now + record.times.idle).min(record.times.end);
            }
        }
        if let Some(token) = change.token {
            (record.secret, record.rotated) = (token.secret, Some(now));
            record.times = Times::of(token, now);
        }
        Reply::Done
    }

    pub(crate) fn delete(&mut self, record: usize, secret: Option<u32>) -> Reply {
        match self.check(record, secret) {
            Ok(record) => {
                record.deleted = true;
                Reply::Done
            }
            Err(reply) => reply,
        }
    }

    /// The live sessions of a user, oldest first.
    pub(crate) fn find(&self, user: u8) -> Vec<usize> {
        let has = |record: &usize| self.live(*record).is_some_and(|r| r.values.get("user") == Some(&Val::N(user)));
        (0..self.records.len()).filter(has).collect()
    }
}

/// The store operations of one step, and their fault.
pub(crate) struct StoreCalls {
    pub fault: Option<(usize, Fault)>,
    pub operations: Vec<&'static str>,
    /// False if a commit returns no revision. An update then loads the record again.
    pub returns_versions: bool,
}

impl StoreCalls {
    pub(crate) fn call<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> Result<T, NoReply> {
        let number = self.operations.len();
        self.operations.push(name);
        match self.fault.filter(|(at, _)| *at == number).map(|(_, fault)| fault) {
            None => Ok(work()),
            Some(Fault::Refuse) => Err(NoReply::Lost),
            Some(Fault::Stall) => Err(NoReply::Cancelled),
            Some(Fault::LoseReply) => {
                work();
                Err(NoReply::Lost)
            }
            Some(Fault::Hang) => {
                work();
                Err(NoReply::Cancelled)
            }
            Some(fault) => unreachable!("no script has the fault {fault:?}"),
        }
    }
}

impl UpdateFn {
    /// The result of the closure, or `Err`.
    pub(crate) fn of(self, value: Option<u8>) -> Result<Option<u8>, ()> {
        match self {
            Self::Add => Ok(Some(value.map_or(1, |number| (number + 1) % 4))),
            Self::Take => Ok(None),
            Self::Keep => Ok(value),
            Self::Fail => Err(()),
        }
    }
}
