//! Tests of `RequestSession`, the core of framework integrations.

use http::{HeaderMap, HeaderValue, header};
use session::{CookieConfig, EndedRequest, ErrorKind, RequestSession, SessionSchema};
use session_tests::{App, Browser, Kind, Log, cookies_in};

/// The values of one name in a header map that is not `http`'s.
fn values<'r>(headers: &'r [(String, Vec<u8>)], name: &'r str) -> impl Iterator<Item = &'r [u8]> {
    headers.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
}

async fn end(request: RequestSession, status: u16) -> (String, Option<ErrorKind>) {
    let ended = request.end(status, |_| None).await;
    let error = ended.error().map(session::Error::kind);
    let mut headers = HeaderMap::new();
    ended.apply_to(&mut headers);
    (cookies_in(&headers), error)
}

fn is_send<T: Send>(future: T) -> T {
    future
}

fn assert_integration_type<T: Clone + Send + Sync + 'static>() {}

#[tokio::test]
async fn a_request_session_can_be_stored_in_every_framework() {
    assert_integration_type::<RequestSession>();
    let app = App::new(Kind::Memory).await;
    let request = app.manager.begin(&HeaderMap::new());
    let headers = HeaderMap::new();
    _ = is_send(request.clone().end(200, |name| headers.get(name).map(HeaderValue::as_bytes))).await;
}

#[tokio::test]
async fn a_session_begins_from_raw_header_bytes() {
    let app = App::new(Kind::Memory).await;
    let alice = app.browser_with(&[("a", 1)]).await;
    let token = &alice.cookies[Browser::SESSION];
    let raw = [
        ("COOKIE".to_owned(), b"other=\xff\xfe".to_vec()),
        ("Host".to_owned(), b"shop.example".to_vec()),
        ("Cookie".to_owned(), format!("theme=dark; __Host-id={token}").into_bytes()),
    ];
    let request = app.manager.begin_from(|name| values(&raw, name));
    assert_eq!(request.session().get::<u64>("a").await.unwrap(), Some(1));
    let invalid = [("cookie".to_owned(), b"a\nb".to_vec())];
    let request = app.manager.begin_from(|name| values(&invalid, name));
    assert_eq!(request.session().get::<u64>("a").await.unwrap(), None, "bytes that no header can have");
}

#[tokio::test]
async fn a_plain_http_page_is_detected_in_raw_header_bytes() {
    let log = Log::of_this_process();
    let app = App::new(Kind::Memory).await;
    let pairs = [("Host", "192.168.1.5:3000"), ("Origin", "http://192.168.1.5:3000")];
    let raw = pairs.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
    _ = app.manager.begin_from(|name| values(&raw, name));
    assert!(log.take().contains("request over plain http"));
}

#[tokio::test]
async fn all_handles_of_a_request_share_one_session() {
    let app = App::new(Kind::Memory).await;
    let request = app.manager.begin(&HeaderMap::new());
    request.session().insert("a", 1).await.unwrap();
    assert_eq!(request.clone().session().get::<u64>("a").await.unwrap(), Some(1));
    assert_eq!(end(request, 200).await, ("session".to_owned(), None));
}

#[derive(SessionSchema)]
struct Messages {
    #[session(flash)]
    notice: u64,
    #[session(flash, client)]
    hint: u64,
    #[session(default)]
    visits: u64,
}

#[tokio::test]
async fn a_head_request_takes_flash_messages_and_keeps_them() {
    let app = App::new(Kind::Memory).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    let mut messages = session.typed_mut::<Messages>();
    messages.set_notice(1).unwrap();
    messages.set_hint(2).unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    app.spy.take_operations();
    for (method, is_last) in [("HEAD", false), ("HEAD", false), ("GET", true)] {
        let request = app.manager.begin(&browser.request()).with_method(method);
        let mut messages = request.session().typed_mut::<Messages>();
        assert_eq!(messages.take_notice().await.unwrap(), Some(1), "{method}");
        assert_eq!(messages.take_hint().unwrap(), Some(2), "{method}");
        assert_eq!(messages.peek_notice().await.unwrap().is_some(), !is_last, "{method}");
        drop(messages);
        let mut headers = HeaderMap::new();
        request.end(200, |_| None).await.apply_to(&mut headers);
        browser.keep(&headers);
        assert_eq!(app.spy.take_operations(), if is_last { "load commit" } else { "load" }, "{method}");
    }
    let session = app.open(&browser);
    assert_eq!(session.typed::<Messages>().peek_notice().await.unwrap(), None);
    assert_eq!(session.typed::<Messages>().peek_hint().unwrap(), None);
}

