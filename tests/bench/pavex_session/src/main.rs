//! pavex_session in the benchmark.

mod app;
mod stores;

use std::hint::black_box;

use bench_common::{Bench, PROFILE, Profile, TEXT, each_key, memory, run, server, text};
use pavex_session::{Session, SessionConfig, SessionStore};
use pavex_session_memory_store::InMemorySessionStore;

use crate::app::App;

fn main() {
    run(async {
        let bench = Bench::new("pavex_session", "0.2.10");
        api(&bench).await;
        memory(&bench, &App::new(InMemorySessionStore::new())).await;

        let folder = std::env::temp_dir().join(format!("bench-pavex_session-{}", std::process::id()));
        std::fs::create_dir(&folder).expect("a folder");
        let url = format!("sqlite:{}/sessions?mode=rwc", folder.display());
        server(&bench, "sqlite", &url, stores::sqlite).await;
        std::fs::remove_dir_all(&folder).expect("the folder");
        if let Ok(url) = std::env::var("SESSION_TEST_POSTGRES") {
            server(&bench, "postgres", &url, stores::postgres).await;
        }
        if let Ok(url) = std::env::var("SESSION_TEST_MYSQL") {
            server(&bench, "mysql", &url, stores::mysql).await;
        }
        if let Ok(url) = std::env::var("SESSION_TEST_REDIS") {
            server(&bench, "redis", &url, stores::redis).await;
        }
    });
}

async fn api(bench: &Bench) {
    let (store, config) = (SessionStore::from(InMemorySessionStore::new()), SessionConfig::default());
    let mut session = Session::new(&store, &config, None);
    for (key, datum) in each_key(10) {
        session.insert(key, datum).await.expect("a value");
    }
    session.sync().await.expect("a record");
    let profile = Profile::new();
    let mut turn = 0;
    bench
        .row("api", "get string", 10, async || {
            black_box(session.get::<String>(TEXT).await.expect("a value").expect("a text"));
        })
        .await;
    bench
        .row("api", "get struct", 10, async || {
            black_box(session.get::<Profile>(PROFILE).await.expect("a value").expect("a struct"));
        })
        .await;
    bench
        .row("api", "get absent", 10, async || {
            black_box(session.get::<String>("absent").await.expect("no value"));
        })
        .await;
    bench
        .row("api", "insert string", 10, async || {
            turn += 1;
            session.insert(TEXT, text(turn)).await.expect("a value");
        })
        .await;
    bench
        .row("api", "insert struct", 10, async || {
            session.insert(PROFILE, profile.clone()).await.expect("a value");
        })
        .await;
    bench
        .row("api", "insert and remove", 10, async || {
            session.insert("extra", "a short text").await.expect("a value");
            black_box(session.remove::<String>("extra").await.expect("a value").expect("a text"));
        })
        .await;
}
