//! `HAProxy` before a private server. It closes idle connections.

use std::process::Command;

use super::proxy_program::{ProxyProgram, free_port};

/// A proxy on a free port.
pub struct HaProxy {
    pub port: u16,
    _program: ProxyProgram,
}

impl HaProxy {
    /// Starts a proxy before this port, which closes a connection after a second without traffic. Debian's default
    /// configuration closes it after 50 seconds.
    pub fn start(server_port: u16) -> Self {
        let port = free_port();
        let config = format!(
            "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1s\n  timeout server 1s\n\
             frontend application\n  bind 127.0.0.1:{port}\n  default_backend database\n\
             backend database\n  server primary 127.0.0.1:{server_port}\n",
        );
        let mut command = Command::new("haproxy");
        command.args(["-db", "-f"]);
        Self { port, _program: ProxyProgram::start(command, port, &config) }
    }
}
