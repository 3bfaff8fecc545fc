//! Runs a script on the real runtime, and compares it with every model state that is still possible.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use serde_json::Value;
use session::store::{DeleteCondition, SessionStore, Timestamp};
use session::{Error, Lifetime, SecretKey, Session, SessionConfig, SessionId, SessionManager, SessionSchema};
use session_tests::{Browser, Fault, Kind, Spy, cookies_in};

use super::expected::{self, Expected};
use super::script::{CLIENT_KEYS, Call, Field, JOB, KEYS, Key, LABELS, Script, Step, TABS, UpdateFn, Val, browser_of};
use super::state::{ABSOLUTE, Choices, GRACE, IDLE, Map, ModelState, Output, StoreCalls, Times};

#[derive(SessionSchema)]
struct Visitor {
    #[session(index)]
    user: u8,
    #[session(key = "a", default)]
    count: u8,
    #[session(key = "b", flash)]
    notice: u8,
    #[session(key = "c", alias = "d")]
    name: u8,
    #[session(nested)]
    deep: Deep,
    #[session(client, key = "t", default)]
    theme: u8,
    #[session(client, flash, key = "h")]
    hint: u8,
}

#[derive(SessionSchema)]
struct Deep {
    #[session(key = "e")]
    deep: u8,
}

/// A stored record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub created: u64,
    pub rotated: Option<u64>,
    pub last_seen: u64,
    pub times: Times,
    pub label: Option<usize>,
    pub values: Map,
}

/// The observable result of a step.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub out: Output,
    pub operations: String,
    pub cookies: String,
    /// The stored sessions, by number.
    pub stored: BTreeMap<usize, Stored>,
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} · {} · {}", self.out, self.operations, self.cookies)?;
        self.stored.iter().try_for_each(|(number, stored)| write!(f, "\n        {number}: {stored:?}"))
    }
}

/// The run of a script: the runtime, and the model states that match it.
pub(crate) struct Run {
    spy: Spy,
    keys: Vec<SecretKey>,
    manager: SessionManager,
    millis: Arc<AtomicU64>,
    browsers: [Browser; 2],
    requests: [Option<Session>; TABS],
    ids: Vec<SessionId>,
    states: Vec<ModelState>,
    /// Compares every record after every step.
    thorough: bool,
    returns_versions: bool,
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap()
}

fn at(time: Timestamp) -> u64 {
    time.as_millis().try_into().unwrap()
}

fn val(value: &Value) -> Val {
    value.as_u64().map_or(Val::Word, |number| Val::N(number.try_into().unwrap()))
}

fn json(value: Val) -> Value {
    match value {
        Val::N(number) => number.into(),
        Val::Word => "word".into(),
    }
}

fn key(text: &str) -> Key {
    KEYS.into_iter().chain(CLIENT_KEYS).find(|key| *key == text).expect("a key of the scripts")
}

fn map(values: &serde_json::Map<String, Value>) -> Map {
    values.iter().map(|(text, value)| (key(text), val(value))).collect()
}

fn number(value: Option<u8>) -> Output {
    Output::Value(value.map(Val::N))
}

fn label(text: &str) -> usize {
    LABELS.iter().position(|label| *label == text).unwrap()
}

/// The output of an update: the value that its closure saw.
fn saw(updated: Result<Result<Option<u8>, Option<u8>>, Error>) -> Result<Output, Error> {
    Ok(match updated? {
        Ok(value) => Output::Saw(value, true),
        Err(value) => Output::Saw(value, false),
    })
}

fn change(f: UpdateFn) -> impl FnMut(&mut Option<u8>) -> Result<Option<u8>, Option<u8>> {
    move |value| {
        let before = *value;
        *value = f.of(before).map_err(|()| before)?;
        Ok(before)
    }
}

fn change_default(f: UpdateFn) -> impl FnMut(&mut u8) -> Result<Option<u8>, Option<u8>> {
    move |value| {
        let before = Some(*value);
        *value = f.of(before).map_err(|()| before)?.unwrap_or(0);
        Ok(before)
    }
}

