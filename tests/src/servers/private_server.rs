//! Database servers of a single test, which can stop, kill and pause them.

use std::io::BufRead;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use session::store::{MySqlStore, PostgresStore, RedisStore, SessionStore};
use tempfile::TempDir;

const START_TIMEOUT: Duration = Duration::from_mins(1);

/// Part of every URL; no error may contain it.
pub const PASSWORD: &str = "hunter2";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Postgres,
    MySql,
    Redis,
}

/// A server on a free port, whose acknowledged commits survive a crash of the process. Dropping it kills the server and
/// deletes its data.
pub struct PrivateServer {
    pub engine: Engine,
    pub port: u16,
    process: Child,
    folder: TempDir,
    settings: Vec<String>,
}

impl PrivateServer {
    /// Starts a server with additional settings for its command line.
    pub fn start(engine: Engine, settings: &[&str]) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let folder = folder(engine);
        initialize(engine, folder.path());
        let settings: Vec<_> = settings.iter().map(|&setting| setting.to_owned()).collect();
        let process = spawn(engine, port, folder.path(), &settings);
        let mut server = Self { engine, port, process, folder, settings };
        server.wait_until_ready();
        server.create_user();
        server
    }

    /// The URL for an application.
    pub fn url(&self) -> String {
        self.url_at(self.port)
    }

    /// The URL for an application that connects through a proxy.
    pub fn url_at(&self, port: u16) -> String {
        match self.engine {
            Engine::Postgres => format!("postgres://shop:{PASSWORD}@127.0.0.1:{port}/postgres"),
            Engine::MySql => format!("mysql://shop:{PASSWORD}@127.0.0.1:{port}/session"),
            Engine::Redis => format!("redis://:{PASSWORD}@127.0.0.1:{port}/"),
        }
    }

    /// A store on this server with this timeout.
    pub async fn store(&self, deadline: Duration) -> Arc<dyn SessionStore> {
        let url = self.url();
        match self.engine {
            Engine::Postgres => {
                let store = PostgresStore::connect(&url).await.unwrap();
                store.migrate().await.unwrap();
                Arc::new(store.with_timeout(deadline))
            }
            Engine::MySql => {
                let store = MySqlStore::connect(&url).await.unwrap();
                store.migrate().await.unwrap();
                Arc::new(store.with_timeout(deadline))
            }
            Engine::Redis => Arc::new(RedisStore::connect(&url).await.unwrap().with_timeout(deadline)),
        }
    }

    /// Stops the server as an operator does, without waiting for the clients to disconnect.
    pub fn stop(&mut self) {
        // On SIGTERM, PostgreSQL waits until all clients have disconnected.
        let signal = if self.engine == Engine::Postgres { "INT" } else { "TERM" };
        send(signal, &[self.process.id()]);
        self.process.wait().unwrap();
    }

    /// Kills the server, as the kernel does when memory runs out.
    pub fn kill(&mut self) {
        send("KILL", &self.pids());
        self.process.wait().unwrap();
    }

    /// Pauses the server: it does not respond, and keeps its connections.
    pub fn pause(&self) {
        pause(&self.pids());
    }

    pub fn resume(&self) {
        resume(&self.pids());
    }

    pub fn restart(&mut self) {
        self.process = spawn(self.engine, self.port, self.folder.path(), &self.settings);
        self.wait_until_ready();
    }

    /// Runs a command as the administrator, in the language of the server, and returns the output.
    pub fn query(&self, command: &str) -> String {
        let mut client = self.client();
        match self.engine {
            Engine::Redis => client.args(command.split(' ')),
            _ => client.arg(command),
        };
        let output = client.output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn client(&self) -> Command {
        let port = self.port.to_string();
        let mut client = match self.engine {
            Engine::Postgres => Command::new(postgres("psql")),
            Engine::MySql => Command::new("mariadb"),
            Engine::Redis => Command::new("redis-cli"),
        };
        match self.engine {
            Engine::Postgres => {
                client.args(["-h", "127.0.0.1", "-p", &port, "-U", "session", "-d", "postgres", "-qAtc"])
            }
            Engine::MySql => {
                let socket = self.folder.path().join("socket");
                client.arg("--no-defaults").arg("--socket").arg(socket).args(["-u", "root", "-N", "-e"])
            }
            Engine::Redis => client.args(["-p", &port, "-a", PASSWORD, "--no-auth-warning"]),
        };
        client
    }

    /// The server and its child processes. PostgreSQL has a process for each connection.
    fn pids(&self) -> Vec<u32> {
        let parent = self.process.id();
        let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
        std::iter::once(parent).chain(children.split_whitespace().filter_map(|pid| pid.parse().ok())).collect()
    }

    fn wait_until_ready(&mut self) {
        let query = match self.engine {
            Engine::Redis => "PING",
            _ => "SELECT 1",
        };
        let started = Instant::now();
        loop {
            let mut client = self.client();
            let output = client.arg(query).output().unwrap();
            if output.status.success() && matches!(output.stdout.trim_ascii(), b"1" | b"PONG") {
                return;
            }
            assert!(started.elapsed() < START_TIMEOUT, "{:?} does not start: {}", self.engine, self.log());
            if self.process.try_wait().unwrap().is_some() {
                // Processes of the previous server still run.
                self.process = spawn(self.engine, self.port, self.folder.path(), &self.settings);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn log(&self) -> String {
        let log = std::fs::read(self.folder.path().join("log")).unwrap_or_default();
        log.lines().map_while(Result::ok).collect::<Vec<_>>().join("\n")
    }

    /// Creates the user of the application, with the least privileges that it needs.
    fn create_user(&self) {
        match self.engine {
            Engine::Postgres => {
                self.query("CREATE ROLE shop LOGIN; GRANT ALL ON SCHEMA public TO shop");
            }
            Engine::MySql => {
                let user = format!("shop@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'");
                self.query(&format!("CREATE DATABASE session; GRANT ALL ON session.* TO {user}"));
            }
            Engine::Redis => {}
        }
    }
}

impl Drop for PrivateServer {
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            self.resume();
            // PostgreSQL must exit by itself to release its shared memory.
            send(if self.engine == Engine::Postgres { "QUIT" } else { "KILL" }, &[self.process.id()]);
            _ = self.process.wait();
        }
    }
}

/// A folder in memory: only processes are killed, so nothing has to reach the disk.
fn folder(engine: Engine) -> TempDir {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::Builder::new().prefix("session-server.").tempdir_in(parent).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    if let Some((user, group)) = owner(engine) {
        chown(folder.path(), Some(user), Some(group)).unwrap();
    }
    folder
}

/// The user and the group of the server, because it does not run as root.
pub(super) fn owner(engine: Engine) -> Option<(u32, u32)> {
    let name = match engine {
        Engine::Postgres => "postgres",
        Engine::MySql => "mysql",
        Engine::Redis => return None,
    };
    let id = |arguments: &[&str]| {
        let output = Command::new("id").args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().parse::<u32>().unwrap()
    };
    (id(&["-u"]) == 0).then(|| (id(&["-u", name]), id(&["-g", name])))
}

fn command(engine: Engine, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let log = std::fs::File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
    if let Some((user, group)) = owner(engine) {
        command.uid(user).gid(group);
    }
    command
}

/// The path of a PostgreSQL program. Debian does not put them on the PATH.
fn postgres(program: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
    let newest = versions.map(|version| version.unwrap().path()).max().expect("PostgreSQL is installed");
    newest.join("bin").join(program)
}

fn initialize(engine: Engine, folder: &Path) {
    let data = folder.join("data");
    let mut command = match engine {
        Engine::Postgres => {
            let mut command = command(engine, postgres("initdb"), folder);
            command.arg("-D").arg(data).args([
                "-A",
                "trust",
                "-U",
                "session",
                "-E",
                "UTF8",
                "--no-locale",
                "--no-sync",
            ]);
            command
        }
        Engine::MySql => {
            let mut command = command(engine, "mariadb-install-db", folder);
            command.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
            command.arg("--innodb-log-file-size=8M").arg(format!("--datadir={}", data.display()));
            // A starting server empties its folder of temporary tables, so no two servers may share one.
            command.arg(format!("--tmpdir={}", folder.display()));
            command
        }
        Engine::Redis => return std::fs::create_dir(data).unwrap(),
    };
    let status = command.status().expect("the server's programs are installed");
    assert!(status.success(), "{}", String::from_utf8_lossy(&std::fs::read(folder.join("log")).unwrap()));
}

fn spawn(engine: Engine, port: u16, folder: &Path, settings: &[String]) -> Child {
    let (port, data) = (port.to_string(), folder.join("data"));
    let mut command = match engine {
        Engine::Postgres => {
            let mut command = command(engine, postgres("postgres"), folder);
            command.arg("-D").arg(data).arg("-k").arg(folder).args(["-h", "127.0.0.1", "-p", &port]);
            command.args(["-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "autovacuum=off"]);
            command.args(["-c", "dynamic_shared_memory_type=mmap"]);
            command
        }
        Engine::MySql => {
            let mut command = command(engine, "mariadbd", folder);
            let (data, socket) = (data.display(), folder.join("socket"));
            command.arg("--no-defaults").arg(format!("--datadir={data}")).arg(format!("--tmpdir={}", folder.display()));
            command.arg(format!("--socket={}", socket.display())).arg(format!("--port={port}"));
            command.args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-buffer-pool-size=16M"]);
            // An acknowledged commit is in the page cache, which survives a kill of the process.
            command.args(["--innodb-log-file-size=8M", "--innodb-flush-log-at-trx-commit=2"]);
            command
        }
        Engine::Redis => {
            let mut command = command(engine, "redis-server", folder);
            command.args(["--bind", "127.0.0.1", "--port", &port, "--requirepass", PASSWORD, "--save", ""]);
            // With the default, a reply may be sent before the write to the file, if the disk is busy.
            command.args(["--appendonly", "yes", "--appendfsync", "always", "--dir"]).arg(data);
            command
        }
    };
    command.args(settings).spawn().expect("the server is installed")
}

/// Pauses processes.
pub(super) fn pause(pids: &[u32]) {
    send("STOP", pids);
    // A thread stops when it is next scheduled, and may respond until then.
    while !pids.iter().all(|pid| is_stopped(*pid)) {
        std::thread::sleep(Duration::from_millis(1));
    }
}

pub(super) fn resume(pids: &[u32]) {
    send("CONT", pids);
}

/// Returns true if no thread of the process runs.
fn is_stopped(pid: u32) -> bool {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else { return true };
    let lines = threads.flatten().filter_map(|thread| std::fs::read_to_string(thread.path().join("stat")).ok());
    let mut states = lines.filter_map(|line| line.rsplit_once(") ")?.1.chars().next());
    states.all(|state| matches!(state, 'T' | 't' | 'Z' | 'X'))
}

fn send(signal: &str, pids: &[u32]) {
    let pids = pids.iter().map(u32::to_string);
    // A child may have exited by itself.
    _ = Command::new("kill").arg(format!("-{signal}")).args(pids).stderr(Stdio::null()).status().unwrap();
}
