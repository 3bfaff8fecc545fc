//! Claims about a store: the operations of `SessionStore`, alone, concurrently, and on two servers.

pub(super) mod commit;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod expiry;
pub(super) mod index;
pub(super) mod races;
pub(super) mod rotation;
pub(super) mod scan;
pub(super) mod two_servers;
pub(super) mod unreachable;
pub(super) mod values;
