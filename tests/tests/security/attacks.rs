//! Tests of the attacks in the threat model: none of them succeeds.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use ::tower::{Layer, ServiceExt, service_fn};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use cookie::{Cookie, time};
use session::axum::SessionLayer;
use session::store::{DeleteCondition, MemoryStore, SessionStore, Timestamp, TokenHash};
use session::{
    CookieConfig, Error, ErrorKind, IndexKey, SameSite, SecretKey, Session, SessionConfig, SessionManager, tower,
};
use session_tests::{App, Browser, Fault, Kind, Log, on_every_store};

fn with_token(token: &str) -> Browser {
    Browser { cookies: [(Browser::SESSION.to_owned(), token.to_owned())].into(), ..Browser::default() }
}

// Fixation: only the server creates tokens

async fn a_planted_cookie_is_never_adopted(kind: Kind) {
    let (app, elsewhere) = (App::new(kind).await, App::new(Kind::Memory).await);
    let foreign = elsewhere.browser_with(&[("a", 666)]).await.cookies[Browser::SESSION].clone();
    let id = elsewhere.open(&with_token(&foreign)).id().unwrap().to_string();
    for planted in ["1", "00000000-0000-4000-8000-000000000000", &id, &foreign] {
        let mut victim = with_token(planted);
        assert!(app.open(&victim).id().is_none(), "{planted}");
        let writes = async |session: &mut Session| session.insert("a", 1).await.unwrap();
        assert_eq!(app.request(&mut victim, writes).await, "session", "{planted}");
        assert_ne!(victim.cookies[Browser::SESSION], planted);
        assert_ne!(app.open(&victim).id().unwrap().to_string(), id);
        assert_eq!(app.stored(&with_token(planted), "a").await, None, "{planted}");
    }
}

async fn an_unknown_id_is_never_adopted(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let (old, id) = (browser.clone(), app.open(&browser).id().unwrap());
    app.spy.delete(&id, DeleteCondition::None, Timestamp::from_millis(0)).await.unwrap();
    let writes = async |session: &mut Session| session.insert("a", 2).await.unwrap();
    assert_eq!(app.request(&mut browser, writes).await, "session");
    assert_ne!(app.open(&browser).id().unwrap(), id);
    assert_eq!(app.stored(&browser, "a").await, Some(2));
    assert_eq!(app.stored(&old, "a").await, None);
}

async fn a_planted_session_is_useless_after_the_login(kind: Kind) {
    let app = App::new(kind).await;
    let attacker = app.browser_with(&[("cart", 1)]).await;
    let mut victim = attacker.clone();
    let logs_in = async |session: &mut Session| {
        session.insert("user", 7).await.unwrap();
        session.cycle_id();
    };
    app.request(&mut victim, logs_in).await;
    let mut session = app.open(&attacker);
    session.insert("user", 666).await.unwrap();
    let error = app.finalize(session, &mut attacker.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Replaced);
    for _ in 0..2 {
        assert_eq!(app.stored(&attacker, "user").await, None);
        app.advance(Duration::from_mins(2));
    }
    let mut late = attacker.clone();
    app.request(&mut late, async |session| session.insert("user", 666).await.unwrap()).await;
    assert_ne!(app.open(&late).id(), app.open(&victim).id(), "after the grace, it gets a new session");
    assert_eq!(app.stored(&victim, "user").await, Some(7));
}

async fn a_token_is_read_only_from_the_cookie(kind: Kind) {
    let app = App::new(kind).await;
    let token = &app.browser_with(&[("a", 1)]).await.cookies[Browser::SESSION];
    let elsewhere = Request::builder()
        .uri(format!("/a?__Host-id={token}&id={token}"))
        .header("authorization", format!("Bearer {token}"))
        .header("x-session-id", token)
        .header("set-cookie", format!("__Host-id={token}"));
    let response = respond(SessionLayer::new(app.manager.clone()), elsewhere.body(Body::empty()).unwrap()).await;
    assert_eq!(response, (StatusCode::OK, "None".to_owned()));
    assert_eq!(app.spy.take_operations(), "");
}

