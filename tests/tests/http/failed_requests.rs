//! Tests of the rule for failed requests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use http::HeaderName;
use session::SessionSchema;
use session_tests::{Fault, Log};

use super::frameworks::FailureRule;
use super::*;

on_every_server!(
    a_timeout_status_after_a_write_stores_nothing,
    a_failed_grpc_status_after_a_write_stores_nothing,
    an_application_can_replace_the_rule_for_failed_requests,
    an_application_can_extend_the_rule_for_failed_requests,
    a_session_error_of_a_handler_is_a_failure_under_every_rule,
    a_refused_value_is_a_422_that_stores_nothing_and_is_no_error_in_the_log,
    a_hidden_error_of_an_unreachable_store_is_logged_once,
    a_returned_error_of_an_unreachable_store_is_not_logged_again,
);

/// The value of `a` after a request that sets it from 1 to 2 and responds.
async fn stored_after<F: Framework>(kind: Kind, reply: Reply, rule: Option<FailureRule>) -> String {
    let app = app(kind).await;
    let (status, reply) = (reply.status, Arc::new(Mutex::new(Some(reply))));
    let writes = async move |mut session: Session, _| {
        session.insert("a", 2).await?;
        Ok(reply.lock().unwrap().take().unwrap())
    };
    let layer = Layer { fails_if: rule, ..layer(&app) };
    let server = F::serve(scope([Route::get("/writes", Handler::session(writes))]).layer(layer)).await;
    let alice = browser();
    server.get(&alice, "/write/a/1").await;
    assert_eq!(server.get(&alice, "/writes").await.status, status);
    server.get(&alice, "/read/a").await.body
}

async fn assert_stored<F: Framework>(kind: Kind, reply: Reply, rule: Option<FailureRule>, expected: u64) {
    let shown = format!("{reply:?}");
    assert_eq!(stored_after::<F>(kind, reply, rule).await, format!("Some({expected})"), "{shown}");
}

async fn a_timeout_status_after_a_write_stores_nothing<F: Framework>(kind: Kind) {
    assert_stored::<F>(kind, StatusCode::REQUEST_TIMEOUT.into(), None, 1).await;
    assert_stored::<F>(kind, StatusCode::CONFLICT.into(), None, 2).await;
}

async fn a_failed_grpc_status_after_a_write_stores_nothing<F: Framework>(kind: Kind) {
    for (code, expected) in [("0", 2), ("13", 1), ("16", 2)] {
        let reply = Reply::new(200, "").header(HeaderName::from_static("grpc-status"), code);
        assert_stored::<F>(kind, reply, None, expected).await;
    }
}

async fn an_application_can_replace_the_rule_for_failed_requests<F: Framework>(kind: Kind) {
    let only_422 = Some(FailureRule::Only(StatusCode::UNPROCESSABLE_ENTITY));
    assert_stored::<F>(kind, StatusCode::UNPROCESSABLE_ENTITY.into(), None, 2).await;
    assert_stored::<F>(kind, StatusCode::UNPROCESSABLE_ENTITY.into(), only_422, 1).await;
    // The default does not apply.
    assert_stored::<F>(kind, StatusCode::INTERNAL_SERVER_ERROR.into(), only_422, 2).await;
}

async fn an_application_can_extend_the_rule_for_failed_requests<F: Framework>(kind: Kind) {
    let extended = Some(FailureRule::DefaultOr(StatusCode::CONFLICT));
    for (status, expected) in [(200, 2), (404, 2), (408, 1), (409, 1), (500, 1)] {
        assert_stored::<F>(kind, Reply::new(status, ""), extended, expected).await;
    }
}

