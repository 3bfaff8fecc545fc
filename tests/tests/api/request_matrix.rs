//! Every request in every state of its cookie: store operations · cookies in the answer · result.
//!
//! `session` and `state` are cookies that the answer sets, `-session` and `-state` ones that it removes. Every browser
//! that ever had a session has client state too, so that what becomes of it shows.

use std::time::Duration;

use http::HeaderMap;
use session_tests::{App, Column, Kind, Request, cookies_in, on_every_store, outcome};

use Column::*;
use Request::*;

const GRACE: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reply {
    Success,
    ServerError,
}

/// One cell of the table, as it is.
async fn cell(kind: Kind, request: Request, column: Column, reply: Reply) -> String {
    let app = App::with(kind, |config| config.grace(GRACE)).await;
    let browser = column.browser(&app).await;
    app.spy.take_operations();
    let mut session = app.open(&browser);
    let mut answering = session.handle();
    let said = request.run(&mut session).await;
    let replaced = if session.is_replaced() && said.is_ok() { " replaced" } else { "" };
    let mut headers = HeaderMap::new();
    let result = match (&said, reply) {
        (Ok(_), Reply::Success) => answering.handle().finalize(&mut headers).await,
        _ => answering.handle().abandon(&mut headers).await,
    };
    let value = match (&said, request) {
        (Ok(value), Reads | Updates) => format!(" {value:?}"),
        (Ok(_), _) => String::new(),
        (Err(error), _) => format!(" {:?}", error.kind()),
    };
    let operations = app.spy.take_operations();
    let operations = if operations.is_empty() { "0" } else { &operations };
    format!("{operations} · {} · {}{value}{replaced}", cookies_in(&headers), outcome(&result))
}

/// Checks a row in all columns at once, so that a failure shows the whole row.
async fn row(kind: Kind, reply: Reply, request: Request, expected: &[(&[Column], &str)]) {
    let mut is = Vec::new();
    let mut should_be = Vec::new();
    for (columns, cell_text) in expected {
        for column in *columns {
            is.push(format!("{column:?}: {}", cell(kind, request, *column, reply).await));
            should_be.push(format!("{column:?}: {cell_text}"));
        }
    }
    assert_eq!(is.len(), 8, "every column has its cell");
    assert_eq!(is, should_be, "{request:?}");
}

const NONE: &[Column] = &[NoCookie, ClientOnly, Garbled];
const ENDED: &[Column] = &[Ended, Expired];

async fn untouched(kind: Kind) {
    let nothing = "0 · – · ok";
    let everywhere = &[(NONE, nothing), (&[Live, Replaced, Older], nothing), (ENDED, nothing)];
    row(kind, Reply::Success, Untouched, everywhere).await;
}

async fn reads(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "0 · – · ok None"),
        (&[Live], "load · – · ok Some(1)"),
        (ENDED, "load · – · ok None"),
        (&[Replaced], "load · – · ok None replaced"),
        (&[Older], "load · – · ok None"),
    ];
    row(kind, Reply::Success, Reads, &cells).await;
}

async fn only_writes(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "commit · – · ok"),
        (ENDED, "commit create · session · ok"),
        (&[Replaced], "commit · – · Replaced"),
        (&[Older], "commit create · session · ok"),
    ];
    row(kind, Reply::Success, Writes, &cells).await;
}

async fn reads_then_writes(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "load commit · – · ok"),
        (ENDED, "load create · session · ok"),
        (&[Replaced], "load · – · Replaced replaced"),
        (&[Older], "load create · session · ok"),
    ];
    row(kind, Reply::Success, ReadsThenWrites, &cells).await;
    row(kind, Reply::Success, WritesThenReads, &cells).await;
}

async fn updates(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "create · session · ok None"),
        (&[Live], "load commit · – · ok Some(1)"),
        (ENDED, "load create · session · ok None"),
        (&[Replaced], "load · – · ok Replaced"),
        (&[Older], "load create · session · ok None"),
    ];
    row(kind, Reply::Success, Updates, &cells).await;
    row(kind, Reply::ServerError, Updates, &cells).await;
}

async fn only_rotates(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "0 · – · ok"),
        (&[Live], "commit · session · ok"),
        (ENDED, "commit · – · ok"),
        (&[Replaced], "commit · – · Replaced"),
        (&[Older], "commit · – · ok"),
    ];
    row(kind, Reply::Success, Cycles, &cells).await;
}

