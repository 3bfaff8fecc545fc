//! `bench-report RESULTS REPOSITORY`: generates the pages, the plot and the figures in the README.

mod capacity;
mod markdown;
mod pages;
mod plot;
mod readme;
mod results;
mod tables;
mod targets;
mod versions;

use std::path::PathBuf;
use std::{env, fs};

use anyhow::{Context, Result};

use crate::results::Results;

fn main() -> Result<()> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let usage = "usage: bench-report RESULTS REPOSITORY";
    let (results, repository) = (args.next().context(usage)?, args.next().context(usage)?);
    let results = Results::read(&results)?;
    let versions = versions::read(&repository.join("tests/bench"))?;
    fs::write(repository.join("session/BENCHMARKS.md"), pages::benchmarks(&results, &versions))?;
    fs::write(repository.join("tests/bench/RESULTS.md"), pages::all_results(&results))?;
    fs::write(repository.join("session/benchmarks.svg"), plot::render_svg(&results))?;
    let readme = repository.join("README.md");
    fs::write(&readme, readme::replace_figures(&fs::read_to_string(&readme)?, &results)?)?;
    Ok(())
}
