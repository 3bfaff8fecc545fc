//! Bytes that come from elsewhere, handed to the readers that meet them: what a fuzzer starts from.
//!
//! A seal or a database stands between these readers and the world, so that nothing reaches them but by a leaked key or
//! a damaged store. They are held to bear anything all the same.

use crate::cookie::encryption::Purpose;
use crate::session::manager::SessionManager;
#[cfg(feature = "redis")]
use crate::store::Record;
#[cfg(feature = "redis")]
use crate::store::redis::layout;
#[cfg(any(feature = "sqlite", feature = "_server"))]
use crate::store::{StoreError, Values, value_log};

/// The pair `name=value` of a session cookie that seals these bytes.
pub fn session_cookie(manager: &SessionManager, plain: &[u8]) -> String {
    manager.inner().cookies.encrypted(Purpose::Session, plain)
}

/// The pair `name=value` of a state cookie that seals these bytes.
pub fn state_cookie(manager: &SessionManager, plain: &[u8]) -> String {
    manager.inner().cookies.encrypted(Purpose::State, plain)
}

/// The record that this string is to `RedisStore`.
#[cfg(feature = "redis")]
pub fn redis_record(held: Vec<u8>) -> Result<Record, StoreError> {
    layout::decode_record(held)
}

/// The string that `RedisStore` keeps a record in.
#[cfg(feature = "redis")]
pub fn redis_string(record: &Record) -> Result<Vec<u8>, StoreError> {
    layout::encode_record(record, &[], None)
}

/// Keys and values out of a log, as the stores that keep one load it.
#[cfg(any(feature = "sqlite", feature = "_server"))]
pub fn logged_values(entries: Vec<u8>) -> Result<Values, StoreError> {
    value_log::decode(entries)
}

/// The log of these keys and values.
#[cfg(any(feature = "sqlite", feature = "_server"))]
pub fn log_of(values: &Values) -> Vec<u8> {
    value_log::encode_values(values)
}
