//! Requests drawn at random, from several processes at once, on one session after the other.
//!
//! Nobody sees here in which order the store worked, so each request is held to what it was told: what is acknowledged is
//! there, what is refused is not, what has ended stays ended. `SESSION_TEST_ROUNDS` says how many sessions there are.

use std::collections::BTreeMap;
use std::time::Duration;

use http::{HeaderMap, header};
use serde_json::{Map, Value};
use session::{SecretKey, SessionConfig, SessionId, SessionManager};
use session_tests::program::{Author, Ending, FIRST_USER, Opener, Program, USER, Verb};
use session_tests::shop::new_key;
use session_tests::writers;
use session_tests::{Browser, Process, servers};
use tempfile::TempDir;

const PROCESSES: usize = 3;
/// Of each process, at once.
const REQUESTS: usize = 2;

/// Those that end the session are rare: what comes after them has nothing to race for.
const PROGRAMS: [&str; 24] = [
    "write",
    "all write",
    "update",
    "update",
    "update write",
    "update update",
    "rotate user",
    "read rotate user",
    "rotate",
    "rotate update",
    "unset",
    "read",
    "clear",
    "clear update",
    "update / 5xx",
    "rotate user / 5xx",
    "id: update",
    "id: write",
    "invalidate",
    "restart write",
    "delete write",
    "delete update",
    "read invalidate",
    "revoke",
];

fn rounds() -> u64 {
    std::env::var("SESSION_TEST_ROUNDS").ok().map_or(60, |rounds| rounds.parse().unwrap())
}

/// What the session cookie of an answer is.
enum Cookie {
    Kept,
    Removed,
    Set(Browser, SessionId),
}

/// One request, and what it was told.
struct Told {
    text: &'static str,
    program: Program,
    number: usize,
    outcome: String,
    updates: u64,
    cookie: Cookie,
}

impl Told {
    fn is_ok(&self) -> bool {
        self.outcome == "ok"
    }

    /// What it wrote and was told is stored, beside its updates.
    fn wrote(&self) -> Vec<(String, u64)> {
        let steps = self.program.steps.iter().enumerate();
        let values = steps.filter_map(|(index, step)| {
            let by = Author { request: self.number, step: index };
            match step.verb {
                Verb::Write => Some((by.own_key(), by.value())),
                Verb::User => Some((USER.to_string(), by.value())),
                _ => None,
            }
        });
        values.filter(|_| self.program.ending == Ending::Answer).collect()
    }

    fn has_begun_another(&self, id: SessionId) -> bool {
        matches!(&self.cookie, Cookie::Set(_, began) if *began != id)
    }
}

struct Crowd {
    processes: Vec<Process>,
    manager: SessionManager,
    random: u64,
    /// How often requests ended so.
    outcomes: BTreeMap<String, u64>,
    ended: Vec<Vec<Browser>>,
}

