//! `HAProxy` before a server: one that closes idle connections, and one that provides HTTPS.

use std::process::{Command, Stdio};

use tempfile::TempDir;

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
        Self::start_with("", "1s", server_port)
    }

    /// Starts a proxy before this port, which accepts HTTPS with a self-signed certificate.
    pub fn start_with_https(server_port: u16) -> Self {
        let folder = TempDir::with_prefix("session-certificate.").unwrap();
        make_certificate(&folder);
        // The proxy reads the file only at its start.
        Self::start_with(&format!("ssl crt {}/pair.pem", folder.path().display()), "1m", server_port)
    }

    fn start_with(bind_options: &str, idle_timeout: &str, server_port: u16) -> Self {
        let port = free_port();
        let config = format!(
            "defaults\n  mode tcp\n  timeout connect 5s\n  timeout client {idle_timeout}\n  timeout server {idle_timeout}\n\
             frontend application\n  bind 127.0.0.1:{port} {bind_options}\n  default_backend server\n\
             backend server\n  server primary 127.0.0.1:{server_port}\n",
        );
        let mut command = Command::new("haproxy");
        command.args(["-db", "-f"]);
        Self { port, _program: ProxyProgram::start(command, port, &config) }
    }
}

/// Writes `pair.pem`, a certificate with its key.
fn make_certificate(folder: &TempDir) {
    let script = "cd \"$0\" && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out certificate.pem && \
        cat certificate.pem key.pem >pair.pem && chmod 644 pair.pem && chmod 755 .";
    let made = Command::new("sh").args(["-c", script]).arg(folder.path()).stderr(Stdio::null()).status();
    assert!(made.unwrap().success(), "openssl is not installed; on Debian: apt-get install openssl");
}
