//! Tests with real servers that stop, crash, hang or reject operations. Each test starts its own server.

mod disconnects;
mod large_commits;
mod outages;
mod redis_failover;
mod refusals;
mod unreachable;
