//! PostgreSQL and MariaDB servers of a test's own: to be asked what they saw, and to be killed.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::redis::free_ports;

const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Postgres,
    MariaDb,
}

/// A server on a free port of this machine, as durable as it is by default. It is killed when this is dropped.
pub struct DatabaseServer {
    pub port: u16,
    kind: Kind,
    process: Child,
    folder: TempDir,
    settings: Vec<String>,
}

impl DatabaseServer {
    pub fn postgres(settings: &[&str]) -> Self {
        let server = Self::start(Kind::Postgres, settings);
        server.sql("CREATE ROLE app LOGIN; GRANT ALL ON SCHEMA public TO app");
        server
    }

    pub fn mariadb(settings: &[&str]) -> Self {
        let server = Self::start(Kind::MariaDb, settings);
        server.sql("CREATE DATABASE session; CREATE USER app@'127.0.0.1'; GRANT ALL ON session.* TO app@'127.0.0.1'");
        server
    }

    /// Where the user `app` is at home, who does nothing but what a test has it do.
    pub fn url(&self) -> String {
        self.url_at(self.port)
    }

    /// The same by way of a proxy.
    pub fn url_at(&self, port: u16) -> String {
        match self.kind {
            Kind::Postgres => format!("postgres://app@127.0.0.1:{port}/postgres"),
            Kind::MariaDb => format!("mysql://app@127.0.0.1:{port}/session"),
        }
    }

    /// What the server answers to its own administrator: a line for each row.
    pub fn sql(&self, sql: &str) -> String {
        let answer = self.client(sql).output().unwrap();
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
        String::from_utf8(answer.stdout).unwrap().trim_end().to_owned()
    }

    /// `kill -9`: the server has no time to write anything down. The processes that a PostgreSQL had see that and end.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts it on the data that are there.
    pub fn start_again(&mut self) {
        self.process = self.spawn();
        self.wait();
    }

    fn start(kind: Kind, settings: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let home = folder.path().join("home");
        std::fs::create_dir(&home).unwrap();
        if is_root() {
            finish(Command::new("chown").arg(kind.user()).arg(&home));
        }
        let data = home.join("data");
        finish(&mut match kind {
            Kind::Postgres => {
                let mut init = as_user(kind, &postgres_bin("initdb"));
                init.args(["-A", "trust", "-U", "session", "-E", "UTF8", "--no-locale", "-D"]).arg(data);
                init
            }
            Kind::MariaDb => {
                let mut init = as_user(kind, "mariadb-install-db");
                init.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
                init.arg(format!("--datadir={}", data.display()));
                init
            }
        });
        let settings: Vec<String> = settings.iter().map(|&setting| setting.to_owned()).collect();
        let [port] = free_ports();
        let process = Command::new("true").spawn().unwrap();
        let mut server = Self { port, kind, process, folder, settings };
        server.process.wait().unwrap();
        server.start_again();
        server
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn spawn(&self) -> Child {
        let (home, port) = (self.home(), self.port);
        let (data, socket) = (home.join("data"), home.join("socket"));
        let mut command = match self.kind {
            Kind::Postgres => {
                let mut command = as_user(self.kind, &postgres_bin("postgres"));
                command.arg("-D").arg(data).arg("-k").arg(&home).args(["-h", "127.0.0.1", "-p", &port.to_string()]);
                command
            }
            Kind::MariaDb => {
                let mut command = as_user(self.kind, "mariadbd");
                command.args(["--no-defaults", "--bind-address=127.0.0.1", &format!("--port={port}")]);
                command.arg(format!("--datadir={}", data.display())).arg(format!("--socket={}", socket.display()));
                command
            }
        };
        command.args(&self.settings).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn wait(&mut self) {
        let began = Instant::now();
        while !self.client("SELECT 1").output().unwrap().status.success() {
            assert!(began.elapsed() < PATIENCE, "{:?} does not start", self.kind);
            // The orphans of a killed PostgreSQL hold its memory for a moment, and keep the next one from starting.
            if self.process.try_wait().unwrap().is_some() {
                self.process = self.spawn();
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn client(&self, sql: &str) -> Command {
        match self.kind {
            Kind::Postgres => {
                let mut client = Command::new(postgres_bin("psql"));
                client.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-U", "session", "-h", "127.0.0.1"]);
                client.args(["-p", &self.port.to_string(), "-d", "postgres", "-c", sql]);
                client
            }
            Kind::MariaDb => {
                let mut client = Command::new("mariadb");
                let socket = self.home().join("socket");
                client.args(["--no-defaults", "--user=root", "--batch", "--skip-column-names"]);
                client.arg(format!("--socket={}", socket.display())).args(["--execute", sql]);
                client
            }
        }
    }
}

impl Drop for DatabaseServer {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

impl Kind {
    fn user(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MariaDb => "mysql",
        }
    }
}

fn finish(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Servers refuse to run as root. There is no program in between: what is killed is the server.
fn as_user(kind: Kind, program: &str) -> Command {
    let mut command = Command::new(program);
    if is_root() {
        let id = |which| {
            let id = Command::new("id").args([which, kind.user()]).output().unwrap().stdout;
            String::from_utf8(id).unwrap().trim().parse().expect("the packages of Debian make the user")
        };
        command.uid(id("-u")).gid(id("-g"));
    }
    command
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

/// PostgreSQL keeps its programs out of the path.
fn postgres_bin(program: &str) -> String {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
    let versions = versions.map(|version| version.unwrap().path().join("bin").join(program));
    let newest = versions.filter(|program| program.exists()).max().expect("PostgreSQL is installed");
    newest.to_str().unwrap().to_owned()
}