#[tokio::test]
async fn a_head_request_stores_its_other_changes() {
    let app = App::new(Kind::Memory).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let request = app.manager.begin(&browser.request()).with_method("HEAD");
    let mut messages = request.session().typed_mut::<Messages>();
    messages.update_visits(|visits| *visits += 1).await.unwrap();
    messages.set_notice(3).unwrap();
    messages.remove::<u64>("a").await.unwrap();
    drop(messages);
    let mut headers = HeaderMap::new();
    request.end(200, |_| None).await.apply_to(&mut headers);
    browser.keep(&headers);
    for (key, value) in [("visits", Some(1)), ("notice", Some(3)), ("a", None)] {
        assert_eq!(app.stored(&browser, key).await, value, "{key}");
    }
}

#[tokio::test]
async fn an_unused_request_session_costs_no_operation_and_adds_no_header() {
    let app = App::new(Kind::Memory).await;
    let alice = app.browser_with(&[("a", 1)]).await;
    for status in [200, 500] {
        let ended = app.manager.begin(&alice.request()).end(status, |_| None).await;
        assert!(ended.is_empty() && ended.error().is_none() && !ended.removes("cdn-cache-control"));
        assert_eq!(ended.into_headers().count(), 0);
    }
    assert_eq!(app.spy.take_operations(), "");
}

#[tokio::test]
async fn the_status_and_the_grpc_status_decide_whether_a_request_failed() {
    for (status, grpc, expected) in
        [(200, None, 2), (404, None, 2), (408, None, 1), (503, None, 1), (200, Some("14"), 1)]
    {
        let app = App::new(Kind::Memory).await;
        let alice = app.browser_with(&[("a", 1)]).await;
        let request = app.manager.begin(&alice.request());
        request.session().insert("a", 2).await.unwrap();
        let header = |name: &str| grpc.filter(|_| name == "grpc-status").map(str::as_bytes);
        assert!(request.end(status, header).await.error().is_none());
        assert_eq!(app.stored(&alice, "a").await, Some(expected), "{status} {grpc:?}");
    }
}

#[tokio::test]
async fn a_failed_request_session_still_executes_its_deletion() {
    let app = App::new(Kind::Memory).await;
    let alice = app.browser_with(&[("a", 1)]).await;
    let request = app.manager.begin(&alice.request());
    request.session().invalidate();
    assert_eq!(end(request, 500).await, ("-session".to_owned(), None));
    assert_eq!(app.stored(&alice, "a").await, None);
}

#[tokio::test]
async fn the_error_of_a_handler_is_logged_and_its_changes_are_discarded() {
    let log = Log::of_this_process();
    let app = App::new(Kind::Memory).await;
    let alice = app.browser_with(&[("a", 1)]).await;
    let request = app.manager.begin(&alice.request());
    request.session().insert("b", 2).await.unwrap();
    let error = request.session().get::<String>("a").await.unwrap_err();
    log.take();
    assert!(request.fail(&error).await.is_empty());
    assert!(log.take().contains("session operation failed"));
    assert_eq!(app.stored(&alice, "b").await, None);
}

#[tokio::test]
async fn a_commit_that_fails_is_returned_and_logged_unless_the_request_failed_anyway() {
    let log = Log::of_this_process();
    for (status, expected) in [(200, Some(ErrorKind::Ended)), (500, None)] {
        let app = App::new(Kind::Memory).await;
        let alice = app.browser_with(&[("a", 1)]).await;
        let request = app.manager.begin(&alice.request());
        request.session().get::<u64>("a").await.unwrap();
        request.session().insert("a", 2).await.unwrap();
        app.finalize(
            {
                let mut other = app.open(&alice);
                other.invalidate();
                other
            },
            &mut alice.clone(),
        )
        .await
        .unwrap();
        log.take();
        assert_eq!(end(request, status).await, ("–".to_owned(), expected));
        assert_eq!(log.take().contains("session operation failed"), expected.is_some());
    }
}

#[tokio::test]
async fn at_most_four_headers_carry_a_session_and_keep_it_out_of_caches() {
    let app = App::new(Kind::Memory).await;
    let request = app.manager.begin(&HeaderMap::new());
    request.session().insert("a", 1).await.unwrap();
    request.session().client_mut().insert("theme", "dark").unwrap();
    let ended: EndedRequest = request.end(200, |_| None).await;
    for name in ["Surrogate-Control", "cdn-cache-control", "Cloudflare-CDN-Cache-Control"] {
        assert!(ended.removes(name), "{name}");
    }
    assert!(!ended.removes("cache-control") && !ended.removes("set-cookie"));
    let text = format!("{ended:?}");
    let headers: Vec<_> = ended.into_headers().collect();
    let names: Vec<_> = headers.iter().map(|header| (header.name.as_str(), header.is_appended)).collect();
    assert_eq!(names, [("set-cookie", true), ("set-cookie", true), ("cache-control", false)]);
    for header in &headers[..2] {
        let value = header.value.to_str().unwrap().split(['=', ';']).nth(1).unwrap();
        assert!(!text.contains(value) && !format!("{header:?}").contains(value), "`Debug` shows no token");
    }
}

