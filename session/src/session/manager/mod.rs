//! The manager, which opens sessions, and its operations on the sessions of all users.

pub(crate) mod list;
mod registered_schemas;
pub(crate) mod session_manager;
pub(crate) mod sweeper;
pub(crate) mod user_sessions;
