//! Failed requests, failed stores, and the application's own responses to session errors.

use std::sync::Arc;

use app::custom_errors::save;
use app::shop::commit_twice;
use app::state::{Store, session_manager};
use pavex::Response;
use serde_json::json;

use crate::browser::Browser;
use crate::spy::Spy;
use crate::{log, start};

/// A browser that is logged in and has tea in its cart.
async fn start_with_tea() -> (Spy, Browser) {
    let (spy, mut browser) = start().await;
    browser.post("/login/7").await;
    browser.post("/cart/tea").await;
    spy.take_operations();
    (spy, browser)
}

#[tokio::test]
async fn a_failed_request_stores_nothing() {
    let (spy, mut browser) = start_with_tea().await;
    for (failure, status, operations) in [("500", 500, ""), ("408", 408, ""), ("error", 500, ""), ("type", 500, "load")]
    {
        assert_eq!(browser.post(&format!("/fail/{failure}")).await.outcome(), (status, ""), "{failure}");
        assert_eq!(spy.take_operations(), operations, "{failure}");
    }
    assert_eq!(browser.get("/cart").await.json(), json!(["tea"]));
}

#[tokio::test]
async fn a_rejected_request_stores_its_changes() {
    let (spy, mut browser) = start_with_tea().await;
    assert_eq!(browser.post("/fail/422").await.outcome(), (422, ""));
    assert_eq!(spy.take_operations(), "commit");
    assert_eq!(browser.get("/cart").await.json(), json!(["lost"]));
}

#[tokio::test]
async fn a_session_error_of_a_handler_is_logged_and_stores_nothing() {
    log::start();
    let (spy, mut browser) = start_with_tea().await;
    let response = browser.post("/session-error").await;
    assert_eq!((response.outcome(), &*response.body), ((500, ""), ""));
    assert_eq!(spy.take_operations(), "load");
    assert_eq!(browser.get("/cart").await.json(), json!(["tea"]));
    assert!(log::lines_with("session operation failed").iter().any(|line| line.contains("kind=Value")));
}

#[tokio::test]
async fn a_write_with_a_replaced_token_is_a_conflict() {
    let (_, mut browser) = start_with_tea().await;
    let mut other_tab = browser.clone();
    browser.post("/login/7").await;
    let response = other_tab.put("/cart/milk").await;
    assert_eq!((response.outcome(), &*response.body), ((409, ""), ""), "an error of the commit");
    let response = other_tab.post("/cart/milk").await;
    assert_eq!((response.outcome(), &*response.body), ((409, ""), ""), "an error of the handler");
    assert_eq!(browser.get("/cart").await.json(), json!(["tea"]));
}

#[tokio::test]
async fn a_failed_store_is_unavailable_and_the_next_request_works() {
    let (spy, mut browser) = start_with_tea().await;
    spy.fail_after(0);
    for path in ["/cart", "/guide/get", "/account"] {
        let response = browser.get(path).await;
        assert_eq!((response.outcome(), &*response.body), ((503, ""), ""), "{path}");
    }
    let response = browser.put("/cart/milk").await;
    assert_eq!((response.outcome(), &*response.body), ((503, ""), ""), "the commit failed");
    assert_eq!(browser.get("/untouched").await.outcome(), (200, ""));
    spy.repair();
    assert_eq!(browser.get("/cart").await.json(), json!(["tea"]));
}

#[tokio::test]
async fn a_failed_commit_sends_the_cookie_of_an_earlier_commit() {
    let (spy, mut browser) = start().await;
    spy.fail_after(1);
    let response = browser.post("/two-commits").await;
    assert_eq!(response.outcome(), (503, "id"));
    assert_eq!(response.headers["cache-control"], "no-store");
    assert_eq!(spy.take_operations(), "create commit");
    spy.repair();
    assert_eq!(browser.get("/cart").await.json(), json!(["first"]));
}

#[tokio::test]
async fn an_application_replaces_the_response_to_a_session_error() {
    let (_, mut browser) = start_with_tea().await;
    let response = browser.post("/custom/invalid-cart").await;
    assert_eq!((response.outcome(), &*response.body), ((500, ""), "custom session error"));
    assert_eq!(browser.get("/cart").await.json(), json!(["tea"]), "the request failed");
}

#[tokio::test]
async fn an_application_replaces_the_response_to_a_failed_commit() {
    let (spy, mut browser) = start_with_tea().await;
    assert_eq!(browser.post("/custom/save").await.body, "saved");
    spy.fail_after(0);
    let response = browser.post("/custom/save").await;
    assert_eq!((response.outcome(), &*response.body), ((503, ""), "custom commit error"));
}

#[tokio::test]
async fn an_application_keeps_a_page_whose_commit_failed() {
    let (spy, mut browser) = start_with_tea().await;
    spy.fail_after(1);
    let response = browser.get("/custom/article").await;
    assert_eq!((response.outcome(), &*response.body), ((200, ""), "the article"));
    assert_eq!(spy.take_operations(), "load commit");
}

#[tokio::test]
async fn discarded_cookies_of_a_failed_commit_are_reported() {
    const WARNING: &str = "cookies discarded";
    log::start();
    let spy = Spy::default();
    let manager = session_manager(Store(Arc::new(spy.clone())));
    let (head, ()) = hyper::Request::new(()).into_parts();
    let head = head.into();

    let request = session_pavex::request_session(&manager, &head);
    save(&mut session_pavex::session(&request)).await.unwrap();
    spy.fail_after(0);
    drop(session_pavex::finalize_session(Response::ok(), &request).await.unwrap_err());
    assert_eq!(log::lines_with(WARNING), [""; 0], "there is no earlier commit");

    let request = session_pavex::request_session(&manager, &head);
    spy.fail_after(1);
    commit_twice(&mut session_pavex::typed(&request)).await.unwrap();
    let error = session_pavex::finalize_session(Response::ok(), &request).await.unwrap_err();
    assert_eq!(log::lines_with(WARNING), [""; 0]);
    drop(error);
    assert_eq!(log::lines_with(WARNING).len(), 1);
}
