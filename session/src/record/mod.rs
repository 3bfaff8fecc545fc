//! The stored data of a session, and one change to it.

pub(crate) mod changes;
pub(crate) mod commit;
pub(crate) mod id;
pub(crate) mod index;
pub(crate) mod json;
pub(crate) mod lifetime_limits;
pub(crate) mod session_info;
pub(crate) mod side;
pub(crate) mod stored_record;
pub(crate) mod timestamp;
#[cfg_attr(
    not(any(feature = "sqlite", feature = "_server")),
    expect(dead_code, reason = "only stores outside of the process decode values from one text")
)]
pub(crate) mod values;
