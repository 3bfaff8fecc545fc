//! A server of which a test starts two: each holds requests of one session until it is told when to let them go.
//!
//! It is told line by line, and answers each with a line that begins with `done`. What fails ends it.
//!
//! ```text
//! session COOKIES        the session of all requests from now on
//! write INSTANT KEY      sets the key, without reading anything, and commits at that instant; also says when
//! count INSTANT N M      N clients at once, each of which adds 1 to the key `count`, M times
//! requests INSTANT N=PROGRAM|N=PROGRAM...
//!                        these requests at once; also says, of each, `N OUTCOME UPDATES COOKIE`: how it ended, how many of
//!                        its updates were acknowledged, and what its answer does to the session cookie
//! ```
//!
//! Where the sessions are, and the key of their cookies, stand in the environment.

#![allow(missing_docs, reason = "a program, not an interface")]

use std::io::{BufRead, Write};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue, header};
use session::{SecretKey, SessionConfig, SessionManager};
use session_tests::program::{Author, Ending, FIRST_USER, Opener, Program, USER, Verb};
use session_tests::{Browser, outcome, servers};
use tokio::task::JoinSet;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Outcome<()> {
    let store = servers::at(&std::env::var("WRITER_STORE")?, &std::env::var("WRITER_PREFIX")?).await;
    let config = SessionConfig::new(SecretKey::from_env("WRITER_KEY")?).index(USER);
    let manager = SessionManager::new(store, config);
    let mut writer = Writer { manager, request: HeaderMap::new() };
    say("ready");
    // The end of the lines is the end of the test, however it ended.
    for line in std::io::stdin().lock().lines() {
        say(&format!("done {}", writer.obey(&line?).await?));
    }
    Ok(())
}

fn say(line: &str) {
    // Nobody listens any more only when the test is over.
    _ = writeln!(std::io::stdout(), "{line}");
}

struct Writer {
    manager: SessionManager,
    request: HeaderMap,
}

impl Writer {
    async fn obey(&mut self, line: &str) -> Outcome<String> {
        let (verb, rest) = line.split_once(' ').ok_or("there is nothing to do")?;
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
            _ => Err("that is not understood".into()),
        }
    }

    async fn write(&self, instant: u64, key: &str) -> Outcome<String> {
        let mut session = self.manager.open(&self.request);
        session.insert(key, key).await?;
        until(instant).await?;
        let began = micros()?;
        session.finalize(&mut HeaderMap::new()).await?;
        Ok(format!("{began} {}", micros()?))
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
        let (instant, programs) = line.split_once(' ').ok_or("there is no instant")?;
        let (instant, mut requests) = (instant.parse()?, JoinSet::new());
        for numbered in programs.split('|') {
            let (number, program) = numbered.split_once('=').ok_or("there is no program")?;
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
    let mut answer = HeaderMap::new();
    until(instant).await?;
    let (result, updates) = run(&manager, &headers, number, &program, &mut answer).await?;
    let mut browser = Browser::default();
    browser.keep(&answer);
    let cookie = match browser.cookies.get(Browser::SESSION) {
        Some(value) => format!("{}={value}", Browser::SESSION),
        None if answer.get_all(header::SET_COOKIE).iter().any(|line| line.as_bytes().starts_with(b"__Host-id=")) => {
            "removed".into()
        }
        None => "kept".into(),
    };
    Ok(format!("{number} {result} {updates} {cookie}"))
}

/// Runs a program as the layer runs a handler, and says how it ended and how many updates were acknowledged.
async fn run(
    manager: &SessionManager,
    headers: &HeaderMap,
    number: usize,
    program: &Program,
    answer: &mut HeaderMap,
) -> Outcome<(String, u64)> {
    let id = manager.open(headers).id().ok_or("the requests have no session")?;
    let mut session = if program.opener == Opener::Id { manager.by_id(id) } else { manager.open(headers) };
    let (mut updates, mut revoked) = (0, true);
    for (index, step) in program.steps.iter().enumerate() {
        if step.verb == Verb::Revoke {
            revoked = manager.revoke(USER, &FIRST_USER, id).await?;
        } else if let Err(error) = step.verb.run(&mut session, Author { request: number, step: index }).await {
            session.abandon(answer).await?;
            return Ok((outcome::<()>(&Err(error)), updates));
        }
        updates += u64::from(step.verb == Verb::Update);
    }
    let result = match program.ending {
        Ending::Answer => session.finalize(answer).await,
        _ => session.abandon(answer).await,
    };
    // A revocation that found nothing to end is no error, and ended nothing.
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

/// Both processes read the same clock: it brings them closer together than any message could.
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
