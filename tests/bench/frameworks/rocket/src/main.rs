//! The cost of the example for Rocket.

#[path = "../../../../../session/examples/frameworks/rocket/src/sessions.rs"]
#[allow(dead_code, reason = "an untouched request extracts no session")]
mod sessions;

use bench_common::{Bench, run};
use bench_frameworks::{BODY, PATH, compare, manager, session_cookies};
use rocket::config::LogLevel;
use rocket::http::Header;
use rocket::local::asynchronous::Client;
use rocket::{Build, Config, Rocket, get, routes};

use crate::sessions::Sessions;

#[get("/untouched")]
fn untouched() -> &'static str {
    BODY
}

fn main() {
    let bench = Bench::from_args("session", env!("CARGO_PKG_VERSION"));
    run(async {
        let manager = manager();
        let cookies = session_cookies(&manager).await;
        let bare = client(rocket()).await;
        let app = client(rocket().attach(Sessions::new(manager))).await;
        compare(
            &bench,
            "Rocket",
            &cookies,
            async |cookies| call(&bare, cookies).await,
            async |cookies| call(&app, cookies).await,
        )
        .await;
    });
}

fn rocket() -> Rocket<Build> {
    let config = Config { log_level: LogLevel::Off, ..Config::release_default() };
    rocket::custom(config).mount("/", routes![untouched])
}

async fn client(rocket: Rocket<Build>) -> Client {
    Client::untracked(rocket).await.expect("a valid application")
}

/// Drops the response, which borrows the client.
async fn call(client: &Client, cookies: &str) {
    let mut request = client.get(PATH);
    if !cookies.is_empty() {
        request.add_header(Header::new("cookie", cookies.to_owned()));
    }
    drop(std::hint::black_box(request.dispatch().await));
}
