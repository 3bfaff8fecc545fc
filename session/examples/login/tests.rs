//! Tests of the example with a client that keeps cookies.

#[path = "../browser/mod.rs"]
mod browser;

use axum::http::{HeaderMap, StatusCode, header};

use self::browser::Browser;

/// Returns the status and the target of the redirect.
async fn visit(browser: &mut Browser, path: &str) -> (StatusCode, String) {
    let response = browser.request("GET", path, HeaderMap::new(), "").await;
    let location = response.headers().get(header::LOCATION).map(|location| location.to_str().unwrap().to_owned());
    (response.status(), location.unwrap_or_default())
}

#[tokio::test]
async fn a_user_logs_in_and_out() {
    let mut browser = Browser::new(&super::app());
    assert!(browser.post("/login", "user=Ada&next=/").await.contains("Hello, Ada"));
    let mut thief = browser.clone();
    assert!(browser.post("/logout", "").await.contains("Log in"));
    assert_eq!(visit(&mut thief, "/").await.1, "/login?next=/", "copied cookies are no longer valid");
}

#[tokio::test]
async fn the_login_leads_back_to_the_page_and_to_no_other_site() {
    let mut browser = Browser::new(&super::app());
    let target = visit(&mut browser, "/admin?page=2&sort=name").await.1;
    assert_eq!(target, "/login?next=/admin%3Fpage%3D2%26sort%3Dname");
    let form = browser.get(&target).await;
    assert!(form.contains(r#"value="/admin?page=2&amp;sort=name""#), "{form}");
    assert!(browser.post("/login", "user=Ada&next=%2Fadmin%3Fpage%3D2").await.contains("secrets"));
    assert!(browser.post("/login", "user=Ada&next=https://example.org").await.contains("Hello, Ada"));
}

#[tokio::test]
async fn only_administrators_see_the_page_for_them() {
    let mut browser = Browser::new(&super::app());
    browser.post("/login", "user=Ben&next=/").await;
    assert_eq!(visit(&mut browser, "/admin").await.0, StatusCode::FORBIDDEN);
    assert!(browser.post("/login", "user=Ada&next=/admin").await.contains("secrets"));
}

#[tokio::test]
async fn another_site_cannot_log_a_visitor_in() {
    let mut browser = Browser::new(&super::app());
    let elsewhere = HeaderMap::from_iter([("sec-fetch-site".parse().unwrap(), "cross-site".parse().unwrap())]);
    let response = browser.request("POST", "/login", elsewhere, "user=Mallory&next=/").await;
    assert_eq!((response.status(), response.headers().get(header::SET_COOKIE)), (StatusCode::FORBIDDEN, None));
}
