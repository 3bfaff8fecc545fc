//! Reading stored values: snapshots, inspectors, and values that are invalid.

mod inspectors;
mod partial_snapshots;
mod unreadable_values;
mod wrong_types;
