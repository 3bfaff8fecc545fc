//! A library in an axum router, called without a socket.

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderValue, Request, Uri};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use tower::ServiceExt;

use crate::subject::PATHS;
use crate::{Subject, shared_bytes};

/// A router with the library's middleware, and one without.
pub struct App {
    bare: Router,
    sessions: Router,
    max_keys: usize,
}

impl App {
    pub fn new(sessions: Router) -> Self {
        let bare = PATHS.iter().fold(Router::new(), |router, path| router.route(path, get(async || ())));
        let bare = bare.route("/bare", get(async || ()));
        Self { bare: prepare(bare), sessions: prepare(sessions), max_keys: usize::MAX }
    }

    /// Sets the largest session that the store accepts.
    #[must_use]
    pub fn with_max_keys(self, max_keys: usize) -> Self {
        Self { max_keys, ..self }
    }
}

/// Returns the routes of [`Subject`] without the middleware. `handlers` are in the order of its paths.
pub fn routes(handlers: [MethodRouter; 5], seed: MethodRouter) -> Router {
    let router = Router::new().route("/seed/{keys}", seed);
    PATHS.iter().zip(handlers).fold(router, |router, (path, handler)| router.route(path, handler))
}

/// Builds the routes once, as `axum::serve` does. Otherwise each request would build them again.
fn prepare(router: Router) -> Router {
    router.with_state(())
}

async fn send(router: &Router, path: &str, cookies: &str) -> Response {
    let mut request = Request::get(Uri::from_maybe_shared(shared_bytes(path)).expect("a path"));
    if !cookies.is_empty() {
        request = request.header(COOKIE, HeaderValue::from_maybe_shared(shared_bytes(cookies)).expect("a header"));
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

    fn supports(&self, keys: usize) -> bool {
        keys <= self.max_keys
    }
}
