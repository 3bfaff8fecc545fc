//! The shop under test: the example program on a free port, with its own database.

use reqwest::header;
use session_tests::Process;
use session_tests::shop;
use tempfile::TempDir;

pub(crate) struct Shop {
    process: Process,
    /// The address without the scheme, for example `127.0.0.1:3000`.
    address: String,
    folder: TempDir,
}

impl Shop {
    pub(crate) fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the database");
        let (process, address) = start(&folder, "127.0.0.1:0");
        Self { process, address, folder }
    }

    /// A shop with the cookies that it sends behind a proxy with HTTPS.
    pub(crate) fn open_with_secure_cookies() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the key");
        let (process, address) = shop::start_with(&["--https"], "127.0.0.1:0", "memory:", None);
        Self { process, address, folder }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
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
        (self.process, _) = start(&self.folder, &self.address);
    }

    /// The same with a new secret key, as after a release without a fallback key.
    pub(crate) fn restart_with_another_key(&mut self) {
        std::fs::remove_file(self.folder.path().join("shop.key")).expect("the key is beside the database");
        self.restart();
    }

    /// The page for a request with these cookies.
    pub(crate) async fn page_for(&self, path: &str, cookies: &str) -> String {
        Self::text(reqwest::Client::new().get(self.url(path)), cookies).await
    }

    /// The page after a submitted form with these cookies.
    pub(crate) async fn page_after(&self, path: &str, form: String, cookies: &str) -> String {
        let post = reqwest::Client::new().post(self.url(path)).body(form);
        Self::text(post.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"), cookies).await
    }

    async fn text(request: reqwest::RequestBuilder, cookies: &str) -> String {
        let request = request.header(header::COOKIE, cookies);
        let response = request.send().await.expect("the shop responds");
        assert!(response.status().is_success(), "{}", response.status());
        response.text().await.expect("the response is text")
    }
}

fn start(folder: &TempDir, address: &str) -> (Process, String) {
    shop::start(address, &format!("sqlite:{}", folder.path().join("shop.db").display()), None)
}
