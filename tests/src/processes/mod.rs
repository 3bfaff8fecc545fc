//! A child process that communicates in lines, and is killed at the end of its test.

pub mod shop;
pub mod writers;

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

const TIMEOUT: Duration = Duration::from_secs(20);

pub struct Process {
    child: Child,
    stdin: ChildStdin,
    name: &'static str,
    lines: Receiver<String>,
}

impl Process {
    pub fn start(name: &'static str, mut command: Command) -> Self {
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        let stdin = child.stdin.take().expect("it is piped");
        let stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let (send, lines) = channel();
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { child, stdin, name, lines }
    }

    /// Writes a line to the standard input.
    pub fn send_line(&mut self, line: &str) {
        let sent = writeln!(self.stdin, "{line}");
        sent.unwrap_or_else(|error| panic!("failed to write to {}: {error}", self.name));
    }

    /// Waits for a line that contains `prefix`, and returns the rest of the line.
    pub fn expect_line(&self, prefix: &str) -> String {
        self.find_line(prefix).unwrap_or_else(|| panic!("{} never printed `{prefix}`", self.name))
    }

    /// The same for a program that may exit before it prints the line.
    pub fn find_line(&self, prefix: &str) -> Option<String> {
        let until = Instant::now() + TIMEOUT;
        loop {
            let line = self.lines.recv_timeout(until.saturating_duration_since(Instant::now())).ok()?;
            if let Some((_, rest)) = line.split_once(prefix) {
                return Some(rest.to_owned());
            }
        }
    }

    /// Sends SIGINT, as Ctrl-C does.
    pub fn interrupt(&self) {
        let kill = Command::new("sh").args(["-c", "kill -INT \"$0\"", &self.child.id().to_string()]).status();
        assert!(kill.expect("there is a shell").success(), "{} does not run", self.name);
    }

    /// The resident memory in kilobytes.
    pub fn resident_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let size = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        size.and_then(|size| size.parse().ok()).expect("Linux reports the resident memory")
    }

    pub fn has_exited(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    pub fn wait(&mut self) -> ExitStatus {
        let until = Instant::now() + TIMEOUT;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return status;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("{} does not stop", self.name);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
