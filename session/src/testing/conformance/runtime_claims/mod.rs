//! Claims about the library on top of a store: operations per request, concurrent requests, and the sessions of a user.

mod app;
mod browser;
pub(super) mod concurrent_requests;
mod counting_store;
pub(super) mod detached;
pub(super) mod operation_counts;
pub(super) mod user_sessions;
