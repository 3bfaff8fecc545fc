//! Tests of the login: a client with a cookie jar, the application and the provider on loopback.

use axum::http::{StatusCode, header};
use session::testing::{AxumApp, Client};

use super::*;

/// A browser of the application.
#[derive(Clone)]
struct Browser(Client<AxumApp>);

impl Browser {
    async fn new() -> Self {
        let provider = provider::start("127.0.0.1:0", "/callback").await.unwrap();
        Self(Client::axum(app(provider)))
    }

    /// Returns the status, and the location of a redirect or the text of the page.
    async fn get(&mut self, path: &str) -> (StatusCode, String) {
        let response = self.0.get(path).await;
        let location = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
        (response.status(), location.unwrap_or_else(|| response.body().clone()))
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
    let mut client = Browser::new().await;
    let callback = client.start_login().await;
    assert_eq!(client.get(&callback).await, (StatusCode::SEE_OTHER, "/".to_owned()));
    assert_eq!(client.get("/").await.1, "Hello, Ada");
    assert_eq!(client.get(&callback).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn logins_in_two_tabs_both_work() {
    let mut client = Browser::new().await;
    let (first, second) = (client.start_login().await, client.start_login().await);
    for callback in [first, second] {
        assert_eq!(client.get(&callback).await.0, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn a_callback_in_another_browser_is_refused() {
    let mut client = Browser::new().await;
    let callback = client.start_login().await;
    let mut other = client.clone();
    other.0.browser.clear();
    assert_eq!(other.get(&callback).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(other.get("/").await.1, "open /login");
    assert_eq!(client.get(&callback).await.0, StatusCode::SEE_OTHER, "the login is still possible in its browser");
}

#[tokio::test]
async fn a_code_of_another_login_is_refused_by_the_provider() {
    let mut client = Browser::new().await;
    let (first, second) = (client.start_login().await, client.start_login().await);
    let state = first.split("state=").nth(1).unwrap();
    let code = second.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let (status, _) = client.get(&format!("/callback?code={code}&state={state}")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "the verifier belongs to the other code");
}

#[tokio::test]
async fn a_token_from_before_the_login_is_no_longer_valid() {
    let mut client = Browser::new().await;
    let callback = client.start_login().await;
    let mut thief = client.clone();
    client.get(&callback).await;
    assert_eq!(thief.get("/").await.1, "open /login");
}

#[tokio::test]
async fn two_callbacks_at_the_same_moment_leave_one_session() {
    let mut client = Browser::new().await;
    let (first, second) = (client.start_login().await, client.start_login().await);
    let mut tab = client.clone();
    let responses = tokio::join!(client.get(&first), tab.get(&second));
    assert_eq!((responses.0.0, responses.1.0), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    let mut logged_in = 0;
    for browser in [&mut client, &mut tab] {
        logged_in += usize::from(browser.get("/").await.1 == "Hello, Ada");
    }
    assert_eq!(logged_in, 1, "the other response kept the cookie, which the first one has replaced");
}

#[tokio::test]
async fn a_login_that_the_user_refuses_ends() {
    let mut client = Browser::new().await;
    let state = client.start_login().await.split("state=").nth(1).unwrap().to_owned();
    let path = format!("/callback?error=access_denied&state={state}");
    for message in ["the provider has refused this login", "no such login in this browser: start again"] {
        assert_eq!(client.get(&path).await, (StatusCode::BAD_REQUEST, message.to_owned()));
    }
}

#[tokio::test]
async fn old_logins_are_discarded_when_there_are_too_many() {
    let mut client = Browser::new().await;
    let first = client.start_login().await;
    for _ in 0..MAX_LOGINS {
        client.get("/login").await;
    }
    assert_eq!(client.get(&first).await.0, StatusCode::BAD_REQUEST);
}
