//! Measures single operations and prints results.

use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::allocations::count_allocations;

/// The minimal duration of one run of a row.
const MIN_RUN: Duration = Duration::from_millis(8);
/// The runs per round; the result is their median.
const RUNS: usize = 5;
/// The calls whose allocations or instructions are averaged.
const COUNTED_CALLS: u32 = 100;
/// The calls before instructions are counted.
const WARM_UP_CALLS: u32 = 20;

/// The measurements of one library.
pub struct Bench {
    library: String,
    version: String,
    mode: Mode,
    filter: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// The first round: times, and the metrics that do not vary between rounds.
    First,
    /// A further round: times only.
    Repeat,
    /// Store latencies only, with CPU idle states enabled.
    IdleStates,
    /// Instructions, under callgrind.
    Count,
}

#[derive(Serialize)]
struct Line<'a> {
    library: &'a str,
    version: &'a str,
    table: &'a str,
    row: &'a str,
    keys: usize,
    metric: &'a str,
    value: f64,
}

impl Bench {
    /// Reads the command line: `[first | repeat | idle-states | count] [FILTER]`.
    ///
    /// Only rows whose name, `table/row/keys`, contains the filter are measured.
    ///
    /// # Panics
    ///
    /// If the mode is unknown.
    pub fn from_args(library: &str, version: &str) -> Self {
        let mut args = std::env::args().skip(1);
        let mode = match args.next().as_deref() {
            None | Some("first") => Mode::First,
            Some("repeat") => Mode::Repeat,
            Some("idle-states") => Mode::IdleStates,
            Some("count") => Mode::Count,
            Some(other) => panic!("unknown mode `{other}`: use `first`, `repeat`, `idle-states` or `count`"),
        };
        let filter = args.next().unwrap_or_default();
        Self { library: library.to_owned(), version: version.to_owned(), mode, filter }
    }

    /// Returns a `Bench` for the same library with another setting.
    pub fn with_library(&self, library: &str) -> Self {
        let Self { version, mode, filter, .. } = self;
        Self { library: library.to_owned(), version: version.clone(), mode: *mode, filter: filter.clone() }
    }

    /// Returns true if instructions are counted. No server is used in this mode.
    pub fn counts_instructions(&self) -> bool {
        self.mode == Mode::Count
    }

    /// Returns true if this round also measures the metrics that do not vary between rounds.
    pub fn is_first_round(&self) -> bool {
        matches!(self.mode, Mode::First | Mode::Count)
    }

    /// Returns true if only store latencies are measured, with CPU idle states enabled.
    pub fn has_idle_states(&self) -> bool {
        self.mode == Mode::IdleStates
    }

    /// Returns true if the filter selects this row.
    pub fn selects(&self, table: &str, row: &str, keys: usize) -> bool {
        format!("{table}/{row}/{keys}").contains(&self.filter)
    }

    /// Measures one operation in this process.
    pub async fn measure(&self, table: &str, row: &str, keys: usize, mut operation: impl AsyncFnMut()) {
        if !self.selects(table, row, keys) {
            return;
        }
        self.print_progress(table, &format!("{row} {keys}"));
        if self.mode == Mode::Count {
            return self.count_instructions(table, row, keys, operation).await;
        }
        let times = measure_times(&mut operation).await;
        self.print(table, row, keys, "ns", median(times));
        if !self.is_first_round() {
            return;
        }
        let (count, _) = count_allocations(async {
            for _ in 0..COUNTED_CALLS {
                operation().await;
            }
        })
        .await;
        self.print(table, row, keys, "allocations", count as f64 / f64::from(COUNTED_CALLS));
    }

    async fn count_instructions(&self, table: &str, row: &str, keys: usize, mut operation: impl AsyncFnMut()) {
        for _ in 0..WARM_UP_CALLS {
            operation().await;
        }
        for _ in 0..COUNTED_CALLS {
            let mut operation = pin!(operation());
            std::future::poll_fn(|context| poll_counted(operation.as_mut(), context)).await;
        }
        dump_profile();
        // `tests/bench/instructions` replaces this number by the sum in the profile, divided by it.
        self.print(table, row, keys, "instructions", f64::from(COUNTED_CALLS));
    }

    /// Measures the heap growth during `work`, in bytes per part.
    pub async fn measure_heap(
        &self,
        table: &str,
        row: &str,
        keys: usize,
        parts: usize,
        work: impl Future<Output = ()>,
    ) {
        if self.is_first_round() && self.selects(table, row, keys) {
            let (_, bytes) = count_allocations(work).await;
            self.print(table, row, keys, "bytes", bytes as f64 / parts as f64);
        }
    }

    /// Prints one result to standard output.
    pub fn print(&self, table: &str, row: &str, keys: usize, metric: &str, value: f64) {
        let Self { library, version, .. } = self;
        let line = Line { library, version, table, row, keys, metric, value };
        println!("{}", serde_json::to_string(&line).expect("a line of JSON"));
    }

    /// Prints the current step to standard error.
    pub fn print_progress(&self, table: &str, step: &str) {
        eprintln!("{:>36} {table:>8} {step}", self.library);
    }
}

/// Returns nanoseconds per call, one value per run.
async fn measure_times(operation: &mut impl AsyncFnMut()) -> Vec<f64> {
    let mut calls = 1;
    while time_calls(operation, calls).await < MIN_RUN {
        calls *= 2;
    }
    let mut times = Vec::new();
    for _ in 0..RUNS {
        times.push(time_calls(operation, calls).await.as_nanos() as f64 / f64::from(calls));
    }
    times
}

async fn time_calls(operation: &mut impl AsyncFnMut(), calls: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..calls {
        operation().await;
    }
    start.elapsed()
}

/// Returns the median, or NaN if there are no values.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Callgrind collects only inside this function.
#[inline(never)]
#[unsafe(no_mangle)]
fn poll_counted(operation: Pin<&mut dyn Future<Output = ()>>, context: &mut Context<'_>) -> Poll<()> {
    black_box(operation.poll(context))
}

/// Callgrind writes a profile when this function returns.
#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn dump_profile() {
    black_box(());
}
