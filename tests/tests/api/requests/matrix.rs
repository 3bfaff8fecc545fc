//! Tests every handler in every state of the session cookie or token: store operations · cookies in the response · result.
//!
//! The memory store runs the table also for API clients. They have the same cells without client state.
//!
//! `session` and `state` are cookies that the response sets, `-session` and `-state` are cookies that it removes. Every
//! browser that once had a session also has client state, so that a test sees how a request changes it.

use std::time::Duration;

use http::HeaderMap;
use session_tests::{App, ClientKind, CookieState, Kind, Request, cookies_in, on_every_store, outcome};

use CookieState::*;
use Request::*;

const GRACE: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Success,
    ServerError,
}

/// One cell of the table.
async fn cell(kind: Kind, clients: ClientKind, request: Request, cookie: CookieState, status: Status) -> String {
    let app = App::for_clients(kind, clients, |config| config.rotation_grace(GRACE)).await;
    let browser = cookie.browser(&app).await;
    app.spy.take_operations();
    let mut session = app.open(&browser);
    let mut answering = session.handle();
    let value = request.run(&mut session).await;
    let replaced = if session.is_replaced() && value.is_ok() { " replaced" } else { "" };
    let mut headers = HeaderMap::new();
    let result = match (&value, status) {
        (Ok(_), Status::Success) => answering.handle().finalize(&mut headers).await,
        _ => answering.handle().abandon(&mut headers).await,
    };
    let value = match (&value, request) {
        (Ok(value), Reads | Updates) => format!(" {value:?}"),
        (Ok(_), _) => String::new(),
        (Err(error), _) => format!(" {:?}", error.kind()),
    };
    let operations = app.spy.take_operations();
    let operations = if operations.is_empty() { "0" } else { &operations };
    format!("{operations} · {} · {}{value}{replaced}", cookies_in(&headers), outcome(&result))
}

/// Checks all cells of a row at once, so that a failure shows the whole row.
async fn row(kind: Kind, status: Status, request: Request, expected: &[(&[CookieState], &str)]) {
    // The plan and the stores do not depend on the transport.
    let clients = if kind == Kind::Memory { &ClientKind::ALL[..] } else { &[ClientKind::Browser] };
    for clients in clients {
        let mut is = Vec::new();
        let mut should_be = Vec::new();
        for (cookies, cell_text) in expected {
            let cell_text = expected_for(*clients, request, cell_text);
            for cookie in *cookies {
                is.push(format!("{cookie:?}: {}", cell(kind, *clients, request, *cookie, status).await));
                should_be.push(format!("{cookie:?}: {cell_text}"));
            }
        }
        assert_eq!(is.len(), 8, "every column has a cell");
        assert_eq!(is, should_be, "{request:?}, {clients:?}");
    }
}

/// A cell without client state, for API clients: writing it is an error.
fn expected_for(clients: ClientKind, request: Request, cell: &str) -> String {
    if clients == ClientKind::Browser {
        return cell.to_owned();
    }
    if request == WritesClientState {
        return "0 · – · ok NoBrowser".to_owned();
    }
    let [operations, cookies, result] = cell.split(" · ").collect::<Vec<_>>()[..] else {
        panic!("three parts: {cell}")
    };
    let cookies: Vec<_> = cookies.split(' ').filter(|cookie| !cookie.ends_with("state")).collect();
    let cookies = if cookies.is_empty() { "–".to_owned() } else { cookies.join(" ") };
    format!("{operations} · {cookies} · {result}")
}

const NONE: &[CookieState] = &[NoCookie, ClientOnly, Garbled];
const DELETED: &[CookieState] = &[Deleted, Expired];

async fn untouched(kind: Kind) {
    let nothing = "0 · – · ok";
    let everywhere = &[(NONE, nothing), (&[Live, Replaced, BeyondGrace], nothing), (DELETED, nothing)];
    row(kind, Status::Success, Untouched, everywhere).await;
}

async fn reads(kind: Kind) {
    let cells: [(&[CookieState], &str); 5] = [
        (NONE, "0 · – · ok None"),
        (&[Live], "load · – · ok Some(1)"),
        (DELETED, "load · – · ok None"),
        (&[Replaced], "load · – · ok None replaced"),
        (&[BeyondGrace], "load · – · ok None"),
    ];
    row(kind, Status::Success, Reads, &cells).await;
}

