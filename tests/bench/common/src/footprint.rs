//! What a server keeps, logs and works for the sessions: asked of the server itself, or of the system it runs on.

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

/// Microseconds of processor time that the processes of this server have had; of a machine that runs one such server.
pub fn worked(store: &str) -> Option<f64> {
    let name = match store {
        "redis" => "redis-server",
        "postgres" => "postgres",
        "mysql" => "mariadbd",
        _ => return None,
    };
    // A hundredth of a second is the unit of all Linux systems that are not built for another one.
    const TICK: f64 = 10_000.0;
    let mut ticks = 0;
    for process in std::fs::read_dir("/proc").ok()?.flatten() {
        // A process may be gone by now, and most of the folder's entries are none.
        let Ok(stat) = std::fs::read_to_string(process.path().join("stat")) else { continue };
        let Some((_, rest)) = stat.split_once(&format!("({name})")) else { continue };
        let numbers = rest.split_whitespace().skip(11).take(2);
        ticks += numbers.filter_map(|number| number.parse::<u64>().ok()).sum::<u64>();
    }
    Some(ticks as f64 * TICK)
}
