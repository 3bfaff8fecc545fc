//! Access for the fuzzer to the decoders of cookies, header tokens and stored records.
//!
//! Encryption or the database normally protects their input. They must never panic, even after a key leak or data
//! corruption.

use crate::cookie::encryption::cookie_cipher::Purpose;
#[cfg(any(feature = "sqlite", feature = "_server"))]
use crate::error::StoreError;
#[cfg(feature = "redis")]
use crate::record::stored_record::Record;
#[cfg(any(feature = "sqlite", feature = "_server"))]
use crate::record::values::Values;
use crate::session::manager::session_manager::SessionManager;
#[cfg(feature = "redis")]
use crate::store::redis::layout;
#[cfg(any(feature = "sqlite", feature = "_server"))]
use crate::store::value_log;

/// Returns a session cookie, `name=value`, that encrypts these bytes.
pub fn encrypt_session_cookie(manager: &SessionManager, plain: &[u8]) -> String {
    manager.inner().cookies.encrypted(Purpose::Session, plain)
}

/// Returns a state cookie, `name=value`, that encrypts these bytes.
pub fn encrypt_state_cookie(manager: &SessionManager, plain: &[u8]) -> String {
    manager.inner().cookies.encrypted(Purpose::State, plain)
}

/// Returns the text of a header token that encrypts these bytes.
pub fn encrypt_header_token(manager: &SessionManager, plain: &[u8]) -> String {
    manager.inner().cookies.encrypted(Purpose::Header, plain)
}

/// Decodes a record of `RedisStore`.
#[cfg(feature = "redis")]
pub fn decode_redis_record(bytes: Vec<u8>) -> Result<Record, StoreError> {
    layout::decode_record(bytes)
}

/// Encodes a record for `RedisStore`.
#[cfg(feature = "redis")]
pub fn encode_redis_record(record: &Record) -> Result<Vec<u8>, StoreError> {
    layout::encode_record(record, &[], None)
}

/// Decodes the value log of Redis, which has the newest entry last.
#[cfg(any(feature = "sqlite", feature = "_server"))]
pub fn decode_value_log(bytes: Vec<u8>) -> Result<Values, StoreError> {
    value_log::decode(bytes)
}

/// Decodes the value log of a SQL store, which has the newest entry first.
#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
pub fn decode_value_log_newest_first(bytes: Vec<u8>) -> Result<Values, StoreError> {
    value_log::decode_newest_first(bytes)
}

/// Encodes values as a value log.
#[cfg(any(feature = "sqlite", feature = "_server"))]
pub fn encode_value_log(values: &Values) -> Vec<u8> {
    value_log::encode_values(values)
}
