//! Tests of the attacks on tokens in headers, and of the log lines about them.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use session::store::MemoryStore;
use session::{HeaderConfig, SecretKey, SessionConfig, SessionManager, TokenStatus, Transport};
use session_tests::{App, Browser, ClientKind, Kind, Log, cookies_in};

const TOKEN: HeaderName = HeaderName::from_static("session-token");
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

async fn app(clients: ClientKind) -> App {
    App::for_clients(Kind::Memory, clients, |config| config).await
}

fn request(headers: &[(HeaderName, &str)]) -> HeaderMap {
    headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
}

fn cookie(token: &str) -> String {
    format!("{}={token}", Browser::SESSION)
}

async fn a_session(app: &App) -> String {
    app.browser_with(&[("a", 1)]).await.cookies[Browser::SESSION].clone()
}

/// The token of a cookie session on an application that accepts headers, too.
async fn a_cookie_session(app: &App) -> Browser {
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert("a", 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    browser
}

#[tokio::test]
async fn a_token_of_one_transport_opens_nothing_on_another() {
    let app = app(ClientKind::HeaderOfEither).await;
    let in_header = a_session(&app).await;
    let in_cookie = a_cookie_session(&app).await.cookies[Browser::SESSION].clone();
    let bearer = SessionConfig::new(app.key.clone()).transport(Transport::Headers(HeaderConfig::bearer()));
    let bearer = SessionManager::new(app.spy.clone(), bearer);
    for (manager, swapped) in [
        (&app.manager, (header::COOKIE, cookie(&in_header))),
        (&app.manager, (TOKEN, in_cookie.clone())),
        (&bearer, (header::AUTHORIZATION, format!("Bearer {in_header}"))),
        (&bearer, (header::AUTHORIZATION, format!("Bearer {in_cookie}"))),
    ] {
        let session = manager.open(&request(&[(swapped.0.clone(), &swapped.1)]));
        assert_eq!(session.get::<u64>("a").await.unwrap(), None, "{}", swapped.0);
        assert_eq!(session.token_status().await.unwrap(), TokenStatus::Invalid, "{}", swapped.0);
    }
    assert_eq!(app.manager.open(&request(&[(TOKEN, &in_header)])).get::<u64>("a").await.unwrap(), Some(1));
}

/// A script of the page can add a header to a request that the browser sends with the `HttpOnly` cookies.
#[tokio::test]
async fn a_script_cannot_turn_a_cookie_session_into_a_token_that_it_can_read() {
    let app = app(ClientKind::HeaderOfEither).await;
    let browser = a_cookie_session(&app).await;
    let before = app.open(&browser).id().unwrap();
    for value in ["", "garbled"] {
        let mut headers = browser.request();
        headers.insert(TOKEN, value.parse().unwrap());
        let mut session = app.manager.open(&headers);
        session.cycle_id();
        session.insert("b", 1).await.unwrap();
        let mut response = HeaderMap::new();
        session.finalize(&mut response).await.unwrap();
        let token = response[TOKEN].to_str().unwrap();
        let session = app.manager.open(&request(&[(TOKEN, token)]));
        assert_ne!(session.id(), Some(before), "an empty session of its own");
        assert_eq!(session.get::<u64>("a").await.unwrap(), None);
    }
    assert_eq!(app.stored(&browser, "a").await, Some(1));
}

/// Browsers add cookies to the requests of other sites, and never a header of the application.
#[tokio::test]
async fn a_request_that_another_site_forges_has_no_header_session() {
    for clients in [ClientKind::Header, ClientKind::Bearer] {
        let app = app(clients).await;
        let token = a_session(&app).await;
        let forged = request(&[
            (header::COOKIE, &format!("{}; session-token={token}; authorization=Bearer {token}", cookie(&token))),
            (header::ORIGIN, "https://attacker.example"),
        ]);
        let mut session = app.manager.open(&forged);
        assert_eq!(session.token_status().await.unwrap(), TokenStatus::Missing);
        session.invalidate();
        let mut response = HeaderMap::new();
        session.finalize(&mut response).await.unwrap();
        assert!(response.is_empty(), "the victim keeps its token");
    }
}

#[tokio::test]
async fn a_planted_token_in_a_header_is_never_adopted() {
    for clients in [ClientKind::Header, ClientKind::Bearer, ClientKind::HeaderOfEither] {
        let (app, elsewhere) = (app(clients).await, app(clients).await);
        let token = a_session(&elsewhere).await;
        for planted in ["1", JWT, &token, &"A".repeat(token.len())] {
            let mut client = app.client_without_session();
            client.cookies.insert(Browser::SESSION.to_owned(), planted.to_owned());
            let mut session = app.open(&client);
            assert!(session.id().is_none(), "{planted}");
            session.insert("a", 1).await.unwrap();
            assert_eq!(app.finalize(session, &mut client).await.unwrap().cookies(), "session");
            assert_ne!(client.cookies[Browser::SESSION], planted);
        }
    }
}

#[tokio::test]
async fn ten_thousand_values_in_a_header_hide_no_session() {
    let app = app(ClientKind::Header).await;
    let token = a_session(&app).await;
    let long = "A".repeat(64 * 1024);
    for value in [format!("{},{token}", "x,".repeat(10_000)), format!("{token}, {long}"), format!("{long},{token}")] {
        let session = app.manager.open(&request(&[(TOKEN, &value)]));
        assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
    }
}

#[tokio::test]
async fn no_output_shows_a_token_of_a_header() {
    let log = Log::of_this_process();
    for clients in [ClientKind::Header, ClientKind::Bearer, ClientKind::HeaderOfEither] {
        let app = app(clients).await;
        let token = a_session(&app).await;
        let mut client = app.client_without_session();
        client.cookies.insert(Browser::SESSION.to_owned(), token.clone());
        let request = app.manager.begin(&client.request());
        request.session().cycle_id();
        let before = format!("{request:?} {:?} {:?}", request.session(), app.manager);
        let ended = request.end(200, |_| None).await;
        let after = format!("{ended:?}");
        let headers: Vec<_> = ended.into_headers().collect();
        let shown = [before, after, format!("{headers:?}")].concat();
        let new = headers[0].value.to_str().unwrap().to_owned();
        client.cookies.insert(Browser::SESSION.to_owned(), new[1..].to_owned());
        assert!(app.open(&client).id().is_none(), "cut");
        for text in [&shown, &log.all()] {
            for secret in [&token, &new, &new[1..]] {
                assert!(!text.contains(secret), "{clients:?}");
            }
        }
    }
}

// Log lines

/// A manager whose header no other test uses: the log belongs to the process.
fn manager(key: &SecretKey, name: &str) -> SessionManager {
    let transport = Transport::Headers(HeaderConfig::named(name).unwrap());
    SessionManager::new(MemoryStore::new(), SessionConfig::new(key.clone()).transport(transport))
}

fn lines(log: &Log, level: &str, header: &str) -> usize {
    let field = format!("header=\"{header}\"");
    log.all().lines().filter(|line| line.contains(level) && line.contains(&field)).count()
}

#[tokio::test]
async fn each_header_token_that_does_not_decrypt_is_logged_with_the_name_of_its_header() {
    let log = Log::of_this_process();
    let name = HeaderName::from_static("x-logged");
    let (ours, theirs) = (manager(&SecretKey::generate(), "x-logged"), manager(&SecretKey::generate(), "x-logged"));
    let mut session = theirs.open(&HeaderMap::new());
    session.insert("a", 1).await.unwrap();
    let mut response = HeaderMap::new();
    session.finalize(&mut response).await.unwrap();
    let foreign = response[&name].to_str().unwrap();
    for (count, value) in [foreign, JWT, "garbled"].into_iter().enumerate() {
        ours.open(&request(&[(name.clone(), value)])).id();
        assert_eq!(lines(log, "DEBUG", "x-logged"), count + 1, "{value}");
    }
    ours.open(&request(&[(name, "")])).id();
    assert_eq!(lines(log, "DEBUG", "x-logged"), 3, "an empty header requests a token");
    assert_eq!(log.all().matches("is the key the same on every server").count(), 1, "one per process");
    assert!(!log.all().contains(foreign));
}

#[tokio::test]
async fn a_token_of_another_service_suggests_no_differing_key() {
    let log = Log::of_this_process();
    let quiet = manager(&SecretKey::generate(), "x-quiet");
    quiet.open(&request(&[(HeaderName::from_static("x-quiet"), JWT)])).id();
    let bearer = SessionConfig::new(SecretKey::generate()).transport(Transport::Headers(HeaderConfig::bearer()));
    let bearer = SessionManager::new(MemoryStore::new(), bearer);
    let before = lines(log, "DEBUG", "authorization");
    bearer.open(&request(&[(header::AUTHORIZATION, &format!("Bearer {JWT}"))])).id();
    bearer.open(&request(&[(header::AUTHORIZATION, "Basic QWxhZGRpbg==")])).id();
    assert!(lines(log, "DEBUG", "authorization") > before);
    assert_eq!((lines(log, "DEBUG", "x-quiet"), lines(log, "WARN", "x-quiet")), (1, 0));
    assert_eq!(lines(log, "WARN", "authorization"), 0);
}

#[tokio::test]
async fn plain_http_is_logged_only_for_requests_that_need_cookies() {
    let log = Log::of_this_process();
    let warnings = || log.all().matches("request over plain http").count();
    let page = [(header::HOST, "10.0.0.5"), (header::ORIGIN, "http://10.0.0.5")];
    let with_token = [&page[..], &[(TOKEN, "")]].concat();
    for (clients, headers, expected) in [
        (ClientKind::Header, &page[..], 0),
        (ClientKind::Bearer, &page[..], 0),
        (ClientKind::HeaderOfEither, &with_token[..], 0),
        (ClientKind::HeaderOfEither, &page[..], 1),
    ] {
        let (app, before) = (app(clients).await, warnings());
        app.manager.begin(&request(headers)).session().id();
        if headers.len() == page.len() {
            let values = page.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect::<Vec<_>>();
            let lookup = |name: &str| {
                values.iter().filter(|(other, _)| *other == name).map(|(_, value)| *value).collect::<Vec<_>>()
            };
            app.manager.begin_from(lookup).session().id();
        }
        assert_eq!(warnings() - before, expected, "{clients:?}");
    }
}

#[tokio::test]
async fn a_garbled_token_is_removed_at_a_logout() {
    let app = app(ClientKind::Bearer).await;
    for (value, expected) in [(format!("Bearer {JWT}"), "-session"), ("Basic QWxhZGRpbg==".to_owned(), "–")] {
        let authorization = HeaderValue::try_from(value).unwrap();
        let mut session = app.manager.open(&HeaderMap::from_iter([(header::AUTHORIZATION, authorization)]));
        session.invalidate();
        let mut response = HeaderMap::new();
        session.finalize(&mut response).await.unwrap();
        assert_eq!(cookies_in(&response), expected);
    }
}
