//! Stores on real servers: each test has a prefix of its own, so that all of them can share one.

use std::hash::{BuildHasher, RandomState};

use session::store::MySqlStore;

/// Where a server is, such as `SESSION_TEST_MYSQL`.
pub fn url(variable: &str) -> String {
    let missing = |_| panic!("{variable} is not set: run tests/run, or tests/servers COMMAND, which start the servers");
    std::env::var(variable).unwrap_or_else(missing)
}

/// A prefix that no other test has.
pub fn prefix() -> String {
    format!("t{:016x}", RandomState::new().hash_one(std::process::id()))
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