impl Crowd {
    async fn gather(url: &str) -> Self {
        let (prefix, key) = (servers::prefix(), new_key());
        let config = SessionConfig::new(SecretKey::from_hex(&key).unwrap()).index(USER);
        let manager = SessionManager::new(servers::at(url, &prefix).await, config);
        let start = |_| writers::start(env!("CARGO_BIN_EXE_writer"), url, &prefix, &key);
        let processes: Vec<Process> = (0..PROCESSES).map(start).collect();
        for process in &processes {
            process.line_after("ready");
        }
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).unwrap();
        let random = u64::from_ne_bytes(seed) | 1;
        Self { processes, manager, random, outcomes: BTreeMap::new(), ended: Vec::new() }
    }

    /// Marsaglia's xorshift.
    fn draw(&mut self) -> &'static str {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        PROGRAMS[usize::try_from(self.random % PROGRAMS.len() as u64).unwrap()]
    }

    async fn with_a_session(&self) -> (Browser, SessionId) {
        let (mut browser, mut headers) = (Browser::default(), HeaderMap::new());
        let mut session = self.manager.open(&browser.request());
        session.insert(&*USER, FIRST_USER).await.unwrap();
        session.insert("shared", 1).await.unwrap();
        session.finalize(&mut headers).await.unwrap();
        browser.keep(&headers);
        let id = self.manager.open(&browser.request()).id().unwrap();
        (browser, id)
    }

    async fn round(&mut self) {
        let (browser, id) = self.with_a_session().await;
        let drawn: Vec<&'static str> = (0..PROCESSES * REQUESTS).map(|_| self.draw()).collect();
        let cookies = browser.request()[header::COOKIE].to_str().unwrap().to_owned();
        let instant = writers::soon();
        for (process, first) in self.processes.iter_mut().zip((0..).step_by(REQUESTS)) {
            let numbered = (first..first + REQUESTS).map(|number| format!("{number}={}", drawn[number]));
            process.say(&format!("session {cookies}"));
            process.say(&format!("requests {instant} {}", numbered.collect::<Vec<_>>().join("|")));
        }
        let mut told = Vec::new();
        for process in &self.processes {
            process.line_after("done");
            let answers = process.line_after("done ");
            told.extend(answers.split('|').map(|answer| self.told(answer, &drawn)));
        }
        for told in &told {
            *self.outcomes.entry(told.outcome.clone()).or_default() += 1;
        }
        let after = Afterwards { manager: &self.manager, browser, id, told };
        if let Err(promise) = after.check().await {
            let script = after.told.iter().map(|told| format!("{}  {}: {}", told.number, told.text, told.outcome));
            panic!("{promise}\n{}", script.collect::<Vec<_>>().join("\n"));
        }
        if !after.is_live().await {
            self.ended.push(after.cookies());
        }
    }

    fn told(&self, answer: &str, drawn: &[&'static str]) -> Told {
        let parts: Vec<&str> = answer.split(' ').collect();
        let [number, outcome, updates, cookie] = parts[..] else { panic!("no answer: {}", parts.len()) };
        let number: usize = number.parse().unwrap();
        let cookie = match cookie {
            "kept" => Cookie::Kept,
            "removed" => Cookie::Removed,
            set => {
                let (name, value) = set.split_once('=').unwrap();
                let browser = Browser { cookies: [(name.to_owned(), value.to_owned())].into() };
                let id = self.manager.open(&browser.request()).id().expect("it names a session");
                Cookie::Set(browser, id)
            }
        };
        let (outcome, updates, text) = (outcome.to_owned(), updates.parse().unwrap(), drawn[number]);
        Told { text, program: text.parse().unwrap(), number, outcome, updates, cookie }
    }
}

/// One session after its round.
struct Afterwards<'a> {
    manager: &'a SessionManager,
    browser: Browser,
    id: SessionId,
    told: Vec<Told>,
}

type Entries = Map<String, Value>;

fn promise(holds: bool, promise: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(promise) }
}

fn count(entries: &Entries) -> u64 {
    entries.get("count").and_then(Value::as_u64).unwrap_or(0)
}

