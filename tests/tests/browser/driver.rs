//! The program that controls a browser over HTTP, and the display that WebKit needs.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use session_tests::Process;
use tempfile::TempDir;

use crate::engine::{Engine, installed};

/// A driver process, and the browser that it has started.
pub(crate) struct Driver {
    engine: Engine,
    process: Process,
    port: u16,
    session: Option<String>,
    // The order matters: the browser is closed before its display and its profile are deleted.
    _display: Option<Process>,
    profile: TempDir,
}

impl Driver {
    /// Retries, because a driver exits if another program takes its free port.
    pub(crate) fn start(engine: Engine) -> Self {
        const TRIES: usize = 5;
        (0..TRIES).find_map(|_| Self::try_start(engine)).unwrap_or_else(|| panic!("the driver of {engine:?} starts"))
    }

    fn try_start(engine: Engine) -> Option<Self> {
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let mut display = None;
        let (process, port) = match engine {
            Engine::Chromium => {
                let mut command = Command::new(installed(&["chromedriver"]));
                command.arg("--port=0").stderr(Stdio::null());
                start_and_read_port("chromedriver", command, "started successfully on port ")?
            }
            Engine::Firefox => {
                let mut command = Command::new(installed(&["geckodriver"]));
                command.args(["--port=0", "--websocket-port=0", "--profile-root"]).arg(profile.path());
                command.stderr(Stdio::null());
                start_and_read_port("geckodriver", command, "Listening on 127.0.0.1:")?
            }
            Engine::WebKit => {
                let (screen, number) = start_display()?;
                display = Some(screen);
                start_webkit(&number)?
            }
        };
        Some(Self { engine, process, port, session: None, _display: display, profile })
    }

    /// Starts a browser with an empty profile.
    pub(crate) async fn open_browser(&mut self, is_private: bool) -> Client {
        let capabilities = self.engine.capabilities(self.profile.path(), is_private);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(serde_json::from_value(capabilities).expect("it is an object"));
        let connected = builder.connect(&format!("http://127.0.0.1:{}", self.port)).await;
        let client = connected.unwrap_or_else(|error| panic!("{:?} does not start: {error}", self.engine));
        self.session = client.session_id().await.expect("the driver responds");
        client
    }

    /// Sends a request without the runtime, which has stopped if the test failed.
    fn send(&self, request: &str) {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return };
        _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
        _ = write!(stream, "{request} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", self.port);
        // The start of the response: chromedriver keeps the connection open afterwards.
        _ = stream.read(&mut [0; 1024]);
    }
}

impl Drop for Driver {
    /// Closes the browser, because a killed driver leaves its browser running.
    fn drop(&mut self) {
        if let Some(session) = &self.session {
            self.send(&format!("DELETE /session/{session}"));
        }
        if self.engine == Engine::Chromium {
            self.send("GET /shutdown");
            for _ in 0..250 {
                if self.process.has_exited() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

fn start_and_read_port(name: &'static str, command: Command, prefix: &str) -> Option<(Process, u16)> {
    let process = Process::start(name, command);
    let port = process.find_line(prefix)?.trim_end_matches('.').parse();
    Some((process, port.expect("the driver prints its port")))
}

/// The driver of WebKit does not print its port, so it gets one.
fn start_webkit(display: &str) -> Option<(Process, u16)> {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port();
    let mut command = Command::new(installed(&["WebKitWebDriver"]));
    command.arg(format!("--port={port}")).env("DISPLAY", format!(":{display}")).stderr(Stdio::null());
    let mut process = Process::start("WebKitWebDriver", command);
    for _ in 0..1000 {
        if process.has_exited() {
            return None;
        }
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some((process, port));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

/// Starts an X server without a screen, and returns its display number.
fn start_display() -> Option<(Process, String)> {
    let mut command = Command::new(installed(&["Xvfb"]));
    command.args(["-displayfd", "1", "-screen", "0", "1400x1100x24", "-nolisten", "tcp"]).stderr(Stdio::null());
    let process = Process::start("Xvfb", command);
    let number = process.find_line("")?;
    Some((process, number))
}