// Replay: a verified layer

fn routes() -> Router {
    let draft = async |session: Session| session.client().get::<String>("draft").map(|draft| format!("{draft:?}"));
    let server = async |session: Session| session.get::<u64>("a").await.map(|a| format!("{a:?}"));
    Router::new().route("/draft", get(draft)).route("/a", get(server)).route("/untouched", get(async || "hello"))
}

fn request_of(browser: &Browser, path: &str) -> Request {
    let mut request = Request::builder().uri(path).body(Body::empty()).unwrap();
    *request.headers_mut() = browser.request();
    request
}

async fn respond(layer: SessionLayer, request: Request) -> (StatusCode, String) {
    read(routes().layer(layer).oneshot(request).await.unwrap()).await
}

async fn read(response: Response) -> (StatusCode, String) {
    let (status, body) = (response.status(), to_bytes(response.into_body(), 1 << 16).await.unwrap());
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn drafting(app: &App) -> Browser {
    let mut browser = app.browser_with(&[("a", 1)]).await;
    app.request(&mut browser, async |session| session.client_mut().insert("draft", "Dear").unwrap()).await;
    browser
}

async fn a_verified_layer_does_not_trust_replayed_client_state(kind: Kind) {
    let app = App::new(kind).await;
    let (plain, verified) = {
        let layer = SessionLayer::new(app.manager.clone());
        (layer.clone(), layer.verified())
    };
    for end in [Session::invalidate, Session::restart, Session::cycle_id] {
        let mut browser = drafting(&app).await;
        let replayed = browser.clone();
        let seen = respond(verified.clone(), request_of(&browser, "/draft")).await;
        assert_eq!(seen.1, "Some(\"Dear\")", "a live session has its client state");
        app.request(&mut browser, async |session| end(session)).await;
        let trusted = respond(plain.clone(), request_of(&replayed, "/draft")).await;
        assert_eq!(trusted.1, "Some(\"Dear\")", "the store was not queried");
        let seen = respond(verified.clone(), request_of(&replayed, "/draft")).await;
        assert_eq!(seen, (StatusCode::OK, "None".to_owned()));
    }
}

async fn a_verified_layer_costs_one_load_shared_with_the_request(kind: Kind) {
    let app = App::new(kind).await;
    let (browser, mut stranger) = (drafting(&app).await, Browser::default());
    app.request(&mut stranger, async |session| session.client_mut().insert("draft", "Dear").unwrap()).await;
    app.spy.take_operations();
    let layer = SessionLayer::new(app.manager.clone()).verified();
    for (browser, path, operations) in [
        (&browser, "/untouched", "load"),
        (&browser, "/draft", "load"),
        (&browser, "/a", "load"),
        (&stranger, "/draft", ""),
        (&Browser::default(), "/a", ""),
    ] {
        assert_eq!(respond(layer.clone(), request_of(browser, path)).await.0, StatusCode::OK);
        assert_eq!(app.spy.take_operations(), operations, "{path}");
    }
    let seen = respond(layer, request_of(&stranger, "/draft")).await;
    assert_eq!(seen.1, "Some(\"Dear\")", "client state without a record needs no query");
}

async fn a_verified_layer_calls_no_handler_while_the_store_is_unavailable(kind: Kind) {
    let app = App::new(kind).await;
    let (browser, was_handled) = (drafting(&app).await, Arc::new(AtomicBool::new(false)));
    let notes = {
        let handled = Arc::clone(&was_handled);
        async move || handled.store(true, Ordering::SeqCst)
    };
    let layer = SessionLayer::new(app.manager.clone()).verified();
    let plain = Router::new().route("/", get(notes.clone())).layer(layer.clone());
    let custom = layer.on_error(|failure| {
        assert!(failure.unsaved_response().is_none());
        (StatusCode::IM_A_TEAPOT, format!("{:?}", failure.error().kind()))
    });
    let custom = Router::new().route("/", get(notes)).layer(custom);
    for (app_routes, expected) in [(&plain, (503, "")), (&custom, (418, "Store"))] {
        app.spy.fail_next("load", Fault::Refuse);
        let (status, body) = read(app_routes.clone().oneshot(request_of(&browser, "/")).await.unwrap()).await;
        assert_eq!((status.as_u16(), &*body), expected);
        assert!(!was_handled.load(Ordering::SeqCst));
    }
    assert_eq!(plain.oneshot(request_of(&browser, "/")).await.unwrap().status(), StatusCode::OK);
    assert!(was_handled.load(Ordering::SeqCst), "the next request works");
}

async fn a_nested_verified_layer_verifies_its_own_routes(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = drafting(&app).await;
    let (layer, replayed) = (SessionLayer::new(app.manager.clone()), browser.clone());
    app.request(&mut browser, async |session| session.invalidate()).await;
    let both = Router::new().nest("/account", routes().layer(layer.clone().verified())).merge(routes()).layer(layer);
    for (path, expected) in [("/account/draft", "None"), ("/draft", "Some(\"Dear\")")] {
        let response = both.clone().oneshot(request_of(&replayed, path)).await.unwrap();
        assert_eq!(read(response).await.1, expected, "{path}");
    }
}

/// A service may read client state when it is called, before the store was queried.
async fn a_service_that_reads_before_its_future_runs_sees_no_unverified_client_state(kind: Kind) {
    let app = App::new(kind).await;
    let browser = drafting(&app).await;
    let looks = service_fn(|request: Request| {
        let draft = tower::session(request.extensions()).unwrap().client().get_raw("draft");
        async move { Ok::<_, Error>(format!("{draft:?}")) }
    });
    let layer = SessionLayer::new(app.manager.clone());
    let early = layer.clone().verified().layer(looks).oneshot(request_of(&browser, "/")).await.unwrap();
    assert_eq!(read(early).await.1, "None");
    let plain = layer.layer(looks).oneshot(request_of(&browser, "/")).await.unwrap();
    assert_eq!(read(plain).await.1, "Some(String(\"Dear\"))");
}

// Theft of the store or of the key

/// The attacker has the stored records and the secret of a token, but not the secret key.
async fn a_leaked_store_opens_nothing(kind: Kind) {
    let (app, attacker) = (App::new(kind).await, App::new(Kind::Memory).await);
    let browser = attacker.browser_with(&[("a", 1)]).await;
    let id = attacker.open(&browser).id().unwrap();
    let now = Timestamp::from_millis(1_800_000_000_000);
    let record = attacker.spy.load(&id, now).await.unwrap().unwrap();
    assert!(app.spy.create(&id, &record, &[]).await.unwrap());
    app.spy.take_operations();
    assert!(app.open(&browser).id().is_none());
    assert_eq!(app.stored(&browser, "a").await, None);
    assert_eq!(app.spy.take_operations(), "", "the cookie does not decrypt, so the store is not queried");
    assert_eq!(attacker.stored(&browser, "a").await, Some(1), "with the key, the cookie opens the session");
}

/// The attacker has the secret key and the id of a session, but not the secret of its token.
async fn a_leaked_key_opens_nothing(kind: Kind) {
    let app = App::new(kind).await;
    let now = Timestamp::from_millis(1_800_000_000_000);
    let clock = || SystemTime::UNIX_EPOCH + Duration::from_hours(500_000);
    let attacker = SessionManager::new(MemoryStore::new(), SessionConfig::new(app.key.clone()).clock(clock));
    let (mut forged, mut headers) = (Browser::default(), HeaderMap::new());
    let mut session = attacker.open(&HeaderMap::new());
    session.insert("a", 666).await.unwrap();
    session.finalize(&mut headers).await.unwrap();
    forged.keep(&headers);

    let id = app.open(&forged).id().expect("the cookie decrypts");
    let victim = app.browser_with(&[("a", 1)]).await;
    let mut record = app.spy.load(&app.open(&victim).id().unwrap(), now).await.unwrap().unwrap();
    record.token = TokenHash::from_bytes([7; 32]);
    assert!(app.spy.create(&id, &record, &[]).await.unwrap());
    assert_eq!(app.stored(&forged, "a").await, None);
    app.request(&mut forged.clone(), async |session| session.insert("a", 666).await.unwrap()).await;
    app.request(&mut forged.clone(), async |session| session.cycle_id()).await;
    app.request(&mut forged, async |session| session.invalidate()).await;
    assert_eq!(app.spy.load(&id, now).await.unwrap(), Some(record), "the record was neither read nor changed");
}

async fn the_two_cookies_are_not_interchangeable(kind: Kind) {
    let app = App::new(kind).await;
    let browser = drafting(&app).await;
    let mut swapped = Browser::default();
    for (to, from) in [(Browser::SESSION, Browser::STATE), (Browser::STATE, Browser::SESSION)] {
        swapped.cookies.insert(to.to_owned(), browser.cookies[from].clone());
    }
    let session = app.open(&swapped);
    assert!(session.id().is_none() && session.client().is_empty());
    assert_eq!(app.client(&browser, "draft").as_deref(), Some("Dear"));
}

// Prediction and timing: checks of the source code

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

#[test]
fn every_random_byte_comes_from_the_operating_system() {
    let library = sources(Path::new("../session/src"));
    let users: Vec<_> = library.iter().filter(|(_, text)| text.contains("getrandom::")).map(|(name, _)| name).collect();
    assert_eq!(users, ["id.rs"]);
    for (name, text) in &library {
        for other in ["rand::", "fastrand", "RandomState", "SystemRandom", "/dev/"] {
            let text = text.replace("getrandom::", "");
            assert!(!text.contains(other), "{name} has {other}");
        }
    }
}

#[test]
fn token_hashes_are_compared_in_constant_time() {
    let library = sources(Path::new("../session/src"));
    let (_, id) = library.iter().find(|(name, _)| name == "id.rs").unwrap();
    assert!(id.contains("#[derive(Clone, Copy)]\npub struct TokenHash([u8; 32]);"), "no comparison is derived");
    let body = id.split("impl PartialEq for TokenHash {").nth(1).unwrap().split("\n}").next().unwrap();
    assert!(body.contains(".fold(0, differs).ct_eq(&0).into()"), "all bytes are compared before the result is used");
    assert!(!["==", "!=", "&&", "||", "if ", "any(", "all("].iter().any(|early| body.contains(early)), "{body}");
}

// The document

/// The words in backticks that can only be names of tests.
fn named_in(document: &str) -> Vec<&str> {
    let words = document.split('`').skip(1).step_by(2);
    let is_test = |word: &&str| {
        word.matches('_').count() > 2 && word.chars().all(|letter| letter == '_' || letter.is_ascii_alphanumeric())
    };
    words.filter(is_test).collect()
}

#[test]
fn the_security_document_names_existing_tests_and_every_test_of_this_file() {
    let document = fs::read_to_string("../session/THREAT_MODEL.md").unwrap();
    // Blocks of code contain other backticks.
    let prose: String = document.split("```").step_by(2).collect();
    let named = named_in(&prose);
    let sources_text = [sources(Path::new("tests")), sources(Path::new("../session/src"))].concat();
    let sources_text: String = sources_text.into_iter().map(|(_, text)| text).collect();
    for name in &named {
        let exists =
            ["(kind: Kind) {", "<F: Framework>(kind: Kind) {", "(store: TestStore) {", "(engine: Engine) {", "() {"]
                .iter()
                .any(|rest| sources_text.contains(&format!("fn {name}{rest}")));
        assert!(exists, "the document names {name}, but there is no such test");
    }
    assert!(named.len() > 100, "{}", named.len());
    let source = include_str!("attacks.rs");
    let listed = source.split("\non_every_store!(").last().unwrap().split(");").next().unwrap().split(',');
    for test in listed.map(str::trim).filter(|test| !test.is_empty()) {
        assert!(named.contains(&test), "the document does not name {test}");
    }
}

// Cookies: names, attributes, sizes, numbers

/// The cookies of a response that sets them, and of a response that removes them.
async fn set_and_removed(config: CookieConfig) -> [Vec<Cookie<'static>>; 2] {
    let manager = SessionManager::new(MemoryStore::new(), SessionConfig::new(SecretKey::generate()).cookie(config));
    let mut request = HeaderMap::new();
    let mut responses = Vec::new();
    for _ in 0..2 {
        let mut session = manager.open(&request);
        if request.is_empty() {
            session.insert("a", 1).await.unwrap();
            session.client_mut().insert("a", 1).unwrap();
        } else {
            session.invalidate();
        }
        let mut headers = HeaderMap::new();
        session.finalize(&mut headers).await.unwrap();
        let lines = headers.get_all(header::SET_COOKIE).iter();
        let cookies: Vec<_> = lines.map(|cookie| Cookie::parse(cookie.to_str().unwrap().to_owned()).unwrap()).collect();
        for cookie in &cookies {
            request.append(header::COOKIE, HeaderValue::try_from(cookie.stripped().to_string()).unwrap());
        }
        responses.push(cookies);
    }
    responses.try_into().unwrap()
}

#[tokio::test]
async fn every_setting_makes_a_cookie_that_browsers_accept_with_the_right_prefix() {
    let settings = [true, false].into_iter().flat_map(|secure| {
        let sites = [SameSite::Strict, SameSite::Lax, SameSite::None];
        let partitions = sites.into_iter().flat_map(|site| [(site, false), (site, true)]);
        partitions
            .map(move |(site, partitioned)| CookieConfig::new().secure(secure).same_site(site).partitioned(partitioned))
    });
    for base in settings {
        let configs = [
            base.clone(),
            base.clone().path("/app").unwrap(),
            base.clone().domain("shop.example").unwrap(),
            base.path("/app").unwrap().domain("shop.example").unwrap(),
        ];
        for config in configs {
            let [set, removed] = set_and_removed(config.clone()).await;
            assert_eq!((set.len(), removed.len()), (2, 2), "{config:?}");
            for (cookie, removal) in set.iter().zip(&removed) {
                let secure = cookie.secure() == Some(true);
                let for_this_host = secure && cookie.path() == Some("/") && cookie.domain().is_none();
                assert_eq!(cookie.name().starts_with("__Host-"), for_this_host, "{cookie}");
                assert_eq!(cookie.name().starts_with("__Secure-"), secure && !for_this_host, "{cookie}");
                assert!(secure || cookie.same_site() != Some(cookie::SameSite::None), "browsers reject {cookie}");
                assert!(secure || cookie.partitioned().is_none(), "browsers reject {cookie}");
                assert_eq!(cookie.http_only(), Some(true), "{cookie}");
                assert_eq!(removal.max_age(), Some(time::Duration::ZERO), "{removal}");
                let scope = |cookie: &Cookie| {
                    let (domain, path) = (cookie.domain().map(str::to_owned), cookie.path().map(str::to_owned));
                    let partitioned = cookie.partitioned();
                    (cookie.name().to_owned(), domain, path, cookie.secure(), cookie.same_site(), partitioned)
                };
                assert_eq!(scope(removal), scope(cookie), "a removal must match the cookie that it removes");
            }
        }
    }
}

async fn no_response_sets_one_cookie_twice(kind: Kind) {
    let app = App::new(kind).await;
    let mut browser = app.browser_with(&[("a", 1)]).await;
    let much = async |session: &mut Session| {
        session.client_mut().insert("theme", "dark").unwrap();
        session.cycle_id();
        session.sync().await.unwrap();
        session.update("a", |a: &mut Option<u64>| a.take()).await.unwrap();
        session.restart();
        session.sync().await.unwrap();
        session.client_mut().insert("theme", "light").unwrap();
        session.update("a", |a: &mut Option<u64>| *a = Some(2)).await.unwrap();
        session.cycle_id();
    };
    assert_eq!(app.request(&mut browser, much).await, "session state");
    assert_eq!(app.stored(&browser, "a").await, Some(2));
}

async fn a_session_cookie_is_small_for_sessions_of_any_size(kind: Kind) {
    let app = App::new(kind).await;
    let small = app.browser_with(&[("a", 1)]).await;
    let mut large = Browser::default();
    app.request(&mut large, async |session| session.insert("a", "x".repeat(1 << 20)).await.unwrap()).await;
    let lengths = [&small, &large].map(|browser| browser.cookies[Browser::SESSION].len());
    assert_eq!(lengths[0], lengths[1]);
    assert!(lengths[0] < 200, "{lengths:?}");
}

async fn a_cookie_header_of_ten_thousand_pairs_hides_no_session(kind: Kind) {
    let app = App::new(kind).await;
    let browser = app.browser_with(&[("a", 1)]).await;
    let token = &browser.cookies[Browser::SESSION];
    let forged = format!("__Host-id={}; ", "A".repeat(token.len()));
    let fillers =
        ["a=b; ".repeat(10_000), "__Host-id=x; ".repeat(10_000), forged.repeat(400), "=;".repeat(1 << 15), " ".into()];
    for filler in fillers {
        for line in [format!("{filler}__Host-id={token}"), format!("__Host-id={token}; {filler}")] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, HeaderValue::try_from(line).unwrap());
            assert_eq!(app.manager.open(&headers).get::<u64>("a").await.unwrap(), Some(1));
        }
        let mut headers = HeaderMap::new();
        for _ in 0..4 {
            headers.append(header::COOKIE, HeaderValue::try_from(filler.as_str()).unwrap());
        }
        assert!(app.manager.open(&headers).id().is_none());
    }
}

