//! axum_session in the benchmark.

mod routes;
mod stores;

use std::hint::black_box;

use axum_session::{Key, SessionConfig, SessionNullPool};
use bench_common::{Bench, PROFILE, Profile, TEXT, memory, run, server, text};
use time::Duration;

fn main() {
    run(async {
        let bench = Bench::new("axum_session", "0.22.1");
        api(&bench).await;
        let config = SessionConfig::default();
        memory(&bench, &routes::app::<SessionNullPool>(None, config.clone()).await).await;
        let signed = config.clone().with_key(Key::generate());
        memory(&bench.of("axum_session, signed"), &routes::app::<SessionNullPool>(None, signed).await).await;

        stores(&bench, &config).await;
        // The setting for several servers: without it each of them answers from a cache of its own.
        stores(&bench.of("axum_session, no cache"), &config.with_memory_lifetime(Duration::ZERO)).await;
    });
}

async fn stores(bench: &Bench, config: &SessionConfig) {
    let folder = std::env::temp_dir().join(format!("bench-axum_session-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("a folder");
    let url = format!("sqlite:{}/sessions?mode=rwc", folder.display());
    server(bench, "sqlite", &url, async |url: &str| stores::sqlite(url, config).await).await;
    std::fs::remove_dir_all(&folder).expect("the folder");
    if let Ok(url) = std::env::var("SESSION_TEST_POSTGRES") {
        server(bench, "postgres", &url, async |url: &str| stores::postgres(url, config).await).await;
    }
    if let Ok(url) = std::env::var("SESSION_TEST_MYSQL") {
        server(bench, "mysql", &url, async |url: &str| stores::mysql(url, config).await).await;
    }
    if let Ok(url) = std::env::var("SESSION_TEST_REDIS") {
        server(bench, "redis", &url, async |url: &str| stores::redis(url, config).await).await;
    }
}

async fn api(bench: &Bench) {
    let session = routes::session().await;
    let profile = Profile::new();
    let mut turn = 0;
    bench
        .row("api", "get string", 10, async || {
            black_box(session.get::<String>(TEXT).expect("a text"));
        })
        .await;
    bench
        .row("api", "get struct", 10, async || {
            black_box(session.get::<Profile>(PROFILE).expect("a struct"));
        })
        .await;
    bench
        .row("api", "get absent", 10, async || {
            black_box(session.get::<String>("absent"));
        })
        .await;
    bench
        .row("api", "insert string", 10, async || {
            turn += 1;
            session.set(TEXT, text(turn));
        })
        .await;
    bench
        .row("api", "insert struct", 10, async || {
            session.set(PROFILE, profile.clone());
        })
        .await;
    bench
        .row("api", "insert and remove", 10, async || {
            session.set("extra", "a short text");
            black_box(session.get_remove::<String>("extra").expect("a text"));
        })
        .await;
}
