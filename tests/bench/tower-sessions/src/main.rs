//! The benchmark of tower-sessions: 0.15 in memory, 0.14 on databases.

mod routes;
mod stores;

use std::sync::Arc;

use bench_common::{
    Bench, DEFAULT_KEYS, PROFILE, Profile, TEXT, TextSequence, each_key, memory, operations, run, server,
};
use tower_sessions::{MemoryStore, Session};

fn main() {
    run(async {
        let bench = Bench::from_args("tower-sessions", "0.15.0");
        measure_operations(&bench).await;
        memory(&bench, &routes::v15::app(MemoryStore::default())).await;
        let private = routes::private_app(MemoryStore::default());
        memory(&bench.with_library("tower-sessions, private cookie"), &private).await;

        let bench = Bench::from_args("tower-sessions", "0.14.0");
        server(&bench, "sqlite", stores::sqlite).await;
        server(&bench, "postgres", stores::postgres).await;
        server(&bench, "mysql", stores::mysql).await;
        server(&bench, "redis", stores::redis).await;
    });
}

async fn loaded_session() -> Session {
    let store = Arc::new(MemoryStore::default());
    let session = Session::new(None, store.clone(), None);
    for (key, datum) in each_key(DEFAULT_KEYS) {
        session.insert(&key, datum).await.expect("a value");
    }
    session.save().await.expect("a record");
    let session = Session::new(session.id(), store, None);
    session.load().await.expect("the record");
    session
}

async fn measure_operations(bench: &Bench) {
    let session = loaded_session().await;
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