async fn only_writes(kind: Kind) {
    let cells: [(&[CookieState], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "commit · – · ok"),
        (DELETED, "commit create · session · ok"),
        (&[Replaced], "commit · – · Replaced"),
        (&[BeyondGrace], "commit create · session · ok"),
    ];
    row(kind, Status::Success, Writes, &cells).await;
}

async fn reads_then_writes(kind: Kind) {
    let cells: [(&[CookieState], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "load commit · – · ok"),
        (DELETED, "load create · session · ok"),
        (&[Replaced], "load · – · Replaced replaced"),
        (&[BeyondGrace], "load create · session · ok"),
    ];
    row(kind, Status::Success, ReadsThenWrites, &cells).await;
    row(kind, Status::Success, WritesThenReads, &cells).await;
}

async fn updates(kind: Kind) {
    let cells: [(&[CookieState], &str); 5] = [
        (NONE, "create · session · ok None"),
        (&[Live], "load commit · – · ok Some(1)"),
        (DELETED, "load create · session · ok None"),
        (&[Replaced], "load · – · ok Replaced"),
        (&[BeyondGrace], "load create · session · ok None"),
    ];
    row(kind, Status::Success, Updates, &cells).await;
    row(kind, Status::ServerError, Updates, &cells).await;
}

async fn only_rotates(kind: Kind) {
    let cells: [(&[CookieState], &str); 5] = [
        (NONE, "0 · – · ok"),
        (&[Live], "commit · session · ok"),
        (DELETED, "commit · – · ok"),
        (&[Replaced], "commit · – · Replaced"),
        (&[BeyondGrace], "commit · – · ok"),
    ];
    row(kind, Status::Success, Rotates, &cells).await;
}

async fn logs_in(kind: Kind) {
    let cells: [(&[CookieState], &str); 4] = [
        (NONE, "create · session · ok"),
        (&[Live], "commit · session · ok"),
        (DELETED, "commit create · session · ok"),
        (&[Replaced, BeyondGrace], "commit create · session · ok"),
    ];
    row(kind, Status::Success, LogsIn, &cells).await;
    let cells: [(&[CookieState], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "load commit · session · ok"),
        (DELETED, "load create · session · ok"),
        (&[Replaced], "load create · session · ok replaced"),
        (&[BeyondGrace], "load create · session · ok"),
    ];
    row(kind, Status::Success, ReadsThenLogsIn, &cells).await;
}

/// `log_in` of the first user, and of the user who is logged in already.
async fn logs_in_the_same_user_or_the_first_one(kind: Kind) {
    let cells: [(&[CookieState], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "load commit · session · ok"),
        (DELETED, "load create · session · ok"),
        (&[Replaced], "load create · session · ok replaced"),
        (&[BeyondGrace], "load create · session · ok"),
    ];
    row(kind, Status::Success, LogsInFirstUser, &cells).await;
    row(kind, Status::Success, LogsInSameUser, &cells).await;
}

async fn logs_in_another_user(kind: Kind) {
    let cells: [(&[CookieState], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "load delete create · session -state · ok"),
        (DELETED, "load create · session · ok"),
        (&[Replaced], "load create · session · ok replaced"),
        (&[BeyondGrace], "load create · session · ok"),
    ];
    row(kind, Status::Success, LogsInOtherUser, &cells).await;
}

async fn a_login_of_a_failed_request_is_not_executed(kind: Kind) {
    let cells: [(&[CookieState], &str); 4] = [
        (NONE, "0 · – · ok"),
        (&[Live, BeyondGrace], "load · – · ok"),
        (DELETED, "load · – · ok"),
        (&[Replaced], "load · – · ok replaced"),
    ];
    for request in [LogsInFirstUser, LogsInSameUser, LogsInOtherUser] {
        row(kind, Status::ServerError, request, &cells).await;
    }
}

async fn renews_the_token(kind: Kind) {
    let cells: [(&[CookieState], &str); 4] = [
        (NONE, "0 · – · ok"),
        (&[Live], "commit · session · ok"),
        (DELETED, "commit · – · ok"),
        (&[Replaced, BeyondGrace], "commit · – · ok"),
    ];
    row(kind, Status::Success, RenewsToken, &cells).await;
}

