//! The cost of the example for Salvo.

#[path = "../../../../../session/examples/frameworks/salvo/src/sessions.rs"]
#[allow(dead_code, reason = "an untouched request extracts no session")]
mod sessions;

use bench_common::{Bench, run};
use bench_frameworks::{BODY, PATH, compare, manager, session_cookies};
use salvo::http::Method;
use salvo::http::header::COOKIE;
use salvo::prelude::*;

use crate::sessions::Sessions;

#[handler]
fn untouched() -> &'static str {
    BODY
}

fn main() {
    let bench = Bench::from_args("session", env!("CARGO_PKG_VERSION"));
    run(async {
        let manager = manager();
        let cookies = session_cookies(&manager).await;
        let route = || Router::with_path(PATH.trim_start_matches('/')).get(untouched);
        let bare = Service::new(Router::new().push(route()));
        let app = Service::new(Router::new().hoop(Sessions::new(manager)).push(route()));
        compare(
            &bench,
            "Salvo",
            &cookies,
            async |cookies| bare.handle(request(cookies)).await,
            async |cookies| app.handle(request(cookies)).await,
        )
        .await;
    });
}

fn request(cookies: &str) -> Request {
    let mut request = Request::new();
    *request.method_mut() = Method::GET;
    *request.uri_mut() = PATH.parse().expect("a path");
    if !cookies.is_empty() {
        request.headers_mut().insert(COOKIE, cookies.parse().expect("a header"));
    }
    request
}