#[tokio::test]
async fn a_second_end_adds_no_header() {
    for (first, second) in [(200, 200), (200, 500), (500, 200)] {
        let app = App::new(Kind::Memory).await;
        let request = app.manager.begin(&HeaderMap::new());
        request.session().insert("a", 1).await.unwrap();
        request.session().sync().await.unwrap();
        request.session().client_mut().insert("theme", "dark").unwrap();
        let (cookies, _) = end(request.clone(), first).await;
        assert_eq!(cookies, if first == 200 { "session state" } else { "session" });
        assert_eq!(end(request, second).await.0, "–", "{first}, then {second}");
    }
}

#[tokio::test]
async fn apply_to_keeps_other_cookies_and_replaces_cache_headers() {
    let app = App::new(Kind::Memory).await;
    let request = app.manager.begin(&HeaderMap::new());
    request.session().insert("a", 1).await.unwrap();
    let mut headers = HeaderMap::new();
    headers.insert(header::SET_COOKIE, HeaderValue::from_static("other=1"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public"));
    headers.insert("cdn-cache-control", HeaderValue::from_static("max-age=60"));
    request.end(200, |_| None).await.apply_to(&mut headers);
    assert_eq!(headers.get_all(header::SET_COOKIE).iter().count(), 2);
    assert_eq!(headers.get_all(header::CACHE_CONTROL).iter().collect::<Vec<_>>(), ["no-store"]);
    assert!(!headers.contains_key("cdn-cache-control"));
}

#[tokio::test]
async fn a_middleware_recognizes_the_session_of_its_own_manager() {
    let (app, other) = (App::new(Kind::Memory).await, App::new(Kind::Memory).await);
    let request = app.manager.begin(&HeaderMap::new());
    assert!(request.is_managed_by(&app.manager.clone()));
    assert!(!request.is_managed_by(&other.manager));
}

#[tokio::test]
async fn verify_ignores_client_state_of_an_ended_session() {
    let app = App::with(Kind::Memory, |config| config.cookie(CookieConfig::new())).await;
    let mut alice = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&alice);
    session.client_mut().insert("draft", "text").unwrap();
    app.finalize(session, &mut alice).await.unwrap();
    let mut logout = app.open(&alice);
    logout.invalidate();
    app.finalize(logout, &mut alice.clone()).await.unwrap();
    app.spy.take_operations();

    let request = app.manager.begin(&alice.request());
    assert_eq!(request.session().client().get::<String>("draft").unwrap().as_deref(), Some("text"));
    request.verify().await.unwrap();
    assert_eq!(request.session().client().get::<String>("draft").unwrap(), None);
    request.verify().await.unwrap();
    assert_eq!(app.spy.take_operations(), "load");
    let stranger = app.manager.begin(&HeaderMap::new());
    stranger.verify().await.unwrap();
    assert_eq!(app.spy.take_operations(), "", "without a token there is nothing to load");
}

#[tokio::test]
async fn a_request_session_that_is_dropped_with_changes_logs_a_warning() {
    let log = Log::of_this_process();
    let app = App::new(Kind::Memory).await;
    let request = app.manager.begin(&HeaderMap::new());
    request.session().insert("a", 1).await.unwrap();
    let clone = request.clone();
    drop(request);
    assert!(!log.take().contains("WARN"), "a clone is alive");
    drop(clone);
    assert!(log.take().contains("the request ended without `finalize`, `abandon` or `RequestSession::end`"));
}

#[tokio::test]
async fn a_handle_that_outlives_the_end_can_read_but_not_write() {
    let app = App::new(Kind::Memory).await;
    let alice = app.browser_with(&[("a", 1)]).await;
    let request = app.manager.begin(&alice.request());
    let mut handle = request.session();
    assert_eq!(end(request, 200).await, ("–".to_owned(), None));
    assert_eq!(handle.get::<u64>("a").await.unwrap(), Some(1));
    assert_eq!(handle.insert("a", 2).await.unwrap_err().kind(), ErrorKind::Finalized);
}
