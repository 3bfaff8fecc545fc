//! The servers of the stores. Each test has its own prefix on them.

mod closed_port;
mod haproxy;
pub mod mysql_proxy;
mod pgbouncer;
pub mod postgres_proxy;
pub mod private_server;
mod proxy_program;
pub(crate) mod redis;
pub(crate) mod redis_sentinel;

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use session::store::{MySqlStore, PostgresStore, RedisStore, SessionStore, SqliteStore};
use sqlx::mysql::MySqlPoolOptions;
use sqlx::postgres::PgPoolOptions;

pub use self::closed_port::ClosedPort;
pub use self::haproxy::HaProxy;
pub use self::pgbouncer::PgBouncer;

/// The URL of a server, which `tests/servers` sets.
pub fn url(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run tests/run, or tests/servers COMMAND, which start the servers")
    })
}

/// A prefix that no other test uses.
pub fn prefix() -> String {
    format!("t{:016x}", RandomState::new().hash_one(std::process::id()))
}

/// Waits until every connection of the pool is idle. After an operation, sqlx's pool pings the connection first.
pub async fn wait_until_idle<DB: sqlx::Database>(pool: &sqlx::Pool<DB>) {
    for _ in 0..3_000 {
        if usize::try_from(pool.size()) == Ok(pool.num_idle()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} of {} connections are idle", pool.num_idle(), pool.size());
}

/// A new store with its own tables.
pub async fn postgres() -> PostgresStore {
    let store = PostgresStore::connect(&url("SESSION_TEST_POSTGRES")).await.unwrap();
    let store = store.with_prefix(&prefix()).unwrap();
    store.migrate().await.unwrap();
    store
}

/// A new store on MariaDB or MySQL.
pub async fn mysql() -> MySqlStore {
    let store = mysql_at(&prefix()).await;
    store.migrate().await.unwrap();
    store
}

/// A store with its own pool, as in another process.
pub async fn mysql_at(prefix: &str) -> MySqlStore {
    MySqlStore::connect(&url("SESSION_TEST_MYSQL")).await.unwrap().with_prefix(prefix).unwrap()
}

/// A new store with its own keys.
pub async fn redis() -> RedisStore {
    let store = RedisStore::connect(&url("SESSION_TEST_REDIS")).await.unwrap();
    store.with_prefix(&prefix()).unwrap()
}

/// A store with its own connections, as in another process, on the server of the URL.
pub async fn at(url: &str, prefix: &str) -> Arc<dyn SessionStore> {
    match url.split(':').next() {
        Some("postgres") => {
            let store = PostgresStore::connect(url).await.unwrap().with_prefix(prefix).unwrap();
            store.migrate().await.unwrap();
            Arc::new(store)
        }
        Some("mysql") => {
            let store = MySqlStore::connect(url).await.unwrap().with_prefix(prefix).unwrap();
            store.migrate().await.unwrap();
            Arc::new(store)
        }
        Some("sqlite") => {
            let store = SqliteStore::connect(url).await.unwrap().with_prefix(prefix).unwrap();
            store.migrate().await.unwrap();
            Arc::new(store)
        }
        _ => Arc::new(RedisStore::connect(url).await.unwrap().with_prefix(prefix).unwrap()),
    }
}

/// A store of the same kind as on the server of this URL, at a port that refuses connections.
///
/// Its timeout is so long that an operation which waits for the server does not return within a test.
pub fn unreachable(url: &str) -> (Arc<dyn SessionStore>, ClosedPort) {
    let port = ClosedPort::reserve();
    let store = unreachable_at(url, &port);
    (store, port)
}

fn unreachable_at(url: &str, port: &ClosedPort) -> Arc<dyn SessionStore> {
    const TIMEOUT: Duration = Duration::from_hours(1);
    let at = port.number();
    match url.split(':').next() {
        Some("postgres") => {
            let pool = PgPoolOptions::new().test_before_acquire(false).acquire_timeout(TIMEOUT);
            let pool = pool.connect_lazy(&format!("postgres://shop@127.0.0.1:{at}/shop")).unwrap();
            Arc::new(PostgresStore::new(pool).with_timeout(TIMEOUT))
        }
        Some("mysql") => {
            let pool = MySqlPoolOptions::new().test_before_acquire(false).acquire_timeout(TIMEOUT);
            let pool = pool.connect_lazy(&format!("mysql://shop@127.0.0.1:{at}/shop")).unwrap();
            Arc::new(MySqlStore::new(pool).with_timeout(TIMEOUT))
        }
        _ => {
            let client = ::redis::Client::open(format!("redis://127.0.0.1:{at}/?protocol=resp3")).unwrap();
            Arc::new(RedisStore::new(client).with_timeout(TIMEOUT))
        }
    }
}
