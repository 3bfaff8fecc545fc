//! The shop under test: the example's own program, on a free port and a database of its own.

use reqwest::header;
use session_tests::Process;
use session_tests::shop;
use tempfile::TempDir;

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

    /// The same with a new key, as after a release that takes no notice of the old one.
    pub(crate) fn restart_with_another_key(&mut self) {
        std::fs::remove_file(self.folder.path().join("shop.key")).expect("the key is beside the database");
        self.restart();
    }

    /// The page that someone gets who sends these cookies by hand.
    pub(crate) async fn page_for(&self, path: &str, cookies: &str) -> String {
        Self::answer(reqwest::Client::new().get(self.url(path)), cookies).await
    }

    /// The page that a form leads to which someone sends by hand.
    pub(crate) async fn page_after(&self, path: &str, form: String, cookies: &str) -> String {
        let post = reqwest::Client::new().post(self.url(path)).body(form);
        Self::answer(post.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"), cookies).await
    }

    async fn answer(request: reqwest::RequestBuilder, cookies: &str) -> String {
        let request = request.header(header::COOKIE, cookies);
        let response = request.send().await.expect("the shop answers");
        assert!(response.status().is_success(), "{}", response.status());
        response.text().await.expect("the answer is text")
    }
}

fn start(folder: &TempDir, address: &str) -> (Process, String) {
    shop::start(address, &format!("sqlite:{}", folder.path().join("shop.db").display()), None)
}