impl Afterwards<'_> {
    async fn is_live(&self) -> bool {
        self.manager.by_id(self.id).meta().await.unwrap().is_some()
    }

    async fn read(&self, browser: &Browser) -> Entries {
        self.manager.open(&browser.request()).entries().await.unwrap()
    }

    /// Every cookie of this session that was ever given.
    fn cookies(&self) -> Vec<Browser> {
        let later = self.told.iter().filter_map(|told| match &told.cookie {
            Cookie::Set(browser, id) if *id == self.id => Some(browser),
            _ => None,
        });
        std::iter::once(&self.browser).chain(later).cloned().collect()
    }

    async fn check(&self) -> Result<(), &'static str> {
        for told in &self.told {
            let known = matches!(&*told.outcome, "ok" | "nothing" | "Ended" | "Replaced" | "Conflict");
            promise(known, "a request succeeds, or loses a race")?;
            self.check_another(told).await?;
        }
        let ends = |told: &Told| told.is_ok() && (told.program.ends_session() || told.program.has(Verb::Revoke));
        let is_ended = self.told.iter().any(ends);
        promise(is_ended != self.is_live().await, "a session is over if an ending was acknowledged, and only then")?;
        let cookies = self.cookies();
        promise(cookies.len() <= 2, "one token is replaced once")?;
        if is_ended {
            for browser in &cookies {
                promise(self.read(browser).await.is_empty(), "an ended session is never read")?;
            }
            return Ok(());
        }
        let removed = self.told.iter().any(|told| matches!(told.cookie, Cookie::Removed));
        promise(!removed, "nobody removes the cookie of a live session")?;
        let entries = self.manager.by_id(self.id).entries().await.unwrap();
        let current = cookies.last().unwrap_or(&self.browser);
        promise(self.read(current).await == entries, "the last token that was given shows the session")?;
        if cookies.len() == 2 {
            let old = self.manager.open(&self.browser.request());
            promise(old.entries().await.unwrap().is_empty(), "no old token reads after a rotation")?;
            promise(old.is_replaced(), "an old token is known as replaced")?;
        }
        let rotated = self.told.iter().any(|told| told.is_ok() && self.rotates_here(told));
        promise(rotated == (cookies.len() == 2), "a rotation is acknowledged with its cookie")?;
        self.check_entries(&entries)
    }

    fn rotates_here(&self, told: &Told) -> bool {
        let rotates = told.program.has(Verb::Rotate) && told.program.ending == Ending::Answer;
        rotates && !told.has_begun_another(self.id)
    }

    /// What the requests wrote on the session that they came for.
    fn check_entries(&self, entries: &Entries) -> Result<(), &'static str> {
        let mut here = self.told.iter().filter(|told| !told.has_begun_another(self.id));
        let cleared = self.told.iter().any(|told| told.program.has(Verb::Clear));
        let counted: u64 = here.clone().map(|told| told.updates).sum();
        let right = if cleared { count(entries) <= counted } else { count(entries) == counted };
        promise(right, "updates all count, and none counts twice")?;
        let lost = |told: &Told| {
            let mut wrote = told.wrote().into_iter().filter(|(key, _)| *key != *USER);
            told.is_ok() && wrote.any(|(key, value)| entries.get(&key) != Some(&value.into()))
        };
        promise(cleared || !here.any(lost), "no write is lost without an error to its writer")?;
        let refused = self.told.iter().filter(|told| !told.is_ok() || told.has_begun_another(self.id));
        let mut refused = refused.flat_map(Told::wrote);
        let stored = refused.any(|(key, value)| entries.get(&key) == Some(&value.into()));
        promise(!stored, "what is refused is not stored")?;
        let shared = entries.get("shared").and_then(Value::as_u64);
        let drops = self.told.iter().any(|told| told.program.has(Verb::Unset));
        promise(shared.is_some() || cleared || drops, "a key that nobody dropped is there")
    }

    /// The session that a request began, which nobody else knows of.
    async fn check_another(&self, told: &Told) -> Result<(), &'static str> {
        let Cookie::Set(browser, began) = &told.cookie else { return Ok(()) };
        let Opener::Browser = told.program.opener else { return Err("a request by its id gets no cookie") };
        if *began == self.id {
            return promise(told.program.has(Verb::Rotate), "a cookie is sent by the request that made its token");
        }
        let entries = self.read(browser).await;
        let wrote = told.wrote().into_iter().all(|(key, value)| entries.get(&key) == Some(&value.into()));
        promise(wrote || !told.is_ok(), "what a request writes into a session of its own is there")?;
        promise(count(&entries) == told.updates, "updates of a session of its own all count")
    }
}

async fn random_requests_of_several_processes_lose_and_revive_nothing(url: &str) {
    let mut crowd = Crowd::gather(url).await;
    for _ in 0..rounds() {
        crowd.round().await;
    }
    for browser in crowd.ended.iter().flatten() {
        let entries = crowd.manager.open(&browser.request()).entries().await.unwrap();
        assert!(entries.is_empty(), "an ended session never returns");
    }
    let requests: u64 = crowd.outcomes.values().sum();
    println!(
        "{requests} requests on {} sessions, of which {} ended: {:?}",
        rounds(),
        crowd.ended.len(),
        crowd.outcomes
    );
    assert!(crowd.outcomes.get("Replaced").is_some_and(|races| *races > 0), "nobody met anybody: that shows nothing");
}

mod sqlite {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn random_requests_of_several_processes_lose_and_revive_nothing() {
        let folder = super::TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("sessions.db").display());
        super::in_time(Box::pin(super::random_requests_of_several_processes_lose_and_revive_nothing(&url))).await;
    }
}

async fn in_time(test: impl Future<Output = ()>) {
    let longest = Duration::from_mins(2) * u32::try_from(rounds() / 100 + 1).unwrap();
    tokio::time::timeout(longest, test).await.expect("the rounds end");
}

macro_rules! on_every_server {
    ($($server:ident $variable:literal)*) => {$(
        mod $server {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn random_requests_of_several_processes_lose_and_revive_nothing() {
                let url = super::servers::url($variable);
                super::in_time(Box::pin(super::random_requests_of_several_processes_lose_and_revive_nothing(&url))).await;
            }
        }
    )*};
}

on_every_server!(postgres "SESSION_TEST_POSTGRES" mysql "SESSION_TEST_MYSQL" redis "SESSION_TEST_REDIS");
