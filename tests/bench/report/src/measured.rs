//! What the programs measured.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

pub const OURS: &str = "session";
pub const FLOOR: &str = "floor";
/// This library as it was.
pub const BEFORE: &str = "session, before";
/// This library's store, without what is around it.
pub const ALONE: &str = "session, the store alone";
pub const LATENCY: &str = "us at one client";
/// The same on processors that nobody keeps from sleeping.
pub const ASLEEP: &str = "us at one client, asleep";
/// In the order in which the page lists them.
pub const LIBRARIES: [&str; 11] = [
    FLOOR,
    OURS,
    "tower-sessions",
    "tower-sessions, private cookie",
    "axum_session",
    "axum_session, signed",
    "axum_session, no cache",
    "actix-session",
    "actix-session, a map",
    "actix-session, cookie store",
    "pavex_session",
];
pub const SIZES: [usize; 4] = [1, 10, 100, 1000];
pub const REQUESTS: [&str; 5] = ["unused", "read", "write", "both", "sign-in"];
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

type Place = (String, String, usize, String, String);

pub struct Measured {
    values: BTreeMap<Place, f64>,
    machine: BTreeMap<String, String>,
}

impl Measured {
    pub fn read(folder: &Path) -> Result<Self> {
        let mut values: BTreeMap<Place, Vec<f64>> = BTreeMap::new();
        for entry in fs::read_dir(folder).context("the folder of results")? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "jsonl") {
                for line in fs::read_to_string(&path)?.lines() {
                    let Line { library, table, row, keys, metric, value } =
                        serde_json::from_str(line).with_context(|| format!("{}: {line}", path.display()))?;
                    values.entry((table, row, keys, library, metric)).or_default().push(value);
                }
            }
        }
        let values = values.into_iter().map(|(place, rounds)| (place, median(rounds))).collect();
        let machine = fs::read_to_string(folder.join("machine")).context("the machine")?;
        let machine = machine.lines().filter_map(|line| line.split_once('='));
        let machine = machine.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(Self { values, machine })
    }

    /// A line of the description of the machine.
    pub fn machine(&self, name: &str) -> &str {
        self.machine.get(name).map_or("?", |value| value)
    }

    pub fn get(&self, work: Work<'_>, library: &str, metric: &str) -> Option<f64> {
        let Work { table, row, keys } = work;
        let place = (table.to_owned(), row.to_owned(), keys, library.to_owned(), metric.to_owned());
        self.values.get(&place).copied()
    }

    /// The libraries that have any such value.
    pub fn libraries(&self, table: &str, row: &str, metric: &str) -> Vec<&'static str> {
        let has =
            |library: &&str| SIZES.iter().any(|&keys| self.get(Work { table, row, keys }, library, metric).is_some());
        LIBRARIES.into_iter().filter(has).collect()
    }

    /// The rival with the least value, among those that `counts` admits.
    pub fn best(&self, work: Work<'_>, metric: &str, counts: impl Fn(&str) -> bool) -> Option<(&'static str, f64)> {
        let rivals = LIBRARIES.into_iter().filter(|&library| library != OURS && library != FLOOR && counts(library));
        let values = rivals.filter_map(|library| Some((library, self.get(work, library, metric)?)));
        values.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The rows of a table, of whatever size.
    pub fn rows(&self, table: &str) -> Vec<&str> {
        let rows = self.values.keys().filter(|place| place.0 == table).map(|place| place.1.as_str());
        let mut rows: Vec<_> = rows.collect();
        rows.dedup();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

/// Of the rounds.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (upper, lower) = (values[values.len() / 2], values[(values.len() - 1) / 2]);
    f64::midpoint(upper, lower)
}
