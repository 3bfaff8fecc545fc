//! Longer texts about the crate.

#[doc = include_str!("../ARCHITECTURE.md")]
pub mod architecture {}

#[expect(clippy::doc_markdown, reason = "crates are called by their names")]
#[doc = include_str!("../BENCHMARKS.md")]
pub mod benchmarks {}

#[doc = include_str!("../CHANGELOG.md")]
pub mod changelog {}

#[doc = include_str!("../ERRORS.md")]
pub mod errors_explained {}

#[doc = include_str!("../STORES.md")]
pub mod stores {}

#[doc = include_str!("../TESTING.md")]
pub mod testing {}

#[doc = include_str!("../THREAT_MODEL.md")]
pub mod threat_model {}
