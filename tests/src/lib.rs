//! Shared fixtures of the integration tests: a browser with a cookie jar, a manual clock, and a store that counts.

#![allow(missing_docs, clippy::missing_panics_doc, clippy::missing_errors_doc, reason = "fixtures, not an interface")]

mod app;
mod browser;
mod log;
mod processes;
pub mod program;
mod requests;
pub mod sample;
pub mod servers;
mod spy;

pub use app::{App, Kind, Response, cookies_in, outcome};
pub use browser::{Browser, ClientKind};
pub use log::Log;
pub use processes::{Process, shop, writers};
pub use requests::{CookieState, Request};
pub use servers::redis::{Monitor, RedisCluster, RedisServer};
pub use servers::redis_sentinel::RedisSentinels;
pub use servers::{mysql_proxy, postgres_proxy, private_server};
pub use spy::{Arrival, Fault, Spy};

/// Runs each async test once per store: `async fn test(kind: Kind)` becomes `memory::test`, `sqlite::test` and so on.
#[macro_export]
macro_rules! on_every_store {
    ($($name:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $name() { super::$name($crate::Kind::Memory).await; })*
        }

        mod sqlite {
            $(#[tokio::test] async fn $name() { super::$name($crate::Kind::Sqlite).await; })*
        }

        mod postgres {
            $(#[tokio::test] async fn $name() { super::$name($crate::Kind::Postgres).await; })*
        }

        mod mysql {
            $(#[tokio::test] async fn $name() { super::$name($crate::Kind::MySql).await; })*
        }

        mod redis {
            $(#[tokio::test] async fn $name() { super::$name($crate::Kind::Redis).await; })*
        }
    };
}
