//! Starts the program `writer`, and synchronizes several of them.

use std::process::Command;
use std::time::{Duration, SystemTime};

use super::Process;

/// Starts a process on the store at `url`. Only integration tests know the path of the program from Cargo.
pub fn start(program: &str, url: &str, prefix: &str, key: &str) -> Process {
    let mut command = Command::new(program);
    // Other users can read the arguments of a process, but not its environment.
    command.env("WRITER_STORE", url).env("WRITER_PREFIX", prefix).env("WRITER_KEY", key);
    Process::start("a writer", command)
}

/// An instant in the near future that all processes can wait for, in microseconds.
pub fn next_instant() -> u128 {
    (SystemTime::UNIX_EPOCH.elapsed().unwrap() + Duration::from_millis(3)).as_micros()
}
