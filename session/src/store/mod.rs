//! The contract of a session store, and the five stores that implement it.
//!
//! A store holds one [`Record`] per session. Each change affects one record, is atomic, and in the ordinary case takes one
//! round trip. If the outcome of an operation is unknown, it is never sent again. If a load shows that it was not stored,
//! it is sent again unchanged. Every operation receives the current time of the application. Treat a record whose
//! `expires` ≤ `now` as absent. Never use the store's own clock.
//!
//! An error states whether the operation was executed: [`Unavailable::NotSent`] if it certainly was not,
//! [`Unavailable::TimedOut`] if the reply did not arrive in time. After any other error, the outcome is unknown.

mod memory;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
mod pool;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "redis")]
pub(crate) mod redis;
pub(crate) mod session_store;
#[cfg(any(feature = "mysql", feature = "postgres", feature = "sqlite"))]
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "sqlite", feature = "_server"))]
mod table_prefix;
pub(crate) mod timeout;
#[cfg(any(feature = "sqlite", feature = "_server"))]
pub(crate) mod value_log;

pub use self::memory::MemoryStore;
#[cfg(feature = "mysql")]
pub use self::mysql::MySqlStore;
#[cfg(feature = "postgres")]
pub use self::postgres::PostgresStore;
#[cfg(feature = "redis")]
pub use self::redis::RedisStore;
pub use self::session_store::{DeleteCondition, Deleted, FindPage, RecordPage, SessionStore};
#[cfg(feature = "sqlite")]
pub use self::sqlite::SqliteStore;
pub use self::timeout::Unavailable;
pub use crate::error::StoreError;
pub use crate::record::changes::{Changes, MAX_KEY_LEN};
pub use crate::record::commit::{Commit, Committed, CommittedVersion, LoadedValues, Rejection, Rotation};
pub use crate::record::id::TokenHash;
pub use crate::record::index::{IndexChange, IndexCursor, IndexHash, InvalidCursor};
pub use crate::record::json::Json;
pub use crate::record::lifetime_limits::Limits;
pub use crate::record::session_info::SessionInfo;
pub use crate::record::stored_record::{LogSize, Record};
pub use crate::record::timestamp::Timestamp;
pub use crate::record::values::Values;
#[cfg(feature = "conformance")]
#[doc(inline)]
pub use crate::testing::conformance;
