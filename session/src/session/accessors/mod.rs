//! The runtime of the generated accessors: the functions that they call, the futures of updates, and snapshots.

pub(crate) mod misuse;
pub(crate) mod snapshot;
pub(crate) mod snapshot_fields;
pub(crate) mod update;
