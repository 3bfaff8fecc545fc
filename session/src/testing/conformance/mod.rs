//! Proves that a store fulfils the contract of [`SessionStore`](crate::store::SessionStore), claim by claim.
//!
//! A store is put to the test by a few lines in a test of its own crate, with the feature `conformance`:
//!
//! ```toml
//! [dev-dependencies]
//! session = { version = "0.1", features = ["conformance"] }
//! ```
//!
//! ```
//! use session::store::MemoryStore;
//! use session::store::conformance::{Fixture, conformance};
//!
//! // An empty store for each claim. `Fixture::two_servers` takes two instances on one database.
//! conformance!(memory, async { Fixture::in_process(MemoryStore::new()) });
//! # fn main() {}
//! ```
//!
//! That is one `#[test]` for each of the [`CLAIMS`], named after it: `memory::creating_on_a_live_id_changes_nothing`. A
//! claim fails with the promise that the store broke, in words, and what was found instead.
//!
//! A store that other processes reach brings two instances, each with connections of its own, and whatever has to live
//! as long as the claim does:
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
//! # Without a test harness
//!
//! [`run`] puts a store to the test of one claim, wherever it is called:
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
//! # What is claimed
//!
//! Every operation of the contract: what it does, what it answers, and what it leaves alone. Keys and values to the
//! letter. The index, the walk over all sessions, and the sweep. Races of many tasks, on one server and on two. At last
//! the runtime over this store: how many operations a request costs, and what two requests on one session do to each
//! other.
//!
//! Not claimed is what only the store itself can break: lost connections, a full disk, deadlines. Those tests are the
//! store's own.

mod assertions;
mod claims;
mod fixture;
#[doc(hidden)]
pub mod fuzz_targets;
mod runtime;
mod store;
mod test_session;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::time::Duration;

use self::claims::{commit, create, deletion, expiry, index, races, rotation, scan, servers, values};
pub use self::fixture::Fixture;
use self::runtime::{costs, requests, user_sessions};
use self::store::Store;
pub use crate::conformance;

/// A claim that takes longer will never end: the store has locked itself in.
const DEADLINE: Duration = Duration::from_secs(3 * 60);

type Claim = fn(Store) -> Pin<Box<dyn Future<Output = ()>>>;

macro_rules! table {
    ($($file:ident [$($claim:ident,)*])*) => {
        /// Every claim, by its name.
        pub const CLAIMS: &[&str] = &[$($(stringify!($claim),)*)*];

        fn claim_named(name: &str) -> Option<Claim> {
            match name {
                $($(stringify!($claim) => Some(|store| Box::pin($file::$claim(store))),)*)*
                _ => None,
            }
        }
    };
}

crate::__each_claim! { [table] }

/// Puts a store to the test of one claim, on a tokio runtime of its own.
///
/// # Errors
///
/// What the store broke, in words: the claim's name, the promise, and what was found instead. It is an error too if
/// there is no such claim, if the fixture panics, and if this is called where a tokio runtime is already at work: a
/// thread of its own is free of it.
pub fn run(claim: &str, fixture: impl Future<Output = Fixture>) -> Result<(), String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| prove(claim, fixture)));
    outcome.map_err(|panic| format!("{claim}: {}", words(&*panic)))
}

/// Puts a store to the test of one claim, and panics if it fails.
#[doc(hidden)]
pub fn prove(claim: &str, fixture: impl Future<Output = Fixture>) {
    let Some(proof) = claim_named(claim) else { panic!("there is no claim of this name; `CLAIMS` lists them") };
    let is_inside_another = tokio::runtime::Handle::try_current().is_ok();
    assert!(!is_inside_another, "a claim brings its own tokio runtime, and cannot run inside of another");
    // Several threads, so that races are real ones.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build();
    runtime.expect("the system has threads for a runtime").block_on(async {
        let fixture = fixture.await;
        let outcome = tokio::time::timeout(DEADLINE, proof(Store::of(&fixture))).await;
        assert!(outcome.is_ok(), "every operation must be answered: the claim has waited for {DEADLINE:?}");
    });
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words").to_owned()
}
