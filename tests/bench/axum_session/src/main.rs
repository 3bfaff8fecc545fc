//! The benchmark of axum_session.

mod routes;
mod stores;

use axum_session::{Key, SessionConfig, SessionNullPool};
use bench_common::{Bench, PROFILE, Profile, TEXT, TextSequence, memory, operations, run, server};
use time::Duration;

fn main() {
    run(async {
        let bench = Bench::from_args("axum_session", "0.22.1");
        measure_operations(&bench).await;
        let config = SessionConfig::default();
        memory(&bench, &routes::app::<SessionNullPool>(None, config.clone()).await).await;
        let signed = config.clone().with_key(Key::generate());
        let signed = routes::app::<SessionNullPool>(None, signed).await;
        memory(&bench.with_library("axum_session, signed"), &signed).await;

        measure_databases(&bench, &config).await;
        // The setting for several servers. By default, each server reads from its own cache.
        let no_cache = config.with_memory_lifetime(Duration::ZERO);
        measure_databases(&bench.with_library("axum_session, no cache"), &no_cache).await;
    });
}

async fn measure_databases(bench: &Bench, config: &SessionConfig) {
    server(bench, "sqlite", async |url: &str| stores::sqlite(url, config).await).await;
    server(bench, "postgres", async |url: &str| stores::postgres(url, config).await).await;
    server(bench, "mysql", async |url: &str| stores::mysql(url, config).await).await;
    server(bench, "redis", async |url: &str| stores::redis(url, config).await).await;
}

async fn measure_operations(bench: &Bench) {
    let session = routes::loaded_session().await;
    let (profile, texts) = (Profile::new(), TextSequence::default());
    operations! { bench;
        "get string": session.get::<String>(TEXT).expect("a text");
        "get struct": session.get::<Profile>(PROFILE).expect("a struct");
        "get absent": session.get::<String>("absent");
        "insert string": session.set(TEXT, texts.next());
        "insert struct": session.set(PROFILE, profile.clone());
        "insert and remove": {
            session.set("extra", "a short text");
            session.get_remove::<String>("extra").expect("a text")
        };
    }
}
