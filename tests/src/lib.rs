//! What the integration tests share: a browser that keeps cookies, a clock turned by hand, and a store that counts.

#![allow(missing_docs, clippy::missing_panics_doc, clippy::missing_errors_doc, reason = "fixtures, not an interface")]

mod app;
mod browser;
mod log;
pub mod mysql_wire;
pub mod postgres_wire;
pub mod private_server;
mod process;
pub mod program;
mod redis;
mod requests;
pub mod sample;
pub mod servers;
pub mod shop;
mod spy;
pub mod writers;

pub use app::{Answer, App, Kind, cookies_in, outcome};
pub use browser::Browser;
pub use log::Log;
pub use process::Process;
pub use redis::{Monitor, RedisCluster, RedisServer};
pub use requests::{Column, Request};
pub use spy::{Fault, Spy};

/// Runs each async test once per store: `async fn claim(kind: Kind)` becomes `memory::claim`, `sqlite::claim` and so on.
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
