//! Tests of the pages: the cart, the login, the theme, and the display of the session.

use crate::engine::{Engine, on_every_engine};
use crate::{LOGOUT, visit};

on_every_engine! {
    a_cart_adds_counts_and_removes_products,
    visits_are_counted,
    login_rotates_the_token_and_keeps_the_session,
    a_restart_of_the_shop_keeps_the_session,
    the_theme_is_client_state_and_survives_a_logout,
    logout_shows_a_goodbye_once_and_deletes_everything,
    the_session_page_shows_stored_values_and_the_schema,
}

fn a_cart_adds_counts_and_removes_products(engine: Engine) {
    visit(engine, |visit| async {
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

fn visits_are_counted(engine: Engine) {
    visit(engine, |visit| async {
        let browser = &visit.browser;
        assert_eq!(browser.text("#visits").await, "This is your first visit.");
        browser.reload().await;
        browser.reload().await;
        assert_eq!(browser.text("#visits").await, "This is visit number 3.");
        visit
    });
}

fn login_rotates_the_token_and_keeps_the_session(engine: Engine) {
    visit(engine, |visit| async {
        let browser = &visit.browser;
        browser.press("#add-jam-ring").await;
        let (id, before) = (visit.session_id().await, browser.cookie_line().await);

        visit.log_in("Ada <b>&").await;
        assert_eq!(browser.text("#notice").await, "Welcome, Ada <b>&.");
        assert_eq!(browser.user().await, "Ada <b>&", "markup in a name is text");
        assert_eq!(browser.text("#items").await, "1", "the cart remains");
        assert_eq!(visit.session_id().await, id, "the id of the session remains");

        let page = visit.shop.page_for("/session", &before).await;
        assert!(!page.contains("Ada") && !page.contains("jam-ring"), "the old token reads nothing: {page}");
        assert!(visit.shop.page_for("/session", &browser.cookie_line().await).await.contains("Ada"));
        assert_ne!(browser.cookie_line().await, before);
        visit
    });
}

fn a_restart_of_the_shop_keeps_the_session(engine: Engine) {
    visit(engine, |mut visit| async {
        visit.browser.press("#add-shortbread").await;
        visit.log_in("Ada").await;
        visit.shop.restart();
        visit.browser.reload().await;
        assert_eq!(visit.browser.user().await, "Ada");
        assert_eq!(visit.browser.text("#items").await, "1");
        visit
    });
}

fn the_theme_is_client_state_and_survives_a_logout(engine: Engine) {
    visit(engine, |visit| async {
        let browser = &visit.browser;
        let [token_name, _] = visit.shop.cookie_names();
        let token = browser.cookie(token_name).await;
        assert_eq!(browser.attribute("html", "data-theme").await, "light");
        visit.goto("/cart").await;
        browser.press("#theme").await;
        assert_eq!(browser.attribute("html", "data-theme").await, "dark");
        assert_eq!(browser.text("h1").await, "Your cart", "the button leads back to its page");
        assert_eq!(browser.cookie(token_name).await, token, "the theme is not stored on the server");

        visit.log_in("Ada").await;
        browser.press(LOGOUT).await;
        assert_eq!(browser.attribute("html", "data-theme").await, "dark");
        browser.press("#theme").await;
        assert_eq!(browser.attribute("html", "data-theme").await, "light");
        visit
    });
}

fn logout_shows_a_goodbye_once_and_deletes_everything(engine: Engine) {
    visit(engine, |visit| async {
        let browser = &visit.browser;
        browser.press("#add-ginger-snap").await;
        browser.press("#theme").await;
        visit.log_in("Ada").await;
        let id = visit.session_id().await;
        let (before, cookies) = (browser.cookies().await, browser.cookie_line().await);
        assert!(browser.page().await.contains("ginger-snap"));

        browser.press(LOGOUT).await;
        assert_eq!(browser.text("#notice").await, "Goodbye, Ada. You are logged out.");
        assert!(!browser.has("#user").await && !browser.has("#items").await);
        let after = browser.cookies().await;
        assert!(before.iter().zip(&after).all(|(before, after)| before.name() == after.name()), "{after:?}");
        assert!(before.iter().zip(&after).all(|(before, after)| before.value() != after.value()));

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

fn the_session_page_shows_stored_values_and_the_schema(engine: Engine) {
    visit(engine, |visit| async {
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
