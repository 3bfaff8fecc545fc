//! Tests of the shop in a real browser: its pages, its cookies, and stolen cookies.

mod browser;
mod devices;
mod forgery;
mod safety;
mod shop;

use std::future::Future;
use std::time::Duration;

use cookie::{Cookie, SameSite};

use crate::browser::Browser;
use crate::shop::Shop;

/// Over plain HTTP, the cookies of the shop have no prefix.
const TOKEN: &str = "id";
const STATE: &str = "id-state";
const LOGOUT: &str = "form[action='/logout'] button";

/// Opens a shop and a browser on its first page, runs a test, and closes both.
fn visit<F: Future<Output = Visit>>(test: impl FnOnce(Visit) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let test = async {
        let visit = Visit { shop: Shop::open(), browser: Browser::open().await };
        visit.goto("/").await;
        test(visit).await.browser.close().await;
    };
    let finished = runtime.block_on(async { tokio::time::timeout(Duration::from_mins(2), test).await });
    finished.expect("the test takes less than two minutes");
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
}

#[test]
fn a_cart_adds_counts_and_removes_products() {
    visit(|visit| async {
        let browser = &visit.browser;
        for product in ["macaron", "pretzel", "macaron"] {
            browser.press(&format!("#add-{product}")).await;
        }
        assert_eq!(browser.text("#notice").await, "Raspberry macaron is in your cart.");
        assert_eq!(browser.text("#items").await, "3");
        browser.reload().await;
        assert!(!browser.has("#notice").await, "a notice is shown once");

        visit.goto("/cart").await;
        assert_eq!(browser.text("#total").await, "€5.95");
        browser.fill("#line-macaron input[type=number]", "10").await;
        browser.press("#line-macaron .quantity button").await;
        assert_eq!(browser.text("#total").await, "€22.75");
        browser.press("#line-pretzel button[aria-label^=Remove]").await;
        assert_eq!(browser.text("#total").await, "€21.00");
        browser.press("#line-macaron button[aria-label^=Remove]").await;
        assert!(browser.page().await.contains("There is nothing in it yet."));
        visit
    });
}

#[test]
fn visits_are_counted() {
    visit(|visit| async {
        let browser = &visit.browser;
        assert_eq!(browser.text("#visits").await, "This is your first visit.");
        browser.reload().await;
        browser.reload().await;
        assert_eq!(browser.text("#visits").await, "This is visit number 3.");
        visit
    });
}

#[test]
fn login_rotates_the_token_and_keeps_the_session() {
    visit(|visit| async {
        let browser = &visit.browser;
        browser.press("#add-jam-ring").await;
        let (id, before) = (visit.session_id().await, browser.cookie_line().await);

        visit.log_in("Ada <b>&").await;
        assert_eq!(browser.text("#notice").await, "Welcome, Ada <b>&.");
        assert_eq!(browser.text("#user").await, "Ada <b>&", "markup in a name is text");
        assert_eq!(browser.text("#items").await, "1", "the cart remains");
        assert_eq!(visit.session_id().await, id, "the id of the session remains");

        let page = visit.shop.page_for("/session", &before).await;
        assert!(!page.contains("Ada") && !page.contains("jam-ring"), "the old token reads nothing: {page}");
        assert!(visit.shop.page_for("/session", &browser.cookie_line().await).await.contains("Ada"));
        assert_ne!(format!("{TOKEN}={}", browser.cookie(TOKEN).await), before);
        visit
    });
}

#[test]
fn a_restart_of_the_shop_keeps_the_session() {
    visit(|mut visit| async {
        visit.browser.press("#add-shortbread").await;
        visit.log_in("Ada").await;
        visit.shop.restart();
        visit.browser.reload().await;
        assert_eq!(visit.browser.text("#user").await, "Ada");
        assert_eq!(visit.browser.text("#items").await, "1");
        visit
    });
}

#[test]
fn the_theme_is_client_state_and_survives_a_logout() {
    visit(|visit| async {
        let browser = &visit.browser;
        let token = browser.cookie(TOKEN).await;
        assert_eq!(browser.attribute("html", "data-theme").await, "light");
        visit.goto("/cart").await;
        browser.press("#theme").await;
        assert_eq!(browser.attribute("html", "data-theme").await, "dark");
        assert_eq!(browser.text("h1").await, "Your cart", "the button leads back to its page");
        assert_eq!(browser.cookie(TOKEN).await, token, "the theme is not stored on the server");

        visit.log_in("Ada").await;
        browser.press(LOGOUT).await;
        assert_eq!(browser.attribute("html", "data-theme").await, "dark");
        browser.press("#theme").await;
        assert_eq!(browser.attribute("html", "data-theme").await, "light");
        visit
    });
}

