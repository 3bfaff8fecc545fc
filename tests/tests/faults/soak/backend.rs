//! The store of the shop.

use session_tests::private_server::{Engine, PrivateServer};
use tempfile::TempDir;

pub(crate) enum Backend {
    /// Lost when the shop stops, so the shop is not restarted.
    Memory,
    Sqlite(TempDir),
    /// A private server, whose acknowledged commits survive a crash.
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
        Self::Server(PrivateServer::start(engine, &[]))
    }

    /// The URL for the shop.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Memory => "memory:".to_owned(),
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("shop.db").display()),
            Self::Server(server) => server.url(),
        }
    }

    pub(crate) fn survives_a_restart(&self) -> bool {
        !matches!(self, Self::Memory)
    }

    /// Kills and restarts the server, if there is one.
    pub(crate) fn kill(&mut self) {
        if let Self::Server(server) = self {
            server.kill();
            server.restart();
        }
    }
}
