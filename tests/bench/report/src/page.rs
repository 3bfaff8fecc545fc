//! The page: its text is `page.md`, and the figures go where that names them.

use crate::measured::{ASLEEP, LATENCY, Measured, STORES};
use crate::{before, capacity, misses, tables, targets};

const TEXT: &str = include_str!("page.md");

pub fn page(measured: &Measured, versions: &[(&str, String)]) -> String {
    let compiled: Vec<_> = versions.iter().map(|(program, crates)| format!("- {program}: {crates}\n")).collect();
    let targets = targets::targets(measured);
    let ratios = tables::against_rivals(measured, "ns", &[("memory", "memory")]);
    let figures = [
        ("machine", measured.machine("machine").to_owned()),
        ("busy", measured.machine("busy").to_owned()),
        ("system", measured.machine("system").to_owned()),
        ("postgres", measured.machine("postgres").to_owned()),
        ("mariadb", measured.machine("mariadb").to_owned()),
        ("redis", measured.machine("redis").to_owned()),
        ("versions", compiled.concat()),
        ("sleep", measured.machine("sleep").to_owned()),
        ("rounds", measured.machine("rounds").to_owned()),
        ("targets", targets::table_of(&targets)),
        ("misses", misses::misses(measured, &targets)),
        ("before", before::section(measured)),
        ("api", tables::api(measured)),
        ("bare", tables::bare(measured)),
        ("memory", tables::memory(measured)),
        ("stores", tables::stores(measured)),
        ("memory ratios", ratios),
        ("store ratios", tables::against_rivals(measured, LATENCY, &STORES)),
        ("store ratios asleep", tables::against_rivals(measured, ASLEEP, &STORES)),
        ("idle", tables::idle(measured)),
        ("logged", tables::logged(measured)),
        ("capacity", capacity::note(measured)),
    ];
    figures
        .iter()
        .fold(TEXT.to_owned(), |page, (name, figures)| page.replace(&format!("{{{{{name}}}}}"), figures.trim()))
}