async fn logs_in(kind: Kind) {
    let cells: [(&[Column], &str); 4] = [
        (NONE, "create · session · ok"),
        (&[Live], "commit · session · ok"),
        (ENDED, "commit create · session · ok"),
        (&[Replaced, Older], "commit create · session · ok"),
    ];
    row(kind, Reply::Success, SignsIn, &cells).await;
    let cells: [(&[Column], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "load commit · session · ok"),
        (ENDED, "load create · session · ok"),
        (&[Replaced], "load create · session · ok replaced"),
        (&[Older], "load create · session · ok"),
    ];
    row(kind, Reply::Success, ReadsThenSignsIn, &cells).await;
}

async fn only_unsets_or_clears(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "0 · – · ok"),
        (&[Live], "commit · – · ok"),
        (ENDED, "commit · – · ok"),
        (&[Replaced], "commit · – · Replaced"),
        (&[Older], "commit · – · ok"),
    ];
    row(kind, Reply::Success, Unsets, &cells).await;
    row(kind, Reply::Success, Clears, &cells).await;
}

async fn deletes(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "0 · – · ok"),
        (&[Live], "delete · state · ok"),
        (ENDED, "delete · – · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[Older], "delete · – · ok"),
    ];
    row(kind, Reply::Success, Deletes, &cells).await;
    row(kind, Reply::ServerError, Deletes, &cells).await;
}

async fn deletes_then_writes(kind: Kind) {
    let cells: [(&[Column], &str); 5] = [
        (NONE, "create · session · ok"),
        (&[Live], "delete create · session state · ok"),
        (ENDED, "delete create · session · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[Older], "delete create · session · ok"),
    ];
    row(kind, Reply::Success, DeletesThenWrites, &cells).await;
}

async fn invalidates(kind: Kind) {
    let cells: [(&[Column], &str); 7] = [
        (&[NoCookie], "0 · – · ok"),
        (&[ClientOnly], "0 · -state · ok"),
        (&[Garbled], "0 · -session · ok"),
        (&[Live], "delete · -session -state · ok"),
        (ENDED, "delete · -session -state · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[Older], "delete · -session -state · ok"),
    ];
    row(kind, Reply::Success, Invalidates, &cells).await;
    row(kind, Reply::ServerError, Invalidates, &cells).await;
}

async fn restarts(kind: Kind) {
    let alone: [(&[Column], &str); 7] = [
        (&[NoCookie], "0 · – · ok"),
        (&[ClientOnly], "0 · -state · ok"),
        (&[Garbled], "0 · -session · ok"),
        (&[Live], "delete · -session -state · ok"),
        (ENDED, "delete · -session -state · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[Older], "delete · -session -state · ok"),
    ];
    row(kind, Reply::Success, Restarts, &alone).await;
    row(kind, Reply::ServerError, Restarts, &alone).await;
    row(kind, Reply::ServerError, RestartsThenWrites, &alone).await;
    let cells: [(&[Column], &str); 7] = [
        (&[NoCookie], "create · session · ok"),
        (&[ClientOnly], "create · session -state · ok"),
        (&[Garbled], "create · session · ok"),
        (&[Live], "delete create · session -state · ok"),
        (ENDED, "delete create · session -state · ok"),
        (&[Replaced], "delete · – · Replaced"),
        (&[Older], "delete create · session -state · ok"),
    ];
    row(kind, Reply::Success, RestartsThenWrites, &cells).await;
}

async fn writes_client_state(kind: Kind) {
    let alone = "0 · state · ok";
    let everywhere = &[(NONE, alone), (&[Live, Replaced, Older], alone), (ENDED, alone)];
    row(kind, Reply::Success, WritesClientState, everywhere).await;
}

async fn a_server_error_commits_only_a_deletion(kind: Kind) {
    let nothing = "0 · – · ok";
    let everywhere = &[(NONE, nothing), (&[Live, Replaced, Older], nothing), (ENDED, nothing)];
    for request in [Writes, Cycles, SignsIn, Unsets, Clears, WritesClientState] {
        row(kind, Reply::ServerError, request, everywhere).await;
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
    only_unsets_or_clears,
    deletes,
    deletes_then_writes,
    invalidates,
    restarts,
    writes_client_state,
    a_server_error_commits_only_a_deletion,
);
