//! One request, some of whose store operations go wrong, and everything that shows of it.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get};
use session::axum::SessionLayer;
use session::{Error, ErrorKind, Session, SessionId};
use session_tests::private_server::PASSWORD;
use session_tests::{App, Browser, Column, Fault, Request, cookies_in, outcome};
use tokio::time::timeout;
use tower::ServiceExt;

const PATIENCE: Duration = Duration::from_secs(20);

/// What a browser comes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    With(Column),
    /// A live session whose time is to be extended when it is read.
    Due,
}

impl Start {
    async fn browser(self, app: &App) -> Browser {
        match self {
            Self::With(column) => column.browser(app).await,
            Self::Due => {
                let browser = Column::Live.browser(app).await;
                app.wait(Duration::from_hours(20));
                browser
            }
        }
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::With(column) => write!(f, "{column:?}"),
            Self::Due => f.write_str("Due"),
        }
    }
}

/// How the handler takes what goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// It passes errors on; a request that hangs is cancelled as a whole.
    PassesOn,
    /// It commits by `sync`, takes no notice of what comes of that, gives up what hangs, and then writes `z`.
    CarriesOn,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub operations: String,
    /// `None` if the request was cancelled before it was answered.
    pub answer: Option<Answer>,
    /// What the browser's next request sees.
    pub sees: String,
    /// Every record that the request could touch: the one that it came with, then those that it began.
    pub stored: String,
    /// Those that live on where the browser does not see them.
    pub left: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub status: u16,
    pub kind: Option<ErrorKind>,
    pub cookies: String,
}

impl Ran {
    pub(crate) fn is_ok(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.status == 200)
    }

    pub(crate) fn cookies(&self) -> &str {
        self.answer.as_ref().map_or("–", |answer| &answer.cookies)
    }
}

/// A cell of the table.
impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} · ", self.operations)?;
        match &self.answer {
            Some(Answer { kind: Some(kind), cookies, .. }) => write!(f, "{kind:?} {cookies}")?,
            Some(Answer { status, cookies, .. }) => write!(f, "{status} {cookies}")?,
            None => f.write_str("cancelled")?,
        }
        write!(f, " · {}", self.sees)?;
        if self.left.is_empty() { Ok(()) } else { write!(f, ", left {}", self.left) }
    }
}

pub(crate) async fn run(app: &App, start: Start, request: Request, faults: &[(usize, Fault)], manner: Manner) -> Ran {
    let mut browser = start.browser(app).await;
    let came_with = app.open(&browser).id();
    app.spy.take_operations();
    app.spy.take_created();
    for (others, fault) in faults {
        app.spy.fail_after(*others, *fault);
    }
    let answer = answer(app, request, manner, &mut browser).await;
    let operations = app.spy.take_operations();
    assert_eq!(app.spy.take_faults(), 0, "{start} {request:?} {faults:?}: every fault was met, {operations}");
    let created = app.spy.take_created();
    let (seen, sees_id) = sees(app, &browser).await;
    let (mut stored, mut left) = (Vec::new(), Vec::new());
    for id in came_with.iter().chain(&created).copied() {
        let (record, live) = record(app, id).await;
        if !live && created.contains(&id) {
            continue;
        }
        if live && (sees_id != Some(id) || seen == "replaced") {
            left.push(format!("[{record}]"));
        }
        stored.push(format!("[{record}]"));
    }
    let ran = Ran { operations, answer, sees: seen, stored: stored.join(" "), left: left.join(" ") };
    the_next_requests_work(app, browser, &ran.sees).await;
    ran
}

/// Sends the request through the layer, until it is answered or hangs.
pub(crate) async fn answer(app: &App, request: Request, manner: Manner, browser: &mut Browser) -> Option<Answer> {
    let errors = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&errors);
    let on_error = move |error: Error| {
        let status = error.kind().status();
        told.lock().unwrap().push(error);
        status.into_response()
    };
    let routes: Router = Router::new().route("/", handler(app, request, manner));
    let routes = routes.layer(SessionLayer::new(app.manager.clone()).on_error(on_error));
    let mut sent = http::Request::new(Body::empty());
    *sent.headers_mut() = browser.request();
    let answered = tokio::select! {
        () = app.spy.hung(), if manner == Manner::PassesOn => None,
        answered = timeout(PATIENCE, routes.oneshot(sent)) => Some(answered.expect("an answer").unwrap()),
    };
    let errors = std::mem::take(&mut *errors.lock().unwrap());
    for error in &errors {
        assert!(error.to_string().starts_with("the session store failed to ") || error.kind() != ErrorKind::Store);
        assert_contains_no_secret(error, browser);
    }
    let response = answered?;
    browser.keep(response.headers());
    let kind = errors.first().map(Error::kind);
    assert_eq!(kind.map_or(200, |kind| kind.status().as_u16()), response.status().as_u16());
    Some(Answer { status: response.status().as_u16(), kind, cookies: cookies_in(response.headers()) })
}

fn handler(app: &App, request: Request, manner: Manner) -> MethodRouter {
    let spy = app.spy.clone();
    get(async move |mut session: Session| {
        if manner == Manner::PassesOn {
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
    assert!(!text.contains(PASSWORD), "the password is told: {text}");
    for cookie in browser.cookies.values() {
        assert!(!text.contains(cookie), "a cookie is told");
    }
}

/// The server state as the browser's next request sees it, and the session that it is in then.
pub(crate) async fn sees(app: &App, browser: &Browser) -> (String, Option<SessionId>) {
    let session = app.open(browser);
    let entries = session.entries().await.unwrap();
    (if session.is_replaced() { "replaced".to_owned() } else { line(&entries) }, session.id())
}

/// A record in one line, and whether it lives.
async fn record(app: &App, id: SessionId) -> (String, bool) {
    let session = app.manager.by_id(id);
    let live = session.meta().await.unwrap().is_some();
    (if live { line(&session.entries().await.unwrap()) } else { "gone".to_owned() }, live)
}

fn line(entries: &serde_json::Map<String, serde_json::Value>) -> String {
    let words: Vec<_> = entries.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(" ") }
}

/// A write works, unless the token is known as replaced; a sign-in always does.
pub(crate) async fn the_next_requests_work(app: &App, mut browser: Browser, sees_now: &str) {
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
