//! What a server keeps, logs and works for the sessions: asked of the server itself, or of the system it runs on.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::relay;

/// Bytes of all that the server keeps, indexes and overhead included; of servers that can say it.
pub async fn stored(store: &str, url: &str) -> Option<u64> {
    match store {
        "redis" => used_memory(url).await,
        "postgres" => psql(url, "SELECT pg_database_size(current_database())"),
        _ => None,
    }
}

/// Bytes of the write-ahead log since the server's first start.
pub fn logged(store: &str, url: &str) -> Option<u64> {
    if store != "postgres" {
        return None;
    }
    psql(url, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint")
}

/// From here on the server logs each page whole when it is first written to.
pub fn checkpoint(url: &str) {
    psql(url, "CHECKPOINT; SELECT 1");
}

async fn used_memory(url: &str) -> Option<u64> {
    let mut server = TcpStream::connect(relay::address(url)).await.ok()?;
    server.write_all(b"INFO memory\r\nQUIT\r\n").await.ok()?;
    let mut answer = String::new();
    server.read_to_string(&mut answer).await.ok()?;
    let (_, rest) = answer.split_once("used_memory:")?;
    rest.lines().next()?.parse().ok()
}

fn psql(url: &str, query: &str) -> Option<u64> {
    let answer = Command::new("psql").args(["--quiet", "--no-psqlrc", "-At", "-c", query, url]).output().ok()?;
    String::from_utf8(answer.stdout).ok()?.trim().parse().ok()
}

/// The nanoseconds of processor time that each thread of a server has had; of a machine that runs one such server.
pub struct Worked(HashMap<PathBuf, f64>);

pub fn worked(store: &str) -> Option<Worked> {
    let name = match store {
        "redis" => "redis-server",
        "postgres" => "postgres",
        "mysql" => "mariadbd",
        _ => return None,
    };
    let mut all = HashMap::new();
    for process in fs::read_dir("/proc").ok()?.flatten() {
        // A process may be gone by now, and most of the folder's entries are none.
        let Ok(called) = fs::read_to_string(process.path().join("comm")) else { continue };
        let Ok(threads) = fs::read_dir(process.path().join("task")) else { continue };
        if called.trim_end() == name {
            all.extend(threads.flatten().filter_map(|thread| Some((thread.path(), had(&thread.path())?))));
        }
    }
    Some(Worked(all))
}

/// The first number is the time on a processor.
fn had(thread: &Path) -> Option<f64> {
    fs::read_to_string(thread.join("schedstat")).ok()?.split(' ').next()?.parse().ok()
}

impl Worked {
    /// Microseconds since then, of the threads that there still are.
    pub fn since(&self, then: &Self) -> f64 {
        let more = self.0.iter().map(|(thread, now)| now - then.0.get(thread).unwrap_or(&0.0));
        more.sum::<f64>() / 1000.0
    }
}
