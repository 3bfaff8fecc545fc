//! Tests of the login: a client with a cookie jar, the application and the provider on loopback.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;

use super::*;

/// A browser of the application.
#[derive(Clone)]
struct Client {
    app: Router,
    cookies: BTreeMap<String, String>,
}

impl Client {
    async fn new() -> Self {
        let provider = provider::start("127.0.0.1:0", "/callback").await.unwrap();
        Self { app: app(provider), cookies: BTreeMap::new() }
    }

    /// Returns the status, and the location of a redirect or the text of the page.
    async fn get(&mut self, path: &str) -> (StatusCode, String) {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::get(path).header(header::COOKIE, cookies.join("; ")).body(Body::empty()).unwrap();
        let response = self.app.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let (status, location) = (response.status(), response.headers().get(header::LOCATION).cloned());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, location.map_or_else(|| String::from_utf8(body.into()).unwrap(), |to| to.to_str().unwrap().to_owned()))
    }

    /// Starts a login, and logs in at the provider. Returns the path of the callback.
    async fn start_login(&mut self) -> String {
        let (_, provider) = self.get("/login").await;
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let response = client.get(provider).send().await.unwrap();
        response.headers()[header::LOCATION].to_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_user_logs_in_and_the_callback_works_once() {
    let mut client = Client::new().await;
    let callback = client.start_login().await;
    assert_eq!(client.get(&callback).await, (StatusCode::SEE_OTHER, "/".to_owned()));
    assert_eq!(client.get("/").await.1, "Hello, Ada");
    assert_eq!(client.get(&callback).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn logins_in_two_tabs_both_work() {
    let mut client = Client::new().await;
    let (first, second) = (client.start_login().await, client.start_login().await);
    for callback in [first, second] {
        assert_eq!(client.get(&callback).await.0, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn a_callback_in_another_browser_is_refused() {
    let mut client = Client::new().await;
    let callback = client.start_login().await;
    let mut other = Client { cookies: BTreeMap::new(), ..client.clone() };
    assert_eq!(other.get(&callback).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(other.get("/").await.1, "open /login");
    assert_eq!(client.get(&callback).await.0, StatusCode::SEE_OTHER, "the login is still possible in its browser");
}

#[tokio::test]
async fn a_code_of_another_login_is_refused_by_the_provider() {
    let mut client = Client::new().await;
    let (first, second) = (client.start_login().await, client.start_login().await);
    let state = first.split("state=").nth(1).unwrap();
    let code = second.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let (status, _) = client.get(&format!("/callback?code={code}&state={state}")).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY, "the verifier belongs to the other code");
}

#[tokio::test]
async fn a_token_from_before_the_login_is_no_longer_valid() {
    let mut client = Client::new().await;
    let callback = client.start_login().await;
    let mut thief = client.clone();
    client.get(&callback).await;
    assert_eq!(thief.get("/").await.1, "open /login");
}
