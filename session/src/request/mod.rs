//! One request: its state, the commit plan, store operations, and the cookies of its response.

pub(crate) mod commit;
pub(crate) mod fields;
pub(crate) mod index_limits;
pub(crate) mod load;
pub(crate) mod manager_inner;
pub(crate) mod plan;
pub(crate) mod response;
pub(crate) mod session_inner;
pub(crate) mod state;
pub(crate) mod state_cell;
pub(crate) mod update;
