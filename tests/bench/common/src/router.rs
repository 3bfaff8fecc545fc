//! A library in a router of axum, called without a socket.

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderValue, Request, Uri};
use axum::response::Response;
use axum::routing::get;
use tower::ServiceExt;

use crate::{Subject, received};

/// A library in a router, beside a router without it.
pub struct App {
    bare: Router,
    sessions: Router,
    most: usize,
}

impl App {
    pub fn new(sessions: Router) -> Self {
        Self { bare: served(bare()), sessions: served(sessions), most: usize::MAX }
    }

    /// The store refuses sessions of more keys.
    #[must_use]
    pub fn of_at_most(self, keys: usize) -> Self {
        Self { most: keys, ..self }
    }
}

/// A router without sessions, of as many routes: that is what a request finds its way among.
pub fn bare() -> Router {
    let paths = ["/unused", "/read", "/write", "/both", "/sign-in", "/bare"];
    paths.iter().fold(Router::new(), |router, path| router.route(path, get(async || ())))
}

/// As `axum::serve` does before it serves a router: its routes are made once, and not by each request anew.
pub fn served(router: Router) -> Router {
    router.with_state(())
}

/// Answers one request.
pub async fn send(router: &Router, path: &str, cookies: &str) -> Response {
    let mut request = Request::get(Uri::from_maybe_shared(received(path)).expect("a path"));
    if !cookies.is_empty() {
        request = request.header(COOKIE, HeaderValue::from_maybe_shared(received(cookies)).expect("a header"));
    }
    let request = request.body(Body::empty()).expect("a request");
    let Ok(response) = router.clone().oneshot(request).await;
    response
}

impl Subject for App {
    type Response = Response;

    async fn call(&self, path: &str, cookies: &str) -> Response {
        send(if path == "/bare" { &self.bare } else { &self.sessions }, path, cookies).await
    }

    fn is_ok(response: &Response) -> bool {
        response.status().is_success()
    }

    fn set_cookies(response: &Response) -> Vec<String> {
        let values = response.headers().get_all(SET_COOKIE).iter();
        values.map(|value| value.to_str().expect("a cookie is ASCII").to_owned()).collect()
    }

    fn holds(&self, keys: usize) -> bool {
        keys <= self.most
    }
}
