//! The cost of the example for Poem.

#[path = "../../../../../session/examples/frameworks/poem/src/sessions.rs"]
#[allow(dead_code, reason = "an untouched request extracts no session")]
mod sessions;

use bench_common::{Bench, run};
use bench_frameworks::{BODY, PATH, compare, manager, session_cookies};
use poem::http::header::COOKIE;
use poem::{Endpoint, EndpointExt, Request, Route, get, handler};

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
        let bare = Route::new().at(PATH, get(untouched));
        let app = Route::new().at(PATH, get(untouched)).with(Sessions::new(manager));
        compare(
            &bench,
            "Poem",
            &cookies,
            async |cookies| bare.get_response(request(cookies)).await,
            async |cookies| app.get_response(request(cookies)).await,
        )
        .await;
    });
}

fn request(cookies: &str) -> Request {
    let mut request = Request::builder().uri_str(PATH);
    if !cookies.is_empty() {
        request = request.header(COOKIE, cookies);
    }
    request.finish()
}
