//! The shop under test: the example program on a free port, with its own database.

use reqwest::header;
use session_tests::servers::HaProxy;
use session_tests::{Process, shop};
use tempfile::TempDir;

pub(crate) struct Shop {
    process: Process,
    /// The address of the process without the scheme, for example `127.0.0.1:3000`.
    address: String,
    folder: TempDir,
    options: &'static [&'static str],
    proxy: Option<HaProxy>,
}

impl Shop {
    /// A shop with plain HTTP, as `cargo run --example shop` starts it.
    pub(crate) fn open() -> Self {
        Self::start(&[])
    }

    /// A shop with the cookies that it sends behind a proxy with HTTPS, but without the proxy.
    pub(crate) fn open_with_secure_cookies() -> Self {
        Self::start(&["--https"])
    }

    /// A shop behind a proxy with HTTPS.
    pub(crate) fn open_with_https() -> Self {
        let shop = Self::open_with_secure_cookies();
        let port = shop.address.rsplit_once(':').expect("an address has a port").1.parse().expect("it is a number");
        Self { proxy: Some(HaProxy::start_with_https(port)), ..shop }
    }

    fn start(options: &'static [&'static str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the database");
        let (process, address) = start(options, &folder, "127.0.0.1:0");
        Self { process, address, folder, options, proxy: None }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        match &self.proxy {
            Some(proxy) => format!("https://127.0.0.1:{}{path}", proxy.port),
            None => self.direct_url(path),
        }
    }

    pub(crate) fn has_https(&self) -> bool {
        self.proxy.is_some()
    }

    /// The URL without the proxy.
    pub(crate) fn direct_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The names of the cookies of the token and of client state.
    pub(crate) fn cookie_names(&self) -> [&'static str; 2] {
        if self.options.contains(&"--https") { ["__Host-id", "__Host-id-state"] } else { ["id", "id-state"] }
    }

    /// The attributes that a script needs to set a cookie with the same name.
    pub(crate) fn cookie_attributes(&self) -> &'static str {
        if self.options.contains(&"--https") { "Path=/; Secure" } else { "Path=/" }
    }

    /// The URL of the shop with the other name of this host.
    pub(crate) fn url_on_localhost(&self, path: &str) -> String {
        self.url(path).replace("127.0.0.1", "localhost")
    }

    /// Stops the program with Ctrl-C, and restarts it with the same address and database.
    pub(crate) fn restart(&mut self) {
        self.process.interrupt();
        self.process.expect_line("stopped");
        assert!(self.process.wait().success(), "the shop stops cleanly");
        (self.process, _) = start(self.options, &self.folder, &self.address);
    }

    /// The same with a new secret key, as after a release without a fallback key.
    pub(crate) fn restart_with_another_key(&mut self) {
        std::fs::remove_file(self.folder.path().join("shop.key")).expect("the key is beside the database");
        self.restart();
    }

    /// The page for a request with these cookies.
    pub(crate) async fn page_for(&self, path: &str, cookies: &str) -> String {
        Self::text(reqwest::Client::new().get(self.direct_url(path)), cookies).await
    }

    /// The page after a submitted form with these cookies.
    pub(crate) async fn page_after(&self, path: &str, form: String, cookies: &str) -> String {
        let post = reqwest::Client::new().post(self.direct_url(path)).body(form);
        Self::text(post.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"), cookies).await
    }

    async fn text(request: reqwest::RequestBuilder, cookies: &str) -> String {
        let request = request.header(header::COOKIE, cookies);
        let response = request.send().await.expect("the shop responds");
        assert!(response.status().is_success(), "{}", response.status());
        response.text().await.expect("the response is text")
    }
}

fn start(options: &[&str], folder: &TempDir, address: &str) -> (Process, String) {
    shop::start_with(options, address, &format!("sqlite:{}", folder.path().join("shop.db").display()), None)
}
