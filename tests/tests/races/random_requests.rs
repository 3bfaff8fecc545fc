//! Tests of random concurrent requests from several processes, on one session after the other.
//!
//! The order of the store operations is unknown, so each request is checked against its own result: acknowledged writes
//! are stored, failed ones are not, and deleted sessions stay deleted. `SESSION_TEST_ROUNDS` is the number of sessions.

use std::collections::BTreeMap;
use std::time::Duration;

use http::{HeaderMap, header};
use serde_json::{Map, Value};
use session::{SecretKey, SessionConfig, SessionId, SessionManager};
use session_tests::program::{Author, FIRST_USER, Finish, OpenedBy, Program, USER, Verb};
use session_tests::shop::new_key;
use session_tests::writers;
use session_tests::{Browser, Process, servers};
use tempfile::TempDir;

const PROCESSES: usize = 3;
/// The number of concurrent requests of each process.
const REQUESTS: usize = 2;

/// Programs that delete the session are rare, because later requests have no session to race for.
const PROGRAMS: [&str; 26] = [
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
    "login",
    "renew write",
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

/// The session cookie of a response.
enum Cookie {
    Kept,
    Removed,
    Set(Browser, SessionId),
}

/// One request and its result.
struct RequestResult {
    text: &'static str,
    program: Program,
    number: usize,
    outcome: String,
    updates: u64,
    cookie: Cookie,
}

impl RequestResult {
    fn is_ok(&self) -> bool {
        self.outcome == "ok"
    }

    /// The keys that it writes without an update. They must be stored if the request succeeds.
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
        values.filter(|_| self.program.finish == Finish::Success).collect()
    }

    fn has_new_session(&self, id: SessionId) -> bool {
        matches!(&self.cookie, Cookie::Set(_, new_id) if *new_id != id)
    }
}

struct Servers {
    processes: Vec<Process>,
    manager: SessionManager,
    random: u64,
    /// The number of requests with each result.
    outcomes: BTreeMap<String, u64>,
    deleted: Vec<Vec<Browser>>,
}

impl Servers {
    async fn start(url: &str) -> Self {
        let (prefix, key) = (servers::prefix(), new_key());
        let config = SessionConfig::new(SecretKey::from_hex(&key).unwrap()).index(USER);
        let manager = SessionManager::new(servers::at(url, &prefix).await, config);
        let start = |_| writers::start(env!("CARGO_BIN_EXE_writer"), url, &prefix, &key);
        let processes: Vec<Process> = (0..PROCESSES).map(start).collect();
        for process in &processes {
            process.expect_line("ready");
        }
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).unwrap();
        let random = u64::from_ne_bytes(seed) | 1;
        Self { processes, manager, random, outcomes: BTreeMap::new(), deleted: Vec::new() }
    }

    /// The next number of Marsaglia's xorshift.
    fn next_program(&mut self) -> &'static str {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        PROGRAMS[usize::try_from(self.random % PROGRAMS.len() as u64).unwrap()]
    }

    async fn create_session(&self) -> (Browser, SessionId) {
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
        let (browser, id) = self.create_session().await;
        let programs: Vec<&'static str> = (0..PROCESSES * REQUESTS).map(|_| self.next_program()).collect();
        let cookies = browser.request()[header::COOKIE].to_str().unwrap().to_owned();
        let instant = writers::next_instant();
        for (process, first) in self.processes.iter_mut().zip((0..).step_by(REQUESTS)) {
            let numbered = (first..first + REQUESTS).map(|number| format!("{number}={}", programs[number]));
            process.send_line(&format!("session {cookies}"));
            process.send_line(&format!("requests {instant} {}", numbered.collect::<Vec<_>>().join("|")));
        }
        let mut results = Vec::new();
        for process in &self.processes {
            process.expect_line("done");
            let line = process.expect_line("done ");
            results.extend(line.split('|').map(|result| self.parse_result(result, &programs)));
        }
        for result in &results {
            *self.outcomes.entry(result.outcome.clone()).or_default() += 1;
        }
        let after = Outcome { manager: &self.manager, browser, id, results };
        if let Err(rule) = after.check().await {
            let script =
                after.results.iter().map(|result| format!("{}  {}: {}", result.number, result.text, result.outcome));
            panic!("{rule}\n{}", script.collect::<Vec<_>>().join("\n"));
        }
        if !after.is_live().await {
            self.deleted.push(after.cookies());
        }
    }

    fn parse_result(&self, result: &str, programs: &[&'static str]) -> RequestResult {
        let parts: Vec<&str> = result.split(' ').collect();
        let [number, outcome, updates, cookie] = parts[..] else { panic!("invalid result: {result}") };
        let number: usize = number.parse().unwrap();
        let cookie = match cookie {
            "kept" => Cookie::Kept,
            "removed" => Cookie::Removed,
            set => {
                let (name, value) = set.split_once('=').unwrap();
                let browser = Browser { cookies: [(name.to_owned(), value.to_owned())].into(), ..Browser::default() };
                let id = self.manager.open(&browser.request()).id().expect("the cookie names a session");
                Cookie::Set(browser, id)
            }
        };
        let (outcome, updates, text) = (outcome.to_owned(), updates.parse().unwrap(), programs[number]);
        RequestResult { text, program: text.parse().unwrap(), number, outcome, updates, cookie }
    }
}

/// The session after its round.
struct Outcome<'a> {
    manager: &'a SessionManager,
    browser: Browser,
    id: SessionId,
    results: Vec<RequestResult>,
}

type Entries = Map<String, Value>;

fn rule(holds: bool, rule: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(rule) }
}