async fn a_session_error_of_a_handler_is_a_failure_under_every_rule<F: Framework>(kind: Kind) {
    async fn misreads(mut session: Session, _: Parameters) -> Result<(), Error> {
        session.insert("b", 2).await?;
        session.get::<String>("a").await.map(drop)
    }
    let app = app(kind).await;
    let scope = scope([Route::get("/misread", Handler::session(misreads))]);
    let server = F::serve(scope.layer(layer(&app).fails_if(FailureRule::Never))).await;
    let alice = browser();
    server.get(&alice, "/write/a/1").await;
    assert_eq!(server.get(&alice, "/misread").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(server.get(&alice, "/read/b").await.line(), "200 None");
}

#[derive(SessionSchema)]
struct Form {
    #[session(check = "is_post_code", default)]
    post_code: String,
    #[session(keyed)]
    cart: BTreeMap<String, u8>,
}

fn is_post_code(code: &str) -> Result<(), &'static str> {
    if code.len() == 5 { Ok(()) } else { Err("refused-post-code: 5 digits") }
}

async fn a_refused_value_is_a_422_that_stores_nothing_and_is_no_error_in_the_log<F: Framework>(kind: Kind) {
    async fn refuses(mut session: Session, _: Parameters) -> Result<(), Error> {
        session.insert("b", 2).await?;
        session.typed_mut::<Form>().set_post_code("1234".to_owned())
    }
    async fn updates(mut session: Session, _: Parameters) -> Result<(), Error> {
        session.insert("b", 2).await?;
        session.typed_mut::<Form>().update_post_code(|code| code.push('1')).await
    }
    async fn reads_a_long_part(mut session: Session, _: Parameters) -> Result<(), Error> {
        session.insert("b", 2).await?;
        session.typed::<Form>().cart(&"refused-post-code".repeat(100)).await.map(drop)
    }
    let log = Log::of_this_process();
    let app = app(kind).await;
    let scope = scope([
        Route::get("/refuses", Handler::session(refuses)),
        Route::get("/updates", Handler::session(updates)),
        Route::get("/long", Handler::session(reads_a_long_part)),
    ]);
    let server = F::serve(scope.layer(layer(&app))).await;
    let alice = browser();
    server.get(&alice, "/write/a/1").await;
    for (path, line) in [("/refuses", "422"), ("/updates", "422"), ("/long", "400")] {
        assert_eq!(server.get(&alice, path).await.line(), line, "{path}");
        assert_eq!(server.get(&alice, "/read/b").await.line(), "200 None", "{path}");
    }
    let log = log.all();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("refused-post-code")).collect();
    assert!(!lines.is_empty() && lines.iter().all(|line| line.contains("DEBUG")), "{lines:?}");
}

// nextest runs each test in a process of its own. Without it, the tests share the log, whose lines are counted.
static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// The lines about an unreachable store after a request whose handler reads a key, and converts the error or returns it.
async fn warnings_after<F: Framework>(kind: Kind, converts: bool, fault: Fault) -> (StatusCode, usize) {
    const WARNING: &str = "the store could not be reached, and the handler did not return the session error";
    let _turn = ONE_AT_A_TIME.lock().await;
    let log = Log::of_this_process();
    let lines = || log.all().lines().filter(|line| line.contains("WARN") && line.contains(WARNING)).count();
    let app = app(kind).await;
    let reads = async move |session: Session, _| match session.get::<u64>("a").await {
        Err(_) if converts => Ok(Reply::from(StatusCode::BAD_GATEWAY)),
        result => result.map(|_| Reply::from(StatusCode::OK)),
    };
    let server = F::serve(scope([Route::get("/reads", Handler::session(reads))]).layer(layer(&app))).await;
    let alice = browser();
    server.get(&alice, "/write/a/1").await;
    let before = lines();
    app.spy.fail_next("load", fault);
    let status = server.get(&alice, "/reads").await.status;
    (status, lines() - before)
}

async fn a_hidden_error_of_an_unreachable_store_is_logged_once<F: Framework>(kind: Kind) {
    for fault in [Fault::RefuseConnection, Fault::TimeOut] {
        assert_eq!(warnings_after::<F>(kind, true, fault).await, (StatusCode::BAD_GATEWAY, 1), "{fault:?}");
    }
}

async fn a_returned_error_of_an_unreachable_store_is_not_logged_again<F: Framework>(kind: Kind) {
    let outcome = warnings_after::<F>(kind, false, Fault::RefuseConnection).await;
    assert_eq!(outcome, (StatusCode::SERVICE_UNAVAILABLE, 0));
}
