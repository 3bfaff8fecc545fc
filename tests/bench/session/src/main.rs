//! The benchmark of this library.

mod accessors;

use axum::extract::Path;
use axum::routing::get;
use bench_common::router::{App, routes};
use bench_common::{
    Bench, CookieJar, DEFAULT_KEYS, PROFILE, Profile, TEXT, TextSequence, each_key, memory, operations, run, server,
    unique_text,
};
use http::{HeaderMap, header};
use session::axum::SessionLayer;
use session::store::{MemoryStore, MySqlStore, PostgresStore, RedisStore, SessionStore, SqliteStore};
use session::{Error, SecretKey, Session, SessionConfig, SessionManager, SessionSchema};

use self::accessors::measure_accessors;

/// Other libraries use the default table name.
const TABLE_PREFIX: &str = "bench";

/// The same keys as in the untyped rows.
#[derive(SessionSchema)]
pub struct Typed {
    #[session(key = "key-0000")]
    pub text: String,
    #[session(key = "key-0002")]
    pub profile: Profile,
    #[session(client, default)]
    pub theme: u64,
}

fn app(store: impl SessionStore) -> App {
    let manager = SessionManager::new(store, SessionConfig::new(SecretKey::generate()));
    let handlers = [get(unused), get(read), get(write), get(both), get(login)];
    App::new(routes(handlers, get(seed)).layer(SessionLayer::new(manager)))
}

async fn unused(_: Session) {}

async fn read(session: Session) -> Result<(), Error> {
    session.get::<String>(TEXT).await?.expect("the text");
    Ok(())
}

async fn write(mut session: Session) -> Result<(), Error> {
    session.insert(TEXT, unique_text()).await
}

async fn both(mut session: Session) -> Result<(), Error> {
    session.get::<String>(TEXT).await?.expect("the text");
    session.insert(TEXT, unique_text()).await
}

async fn login(mut session: Session) -> Result<(), Error> {
    session.cycle_id();
    session.insert(TEXT, unique_text()).await
}

async fn seed(mut session: Session, Path(keys): Path<usize>) -> Result<(), Error> {
    for (key, value) in each_key(keys) {
        session.insert(key, value).await?;
    }
    Ok(())
}

/// Creates a session on the store and returns the headers of its next request.
async fn seeded_request(manager: &SessionManager) -> HeaderMap {
    let mut session = manager.open(&HeaderMap::new());
    for (key, value) in each_key(DEFAULT_KEYS) {
        session.insert(key, value).await.expect("stored");
    }
    session.client_mut().insert("theme", 3).expect("sealed");
    let mut response = HeaderMap::new();
    session.finalize(&mut response).await.expect("committed");
    let mut jar = CookieJar::default();
    for cookie in response.get_all(header::SET_COOKIE) {
        jar.store(cookie.to_str().expect("a cookie is ASCII"));
    }
    HeaderMap::from_iter([(header::COOKIE, jar.to_header().parse().expect("a header"))])
}

/// Operations on a loaded session, with the untyped and the typed API.
async fn measure_operations(bench: &Bench) {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()));
    let request = seeded_request(&manager).await;
    let (profile, texts) = (Profile::new(), TextSequence::default());

    let mut session = manager.open(&request);
    session.get::<String>(TEXT).await.expect("loaded");
    operations! { bench;
        "get string": session.get::<String>(TEXT).await.expect("a value");
        "get struct": session.get::<Profile>(PROFILE).await.expect("a value");
        "get absent": session.get::<String>("absent").await.expect("no value");
        "get client": session.client().get::<u64>("theme").expect("a value");
        "insert string": session.insert(TEXT, texts.next()).await.expect("stored");
        "insert struct": session.insert(PROFILE, profile.clone()).await.expect("stored");
        "insert and remove": {
            session.insert("extra", "a short text").await.expect("stored");
            session.remove::<String>("extra").await.expect("removed")
        };
        "update": session.update(TEXT, |value| value.replace(texts.next())).await.expect("committed");
    }

    let mut session = manager.open(&request);
    let mut typed = session.typed_mut::<Typed>();
    typed.text().await.expect("loaded");
    operations! { bench;
        "get string, typed": typed.text().await.expect("a value");
        "get struct, typed": typed.profile().await.expect("a value");
        "get client, typed": typed.theme().expect("a value");
        "insert string, typed": typed.set_text(texts.next()).expect("stored");
        "insert struct, typed": typed.set_profile(profile.clone()).expect("stored");
        "update, typed": typed.update_text(|value| value.replace(texts.next())).await.expect("committed");
    }
}

async fn sqlite(url: &str) -> App {
    let store = SqliteStore::connect(url).await.expect("SQLite").with_prefix(TABLE_PREFIX).expect("a prefix");
    store.migrate().await.expect("tables");
    app(store)
}

async fn postgres(url: &str) -> App {
    let store = PostgresStore::connect(url).await.expect("PostgreSQL").with_prefix(TABLE_PREFIX).expect("a prefix");
    store.migrate().await.expect("tables");
    app(store)
}

async fn mysql(url: &str) -> App {
    let store = MySqlStore::connect(url).await.expect("MariaDB").with_prefix(TABLE_PREFIX).expect("a prefix");
    store.migrate().await.expect("tables");
    app(store)
}

async fn redis(url: &str) -> App {
    app(RedisStore::connect(url).await.expect("Redis"))
}

fn main() {
    let bench = Bench::from_args("session", env!("CARGO_PKG_VERSION"));
    run(async {
        measure_operations(&bench).await;
        measure_accessors(&bench).await;
        memory(&bench, &app(MemoryStore::new())).await;
        server(&bench, "sqlite", sqlite).await;
        server(&bench, "postgres", postgres).await;
        server(&bench, "mysql", mysql).await;
        server(&bench, "redis", redis).await;
    });
}
