//! Helpers for tests: the conformance suite for custom stores.

pub mod conformance;
