//! Shared by the benchmark programs: session data, requests, measurements.
//!
//! Each program measures one library. It implements [`Subject`] and calls [`memory`] and [`server`].
//! Results go to standard output, one JSON line each. Progress goes to standard error.

mod allocations;
mod bench;
mod cookie_jar;
mod data;
mod memory;
mod proxy;
mod read_buffer;
#[cfg(feature = "axum")]
pub mod router;
mod server;
mod server_stats;
mod subject;

pub use bench::Bench;
pub use cookie_jar::CookieJar;
pub use data::{Datum, PROFILE, Profile, TEXT, TextSequence, each_key, unique_text};
pub use memory::memory;
pub use read_buffer::shared_bytes;
pub use server::server;
pub use subject::Subject;

/// The numbers of keys per session.
pub const SIZES: [usize; 4] = [1, 10, 100, 1000];
/// The number of keys in the rows that are measured for one size only.
pub const DEFAULT_KEYS: usize = 10;
/// The connections of each pool.
pub const CONNECTIONS: u32 = 10;

/// Runs a program on a runtime with one thread.
pub fn run(program: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    tokio::task::LocalSet::new().block_on(&runtime, program);
}

/// Measures operations on a loaded session of [`DEFAULT_KEYS`] keys: `row: operation;` each.
#[macro_export]
macro_rules! operations {
    ($bench:expr; $($row:literal: $operation:expr;)*) => {
        $($bench.measure("api", $row, $crate::DEFAULT_KEYS, async || _ = ::std::hint::black_box($operation)).await;)*
    };
}
