//! Handlers with a schema and path parameters.

use serde_json::json;

use crate::start;

#[tokio::test]
async fn an_untouched_request_costs_no_store_operation_and_sets_no_cookie() {
    let (spy, mut browser) = start().await;
    for _ in 0..2 {
        spy.take_operations();
        let response = browser.get("/untouched").await;
        assert_eq!(response.outcome(), (200, ""));
        assert_eq!(response.headers["cache-control"], "public, max-age=60");
        assert_eq!(response.headers["surrogate-control"], "public, max-age=60");
        assert_eq!(spy.take_operations(), "");
        browser.post("/login/7").await;
    }
}

#[tokio::test]
async fn a_response_that_sets_a_cookie_is_not_cached() {
    let (_, mut browser) = start().await;
    let response = browser.post("/login/7").await;
    assert_eq!(response.outcome(), (200, "id"));
    assert_eq!(response.headers.get_all("cache-control").iter().collect::<Vec<_>>(), ["no-store"]);
    assert!(!response.headers.contains_key("surrogate-control"));
    assert!(!response.headers.contains_key("cloudflare-cdn-cache-control"));
}

#[tokio::test]
async fn a_login_keeps_the_cart_and_rotates_the_token() {
    let (spy, mut browser) = start().await;
    assert_eq!(browser.post("/cart/tea").await.outcome(), (200, "id"));
    let mut thief = browser.clone();
    spy.take_operations();
    assert_eq!(browser.post("/login/7").await.outcome(), (200, "id"));
    assert_eq!(spy.take_operations(), "load commit");
    assert_eq!(browser.get("/cart").await.json(), json!(["tea"]));
    assert_eq!(thief.get("/cart").await.json(), json!([]));
    assert_eq!(browser.get("/account").await.outcome(), (200, ""));
    assert_eq!(thief.get("/account").await.outcome(), (401, ""));
}

#[tokio::test]
async fn path_parameters_are_decoded() {
    let (_, mut browser) = start().await;
    browser.post("/cart/green%20tea").await;
    assert_eq!(browser.get("/cart").await.json(), json!(["green tea"]));
    assert_eq!(browser.post("/login/no-number").await.outcome(), (400, ""));
}

#[tokio::test]
async fn two_tabs_add_to_the_cart_at_once() {
    let (_, mut browser) = start().await;
    browser.post("/cart/tea").await;
    let (mut first, mut second) = (browser.clone(), browser.clone());
    let responses = tokio::join!(first.post("/cart/milk"), second.post("/cart/sugar"));
    assert_eq!((responses.0.outcome(), responses.1.outcome()), ((200, ""), (200, "")));
    let mut cart: Vec<String> = serde_json::from_value(browser.get("/cart").await.json()).unwrap();
    cart.sort();
    assert_eq!(cart, ["milk", "sugar", "tea"]);
}

#[tokio::test]
async fn a_logout_removes_the_session_and_both_cookies() {
    let (spy, mut browser) = start().await;
    browser.post("/login/7").await;
    browser.post("/dark").await;
    spy.take_operations();
    let response = browser.post("/logout").await;
    assert_eq!((response.outcome(), spy.take_operations().as_str()), ((204, "-id -id-state"), "delete"));
    assert_eq!(browser.get("/account").await.status, 401);
}

#[tokio::test]
async fn a_guard_and_its_handler_share_one_load() {
    let (spy, mut browser) = start().await;
    assert_eq!(browser.get("/account").await.status, 401);
    browser.post("/login/7").await;
    browser.post("/dark").await;
    spy.take_operations();
    let response = browser.get("/account").await;
    assert_eq!((response.outcome(), &*response.body), ((200, ""), "Some(7) true"));
    assert_eq!(spy.take_operations(), "load");
}

#[tokio::test]
async fn a_verified_route_ignores_client_state_that_is_replayed_after_a_logout() {
    let (spy, mut browser) = start().await;
    browser.post("/login/7").await;
    browser.post("/dark").await;
    spy.take_operations();
    assert_eq!(browser.get("/verified/dark").await.body, "true");
    assert_eq!(spy.take_operations(), "load");
    let mut attacker = browser.clone();
    browser.post("/logout").await;
    assert_eq!(attacker.get("/dark").await.body, "true");
    assert_eq!(attacker.get("/verified/dark").await.body, "false");
}

#[tokio::test]
async fn a_handle_can_be_moved_into_a_task() {
    let (_, mut browser) = start().await;
    browser.post("/login/7").await;
    assert_eq!(browser.get("/task").await.json(), json!(7));
}

#[tokio::test]
async fn a_write_costs_one_commit_without_a_load() {
    let (spy, mut browser) = start().await;
    browser.post("/login/7").await;
    spy.take_operations();
    assert_eq!(browser.put("/cart/milk").await.outcome(), (200, ""));
    assert_eq!(spy.take_operations(), "commit");
    assert_eq!(browser.get("/cart").await.json(), json!(["milk"]));
}
