//! A library with a store behind its whole middleware, and the requests that are measured.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use crate::bench::median;
use crate::relay::{self, Traffic};
use crate::{Bench, Jar, SIZES, footprint};

/// A library with a store behind its whole middleware. It answers these paths:
///
/// | path | what its handler does |
/// | --- | --- |
/// | `/bare` | is a route of a router without the middleware: it answers the same requests |
/// | `/unused` | takes the session and does not touch it |
/// | `/read` | reads [`TEXT`](crate::TEXT) as a `String`, and fails if it is absent |
/// | `/write` | sets [`TEXT`](crate::TEXT) to a [text](crate::another_text) that was not there before |
/// | `/both` | reads [`TEXT`](crate::TEXT) as a `String` and sets it as `/write` does |
/// | `/sign-in` | replaces the token (or the id) and does what `/write` does |
/// | `/seed/K` | sets the `K` keys of [`each_key`](crate::each_key) |
#[expect(async_fn_in_trait, reason = "all of it runs on one thread")]
pub trait Subject {
    type Response;

    /// Without a `Cookie` header if `cookies` is empty.
    async fn call(&self, path: &str, cookies: &str) -> Self::Response;

    fn is_ok(response: &Self::Response) -> bool;

    /// The values of the `Set-Cookie` headers.
    fn set_cookies(response: &Self::Response) -> Vec<String>;

    /// Whether the store takes a session of this many keys; sizes it refuses have no rows.
    fn holds(&self, _keys: usize) -> bool {
        true
    }

    /// Whether it has an answer of its own to this path; others have no rows.
    fn answers(&self, _path: &str) -> bool {
        true
    }
}

const PATHS: [&str; 5] = ["/unused", "/read", "/write", "/both", "/sign-in"];

async fn call<S: Subject>(subject: &S, path: &str, cookies: &str) {
    let response = subject.call(path, cookies).await;
    assert!(S::is_ok(&response), "{path} failed");
}

async fn follow<S: Subject>(subject: &S, path: &str, jar: &mut Jar) {
    let response = subject.call(path, &jar.header()).await;
    assert!(S::is_ok(&response), "{path} failed");
    S::set_cookies(&response).iter().for_each(|cookie| jar.take(cookie));
}

async fn seeded<S: Subject>(subject: &S, keys: usize) -> Jar {
    let mut jar = Jar::default();
    follow(subject, &format!("/seed/{keys}"), &mut jar).await;
    jar
}

/// Whole requests on a store in this process: one after another, time and allocations of each.
pub async fn memory<S: Subject>(bench: &Bench, subject: &S) {
    let cookies = seeded(subject, 10).await.header();
    bench.row("memory", "bare", 10, async || call(subject, "/bare", &cookies).await).await;
    for keys in SIZES.into_iter().filter(|keys| subject.holds(*keys)) {
        for path in PATHS {
            let mut jar = seeded(subject, keys).await;
            let cookies = jar.header();
            let name = &path[1..];
            if path == "/sign-in" {
                bench.row("memory", name, keys, async || follow(subject, path, &mut jar).await).await;
            } else {
                bench.row("memory", name, keys, async || call(subject, path, &cookies).await).await;
            }
        }
    }
    if !bench.counts() && bench.is_first() {
        const SESSIONS: usize = 1000;
        bench
            .growth("memory", "idle session", 10, SESSIONS, async {
                for _ in 0..SESSIONS {
                    seeded(subject, 10).await;
                }
            })
            .await;
    }
}

/// Whole requests on a server at `url`, or on a file: latency of one client, throughput of 32, and in the first round what
/// goes over the wire. `open` gives the library with its store at a URL.
pub async fn server<S: Subject + 'static>(bench: &Bench, store: &str, url: &str, open: impl AsyncFn(&str) -> S) {
    if !wants_any(bench, store) {
        return;
    }
    let subject = Rc::new(open(url).await);
    if bench.is_first() && bench.wants(store, "idle session", 10) {
        idle(bench, store, url, &*subject).await;
    }
    latencies(bench, store, &*subject).await;
    if !bench.lets_sleep() {
        throughputs(bench, store, &subject).await;
    }
    if bench.is_first() && !url.starts_with("sqlite") {
        wire(bench, store, url, open).await;
    }
}

