//! Tests of a server that is temporarily unavailable. The application recovers without a restart.

use std::time::Duration;

use futures_util::future::join_all;
use session::ErrorKind;
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::{App, Browser, CookieState, Request, outcome};

use super::super::request::{OnFault, assert_next_requests_work, respond, sees};
use Request::*;

/// Long enough for a busy machine, and short enough for a test.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outage {
    Stopped,
    Killed,
    Paused,
}

impl Outage {
    fn begin(self, server: &mut PrivateServer) {
        match self {
            Self::Stopped => server.stop(),
            Self::Killed => server.kill(),
            Self::Paused => server.pause(),
        }
    }

    fn end(self, server: &mut PrivateServer) {
        match self {
            Self::Stopped | Self::Killed => server.restart(),
            Self::Paused => server.resume(),
        }
    }
}

pub(crate) async fn app(server: &PrivateServer) -> App {
    App::on_store(server.store(TIMEOUT).await, |config| config)
}

/// Requests that query the store, and the server state after they are stored.
const REQUESTS: [(Request, &str); 8] = [
    (Reads, "a=1"),
    (Writes, "a=1 b=2"),
    (Updates, "a=1"),
    (Clears, "nothing"),
    (LogsIn, "replaced"),
    (Deletes, "nothing"),
    (Invalidates, "nothing"),
    (RestartsThenWrites, "nothing"),
];

async fn test_outage(engine: Engine, outage: Outage) {
    let mut server = PrivateServer::start(engine, &[]);
    let app = app(&server).await;
    let mut browsers = Vec::new();
    for _ in REQUESTS {
        browsers.push(CookieState::Live.browser(&app).await);
    }
    // Opens one connection per request.
    join_all(browsers.iter().map(|browser| sees(&app, browser))).await;
    outage.begin(&mut server);
    let mut requests = browsers.iter().cloned().zip(REQUESTS).collect::<Vec<_>>();
    requests.push((Browser::default(), (Writes, "nothing")));
    let during = requests.iter_mut().map(async |(browser, (request, _))| {
        let before = browser.cookies.clone();
        let response = respond(&app, *request, OnFault::Return, browser).await.expect("a response in time");
        assert_eq!((response.status, response.kind), (503, Some(ErrorKind::Store)), "{request:?}");
        assert_eq!(browser.cookies, before, "{request:?}");
    });
    join_all(during).await;
    for request in [Untouched, WritesClientState] {
        let response = respond(&app, request, OnFault::Return, &mut browsers[0]).await.unwrap();
        assert_eq!(response.status, 200, "{request:?} queries no server");
    }
    outage.end(&mut server);
    for (browser, (request, after)) in browsers.into_iter().zip(REQUESTS) {
        let (seen, _) = sees(&app, &browser).await;
        if outage == Outage::Paused {
            // An operation that had reached the server may be stored now.
            assert!(seen == "a=1" || seen == after, "{request:?}: {seen}");
            assert_login_works(&app, browser, request).await;
        } else {
            assert_eq!(seen, "a=1", "{request:?}: nothing was stored");
            assert_next_requests_work(&app, browser, &seen).await;
        }
    }
}

/// A login succeeds, even if an earlier request is still in flight.
async fn assert_login_works(app: &App, mut browser: Browser, request: Request) {
    let mut session = app.open(&browser);
    session.cycle_id();
    session.insert("d", 4).await.unwrap();
    assert_eq!(outcome(&app.finalize(session, &mut browser).await), "ok", "{request:?}");
    let (seen, _) = sees(app, &browser).await;
    assert!(["a=1 d=4", "a=1 b=2 d=4", "d=4"].contains(&&*seen), "{request:?}: {seen}");
}

macro_rules! on_every_server {
    ($($name:ident: $outage:ident),* $(,)?) => {
        mod postgres {
            use super::*;
            $(#[tokio::test] async fn $name() { test_outage(Engine::Postgres, Outage::$outage).await; })*
        }

        mod mysql {
            use super::*;
            $(#[tokio::test] async fn $name() { test_outage(Engine::MySql, Outage::$outage).await; })*
        }

        mod redis {
            use super::*;
            $(#[tokio::test] async fn $name() { test_outage(Engine::Redis, Outage::$outage).await; })*
        }
    };
}

on_every_server!(
    a_stopped_server_fails_requests_until_it_restarts: Stopped,
    a_killed_server_fails_requests_until_it_restarts: Killed,
    a_hanging_server_fails_requests_until_it_responds: Paused,
);