// Caches

/// `Cache-Control`, and the headers that a content delivery network obeys instead of it.
const CACHE_HEADERS: [&str; 5] = [
    "cache-control",
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "vercel-cdn-cache-control",
    "surrogate-control",
];

async fn a_response_that_sets_or_removes_a_cookie_is_not_cacheable(kind: Kind) {
    async fn fails(mut session: Session) -> StatusCode {
        session.invalidate();
        StatusCode::BAD_GATEWAY
    }
    let app = App::new(kind).await;
    let routes = Router::new()
        .route("/begin", get(async |mut session: Session| session.insert("a", 1).await))
        .route("/rotate", get(async |mut session: Session| session.cycle_id()))
        .route("/theme", get(async |mut session: Session| session.client_mut().insert("theme", "dark")))
        .route("/read", get(async |session: Session| session.get::<u64>("a").await.map(|_| ())))
        .route("/leave", get(async |mut session: Session| session.invalidate()))
        .route("/fail", get(fails))
        .layer(axum::middleware::map_response(async |mut response: Response| {
            for name in CACHE_HEADERS {
                response.headers_mut().append(name, HeaderValue::from_static("public, max-age=600"));
            }
            response
        }))
        .layer(SessionLayer::new(app.manager.clone()));
    let mut browser = Browser::default();
    for (path, cookies) in [
        ("/begin", 1),
        ("/read", 0),
        ("/rotate", 1),
        ("/theme", 1),
        ("/leave", 2),
        ("/theme", 1),
        ("/begin", 1),
        ("/fail", 2),
        ("/read", 0),
    ] {
        let response = routes.clone().oneshot(request_of(&browser, path)).await.unwrap();
        let headers = response.headers();
        assert_eq!(headers.get_all(header::SET_COOKIE).iter().count(), cookies, "{path}");
        let control: Vec<_> = headers.get_all(header::CACHE_CONTROL).iter().collect();
        assert_eq!(control, [if cookies > 0 { "no-store" } else { "public, max-age=600" }], "{path}");
        for name in &CACHE_HEADERS[1..] {
            assert_eq!(headers.contains_key(*name), cookies == 0, "{path}: {name}");
        }
        assert_eq!(headers.get(header::VARY), None, "{path}: a response that is not cached needs no Vary");
        browser.keep(headers);
    }
}

