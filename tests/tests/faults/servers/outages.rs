//! A server that is not there for a while. The application keeps running, and needs no restart.

use std::time::Duration;

use futures_util::future::join_all;
use session::ErrorKind;
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::{App, Browser, Column, Request, outcome};

use super::super::request::{Manner, answer, sees, the_next_requests_work};
use Request::*;

/// Long enough for a busy machine, and short enough to be waited for.
pub(crate) const DEADLINE: Duration = Duration::from_secs(1);

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
            Self::Stopped | Self::Killed => server.start_again(),
            Self::Paused => server.resume(),
        }
    }
}

pub(crate) async fn app(server: &PrivateServer) -> App {
    App::over(server.store(DEADLINE).await, |config| config)
}

/// Requests that ask the store, and what a later one sees once they have been carried out.
const ASKING: [(Request, &str); 8] = [
    (Reads, "a=1"),
    (Writes, "a=1 b=2"),
    (Updates, "a=1"),
    (Clears, "nothing"),
    (SignsIn, "replaced"),
    (Deletes, "nothing"),
    (Invalidates, "nothing"),
    (RestartsThenWrites, "nothing"),
];

async fn an_outage(engine: Engine, outage: Outage) {
    let mut server = PrivateServer::start(engine, &[]);
    let app = app(&server).await;
    let mut browsers = Vec::new();
    for _ in ASKING {
        browsers.push(Column::Live.browser(&app).await);
    }
    // As many connections as there are requests.
    join_all(browsers.iter().map(|browser| sees(&app, browser))).await;
    outage.begin(&mut server);
    let mut asking = browsers.iter().cloned().zip(ASKING).collect::<Vec<_>>();
    asking.push((Browser::default(), (Writes, "nothing")));
    let during = asking.iter_mut().map(async |(browser, (request, _))| {
        let before = browser.cookies.clone();
        let answer = answer(&app, *request, Manner::PassesOn, browser).await.expect("an answer in time");
        assert_eq!((answer.status, answer.kind), (503, Some(ErrorKind::Store)), "{request:?}");
        assert_eq!(browser.cookies, before, "{request:?}");
    });
    join_all(during).await;
    for request in [Untouched, WritesClientState] {
        let answer = answer(&app, request, Manner::PassesOn, &mut browsers[0]).await.unwrap();
        assert_eq!(answer.status, 200, "{request:?} asks no server");
    }
    outage.end(&mut server);
    for (browser, (request, carried_out)) in browsers.into_iter().zip(ASKING) {
        let (seen, _) = sees(&app, &browser).await;
        if outage == Outage::Paused {
            // What had reached the server may be carried out now.
            assert!(seen == "a=1" || seen == carried_out, "{request:?}: {seen}");
            a_login_works(&app, browser, request).await;
        } else {
            assert_eq!(seen, "a=1", "{request:?}: nothing was stored");
            the_next_requests_work(&app, browser, &seen).await;
        }
    }
}

/// Whatever comes of a request before it that is still on its way.
async fn a_login_works(app: &App, mut browser: Browser, request: Request) {
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
            $(#[tokio::test] async fn $name() { an_outage(Engine::Postgres, Outage::$outage).await; })*
        }

        mod mysql {
            use super::*;
            $(#[tokio::test] async fn $name() { an_outage(Engine::MySql, Outage::$outage).await; })*
        }

        mod redis {
            use super::*;
            $(#[tokio::test] async fn $name() { an_outage(Engine::Redis, Outage::$outage).await; })*
        }
    };
}

on_every_server!(
    a_server_that_was_stopped_fails_requests_until_it_is_back: Stopped,
    a_server_that_was_killed_fails_requests_until_it_is_back: Killed,
    a_server_that_hangs_fails_requests_until_it_answers: Paused,
);