fn count(entries: &Entries) -> u64 {
    entries.get("count").and_then(Value::as_u64).unwrap_or(0)
}

impl Outcome<'_> {
    async fn is_live(&self) -> bool {
        self.manager.by_id(self.id).meta().await.unwrap().is_some()
    }

    async fn read(&self, browser: &Browser) -> Entries {
        self.manager.open(&browser.request()).entries().await.unwrap()
    }

    /// Every cookie of this session that was sent.
    fn cookies(&self) -> Vec<Browser> {
        let later = self.results.iter().filter_map(|result| match &result.cookie {
            Cookie::Set(browser, id) if *id == self.id => Some(browser),
            _ => None,
        });
        std::iter::once(&self.browser).chain(later).cloned().collect()
    }

    async fn check(&self) -> Result<(), &'static str> {
        for result in &self.results {
            let known = matches!(&*result.outcome, "ok" | "nothing" | "Ended" | "Replaced" | "Conflict");
            rule(known, "a request succeeds or loses a race")?;
            self.check_new_session(result).await?;
        }
        let deletes = |result: &RequestResult| {
            result.is_ok() && (result.program.deletes_session() || result.program.has(Verb::Revoke))
        };
        let is_deleted = self.results.iter().any(deletes);
        rule(is_deleted != self.is_live().await, "a session is deleted if and only if a deletion was acknowledged")?;
        let cookies = self.cookies();
        rule(cookies.len() <= 2, "one token is rotated once")?;
        if is_deleted {
            for browser in &cookies {
                rule(self.read(browser).await.is_empty(), "a deleted session is never read")?;
            }
            return Ok(());
        }
        let removed = self.results.iter().any(|result| matches!(result.cookie, Cookie::Removed));
        rule(!removed, "no response removes the cookie of a live session")?;
        let entries = self.manager.by_id(self.id).entries().await.unwrap();
        let current = cookies.last().unwrap_or(&self.browser);
        rule(self.read(current).await == entries, "the last token reads the session")?;
        if cookies.len() == 2 {
            let old = self.manager.open(&self.browser.request());
            rule(old.entries().await.unwrap().is_empty(), "no old token reads after a rotation")?;
            rule(old.is_replaced(), "an old token is reported as replaced")?;
        }
        let rotated = self.results.iter().any(|result| result.is_ok() && self.rotates_session(result));
        rule(rotated == (cookies.len() == 2), "a rotation is acknowledged with its cookie")?;
        self.check_entries(&entries)
    }

    fn rotates_session(&self, result: &RequestResult) -> bool {
        let rotates = result.program.rotates_token() && result.program.finish == Finish::Success;
        rotates && !result.has_new_session(self.id)
    }

    /// Checks the writes of the requests on the original session.
    fn check_entries(&self, entries: &Entries) -> Result<(), &'static str> {
        let mut here = self.results.iter().filter(|result| !result.has_new_session(self.id));
        let cleared = self.results.iter().any(|result| result.program.has(Verb::Clear));
        let counted: u64 = here.clone().map(|result| result.updates).sum();
        let right = if cleared { count(entries) <= counted } else { count(entries) == counted };
        rule(right, "every update counts once")?;
        let lost = |result: &RequestResult| {
            let mut wrote = result.wrote().into_iter().filter(|(key, _)| *key != *USER);
            result.is_ok() && wrote.any(|(key, value)| entries.get(&key) != Some(&value.into()))
        };
        rule(cleared || !here.any(lost), "no acknowledged write is lost")?;
        let failed = self.results.iter().filter(|result| !result.is_ok() || result.has_new_session(self.id));
        let mut failed = failed.flat_map(RequestResult::wrote);
        let stored = failed.any(|(key, value)| entries.get(&key) == Some(&value.into()));
        rule(!stored, "a failed write is not stored")?;
        let shared = entries.get("shared").and_then(Value::as_u64);
        let removes = self.results.iter().any(|result| result.program.has(Verb::Unset));
        rule(shared.is_some() || cleared || removes, "a key that no request removed is stored")
    }

    /// Checks the session that a request created.
    async fn check_new_session(&self, result: &RequestResult) -> Result<(), &'static str> {
        let Cookie::Set(browser, new_id) = &result.cookie else { return Ok(()) };
        let OpenedBy::Cookie = result.program.opened_by else { return Err("a request by its id gets no cookie") };
        if *new_id == self.id {
            return rule(result.program.rotates_token(), "a cookie is sent by the request that created its token");
        }
        let entries = self.read(browser).await;
        let wrote = result.wrote().into_iter().all(|(key, value)| entries.get(&key) == Some(&value.into()));
        rule(wrote || !result.is_ok(), "the writes of a request are stored in its new session")?;
        rule(count(&entries) == result.updates, "every update counts in the new session")
    }
}

async fn random_requests_of_several_processes_lose_and_revive_nothing(url: &str) {
    let mut servers = Servers::start(url).await;
    for _ in 0..rounds() {
        servers.round().await;
    }
    for browser in servers.deleted.iter().flatten() {
        let entries = servers.manager.open(&browser.request()).entries().await.unwrap();
        assert!(entries.is_empty(), "a deleted session is never revived");
    }
    let requests: u64 = servers.outcomes.values().sum();
    println!(
        "{requests} requests on {} sessions, of which {} were deleted: {:?}",
        rounds(),
        servers.deleted.len(),
        servers.outcomes
    );
    assert!(servers.outcomes.get("Replaced").is_some_and(|races| *races > 0), "no two requests raced");
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
    tokio::time::timeout(longest, test).await.expect("the rounds finish in time");
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
