//! Test helpers: the conformance suite for stores.

pub mod conformance;
