//! Where the shop keeps its sessions, and what can be done to it meanwhile.

use session_tests::private_server::{Engine, PrivateServer};
use tempfile::TempDir;

pub(crate) enum Backend {
    /// Gone when the shop stops, so the shop is left alone.
    Memory,
    Sqlite(TempDir),
    /// A server of its own, which keeps what it has acknowledged.
    Server(PrivateServer),
}

impl Backend {
    pub(crate) fn memory() -> Self {
        Self::Memory
    }

    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(TempDir::new().unwrap())
    }

    pub(crate) fn on(engine: Engine) -> Self {
        let settings: &[&str] = if engine == Engine::Redis { &["--appendfsync", "always"] } else { &[] };
        Self::Server(PrivateServer::start(engine, settings))
    }

    /// As the shop is told.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Memory => "memory:".to_owned(),
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("shop.db").display()),
            Self::Server(server) => server.url(),
        }
    }

    pub(crate) fn outlives_the_shop(&self) -> bool {
        !matches!(self, Self::Memory)
    }

    /// Kills the server, if there is one, and starts it again.
    pub(crate) fn kill(&mut self) {
        if let Self::Server(server) = self {
            server.kill();
            server.start_again();
        }
    }
}
