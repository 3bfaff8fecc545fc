//! A browser without a window and with an empty profile, and the actions of a person.

use std::path::PathBuf;
use std::time::Duration;

use fantoccini::cookies::Cookie;
use fantoccini::elements::Element;
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, Locator};
use serde_json::Value;

use crate::driver::Driver;
use crate::engine::Engine;

const TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) struct Browser {
    pub(crate) engine: Engine,
    client: Client,
    _driver: Driver,
}

impl Browser {
    pub(crate) async fn open(engine: Engine) -> Self {
        Self::start(engine, false).await
    }

    /// Opens a browser with a single private window.
    pub(crate) async fn open_private(engine: Engine) -> Self {
        Self::start(engine, true).await
    }

    async fn start(engine: Engine, is_private: bool) -> Self {
        let mut driver = Driver::start(engine);
        let client = driver.open_browser(is_private).await;
        Self { engine, client, _driver: driver }
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

    /// The name of the user in the header. The driver of WebKit returns no text for it, because of `text-overflow`.
    pub(crate) async fn user(&self) -> String {
        let name = self.find("#user").await.prop("textContent").await.expect("the element has properties");
        name.expect("an element has this property")
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

    /// The text of the page, with hidden elements.
    pub(crate) async fn page(&self) -> String {
        let text = self.find("body").await.prop("textContent").await.expect("the element has properties");
        text.expect("an element has this property")
    }

    /// The number of matching elements in the first frame of the page.
    pub(crate) async fn count_in_frame(&self, css: &str) -> usize {
        self.client.enter_frame(0).await.expect("the page has a frame");
        let count = self.count(css).await;
        self.client.enter_parent_frame().await.expect("the frame has a page");
        count
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
        self.run_async_with(script, Value::Null).await
    }

    /// The same with a value, which the script sees as `arguments[0]`.
    pub(crate) async fn run_async_with(&self, script: &str, value: Value) -> Value {
        let script = format!("const done = arguments[arguments.length - 1]; {script}");
        self.client.execute_async(&script, vec![value]).await.expect("the script completes")
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
        let file = folder.join(format!("{name}-{}.png", self.engine.name()));
        std::fs::write(file, png).expect("the picture can be written");
    }

    pub(crate) async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.expect("the window can be resized");
    }

    pub(crate) async fn close(self) {
        self.client.close().await.expect("the browser closes");
    }
}
