//! A program that a test starts and talks to in lines, and that does not outlive it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);

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

    pub fn say(&mut self, line: &str) {
        let said = writeln!(self.stdin, "{line}");
        said.unwrap_or_else(|error| panic!("{} does not listen: {error}", self.name));
    }

    /// What stands behind `prefix` in the first line that has it.
    pub fn line_after(&self, prefix: &str) -> String {
        self.said_after(prefix).unwrap_or_else(|| panic!("{} never said `{prefix}`", self.name))
    }

    /// The same of a program that may end without it.
    pub fn said_after(&self, prefix: &str) -> Option<String> {
        let until = Instant::now() + PATIENCE;
        loop {
            let line = self.lines.recv_timeout(until.saturating_duration_since(Instant::now())).ok()?;
            if let Some((_, rest)) = line.split_once(prefix) {
                return Some(rest.to_owned());
            }
        }
    }

    /// Presses Ctrl-C.
    pub fn interrupt(&self) {
        let kill = Command::new("sh").args(["-c", "kill -INT \"$0\"", &self.child.id().to_string()]).status();
        assert!(kill.expect("there is a shell").success(), "{} is not there to be interrupted", self.name);
    }

    /// How many kilobytes of memory it holds.
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let size = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        size.and_then(|size| size.parse().ok()).expect("Linux says how much memory a process holds")
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    pub fn wait(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
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
