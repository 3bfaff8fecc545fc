//! The compiled versions, from the lock files.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const CRATES: [(&str, &[&str]); 5] = [
    ("session", &["session", "axum", "redis", "sqlx"]),
    (
        "tower-sessions",
        &["tower-sessions", "tower-sessions-sqlx-store", "tower-sessions-redis-store", "axum", "fred", "sqlx"],
    ),
    (
        "axum_session",
        &["axum_session", "axum_session_sqlx", "axum_session_redispool", "axum", "redis", "redis_pool", "sqlx"],
    ),
    ("actix-session", &["actix-session", "actix-web", "redis"]),
    (
        "pavex_session",
        &[
            "pavex_session",
            "pavex_session_memory_store",
            "pavex_session_sqlx",
            "pavex_session_redis",
            "pavex",
            "redis",
            "sqlx",
        ],
    ),
];

/// Returns each program with its libraries and their versions.
pub fn read(bench: &Path) -> Result<Vec<(&'static str, String)>> {
    let read = |(folder, names): (&'static str, &[&str])| {
        let lock = bench.join(folder).join("Cargo.lock");
        let lock = fs::read_to_string(&lock).with_context(|| lock.display().to_string())?;
        let named: Vec<_> =
            names.iter().map(|name| format!("{name} {}", versions(&lock, name).join(" and "))).collect();
        Ok((folder, named.join(", ")))
    };
    CRATES.into_iter().map(read).collect()
}

/// Returns all versions of a crate, newest first.
fn versions<'a>(lock: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!("name = \"{name}\"\nversion = \"");
    let mut versions: Vec<_> = lock.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    versions.reverse();
    versions
}
