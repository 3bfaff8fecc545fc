//! Redis servers and clusters of a single test, which can pause and kill them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};

use super::private_server::{pause, resume};

const TIMEOUT: Duration = Duration::from_secs(20);

/// A server on a free port. Dropping it kills the server.
pub struct RedisServer {
    pub port: u16,
    process: Child,
    folder: TempDir,
    settings: Vec<String>,
}

impl RedisServer {
    /// Starts a server without persistence, with additional settings.
    pub fn start(settings: &[&str]) -> Self {
        let [port, bus] = free_ports();
        let bus = bus.to_string();
        let is_node = settings.contains(&"--cluster-enabled");
        let bus: &[&str] = if is_node { &["--cluster-port", &bus] } else { &[] };
        let settings: Vec<String> = settings.iter().chain(bus).map(|&setting| setting.to_owned()).collect();
        let folder = TempDir::new().unwrap();
        let server = Self { port, process: spawn(port, &folder, &settings), folder, settings };
        server.wait();
        server
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Kills the server, as a power cut does.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Pauses the server: it does not respond, and keeps its connections.
    pub fn pause(&self) {
        pause(&[self.process.id()]);
    }

    pub fn resume(&self) {
        resume(&[self.process.id()]);
    }

    pub fn restart(&mut self) {
        self.process = spawn(self.port, &self.folder, &self.settings);
        self.wait();
    }

    /// Runs a command, and returns the reply: a line or a text.
    pub fn query(&self, command: &str) -> String {
        query(self.port, command).unwrap()
    }

    /// Returns true if the server has this role. It closes the connections of its clients when its role changes.
    pub fn has_role(&self, role: &str) -> bool {
        query(self.port, "INFO replication").is_ok_and(|reply| reply.contains(&format!("role:{role}")))
    }

    fn wait(&self) {
        wait_until("the server responds", || query(self.port, "PING").is_ok_and(|reply| !reply.is_empty()));
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn spawn(port: u16, folder: &TempDir, settings: &[String]) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
    command.arg("--dir").arg(folder.path()).args(settings).stdout(Stdio::null());
    command.spawn().expect("redis-server is installed")
}

pub(crate) fn free_ports<const N: usize>() -> [u16; N] {
    // All listeners stay open until all ports are known, so that the ports differ.
    [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap()).map(|listener| listener.local_addr().unwrap().port())
}

pub(crate) fn query(port: u16, command: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(format!("{command}\r\n").as_bytes())?;
    let mut reply = BufReader::new(stream);
    let mut line = String::new();
    reply.read_line(&mut line)?;
    if let Some(len) = line.strip_prefix('$').and_then(|len| len.trim().parse().ok()) {
        let mut text = vec![0; len];
        reply.read_exact(&mut text)?;
        line = String::from_utf8_lossy(&text).into_owned();
    }
    Ok(line.trim_end().to_owned())
}

pub(crate) fn wait_until(condition: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < TIMEOUT, "timed out: {condition}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A Redis Cluster of three primaries without replicas.
pub struct RedisCluster(pub [RedisServer; 3]);

impl RedisCluster {
    pub fn start() -> Self {
        let nodes = [(); 3].map(|()| RedisServer::start(&["--cluster-enabled", "yes"]));
        let mut create = Command::new("redis-cli");
        create.args(["--cluster", "create"]).args(nodes.each_ref().map(|node| format!("127.0.0.1:{}", node.port)));
        let created = create.args(["--cluster-replicas", "0", "--cluster-yes"]).output().unwrap();
        assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stdout));
        for node in &nodes {
            wait_until("the cluster is complete", || node.query("CLUSTER INFO").contains("cluster_state:ok"));
        }
        Self(nodes)
    }
}

/// The commands that clients send to a server, without the commands inside of scripts.
pub struct Monitor(tokio::io::BufReader<tokio::net::TcpStream>);

impl Monitor {
    pub async fn start(server: &RedisServer) -> Self {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
        stream.write_all(b"MONITOR\r\n").await.unwrap();
        let mut monitor = Self(tokio::io::BufReader::new(stream));
        assert_eq!(monitor.line().await, "+OK");
        monitor
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        line.trim().to_owned()
    }

    /// The commands until now.
    pub async fn take(&mut self, server: &RedisServer) -> Vec<String> {
        server.query("ECHO end-of-commands");
        let mut commands = Vec::new();
        loop {
            let line = self.line().await;
            if line.contains("end-of-commands") {
                return commands;
            }
            if !line.contains(" lua] ") {
                commands.push(line.split('"').nth(1).unwrap().to_owned());
            }
        }
    }
}
