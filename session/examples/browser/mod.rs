//! A test client for examples that need the body of a response as a stream, or the cookies of a browser.

#![allow(dead_code, reason = "not every example uses all methods")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, Response, StatusCode, header};
use tower::ServiceExt;

#[derive(Clone)]
pub(crate) struct Browser {
    app: Router,
    jar: session::testing::Browser,
}

impl Browser {
    pub(crate) fn new(app: &Router) -> Self {
        Self { app: app.clone(), jar: session::testing::Browser::new() }
    }

    /// Returns the page at `path`.
    pub(crate) async fn get(&mut self, path: &str) -> String {
        let response = self.send(Method::GET, path, "").await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("the body is complete");
        String::from_utf8(body.into()).expect("the body is text")
    }

    /// Submits a form and follows the redirect. Returns the page that it leads to.
    pub(crate) async fn post(&mut self, path: &str, form: &str) -> String {
        let response = self.send(Method::POST, path, form).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path}");
        let location = response.headers()[header::LOCATION].to_str().expect("the location is text").to_owned();
        self.get(&location).await
    }

    /// Returns the status of the response to a request.
    pub(crate) async fn status(&mut self, method: Method, path: &str) -> StatusCode {
        self.send(method, path, "").await.status()
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.jar.cookie(name)
    }

    /// Returns the `Cookie` header of a request.
    pub(crate) fn cookies(&self) -> String {
        self.jar.request().get(header::COOKIE).map_or("", |value| value.to_str().expect("cookies are text")).to_owned()
    }

    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        let attributes = if name.starts_with("__Host-") { "; Path=/; Secure" } else { "; Path=/" };
        self.jar.set_cookie(&format!("{name}={value}{attributes}"));
    }

    pub(crate) fn remove_cookie(&mut self, name: &str) {
        self.jar.set_cookie(&format!("{name}=; Path=/; Max-Age=0"));
    }

    /// Sends a request, and stores the cookies of the response. Redirects are not followed.
    pub(crate) async fn send(&mut self, method: Method, path: &str, form: &str) -> Response<Body> {
        let request = Request::builder().method(method).uri(path).body(Body::from(form.to_owned()));
        let mut request = request.expect("the request is valid");
        *request.headers_mut() = self.jar.request();
        let form = "application/x-www-form-urlencoded".parse().expect("a content type is a valid header");
        request.headers_mut().insert(header::CONTENT_TYPE, form);
        let response = self.app.clone().oneshot(request).await;
        let response = response.unwrap_or_else(|never| match never {});
        self.jar.keep(response.headers());
        response
    }
}
