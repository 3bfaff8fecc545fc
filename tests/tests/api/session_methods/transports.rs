//! Tests of sessions whose token is in a header: client state, the status of the token, and the transport of the response.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use session::store::MemoryStore;
use session::{
    ErrorKind, HeaderConfig, SecretKey, Session, SessionConfig, SessionManager, SessionSchema, TokenStatus, Transport,
};
use session_tests::{App, Browser, ClientKind, Fault, Kind, cookies_in};

use ClientKind::*;

/// The kinds of clients without cookies.
const HEADERS: [ClientKind; 3] = [Header, Bearer, HeaderOfEither];

const TOKEN: HeaderName = HeaderName::from_static("session-token");

#[derive(SessionSchema)]
#[session(retired_client = "layout")]
struct Visitor {
    #[session(default)]
    visits: u64,
    #[session(client)]
    theme: String,
    #[session(client, default)]
    size: u8,
    #[session(client, flash)]
    notice: String,
}

async fn app(clients: ClientKind) -> App {
    App::for_clients(Kind::Memory, clients, |config| config).await
}

/// One request of a client with a session. Returns the headers of the response.
async fn respond(app: &App, client: &mut Browser, request: impl AsyncFnOnce(&mut Session)) -> HeaderMap {
    let mut session = app.open(client);
    request(&mut session).await;
    app.finalize(session, client).await.unwrap().0
}

#[tokio::test]
async fn a_session_lives_in_a_header_from_its_creation_to_its_end() {
    for clients in ClientKind::ALL {
        let app = app(clients).await;
        let mut client = app.client_without_session();
        let created = respond(&app, &mut client, async |session| session.insert("a", 1).await.unwrap()).await;
        let first = client.clone();
        let rotated = respond(&app, &mut client, async |session| session.cycle_id()).await;
        assert_eq!(app.stored(&client, "a").await, Some(1));
        assert_eq!(app.stored(&first, "a").await, None, "the earlier token");
        let restart = async |session: &mut Session| {
            session.restart();
            session.insert("b", 2).await.unwrap();
        };
        let restarted = respond(&app, &mut client, restart).await;
        assert_eq!((app.stored(&client, "a").await, app.stored(&client, "b").await), (None, Some(2)));
        let ended = respond(&app, &mut client, async |session| session.invalidate()).await;
        assert!(client.cookies.is_empty());
        for (response, cookies) in
            [(created, "session"), (rotated, "session"), (restarted, "session"), (ended, "-session")]
        {
            assert_eq!(cookies_in(&response), cookies, "{clients:?}");
            assert_eq!(response["cache-control"], "no-store", "{clients:?}");
        }
        app.spy.take_operations();
        let untouched = respond(&app, &mut client, async |session| _ = session.get_raw("a").await.unwrap()).await;
        assert!(untouched.is_empty());
    }
}

#[tokio::test]
async fn a_response_with_a_token_removes_the_headers_of_content_delivery_networks() {
    for clients in HEADERS {
        let app = app(clients).await;
        let mut session = app.open(&app.client_without_session());
        session.insert("a", 1).await.unwrap();
        let names = ["cache-control", "cdn-cache-control", "surrogate-control", "session-token"];
        let mut response: HeaderMap = names
            .map(|name| (HeaderName::from_static(name), HeaderValue::from_static("max-age=60")))
            .into_iter()
            .collect();
        session.finalize(&mut response).await.unwrap();
        assert_eq!(response["cache-control"], "no-store");
        assert_eq!(response.get_all(TOKEN).iter().count(), 1, "a token of the handler is replaced");
        assert!(response[TOKEN].is_sensitive() && response[TOKEN] != "max-age=60");
        assert_eq!(response.len(), 2);
    }
}

