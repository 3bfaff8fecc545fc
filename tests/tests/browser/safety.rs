//! Tests of the protection by the browser: other sites, other tabs, and missing or foreign cookies.

use cookie::Cookie;
use serde_json::Value;

use crate::browser::Browser;
use crate::shop::Shop;
use crate::{LOGOUT, STATE, TOKEN, Visit, visit};

// Scripts

#[test]
fn no_script_can_read_a_cookie() {
    visit(|visit| async {
        visit.log_in("Ada").await;
        visit.browser.press("#theme").await;
        assert_eq!(visit.browser.cookies().await.len(), 2);
        assert_eq!(visit.browser.run("return document.cookie").await, "");
        visit.browser.run(&format!("document.cookie = '{TOKEN}=planted; Path=/'")).await;
        visit.goto("/").await;
        assert_eq!(visit.browser.text("#user").await, "Ada", "a script cannot overwrite a cookie");
        visit
    });
}

// Other origins: `127.0.0.1` and `localhost` are two sites, and two ports of one host are one site

/// Submits a form to the shop from the style sheet of another origin.
async fn post_from(visit: &Visit, page: String, path: &str, field: (&str, &str)) {
    visit.browser.goto(page).await;
    let form = format!(
        "const form = document.createElement('form'); form.method = 'post'; form.action = '{}';
         const field = document.createElement('input'); field.name = '{}'; field.value = '{}';
         form.append(field); document.documentElement.append(form); form.submit();",
        visit.shop.url(path),
        field.0,
        field.1
    );
    visit.browser.run(&form).await;
    visit.browser.text("footer").await;
}

#[test]
fn a_link_from_another_site_opens_the_users_session() {
    visit(|visit| async {
        visit.log_in("Ada").await;
        visit.browser.goto(visit.shop.url_on_localhost("/style.css")).await;
        visit.browser.run(&format!("location.href = '{}'", visit.shop.url("/cart"))).await;
        assert_eq!(visit.browser.text("#user").await, "Ada");
        visit
    });
}

/// Checks that a form from this page changes nothing.
async fn assert_refused(visit: &Visit, page: String) {
    visit.log_in("Ada").await;
    let before = visit.browser.cookie_line().await;
    for (path, field) in
        [("/cart/add", ("product", "macaron")), ("/logout", ("a", "b")), ("/login", ("name", "Mallory"))]
    {
        post_from(visit, page.clone(), path, field).await;
        assert!(visit.browser.page().await.contains("sent by another site"), "{path}");
        assert_eq!(visit.browser.cookie_line().await, before, "{path}");
    }
    visit.goto("/session").await;
    assert_eq!(visit.browser.text("#user").await, "Ada");
    assert!(!visit.browser.page().await.contains("macaron"));
}

/// `SameSite=Lax` would not be enough: the response to such a form sets cookies that replace the user's.
#[test]
fn a_form_posted_from_another_site_is_refused_and_changes_nothing() {
    visit(|visit| async {
        let page = visit.shop.url_on_localhost("/style.css");
        assert_refused(&visit, page).await;
        visit
    });
}

/// `SameSite` does not apply: the request has the user's cookies.
#[test]
fn a_form_posted_from_another_port_is_refused_and_changes_nothing() {
    visit(|visit| async {
        let other = Shop::open();
        assert_refused(&visit, other.url("/style.css")).await;
        visit
    });
}

#[test]
fn requests_embedded_by_another_site_have_no_session_and_set_none() {
    visit(|visit| async {
        visit.log_in("Ada").await;
        let before = visit.browser.cookie_line().await;
        visit.browser.goto(visit.shop.url_on_localhost("/style.css")).await;
        let script = format!(
            "const home = '{0}';
             const image = new Image(); const frame = document.createElement('iframe');
             const loaded = element => new Promise(then => {{ element.onload = element.onerror = then; }});
             const all = [loaded(image), loaded(frame),
                 fetch(home, {{ mode: 'no-cors', credentials: 'include' }}),
                 fetch(home + 'cart/add', {{ method: 'post', mode: 'no-cors', credentials: 'include',
                     body: new URLSearchParams({{ product: 'macaron' }}) }})];
             image.src = home; frame.src = home; document.documentElement.append(image, frame);
             Promise.all(all).then(() => done(true), error => done(String(error)));",
            visit.shop.url("/")
        );
        assert_eq!(visit.browser.run_async(&script).await, Value::Bool(true));
        visit.goto("/session").await;
        assert_eq!(visit.browser.text("tr[data-key='visits'] td:nth-child(3)").await, "2", "only its own visits");
        assert!(!visit.browser.page().await.contains("macaron"));
        assert_eq!(visit.browser.cookie_line().await, before);
        visit
    });
}

// Tabs

const TEN_CLICKS: &str = "window.clicks = Promise.all([...Array(10)].map(() =>
    fetch('/cart/add', { method: 'post', body: new URLSearchParams({ product: 'macaron' }) })
        .then(response => response.ok)));";

#[test]
fn twenty_clicks_in_two_tabs_at_once_all_count() {
    visit(|visit| async {
        let browser = &visit.browser;
        let (first, second) = browser.open_tab().await;
        visit.goto("/").await;
        browser.run(TEN_CLICKS).await;
        browser.switch_to(&first).await;
        browser.run(TEN_CLICKS).await;
        for tab in [&first, &second] {
            browser.switch_to(tab).await;
            let clicks = browser.run_async("window.clicks.then(done)").await;
            assert_eq!(clicks, Value::from(vec![true; 10]));
        }
        visit.goto("/cart").await;
        assert_eq!(browser.text("#items").await, "20");
        visit
    });
}

