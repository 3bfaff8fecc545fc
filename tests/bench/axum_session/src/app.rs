//! A router with the library, called without a socket.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{Request, Response};
use axum::routing::get;
use bench_common::{Subject, text};
use tower::ServiceExt;

pub struct App {
    bare: Router,
    sessions: Router,
    most: usize,
}

impl App {
    pub fn new(sessions: Router) -> Self {
        // As many routes as the other one has: that is what a request finds its way among.
        let bare = ["/unused", "/read", "/write", "/both", "/sign-in", "/bare"];
        let bare = bare.iter().fold(Router::new(), |router, path| router.route(path, get(async || ())));
        Self { bare, sessions, most: usize::MAX }
    }

    /// The store refuses sessions of more keys.
    pub fn of_at_most(self, keys: usize) -> Self {
        Self { most: keys, ..self }
    }
}

impl Subject for App {
    type Response = Response<Body>;

    async fn call(&self, path: &str, cookies: &str) -> Response<Body> {
        let router = if path == "/bare" { &self.bare } else { &self.sessions };
        let mut request = Request::get(path);
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies);
        }
        let request = request.body(Body::empty()).expect("a request");
        match router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    fn is_ok(response: &Response<Body>) -> bool {
        response.status().is_success()
    }

    fn set_cookies(response: &Response<Body>) -> Vec<String> {
        let values = response.headers().get_all(SET_COOKIE).iter();
        values.map(|value| value.to_str().expect("a cookie is ASCII").to_owned()).collect()
    }

    fn holds(&self, keys: usize) -> bool {
        keys <= self.most
    }
}

/// A text that was not there before.
pub fn new_text() -> String {
    static TURN: AtomicU64 = AtomicU64::new(0);
    text(TURN.fetch_add(1, Relaxed))
}
