//! Tests of the headers of a response.

use axum::response::IntoResponse;

use super::*;

pub(crate) async fn an_unused_session_adds_nothing_to_the_response(kind: Kind) {
    let app = app(kind).await;
    let server = serve(routes().layer(layer(&app))).await;
    let alice = browser();
    for _ in 0..2 {
        for path in ["/", "/nowhere"] {
            app.spy.take_operations();
            let response = server.get(&alice, path).await;
            assert_eq!(response.set_cookies(), [""; 0]);
            assert_eq!(response.headers.get(header::CACHE_CONTROL), None);
            assert_eq!(app.spy.take_operations(), "");
        }
        server.get(&alice, "/write/a/1").await;
    }
}

pub(crate) async fn a_response_with_a_token_has_every_attribute_and_is_not_cached(kind: Kind) {
    let app = App::new(kind).await;
    let server = serve(routes().layer(layer(&app))).await;
    let response = server.get(&without_cookies(), "/write/a/1").await;
    let [cookie] = response.set_cookies()[..] else { panic!("one cookie: {response:?}") };
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    let mut attributes: Vec<&str> = attributes.split("; ").collect();
    attributes.sort_unstable();
    assert_eq!(attributes, ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax", "Secure"]);
    assert_eq!(response.headers[header::CACHE_CONTROL], "no-store");

    let (name, value) = pair.split_once('=').unwrap();
    assert_eq!(name, "__Host-id");
    assert!(value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "no quoting is needed");
    let read = without_cookies().get(server.url("/read/a")).header(header::COOKIE, pair).send().await.unwrap();
    assert_eq!(read.headers().get(header::CACHE_CONTROL), None, "only a token makes a response private");
    assert_eq!(read.text().await.unwrap(), "Some(1)");
}

pub(crate) async fn a_new_token_overrides_the_handlers_cache_control(kind: Kind) {
    async fn cacheable(mut session: Session) -> Result<impl IntoResponse, Error> {
        session.insert("a", 1).await?;
        Ok(([(header::CACHE_CONTROL, "public, max-age=600"), (header::SET_COOKIE, "own=1")], "cacheable"))
    }
    let app = app(kind).await;
    let server = serve(Router::new().route("/", get(cacheable)).layer(layer(&app))).await;
    let alice = browser();
    let first = server.get(&alice, "/").await;
    let control: Vec<_> = first.headers.get_all(header::CACHE_CONTROL).iter().collect();
    assert_eq!(control, ["no-store"]);
    assert_eq!(first.set_cookies().len(), 2, "the handler's own cookie remains");
    assert_eq!(server.get(&alice, "/").await.headers[header::CACHE_CONTROL], "public, max-age=600");
}

pub(crate) async fn client_state_has_its_own_cookie(kind: Kind) {
    let app = app(kind).await;
    let routes = Router::new()
        .route("/dark", get(async |mut session: Session| session.client_mut().insert("theme", "dark")))
        .route(
            "/theme",
            get(async |session: Session| session.client().get::<String>("theme").map(Option::unwrap_or_default)),
        );
    let server = serve(routes.layer(layer(&app))).await;
    let alice = browser();
    let response = server.get(&alice, "/dark").await;
    assert!(matches!(response.set_cookies()[..], [cookie] if cookie.starts_with("id-state=")), "{response:?}");
    assert_eq!(server.get(&alice, "/theme").await.line(), "200 dark");
    assert_eq!(app.spy.take_operations(), "");
}
