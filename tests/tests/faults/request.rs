//! Runs one request with faults, and collects everything that is observable.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http;
use axum::routing::{MethodRouter, get};
use session::axum::SessionLayer;
use session::{Error, ErrorKind, Session, SessionId};
use session_tests::private_server::PASSWORD;
use session_tests::{App, Browser, CookieState, Fault, Request, cookies_in, outcome};
use tokio::time::timeout;
use tower::ServiceExt;

const TIMEOUT: Duration = Duration::from_secs(20);

/// The initial state of the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    With(CookieState),
    /// A live session that is renewed when it is read.
    Due,
}

impl Start {
    async fn browser(self, app: &App) -> Browser {
        match self {
            Self::With(cookie) => cookie.browser(app).await,
            Self::Due => {
                let browser = CookieState::Live.browser(app).await;
                app.advance(Duration::from_hours(20));
                browser
            }
        }
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::With(cookie) => write!(f, "{cookie:?}"),
            Self::Due => f.write_str("Due"),
        }
    }
}

/// The reaction of the handler to a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnFault {
    /// Returns the error. A request that hangs is cancelled.
    Return,
    /// Calls `sync`, ignores its result, cancels an operation that hangs, and then writes `z`.
    Continue,
}

/// The observable result of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub operations: String,
    /// `None` if the request was cancelled before its response.
    pub response: Option<Response>,
    /// The server state in the next request of the browser.
    pub sees: String,
    /// Every record that the request could change: the original one, then the created ones.
    pub stored: String,
    /// Live records that the browser cannot see.
    pub left: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    pub status: u16,
    pub kind: Option<ErrorKind>,
    pub cookies: String,
}

impl Run {
    pub(crate) fn is_ok(&self) -> bool {
        self.response.as_ref().is_some_and(|response| response.status == 200)
    }

    pub(crate) fn cookies(&self) -> &str {
        self.response.as_ref().map_or("–", |response| &response.cookies)
    }
}

/// A cell of the table.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} · ", self.operations)?;
        match &self.response {
            Some(Response { kind: Some(kind), cookies, .. }) => write!(f, "{kind:?} {cookies}")?,
            Some(Response { status, cookies, .. }) => write!(f, "{status} {cookies}")?,
            None => f.write_str("cancelled")?,
        }
        write!(f, " · {}", self.sees)?;
        if self.left.is_empty() { Ok(()) } else { write!(f, ", left {}", self.left) }
    }
}

pub(crate) async fn run(
    app: &App,
    start: Start,
    request: Request,
    faults: &[(usize, Fault)],
    on_fault: OnFault,
) -> Run {
    let mut browser = start.browser(app).await;
    let original = app.open(&browser).id();
    app.spy.take_operations();
    app.spy.take_created();
    for (others, fault) in faults {
        app.spy.fail_after(*others, *fault);
    }
    let response = respond(app, request, on_fault, &mut browser).await;
    let operations = app.spy.take_operations();
    assert_eq!(app.spy.take_faults(), 0, "{start} {request:?} {faults:?}: a fault was not used: {operations}");
    let created = app.spy.take_created();
    let (seen, sees_id) = sees(app, &browser).await;
    let (mut stored, mut left) = (Vec::new(), Vec::new());
    for id in original.iter().chain(&created).copied() {
        let (record, live) = record(app, id).await;
        if !live && created.contains(&id) {
            continue;
        }
        if live && (sees_id != Some(id) || seen == "replaced") {
            left.push(format!("[{record}]"));
        }
        stored.push(format!("[{record}]"));
    }
    let run = Run { operations, response, sees: seen, stored: stored.join(" "), left: left.join(" ") };
    assert_next_requests_work(app, browser, &run.sees).await;
    run
}

