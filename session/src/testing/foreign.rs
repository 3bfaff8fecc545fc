//! Bytes that come from elsewhere, handed to the readers that meet them: what a fuzzer starts from.
//!
//! A seal or a database stands between these readers and the world, so that nothing reaches them but by a leaked key or
//! a damaged store. They are held to bear anything all the same.

use crate::manager::SessionManager;
use crate::seal::Purpose;
#[cfg(feature = "redis")]
use crate::store::redis::layout;
#[cfg(feature = "redis")]
use crate::store::{Record, StoreError};
#[cfg(feature = "sqlite")]
use crate::store::{Values, sqlite};

/// The pair `name=value` of a session cookie that seals these bytes.
pub fn session_cookie(manager: &SessionManager, plain: &[u8]) -> String {
    manager.manager().cookies.sealed(Purpose::Session, plain)
}

/// The pair `name=value` of a state cookie that seals these bytes.
pub fn state_cookie(manager: &SessionManager, plain: &[u8]) -> String {
    manager.manager().cookies.sealed(Purpose::State, plain)
}

/// The record that this string is to `RedisStore`.
#[cfg(feature = "redis")]
pub fn redis_record(held: Vec<u8>) -> Result<Record, StoreError> {
    layout::read(held)
}

/// The string that `RedisStore` keeps a record in.
#[cfg(feature = "redis")]
pub fn redis_string(record: &Record) -> Result<Vec<u8>, StoreError> {
    layout::write(record)
}

/// Keys and values out of the one text that `SqliteStore` loads them in.
#[cfg(feature = "sqlite")]
pub fn sqlite_values(held: &str) -> Option<Values> {
    sqlite::read(held)
}