// Logs: a key may contain user input

const HOSTILE: &str = "k\n2030-01-01T00:00:00Z ERROR forged\r\x1b[31mred\x07\u{2028}\u{202e}\u{9b}\0";

fn is_unprintable(character: char) -> bool {
    character.is_control() || ['\u{2028}', '\u{202e}'].contains(&character)
}

const INDEXED: IndexKey<u64> = IndexKey::declare(HOSTILE);

async fn hostile_errors(app: &App) -> Vec<Error> {
    let mut session = app.open(&Browser::default());
    session.insert(HOSTILE, "text").await.unwrap();
    session.client_mut().insert(HOSTILE, "text").unwrap();
    let unwritable = || std::collections::BTreeMap::from([((1, 2), 3)]);
    let mut errors = vec![
        session.get::<u64>(HOSTILE).await.unwrap_err(),
        session.remove::<u64>(HOSTILE).await.unwrap_err(),
        session.update(HOSTILE, |_: &mut Option<u64>| ()).await.unwrap_err(),
        session.insert(HOSTILE, unwritable()).await.unwrap_err(),
        session.insert(HOSTILE.repeat(100), 1).await.unwrap_err(),
        session.client().get::<u64>(HOSTILE).unwrap_err(),
        session.client_mut().insert(HOSTILE, unwritable()).unwrap_err(),
        app.manager.find(INDEXED, &7).await.unwrap_err(),
        HOSTILE.parse::<session::SessionId>().unwrap_err(),
        SecretKey::from_base64(HOSTILE).unwrap_err(),
        CookieConfig::new().name(HOSTILE).unwrap_err(),
        CookieConfig::new().domain(HOSTILE).unwrap_err(),
        CookieConfig::new().path(HOSTILE).unwrap_err(),
    ];
    session.client_mut().insert(HOSTILE, "x".repeat(5000)).unwrap();
    errors.push(session.finalize(&mut HeaderMap::new()).await.unwrap_err());
    errors
}

