//! Tests of the example with a client that keeps cookies.

use axum::http::{HeaderMap, Request, StatusCode, header};
use session::testing::{AxumApp, Client};

fn client() -> Client<AxumApp> {
    Client::axum(super::app())
}

/// Returns the status and the target of the redirect.
async fn visit(client: &mut Client<AxumApp>, path: &str) -> (StatusCode, String) {
    let response = client.get(path).await;
    let location = |headers: &HeaderMap| headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    (response.status(), location(response.headers()).unwrap_or_default())
}

/// Submits the form. Returns the page to which it leads.
async fn log_in(client: &mut Client<AxumApp>, form: &str) -> String {
    client.submit("/login", form).await.into_body()
}

#[tokio::test]
async fn a_user_logs_in_and_out() {
    let mut client = client();
    assert!(log_in(&mut client, "user=Ada&next=/").await.contains("Hello, Ada"));
    let mut thief = client.clone();
    assert_eq!(client.post("/logout", "").await.status(), StatusCode::SEE_OTHER);
    for client in [&mut client, &mut thief] {
        assert_eq!(visit(client, "/").await.1, "/login?next=/", "copied cookies are no longer valid either");
    }
}

#[tokio::test]
async fn the_login_leads_back_to_the_page_and_to_no_other_site() {
    let mut client = client();
    let target = visit(&mut client, "/admin?page=2&sort=name").await.1;
    assert_eq!(target, "/login?next=/admin%3Fpage%3D2%26sort%3Dname");
    let form = client.get(&target).await.into_body();
    assert!(form.contains(r#"value="/admin?page=2&amp;sort=name""#), "{form}");
    assert!(log_in(&mut client, "user=Ada&next=%2Fadmin%3Fpage%3D2").await.contains("secrets"));
    assert!(log_in(&mut client, "user=Ada&next=https://example.org").await.contains("Hello, Ada"));
}

#[tokio::test]
async fn only_administrators_see_the_page_for_them() {
    let mut client = client();
    log_in(&mut client, "user=Ben&next=/").await;
    assert_eq!(visit(&mut client, "/admin").await.0, StatusCode::FORBIDDEN);
    assert!(log_in(&mut client, "user=Ada&next=/admin").await.contains("secrets"));
}

#[tokio::test]
async fn another_site_cannot_log_a_visitor_in() {
    let request = Request::post("/login").header("sec-fetch-site", "cross-site");
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let response = client().send(request.body("user=Mallory&next=/".to_owned()).unwrap()).await;
    assert_eq!((response.status(), response.headers().get(header::SET_COOKIE)), (StatusCode::FORBIDDEN, None));
}
