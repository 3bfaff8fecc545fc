//! A proxy that is a program of its own: its folder, its port and its process.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::private_server::{Engine, owner};

/// A running proxy. Dropping it kills the process and deletes its folder.
pub(super) struct ProxyProgram {
    process: Child,
    folder: TempDir,
}

impl ProxyProgram {
    /// Writes the configuration, and starts the command with the path of the configuration as the last argument.
    /// Returns when the port accepts connections.
    ///
    /// The program runs as the user of PostgreSQL, because `PgBouncer` does not run as root.
    pub(super) fn start(mut command: Command, port: u16, config: &str) -> Self {
        let folder = TempDir::with_prefix("session-proxy.").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let path = folder.path().join("config");
        fs::write(&path, config).unwrap();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        command.arg(&path).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        if let Some((user, group)) = owner(Engine::Postgres) {
            chown(&path, Some(user), Some(group)).unwrap();
            command.uid(user).gid(group);
        }
        let process = command.spawn().unwrap_or_else(|error| panic!("{command:?} is not installed: {error}"));
        let mut program = Self { process, folder };
        program.wait_until_ready(port);
        program
    }

    fn wait_until_ready(&mut self, port: u16) {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = self.folder.path().join("log");
            assert!(started.elapsed() < Duration::from_mins(1), "the proxy does not start: {}", read(&log));
            assert!(self.process.try_wait().unwrap().is_none(), "the proxy exited: {}", read(&log));
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for ProxyProgram {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn read(log: &Path) -> String {
    fs::read_to_string(log).unwrap_or_default()
}

pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
