//! `PgBouncer` before a private PostgreSQL server.

use std::process::Command;

use super::private_server::PrivateServer;
use super::proxy_program::{ProxyProgram, free_port};

/// A pooler on a free port.
pub struct PgBouncer {
    pub port: u16,
    _program: ProxyProgram,
}

impl PgBouncer {
    /// Starts a pooler with its default configuration and these additional lines.
    pub fn start(server: &PrivateServer, settings: &[&str]) -> Self {
        let port = free_port();
        let config = format!(
            "[databases]\n* = host=127.0.0.1 port={} user=shop\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\n{}\n",
            server.port,
            settings.join("\n"),
        );
        Self { port, _program: ProxyProgram::start(Command::new(program()), port, &config) }
    }

    /// Returns true if `max_prepared_statements` exists: version 1.21 or later.
    pub fn supports_prepared_statements() -> bool {
        let output = Command::new(program()).arg("--version").output().expect("PgBouncer is installed").stdout;
        let output = String::from_utf8(output).unwrap();
        let version = output.split_whitespace().nth(1).expect("the output starts with `PgBouncer VERSION`");
        let numbers: Vec<u32> = version.split('.').filter_map(|number| number.parse().ok()).collect();
        numbers >= vec![1, 21]
    }
}

/// `SESSION_TEST_PGBOUNCER` selects another program than the installed one.
fn program() -> String {
    std::env::var("SESSION_TEST_PGBOUNCER").unwrap_or_else(|_| "pgbouncer".to_owned())
}