impl Run {
    pub(crate) fn new(store: Arc<dyn SessionStore>, kind: Kind) -> Self {
        let (state, key) = (ModelState::new(), SecretKey::generate());
        let millis = Arc::new(AtomicU64::new(state.now));
        let spy = Spy::new(store);
        let manager = manager(&spy, std::slice::from_ref(&key), &millis);
        Self {
            spy,
            keys: vec![key],
            manager,
            millis,
            browsers: Default::default(),
            requests: Default::default(),
            ids: Vec::new(),
            states: vec![state],
            thorough: kind == Kind::Memory,
            returns_versions: kind != Kind::MySql,
        }
    }

    /// Runs the whole script, or returns the first difference to the model.
    pub(crate) async fn script(&mut self, script: &Script) -> Result<(), String> {
        for (number, step) in script.0.iter().enumerate() {
            let fault = match *step {
                Step::Do(_, _, fault) | Step::OpenVerified(_, fault) => fault,
                _ => None,
            };
            self.spy.take_operations();
            self.spy.fail_at(fault);
            let (out, headers) = self.step(*step).await;
            self.spy.fail_at(None);
            let operations = self.spy.take_operations();
            for id in self.spy.take_created() {
                // A creation that is sent again has the same id.
                if !self.ids.contains(&id) {
                    self.ids.push(id);
                }
            }
            let all = self.thorough || number + 1 == script.0.len();
            let first = if all { 0 } else { self.ids.len().saturating_sub(1) };
            let stored = self.stored(first).await;
            let seen = Seen { out, operations, cookies: sorted(&cookies_in(&headers)), stored };
            self.agree(*step, fault, first, &seen).map_err(|expected| {
                format!("step {} `{step:?}`\n    is        {seen:?}\n    should be {expected}", number + 1)
            })?;
            let no_store = headers.get("cache-control").is_some_and(|value| value == "no-store");
            let token = seen.cookies.split(' ').any(|word| word == "session");
            if token && !no_store {
                return Err(format!("step {} `{step:?}`: a token was sent without `no-store`", number + 1));
            }
        }
        Ok(())
    }

    /// Deletes the sessions of the script, because the scripts share a store.
    pub(crate) async fn clean_up(self) {
        let early = Timestamp::from_millis(ModelState::new().now.try_into().unwrap());
        for id in &self.ids {
            self.spy.inner().delete(id, DeleteCondition::None, early).await.unwrap();
        }
    }

    /// Keeps the model states that predict this result.
    fn agree(&mut self, step: Step, fault: Option<(usize, Fault)>, first: usize, seen: &Seen) -> Result<(), String> {
        let (mut agreeing, mut expected): (Vec<ModelState>, Vec<Seen>) = (Vec::new(), Vec::new());
        for state in &self.states {
            let mut choices = Choices::default();
            loop {
                let mut next = state.clone();
                let mut store = StoreCalls { fault, operations: Vec::new(), returns_versions: self.returns_versions };
                let Expected { out, cookies } = expected::step(&mut next, step, &mut store, &mut choices);
                let stored = expected::stored(&next, first);
                let is = Seen { out, operations: store.operations.join(" "), cookies: sorted(&cookies), stored };
                if is == *seen {
                    if !agreeing.contains(&next) {
                        agreeing.push(next);
                    }
                } else if agreeing.is_empty() && expected.len() < 8 && !expected.contains(&is) {
                    expected.push(is);
                }
                if !choices.advance() {
                    break;
                }
            }
        }
        if agreeing.is_empty() {
            let expected: Vec<String> = expected.iter().map(|seen| format!("{seen:?}")).collect();
            return Err(expected.join("\n    or        "));
        }
        assert!(agreeing.len() < 512, "too many model states");
        self.states = agreeing;
        Ok(())
    }

    async fn stored(&self, first: usize) -> BTreeMap<usize, Stored> {
        let now = Timestamp::from_millis(self.millis.load(Ordering::SeqCst).try_into().unwrap());
        let mut stored = BTreeMap::new();
        for (number, id) in self.ids.iter().enumerate().skip(first) {
            let Some(record) = self.spy.inner().load(id, now).await.unwrap() else { continue };
            let values = record.values.iter().map(|(text, value)| {
                let value: Value = serde_json::from_str(value).unwrap();
                (key(text), val(&value))
            });
            stored.insert(
                number,
                Stored {
                    created: at(record.created),
                    rotated: record.rotated.map(at),
                    last_seen: at(record.last_seen),
                    times: Times {
                        expires: at(record.expires),
                        idle: millis(record.limits.idle),
                        end: at(record.limits.absolute_end),
                    },
                    label: record.label.as_deref().map(label),
                    values: values.collect(),
                },
            );
        }
        stored
    }

