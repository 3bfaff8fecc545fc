//! Tests of the headers of a response.

use super::*;

on_every_server!(
    an_unused_session_adds_nothing_to_the_response,
    a_response_with_a_token_has_every_attribute_and_is_not_cached,
    a_new_token_overrides_the_handlers_cache_control,
    client_state_has_its_own_cookie,
);

async fn an_unused_session_adds_nothing_to_the_response<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let server = serve::<F>(&app, []).await;
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

async fn a_response_with_a_token_has_every_attribute_and_is_not_cached<F: Framework>(kind: Kind) {
    let app = App::new(kind).await;
    let server = serve::<F>(&app, []).await;
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

async fn a_new_token_overrides_the_handlers_cache_control<F: Framework>(kind: Kind) {
    async fn cacheable(mut session: Session, _: Parameters) -> Result<Reply, Error> {
        session.insert("a", 1).await?;
        let reply = Reply::new(200, "cacheable").header(header::CACHE_CONTROL, "public, max-age=600");
        Ok(reply.header(header::SET_COOKIE, "own=1"))
    }
    let app = app(kind).await;
    let server = serve::<F>(&app, [Route::get("/cacheable", Handler::session(cacheable))]).await;
    let alice = browser();
    let first = server.get(&alice, "/cacheable").await;
    let control: Vec<_> = first.headers.get_all(header::CACHE_CONTROL).iter().collect();
    assert_eq!(control, ["no-store"]);
    assert_eq!(first.set_cookies().len(), 2, "the handler's own cookie remains");
    assert_eq!(server.get(&alice, "/cacheable").await.headers[header::CACHE_CONTROL], "public, max-age=600");
}

async fn client_state_has_its_own_cookie<F: Framework>(kind: Kind) {
    let app = app(kind).await;
    let dark = async |mut session: Session, _| session.client_mut().insert("theme", "dark");
    let theme = async |session: Session, _| session.client().get::<String>("theme").map(Option::unwrap_or_default);
    let routes = [Route::get("/dark", Handler::session(dark)), Route::get("/theme", Handler::session(theme))];
    let server = serve::<F>(&app, routes).await;
    let alice = browser();
    let response = server.get(&alice, "/dark").await;
    assert!(matches!(response.set_cookies()[..], [cookie] if cookie.starts_with("id-state=")), "{response:?}");
    assert_eq!(server.get(&alice, "/theme").await.line(), "200 dark");
    assert_eq!(app.spy.take_operations(), "");
}
