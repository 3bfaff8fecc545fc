//! Tests of the outcome that each operation of a store reports while its server is down, and after it restarted.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use session::ErrorKind;
use session::store::{DeleteCondition, IndexHash, SessionStore, StoreError, Unavailable};
use session_tests::private_server::{Engine, PrivateServer};
use session_tests::sample::{ID, NOW, TOKEN, entry, is_done, number, record, set};
use session_tests::{App, CookieState, Request};
use tokio::time::timeout;

use super::super::request::{OnFault, respond, sees};

/// So long that an operation which waits for it does not return within a test.
const STORE_TIMEOUT: Duration = Duration::from_hours(1);

/// Long enough for a busy machine.
const TEST_TIMEOUT: Duration = Duration::from_mins(1);

const USER: IndexHash = IndexHash::from_bytes([10; 32]);

/// The outcome of an operation that a store reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    NotSent,
    TimedOut,
    Unknown,
}

async fn outcome<T>(operation: impl Future<Output = Result<T, StoreError>>) -> Outcome {
    match timeout(TEST_TIMEOUT, operation).await.expect("the operation returns") {
        Ok(_) => Outcome::Done,
        Err(error) => match error.downcast_ref() {
            Some(Unavailable::NotSent(_)) => Outcome::NotSent,
            Some(Unavailable::TimedOut(_)) => Outcome::TimedOut,
            _ => Outcome::Unknown,
        },
    }
}

const OPERATIONS: [&str; 8] =
    ["load", "create", "create with an index entry", "commit", "delete", "find", "scan", "delete_expired"];

async fn run(store: &Arc<dyn SessionStore>, operation: &str) -> Outcome {
    match operation {
        "load" => outcome(store.load(&ID, NOW)).await,
        "create" => outcome(store.create(&number(20), &record(&[]), &[])).await,
        "create with an index entry" => {
            outcome(store.create(&number(21), &record(&[]), &[entry("user", Some(USER))])).await
        }
        "commit" => outcome(store.commit(&ID, &set(&[("a", "2")]))).await,
        "delete" => outcome(store.delete(&number(9), DeleteCondition::Token(TOKEN), NOW)).await,
        "find" => outcome(store.find(&USER, None, 10, NOW)).await,
        "scan" => outcome(store.scan(None, 10, NOW)).await,
        _ => outcome(store.delete_expired(NOW, 10)).await,
    }
}

/// A store with one session, which has executed each operation once.
async fn store(server: &PrivateServer, store_timeout: Duration) -> Arc<dyn SessionStore> {
    let store = server.store(store_timeout).await;
    assert!(store.create(&ID, &record(&[("a", "1")]), &[]).await.unwrap());
    for operation in OPERATIONS {
        assert_eq!(run(&store, operation).await, Outcome::Done, "{operation}");
    }
    store
}

async fn while_the_server_is_down_no_operation_is_sent_and_the_first_after_a_restart_works(engine: Engine) {
    let mut server = PrivateServer::start(engine, &[]);
    let store = store(&server, STORE_TIMEOUT).await;
    for first in ["commit", "load"] {
        server.kill();
        // The pool does not know yet that its connections are closed. A load is retried on a new one.
        assert_eq!(run(&store, "load").await, Outcome::NotSent);
        for operation in OPERATIONS {
            assert_eq!(run(&store, operation).await, Outcome::NotSent, "{operation}");
        }
        server.restart();
        assert_eq!(run(&store, first).await, Outcome::Done, "the first operation after the restart");
        assert!(is_done(&store.commit(&ID, &set(&[("a", "3")])).await.unwrap()));
    }
}

