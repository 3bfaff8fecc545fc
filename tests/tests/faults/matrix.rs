//! Tests every handler in every state of the session cookie, with every fault at each of its store operations.
//!
//! `matrix.md` is the table of the outcomes.

use std::fmt::Write;

use expect_test::expect_file;
use session_tests::{App, CookieState, Fault, Kind, Request, on_every_store};

use super::request::{OnFault, Run, Start, run};

pub(crate) const STARTS: [Start; 6] = [
    Start::With(CookieState::NoCookie),
    Start::With(CookieState::Live),
    Start::Due,
    Start::With(CookieState::Deleted),
    Start::With(CookieState::Replaced),
    Start::With(CookieState::BeyondGrace),
];

pub(crate) const FAULTS: [Fault; 8] = [
    Fault::Refuse,
    Fault::RefuseConnection,
    Fault::TimeOut,
    Fault::LoseReply,
    Fault::Stall,
    Fault::Hang,
    Fault::Twice,
    Fault::Echo,
];

const INTRODUCTION: &str = "\
# Every fault in every request

The outcome of one fault at one store operation, which is in bold. The tests run this table on every store, through the
layer. After each cell, the next requests of the browser write and log in.

Rows: the state of the session cookie (*Live*, *Deleted*, *Replaced* within the rotation grace, *BeyondGrace*, *Due*: live
and below the renewal threshold) and the handler. `Updates` and `LogsInOtherUser` set `a` to 9, `LogsInSameUser` sets it to
1, the other writing handlers set `b` to 2. The session has `a=1` before.

Columns: **refused**: nothing is stored, and the operation fails. **not sent**, **timed out**: the same, with the error
`Unavailable::NotSent` or `Unavailable::TimedOut`. **reply lost**: the operation is stored and fails. **never arrives**,
**never replies**: as *refused* and *reply lost*, but the operation hangs until the client disconnects. **twice**: the
operation runs twice, and the second reply arrives. **echo**: the same, and the first reply arrives. A store that obeys the
contract never has the last two.

Cells: store operations · status or kind of the error, and cookies of the response · server state in the next request of
the browser, and live records that it cannot see.

| cookie | request | operations | refused | not sent | timed out | reply lost | never arrives | never replies | twice | echo |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

/// The handlers to test. The ones of a live session differ below the renewal threshold only if they read.
pub(crate) fn requests(start: Start) -> impl Iterator<Item = Request> {
    Request::ALL.iter().copied().filter(move |request| start != Start::Due || *request == Request::Reads)
}

pub(crate) async fn run_without_faults(app: &App, start: Start, request: Request) -> Run {
    run(app, start, request, &[], OnFault::Return).await
}

async fn every_fault_in_every_request_has_the_outcome_of_the_table(kind: Kind) {
    let app = App::new(kind).await;
    let mut table = INTRODUCTION.to_owned();
    for start in STARTS {
        for request in requests(start) {
            let operations = run_without_faults(&app, start, request).await.operations;
            for at in 0..operations.split_whitespace().count() {
                let mut marked: Vec<String> = operations.split(' ').map(ToOwned::to_owned).collect();
                marked[at] = format!("**{}**", marked[at]);
                write!(table, "| {start} | {request:?} | {} |", marked.join(" ")).unwrap();
                for fault in FAULTS {
                    let run = run(&app, start, request, &[(at, fault)], OnFault::Return).await;
                    write!(table, " {run} |").unwrap();
                }
                table.push('\n');
            }
        }
    }
    expect_file!["matrix.md"].assert_eq(&table);
}

async fn requests_without_store_operations_have_no_faults(kind: Kind) {
    let app = App::new(kind).await;
    for start in STARTS {
        for request in [Request::Untouched, Request::WritesClientState] {
            let run = run_without_faults(&app, start, request).await;
            assert_eq!((run.operations.as_str(), run.is_ok()), ("", true), "{start} {request:?}");
        }
    }
}

on_every_store!(
    every_fault_in_every_request_has_the_outcome_of_the_table,
    requests_without_store_operations_have_no_faults,
);
