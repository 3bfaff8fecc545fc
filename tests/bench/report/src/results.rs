//! The results of the benchmark programs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

pub const OURS: &str = "session";
pub const BASELINE: &str = "baseline";
/// Microseconds at one client, with CPU idle states disabled.
pub const LATENCY: &str = "latency us";
/// Microseconds at one client, with CPU idle states enabled.
pub const IDLE_STATES_LATENCY: &str = "latency us, idle states";
/// In the order of the tables.
pub const LIBRARIES: [&str; 11] = [
    BASELINE,
    OURS,
    "tower-sessions",
    "tower-sessions, private cookie",
    "axum_session",
    "axum_session, signed",
    "axum_session, no cache",
    "actix-session",
    "actix-session, map",
    "actix-session, cookie store",
    "pavex_session",
];
pub const SIZES: [usize; 4] = [1, 10, 100, 1000];
/// The number of keys in the rows that are measured for one size only.
pub const DEFAULT_KEYS: usize = 10;
pub const REQUESTS: [&str; 5] = ["unused", "read", "write", "both", "login"];
pub const STORES: [(&str, &str); 4] =
    [("sqlite", "SQLite"), ("postgres", "PostgreSQL"), ("mysql", "MariaDB"), ("redis", "Redis")];

#[derive(Deserialize)]
struct Line {
    library: String,
    table: String,
    row: String,
    keys: usize,
    metric: String,
    value: f64,
}

/// One kind of request, or one operation, on sessions of one size.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    pub table: &'a str,
    pub row: &'a str,
    pub keys: usize,
}

/// Table, row, keys, library, metric.
type ValueKey = (String, String, usize, String, String);

pub struct Results {
    values: BTreeMap<ValueKey, f64>,
    machine: BTreeMap<String, String>,
}

impl Results {
    pub fn read(folder: &Path) -> Result<Self> {
        let mut values: BTreeMap<ValueKey, Vec<f64>> = BTreeMap::new();
        for entry in fs::read_dir(folder).context("failed to read the folder of results")? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "jsonl") {
                for line in fs::read_to_string(&path)?.lines() {
                    let Line { library, table, row, keys, metric, value } =
                        serde_json::from_str(line).with_context(|| format!("{}: {line}", path.display()))?;
                    values.entry((table, row, keys, library, metric)).or_default().push(value);
                }
            }
        }
        let values = values.into_iter().map(|(key, rounds)| (key, median(rounds))).collect();
        let machine = fs::read_to_string(folder.join("machine")).context("failed to read the file `machine`")?;
        let machine = machine.lines().filter_map(|line| line.split_once('='));
        let machine = machine.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(Self { values, machine })
    }

    /// Returns a property of the machine, or "?".
    pub fn machine(&self, name: &str) -> &str {
        self.machine.get(name).map_or("?", |value| value)
    }

    pub fn get(&self, work: Work<'_>, library: &str, metric: &str) -> Option<f64> {
        let Work { table, row, keys } = work;
        let key = (table.to_owned(), row.to_owned(), keys, library.to_owned(), metric.to_owned());
        self.values.get(&key).copied()
    }

    /// Returns the libraries that have a value for any size.
    pub fn libraries(&self, table: &str, row: &str, metric: &str) -> Vec<&'static str> {
        let has_value =
            |library: &&str| SIZES.iter().any(|&keys| self.get(Work { table, row, keys }, library, metric).is_some());
        LIBRARIES.into_iter().filter(has_value).collect()
    }

    /// Returns the rival with the smallest value, among those that `filter` accepts.
    pub fn best_rival(
        &self,
        work: Work<'_>,
        metric: &str,
        filter: impl Fn(&str) -> bool,
    ) -> Option<(&'static str, f64)> {
        let rivals = LIBRARIES.into_iter().filter(|&library| library != OURS && library != BASELINE && filter(library));
        let values = rivals.filter_map(|library| Some((library, self.get(work, library, metric)?)));
        values.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Returns the names of a table's rows.
    pub fn rows(&self, table: &str) -> Vec<&str> {
        let rows = self.values.keys().filter(|key| key.0 == table).map(|key| key.1.as_str());
        let mut rows: Vec<_> = rows.collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

/// Returns true if the library queries the store for this request.
///
/// By default, `axum_session` reads from a map in its process. In memory it has no other store.
pub fn queries_store(library: &str, work: Work<'_>) -> bool {
    let only_writes = work.table != "memory" && ["write", "login"].contains(&work.row);
    library != "axum_session" && library != "axum_session, signed" || only_writes
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (upper, lower) = (values[values.len() / 2], values[(values.len() - 1) / 2]);
    f64::midpoint(upper, lower)
}