/// Sends the request through the layer until it finishes or hangs.
pub(crate) async fn respond(app: &App, request: Request, on_fault: OnFault, browser: &mut Browser) -> Option<Response> {
    let errors = Arc::new(Mutex::new(Vec::new()));
    let reported = Arc::clone(&errors);
    let layer = SessionLayer::new(app.manager.clone()).on_error(move |failure| {
        let status = failure.error().status();
        reported.lock().unwrap().push(failure.into_error());
        status
    });
    let routes: Router = Router::new().route("/", handler(app, request, on_fault));
    let routes = routes.layer(layer);
    let mut http_request = http::Request::new(Body::empty());
    *http_request.headers_mut() = browser.request();
    let finished = tokio::select! {
        () = app.spy.hung(), if on_fault == OnFault::Return => None,
        finished = timeout(TIMEOUT, routes.oneshot(http_request)) => Some(finished.expect("a response in time").unwrap()),
    };
    let errors = std::mem::take(&mut *errors.lock().unwrap());
    for error in &errors {
        assert!(error.to_string().starts_with("failed to ") || error.kind() != ErrorKind::Store);
        assert_contains_no_secret(error, browser);
    }
    let response = finished?;
    browser.keep(response.headers());
    let kind = errors.first().map(Error::kind);
    assert_eq!(kind.map_or(200, |kind| kind.status().as_u16()), response.status().as_u16());
    Some(Response { status: response.status().as_u16(), kind, cookies: cookies_in(response.headers()) })
}

fn handler(app: &App, request: Request, on_fault: OnFault) -> MethodRouter {
    let spy = app.spy.clone();
    get(async move |mut session: Session| {
        if on_fault == OnFault::Return {
            return request.run(&mut session).await.map(drop);
        }
        let mut committing = session.handle();
        let commit = async {
            _ = request.run(&mut committing).await;
            _ = committing.sync().await;
        };
        tokio::select! {
            () = spy.hung() => {}
            () = commit => {}
        }
        session.insert("z", 8).await
    })
}

fn assert_contains_no_secret(error: &Error, browser: &Browser) {
    let source = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let text = format!("{error} {error:?} {source}");
    assert!(!text.contains(PASSWORD), "the error contains the password: {text}");
    for cookie in browser.cookies.values() {
        assert!(!text.contains(cookie), "the error contains a cookie");
    }
}

/// The server state in the next request of the browser, and the id of its session.
pub(crate) async fn sees(app: &App, browser: &Browser) -> (String, Option<SessionId>) {
    let session = app.open(browser);
    let entries = session.entries().await.unwrap();
    (if session.is_replaced() { "replaced".to_owned() } else { line(&entries) }, session.id())
}

/// A record in one line, and if it is live.
async fn record(app: &App, id: SessionId) -> (String, bool) {
    let session = app.manager.by_id(id);
    let live = session.meta().await.unwrap().is_some();
    (if live { line(&session.entries().await.unwrap()) } else { "deleted".to_owned() }, live)
}

fn line(entries: &serde_json::Map<String, serde_json::Value>) -> String {
    let words: Vec<_> = entries.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(" ") }
}

/// Checks that a write succeeds unless the token is replaced, and that a login always succeeds.
pub(crate) async fn assert_next_requests_work(app: &App, mut browser: Browser, sees_now: &str) {
    let mut session = app.open(&browser);
    session.insert("c", 3).await.unwrap();
    let written = app.finalize(session, &mut browser).await;
    let expected = if sees_now == "replaced" { "Replaced" } else { "ok" };
    assert_eq!(outcome(&written), expected, "{written:?}");
    let mut session = app.open(&browser);
    session.cycle_id();
    session.insert("d", 4).await.unwrap();
    app.finalize(session, &mut browser).await.unwrap();
    let seen = match sees_now {
        "replaced" => "d=4".to_owned(),
        "nothing" => "c=3 d=4".to_owned(),
        before => {
            let mut words: Vec<_> = before.split(' ').chain(["c=3", "d=4"]).collect();
            words.sort_unstable();
            words.join(" ")
        }
    };
    assert_eq!(sees(app, &browser).await.0, seen);
}