    async fn step(&mut self, step: Step) -> (Output, HeaderMap) {
        let mut headers = HeaderMap::new();
        let out = match step {
            Step::Do(tab, call, _) => self.call(tab, call, &mut headers).await,
            Step::OpenVerified(tab, _) => {
                let request = self.browsers[browser_of(tab)].request();
                match self.spy.run_until_hang(self.manager.open_verified(&request)).await {
                    None => Output::Cancelled,
                    Some(Ok(session)) => {
                        self.requests[tab] = Some(session);
                        Output::Done
                    }
                    Some(Err(error)) => Output::Error(error.kind()),
                }
            }
            Step::Disconnect(tab) => {
                self.requests[tab] = None;
                Output::Done
            }
            Step::Wait(time) => {
                self.millis.fetch_add(time, Ordering::SeqCst);
                Output::Done
            }
            Step::Copy => {
                self.browsers[1] = self.browsers[0].clone();
                Output::Done
            }
            Step::Garble(browser) => {
                if let Some(cookie) = self.browsers[browser].cookies.get_mut(Browser::SESSION) {
                    cookie.pop();
                }
                Output::Done
            }
            Step::LoseState(browser) => {
                self.browsers[browser].cookies.remove(Browser::STATE);
                Output::Done
            }
            Step::NewKey => {
                self.keys.push(SecretKey::generate());
                self.manager = manager(&self.spy, &self.keys, &self.millis);
                Output::Done
            }
            Step::Find(user) => {
                let found = self.manager.find(Visitor::USER, &user).await.unwrap();
                assert!(found.is_sorted_by_key(|found| found.created), "oldest first");
                let mut numbers: Vec<usize> = found.iter().map(|found| self.number(found.id)).collect();
                numbers.sort_unstable();
                Output::Found(numbers)
            }
            Step::Revoke(user, session) => match self.ids.get(session) {
                Some(id) => Output::Bool(self.manager.revoke(Visitor::USER, &user, *id).await.unwrap()),
                None => Output::Done,
            },
            Step::RevokeAll(user, except) => {
                let except = except.and_then(|number| self.ids.get(number)).copied();
                Output::Count(self.manager.revoke_all(Visitor::USER, &user, except).await.unwrap())
            }
            Step::Sweep => {
                self.manager.delete_expired(100).await.unwrap();
                Output::Done
            }
        };
        (out, headers)
    }

    fn number(&self, id: SessionId) -> usize {
        self.ids.iter().position(|known| *known == id).expect("a session that was created")
    }

    async fn call(&mut self, tab: usize, call: Call, headers: &mut HeaderMap) -> Output {
        if self.requests[tab].is_none() {
            self.requests[tab] = if tab == JOB {
                let Some(id) = self.ids.last() else { return Output::Done };
                Some(self.manager.by_id(*id))
            } else {
                Some(self.manager.open(&self.browsers[browser_of(tab)].request()))
            };
        }
        let done = if matches!(call, Call::Finalize | Call::FinalizeUnseen | Call::Abandon) {
            let mut session = self.requests[tab].take().unwrap();
            let mut late = session.handle();
            let done = match call {
                Call::Abandon => self.spy.run_until_hang(session.abandon(headers)).await,
                _ => self.spy.run_until_hang(session.finalize(headers)).await,
            };
            if call == Call::FinalizeUnseen {
                _ = std::mem::take(&mut *headers);
            } else {
                self.browsers[browser_of(tab)].keep(headers);
            }
            if done.is_some() {
                let kind = late.insert("a", 1).await.map_err(|error| error.kind());
                let refused = Err(session::ErrorKind::Finalized);
                assert!(kind == refused || late.is_invalidated(), "the response was finalized: {kind:?}");
                late_calls_are_errors(late).await;
            }
            done.map(|done| done.map(|()| Output::Done))
        } else {
            let session = self.requests[tab].as_mut().unwrap();
            self.spy.run_until_hang(perform(session, call)).await
        };
        match done {
            None => Output::Cancelled,
            Some(Err(error)) => Output::Error(error.kind()),
            Some(Ok(Output::Id(Some(_)))) => {
                let id = self.requests[tab].as_ref().unwrap().id().unwrap();
                Output::Id(Some(self.number(id)))
            }
            Some(Ok(out)) => out,
        }
    }
}

