//! Tests of the page "Your devices" in several browsers.

use crate::browser::Browser;
use crate::engine::{Engine, on_every_engine};
use crate::{LOGOUT, Visit, visit};

on_every_engine! {
    both_browsers_of_a_user_are_listed_and_this_one_is_marked,
    logging_out_one_device_applies_at_its_next_request_and_to_no_other,
    logging_out_this_device_from_the_list_is_a_logout,
    logging_out_other_devices_spares_this_device_and_other_users,
    the_devices_of_another_user_are_never_shown_and_cannot_be_logged_out,
    a_visitor_who_is_not_logged_in_gets_the_login_page_and_no_link,
}

const OTHERS: &str = "#logout-others";

fn device(id: &str) -> String {
    format!("li[data-device='{id}']")
}

async fn session_id(visit: &Visit, browser: &Browser) -> String {
    browser.goto(visit.shop.url("/session")).await;
    browser.text("#session-id").await
}

/// Returns true if the shop knows the user of this browser.
async fn is_signed_in(visit: &Visit, browser: &Browser) -> bool {
    browser.goto(visit.shop.url("/")).await;
    browser.has("#user").await
}

fn both_browsers_of_a_user_are_listed_and_this_one_is_marked(engine: Engine) {
    visit(engine, |visit| async {
        visit.log_in("Ada").await;
        let other = visit.another_browser("Ada").await;
        let ids = [visit.session_id().await, session_id(&visit, &other).await];
        let both = [&visit.browser, &other];
        for (browser, [this, that]) in [(both[0], [0, 1]), (both[1], [1, 0])] {
            browser.goto(visit.shop.url("/devices")).await;
            assert_eq!(browser.count(".devices li").await, 2);
            assert_eq!(browser.text(&format!("{} .mark", device(&ids[this]))).await, "This device");
            assert!(!browser.has(&format!("{} .mark", device(&ids[that]))).await);
            for (id, shown) in ids.iter().zip(both) {
                assert_eq!(browser.text(&format!("{} .device", device(id))).await, shown.engine.device());
                let seen = browser.text(&format!("{} time", device(id))).await;
                assert!(seen == "just now" || seen.ends_with("ago"), "{seen}");
                assert!(browser.attribute(&format!("{} time", device(id)), "datetime").await.ends_with('Z'));
            }
        }
        visit.goto("/devices").await;
        visit.browser.screenshot("devices").await;
        visit.browser.press("#theme").await;
        assert_eq!(visit.browser.text("h1").await, "Your devices", "the button leads back to its page");
        visit.browser.screenshot("devices-dark").await;
        visit.browser.resize(420, 900).await;
        visit.browser.screenshot("devices-phone").await;
        other.close().await;
        visit
    });
}

fn logging_out_one_device_applies_at_its_next_request_and_to_no_other(engine: Engine) {
    visit(engine, |visit| async {
        visit.log_in("Ada").await;
        let (lost, kept) = (visit.another_browser("Ada").await, visit.another_browser("Ada").await);
        let id = session_id(&visit, &lost).await;
        visit.goto("/devices").await;
        visit.browser.press(&format!("{} button", device(&id))).await;
        assert_eq!(visit.browser.text("#notice").await, "That device is logged out.");
        assert_eq!(visit.browser.count(".devices li").await, 2);
        assert!(!visit.browser.has(&device(&id)).await);

        lost.reload().await;
        assert!(!lost.page().await.contains("Ada"), "the open page shows nothing after a reload");
        assert!(!is_signed_in(&visit, &lost).await);
        assert!(is_signed_in(&visit, &kept).await);
        assert!(is_signed_in(&visit, &visit.browser).await);
        kept.close().await;
        lost.close().await;
        visit
    });
}

fn logging_out_this_device_from_the_list_is_a_logout(engine: Engine) {
    visit(engine, |visit| async {
        visit.log_in("Ada").await;
        let id = visit.session_id().await;
        visit.goto("/devices").await;
        assert!(!visit.browser.has(OTHERS).await, "there is nothing else to sign out");
        visit.browser.press(&format!("{} button", device(&id))).await;
        assert_eq!(visit.browser.text("#notice").await, "Goodbye, Ada. You are logged out.");
        assert!(!visit.browser.has("#user").await);
        visit
    });
}

fn logging_out_other_devices_spares_this_device_and_other_users(engine: Engine) {
    visit(engine, |visit| async {
        visit.log_in("Ada").await;
        let others = [visit.another_browser("Ada").await, visit.another_browser("Ada").await];
        let stranger = visit.another_browser("Grace").await;
        visit.goto("/devices").await;
        visit.browser.press(OTHERS).await;
        assert_eq!(visit.browser.text("#notice").await, "You are logged out on 2 other devices.");
        assert_eq!(visit.browser.count(".devices li").await, 1);
        assert!(visit.browser.has(".devices .mark").await);
        for browser in others {
            assert!(!is_signed_in(&visit, &browser).await);
            browser.close().await;
        }
        assert!(is_signed_in(&visit, &visit.browser).await);
        assert!(is_signed_in(&visit, &stranger).await);
        stranger.close().await;
        visit
    });
}

fn the_devices_of_another_user_are_never_shown_and_cannot_be_logged_out(engine: Engine) {
    visit(engine, |visit| async {
        visit.log_in("Ada").await;
        let id = visit.session_id().await;
        let stranger = visit.another_browser("Grace").await;
        stranger.goto(visit.shop.url("/devices")).await;
        assert_eq!(stranger.count(".devices li").await, 1);
        assert!(!stranger.has(&device(&id)).await);
        assert!(!stranger.page().await.contains("Ada"));

        let cookies = stranger.cookie_line().await;
        let page = visit.shop.page_after("/devices/logout", format!("device={id}"), &cookies).await;
        assert!(page.contains("That device was already logged out."), "the message does not reveal the owner");
        assert!(is_signed_in(&visit, &visit.browser).await);
        stranger.close().await;
        visit
    });
}

fn a_visitor_who_is_not_logged_in_gets_the_login_page_and_no_link(engine: Engine) {
    visit(engine, |visit| async {
        visit.log_in("Ada").await;
        assert!(visit.browser.has("nav a[href='/devices']").await);
        visit.browser.press(LOGOUT).await;
        assert!(!visit.browser.has("nav a[href='/devices']").await);
        visit.goto("/devices").await;
        assert_eq!(visit.browser.text("h1").await, "Log in");
        assert_eq!(visit.browser.text("#notice").await, "Log in to see your devices.");
        visit
    });
}