#[tokio::test]
async fn a_failed_request_sends_the_token_of_an_earlier_commit() {
    for clients in ClientKind::ALL {
        let app = app(clients).await;
        let mut client = app.browser_with(&[("a", 1)]).await;
        let mut session = app.open(&client);
        session.cycle_id();
        session.sync().await.unwrap();
        session.insert("b", 2).await.unwrap();
        let response = app.abandon(session, &mut client).await.unwrap();
        assert_eq!(response.cookies(), "session", "{clients:?}");
        assert_eq!((app.stored(&client, "a").await, app.stored(&client, "b").await), (Some(1), None));
        let mut session = app.open(&client);
        session.invalidate();
        assert_eq!(app.abandon(session, &mut client).await.unwrap().cookies(), "-session", "{clients:?}");
    }
}

#[tokio::test]
async fn a_cancelled_commit_is_sent_again_with_the_same_token() {
    for clients in ClientKind::ALL {
        for fault in [Fault::Hang, Fault::Stall] {
            let app = app(clients).await;
            let mut client = app.client_without_session();
            let mut session = app.open(&client);
            session.insert("a", 1).await.unwrap();
            app.spy.fail_next("create", fault);
            assert!(app.spy.run_until_hang(session.sync()).await.is_none(), "the store does not reply");
            let response = app.finalize(session, &mut client).await.unwrap();
            assert_eq!(response.cookies(), "session", "{clients:?}, {fault:?}");
            assert_eq!(app.stored(&client, "a").await, Some(1));
        }
    }
}

#[tokio::test]
async fn client_state_reads_as_absent_under_a_header_and_writing_it_is_no_browser() {
    for clients in HEADERS {
        let app = app(clients).await;
        let client = app.browser_with(&[("visits", 1)]).await;
        let mut session = app.open(&client);
        let mut visitor = session.typed_mut::<Visitor>();
        assert_eq!((visitor.theme().unwrap(), visitor.size().unwrap()), (None, 0));
        assert_eq!(visitor.peek_notice().unwrap(), None);
        assert_eq!(visitor.snapshot().await.unwrap().theme, None);
        for error in [
            visitor.set_theme("dark".into()).unwrap_err(),
            visitor.unset_theme().unwrap_err(),
            visitor.remove_theme().unwrap_err(),
            visitor.take_notice().unwrap_err(),
            visitor.update_size(|size| *size += 1).unwrap_err(),
            visitor.client_mut().insert("a", 1).unwrap_err(),
            visitor.client_mut().remove::<u64>("a").unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::NoBrowser);
            assert!(error.to_string().contains("header transport"), "{error}");
        }
        visitor.set_visits(2).unwrap();
        assert!(session.client().is_empty() && session.client().entries().is_empty());
        let mut response = HeaderMap::new();
        session.finalize(&mut response).await.unwrap();
        assert!(response.is_empty(), "retired client keys and reads of client state need no header");
        assert_eq!(app.stored(&client, "visits").await, Some(2));
    }
}

#[tokio::test]
async fn a_method_without_a_result_that_edits_client_state_fails_the_next_commit() {
    for clients in HEADERS {
        let app = app(clients).await;
        let client = app.browser_with(&[("a", 1)]).await;
        let edits: [fn(&mut Session); 2] =
            [|session| session.client_mut().clear(), |session| drop(session.client_mut().remove_raw("theme"))];
        for edit in edits {
            let mut session = app.open(&client);
            session.insert("a", 2).await.unwrap();
            edit(&mut session);
            let error = session.sync().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NoBrowser);
            assert!(error.to_string().contains("header transport"), "{error}");
            assert_eq!(app.spy.take_operations(), "");
        }
    }
}

#[tokio::test]
async fn a_logout_does_not_fail_because_of_client_state_that_was_cleared() {
    for clients in HEADERS {
        for is_failed in [false, true] {
            let app = app(clients).await;
            let mut client = app.browser_with(&[("a", 1)]).await;
            let mut session = app.open(&client);
            session.client_mut().clear();
            session.invalidate();
            session.client_mut().clear();
            let ended = if is_failed {
                app.abandon(session, &mut client).await
            } else {
                app.finalize(session, &mut client).await
            };
            assert_eq!(ended.unwrap().cookies(), "-session");
            assert_eq!(app.spy.take_operations(), "delete");
        }
    }
}

