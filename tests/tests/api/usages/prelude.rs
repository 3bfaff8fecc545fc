//! The names that every usage needs.

pub(super) use serde::{Deserialize, Serialize};
pub(super) use serde_json::json;
pub(super) use session::{SessionSchema, Typed};
pub(super) use session_tests::Kind;

pub(super) use super::{Visit, on_memory_and_sqlite};
