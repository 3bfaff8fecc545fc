//! Tests of the API with three clients: a mobile app, a server and a browser.

use super::*;

/// Sends a request with one header. Returns the response.
async fn send(app: &Router, method: &str, path: &str, (name, value): (&str, &str)) -> Response {
    let request = Request::builder().method(method).uri(path).header(name, value);
    let request =
        request.header("content-type", "application/x-www-form-urlencoded").body(axum::body::Body::from("user=Ada"));
    tower::ServiceExt::oneshot(app.clone(), request.unwrap()).await.unwrap()
}

#[tokio::test]
async fn mobile_apps_and_servers_use_the_header() {
    let app = app();
    for _client in ["mobile app", "server"] {
        let login = send(&app, "POST", "/login", ("session-token", "")).await;
        assert!(!login.headers().contains_key("set-cookie"));
        let token = login.headers()["session-token"].to_str().unwrap();
        assert_eq!(send(&app, "GET", "/me", ("session-token", token)).await.status(), StatusCode::OK);
        let logout = send(&app, "POST", "/logout", ("session-token", token)).await;
        assert_eq!(logout.headers()["session-token"], "");
        let after = send(&app, "GET", "/me", ("session-token", token)).await;
        assert_eq!(after.headers()[WWW_AUTHENTICATE], r#"Session-Token error="invalid_token""#);
    }
}

#[tokio::test]
async fn a_browser_uses_cookies() {
    let app = app();
    let missing = send(&app, "GET", "/me", ("accept", "*/*")).await;
    assert_eq!(
        (missing.status(), &missing.headers()[WWW_AUTHENTICATE]),
        (StatusCode::UNAUTHORIZED, &"Session-Token".parse().unwrap())
    );
    let login = send(&app, "POST", "/login", ("accept", "*/*")).await;
    assert!(!login.headers().contains_key("session-token"));
    let cookie = login.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    assert_eq!(send(&app, "GET", "/me", ("cookie", cookie)).await.status(), StatusCode::OK);
    let logout = send(&app, "POST", "/logout", ("cookie", cookie)).await;
    assert!(logout.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(send(&app, "GET", "/me", ("cookie", cookie)).await.status(), StatusCode::UNAUTHORIZED);
}
