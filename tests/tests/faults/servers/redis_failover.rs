//! Tests of Redis Sentinel: a planned failover, and the crash of the primary.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use session::SessionId;
use session::store::{RedisStore, SessionStore};
use session_tests::RedisSentinels;
use session_tests::sample::{NOW, is_done, is_not_sent, number, record, set};
use tokio::task::JoinSet;

const LIMIT: Duration = Duration::from_secs(30);

/// The acknowledged changes of one writer.
struct Written {
    session: SessionId,
    /// The last acknowledged number.
    acknowledged: u64,
    /// Set when a change is acknowledged after the failover.
    has_recovered: bool,
    /// The sessions whose creation was acknowledged.
    created: Vec<SessionId>,
    /// The errors after which the change is certainly not stored, and all errors.
    not_sent: usize,
    errors: usize,
    last_error: String,
}

/// The progress of all writers.
#[derive(Default)]
struct Progress {
    has_failed_over: AtomicBool,
    is_stopped: AtomicBool,
    /// The number of writers whose changes are acknowledged again after the failover.
    recovered: AtomicUsize,
}

/// Commits an increasing number to a session, and creates further sessions, until it is stopped.
async fn write(store: RedisStore, writer: u8, progress: Arc<Progress>) -> Written {
    let session = number(writer);
    let mut written = Written {
        session,
        acknowledged: 0,
        has_recovered: false,
        created: Vec::new(),
        not_sent: 0,
        errors: 0,
        last_error: String::new(),
    };
    for next in 1_u64.. {
        if progress.is_stopped.load(Ordering::SeqCst) {
            break;
        }
        let was_failed_over = progress.has_failed_over.load(Ordering::SeqCst);
        match store.commit(&session, &set(&[("number", &next.to_string())])).await {
            Ok(committed) => {
                assert!(is_done(&committed), "{committed:?}");
                written.acknowledged = next;
                if was_failed_over && !written.has_recovered {
                    written.has_recovered = true;
                    progress.recovered.fetch_add(1, Ordering::SeqCst);
                }
            }
            Err(error) => {
                written.errors += 1;
                written.not_sent += usize::from(is_not_sent(&error));
                written.last_error = error.to_string();
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        let mut bytes = [writer; 16];
        bytes[8..].copy_from_slice(&next.to_be_bytes());
        let id = SessionId::from_bytes(bytes);
        if store.create(&id, &record(&[]), &[]).await.is_ok_and(|created| created) {
            written.created.push(id);
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    written
}

struct Writers {
    tasks: JoinSet<Written>,
    progress: Arc<Progress>,
}

const WRITERS: u8 = 4;

impl Writers {
    async fn start(store: &RedisStore) -> Self {
        let (progress, mut tasks) = (Arc::<Progress>::default(), JoinSet::new());
        for writer in 1..=WRITERS {
            assert!(store.create(&number(writer), &record(&[]), &[]).await.unwrap());
            tasks.spawn(write(store.clone(), writer, Arc::clone(&progress)));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        Self { tasks, progress }
    }

    async fn stop(self) -> Vec<Written> {
        self.progress.is_stopped.store(true, Ordering::SeqCst);
        self.tasks.join_all().await
    }
}

async fn stored_number(store: &RedisStore, session: &SessionId) -> u64 {
    let record = store.load(session, NOW).await.unwrap().unwrap();
    record.values.get("number").unwrap().as_str().parse().unwrap()
}

/// Waits until a server has a role.
async fn wait_for_role(sentinels: &RedisSentinels, server: usize, role: &str) {
    let started = Instant::now();
    while !sentinels.servers[server].has_role(role) {
        assert!(started.elapsed() < LIMIT, "server {server} does not become {role}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_planned_failover_loses_no_acknowledged_change() {
    let sentinels = RedisSentinels::start(&[], &[]);
    sentinels.wait_until_ready("");
    let store = RedisStore::connect(&sentinels.url()).await.unwrap();
    let writers = Writers::start(&store).await;
    sentinels.fail_over();
    wait_for_role(&sentinels, 1, "master").await;
    // Until the sentinels demote the old primary, it accepts writes that are lost.
    wait_for_role(&sentinels, 0, "slave").await;
    for written in writers.stop().await {
        let stored = stored_number(&store, &written.session).await;
        let (acknowledged, errors) = (written.acknowledged, written.errors);
        println!("acknowledged {acknowledged}, stored {stored}, errors {errors}, created {}", written.created.len());
        assert!(stored >= acknowledged && stored <= acknowledged + 1);
        assert_eq!(errors, 0, "operations wait for the new primary: {}", written.last_error);
        for id in &written.created {
            assert!(store.load(id, NOW).await.unwrap().is_some(), "an acknowledged creation is lost");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_that_crashes_is_replaced_without_a_restart_of_the_application() {
    let mut sentinels = RedisSentinels::start(&[], &[]);
    sentinels.wait_until_ready("");
    let store = RedisStore::connect(&sentinels.url()).await.unwrap();
    let writers = Writers::start(&store).await;
    sentinels.servers[0].kill();
    writers.progress.has_failed_over.store(true, Ordering::SeqCst);
    wait_for_role(&sentinels, 1, "master").await;
    let started = Instant::now();
    while writers.progress.recovered.load(Ordering::SeqCst) < usize::from(WRITERS) {
        assert!(started.elapsed() < LIMIT, "not all writers recover");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for written in writers.stop().await {
        let stored = stored_number(&store, &written.session).await;
        let Written { acknowledged, errors, not_sent, .. } = written;
        println!("acknowledged {acknowledged}, stored {stored}, errors {errors}, not sent {not_sent}");
        assert_eq!(stored, acknowledged, "a change after the failover is stored");
        assert!(errors - not_sent <= 1, "only the change in flight has an unknown outcome");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_works_without_one_of_the_sentinels() {
    let mut sentinels = RedisSentinels::start(&[], &[]);
    sentinels.wait_until_ready("");
    let store = RedisStore::connect(&sentinels.url()).await.unwrap();
    let writers = Writers::start(&store).await;
    sentinels.kill_sentinel(0);
    sentinels.fail_over();
    wait_for_role(&sentinels, 1, "master").await;
    wait_for_role(&sentinels, 0, "slave").await;
    for written in writers.stop().await {
        let stored = stored_number(&store, &written.session).await;
        assert!(stored >= written.acknowledged && stored <= written.acknowledged + 1);
    }
}
