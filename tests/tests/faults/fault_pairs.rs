//! Tests of two faults in one request, and of handlers that continue after a fault.

use session_tests::{App, Fault, Kind, Request};

use super::matrix::{STARTS, requests, run_without_faults};
use super::request::{OnFault, Run, Start, run};

/// The faults of a store that obeys the contract.
const CONTRACT_FAULTS: [Fault; 6] =
    [Fault::Refuse, Fault::RefuseConnection, Fault::TimeOut, Fault::LoseReply, Fault::Stall, Fault::Hang];

/// The allowed states of the store: the state after each operation of the request without faults.
async fn valid_states(app: &App, start: Start, request: Request, expected_run: &Run) -> Vec<String> {
    let mut states = Vec::new();
    for at in 0..count(&expected_run.operations, "") {
        states.push(run(app, start, request, &[(at, Fault::Stall)], OnFault::Return).await.stored);
    }
    states.push(expected_run.stored.clone());
    states
}

/// The number of operations with this name, or of all operations if the name is empty.
fn count(operations: &str, name: &str) -> usize {
    operations.split_whitespace().filter(|operation| name.is_empty() || *operation == name).count()
}

/// Compares a request with faults to the same request without faults.
fn check(observed: &Run, expected_run: &Run, valid: &[String], faults: usize, what: &str) {
    assert!(
        valid.contains(&observed.stored),
        "{what}: stored completely or not at all: {observed}, {}",
        observed.stored
    );
    for operation in ["create", "commit", "delete", "touch"] {
        let (is, was) = (count(&observed.operations, operation), count(&expected_run.operations, operation));
        assert!(is <= was, "{what}: no operation is sent twice: {observed}");
    }
    assert!(
        count(&observed.operations, "load") <= count(&expected_run.operations, "load") + faults,
        "{what}: {observed}"
    );
    if observed.is_ok() {
        assert_eq!(
            (&observed.stored, &observed.sees),
            (&expected_run.stored, &expected_run.sees),
            "{what}: an acknowledged request is stored"
        );
        assert_eq!(observed.cookies(), expected_run.cookies(), "{what}: {observed}");
    } else {
        let sets_session = observed.cookies().split(' ').any(|cookie| cookie == "session");
        assert!(!sets_session, "{what}: a new token is sent only with a stored commit: {observed}");
    }
}

#[tokio::test]
async fn two_faults_leave_no_partial_write_and_no_duplicate_operation() {
    let app = App::new(Kind::Memory).await;
    let mut cases = 0;
    for start in STARTS {
        for request in requests(start) {
            let expected_run = run_without_faults(&app, start, request).await;
            let valid = valid_states(&app, start, request, &expected_run).await;
            for first in 0..count(&expected_run.operations, "") {
                for fault in CONTRACT_FAULTS {
                    let once = run(&app, start, request, &[(first, fault)], OnFault::Return).await;
                    check(&once, &expected_run, &valid, 1, &format!("{start} {request:?} {first} {fault:?}"));
                    for second in first + 1..count(&once.operations, "") {
                        for other in CONTRACT_FAULTS {
                            let faults = [(first, fault), (second, other)];
                            let twice = run(&app, start, request, &faults, OnFault::Return).await;
                            check(&twice, &expected_run, &valid, 2, &format!("{start} {request:?} {faults:?}"));
                            cases += 1;
                        }
                    }
                }
            }
        }
    }
    println!("{cases} cases");
    assert!(cases > 200, "{cases}");
}

/// The records without the `z` of a handler that continued, in the old record or in a new one.
fn without_z(stored: &str) -> [String; 2] {
    let in_it = stored.replace(" z=8", "").replace("z=8", "nothing");
    let alone = stored.replace(" z=8", "").replace("[z=8]", "").trim().to_owned();
    [in_it, alone]
}

/// Checks that everything except `z` is stored as before or after the fault.
fn check_continued(observed: &Run, expected_run: &Run, expected: &[String], what: &str) {
    let is_whole = without_z(&observed.stored).iter().any(|stored| expected.contains(stored));
    assert!(is_whole, "{what}: {observed}, {}: {expected:?}", observed.stored);
    if observed.is_ok() {
        let is_stored = observed.sees.contains("z=8") || !expected_run.sees.contains("z=8");
        assert!(is_stored, "{what}: an acknowledged write is stored: {observed}");
    }
}

#[tokio::test]
async fn a_handler_that_continues_after_a_fault_repeats_no_operation() {
    let app = App::new(Kind::Memory).await;
    let mut cases = 0;
    for start in STARTS {
        for request in requests(start) {
            let committing = run_without_faults(&app, start, request).await;
            let valid = valid_states(&app, start, request, &committing).await;
            let expected_run = run(&app, start, request, &[], OnFault::Continue).await;
            // A handler can only cancel an operation that hangs before the last commit.
            for (at, operation) in committing.operations.split_whitespace().enumerate() {
                for fault in CONTRACT_FAULTS {
                    let observed = run(&app, start, request, &[(at, fault)], OnFault::Continue).await;
                    let done = usize::from(matches!(fault, Fault::LoseReply | Fault::Hang));
                    // One load shows that it was not stored. It is sent again with the last commit.
                    let cancelled_update = request == Request::Updates && fault == Fault::Stall;
                    let is_resent = observed.is_ok() && (request.rotates() || cancelled_update);
                    let expected = match operation {
                        "create" if observed.is_ok() => &valid[at + 1..],
                        "commit" if is_resent => &valid[at + 1..],
                        "commit" | "create" => &valid[at + done..=at + done],
                        // A load and a deletion may be repeated.
                        _ => &valid[..],
                    };
                    check_continued(&observed, &expected_run, expected, &format!("{start} {request:?} {at} {fault:?}"));
                    cases += 1;
                }
            }
        }
    }
    println!("{cases} cases");
    assert!(cases > 200, "{cases}");
}
