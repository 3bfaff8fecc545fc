//! The clock and the output.

use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::allocations;

/// How long one run of a row takes at least, and how many runs a round has; the median counts.
const RUN: Duration = Duration::from_millis(8);
const RUNS: usize = 5;
/// How often a row runs while instructions are counted, after a warm-up.
const COUNTED: u64 = 100;

/// One library's measurements.
pub struct Bench {
    /// What the rows call the library.
    name: String,
    version: String,
    mode: Mode,
    filter: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// The first round: times, and what is the same in every round.
    Time,
    /// A further round: times alone.
    Again,
    /// The latencies of stores once more, on processors that nobody keeps from sleeping.
    Asleep,
    /// Under callgrind: each row runs inside [`counted`], which writes a profile of its own.
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
    /// What the command line asks for: `time`, `again`, `asleep` or `count`; a text that the rows to run contain, as
    /// `table/row/keys`; and another name for the library.
    pub fn new(library: &str, version: &str) -> Self {
        let mut args = std::env::args().skip(1);
        let mode = match args.next().as_deref() {
            Some("count") => Mode::Count,
            Some("again") => Mode::Again,
            Some("asleep") => Mode::Asleep,
            _ => Mode::Time,
        };
        let filter = args.next().unwrap_or_default();
        let name = args.next().unwrap_or_else(|| library.to_owned());
        Self { name, version: version.to_owned(), mode, filter }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same program with another library or another setting of it.
    pub fn of(&self, library: &str) -> Self {
        let Self { version, mode, filter, .. } = self;
        Self { name: library.to_owned(), version: version.clone(), mode: *mode, filter: filter.clone() }
    }

    /// Whether instructions are being counted: no server is asked then.
    pub fn counts(&self) -> bool {
        self.mode == Mode::Count
    }

    /// Whether this round measures what is the same in every round.
    pub fn is_first(&self) -> bool {
        !matches!(self.mode, Mode::Again | Mode::Asleep)
    }

    /// Whether nothing but latencies is measured.
    pub fn lets_sleep(&self) -> bool {
        self.mode == Mode::Asleep
    }

    pub fn wants(&self, table: &str, row: &str, keys: usize) -> bool {
        format!("{table}/{row}/{keys}").contains(&self.filter)
    }

    /// Measures one operation.
    pub async fn row(&self, table: &str, row: &str, keys: usize, mut operation: impl AsyncFnMut()) {
        if !self.wants(table, row, keys) {
            return;
        }
        eprintln!("{:>24} {table:>8} {row} {keys}", self.name);
        if self.mode == Mode::Count {
            return self.count(table, row, keys, operation).await;
        }
        let times = calibrated(&mut operation).await;
        self.say(table, row, keys, "ns", median(times));
        if !self.is_first() {
            return;
        }
        let (count, _) = allocations::of(async {
            for _ in 0..100 {
                operation().await;
            }
        })
        .await;
        self.say(table, row, keys, "allocations", count as f64 / 100.0);
    }

    async fn count(&self, table: &str, row: &str, keys: usize, mut operation: impl AsyncFnMut()) {
        for _ in 0..20 {
            operation().await;
        }
        for _ in 0..COUNTED {
            let mut operation = pin!(operation());
            std::future::poll_fn(|context| counted(operation.as_mut(), context)).await;
        }
        dump();
        // The profile has the sum; whoever reads it puts it in the place of this one.
        self.say(table, row, keys, "instructions", COUNTED as f64);
    }

    /// How many bytes of the heap some work leaves behind, for each of `parts`.
    pub async fn growth(&self, table: &str, row: &str, keys: usize, parts: usize, work: impl Future<Output = ()>) {
        if self.is_first() && self.wants(table, row, keys) {
            let (_, bytes) = allocations::of(work).await;
            self.say(table, row, keys, "bytes", bytes as f64 / parts as f64);
        }
    }

    pub fn say(&self, table: &str, row: &str, keys: usize, metric: &str, value: f64) {
        let Self { name, version, .. } = self;
        let line = Line { library: name, version, table, row, keys, metric, value };
        println!("{}", serde_json::to_string(&line).expect("a line of JSON"));
    }
}

async fn calibrated(operation: &mut impl AsyncFnMut()) -> Vec<f64> {
    let mut turns = 1;
    while time(operation, turns).await < RUN {
        turns = (turns * 2).max(1);
    }
    let mut times = Vec::new();
    for _ in 0..RUNS {
        times.push(time(operation, turns).await.as_nanos() as f64 / f64::from(turns));
    }
    times
}

async fn time(operation: &mut impl AsyncFnMut(), turns: u32) -> Duration {
    let start = Instant::now();
    for _ in 0..turns {
        operation().await;
    }
    start.elapsed()
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Callgrind collects inside this function alone.
#[inline(never)]
#[unsafe(no_mangle)]
fn counted(operation: Pin<&mut dyn Future<Output = ()>>, context: &mut Context<'_>) -> Poll<()> {
    black_box(operation.poll(context))
}

/// Callgrind writes a profile when this function returns.
#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn dump() {
    black_box(());
}