/// The deletion must be executed, in whichever order the handler calls the methods.
#[tokio::test]
async fn every_deletion_is_executed_although_client_state_is_cleared() {
    let deletions: [fn(&mut Session); 3] = [Session::invalidate, Session::restart, Session::delete];
    for clients in HEADERS {
        for (deletion, is_cleared_first) in
            deletions.into_iter().flat_map(|deletion| [(deletion, false), (deletion, true)])
        {
            let app = app(clients).await;
            let client = app.browser_with(&[("a", 1)]).await;
            let mut session = app.open(&client);
            if is_cleared_first {
                session.client_mut().clear();
            }
            deletion(&mut session);
            session.client_mut().clear();
            session.finalize(&mut HeaderMap::new()).await.unwrap();
            assert_eq!(app.spy.take_operations(), "delete");
            assert_eq!(app.stored(&client, "a").await, None);
        }
    }
}

#[tokio::test]
async fn the_token_status_distinguishes_missing_valid_replaced_and_invalid_tokens() {
    for clients in ClientKind::ALL {
        let app = app(clients).await;
        let status = async |client: &Browser| {
            let session = app.open(client);
            let status = session.token_status().await.unwrap();
            session.get_raw("a").await.unwrap();
            let operations = app.spy.take_operations();
            (status, operations.split(' ').count(), operations)
        };
        let status = async |client: &Browser| {
            let (status, count, operations) = status(client).await;
            assert!(count <= 1, "the load is shared: {operations}");
            format!("{status:?} {operations}")
        };
        assert_eq!(status(&app.client_without_session()).await, "Missing ");
        let mut client = app.browser_with(&[("a", 1)]).await;
        assert_eq!(status(&client).await, "Valid load");
        let old = client.clone();
        respond(&app, &mut client, async |session| session.cycle_id()).await;
        app.spy.take_operations();
        assert_eq!(status(&old).await, "Replaced load");
        assert_eq!(status(&client).await, "Valid load");
        app.advance(Duration::from_mins(1));
        assert_eq!(status(&old).await, "Invalid load", "the grace period is over");
        let mut garbled = client.clone();
        garbled.cookies.insert(Browser::SESSION.to_owned(), "eyJhbGciOiJIUzI1NiJ9.e30.x".to_owned());
        assert_eq!(status(&garbled).await, "Invalid ");
        let stolen = client.clone();
        respond(&app, &mut client, async |session| session.invalidate()).await;
        app.spy.take_operations();
        assert_eq!(status(&stolen).await, "Invalid load", "logged out");
        let expired = app.browser_with(&[("a", 1)]).await;
        app.advance(Duration::from_hours(25));
        assert_eq!(status(&expired).await, "Invalid load", "idle");
        app.advance(Duration::from_hours(24 * 31));
        assert_eq!(status(&expired).await, "Invalid ", "past its absolute end");
    }
}

#[tokio::test]
async fn the_token_status_is_about_the_token_that_the_request_sent() {
    let app = app(Header).await;
    let mut session = app.open(&app.client_without_session());
    session.insert("a", 1).await.unwrap();
    session.sync().await.unwrap();
    assert_eq!(session.token_status().await.unwrap(), TokenStatus::Missing, "this request created the session");
    let client = app.browser_with(&[("a", 1)]).await;
    let mut session = app.open(&client);
    session.cycle_id();
    session.sync().await.unwrap();
    assert_eq!(session.token_status().await.unwrap(), TokenStatus::Valid, "this request rotated the token");
    session.restart();
    session.insert("b", 1).await.unwrap();
    session.sync().await.unwrap();
    assert_eq!(session.token_status().await.unwrap(), TokenStatus::Invalid, "this request deleted the session");
    let by_id = app.manager.by_id(session.id().unwrap());
    assert_eq!(by_id.token_status().await.unwrap(), TokenStatus::Missing);
}

