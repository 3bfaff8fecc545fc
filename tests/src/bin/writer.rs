//! A server process for tests with several of them. It runs requests of one session at a given instant.
//!
//! It reads commands from the standard input, and prints a line that starts with `done` after each. It exits at the first
//! error.
//!
//! ```text
//! session COOKIES        sets the session of all later requests
//! write INSTANT KEY      sets the key without a load, commits at that instant, and prints start and end
//! count INSTANT N M      runs N concurrent clients, each of which adds 1 to the key `count`, M times
//! fill ROUND N           sets N keys in one commit; each value contains the round
//! requests INSTANT N=PROGRAM|N=PROGRAM...
//!                        runs these requests concurrently, and prints for each `N OUTCOME UPDATES COOKIE`: the result, the
//!                        number of acknowledged updates, and the session cookie of the response
//! ```
//!
//! The environment contains the URL of the store and the secret key.

#![allow(missing_docs, reason = "a program, not an interface")]

use std::io::{BufRead, Write};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue, header};
use session::{SecretKey, SessionConfig, SessionManager};
use session_tests::program::{Author, FIRST_USER, Finish, OpenedBy, Program, USER, Verb};
use session_tests::{Browser, outcome, servers};
use tokio::task::JoinSet;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Outcome<()> {
    let store = servers::at(&std::env::var("WRITER_STORE")?, &std::env::var("WRITER_PREFIX")?).await;
    let config = SessionConfig::new(SecretKey::from_env("WRITER_KEY")?).index(USER);
    let manager = SessionManager::new(store, config);
    let mut writer = Writer { manager, request: HeaderMap::new() };
    print("ready");
    // The input ends with the test.
    for line in std::io::stdin().lock().lines() {
        print(&format!("done {}", writer.run(&line?).await?));
    }
    Ok(())
}

fn print(line: &str) {
    // A write fails only after the test has finished.
    _ = writeln!(std::io::stdout(), "{line}");
}

struct Writer {
    manager: SessionManager,
    request: HeaderMap,
}

impl Writer {
    async fn run(&mut self, line: &str) -> Outcome<String> {
        let (verb, rest) = line.split_once(' ').ok_or("the command has no arguments")?;
        if verb == "requests" {
            return self.requests(rest).await;
        }
        let words: Vec<&str> = rest.split(' ').collect();
        match (verb, words.as_slice()) {
            ("session", _) => {
                self.request.insert(header::COOKIE, HeaderValue::from_str(rest)?);
                Ok(String::new())
            }
            ("write", [instant, key]) => self.write(instant.parse()?, key).await,
            ("count", [instant, tasks, times]) => self.count(instant.parse()?, tasks.parse()?, times.parse()?).await,
            ("fill", [round, keys]) => self.fill(round.parse()?, keys.parse()?).await,
            _ => Err("unknown command".into()),
        }
    }

    async fn write(&self, instant: u64, key: &str) -> Outcome<String> {
        let mut session = self.manager.open(&self.request);
        session.insert(key, key).await?;
        until(instant).await?;
        let start = micros()?;
        session.finalize(&mut HeaderMap::new()).await?;
        Ok(format!("{start} {}", micros()?))
    }

    async fn fill(&self, round: u32, keys: usize) -> Outcome<String> {
        let mut session = self.manager.open(&self.request);
        for key in 0..keys {
            session.insert(format!("key {key}"), (round, "x".repeat(100))).await?;
        }
        session.finalize(&mut HeaderMap::new()).await?;
        Ok(String::new())
    }

    async fn count(&self, instant: u64, tasks: usize, times: usize) -> Outcome<String> {
        let mut counters = JoinSet::new();
        for _ in 0..tasks {
            counters.spawn(count(self.manager.clone(), self.request.clone(), instant, times));
        }
        counters.join_all().await.into_iter().collect::<Outcome<()>>()?;
        Ok(String::new())
    }

    async fn requests(&self, line: &str) -> Outcome<String> {
        let (instant, programs) = line.split_once(' ').ok_or("the instant is missing")?;
        let (instant, mut requests) = (instant.parse()?, JoinSet::new());
        for numbered in programs.split('|') {
            let (number, program) = numbered.split_once('=').ok_or("the program is missing")?;
            let (number, program) = (number.parse()?, program.parse::<Program>()?);
            requests.spawn(request(self.manager.clone(), self.request.clone(), instant, number, program));
        }
        Ok(requests.join_all().await.into_iter().collect::<Outcome<Vec<String>>>()?.join("|"))
    }
}

async fn request(
    manager: SessionManager,
    headers: HeaderMap,
    instant: u64,
    number: usize,
    program: Program,
) -> Outcome<String> {
    let mut response = HeaderMap::new();
    until(instant).await?;
    let (result, updates) = run(&manager, &headers, number, &program, &mut response).await?;
    let mut browser = Browser::default();
    browser.keep(&response);
    let cookie = match browser.cookies.get(Browser::SESSION) {
        Some(value) => format!("{}={value}", Browser::SESSION),
        None if response.get_all(header::SET_COOKIE).iter().any(|line| line.as_bytes().starts_with(b"__Host-id=")) => {
            "removed".into()
        }
        None => "kept".into(),
    };
    Ok(format!("{number} {result} {updates} {cookie}"))
}

/// Runs a program as the layer runs a handler. Returns the result and the number of acknowledged updates.
async fn run(
    manager: &SessionManager,
    headers: &HeaderMap,
    number: usize,
    program: &Program,
    response: &mut HeaderMap,
) -> Outcome<(String, u64)> {
    let id = manager.open(headers).id().ok_or("the requests have no session")?;
    let mut session = if program.opened_by == OpenedBy::Id { manager.by_id(id) } else { manager.open(headers) };
    let (mut updates, mut revoked) = (0, true);
    for (index, step) in program.steps.iter().enumerate() {
        if step.verb == Verb::Revoke {
            revoked = manager.revoke(USER, &FIRST_USER, id).await?;
        } else if let Err(error) = step.verb.run(&mut session, Author { request: number, step: index }).await {
            session.abandon(response).await?;
            return Ok((outcome::<()>(&Err(error)), updates));
        }
        updates += u64::from(step.verb == Verb::Update);
    }
    let result = match program.finish {
        Finish::Success => session.finalize(response).await,
        _ => session.abandon(response).await,
    };
    // A revocation that finds no session is no error.
    Ok((if revoked { outcome(&result) } else { "nothing".into() }, updates))
}

async fn count(manager: SessionManager, request: HeaderMap, instant: u64, times: usize) -> Outcome<()> {
    until(instant).await?;
    for _ in 0..times {
        let mut session = manager.open(&request);
        session.update("count", |count: &mut Option<u64>| *count.get_or_insert(0) += 1).await?;
        session.finalize(&mut HeaderMap::new()).await?;
    }
    Ok(())
}

/// All processes read the same clock, which synchronizes them better than messages.
async fn until(instant: u64) -> Outcome<()> {
    tokio::time::sleep(Duration::from_micros(instant.saturating_sub(micros()? + 1_000))).await;
    while micros()? < instant {
        tokio::task::yield_now().await;
    }
    Ok(())
}

fn micros() -> Outcome<u64> {
    Ok(SystemTime::UNIX_EPOCH.elapsed()?.as_micros().try_into()?)
}
