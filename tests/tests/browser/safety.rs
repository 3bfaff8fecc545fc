//! Tests of scripts, tabs, missing or foreign cookies, and the back button.

use cookie::Cookie;
use serde_json::Value;

use crate::browser::Browser;
use crate::engine::{Engine, on_every_engine};
use crate::{LOGOUT, Visit, visit};

on_every_engine! {
    no_script_can_read_a_cookie,
    twenty_clicks_in_two_tabs_at_once_all_count,
    login_and_logout_in_one_tab_apply_to_the_other,
    cookies_of_another_key_are_ignored_and_replaced,
    cookies_of_another_format_are_ignored_and_replaced,
    a_browser_without_its_cookies_gets_a_new_session,
    either_of_the_two_cookies_can_be_lost,
    a_private_window_shares_nothing_with_the_other,
    the_back_button_reloads_the_page_after_a_logout,
}

// Scripts

fn no_script_can_read_a_cookie(engine: Engine) {
    visit(engine, |visit| async {
        visit.log_in("Ada").await;
        visit.browser.press("#theme").await;
        assert_eq!(visit.browser.cookies().await.len(), 2);
        assert_eq!(visit.browser.run("return document.cookie").await, "");
        let ([token, _], attributes) = (visit.shop.cookie_names(), visit.shop.cookie_attributes());
        visit.browser.run(&format!("document.cookie = '{token}=planted; {attributes}'")).await;
        visit.goto("/").await;
        assert_eq!(visit.browser.user().await, "Ada", "a script cannot overwrite a cookie");
        visit
    });
}

// Tabs

const TEN_CLICKS: &str = "window.clicks = Promise.all([...Array(10)].map(() =>
    fetch('/cart/add', { method: 'post', body: new URLSearchParams({ product: 'macaron' }) })
        .then(response => response.ok)));";

fn twenty_clicks_in_two_tabs_at_once_all_count(engine: Engine) {
    visit(engine, |visit| async {
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

fn login_and_logout_in_one_tab_apply_to_the_other(engine: Engine) {
    visit(engine, |visit| async {
        let browser = &visit.browser;
        let (first, second) = browser.open_tab().await;
        visit.log_in("Ada").await;
        browser.switch_to(&first).await;
        browser.press("#add-macaron").await;
        assert_eq!(browser.user().await, "Ada", "a page from before the login uses the same session");
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
    assert_eq!(cookies.iter().map(Cookie::name).collect::<Vec<_>>(), visit.shop.cookie_names(), "one of each name");
}

fn cookies_of_another_key_are_ignored_and_replaced(engine: Engine) {
    visit(engine, |mut visit| async {
        visit.browser.press("#theme").await;
        visit.log_in("Ada").await;
        visit.shop.restart_with_another_key();
        visit.goto("/").await;
        assert_eq!(visit.browser.attribute("html", "data-theme").await, "light");
        assert_new_session_persists(&visit).await;
        visit
    });
}

fn cookies_of_another_format_are_ignored_and_replaced(engine: Engine) {
    visit(engine, |visit| async {
        visit.browser.press("#theme").await;
        visit.log_in("Ada").await;
        for format in ["s%3A0b5f.c2lnbmF0dXJl", "a-uuid-of-long-ago", "AAAA"] {
            visit.browser.delete_all_cookies().await;
            for name in visit.shop.cookie_names() {
                let attributes = visit.shop.cookie_attributes();
                visit.browser.run(&format!("document.cookie = '{name}={format}; {attributes}'")).await;
                assert_eq!(visit.browser.cookie(name).await, format);
            }
            assert_new_session_persists(&visit).await;
        }
        visit
    });
}

fn a_browser_without_its_cookies_gets_a_new_session(engine: Engine) {
    visit(engine, |visit| async {
        visit.browser.press("#theme").await;
        visit.log_in("Ada").await;
        visit.browser.delete_all_cookies().await;
        assert_new_session_persists(&visit).await;
        visit
    });
}

fn either_of_the_two_cookies_can_be_lost(engine: Engine) {
    visit(engine, |visit| async {
        let (browser, [token, state]) = (&visit.browser, visit.shop.cookie_names());
        browser.press("#theme").await;
        visit.log_in("Ada").await;
        browser.delete_cookie(state).await;
        visit.goto("/").await;
        assert_eq!(browser.user().await, "Ada");
        assert_eq!(browser.attribute("html", "data-theme").await, "light");

        browser.press("#theme").await;
        browser.delete_cookie(token).await;
        visit.goto("/").await;
        assert!(!browser.has("#user").await);
        assert_eq!(browser.attribute("html", "data-theme").await, "light", "the client state belonged to that session");
        visit
    });
}

fn a_private_window_shares_nothing_with_the_other(engine: Engine) {
    visit(engine, |visit| async {
        visit.browser.press("#theme").await;
        visit.browser.press("#add-macaron").await;
        visit.log_in("Ada").await;
        let private = Browser::open_private(engine).await;
        private.goto(visit.shop.url("/")).await;
        assert!(!private.has("#user").await && !private.has("#items").await);
        assert_eq!(private.attribute("html", "data-theme").await, "light");
        private.press("#add-pretzel").await;
        assert_eq!(private.text("#items").await, "1", "it has its own session");
        private.close().await;
        visit.goto("/").await;
        assert_eq!(visit.browser.user().await, "Ada");
        assert_eq!(visit.browser.text("#items").await, "1");
        visit
    });
}

// The back button

/// `no-store` keeps a page out of the HTTP cache and the back/forward cache.
fn the_back_button_reloads_the_page_after_a_logout(engine: Engine) {
    visit(engine, |visit| async {
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
