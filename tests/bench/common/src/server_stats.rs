//! Statistics of a database server: stored bytes, log bytes, CPU time.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::proxy;

/// Returns all stored bytes with indexes and overhead. `None` if the server cannot report them.
pub async fn stored_bytes(store: &str, url: &str) -> Option<u64> {
    match store {
        "redis" => used_memory(url).await,
        "postgres" => run_psql(url, "SELECT pg_database_size(current_database())"),
        _ => None,
    }
}

/// Returns the bytes that PostgreSQL has written to its write-ahead log. `None` for other stores.
pub fn wal_bytes(store: &str, url: &str) -> Option<u64> {
    if store != "postgres" {
        return None;
    }
    run_psql(url, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")
}

/// Starts a checkpoint. The next write to each page then logs the whole page.
pub fn checkpoint(url: &str) {
    run_psql(url, "CHECKPOINT; SELECT 1");
}

async fn used_memory(url: &str) -> Option<u64> {
    let mut server = TcpStream::connect(proxy::authority(url)).await.ok()?;
    server.write_all(b"INFO memory\r\nQUIT\r\n").await.ok()?;
    let mut response = String::new();
    server.read_to_string(&mut response).await.ok()?;
    let (_, rest) = response.split_once("used_memory:")?;
    rest.lines().next()?.parse().ok()
}

fn run_psql(url: &str, query: &str) -> Option<u64> {
    let output = Command::new("psql").args(["--quiet", "--no-psqlrc", "-At", "-c", query, url]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// The CPU nanoseconds of each thread of a server. Assumes one such server on the machine.
pub struct CpuTime(HashMap<PathBuf, f64>);

impl CpuTime {
    /// Reads the current CPU time. `None` if the store has no server.
    pub fn read(store: &str) -> Option<Self> {
        let name = match store {
            "redis" => "redis-server",
            "postgres" => "postgres",
            "mysql" => "mariadbd",
            _ => return None,
        };
        let mut threads = HashMap::new();
        for process in fs::read_dir("/proc").ok()?.flatten() {
            // Not every entry is a process, and a process can exit during the scan.
            let Ok(command) = fs::read_to_string(process.path().join("comm")) else { continue };
            let Ok(tasks) = fs::read_dir(process.path().join("task")) else { continue };
            if command.trim_end() == name {
                threads.extend(tasks.flatten().filter_map(|task| Some((task.path(), read_thread(&task.path())?))));
            }
        }
        Some(Self(threads))
    }

    /// Returns the microseconds since `earlier`, of the threads that still exist.
    pub fn since(&self, earlier: &Self) -> f64 {
        let spent = self.0.iter().map(|(thread, now)| now - earlier.0.get(thread).unwrap_or(&0.0));
        spent.sum::<f64>() / 1000.0
    }
}

/// Reads the CPU time of a thread. It is the first number in `schedstat`.
fn read_thread(task: &Path) -> Option<f64> {
    fs::read_to_string(task.join("schedstat")).ok()?.split(' ').next()?.parse().ok()
}
