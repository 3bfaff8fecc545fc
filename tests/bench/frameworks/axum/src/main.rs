//! The cost of `SessionLayer` in an axum router, and around a tower service.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use bench_common::{Bench, run};
use bench_frameworks::{BODY, PATH, compare, manager, session_cookies};
use http::header::COOKIE;
use http::{Request, Response};
use session::SessionManager;
use tower::{Service, ServiceBuilder, ServiceExt, service_fn};

fn main() {
    let bench = Bench::from_args("session", env!("CARGO_PKG_VERSION"));
    run(async {
        let manager = manager();
        let cookies = session_cookies(&manager).await;
        measure_axum(&bench, &manager, &cookies).await;
        measure_tower(&bench, &manager, &cookies).await;
    });
}

async fn measure_axum(bench: &Bench, manager: &SessionManager, cookies: &str) {
    let router = || Router::new().route(PATH, get(async || BODY));
    // `with_state` builds the routes once, as `axum::serve` does.
    let bare: Router = router().with_state(());
    let app: Router = router().layer(session::axum::SessionLayer::new(manager.clone())).with_state(());
    let call = async |app: &Router, cookies: &str| app.clone().oneshot(request(cookies, Body::empty())).await;
    compare(
        bench,
        "axum",
        cookies,
        async |cookies| call(&bare, cookies).await,
        async |cookies| call(&app, cookies).await,
    )
    .await;
}

async fn measure_tower(bench: &Bench, manager: &SessionManager, cookies: &str) {
    let bare = service_fn(respond);
    let app = ServiceBuilder::new().layer(session::tower::SessionLayer::new(manager.clone())).service_fn(respond);
    compare(
        bench,
        "tower",
        cookies,
        async |cookies| bare.clone().call(request(cookies, String::new())).await,
        async |cookies| app.clone().call(request(cookies, String::new())).await,
    )
    .await;
}

async fn respond(_: Request<String>) -> Result<Response<String>, Infallible> {
    Ok(Response::new(BODY.to_owned()))
}

fn request<B>(cookies: &str, body: B) -> Request<B> {
    let mut request = Request::get(PATH);
    if !cookies.is_empty() {
        request = request.header(COOKIE, cookies);
    }
    request.body(body).expect("a request")
}
