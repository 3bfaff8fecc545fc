//! The pages: templates with placeholders for the figures.

use crate::results::{IDLE_STATES_LATENCY, LATENCY, Results, STORES};
use crate::{capacity, tables, targets};

/// Generates the page that users read.
pub fn benchmarks(results: &Results, versions: &[(&str, String)]) -> String {
    let versions: Vec<_> = versions.iter().map(|(program, crates)| format!("- {program}: {crates}\n")).collect();
    let machine = ["machine", "busy", "system", "postgres", "mariadb", "redis", "idle states", "rounds"];
    let mut figures: Vec<_> = machine.into_iter().map(|name| (name, results.machine(name).to_owned())).collect();
    figures.extend([
        ("versions", versions.concat()),
        ("requests", tables::requests_on_all_stores(results)),
        ("targets", targets::summary(&targets::evaluate(results))),
    ]);
    fill(include_str!("benchmarks.md"), &figures)
}

/// Generates the page with all results.
pub fn all_results(results: &Results) -> String {
    let figures = [
        ("missed", targets::missed_cases(results, &targets::evaluate(results))),
        ("operations", tables::operations(results)),
        ("bare", tables::bare_routers(results)),
        ("memory", tables::memory_requests(results)),
        ("stores", tables::store_requests(results)),
        ("memory ratios", tables::ratios_to_rivals(results, "ns", &[("memory", "memory")])),
        ("store ratios", tables::ratios_to_rivals(results, LATENCY, &STORES)),
        ("store ratios, idle states", tables::ratios_to_rivals(results, IDLE_STATES_LATENCY, &STORES)),
        ("idle sessions", tables::idle_sessions(results)),
        ("wal", tables::wal_bytes(results)),
        ("capacity", capacity::section(results)),
    ];
    fill(include_str!("results.md"), &figures)
}

fn fill(template: &str, figures: &[(&str, String)]) -> String {
    let insert = |page: String, (name, text): &(&str, String)| page.replace(&format!("{{{{{name}}}}}"), text.trim());
    figures.iter().fold(template.to_owned(), insert)
}
