//! actix-session in the benchmark.

mod app;
mod map;

use std::hint::black_box;

use actix_session::SessionExt;
use actix_session::storage::{CookieSessionStore, RedisSessionStore};
use actix_web::test::TestRequest;
use bench_common::{Bench, PROFILE, Profile, TEXT, each_key, memory, run, server, text};

use crate::app::app;
use crate::map::Map;

fn main() {
    run(async {
        let bench = Bench::new("actix-session", "0.11.0");
        api(&bench).await;
        memory(&bench.of("actix-session, a map"), &app(Map::default(), usize::MAX).await).await;
        // A cookie holds 4 KiB; 100 keys are 9 kB.
        memory(&bench.of("actix-session, cookie store"), &app(CookieSessionStore::default(), 10).await).await;
        if let Ok(url) = std::env::var("SESSION_TEST_REDIS") {
            let open = async |url: &str| app(RedisSessionStore::new(url).await.expect("Redis"), usize::MAX).await;
            server(&bench, "redis", &url, open).await;
        }
    });
}

async fn api(bench: &Bench) {
    let session = TestRequest::default().to_srv_request().get_session();
    for (key, datum) in each_key(10) {
        session.insert(key, datum).expect("a value");
    }
    let profile = Profile::new();
    let mut turn = 0;
    bench
        .row("api", "get string", 10, async || {
            black_box(session.get::<String>(TEXT).expect("a value").expect("a text"));
        })
        .await;
    bench
        .row("api", "get struct", 10, async || {
            black_box(session.get::<Profile>(PROFILE).expect("a value").expect("a struct"));
        })
        .await;
    bench
        .row("api", "get absent", 10, async || {
            black_box(session.get::<String>("absent").expect("no value"));
        })
        .await;
    bench
        .row("api", "insert string", 10, async || {
            turn += 1;
            session.insert(TEXT, text(turn)).expect("a value");
        })
        .await;
    bench
        .row("api", "insert struct", 10, async || {
            session.insert(PROFILE, profile.clone()).expect("a value");
        })
        .await;
    bench
        .row("api", "insert and remove", 10, async || {
            session.insert("extra", "a short text").expect("a value");
            black_box(session.remove_as::<String>("extra").expect("a value").expect("a text"));
        })
        .await;
}