/// After the response, a call without a result makes the next `sync` an error, once.
async fn late_calls_are_errors(mut late: Session) {
    let calls: [fn(&mut Session); 7] = [
        Session::cycle_id,
        Session::renew_token,
        Session::restart,
        Session::delete,
        Session::invalidate,
        |late| late.set_label("late"),
        |late| late.set_lifetime(lifetime(IDLE, ABSOLUTE)),
    ];
    for call in calls {
        call(&mut late);
        assert_eq!(late.sync().await.map_err(|error| error.kind()), Err(session::ErrorKind::Finalized));
    }
    let login = late.log_in(Visitor::USER, 1).await.map_err(|error| error.kind());
    assert!(matches!(login, Err(session::ErrorKind::Finalized | session::ErrorKind::NoBrowser)), "{login:?}");
}

fn sorted(cookies: &str) -> String {
    let mut words: Vec<&str> = cookies.split(' ').filter(|word| !word.is_empty() && *word != "–").collect();
    words.sort_unstable();
    words.join(" ")
}

fn manager(spy: &Spy, keys: &[SecretKey], millis: &Arc<AtomicU64>) -> SessionManager {
    let clock = Arc::clone(millis);
    let now = move || SystemTime::UNIX_EPOCH + Duration::from_millis(clock.load(Ordering::SeqCst));
    let mut newest = keys.iter().rev();
    let mut config = SessionConfig::new(newest.next().unwrap().clone())
        .clock(now)
        .lifetime(lifetime(IDLE, ABSOLUTE))
        .rotation_grace(Duration::from_millis(GRACE))
        .index(Visitor::USER);
    if let Some(before) = newest.next() {
        config = config.fallback_key(before.clone());
    }
    SessionManager::new(spy.clone(), config)
}

fn lifetime(idle: u64, all: u64) -> Lifetime {
    Lifetime::new().idle(Duration::from_millis(idle)).absolute(Duration::from_millis(all))
}

async fn perform(session: &mut Session, call: Call) -> Result<Output, Error> {
    match call {
        Call::GetRaw(key) => return Ok(Output::Value(session.get_raw(key).await?.as_ref().map(val))),
        Call::Get(key) => return Ok(number(session.get(key).await?)),
        Call::Insert(key, Val::N(value)) => session.insert(key, value).await?,
        Call::Insert(key, value) => session.insert_raw(key, json(value)).await?,
        Call::Unset(key) => session.unset(key).await?,
        Call::Remove(key) => return Ok(number(session.remove(key).await?)),
        Call::RemoveRaw(key) => return Ok(Output::Value(session.remove_raw(key).await?.as_ref().map(val))),
        Call::Update(key, UpdateFn::Fail) => return saw(session.try_update(key, change(UpdateFn::Fail)).await),
        Call::Update(key, f) => return saw(session.update(key, change(f)).await),
        Call::Entries => return Ok(Output::Map(map(&session.entries().await?))),
        Call::IsEmpty => return Ok(Output::Bool(session.is_empty().await?)),
        Call::Clear => session.clear().await?,
        Call::Delete => session.delete(),
        Call::ClientGet(key) => return Ok(number(session.client().get(key)?)),
        Call::ClientInsert(key, value) => session.client_mut().insert_raw(key, json(value))?,
        Call::ClientRemove(key) => return Ok(number(session.client_mut().remove(key)?)),
        Call::ClientClear => session.client_mut().clear(),
        Call::ClientEntries => return Ok(Output::Map(map(&session.client().entries()))),
        Call::Read(_) | Call::Set(..) | Call::Drop(_) | Call::Take(_) | Call::Change(..) => {
            return typed(session, call).await;
        }
        Call::Snapshot => {
            let now = session.snapshot::<Visitor>().await?;
            let fields = [now.user, Some(now.count), now.name, now.deep.deep, Some(now.theme)];
            return Ok(Output::Fields(fields.map(|field| field.map(Val::N)).to_vec()));
        }
        // The caller knows the number of the session.
        Call::Id => return Ok(Output::Id(session.id().map(|_| 0))),
        Call::Cycle => session.cycle_id(),
        Call::LogIn(user) => session.log_in(Visitor::USER, user).await?,
        Call::Renew => session.renew_token(),
        Call::Invalidate => session.invalidate(),
        Call::Restart => session.restart(),
        Call::IsInvalidated => return Ok(Output::Bool(session.is_invalidated())),
        Call::IsReplaced => return Ok(Output::Bool(session.is_replaced())),
        Call::Lifetime(true) => session.set_lifetime(lifetime(IDLE * 2, ABSOLUTE * 2)),
        Call::Lifetime(false) => session.set_lifetime(lifetime(IDLE / 2, ABSOLUTE / 2)),
        Call::Label(number) => session.set_label(LABELS[number]),
        Call::Meta => {
            let created = |time: SystemTime| millis(time.duration_since(SystemTime::UNIX_EPOCH).unwrap());
            let meta = session.meta().await?;
            return Ok(Output::Meta(meta.map(|meta| (created(meta.created), meta.label.as_deref().map(label)))));
        }
        Call::Sync => session.sync().await?,
        Call::Finalize | Call::FinalizeUnseen | Call::Abandon => unreachable!("a response is no call"),
    }
    Ok(Output::Done)
}

