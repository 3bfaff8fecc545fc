//! The state of one request: loaded record, pending changes, changes in flight, client state. No I/O and no clock.

pub(crate) mod cancelled_commit;
pub(crate) mod credential;
pub(crate) mod csrf;
pub(crate) mod detached;
pub(crate) mod in_flight;
pub(crate) mod outcome;
pub(crate) mod read;
pub(crate) mod response_state_cookie;
pub(crate) mod token_status;
pub(crate) mod types;
pub(crate) mod write;
