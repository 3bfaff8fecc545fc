//! Measures requests on a database server or a file.

use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use std::{env, fs, process};

use crate::bench::median;
use crate::proxy::{self, Traffic};
use crate::server_stats::{self, CpuTime};
use crate::subject::{PATHS, call, follow, seed};
use crate::{Bench, CONNECTIONS, CookieJar, DEFAULT_KEYS, SIZES, Subject};

/// Measures a library on `sqlite`, `postgres`, `mysql` or `redis`.
///
/// Servers are skipped if `SESSION_TEST_POSTGRES`, `SESSION_TEST_MYSQL` or `SESSION_TEST_REDIS` does not contain a URL.
/// `open` connects the library to a URL.
pub async fn server<S: Subject + 'static>(bench: &Bench, store: &str, open: impl AsyncFn(&str) -> S) {
    let is_selected = || SIZES.iter().any(|keys| PATHS.iter().any(|path| bench.selects(store, &path[1..], *keys)));
    if bench.counts_instructions() || !is_selected() {
        return;
    }
    if store == "sqlite" {
        let folder = TempFolder::new();
        let url = format!("sqlite:{}/sessions.db?mode=rwc", folder.0.display());
        measure(bench, store, &url, open).await;
    } else if let Ok(url) = env::var(format!("SESSION_TEST_{}", store.to_uppercase())) {
        measure(bench, store, &url, open).await;
    }
}

/// A folder that is deleted on drop.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new() -> Self {
        let folder = env::temp_dir().join(format!("session-bench-{}", process::id()));
        fs::create_dir(&folder).expect("a folder");
        Self(folder)
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn measure<S: Subject + 'static>(bench: &Bench, store: &str, url: &str, open: impl AsyncFn(&str) -> S) {
    let subject = Rc::new(open(url).await);
    if bench.is_first_round() && bench.selects(store, "idle session", DEFAULT_KEYS) {
        // First, since the bytes of later sessions would fill free space in the tables.
        measure_idle_sessions(bench, store, url, &*subject).await;
    }
    measure_latencies(bench, store, &*subject).await;
    if !bench.has_idle_states() {
        measure_throughputs(bench, store, &subject).await;
    }
    if bench.is_first_round() && store != "sqlite" {
        measure_traffic(bench, store, url, open).await;
    }
}

/// Returns the selected rows that the subject supports: keys and path.
fn rows<S: Subject>(bench: &Bench, store: &str, subject: &S) -> Vec<(usize, &'static str)> {
    let sizes = SIZES.into_iter().filter(|keys| subject.supports(*keys));
    let rows = sizes.flat_map(|keys| PATHS.map(|path| (keys, path)));
    rows.filter(|(keys, path)| subject.has_path(path) && bench.selects(store, &path[1..], *keys))
        // Requests without a query keep the CPU awake, which would change the next row.
        .filter(|(_, path)| !bench.has_idle_states() || *path != "/unused")
        .collect()
}

async fn measure_latencies<S: Subject>(bench: &Bench, store: &str, subject: &S) {
    bench.print_progress(store, "latency");
    let rows = rows(bench, store, subject);
    if rows.is_empty() {
        return;
    }
    if store == "sqlite" {
        fill_wal(subject).await;
    }
    if bench.has_idle_states() {
        settle_idle_states(subject).await;
    }
    let metric = if bench.has_idle_states() { "latency us, idle states" } else { "latency us" };
    for (keys, path) in rows {
        bench.print(store, &path[1..], keys, metric, latency(subject, path, keys).await);
    }
}

/// After load, the kernel delays idle states for a while. Short waits remove this delay.
async fn settle_idle_states<S: Subject>(subject: &S) {
    const DURATION: Duration = Duration::from_secs(1);
    let jar = seed(subject, 1).await;
    let end = Instant::now() + DURATION;
    while Instant::now() < end {
        call(subject, "/write", &jar.to_header()).await;
    }
}

/// SQLite's write-ahead log grows to 1,000 pages before it is reused. Until then, each write is slower.
async fn fill_wal<S: Subject>(subject: &S) {
    const WRITES: usize = 1200;
    let mut jar = seed(subject, 1).await;
    for _ in 0..WRITES {
        follow(subject, "/write", &mut jar).await;
    }
}

/// Returns the median latency of one client in microseconds.
async fn latency<S: Subject>(subject: &S, path: &str, keys: usize) -> f64 {
    const WARM_UP: Duration = Duration::from_millis(20);
    const WINDOW: Duration = Duration::from_millis(100);
    const MAX_REQUESTS: usize = 4000;
    let mut jar = seed(subject, keys).await;
    let end = Instant::now() + WARM_UP;
    while Instant::now() < end {
        follow(subject, path, &mut jar).await;
    }
    let mut times = Vec::new();
    let end = Instant::now() + WINDOW;
    while Instant::now() < end && times.len() < MAX_REQUESTS {
        let start = Instant::now();
        follow(subject, path, &mut jar).await;
        times.push(start.elapsed().as_nanos() as f64 / 1000.0);
    }
    median(times)
}

