//! The store operations of a request: load, commit, update, login, and the decision about an unknown outcome.

pub(crate) mod commit;
pub(crate) mod index_limits;
pub(crate) mod load;
pub(crate) mod login;
mod operation_report;
mod renewed_token;
pub(crate) mod store_call;
mod timer;
pub(crate) mod unknown_outcome;
pub(crate) mod update;
