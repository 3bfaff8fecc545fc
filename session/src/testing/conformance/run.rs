//! Runs one claim, selected by its name, on a new tokio runtime with a timeout.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::time::Duration;

use crate::testing::conformance::fixture::Fixture;
use crate::testing::conformance::runtime_claims::{concurrent_requests, detached, operation_counts, user_sessions};
use crate::testing::conformance::store_claims::{
    commit, create, delete, expiry, index, races, rotation, scan, two_servers, unreachable, values,
};
use crate::testing::conformance::test_store::TestStore;

/// A claim that takes longer has probably caused a deadlock in the store.
const CLAIM_TIMEOUT: Duration = Duration::from_secs(3 * 60);

type Claim = fn(TestStore) -> Pin<Box<dyn Future<Output = ()>>>;

macro_rules! claim_table {
    ($($file:ident [$($claim:ident,)*])*) => {
        /// The names of all claims.
        pub const CLAIMS: &[&str] = &[$($(stringify!($claim),)*)*];

        fn claim_by_name(name: &str) -> Option<Claim> {
            match name {
                $($(stringify!($claim) => Some(|store| Box::pin($file::$claim(store))),)*)*
                _ => None,
            }
        }
    };
}

crate::__each_claim! { [claim_table] }

/// Tests one claim on a new tokio runtime.
///
/// # Errors
///
/// Each message begins with the name of the claim.
///
/// - The store broke the requirement: the message has the requirement, the expected value and the value found.
/// - There is no claim with this name.
/// - The fixture panicked.
/// - The call is inside a tokio runtime. Call `run` in a new thread instead.
pub fn run(claim: &str, fixture: impl Future<Output = Fixture>) -> Result<(), String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| run_or_panic(claim, fixture)));
    outcome.map_err(|panic| format!("{claim}: {}", panic_message(&*panic)))
}

/// Tests one claim on a new tokio runtime, and panics if it fails.
#[doc(hidden)]
pub fn run_or_panic(claim: &str, fixture: impl Future<Output = Fixture>) {
    let Some(claim) = claim_by_name(claim) else { panic!("there is no claim of this name; `CLAIMS` lists them") };
    let is_in_runtime = tokio::runtime::Handle::try_current().is_ok();
    assert!(!is_in_runtime, "a claim brings its own tokio runtime; call `run` in a new thread");
    // Several threads, so that tasks run in parallel and can race.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build();
    runtime.expect("the system can start the threads of a runtime").block_on(async {
        let fixture = fixture.await;
        let outcome = tokio::time::timeout(CLAIM_TIMEOUT, claim(TestStore::new(&fixture))).await;
        assert!(outcome.is_ok(), "every operation must return: the claim timed out after {CLAIM_TIMEOUT:?}");
    });
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let message = panic.downcast_ref::<String>().map(String::as_str);
    message.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panicked without a message").to_owned()
}
