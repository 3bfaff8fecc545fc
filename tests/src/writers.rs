//! How a test starts the program `writer`, and has several of them do something at one instant.

use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::Process;

/// One process, on the store at `url`. Cargo tells only tests where the program is.
pub fn start(program: &str, url: &str, prefix: &str, key: &str) -> Process {
    let mut command = Command::new(program);
    // A process's arguments are for everyone to see; its environment is not.
    command.env("WRITER_STORE", url).env("WRITER_PREFIX", prefix).env("WRITER_KEY", key);
    Process::start("a writer", command)
}

/// An instant that all processes have time to wait for, in microseconds.
pub fn soon() -> u128 {
    (SystemTime::UNIX_EPOCH.elapsed().unwrap() + Duration::from_millis(3)).as_micros()
}