async fn renews_the_token_and_writes(kind: Kind) {
    let cells: [(&[CookieState], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "commit · session · ok"),
        (DELETED, "commit create · session · ok"),
        (&[Replaced], "commit · – · Replaced"),
        (&[BeyondGrace], "commit create · session · ok"),
    ];
    row(kind, Status::Success, RenewsTokenAndWrites, &cells).await;
}

async fn only_unsets_or_clears(kind: Kind) {
    let cells: [(&[CookieState], &str); 5] = [
        (NONE, "0 · – · ok"),
        (&[Live], "commit · – · ok"),
        (DELETED, "commit · – · ok"),
        (&[Replaced], "commit · – · Replaced"),
        (&[BeyondGrace], "commit · – · ok"),
    ];
    row(kind, Status::Success, Unsets, &cells).await;
    row(kind, Status::Success, Clears, &cells).await;
}

async fn deletes(kind: Kind) {
    let cells: [(&[CookieState], &str); 5] = [
        (NONE, "0 · – · ok"),
        (&[Live], "delete · state · ok"),
        (DELETED, "delete · – · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[BeyondGrace], "delete · – · ok"),
    ];
    row(kind, Status::Success, Deletes, &cells).await;
    row(kind, Status::ServerError, Deletes, &cells).await;
}

async fn deletes_then_writes(kind: Kind) {
    let cells: [(&[CookieState], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "delete create · session state · ok"),
        (DELETED, "delete create · session · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[BeyondGrace], "delete create · session · ok"),
    ];
    row(kind, Status::Success, DeletesThenWrites, &cells).await;
}

async fn invalidates(kind: Kind) {
    let cells: [(&[CookieState], &str); 7] = [
        (&[NoCookie], "0 · – · ok"),
        (&[ClientOnly], "0 · -state · ok"),
        (&[Garbled], "0 · -session · ok"),
        (&[Live], "delete · -session -state · ok"),
        (DELETED, "delete · -session -state · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[BeyondGrace], "delete · -session -state · ok"),
    ];
    row(kind, Status::Success, Invalidates, &cells).await;
    row(kind, Status::ServerError, Invalidates, &cells).await;
}

async fn restarts(kind: Kind) {
    let alone: [(&[CookieState], &str); 7] = [
        (&[NoCookie], "0 · – · ok"),
        (&[ClientOnly], "0 · -state · ok"),
        (&[Garbled], "0 · -session · ok"),
        (&[Live], "delete · -session -state · ok"),
        (DELETED, "delete · -session -state · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[BeyondGrace], "delete · -session -state · ok"),
    ];
    row(kind, Status::Success, Restarts, &alone).await;
    row(kind, Status::ServerError, Restarts, &alone).await;
    row(kind, Status::ServerError, RestartsThenWrites, &alone).await;
    let cells: [(&[CookieState], &str); 7] = [
        (&[NoCookie], "create · session · ok"),
        (&[ClientOnly], "create · session -state · ok"),
        (&[Garbled], "create · session · ok"),
        (&[Live], "delete create · session -state · ok"),
        (DELETED, "delete create · session -state · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[BeyondGrace], "delete create · session -state · ok"),
    ];
    row(kind, Status::Success, RestartsThenWrites, &cells).await;
}

async fn writes_client_state(kind: Kind) {
    let alone = "0 · state · ok";
    let everywhere = &[(NONE, alone), (&[Live, Replaced, BeyondGrace], alone), (DELETED, alone)];
    row(kind, Status::Success, WritesClientState, everywhere).await;
}

async fn a_server_error_commits_only_a_deletion(kind: Kind) {
    let nothing = "0 · – · ok";
    let everywhere = &[(NONE, nothing), (&[Live, Replaced, BeyondGrace], nothing), (DELETED, nothing)];
    for request in [Writes, Rotates, LogsIn, Unsets, Clears, WritesClientState, RenewsToken, RenewsTokenAndWrites] {
        row(kind, Status::ServerError, request, everywhere).await;
    }
}

on_every_store!(
    untouched,
    reads,
    only_writes,
    reads_then_writes,
    updates,
    only_rotates,
    logs_in,
    logs_in_the_same_user_or_the_first_one,
    logs_in_another_user,
    a_login_of_a_failed_request_is_not_executed,
    renews_the_token,
    renews_the_token_and_writes,
    only_unsets_or_clears,
    deletes,
    deletes_then_writes,
    invalidates,
    restarts,
    writes_client_state,
    a_server_error_commits_only_a_deletion,
);
