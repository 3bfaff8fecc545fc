//! A test client for the examples: it sends requests to a router, and keeps the cookies of the responses.

#![allow(dead_code, reason = "not every example uses all methods")]

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, header};
use tower::ServiceExt;

#[derive(Clone)]
pub(crate) struct Browser {
    app: Router,
    cookies: BTreeMap<String, String>,
    /// The names of the cookies that a browser deletes when it is closed.
    session_cookies: BTreeSet<String>,
}

impl Browser {
    pub(crate) fn new(app: &Router) -> Self {
        Self { app: app.clone(), cookies: BTreeMap::new(), session_cookies: BTreeSet::new() }
    }

    /// Returns the page at `path`.
    pub(crate) async fn get(&mut self, path: &str) -> String {
        let response = self.request("GET", path, HeaderMap::new(), "").await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("the body is complete");
        String::from_utf8(body.into()).expect("the body is text")
    }

    /// Submits a form and follows the redirect. Returns the page that it leads to.
    pub(crate) async fn post(&mut self, path: &str, form: &str) -> String {
        let response = self.request("POST", path, HeaderMap::new(), form).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{path}");
        let location = response.headers()[header::LOCATION].to_str().expect("the location is text").to_owned();
        self.get(&location).await
    }

    pub(crate) fn has_cookie(&self, name: &str) -> bool {
        self.cookies.contains_key(name)
    }

    /// Closes the browser, and opens it again.
    pub(crate) fn close(&mut self) {
        let closed = std::mem::take(&mut self.session_cookies);
        self.cookies.retain(|name, _| !closed.contains(name));
    }

    /// Returns the status of the response to a request.
    pub(crate) async fn status(&mut self, method: Method, path: &str) -> StatusCode {
        self.request(method.as_str(), path, HeaderMap::new(), "").await.status()
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn remove_cookie(&mut self, name: &str) {
        self.cookies.remove(name);
    }

    /// Returns the `Cookie` header of a request.
    pub(crate) fn cookies(&self) -> String {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        cookies.join("; ")
    }

    /// Sends a request. Redirects are not followed.
    pub(crate) async fn send(&mut self, method: Method, path: &str, form: &str) -> Response<Body> {
        self.request(method.as_str(), path, HeaderMap::new(), form).await
    }

    /// Sends a request with these headers, and stores the cookies of the response. Redirects are not followed.
    pub(crate) async fn request(&mut self, method: &str, path: &str, headers: HeaderMap, form: &str) -> Response<Body> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, self.cookies())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        let mut request = request.expect("the request is valid");
        request.headers_mut().extend(headers);
        let response = self.app.clone().oneshot(request).await;
        let response = response.unwrap_or_else(|never| match never {});
        for set_cookie in response.headers().get_all(header::SET_COOKIE) {
            let set_cookie = set_cookie.to_str().expect("the cookie is text");
            let (cookie, attributes) = set_cookie.split_once(';').unwrap_or((set_cookie, ""));
            let (name, value) = cookie.split_once('=').expect("a cookie has a name and a value");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
                self.session_cookies.remove(name);
            }
            if !attributes.contains("Max-Age") {
                self.session_cookies.insert(name.to_owned());
            }
        }
        response
    }
}
