//! This library as it was, beside what it is.

use crate::measured::{BEFORE, LATENCY, Measured, OURS, REQUESTS, SIZES, STORES, Work};
use crate::tables::{API, HEAD};
use crate::text::{cell, figure, table};

/// A change by less is not worth a line, unless the figure is one of the main ones.
const CHANGED: f64 = 0.05;

/// The section, or nothing if this library was not measured as it was.
pub fn section(measured: &Measured) -> String {
    let was = measured.machine("before");
    let rows = [main(measured), others(measured)];
    if was.is_empty() || rows.iter().all(Vec::is_empty) {
        return String::new();
    }
    let [main, others] = rows;
    let mut text = format!(
        "## Before and after\n\nThis library as it was at {was}, measured in the same run by the same program, and as it is: \
         before → after, and in brackets after divided by before. First what matters most, whether it changed or not:\n\n"
    );
    text += &table(&HEAD, main);
    if !others.is_empty() {
        text += "\nWhat else changed by more than 5 %:\n\n";
        text += &table(&HEAD, others);
    }
    text
}

struct Line<'m> {
    title: String,
    table: &'m str,
    row: &'m str,
    metric: &'static str,
    /// What a figure is divided by, to be in the unit that the title says.
    unit: f64,
}

impl Line<'_> {
    fn pair(&self, measured: &Measured, keys: usize) -> Option<(f64, f64)> {
        let work = Work { table: self.table, row: self.row, keys };
        let get = |library| measured.get(work, library, self.metric).map(|value| value / self.unit);
        get(BEFORE).zip(get(OURS))
    }

    fn changed(&self, measured: &Measured) -> bool {
        let changed = |(before, after): (f64, f64)| (after - before).abs() > CHANGED * before.abs();
        SIZES.iter().filter_map(|&keys| self.pair(measured, keys)).any(changed)
    }

    /// `None` if neither was measured.
    fn cells(&self, measured: &Measured) -> Option<Vec<String>> {
        let pairs = SIZES.map(|keys| self.pair(measured, keys));
        let mut cells = vec![self.title.clone()];
        cells.extend(pairs.map(|pair| pair.map_or("–".to_owned(), shown)));
        pairs.iter().any(Option::is_some).then_some(cells)
    }
}

fn shown((before, after): (f64, f64)) -> String {
    let ratio = if before == 0.0 { String::new() } else { format!(" ({})", cell(Some(after / before))) };
    format!("{} → {}{ratio}", figure(before), figure(after))
}

fn main(measured: &Measured) -> Vec<Vec<String>> {
    let mut lines: Vec<_> =
        API.into_iter().map(|(row, title)| line(format!("{title}, ns"), "api", row, "ns", 1.0)).collect();
    lines.extend(REQUESTS.map(|row| line(format!("memory, {row}, µs"), "memory", row, "ns", 1000.0)));
    for (store, title) in STORES {
        let requests = REQUESTS.into_iter().filter(|row| *row != "unused");
        lines.extend(requests.map(|row| line(format!("{title}, {row}, µs"), store, row, LATENCY, 1.0)));
    }
    let places = [("memory", "memory"), ("redis", "Redis"), ("postgres", "PostgreSQL")];
    lines.extend(
        places.map(|(table, title)| {
            line(format!("{title}, an idle session, bytes"), table, "idle session", "bytes", 1.0)
        }),
    );
    lines.iter().filter_map(|line| line.cells(measured)).collect()
}

fn others(measured: &Measured) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    for row in measured.rows("api") {
        if row.ends_with(", typed") {
            lines.push(line(format!("{row}, ns"), "api", row, "ns", 1.0));
        }
        lines.extend(counted(row.to_owned(), "api", row));
    }
    for row in REQUESTS {
        lines.extend(counted(format!("memory, {row}"), "memory", row));
    }
    for (store, title) in STORES {
        lines.push(line(format!("{title}, unused, µs"), store, "unused", LATENCY, 1.0));
        for row in REQUESTS {
            let metrics = [
                ("per second at 32", "requests a second of 32 clients"),
                ("us of the server", "µs of the server"),
                ("round trips", "round trips"),
                ("bytes sent", "bytes sent"),
                ("bytes received", "bytes received"),
                ("bytes logged", "bytes logged"),
                ("bytes logged after a checkpoint", "bytes logged after a checkpoint"),
            ];
            lines
                .extend(metrics.map(|(metric, unit)| line(format!("{title}, {row}, {unit}"), store, row, metric, 1.0)));
        }
    }
    let changed = lines.iter().filter(|line| line.changed(measured));
    changed.filter_map(|line| line.cells(measured)).collect()
}

fn counted<'m>(title: String, table: &'m str, row: &'m str) -> [Line<'m>; 2] {
    ["allocations", "instructions"].map(|metric| line(format!("{title}, {metric}"), table, row, metric, 1.0))
}

fn line<'m>(title: String, table: &'m str, row: &'m str, metric: &'static str, unit: f64) -> Line<'m> {
    Line { title, table, row, metric, unit }
}
