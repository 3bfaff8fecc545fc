//! A Redis primary with a replica and three sentinels, for a single test.

use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::redis::{RedisServer, free_ports, query, wait_until};

/// The name of the primary in every sentinel.
const PRIMARY_NAME: &str = "shop";

/// A primary, a replica and three sentinels, which consider a server down after one second. Dropping it kills them.
pub struct RedisSentinels {
    pub servers: [RedisServer; 2],
    sentinels: [Sentinel; 3],
}

struct Sentinel {
    port: u16,
    process: Child,
    _folder: TempDir,
}

impl RedisSentinels {
    /// Starts the servers with additional settings, and the sentinels with additional lines of their configuration.
    pub fn start(settings: &[&str], sentinel_lines: &[&str]) -> Self {
        let with = |more: &[&'static str]| [settings, &["--repl-diskless-sync-delay", "0"], more].concat();
        let primary = RedisServer::start(&with(&[]));
        let port = primary.port.to_string();
        let replica = RedisServer::start(&[&with(&[])[..], &["--replicaof", "127.0.0.1", &port]].concat());
        let sentinels = [(); 3].map(|()| Sentinel::start(primary.port, sentinel_lines));
        Self { servers: [primary, replica], sentinels }
    }

    /// Waits until all sentinels know the replica and each other.
    pub fn wait_until_ready(&self, login: &str) {
        for sentinel in &self.sentinels {
            wait_until("the sentinels know each other", || {
                let state = sentinel.query(login, "INFO sentinel");
                state.contains("status=ok") && state.contains("slaves=1") && state.contains("sentinels=3")
            });
        }
    }

    /// The URL for an application.
    pub fn url(&self) -> String {
        format!("redis+sentinel://{}/{PRIMARY_NAME}", self.hosts())
    }

    /// The addresses of the sentinels.
    pub fn hosts(&self) -> String {
        self.sentinels.each_ref().map(|sentinel| format!("127.0.0.1:{}", sentinel.port)).join(",")
    }

    /// The URL of one sentinel, as if it were a server.
    pub fn sentinel_url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.sentinels[0].port)
    }

    /// Starts a planned failover, as an operator does before an upgrade.
    pub fn fail_over(&self) {
        let sentinel = &self.sentinels[2];
        wait_until("the failover starts", || {
            sentinel.query("", &format!("SENTINEL FAILOVER {PRIMARY_NAME}")).starts_with("+OK")
        });
    }

    /// Kills a sentinel.
    pub fn kill_sentinel(&mut self, at: usize) {
        self.sentinels[at].process.kill().unwrap();
        self.sentinels[at].process.wait().unwrap();
    }
}

impl Sentinel {
    fn start(primary: u16, lines: &[&str]) -> Self {
        let ([port], folder) = (free_ports(), TempDir::new().unwrap());
        let settings = [
            format!("port {port}"),
            "bind 127.0.0.1".to_owned(),
            format!("dir {}", folder.path().display()),
            format!("sentinel monitor {PRIMARY_NAME} 127.0.0.1 {primary} 2"),
            format!("sentinel down-after-milliseconds {PRIMARY_NAME} 1000"),
            format!("sentinel failover-timeout {PRIMARY_NAME} 5000"),
        ];
        let file = folder.path().join("sentinel.conf");
        std::fs::write(&file, settings.join("\n") + "\n" + &lines.join("\n") + "\n").unwrap();
        let mut command = Command::new("redis-server");
        let process = command.arg(&file).arg("--sentinel").stdout(Stdio::null()).spawn().unwrap();
        wait_until("the sentinel responds", || query(port, "PING").is_ok_and(|reply| !reply.is_empty()));
        Self { port, process, _folder: folder }
    }

    /// Runs a command after the command `login`, if there is one.
    fn query(&self, login: &str, command: &str) -> String {
        let mut client = Command::new("redis-cli");
        client.args(["-p", &self.port.to_string()]);
        if let Some((user, password)) = login.split_once(':') {
            client.args(["--user", user, "--pass", password, "--no-auth-warning"]);
        }
        let output = client.args(command.split(' ')).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if text.trim() == "OK" { "+OK".to_owned() } else { text }
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}
