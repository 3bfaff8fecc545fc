//! A headless Chromium with a new profile, and the actions of a person.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use fantoccini::cookies::Cookie;
use fantoccini::elements::Element;
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use session_tests::Process;
use tempfile::TempDir;

const TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) struct Browser {
    client: Client,
    // The order matters: the browser is closed before its profile is deleted.
    _driver: Driver,
    _profile: TempDir,
}

impl Browser {
    pub(crate) async fn open() -> Self {
        Self::start(&[]).await
    }

    /// Opens a browser with a single private window.
    pub(crate) async fn open_private() -> Self {
        Self::start(&["--incognito"]).await
    }

    async fn start(flags: &[&str]) -> Self {
        let driver = Driver::start();
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let client = driver.connect(profile.path(), flags).await;
        Self { client, _driver: driver, _profile: profile }
    }

    pub(crate) async fn goto(&self, url: impl AsRef<str>) {
        self.client.goto(url.as_ref()).await.expect("the page loads");
    }

    pub(crate) async fn reload(&self) {
        self.client.refresh().await.expect("the page loads again");
    }

    pub(crate) async fn back(&self) {
        self.client.back().await.expect("there is a page to go back to");
    }

    /// Presses a button of a form, and waits for the next page.
    pub(crate) async fn press(&self, button: &str) {
        let page = self.find("html").await;
        self.find(button).await.click().await.expect("the button can be pressed");
        for _ in 0..1000 {
            if page.tag_name().await.is_err() {
                self.find("footer").await;
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{button} does not lead to another page");
    }

    pub(crate) async fn fill(&self, field: &str, text: &str) {
        let field = self.find(field).await;
        field.clear().await.expect("the field can be cleared");
        field.send_keys(text).await.expect("the field takes text");
    }

    pub(crate) async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.expect("the element has a text")
    }

    pub(crate) async fn attribute(&self, css: &str, name: &str) -> String {
        let attribute = self.find(css).await.attr(name).await.expect("the element has attributes");
        attribute.unwrap_or_else(|| panic!("{css} has no {name}"))
    }

    pub(crate) async fn has(&self, css: &str) -> bool {
        self.count(css).await > 0
    }

    pub(crate) async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.expect("the page can be searched").len()
    }

    async fn find(&self, css: &str) -> Element {
        let found = self.client.wait().at_most(TIMEOUT).for_element(Locator::Css(css)).await;
        found.unwrap_or_else(|error| panic!("{css} is not on the page: {error}"))
    }

    /// The visible text of the page.
    pub(crate) async fn page(&self) -> String {
        self.text("body").await
    }

    pub(crate) async fn cookies(&self) -> Vec<Cookie<'static>> {
        let mut cookies = self.client.get_all_cookies().await.expect("the browser lists its cookies");
        cookies.sort_by(|a, b| a.name().cmp(b.name()));
        cookies
    }

    pub(crate) async fn cookie(&self, name: &str) -> String {
        let cookies = self.cookies().await;
        let cookie = cookies.iter().find(|cookie| cookie.name() == name);
        cookie.unwrap_or_else(|| panic!("the browser has no cookie {name}")).value().to_owned()
    }

    /// The `Cookie` header for the shop.
    pub(crate) async fn cookie_line(&self) -> String {
        let cookies = self.cookies().await;
        cookies.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect::<Vec<_>>().join("; ")
    }

    pub(crate) async fn delete_cookie(&self, name: &str) {
        self.client.delete_cookie(name).await.expect("the cookie can be deleted");
    }

    /// Deletes all cookies, as "clear site data" does.
    pub(crate) async fn delete_all_cookies(&self) {
        self.client.delete_all_cookies().await.expect("the cookies can be deleted");
    }

    /// Runs a script on the page.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.expect("the script runs")
    }

    /// Runs a script on the page that calls `done` at its end.
    pub(crate) async fn run_async(&self, script: &str) -> Value {
        let script = format!("const done = arguments[arguments.length - 1]; {script}");
        self.client.execute_async(&script, Vec::new()).await.expect("the script completes")
    }

    /// Opens a tab, and returns the previous tab and the new one.
    pub(crate) async fn open_tab(&self) -> (WindowHandle, WindowHandle) {
        let before = self.client.window().await.expect("there is a tab");
        let tab = self.client.new_window(true).await.expect("a tab can be opened").handle;
        self.switch_to(&tab).await;
        (before, tab)
    }

    pub(crate) async fn switch_to(&self, tab: &WindowHandle) {
        self.client.switch_to_window(tab.clone()).await.expect("the tab is there");
    }

    /// Stores a screenshot in the folder of `SHOP_SCREENSHOTS`, if it is set.
    pub(crate) async fn screenshot(&self, name: &str) {
        let Some(folder) = std::env::var_os("SHOP_SCREENSHOTS").map(PathBuf::from) else { return };
        let png = self.client.screenshot().await.expect("the browser takes pictures");
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        std::fs::write(folder.join(name).with_extension("png"), png).expect("the picture can be written");
    }

    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.expect("the window can be resized");
    }

    pub(crate) async fn close(self) {
        self.client.close().await.expect("the browser closes");
    }
}

/// The process that drives the browser.
struct Driver {
    process: Process,
    port: u16,
}

impl Driver {
    /// Retries, because the driver exits if another program takes its free port.
    fn start() -> Self {
        const TRIES: usize = 5;
        let start = || {
            let mut command = Command::new(installed(&["chromedriver"]));
            command.arg("--port=0").stderr(Stdio::null());
            let process = Process::start("chromedriver", command);
            let port = process.find_line("started successfully on port ")?.trim_end_matches('.').parse();
            Some(Self { process, port: port.expect("chromedriver prints its port") })
        };
        (0..TRIES).find_map(|_| start()).expect("chromedriver starts")
    }

    async fn connect(&self, profile: &Path, flags: &[&str]) -> Client {
        let profile = format!("--user-data-dir={}", profile.display());
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--hide-scrollbars",
            "--window-size=1280,1000",
            &profile,
        ];
        let arguments = [&arguments, flags].concat();
        let browser = installed(&["chromium", "chromium-browser", "google-chrome"]);
        // By default, Chromium blocks third-party cookies. The test must depend on `SameSite` alone.
        let preferences = json!({ "profile.cookie_controls_mode": 0 });
        let options = json!({ "goog:chromeOptions": { "args": arguments, "binary": browser, "prefs": preferences } });
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(serde_json::from_value(options).expect("it is an object"));
        let connected = builder.connect(&format!("http://127.0.0.1:{}", self.port)).await;
        connected.expect("chromedriver starts the browser")
    }
}

impl Drop for Driver {
    /// Requests a shutdown, because a killed driver leaves its browser running.
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            _ = stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            _ = stream.read_to_end(&mut Vec::new());
        }
        for _ in 0..250 {
            if self.process.has_exited() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The first of these programs that is installed.
fn installed(names: &[&str]) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).collect();
    let candidates = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates
        .into_iter()
        .find(|program| program.is_file())
        .unwrap_or_else(|| panic!("{} is not installed; on Debian: apt-get install chromium chromium-driver", names[0]))
}
