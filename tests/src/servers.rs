//! The servers that the stores are tested on, and how each test is alone on them.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use session::store::{MySqlStore, PostgresStore, RedisStore, SessionStore, SqliteStore};

/// Where a server is, as `tests/servers` says.
pub fn url(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run tests/run, or tests/servers COMMAND, which start the servers")
    })
}

/// A prefix that no other test has.
pub fn prefix() -> String {
    format!("t{:016x}", RandomState::new().hash_one(std::process::id()))
}

/// A fresh store with tables of its own.
pub async fn postgres() -> PostgresStore {
    let store = PostgresStore::connect(&url("SESSION_TEST_POSTGRES")).await.unwrap();
    let store = store.with_prefix(&prefix()).unwrap();
    store.migrate().await.unwrap();
    store
}

/// A fresh store on MariaDB or MySQL.
pub async fn mysql() -> MySqlStore {
    let store = mysql_at(&prefix()).await;
    store.migrate().await.unwrap();
    store
}

/// A store of its own pool, as a second process would have it.
pub async fn mysql_at(prefix: &str) -> MySqlStore {
    MySqlStore::connect(&url("SESSION_TEST_MYSQL")).await.unwrap().with_prefix(prefix).unwrap()
}

/// A fresh store with keys of its own.
pub async fn redis() -> RedisStore {
    let store = RedisStore::connect(&url("SESSION_TEST_REDIS")).await.unwrap();
    store.with_prefix(&prefix()).unwrap()
}

/// A store of its own connections, as a second process has it, on the server that the URL names.
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
            let store = SqliteStore::connect(url).await.unwrap();
            store.migrate().await.unwrap();
            Arc::new(store)
        }
        _ => Arc::new(RedisStore::connect(url).await.unwrap().with_prefix(prefix).unwrap()),
    }
}