/// The latency of one client alone, of a part of what a request does.
pub async fn part<S: Subject>(bench: &Bench, store: &str, url: &str, open: impl AsyncFn(&str) -> S) {
    if wants_any(bench, store) {
        latencies(bench, store, &open(url).await).await;
    }
}

fn wants_any(bench: &Bench, store: &str) -> bool {
    !bench.counts() && SIZES.iter().any(|keys| PATHS.iter().any(|path| bench.wants(store, &path[1..], *keys)))
}

/// The rows that are asked for and that there are.
fn rows<S: Subject>(bench: &Bench, store: &str, subject: &S) -> Vec<(usize, &'static str)> {
    let sizes = SIZES.into_iter().filter(|keys| subject.holds(*keys));
    let rows = sizes.flat_map(|keys| PATHS.map(|path| (keys, path)));
    rows.filter(|(keys, path)| subject.answers(path) && bench.wants(store, &path[1..], *keys))
        // A request that asks no store keeps its processor awake, and so the first ones of the next row.
        .filter(|(_, path)| !bench.lets_sleep() || *path != "/unused")
        .collect()
}

async fn latencies<S: Subject>(bench: &Bench, store: &str, subject: &S) {
    eprintln!("{:>36} {store:>8} latency", bench.name());
    if store == "sqlite" && !rows(bench, store, subject).is_empty() {
        fill_log(subject).await;
    }
    if bench.lets_sleep() && !rows(bench, store, subject).is_empty() {
        tire(subject).await;
    }
    let metric = if bench.lets_sleep() { "us at one client, asleep" } else { "us at one client" };
    for (keys, path) in rows(bench, store, subject) {
        bench.say(store, &path[1..], keys, metric, latency(subject, path, keys).await);
    }
}

/// A machine that has just been busy has its processors wait a while before they sleep, and less each time it was in vain.
async fn tire<S: Subject>(subject: &S) {
    const TIRED: Duration = Duration::from_secs(1);
    let jar = seeded(subject, 1).await;
    let end = Instant::now() + TIRED;
    while Instant::now() < end {
        call(subject, "/write", &jar.header()).await;
    }
}

/// SQLite's log grows until it has a thousand pages, and is written over from then on: only then is a write on the disk as
/// soon as it will always be.
async fn fill_log<S: Subject>(subject: &S) {
    const WRITES: usize = 1200;
    let mut jar = seeded(subject, 1).await;
    for _ in 0..WRITES {
        follow(subject, "/write", &mut jar).await;
    }
}

async fn throughputs<S: Subject + 'static>(bench: &Bench, store: &str, subject: &Rc<S>) {
    eprintln!("{:>36} {store:>8} throughput", bench.name());
    for (keys, path) in rows(bench, store, &**subject).into_iter().filter(|(_, path)| *path != "/unused") {
        let (rate, work) = throughput(subject, store, path, keys).await;
        bench.say(store, &path[1..], keys, "per second at 32", rate);
        if let Some(work) = work {
            bench.say(store, &path[1..], keys, "us of the server", work);
        }
    }
}

/// The median, in microseconds.
async fn latency<S: Subject>(subject: &S, path: &str, keys: usize) -> f64 {
    const WARM: Duration = Duration::from_millis(20);
    const WINDOW: Duration = Duration::from_millis(100);
    const MOST: usize = 4000;
    let mut jar = seeded(subject, keys).await;
    let end = Instant::now() + WARM;
    while Instant::now() < end {
        follow(subject, path, &mut jar).await;
    }
    let mut times = Vec::new();
    let end = Instant::now() + WINDOW;
    while Instant::now() < end && times.len() < MOST {
        let start = Instant::now();
        follow(subject, path, &mut jar).await;
        times.push(start.elapsed().as_nanos() as f64 / 1000.0);
    }
    median(times)
}