/// A proxy may join the lines of several headers with commas.
#[tokio::test]
async fn a_bearer_token_is_found_beside_other_credentials_in_one_header_or_in_several() {
    let app = app(Bearer).await;
    let client = app.browser_with(&[("a", 1)]).await;
    let ours = client.request()[header::AUTHORIZATION].to_str().unwrap().to_owned();
    for other in
        ["Basic QWxhZGRpbg==", "Digest username=\"a\", realm=\"b\"", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x", "Bearer", ""]
    {
        for values in [[other, &ours], [&ours, other]] {
            let pairs = |values: &[String]| -> HeaderMap {
                values.iter().map(|value| (header::AUTHORIZATION, value.parse().unwrap())).collect()
            };
            for request in [pairs(&values.map(str::to_owned)), pairs(&[values.join(", ")])] {
                let session = app.manager.open(&request);
                assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1), "{values:?}, {} headers", request.len());
            }
        }
    }
}

// Either

fn with_headers(parts: &[HeaderMap]) -> HeaderMap {
    let pairs = parts.iter().flat_map(|part| part.iter().map(|(name, value)| (name.clone(), value.clone())));
    pairs.collect()
}

fn token(text: &str) -> HeaderMap {
    HeaderMap::from_iter([(TOKEN, HeaderValue::try_from(text).unwrap())])
}

/// Writes in a request, and returns the cookies or the token of the response.
async fn write(manager: &SessionManager, request: &HeaderMap) -> HeaderMap {
    let mut session = manager.open(request);
    session.insert("written", 1).await.unwrap();
    let mut response = HeaderMap::new();
    session.finalize(&mut response).await.unwrap();
    response
}

#[tokio::test]
async fn a_request_with_the_header_never_uses_its_cookies() {
    let app = app(HeaderOfEither).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert("a", 1).await.unwrap();
    session.client_mut().insert("theme", "dark").unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    for value in ["", "garbled", &browser.cookies[Browser::SESSION]] {
        let request = with_headers(&[browser.request(), token(value)]);
        let session = app.manager.open(&request);
        assert_eq!(session.get::<u64>("a").await.unwrap(), None, "{value}");
        assert!(session.id().is_none() && session.client().is_empty());
        let response = write(&app.manager, &request).await;
        assert!(!response.contains_key(header::SET_COOKIE));
        assert!(response[TOKEN].len() > 100, "a token of its own");
    }
    assert_eq!(app.stored(&browser, "a").await, Some(1));
}

#[tokio::test]
async fn a_request_without_the_header_uses_cookies_also_beside_a_foreign_bearer_token() {
    let app = app(HeaderOfEither).await;
    let mut browser = Browser::default();
    let mut session = app.open(&browser);
    session.insert("a", 1).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    let bearer = HeaderValue::from_static("Bearer eyJhbGciOiJIUzI1NiJ9.e30.x");
    let request = with_headers(&[browser.request(), HeaderMap::from_iter([(header::AUTHORIZATION, bearer)])]);
    let session = app.manager.open(&request);
    assert_eq!(session.get::<u64>("a").await.unwrap(), Some(1));
    assert_eq!(session.token_status().await.unwrap(), TokenStatus::Valid);
    let first = write(&app.manager, &HeaderMap::new()).await;
    assert!(first.contains_key(header::SET_COOKIE) && !first.contains_key(TOKEN));
}

#[test]
#[should_panic(expected = "`Transport::Either` needs a header of its own")]
fn either_with_bearer_tokens_panics() {
    _ = SessionConfig::new(SecretKey::generate()).transport(Transport::Either(HeaderConfig::bearer()));
}

#[tokio::test]
async fn a_header_has_the_name_that_the_application_chose() {
    let header = HeaderConfig::named("X-Shop").unwrap();
    let config = SessionConfig::new(SecretKey::generate()).transport(Transport::Headers(header));
    let manager = SessionManager::new(MemoryStore::new(), config);
    let response = write(&manager, &HeaderMap::new()).await;
    let request = HeaderMap::from_iter([(HeaderName::from_static("x-shop"), response["x-shop"].clone())]);
    assert_eq!(manager.open(&request).get::<u64>("written").await.unwrap(), Some(1));
    let session = manager.begin_from(|name| request.get(name).map(HeaderValue::as_bytes));
    assert_eq!(session.session().get::<u64>("written").await.unwrap(), Some(1));
}
