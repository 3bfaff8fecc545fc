//! Every request, in every state of its cookie, with every fault at each of its store operations: `walk.md` is the table
//! of what comes of it.

use std::fmt::Write;

use session_tests::{App, Column, Fault, Kind, Request, on_every_store};

use super::request::{Manner, Ran, Start, run};

pub(crate) const STARTS: [Start; 6] = [
    Start::With(Column::NoCookie),
    Start::With(Column::Live),
    Start::Due,
    Start::With(Column::Ended),
    Start::With(Column::Replaced),
    Start::With(Column::Older),
];

pub(crate) const FAULTS: [Fault; 6] =
    [Fault::Refuse, Fault::LoseReply, Fault::Stall, Fault::Hang, Fault::Twice, Fault::Echo];

/// The requests that differ from those of a live session when its time is due.
pub(crate) fn requests(start: Start) -> impl Iterator<Item = Request> {
    Request::ALL.into_iter().filter(move |request| start != Start::Due || *request == Request::Reads)
}

pub(crate) async fn without_a_fault(app: &App, start: Start, request: Request) -> Ran {
    run(app, start, request, &[], Manner::PassesOn).await
}

async fn every_fault_in_every_request_has_the_outcome_of_the_table(kind: Kind) {
    let app = App::new(kind).await;
    let mut lines = Vec::new();
    for start in STARTS {
        for request in requests(start) {
            let operations = without_a_fault(&app, start, request).await.operations;
            for at in 0..operations.split_whitespace().count() {
                let mut marked: Vec<String> = operations.split(' ').map(ToOwned::to_owned).collect();
                marked[at] = format!("**{}**", marked[at]);
                let mut line = format!("| {start} | {request:?} | {} |", marked.join(" "));
                for fault in FAULTS {
                    let ran = run(&app, start, request, &[(at, fault)], Manner::PassesOn).await;
                    write!(line, " {ran} |").unwrap();
                }
                lines.push(line);
            }
        }
    }
    let table = include_str!("matrix.md");
    let expected: Vec<_> = table.lines().filter(|line| line.starts_with("| ") && line.contains("**")).collect();
    let differ = lines.iter().zip(&expected).find(|(line, expected)| line != *expected);
    assert_eq!(differ, None, "the whole table:\n{}", lines.join("\n"));
    assert_eq!(lines.len(), expected.len(), "the whole table:\n{}", lines.join("\n"));
}

async fn requests_without_store_operations_have_no_faults(kind: Kind) {
    let app = App::new(kind).await;
    for start in STARTS {
        for request in [Request::Untouched, Request::WritesClientState] {
            let ran = without_a_fault(&app, start, request).await;
            assert_eq!((ran.operations.as_str(), ran.is_ok()), ("", true), "{start} {request:?}");
        }
    }
}

on_every_store!(
    every_fault_in_every_request_has_the_outcome_of_the_table,
    requests_without_store_operations_have_no_faults
);
