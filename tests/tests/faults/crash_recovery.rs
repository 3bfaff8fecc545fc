//! Tests of `kill -9` of each server under load: acknowledged commits exist after the restart.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use http::HeaderMap;
use session::store::SessionStore;
use session::{Error, SecretKey, SessionConfig, SessionManager};
use session_tests::Browser;
use session_tests::private_server::{Engine, PrivateServer};
use tokio::task::JoinSet;

const CLIENTS: u64 = 4;
/// The number of changes that each client attempts.
const CHANGES: u64 = 3_000;
const TIMEOUT: Duration = Duration::from_secs(1);

/// One client: its session, and the result of each of its changes.
struct Client {
    browser: Browser,
    stored: Vec<u64>,
    failed: Vec<u64>,
}

#[derive(Default)]
struct Progress {
    stored: AtomicU64,
    failed: AtomicU64,
    is_over: AtomicBool,
}

impl Progress {
    async fn wait_until(&self, condition: &str, holds: impl Fn(&Self) -> bool) {
        for _ in 0..3_000 {
            if holds(self) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("timed out: {condition}");
    }

    fn stored(&self) -> u64 {
        self.stored.load(Ordering::SeqCst)
    }

    fn failed(&self) -> u64 {
        self.failed.load(Ordering::SeqCst)
    }
}

/// Commits two keys together, and then increments a counter.
async fn change(manager: &SessionManager, browser: &Browser, number: u64) -> Result<(), Error> {
    let mut session = manager.open(&browser.request());
    session.insert(format!("a{number}"), number).await?;
    session.insert(format!("b{number}"), number).await?;
    session.update("count", |count: &mut Option<u64>| *count.get_or_insert(0) += 1).await?;
    session.finalize(&mut HeaderMap::new()).await
}

async fn work(manager: SessionManager, progress: Arc<Progress>) -> Client {
    let mut browser = Browser::default();
    let (mut session, mut headers) = (manager.open(&browser.request()), HeaderMap::new());
    session.insert("count", 0).await.unwrap();
    session.finalize(&mut headers).await.unwrap();
    browser.keep(&headers);
    let mut client = Client { browser, stored: Vec::new(), failed: Vec::new() };
    for number in 0..CHANGES {
        if progress.is_over.load(Ordering::SeqCst) {
            break;
        }
        if change(&manager, &client.browser, number).await.is_ok() {
            client.stored.push(number);
            progress.stored.fetch_add(1, Ordering::SeqCst);
        } else {
            client.failed.push(number);
            progress.failed.fetch_add(1, Ordering::SeqCst);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    client
}

/// One application uses the server. Another one verifies the sessions afterwards.
async fn nothing_acknowledged_is_lost(
    [store, fresh]: [Arc<dyn SessionStore>; 2],
    kill_and_restart: impl AsyncFnOnce(&Progress),
) {
    let config = SessionConfig::new(SecretKey::generate());
    let (manager, progress) = (SessionManager::new(store, config.clone()), Arc::new(Progress::default()));
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS {
        clients.spawn(work(manager.clone(), Arc::clone(&progress)));
    }
    progress.wait_until("the load has started", |progress| progress.stored() >= 40).await;
    kill_and_restart(&progress).await;
    let before = progress.stored();
    progress.wait_until("the application recovers", |progress| progress.stored() >= before + 40).await;
    progress.is_over.store(true, Ordering::SeqCst);
    let (mut stored, mut failed) = (0, 0);
    let reader = SessionManager::new(fresh, config);
    for client in clients.join_all().await {
        verify(&reader, &client).await;
        stored += client.stored.len();
        failed += client.failed.len();
    }
    println!("{stored} acknowledged changes are stored; {failed} failed changes are stored completely or not at all");
}

async fn verify(reader: &SessionManager, client: &Client) {
    let entries = reader.open(&client.browser.request()).entries().await.unwrap();
    let has = |name: &str, number: u64| entries.get(&format!("{name}{number}")).is_some_and(|value| *value == number);
    for number in &client.stored {
        assert!(has("a", *number) && has("b", *number), "change {number} was acknowledged");
    }
    for number in &client.failed {
        assert_eq!(has("a", *number), has("b", *number), "change {number} is half-written");
    }
    let (stored, failed) = (client.stored.len() as u64, client.failed.len() as u64);
    let count = entries["count"].as_u64().unwrap();
    assert!((stored..=stored + failed).contains(&count), "counted {count}, expected {stored} to {stored} + {failed}");
    assert!(!client.failed.is_empty(), "no change failed");
}

/// Waits until every client has noticed the failure.
async fn all_notice(progress: &Progress) {
    let before = progress.failed();
    progress.wait_until("requests fail", |progress| progress.failed() >= before + 2 * CLIENTS).await;
}

async fn a_killed_server_keeps_acknowledged_commits_and_the_application_recovers(engine: Engine) {
    let mut server = PrivateServer::start(engine, &[]);
    let stores = [server.store(TIMEOUT).await, server.store(TIMEOUT).await];
    let kill_and_restart = async |progress: &Progress| {
        server.kill();
        all_notice(progress).await;
        tokio::task::block_in_place(|| server.restart());
    };
    nothing_acknowledged_is_lost(stores, kill_and_restart).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_postgresql_keeps_acknowledged_commits_and_the_application_recovers() {
    a_killed_server_keeps_acknowledged_commits_and_the_application_recovers(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_mariadb_keeps_acknowledged_commits_and_the_application_recovers() {
    a_killed_server_keeps_acknowledged_commits_and_the_application_recovers(Engine::MySql).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_redis_keeps_acknowledged_commits_and_the_application_recovers() {
    a_killed_server_keeps_acknowledged_commits_and_the_application_recovers(Engine::Redis).await;
}
