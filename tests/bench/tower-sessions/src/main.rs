//! tower-sessions in the benchmark: 0.15 in memory, 0.14 on the stores.

mod routes;
mod stores;

use std::hint::black_box;
use std::sync::Arc;

use bench_common::{Bench, PROFILE, Profile, TEXT, each_key, memory, run, server, text};
use tower_sessions::{MemoryStore, Session};

fn main() {
    run(async {
        let bench = Bench::new("tower-sessions", "0.15.0");
        api(&bench).await;
        memory(&bench, &routes::v15::app(MemoryStore::default())).await;
        memory(&bench.of("tower-sessions, private cookie"), &routes::private(MemoryStore::default())).await;

        let bench = Bench::new("tower-sessions", "0.14.0");
        let folder = std::env::temp_dir().join(format!("bench-tower-sessions-{}", std::process::id()));
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

/// A session of ten keys, loaded.
async fn loaded() -> Session {
    let store = Arc::new(MemoryStore::default());
    let session = Session::new(None, store.clone(), None);
    for (key, datum) in each_key(10) {
        session.insert(&key, datum).await.expect("a value");
    }
    session.save().await.expect("a record");
    let session = Session::new(session.id(), store, None);
    session.load().await.expect("the record");
    session
}

async fn api(bench: &Bench) {
    let session = loaded().await;
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
