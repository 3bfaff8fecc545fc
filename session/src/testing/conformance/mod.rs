//! The conformance suite for custom stores: tests of the contract of [`SessionStore`](crate::store::SessionStore).
//!
//! Enable the feature `conformance` in the tests of your crate:
//!
//! ```toml
//! [dev-dependencies]
//! session = { version = "0.1", features = ["conformance"] }
//! ```
//!
//! Then call the macro with a name and an empty store:
//!
//! ```
//! use session::store::MemoryStore;
//! use session::store::conformance::{Fixture, conformance};
//!
//! // Evaluated once for each claim.
//! conformance!(memory, async { Fixture::in_process(MemoryStore::new()) });
//! # fn main() {}
//! ```
//!
//! The macro generates one `#[test]` for each of the [`CLAIMS`], for example
//! `memory::creating_on_a_live_id_changes_nothing`. A failed test reports the requirement, the expected value and the
//! value that it found.
//!
//! If several processes share the store, provide two instances with separate connections. [`Fixture::keep`] keeps
//! resources until the claim is finished:
//!
//! ```
//! # struct Folder;
//! # impl Folder { fn new() -> Self { Self } fn path(&self) -> &str { "" } }
//! # type MyStore = session::store::MemoryStore;
//! # async fn open(path: &str) -> MyStore { MyStore::new() }
//! # use session::store::conformance::{Fixture, conformance};
//! conformance!(my_store, async {
//!     let folder = Folder::new();
//!     Fixture::two_servers(open(folder.path()).await, open(folder.path()).await).keep(folder)
//! });
//! # fn main() {}
//! ```
//!
//! If the store has a server, add an instance whose server refuses connections with [`Fixture::unreachable`].
//!
//! # Without a test harness
//!
//! [`run`] tests one claim and returns the failure as an error:
//!
//! ```
//! use session::store::MemoryStore;
//! use session::store::conformance::{CLAIMS, Fixture, run};
//!
//! for claim in CLAIMS {
//!     run(claim, async { Fixture::in_process(MemoryStore::new()) })?;
//! }
//! # Ok::<(), String>(())
//! ```
//!
//! # Coverage
//!
//! - Each operation of the contract: its effect, its result, and the data that it must not change.
//! - Keys and values, byte for byte.
//! - The index, the scan over all sessions, and the deletion of expired records.
//! - Concurrent operations, on one server and on two.
//! - A server that refuses connections: each operation fails at once with
//!   [`Unavailable::NotSent`](crate::store::Unavailable::NotSent).
//! - The library on top of the store: the store operations per request, and concurrent requests on one session.
//!
//! Other failures of the store are not covered, for example lost connections, a full disk or timeouts. Write your own
//! tests for them.

mod assertions;
mod claim_list;
mod fixture;
#[doc(hidden)]
pub mod fuzz_targets;
mod run;
mod runtime_claims;
mod store_claims;
mod test_macro;
mod test_session;
mod test_store;

pub use self::fixture::Fixture;
#[doc(hidden)]
pub use self::run::run_or_panic;
pub use self::run::{CLAIMS, run};
pub use crate::conformance;
