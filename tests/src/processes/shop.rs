//! The example application `shop` as a child process on a free port.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use super::Process;

const KEY: &str = "SHOP_SECRET_KEY";

/// Starts a shop, and returns its address, for example `127.0.0.1:3000`. The key is in the environment, because other
/// users can read the arguments of a process.
pub fn start(address: &str, store: &str, key: Option<&str>) -> (Process, String) {
    start_with(&[], address, store, key)
}

/// The same with further options.
pub fn start_with(options: &[&str], address: &str, store: &str, key: Option<&str>) -> (Process, String) {
    let mut command = Command::new(program());
    command.args(["--addr", address, "--store", store]).args(options);
    match key {
        Some(key) => command.env(KEY, key),
        None => command.env_remove(KEY),
    };
    let process = Process::start("the shop", command);
    let rest = process.expect_line("http://");
    let address = rest.split_whitespace().next().expect("an address").to_owned();
    (process, address)
}

/// A secret key in hexadecimal digits, for all processes of a test.
pub fn new_key() -> String {
    let half = || {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).unwrap();
        format!("{:032x}", u128::from_ne_bytes(bytes))
    };
    half() + &half()
}

/// The program of `SHOP_BIN`, or the one that cargo builds.
fn program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| std::env::var_os("SHOP_BIN").map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "build",
        "--package=session-example-shop",
        "--example=shop",
        "--all-features",
        "--message-format=json-render-diagnostics",
    ]);
    let output = cargo.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let messages = String::from_utf8(output.stdout).expect("cargo prints JSON");
    let artifacts = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut shops = artifacts.filter(|artifact| artifact["target"]["name"] == "shop");
    shops.find_map(|shop| shop["executable"].as_str().map(PathBuf::from)).expect("cargo names the program")
}