#[test]
fn logout_shows_a_goodbye_once_and_deletes_everything() {
    visit(|visit| async {
        let browser = &visit.browser;
        browser.press("#add-ginger-snap").await;
        browser.press("#theme").await;
        visit.log_in("Ada").await;
        let id = visit.session_id().await;
        let (token, state, cookies) =
            (browser.cookie(TOKEN).await, browser.cookie(STATE).await, browser.cookie_line().await);
        assert!(browser.page().await.contains("ginger-snap"));

        browser.press(LOGOUT).await;
        assert_eq!(browser.text("#notice").await, "Goodbye, Ada. You are logged out.");
        assert!(!browser.has("#user").await && !browser.has("#items").await);
        assert_ne!(browser.cookie(TOKEN).await, token);
        assert_ne!(browser.cookie(STATE).await, state);

        browser.back().await;
        for step in ["the back button", "a reload"] {
            assert_eq!(browser.text("h1").await, "Your session");
            let page = browser.page().await;
            assert!(!page.contains("Ada") && !page.contains("ginger-snap"), "{step} shows private data: {page}");
            browser.reload().await;
        }
        assert_ne!(visit.session_id().await, id, "it is a new session");
        assert!(!browser.has("#notice").await, "the goodbye was shown once");

        let page = visit.shop.page_for("/session", &cookies).await;
        assert!(!page.contains("Ada") && !page.contains("ginger-snap"), "a stolen cookie reads nothing: {page}");
        visit
    });
}

/// Checks that the browser keeps both cookies of a shop, on both names of this machine.
async fn assert_keeps_cookies(browser: &Browser, shop: &Shop, names: [&str; 2], is_secure: bool) {
    for home in [shop.url("/"), shop.url_on_localhost("/")] {
        browser.goto(&home).await;
        browser.press("#theme").await;
        browser.press("#add-pretzel").await;
        assert_eq!(browser.text("#items").await, "1", "{home}");
        let cookies = browser.cookies().await;
        assert_eq!(cookies.iter().map(Cookie::name).collect::<Vec<_>>(), names, "{home}");
        for cookie in cookies {
            assert_eq!(cookie.path(), Some("/"), "{home}");
            assert_eq!(cookie.http_only(), Some(true), "{home}");
            assert_eq!(cookie.secure(), Some(is_secure), "{home}");
            assert_eq!(cookie.same_site(), Some(SameSite::Lax), "{home}");
        }
    }
}

#[test]
fn the_browser_keeps_both_cookies_on_both_host_names() {
    visit(|visit| async {
        assert_keeps_cookies(&visit.browser, &visit.shop, [TOKEN, STATE], false).await;
        visit
    });
}

/// Chromium keeps secure cookies over plain HTTP from this machine. WebKit does not.
#[test]
fn chromium_keeps_secure_cookies_on_both_host_names() {
    visit(|visit| async {
        let shop = Shop::open_with_secure_cookies();
        visit.browser.delete_all_cookies().await;
        assert_keeps_cookies(&visit.browser, &shop, ["__Host-id", "__Host-id-state"], true).await;
        visit
    });
}

#[test]
fn a_long_name_fits_into_a_narrow_window() {
    visit(|visit| async {
        let browser = &visit.browser;
        visit.log_in("Wilhelmina of Saxe-Altenburg").await;
        for width in [340, 320] {
            browser.resize(width, 900).await;
            for path in ["/", "/cart", "/login", "/devices"] {
                visit.goto(path).await;
                assert_eq!(browser.run("return innerWidth").await, width);
                let overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
                assert_eq!(browser.run(overflow).await, 0, "{path} at {width} pixels");
            }
        }
        browser.screenshot("narrow").await;
        visit
    });
}

#[test]
fn the_name_of_an_add_button_starts_with_its_text() {
    visit(|visit| async {
        let name = visit.browser.attribute("#add-macaron", "aria-label").await;
        assert!(name.starts_with(&visit.browser.text("#add-macaron").await), "{name}");
        assert!(name.ends_with("Raspberry macaron"), "{name}");
        visit
    });
}

#[test]
fn the_session_page_shows_stored_values_and_the_schema() {
    visit(|visit| async {
        let browser = &visit.browser;
        browser.screenshot("products").await;
        browser.press("#add-macaron").await;
        browser.press("#add-chocolate-chip").await;
        visit.goto("/cart").await;
        browser.screenshot("cart").await;
        visit.goto("/login").await;
        browser.screenshot("sign-in").await;
        visit.log_in("Ada").await;
        browser.screenshot("products-signed-in").await;
        visit.goto("/session").await;
        browser.screenshot("session").await;
        browser.press("#theme").await;
        browser.screenshot("session-dark").await;

        let row = |key: &str, column: u8| format!("tr[data-key='{key}'] td:nth-child({column})");
        for (key, declared, raw, read) in [
            ("user.name", "String index", "\"Ada\"", "\"Ada\""),
            ("visits", "u64 default", "4", "4"),
            ("notice", "String flash", "absent", "–"),
            ("theme", "Theme default", "\"dark\"", "\"dark\""),
        ] {
            assert!(browser.text(&row(key, 2)).await.starts_with(declared));
            assert_eq!(browser.text(&row(key, 3)).await, raw);
            assert_eq!(browser.text(&row(key, 4)).await, read);
        }
        let cart = r#"[{"product":"macaron","quantity":1},{"product":"chocolate-chip","quantity":1}]"#;
        assert_eq!(browser.text(&row("cart", 3)).await, cart);
        assert!(browser.text(&row("cart", 2)).await.contains("The products in the cart."));
        assert_eq!(browser.text("#session-id").await.len(), 32);

        visit.goto("/").await;
        browser.screenshot("products-dark").await;
        browser.resize(420, 900).await;
        browser.screenshot("products-phone").await;
        visit.goto("/cart").await;
        browser.screenshot("cart-phone").await;
        visit.goto("/session").await;
        browser.screenshot("session-phone").await;
        visit.goto("/login").await;
        browser.screenshot("sign-in-phone").await;
        visit
    });
}