async fn a_hostile_key_is_escaped_in_errors_and_logs(kind: Kind) {
    let log = Log::of_this_process();
    let app = App::new(kind).await;
    let errors = hostile_errors(&app).await;
    assert!(errors.iter().filter(|error| error.to_string().contains("forged")).count() >= 8, "keys are escaped");
    for error in &errors {
        for shown in [error.to_string(), format!("{error:?}")] {
            assert!(!shown.contains(is_unprintable), "{shown:?}");
        }
    }
    let misreads = async |mut session: Session| {
        session.insert(HOSTILE, "text").await?;
        session.set_label(HOSTILE);
        session.get::<u64>(HOSTILE).await.map(|_| ())
    };
    let routes = Router::new().route("/", get(misreads)).layer(SessionLayer::new(app.manager.clone()));
    let response = routes.oneshot(request_of(&Browser::default(), "/")).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let log = log.all();
    assert!(log.contains("forged"), "the key is escaped");
    for line in log.lines() {
        assert!(!line.contains(is_unprintable) && !line.starts_with("2030"), "{line:?}");
    }
}

on_every_store!(
    a_planted_cookie_is_never_adopted,
    an_unknown_id_is_never_adopted,
    a_planted_session_is_useless_after_the_login,
    a_token_is_read_only_from_the_cookie,
    a_verified_layer_does_not_trust_replayed_client_state,
    a_verified_layer_costs_one_load_shared_with_the_request,
    a_verified_layer_calls_no_handler_while_the_store_is_unavailable,
    a_nested_verified_layer_verifies_its_own_routes,
    a_service_that_reads_before_its_future_runs_sees_no_unverified_client_state,
    a_leaked_store_opens_nothing,
    a_leaked_key_opens_nothing,
    the_two_cookies_are_not_interchangeable,
    no_response_sets_one_cookie_twice,
    a_session_cookie_is_small_for_sessions_of_any_size,
    a_cookie_header_of_ten_thousand_pairs_hides_no_session,
    a_response_that_sets_or_removes_a_cookie_is_not_cacheable,
    a_hostile_key_is_escaped_in_errors_and_logs,
);
