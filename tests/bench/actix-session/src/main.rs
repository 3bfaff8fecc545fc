//! The benchmark of actix-session.

mod app;
mod map_store;

use actix_session::SessionExt;
use actix_session::storage::{CookieSessionStore, RedisSessionStore};
use actix_web::test::TestRequest;
use bench_common::{
    Bench, DEFAULT_KEYS, PROFILE, Profile, TEXT, TextSequence, each_key, memory, operations, run, server,
};

use crate::app::app;
use crate::map_store::MapStore;

/// A cookie has at most 4 KiB; 100 keys need 9 kB.
const MAX_COOKIE_KEYS: usize = 10;

fn main() {
    run(async {
        let bench = Bench::from_args("actix-session", "0.11.0");
        measure_operations(&bench).await;
        memory(&bench.with_library("actix-session, map"), &app(MapStore::default(), usize::MAX).await).await;
        let cookie_store = app(CookieSessionStore::default(), MAX_COOKIE_KEYS).await;
        memory(&bench.with_library("actix-session, cookie store"), &cookie_store).await;
        let open = async |url: &str| app(RedisSessionStore::new(url).await.expect("Redis"), usize::MAX).await;
        server(&bench, "redis", open).await;
    });
}

async fn measure_operations(bench: &Bench) {
    let session = TestRequest::default().to_srv_request().get_session();
    for (key, datum) in each_key(DEFAULT_KEYS) {
        session.insert(key, datum).expect("a value");
    }
    let (profile, texts) = (Profile::new(), TextSequence::default());
    operations! { bench;
        "get string": session.get::<String>(TEXT).expect("a value").expect("a text");
        "get struct": session.get::<Profile>(PROFILE).expect("a value").expect("a struct");
        "get absent": session.get::<String>("absent").expect("no value");
        "insert string": session.insert(TEXT, texts.next()).expect("a value");
        "insert struct": session.insert(PROFILE, profile.clone()).expect("a value");
        "insert and remove": {
            session.insert("extra", "a short text").expect("a value");
            session.remove_as::<String>("extra").expect("a value").expect("a text")
        };
    }
}