/// What the server keeps of a session that nobody uses, and what it logs of a write. The tables are still fresh.
async fn idle<S: Subject>(bench: &Bench, store: &str, url: &str, subject: &S) {
    const SESSIONS: usize = 2000;
    // So far apart that no two of these sessions share a page.
    const APART: usize = 20;
    eprintln!("{:>36} {store:>8} idle sessions", bench.name());
    // The first session also makes connections and prepares statements.
    seeded(subject, 10).await;
    let before = footprint::stored(store, url).await;
    let mut jars = Vec::new();
    for _ in 0..SESSIONS {
        jars.push(seeded(subject, 10).await);
    }
    let after = footprint::stored(store, url).await;
    if let Some((before, after)) = before.zip(after) {
        bench.say(store, "idle session", 10, "bytes", (after as f64 - before as f64) / SESSIONS as f64);
    }
    if footprint::logged(store, url).is_some() {
        footprint::checkpoint(url);
        for metric in ["bytes logged after a checkpoint", "bytes logged"] {
            let before = footprint::logged(store, url);
            for jar in jars.iter_mut().step_by(APART) {
                follow(subject, "/write", jar).await;
            }
            if let Some((before, after)) = before.zip(footprint::logged(store, url)) {
                bench.say(store, "write", 10, metric, (after - before) as f64 / SESSIONS.div_ceil(APART) as f64);
            }
        }
    }
}

/// Requests in a second, of 32 clients with a session each, and the microseconds that the server works for one of them.
async fn throughput<S: Subject + 'static>(
    subject: &Rc<S>,
    store: &str,
    path: &'static str,
    keys: usize,
) -> (f64, Option<f64>) {
    const WINDOW: Duration = Duration::from_millis(150);
    let answered = Rc::new(Cell::new(0_u64));
    let mut jars = Vec::new();
    for _ in 0..32 {
        jars.push(seeded(&**subject, keys).await);
    }
    let before = footprint::worked(store);
    let start = Instant::now();
    let clients: Vec<_> = jars
        .into_iter()
        .map(|mut jar| {
            let (subject, answered) = (Rc::clone(subject), Rc::clone(&answered));
            tokio::task::spawn_local(async move {
                while start.elapsed() < WINDOW {
                    follow(&*subject, path, &mut jar).await;
                    answered.set(answered.get() + 1);
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("no client fails");
    }
    let rate = answered.get() as f64 / start.elapsed().as_secs_f64();
    let work = footprint::worked(store).zip(before).map(|(after, before)| after.since(&before) / answered.get() as f64);
    (rate, work)
}

/// As many requests at once as the pools have connections.
async fn crowd<S: Subject>(subject: &S, cookies: &str) {
    let read = || call(subject, "/read", cookies);
    tokio::join!(read(), read(), read(), read(), read(), read(), read(), read(), read(), read());
}

/// What each request sends and receives, read by a relay between the library and the server.
async fn wire<S: Subject>(bench: &Bench, store: &str, url: &str, open: impl AsyncFn(&str) -> S) {
    const REQUESTS: u64 = 50;
    let (url, traffic) = relay::before(url).await;
    eprintln!("{:>36} {store:>8} traffic", bench.name());
    let subject = open(&url).await;
    for (keys, path) in rows(bench, store, &subject) {
        let mut jar = seeded(&subject, keys).await;
        // Every connection is open and knows the statements.
        crowd(&subject, &jar.header()).await;
        for _ in 0..20 {
            follow(&subject, path, &mut jar).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        let Traffic { round_trips, pings, sent, received } = &*traffic;
        let count = || [round_trips, pings, sent, received].map(|count| count.load(Relaxed));
        let before = count();
        for _ in 0..REQUESTS {
            follow(&subject, path, &mut jar).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        let after = count();
        let metrics = ["round trips", "pings", "bytes sent", "bytes received"];
        for (metric, (after, before)) in metrics.into_iter().zip(after.into_iter().zip(before)) {
            bench.say(store, &path[1..], keys, metric, (after - before) as f64 / REQUESTS as f64);
        }
    }
}
