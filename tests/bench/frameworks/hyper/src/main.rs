//! The cost of the example for hyper, around the handler of a server.

#[path = "../../../../../session/examples/hyper/sessions.rs"]
#[allow(dead_code, reason = "an untouched request extracts no session")]
mod sessions;

use bench_common::{Bench, run};
use bench_frameworks::{BODY, PATH, compare, manager, session_cookies};
use http::header::COOKIE;
use http::{Request, Response};

use crate::sessions::with_session;

fn main() {
    let bench = Bench::from_args("session", env!("CARGO_PKG_VERSION"));
    run(async {
        let manager = manager();
        let cookies = session_cookies(&manager).await;
        compare(
            &bench,
            "hyper",
            &cookies,
            async |cookies| respond(request(cookies)).await.expect("a response"),
            async |cookies| with_session(&manager, request(cookies), respond).await,
        )
        .await;
    });
}

async fn respond(_: Request<String>) -> Result<Response<String>, session::Error> {
    Ok(Response::new(BODY.to_owned()))
}

fn request(cookies: &str) -> Request<String> {
    let mut request = Request::get(PATH);
    if !cookies.is_empty() {
        request = request.header(COOKIE, cookies);
    }
    request.body(String::new()).expect("a request")
}
