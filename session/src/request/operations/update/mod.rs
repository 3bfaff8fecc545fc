//! The atomic update of one field: compare-and-swap on the record's revision, with retries.
//!
//! The updates of one session wait for each other in this process (`queue.rs`).

mod compare_and_swap;
pub(crate) mod field_update;
pub(crate) mod queue;

pub(crate) use self::field_update::try_update;
