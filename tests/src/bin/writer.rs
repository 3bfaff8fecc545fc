//! A server of which a test starts two: each holds requests of one session until it is told when to let them go.
//!
//! It is told line by line, and answers each with a line that begins with `done`. What fails ends it.
//!
//! ```text
//! session COOKIES        the session of all requests from now on
//! write INSTANT KEY      sets the key, without reading anything, and commits at that instant; also says when
//! count INSTANT N M      N clients at once, each of which adds 1 to the key `count`, M times
//! fill ROUND N           sets N keys in one commit, all to the round and some more
//! ```
//!
//! Where the sessions are, and the key of their cookies, stand in the environment.

#![allow(missing_docs, reason = "a program, not an interface")]

use std::io::{BufRead, Write};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue, header};
use session::{SecretKey, SessionConfig, SessionManager};
use session_tests::servers;
use tokio::task::JoinSet;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Outcome<()> {
    let store = servers::at(&std::env::var("WRITER_STORE")?, &std::env::var("WRITER_PREFIX")?).await;
    let manager = SessionManager::new(store, SessionConfig::new(SecretKey::from_env("WRITER_KEY")?));
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
        let words: Vec<&str> = rest.split(' ').collect();
        match (verb, words.as_slice()) {
            ("session", _) => {
                self.request.insert(header::COOKIE, HeaderValue::from_str(rest)?);
                Ok(String::new())
            }
            ("write", [instant, key]) => self.write(instant.parse()?, key).await,
            ("count", [instant, tasks, times]) => self.count(instant.parse()?, tasks.parse()?, times.parse()?).await,
            ("fill", [round, keys]) => self.fill(round.parse()?, keys.parse()?).await,
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
