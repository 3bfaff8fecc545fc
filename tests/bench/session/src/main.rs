//! This library: its whole requests, its operations on a loaded session, and of its requests the parts.

mod alone;
mod nothing;

use std::cell::Cell;
use std::env;
use std::hint::black_box;

use axum::extract::Path;
use axum::{Router, routing::get};
use bench_common::router::{App, bare, send, served};
use bench_common::{
    Bench, Jar, PROFILE, Profile, Subject, TEXT, another_text, each_key, memory, part, run, server, text,
};
use http::{HeaderMap, header};
use session::axum::SessionLayer;
use session::store::{MemoryStore, MySqlStore, PostgresStore, RedisStore, SessionStore, SqliteStore};
use session::{Error, SecretKey, Session, SessionConfig, SessionManager, SessionSchema};

use crate::alone::Alone;
use crate::nothing::NothingLayer;

/// The keys of the benchmark that have types.
#[derive(SessionSchema)]
pub struct Typed {
    #[session(key = "key-0000")]
    pub text: String,
    #[session(key = "key-0002")]
    pub profile: Profile,
    #[session(client, default)]
    pub theme: u64,
}

const LIBRARY: &str = "session";

fn app(store: impl SessionStore) -> App {
    let manager = SessionManager::new(store, SessionConfig::new(SecretKey::generate()));
    let router = Router::new()
        .route("/unused", get(unused))
        .route("/read", get(read))
        .route("/write", get(write))
        .route("/both", get(both))
        .route("/sign-in", get(sign_in))
        .route("/seed/{keys}", get(seed));
    App::new(router.layer(SessionLayer::new(manager)))
}

async fn unused(_: Session) {}

async fn read(session: Session) -> Result<(), Error> {
    session.get::<String>(TEXT).await?.expect("the text");
    Ok(())
}

async fn write(mut session: Session) -> Result<(), Error> {
    session.insert(TEXT, another_text()).await
}

async fn both(mut session: Session) -> Result<(), Error> {
    session.get::<String>(TEXT).await?.expect("the text");
    session.insert(TEXT, another_text()).await
}

async fn sign_in(mut session: Session) -> Result<(), Error> {
    session.cycle_id();
    session.insert(TEXT, another_text()).await
}

async fn seed(mut session: Session, Path(keys): Path<usize>) -> Result<(), Error> {
    for (key, value) in each_key(keys) {
        session.insert(key, value).await?;
    }
    Ok(())
}

/// A loaded session of 10 keys, by the raw key API and by the typed one.
async fn api(bench: &Bench) {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    let mut session = manager.open(&HeaderMap::new());
    for (key, value) in each_key(10) {
        session.insert(key, value).await.expect("stored");
    }
    session.client_mut().insert("theme", 3).expect("sealed");
    let mut response = HeaderMap::new();
    session.finalize(&mut response).await.expect("committed");
    let request = response.get_all(header::SET_COOKIE).iter().map(|cookie| {
        let pair = cookie.to_str().expect("a cookie").split(';').next().expect("a pair");
        (header::COOKIE, pair.parse().expect("a header"))
    });
    let request: HeaderMap = request.collect();
    let (profile, turn) = (Profile::new(), Cell::new(0));
    let next = || turn.replace(turn.get() + 1);

    let mut session = manager.open(&request);
    session.get::<String>(TEXT).await.expect("loaded");
    let row = |name| (bench, "api", name, 10);
    macro_rules! rows {
        ($($name:literal: $operation:expr;)*) => {
            $({
                let (bench, table, name, keys) = row($name);
                bench.row(table, name, keys, async || _ = black_box($operation.expect("no error"))).await;
            })*
        };
    }
    rows! {
        "get string": session.get::<String>(TEXT).await;
        "get struct": session.get::<Profile>(PROFILE).await;
        "get absent": session.get::<String>("absent").await;
        "get client": session.client().get::<u64>("theme");
        "insert string": session.insert(TEXT, text(next())).await;
        "insert struct": session.insert(PROFILE, profile.clone()).await;
        "insert and remove": {
            session.insert("extra", "a short text").await.expect("inserted");
            session.remove::<String>("extra").await
        };
        "update": session.update(TEXT, |value| value.replace(text(next()))).await;
    }
    let mut session = manager.open(&request);
    let mut typed = session.typed_mut::<Typed>();
    typed.text().await.expect("loaded");
    rows! {
        "get string, typed": typed.text().await;
        "get struct, typed": typed.profile().await;
        "get client, typed": typed.theme();
        "insert string, typed": typed.set_text(text(next()));
        "insert struct, typed": typed.set_profile(profile.clone());
        "update, typed": typed.update_text(|value| value.replace(text(next()))).await;
    }
}

/// What any layer costs: a router without sessions inside one that does nothing.
async fn layer(bench: &Bench) {
    let mut jar = Jar::default();
    let seeded = app(MemoryStore::new()).call("/seed/10", "").await;
    App::set_cookies(&seeded).iter().for_each(|cookie| jar.take(cookie));
    let (router, cookies) = (served(bare().layer(NothingLayer)), jar.header());
    let call = async || assert!(App::is_ok(&send(&router, "/bare", &cookies).await));
    bench.row("memory", "layer", 10, call).await;
}

/// A store behind the whole library, and the store alone.
async fn store<S: SessionStore>(bench: &Bench, name: &str, url: &str, open: impl AsyncFn(&str) -> S) {
    server(bench, name, url, async |url| app(open(url).await)).await;
    // Of another revision the whole requests are enough.
    if bench.name() == LIBRARY {
        let alone = bench.of("session, the store alone");
        part(&alone, name, url, async |url| Alone::new(open(url).await)).await;
    }
}

async fn stores(bench: &Bench) {
    // Other libraries have a table of the name that is this one's by default, and another revision has other tables.
    let prefix = if bench.name() == LIBRARY { "now" } else { "before" };
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("sessions.db").display());
    store(bench, "sqlite", &url, async |url| {
        let store = SqliteStore::connect(url).await.expect("a store").with_prefix(prefix).expect("a prefix");
        store.migrate().await.expect("tables");
        store
    })
    .await;
    if let Ok(url) = env::var("SESSION_TEST_POSTGRES") {
        store(bench, "postgres", &url, async |url| {
            let store = PostgresStore::connect(url).await.expect("a store").with_prefix(prefix).expect("a prefix");
            store.migrate().await.expect("tables");
            store
        })
        .await;
    }
    if let Ok(url) = env::var("SESSION_TEST_MYSQL") {
        store(bench, "mysql", &url, async |url| {
            let store = MySqlStore::connect(url).await.expect("a store").with_prefix(prefix).expect("a prefix");
            store.migrate().await.expect("tables");
            store
        })
        .await;
    }
    if let Ok(url) = env::var("SESSION_TEST_REDIS") {
        store(bench, "redis", &url, async |url| RedisStore::connect(url).await.expect("a store")).await;
    }
}

fn main() {
    let bench = Bench::new(LIBRARY, env!("CARGO_PKG_VERSION"));
    run(async {
        api(&bench).await;
        layer(&bench).await;
        memory(&bench, &app(MemoryStore::new())).await;
        stores(&bench).await;
    });
}