#[test]
fn login_and_logout_in_one_tab_apply_to_the_other() {
    visit(|visit| async {
        let browser = &visit.browser;
        let (first, second) = browser.open_tab().await;
        visit.log_in("Ada").await;
        browser.switch_to(&first).await;
        browser.press("#add-macaron").await;
        assert_eq!(browser.text("#user").await, "Ada", "a page from before the login uses the same session");
        browser.press(LOGOUT).await;
        browser.switch_to(&second).await;
        browser.press("#add-pretzel").await;
        assert!(!browser.has("#user").await, "a page from before the logout has no user");
        assert_eq!(browser.text("#items").await, "1", "its click uses a new session");
        visit
    });
}

// Cookies that are old, foreign or missing

/// Checks that the visitor gets a new session that persists.
async fn assert_new_session_persists(visit: &Visit) {
    visit.goto("/").await;
    assert!(!visit.browser.has("#user").await && !visit.browser.has("#items").await);
    visit.browser.press("#add-macaron").await;
    visit.browser.reload().await;
    assert_eq!(visit.browser.text("#items").await, "1");
    visit.browser.press("#theme").await;
    assert_eq!(visit.browser.attribute("html", "data-theme").await, "dark");
    let cookies = visit.browser.cookies().await;
    assert_eq!(cookies.iter().map(Cookie::name).collect::<Vec<_>>(), [TOKEN, STATE], "one of each name");
}

#[test]
fn cookies_of_another_key_are_ignored_and_replaced() {
    visit(|mut visit| async {
        visit.browser.press("#theme").await;
        visit.log_in("Ada").await;
        visit.shop.restart_with_another_key();
        visit.goto("/").await;
        assert_eq!(visit.browser.attribute("html", "data-theme").await, "light");
        assert_new_session_persists(&visit).await;
        visit
    });
}

#[test]
fn cookies_of_another_format_are_ignored_and_replaced() {
    visit(|visit| async {
        visit.browser.press("#theme").await;
        visit.log_in("Ada").await;
        for format in ["s%3A0b5f.c2lnbmF0dXJl", "a-uuid-of-long-ago", "AAAA"] {
            visit.browser.delete_all_cookies().await;
            for name in [TOKEN, STATE] {
                visit.browser.run(&format!("document.cookie = '{name}={format}; Path=/'")).await;
            }
            assert_eq!(visit.browser.cookie(TOKEN).await, format);
            assert_new_session_persists(&visit).await;
        }
        visit
    });
}

#[test]
fn a_browser_without_its_cookies_gets_a_new_session() {
    visit(|visit| async {
        visit.browser.press("#theme").await;
        visit.log_in("Ada").await;
        visit.browser.delete_all_cookies().await;
        assert_new_session_persists(&visit).await;
        visit
    });
}

#[test]
fn either_of_the_two_cookies_can_be_lost() {
    visit(|visit| async {
        let browser = &visit.browser;
        browser.press("#theme").await;
        visit.log_in("Ada").await;
        browser.delete_cookie(STATE).await;
        visit.goto("/").await;
        assert_eq!(browser.text("#user").await, "Ada");
        assert_eq!(browser.attribute("html", "data-theme").await, "light");

        browser.press("#theme").await;
        browser.delete_cookie(TOKEN).await;
        visit.goto("/").await;
        assert!(!browser.has("#user").await);
        assert_eq!(browser.attribute("html", "data-theme").await, "light", "the client state belonged to that session");
        visit
    });
}

#[test]
fn a_private_window_shares_nothing_with_the_other() {
    visit(|visit| async {
        visit.browser.press("#theme").await;
        visit.browser.press("#add-macaron").await;
        visit.log_in("Ada").await;
        let private = Browser::open_private().await;
        private.goto(visit.shop.url("/")).await;
        assert!(!private.has("#user").await && !private.has("#items").await);
        assert_eq!(private.attribute("html", "data-theme").await, "light");
        private.press("#add-pretzel").await;
        assert_eq!(private.text("#items").await, "1", "it has its own session");
        private.close().await;
        visit.goto("/").await;
        assert_eq!(visit.browser.text("#user").await, "Ada");
        assert_eq!(visit.browser.text("#items").await, "1");
        visit
    });
}

// The back button

/// `no-store` keeps a page out of the HTTP cache and the back/forward cache.
#[test]
fn the_back_button_reloads_the_page_after_a_logout() {
    visit(|visit| async {
        let browser = &visit.browser;
        visit.log_in("Ada").await;
        visit.goto("/cart").await;
        visit.goto("/session").await;
        assert!(browser.page().await.contains("Ada"));
        browser.press(LOGOUT).await;
        for page in ["Your session", "Your cart"] {
            browser.back().await;
            assert_eq!(browser.text("h1").await, page);
            assert!(!browser.page().await.contains("Ada"));
            let navigation = "return performance.getEntriesByType('navigation')[0]";
            assert_eq!(browser.run(&format!("{navigation}.type")).await, "back_forward");
            assert_ne!(browser.run(&format!("{navigation}.transferSize")).await, 0, "the page was not cached");
        }
        visit
    });
}
