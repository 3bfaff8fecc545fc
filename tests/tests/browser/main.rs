//! Tests of the shop in real browsers: its pages, its cookies, and stolen cookies.
//!
//! Each test runs in three engines. WebKit drops `Secure` cookies over plain HTTP, so its tests use the shop over HTTPS.

mod accessibility;
mod browser;
mod cookies;
mod devices;
mod driver;
mod engine;
mod forgery;
mod lab;
mod pages;
mod safety;
mod shop;

use std::future::Future;
use std::time::Duration;

use crate::browser::Browser;
use crate::engine::Engine;
use crate::shop::Shop;

const LOGOUT: &str = "form[action='/logout'] button";

/// Opens a shop and a browser on its first page, runs a test, and closes both.
fn visit<F: Future<Output = Visit>>(engine: Engine, test: impl FnOnce(Visit) -> F) {
    run(async {
        let shop = if engine == Engine::WebKit { Shop::open_with_https() } else { Shop::open() };
        let visit = Visit { shop, browser: Browser::open(engine).await };
        visit.goto("/").await;
        test(visit).await.browser.close().await;
    });
}

/// Runs a test, for at most four minutes.
fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let finished = runtime.block_on(async { tokio::time::timeout(Duration::from_mins(4), test).await });
    finished.expect("the test takes less than four minutes");
}

struct Visit {
    shop: Shop,
    browser: Browser,
}

impl Visit {
    async fn goto(&self, path: &str) {
        self.browser.goto(self.shop.url(path)).await;
    }

    async fn log_in(&self, name: &str) {
        self.goto("/login").await;
        self.browser.fill("#name", name).await;
        self.browser.press("button#login").await;
    }

    async fn session_id(&self) -> String {
        self.goto("/session").await;
        self.browser.text("#session-id").await
    }

    /// Another browser, in which this user logs in: Chromium, which starts in a third of the time of Firefox.
    async fn another_browser(&self, user: &str) -> Browser {
        let browser = Browser::open(Engine::Chromium).await;
        browser.goto(self.shop.url("/login")).await;
        browser.fill("#name", user).await;
        browser.press("button#login").await;
        browser
    }
}
