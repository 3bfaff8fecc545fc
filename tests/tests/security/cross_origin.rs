//! Tests of the rule against requests of other origins (CSRF): the function of this library, and the layer of tower-http.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode};
use axum::routing::any;
use tower::ServiceExt;
use tower_http::csrf::CsrfLayer;

const SITES: [Option<&str>; 7] =
    [None, Some(""), Some("same-origin"), Some("none"), Some("same-site"), Some("cross-site"), Some("other")];
const ORIGINS: [Option<&str>; 8] = [
    None,
    Some(""),
    Some("https://shop.example:8443"),
    Some("http://shop.example:8443"),
    Some("https://shop.example"),
    Some("https://attacker.example"),
    Some("null"),
    Some("shop.example:8443"),
];

fn request(method: &str, site: Option<&str>, origin: Option<&str>) -> Request<Body> {
    let request = Request::builder().method(method).uri("/").header("host", "shop.example:8443");
    let headers = [("sec-fetch-site", site), ("origin", origin)];
    let headers = headers.into_iter().filter_map(|(name, value)| Some((name, value?)));
    headers.fold(request, |request, (name, value)| request.header(name, value)).body(Body::empty()).unwrap()
}

fn is_cross_origin(request: &Request<Body>) -> bool {
    let header = |name: &str| request.headers().get(name).map(HeaderValue::as_bytes);
    session::is_cross_origin(request.method().as_str(), header("host"), header)
}

#[tokio::test]
async fn the_function_and_the_layer_of_tower_http_refuse_the_same_requests() {
    let app: Router = Router::new().route("/", any(async || "accepted")).layer(CsrfLayer::new());
    let mut refused = 0;
    for method in ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE"] {
        for (site, origin) in SITES.iter().flat_map(|site| ORIGINS.iter().map(move |origin| (*site, *origin))) {
            let is_refused = is_cross_origin(&request(method, site, origin));
            let response = app.clone().oneshot(request(method, site, origin)).await.unwrap();
            let by_layer = response.status() == StatusCode::FORBIDDEN;
            assert_eq!(by_layer, is_refused, "{method}, {site:?}, {origin:?}");
            refused += usize::from(is_refused);
        }
    }
    // Of five methods: three sites with every origin, and four origins without a site or with an empty one.
    assert_eq!(refused, 5 * (3 * 8 + 2 * 4));
}
