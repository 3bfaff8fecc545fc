//! The requests of a case and their outcomes, as the rows of a table.

use std::fmt::Write;

use cookie::Cookie;
use http::{HeaderMap, Method, header};
use tokio::task::JoinHandle;

use crate::client::{Browser, Response};

const ATTRIBUTES: [&str; 5] = ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax", "Secure"];
const REMOVAL_ATTRIBUTES: [&str; 5] = ["HttpOnly", "Max-Age=0", "Path=/", "SameSite=Lax", "Secure"];

/// The rows of one case.
pub(crate) struct OutcomeTable {
    address: String,
    rows: String,
}

/// A browser with a name for the table.
#[derive(Clone)]
pub(crate) struct Tab {
    name: &'static str,
    browser: Browser,
}

/// A request that pauses in its handler.
pub(crate) struct PausedRequest {
    name: &'static str,
    request: String,
    response: JoinHandle<Response>,
}

impl OutcomeTable {
    pub(crate) fn new(address: &str) -> Self {
        let head = "| browser | request | response | cookies | store operations |\n| --- | --- | --- | --- | --- |\n";
        Self { address: address.to_owned(), rows: head.to_owned() }
    }

    pub(crate) fn into_table(self) -> String {
        self.rows
    }

    pub(crate) fn browser(&self, name: &'static str) -> Tab {
        Tab { name, browser: Browser::new(&self.address) }
    }

    /// Uses a control of the server, and adds its text.
    pub(crate) async fn control(&mut self, command: &str) {
        let text = self.run_control(command).await;
        self.row("test", &format!("`{command}`"), &cell(text), "–").await;
    }

    /// Releases the task of an earlier request, and adds its report.
    pub(crate) async fn finish_task(&mut self) {
        self.run_control("until-paused").await;
        self.run_control("release").await;
        let report = self.run_control("task-report").await;
        self.row("–", "task of the last request", &report, "–").await;
    }

    async fn run_control(&self, command: &str) -> String {
        let response = Browser::new(&self.address).send(&Method::POST, &format!("/control/{command}")).await;
        assert_eq!(response.status, 200, "control {command}: {response:?}");
        response.body
    }

    async fn response_row(&mut self, browser: &str, request: &str, response: &Response) {
        self.row(browser, request, &response_cell(response), &cookies_cell(&response.headers)).await;
    }

    async fn row(&mut self, browser: &str, request: &str, response: &str, cookies: &str) {
        let operations = cell(self.run_control("take-operations").await);
        writeln!(self.rows, "| {browser} | {request} | {response} | {cookies} | {operations} |").unwrap();
    }
}

impl Tab {
    /// Another tab of this browser, with its current cookies. It does not see cookies of later responses.
    pub(crate) fn tab(&self, name: &'static str) -> Self {
        Self { name, browser: self.browser.clone() }
    }

    pub(crate) async fn get(&mut self, table: &mut OutcomeTable, path: &str) {
        self.send(table, &Method::GET, path).await;
    }

    pub(crate) async fn post(&mut self, table: &mut OutcomeTable, path: &str) {
        self.send(table, &Method::POST, path).await;
    }

    async fn send(&mut self, table: &mut OutcomeTable, method: &Method, path: &str) {
        let response = self.browser.send(method, path).await;
        table.response_row(self.name, &format!("{method} {path}"), &response).await;
    }

    /// Sends a request, and returns when its handler pauses.
    pub(crate) async fn start(mut self, table: &mut OutcomeTable, path: &'static str) -> PausedRequest {
        let (name, request) = (self.name, format!("POST {path}"));
        let response = tokio::spawn(async move { self.browser.send(&Method::POST, path).await });
        table.run_control("until-paused").await;
        table.row(name, &request, "paused", "–").await;
        PausedRequest { name, request, response }
    }
}

impl PausedRequest {
    /// Releases the handler, and adds its response.
    pub(crate) async fn finish(self, table: &mut OutcomeTable) {
        table.run_control("release").await;
        let response = self.response.await.unwrap();
        table.response_row(self.name, &format!("{}, released", self.request), &response).await;
    }
}

/// The status and the body. The page of an unknown path differs between frameworks.
fn response_cell(response: &Response) -> String {
    let status = response.status.as_u16();
    if status == 404 {
        return status.to_string();
    }
    format!("{status} {}", cell(response.body.clone()))
}

fn cell(text: String) -> String {
    if text.is_empty() { "–".to_owned() } else { text }
}

/// The cookies that a response sets or removes, and its `Cache-Control` header.
fn cookies_cell(headers: &HeaderMap) -> String {
    let cookies = headers.get_all(header::SET_COOKIE).iter().map(|value| cookie_words(value.to_str().unwrap()));
    let cache = headers.get_all(header::CACHE_CONTROL).iter().map(|value| value.to_str().unwrap().to_owned());
    let all: Vec<String> = cookies.chain(cache).collect();
    cell(all.join(", "))
}

/// The attributes are shown only if they are not the usual ones.
fn cookie_words(set_cookie: &str) -> String {
    let mut attributes: Vec<&str> = set_cookie.split("; ").skip(1).collect();
    attributes.sort_unstable();
    let name = match Cookie::parse(set_cookie).unwrap().name() {
        "__Host-id" => "session",
        "__Host-id-state" => "state",
        other => panic!("the server sets another cookie: {other}"),
    };
    match attributes[..].try_into() {
        Ok(ATTRIBUTES) => format!("sets {name}"),
        Ok(REMOVAL_ATTRIBUTES) => format!("removes {name}"),
        _ => format!("sets {name} ({})", attributes.join("; ")),
    }
}
