//! One request: its state, the commit plan, store operations, and the cookies of its response.

mod events;
pub(crate) mod fields;
mod forgotten_commit;
mod ignored_change;
pub(crate) mod manager_inner;
pub(crate) mod operations;
pub(crate) mod plan;
pub(crate) mod response;
pub(crate) mod session_inner;
pub(crate) mod state;
pub(crate) mod state_cell;
