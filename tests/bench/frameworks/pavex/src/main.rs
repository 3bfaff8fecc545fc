//! The cost of `session_pavex`, in the generated code of a route.
//!
//! The measured function is the one that Pavex's router calls. Only Pavex's server can create the input of the router.

include!(concat!(env!("OUT_DIR"), "/routes.rs"));

use app::cases::Cases;
use bench_common::{Bench, run};
use bench_frameworks::{PATH, compare, session_cookies};
use cases_sdk::{ApplicationConfig, ApplicationState};
use pavex::http::header::COOKIE;
use pavex::http::{HeaderMap, Method, Uri, Version};
use pavex::request::RequestHead;
use session_framework_cases::Application;

fn main() {
    let bench = Bench::from_args("session", env!("CARGO_PKG_VERSION"));
    run(async {
        // The sessions are in memory. The store's wrapper does not run in a request without store operations.
        let application = Application::new();
        let cookies = session_cookies(&application.manager).await;
        let state =
            ApplicationState::new(ApplicationConfig {}, Cases(application)).await.expect("no constructor fails");
        compare(
            &bench,
            "Pavex",
            &cookies,
            async |cookies| {
                let _head = head(cookies);
                bare::entrypoint().await
            },
            async |cookies| untouched::entrypoint(&state.session_manager, &head(cookies)).await,
        )
        .await;
    });
}

fn head(cookies: &str) -> RequestHead {
    let mut headers = HeaderMap::new();
    if !cookies.is_empty() {
        headers.insert(COOKIE, cookies.parse().expect("a header"));
    }
    RequestHead { method: Method::GET, target: Uri::from_static(PATH), version: Version::HTTP_11, headers }
}