/// Requests that query the store, and the only operation that each sends.
const REQUESTS: [(CookieState, Request, &str); 8] = [
    (CookieState::Live, Request::Reads, "load"),
    (CookieState::Live, Request::Writes, "commit"),
    (CookieState::Live, Request::Updates, "load"),
    (CookieState::Live, Request::LogsIn, "commit"),
    (CookieState::Live, Request::ReadsThenLogsIn, "load"),
    (CookieState::Live, Request::RestartsThenWrites, "delete"),
    (CookieState::NoCookie, Request::LogsIn, "create"),
    (CookieState::NoCookie, Request::Updates, "create"),
];

async fn while_the_server_is_down_each_request_makes_one_operation_and_stores_nothing(engine: Engine) {
    let mut server = PrivateServer::start(engine, &[]);
    let store = store(&server, STORE_TIMEOUT).await;
    let app = App::on_store(Arc::clone(&store), |config| config.store_timeout(STORE_TIMEOUT));
    let mut browsers = Vec::new();
    for (state, ..) in REQUESTS {
        browsers.push(state.browser(&app).await);
    }
    server.kill();
    assert_eq!(run(&store, "load").await, Outcome::NotSent);
    app.spy.take_operations();
    for (browser, (_, request, operation)) in browsers.iter_mut().zip(REQUESTS) {
        let before = browser.cookies.clone();
        let response = respond(&app, request, OnFault::Return, browser).await.expect("a response in time");
        assert_eq!((response.status, response.kind), (503, Some(ErrorKind::Store)), "{request:?}");
        assert_eq!(app.spy.take_operations(), operation, "{request:?}");
        assert_eq!(browser.cookies, before, "{request:?}");
    }
    server.restart();
    for (browser, (state, request, _)) in browsers.into_iter().zip(REQUESTS) {
        let expected = if state == CookieState::Live { "a=1" } else { "nothing" };
        assert_eq!(sees(&app, &browser).await.0, expected, "{request:?}: nothing was stored");
    }
}

async fn a_server_that_is_killed_during_a_statement_leaves_its_outcome_unknown(engine: Engine) {
    for operation in ["create", "commit", "delete"] {
        let mut server = PrivateServer::start(engine, &[]);
        let store = store(&server, STORE_TIMEOUT).await;
        server.pause();
        let sent = tokio::spawn({
            let store = Arc::clone(&store);
            async move { run(&store, operation).await }
        });
        // Until the statement is in the buffer of the paused server.
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(!sent.is_finished(), "{operation}");
        server.kill();
        assert_eq!(sent.await.unwrap(), Outcome::Unknown, "{operation}");
        assert_eq!(run(&store, operation).await, Outcome::NotSent, "{operation}");
    }
}

async fn a_paused_server_times_out_once_and_then_accepts_no_connection(engine: Engine) {
    let server = PrivateServer::start(engine, &[]);
    let store = store(&server, Duration::from_secs(1)).await;
    server.pause();
    assert_eq!(run(&store, "commit").await, Outcome::TimedOut, "the statement was sent");
    for operation in ["commit", "load"] {
        assert_eq!(run(&store, operation).await, Outcome::NotSent, "{operation}: no connection could be opened");
    }
    server.resume();
    assert_eq!(run(&store, "commit").await, Outcome::Done);
}

macro_rules! on_every_server {
    ($($name:ident),* $(,)?) => {
        mod postgres {
            use super::*;
            $(#[tokio::test] async fn $name() { super::$name(Engine::Postgres).await; })*
        }

        mod mysql {
            use super::*;
            $(#[tokio::test] async fn $name() { super::$name(Engine::MySql).await; })*
        }

        mod redis {
            use super::*;
            $(#[tokio::test] async fn $name() { super::$name(Engine::Redis).await; })*
        }
    };
}

on_every_server!(
    while_the_server_is_down_no_operation_is_sent_and_the_first_after_a_restart_works,
    while_the_server_is_down_each_request_makes_one_operation_and_stores_nothing,
    a_server_that_is_killed_during_a_statement_leaves_its_outcome_unknown,
    a_paused_server_times_out_once_and_then_accepts_no_connection,
);