async fn measure_throughputs<S: Subject + 'static>(bench: &Bench, store: &str, subject: &Rc<S>) {
    bench.print_progress(store, "throughput");
    for (keys, path) in rows(bench, store, &**subject).into_iter().filter(|(_, path)| *path != "/unused") {
        let (rate, server_us) = throughput(subject, store, path, keys).await;
        bench.print(store, &path[1..], keys, "requests per second", rate);
        if let Some(server_us) = server_us {
            bench.print(store, &path[1..], keys, "server us", server_us);
        }
    }
}

/// Returns the requests per second of 32 clients, and the server's CPU microseconds per request.
async fn throughput<S: Subject + 'static>(
    subject: &Rc<S>,
    store: &str,
    path: &'static str,
    keys: usize,
) -> (f64, Option<f64>) {
    const CLIENTS: usize = 32;
    const WINDOW: Duration = Duration::from_millis(150);
    let count = Rc::new(Cell::new(0_u64));
    let mut jars = Vec::new();
    for _ in 0..CLIENTS {
        jars.push(seed(&**subject, keys).await);
    }
    let before = CpuTime::read(store);
    let start = Instant::now();
    let send_until_end = |mut jar: CookieJar| {
        let (subject, count) = (Rc::clone(subject), Rc::clone(&count));
        tokio::task::spawn_local(async move {
            while start.elapsed() < WINDOW {
                follow(&*subject, path, &mut jar).await;
                count.set(count.get() + 1);
            }
        })
    };
    let clients: Vec<_> = jars.into_iter().map(send_until_end).collect();
    for client in clients {
        client.await.expect("no client fails");
    }
    let rate = count.get() as f64 / start.elapsed().as_secs_f64();
    let server_us = CpuTime::read(store).zip(before).map(|(after, before)| after.since(&before) / count.get() as f64);
    (rate, server_us)
}

/// Measures the stored bytes of an idle session, and PostgreSQL's log bytes of a write.
async fn measure_idle_sessions<S: Subject>(bench: &Bench, store: &str, url: &str, subject: &S) {
    const SESSIONS: usize = 2000;
    // Sessions at this distance are on different pages.
    const PAGE_DISTANCE: usize = 20;
    bench.print_progress(store, "idle sessions");
    // The first session also opens connections and prepares statements.
    seed(subject, DEFAULT_KEYS).await;
    let before = server_stats::stored_bytes(store, url).await;
    let mut jars = Vec::new();
    for _ in 0..SESSIONS {
        jars.push(seed(subject, DEFAULT_KEYS).await);
    }
    let after = server_stats::stored_bytes(store, url).await;
    if let Some((before, after)) = before.zip(after) {
        let bytes = (after as f64 - before as f64) / SESSIONS as f64;
        bench.print(store, "idle session", DEFAULT_KEYS, "bytes", bytes);
    }
    if server_stats::wal_bytes(store, url).is_some() {
        server_stats::checkpoint(url);
        for metric in ["wal bytes after checkpoint", "wal bytes"] {
            let before = server_stats::wal_bytes(store, url);
            for jar in jars.iter_mut().step_by(PAGE_DISTANCE) {
                follow(subject, "/write", jar).await;
            }
            if let Some((before, after)) = before.zip(server_stats::wal_bytes(store, url)) {
                let bytes = (after - before) as f64 / SESSIONS.div_ceil(PAGE_DISTANCE) as f64;
                bench.print(store, "write", DEFAULT_KEYS, metric, bytes);
            }
        }
    }
}

/// Measures round trips, pings and bytes per request with a proxy.
async fn measure_traffic<S: Subject>(bench: &Bench, store: &str, url: &str, open: impl AsyncFn(&str) -> S) {
    const WARM_UP_REQUESTS: usize = 20;
    const REQUESTS: u64 = 50;
    // Time for bytes that are still in the proxy.
    const DRAIN: Duration = Duration::from_millis(20);
    let (url, traffic) = proxy::start(url).await;
    bench.print_progress(store, "traffic");
    let subject = open(&url).await;
    for (keys, path) in rows(bench, store, &subject) {
        let mut jar = seed(&subject, keys).await;
        use_all_connections(&subject, &jar.to_header()).await;
        for _ in 0..WARM_UP_REQUESTS {
            follow(&subject, path, &mut jar).await;
        }
        tokio::time::sleep(DRAIN).await;
        let Traffic { round_trips, pings, sent, received } = &*traffic;
        let read_counters = || [round_trips, pings, sent, received].map(|counter| counter.load(Relaxed));
        let before = read_counters();
        for _ in 0..REQUESTS {
            follow(&subject, path, &mut jar).await;
        }
        tokio::time::sleep(DRAIN).await;
        let after = read_counters();
        let metrics = ["round trips", "pings", "bytes sent", "bytes received"];
        for (metric, (after, before)) in metrics.into_iter().zip(after.into_iter().zip(before)) {
            bench.print(store, &path[1..], keys, metric, (after - before) as f64 / REQUESTS as f64);
        }
    }
}

/// Opens every connection of the pool and prepares its statements.
async fn use_all_connections<S: Subject>(subject: &S, cookies: &str) {
    const { assert!(CONNECTIONS == 10, "one read for each connection") };
    let read = || call(subject, "/read", cookies);
    tokio::join!(read(), read(), read(), read(), read(), read(), read(), read(), read(), read());
}