async fn typed(session: &mut Session, call: Call) -> Result<Output, Error> {
    let mut visitor = session.typed_mut::<Visitor>();
    match call {
        Call::Read(field) => {
            return Ok(number(match field {
                Field::User => visitor.user().await?,
                Field::Count => Some(visitor.count().await?),
                Field::Notice => visitor.peek_notice().await?,
                Field::Name => visitor.name().await?,
                Field::Deep => visitor.deep().deep().await?,
                Field::Theme => Some(visitor.theme()?),
                Field::Hint => visitor.peek_hint()?,
            }));
        }
        Call::Take(field) => {
            return Ok(number(match field {
                Field::User => visitor.remove_user().await?,
                Field::Count => visitor.remove_count().await?,
                Field::Notice => visitor.take_notice().await?,
                Field::Name => visitor.remove_name().await?,
                Field::Deep => visitor.deep_mut().remove_deep().await?,
                Field::Theme => visitor.remove_theme()?,
                Field::Hint => visitor.take_hint()?,
            }));
        }
        Call::Set(field, value) => match field {
            Field::User => visitor.set_user(value)?,
            Field::Count => visitor.set_count(value)?,
            Field::Notice => visitor.set_notice(value)?,
            Field::Name => visitor.set_name(value)?,
            Field::Deep => visitor.deep_mut().set_deep(value)?,
            Field::Theme => visitor.set_theme(value)?,
            Field::Hint => visitor.set_hint(value)?,
        },
        Call::Drop(field) => match field {
            Field::User => visitor.unset_user()?,
            Field::Count => visitor.unset_count()?,
            Field::Notice => visitor.unset_notice()?,
            Field::Name => visitor.unset_name()?,
            Field::Deep => visitor.deep_mut().unset_deep()?,
            Field::Theme => visitor.unset_theme()?,
            Field::Hint => visitor.unset_hint()?,
        },
        Call::Change(field, f) => {
            return saw(match field {
                Field::User => visitor.try_update_user(change(f)).await,
                Field::Count => visitor.try_update_count(change_default(f)).await,
                Field::Notice => visitor.try_update_notice(change(f)).await,
                Field::Name => visitor.try_update_name(change(f)).await,
                Field::Deep => visitor.deep_mut().try_update_deep(change(f)).await,
                Field::Theme => visitor.try_update_theme(change_default(f)),
                Field::Hint => visitor.try_update_hint(change(f)),
            });
        }
        _ => unreachable!("not a call on a field"),
    }
    Ok(Output::Done)
}
