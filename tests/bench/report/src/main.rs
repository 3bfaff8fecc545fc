//! `bench-report RESULTS REPOSITORY`: makes the page, the plot and the README's lines of what the programs measured.

mod before;
mod capacity;
mod measured;
mod misses;
mod page;
mod plot;
mod readme;
mod tables;
mod targets;
mod text;
mod versions;

use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context, Result};

use crate::measured::Measured;

fn main() -> Result<()> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let usage = "usage: bench-report RESULTS REPOSITORY";
    let (results, repository) = (args.next().context(usage)?, args.next().context(usage)?);
    let measured = Measured::read(&results)?;
    let versions = versions::read(&repository.join("tests/bench"))?;
    fs::write(repository.join("session/BENCHMARKS.md"), page::page(&measured, &versions))?;
    fs::write(repository.join("session/benchmarks.svg"), plot::svg(&measured))?;
    let readme = repository.join("README.md");
    fs::write(&readme, readme::with_results(&fs::read_to_string(&readme)?, &measured)?)?;
    Ok(())
}
