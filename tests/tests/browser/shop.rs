//! The shop under test: the example's own program, on a free port and a database of its own.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use reqwest::header;
use serde_json::Value;
use tempfile::TempDir;

use crate::process::Process;

pub(crate) struct Shop {
    process: Process,
    /// Without the scheme, such as `127.0.0.1:3000`.
    address: String,
    folder: TempDir,
}

impl Shop {
    pub(crate) fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the database");
        let (process, address) = start(&folder, "127.0.0.1:0");
        Self { process, address, folder }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The same shop by the other name of this machine.
    pub(crate) fn url_on_localhost(&self, path: &str) -> String {
        self.url(path).replace("127.0.0.1", "localhost")
    }

    /// Stops the program with Ctrl-C, and starts it on the same address and database.
    pub(crate) fn restart(&mut self) {
        self.process.interrupt();
        self.process.line_after("stopped");
        assert!(self.process.wait().success(), "the shop stops cleanly");
        (self.process, _) = start(&self.folder, &self.address);
    }

    /// The page that someone gets who sends these cookies by hand.
    pub(crate) async fn page_for(&self, path: &str, cookies: &str) -> String {
        let request = reqwest::Client::new().get(self.url(path)).header(header::COOKIE, cookies);
        let response = request.send().await.expect("the shop answers");
        assert!(response.status().is_success(), "{}", response.status());
        response.text().await.expect("the answer is text")
    }
}

fn start(folder: &TempDir, address: &str) -> (Process, String) {
    let mut command = Command::new(program());
    let database = folder.path().join("shop.db");
    command.args(["--addr", address, "--store", &format!("sqlite:{}", database.display())]);
    command.env_remove("SHOP_SECRET_KEY");
    let process = Process::start("the shop", command);
    let rest = process.line_after("http://");
    let address = rest.split_whitespace().next().expect("an address").to_owned();
    (process, address)
}

/// The program that `SHOP_BIN` names; without it, the one that cargo builds.
fn program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| std::env::var_os("SHOP_BIN").map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--package=session", "--example=shop", "--message-format=json-render-diagnostics"]);
    let output = cargo.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let messages = String::from_utf8(output.stdout).expect("cargo prints JSON");
    let artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut shops = artifacts.filter(|artifact| artifact["target"]["name"] == "shop");
    shops.find_map(|shop| shop["executable"].as_str().map(PathBuf::from)).expect("cargo names the program")
}
