//! Where the shop keeps its sessions, and what can be done to it meanwhile.

use session_tests::{RedisServer, servers};
use tempfile::TempDir;

pub(crate) enum Backend {
    /// Gone when the shop stops, so the shop is left alone.
    Memory,
    Sqlite(TempDir),
    /// A server of its own, which keeps every write.
    Redis(RedisServer),
    /// A server that others use too.
    Shared(String),
}

impl Backend {
    pub(crate) fn memory() -> Self {
        Self::Memory
    }

    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(TempDir::new().unwrap())
    }

    pub(crate) fn redis() -> Self {
        Self::Redis(RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"]))
    }

    pub(crate) fn postgres() -> Self {
        Self::Shared(servers::url("SESSION_TEST_POSTGRES"))
    }

    pub(crate) fn mysql() -> Self {
        Self::Shared(servers::url("SESSION_TEST_MYSQL"))
    }

    /// As the shop is told.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Memory => "memory:".to_owned(),
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("shop.db").display()),
            Self::Redis(server) => server.url(),
            Self::Shared(url) => url.clone(),
        }
    }

    pub(crate) fn outlives_the_shop(&self) -> bool {
        !matches!(self, Self::Memory)
    }

    /// Kills the server, if it is ours, and starts it again.
    pub(crate) fn kill(&mut self) {
        if let Self::Redis(server) = self {
            server.kill();
            server.start_again();
        }
    }
}
