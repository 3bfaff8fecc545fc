//! Tests of a server that is killed during a change of a thousand keys: all of it is stored, or nothing.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use session::{SecretKey, SessionConfig, SessionManager};
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::{App, Browser, Process, servers};

use super::outages::app;

const KEYS: usize = 1_000;

async fn write(manager: SessionManager, mut browser: Browser, round: u32) -> (Browser, bool) {
    let mut session = manager.open(&browser.request());
    for key in 0..KEYS {
        session.insert(format!("key {key}"), (round, "x".repeat(100))).await.unwrap();
    }
    let mut headers = http::HeaderMap::new();
    let stored = session.finalize(&mut headers).await.is_ok();
    browser.keep(&headers);
    (browser, stored)
}

/// The rounds of the stored values. There are always a thousand values.
async fn rounds(manager: &SessionManager, browser: &Browser) -> BTreeSet<u64> {
    let entries = manager.open(&browser.request()).entries().await.unwrap();
    assert_eq!(entries.len(), KEYS);
    entries.values().map(|value| value[0].as_u64().unwrap()).collect()
}

async fn assert_all_or_nothing(engine: Engine) {
    let mut server = PrivateServer::start(engine, &[]);
    let app: App = app(&server).await;
    let (browser, stored) = write(app.manager.clone(), Browser::default(), 0).await;
    assert!(stored);
    let started = Instant::now();
    assert!(write(app.manager.clone(), browser.clone(), 1).await.1);
    let commit_time = started.elapsed();
    let mut last = 1;
    for round in 2..6 {
        let commit = tokio::spawn(write(app.manager.clone(), browser.clone(), round));
        tokio::time::sleep(commit_time * (round - 1) / 5).await;
        server.kill();
        let (_, acknowledged) = commit.await.unwrap();
        server.restart();
        let rounds = rounds(&app.manager, &browser).await;
        println!("round {round}: acknowledged {acknowledged}, stored {rounds:?}");
        let new = BTreeSet::from([u64::from(round)]);
        assert!(rounds == new || !acknowledged && rounds == BTreeSet::from([last]), "{rounds:?}, {acknowledged}");
        last = *rounds.first().unwrap();
    }
    assert!(write(app.manager.clone(), browser.clone(), 9).await.1, "the next request works");
    assert_eq!(rounds(&app.manager, &browser).await, BTreeSet::from([9]));
}

macro_rules! on_every_server {
    ($($module:ident: $engine:ident),* $(,)?) => {$(
        mod $module {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_server_killed_during_a_change_of_a_thousand_keys_stores_all_or_nothing() {
                assert_all_or_nothing(Engine::$engine).await;
            }
        }
    )*};
}

on_every_server!(postgres: Postgres, mysql: MySql, redis: Redis);

/// SQLite has no server, so the process that uses the file is killed.
#[tokio::test]
async fn a_process_killed_during_a_change_of_a_thousand_keys_stores_all_or_nothing_in_sqlite() {
    let folder = tempfile::TempDir::new().unwrap();
    let url = format!("sqlite:{}", folder.path().join("sessions.db").display());
    let key = "00112233445566778899aabbccddeeff".repeat(2);
    let store = servers::at(&url, "session").await;
    let manager = SessionManager::new(store, SessionConfig::new(SecretKey::from_hex(&key).unwrap()));
    let (browser, stored) = write(manager.clone(), Browser::default(), 0).await;
    assert!(stored);
    let mut last = 0;
    for round in 1..8 {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_writer"));
        command.env("WRITER_STORE", &url).env("WRITER_PREFIX", "session").env("WRITER_KEY", &key);
        let mut process = Process::start("a writer", command);
        process.expect_line("ready");
        process.send_line(&format!("session {}", browser.request()["cookie"].to_str().unwrap()));
        process.expect_line("done");
        process.send_line(&format!("fill {round} {KEYS}"));
        tokio::time::sleep(Duration::from_millis(9) * round).await;
        // Dropping kills the process.
        drop(process);
        let rounds = rounds(&manager, &browser).await;
        println!("round {round}: stored {rounds:?}");
        assert!(rounds == BTreeSet::from([u64::from(round)]) || rounds == BTreeSet::from([last]), "{rounds:?}");
        last = *rounds.first().unwrap();
    }
    assert!(write(manager.clone(), browser.clone(), 9).await.1, "the next request works");
    assert_eq!(rounds(&manager, &browser).await, BTreeSet::from([9]));
}
