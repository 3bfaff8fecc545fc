//! The benchmark of pavex_session.

mod app;
mod stores;

use bench_common::{
    Bench, DEFAULT_KEYS, PROFILE, Profile, TEXT, TextSequence, each_key, memory, operations, run, server,
};
use pavex_session::{Session, SessionConfig, SessionStore};
use pavex_session_memory_store::InMemorySessionStore;

use crate::app::App;

fn main() {
    run(async {
        let bench = Bench::from_args("pavex_session", "0.2.10");
        measure_operations(&bench).await;
        memory(&bench, &App::new(InMemorySessionStore::new())).await;
        server(&bench, "sqlite", stores::sqlite).await;
        server(&bench, "postgres", stores::postgres).await;
        server(&bench, "mysql", stores::mysql).await;
        server(&bench, "redis", stores::redis).await;
    });
}

async fn measure_operations(bench: &Bench) {
    let (store, config) = (SessionStore::from(InMemorySessionStore::new()), SessionConfig::default());
    let mut session = Session::new(&store, &config, None);
    for (key, datum) in each_key(DEFAULT_KEYS) {
        session.insert(key, datum).await.expect("a value");
    }
    session.sync().await.expect("a record");
    let (profile, texts) = (Profile::new(), TextSequence::default());
    operations! { bench;
        "get string": session.get::<String>(TEXT).await.expect("a value").expect("a text");
        "get struct": session.get::<Profile>(PROFILE).await.expect("a value").expect("a struct");
        "get absent": session.get::<String>("absent").await.expect("no value");
        "insert string": session.insert(TEXT, texts.next()).await.expect("a value");
        "insert struct": session.insert(PROFILE, profile.clone()).await.expect("a value");
        "insert and remove": {
            session.insert("extra", "a short text").await.expect("a value");
            session.remove::<String>("extra").await.expect("a value").expect("a text")
        };
    }
}
