//! What the benchmark programs of all libraries share: the data, the requests, the clock and the counters.
//!
//! Each program has one library. It gives a [`Subject`] for each store it knows, and calls [`memory`] and [`server`];
//! rows go to standard output, a line of JSON each, and progress to standard error.

mod allocations;
mod bench;
mod data;
mod footprint;
mod jar;
mod received;
mod relay;
#[cfg(feature = "axum")]
pub mod router;
mod subject;

pub use bench::Bench;
pub use data::{Datum, PROFILE, Profile, TEXT, another_text, each_key, key, text};
pub use jar::Jar;
pub use received::received;
pub use subject::{Subject, memory, part, server};

/// How many keys the sessions hold.
pub const SIZES: [usize; 4] = [1, 10, 100, 1000];

/// Runs a program on the one thread that all of them have.
pub fn run(program: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    tokio::task::LocalSet::new().block_on(&runtime, program);
}
