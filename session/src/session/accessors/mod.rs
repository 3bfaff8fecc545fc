//! The runtime of the generated accessors: the functions that they call, their futures, and snapshots.

pub(crate) mod misuse;
pub(crate) mod read;
pub(crate) mod snapshot;
pub(crate) mod update;
