//! Two faults in one request, and handlers that carry on after one: no table, but what holds in every case.

use session_tests::{App, Fault, Kind, Request};

use super::matrix::{STARTS, requests, without_a_fault};
use super::request::{Manner, Ran, Start, run};

/// The faults of a store that keeps its contract.
const HONEST: [Fault; 4] = [Fault::Refuse, Fault::LoseReply, Fault::Stall, Fault::Hang];

/// What the store may hold afterwards: what it holds after each of the operations of the request without a fault, and
/// nothing in between.
async fn whole_states(app: &App, start: Start, request: Request, sound: &Ran) -> Vec<String> {
    let mut states = Vec::new();
    for at in 0..count(&sound.operations, "") {
        states.push(run(app, start, request, &[(at, Fault::Stall)], Manner::PassesOn).await.stored);
    }
    states.push(sound.stored.clone());
    states
}

/// How many operations there are of this name, or in all.
fn count(operations: &str, name: &str) -> usize {
    operations.split_whitespace().filter(|operation| name.is_empty() || *operation == name).count()
}

/// The claims about one request that met faults, beside the same without any.
fn check(ran: &Ran, sound: &Ran, whole: &[String], faults: usize, what: &str) {
    assert!(whole.contains(&ran.stored), "{what}: whole or not at all: {ran}, {}", ran.stored);
    for operation in ["create", "commit", "delete", "touch"] {
        let (is, was) = (count(&ran.operations, operation), count(&sound.operations, operation));
        assert!(is <= was, "{what}: nothing is sent twice: {ran}");
    }
    assert!(count(&ran.operations, "load") <= count(&sound.operations, "load") + faults, "{what}: {ran}");
    if ran.is_ok() {
        assert_eq!((&ran.stored, &ran.sees), (&sound.stored, &sound.sees), "{what}: what is said to be done is done");
        assert_eq!(ran.cookies(), sound.cookies(), "{what}: {ran}");
    } else {
        let sets_session = ran.cookies().split(' ').any(|cookie| cookie == "session");
        assert!(!sets_session, "{what}: a new token goes with what was done: {ran}");
    }
}

#[tokio::test]
async fn two_faults_leave_no_partial_write_and_no_duplicate_operation() {
    let app = App::new(Kind::Memory).await;
    let mut cases = 0;
    for start in STARTS {
        for request in requests(start) {
            let sound = without_a_fault(&app, start, request).await;
            let whole = whole_states(&app, start, request, &sound).await;
            for first in 0..count(&sound.operations, "") {
                for fault in HONEST {
                    let once = run(&app, start, request, &[(first, fault)], Manner::PassesOn).await;
                    check(&once, &sound, &whole, 1, &format!("{start} {request:?} {first} {fault:?}"));
                    for second in first + 1..count(&once.operations, "") {
                        for other in HONEST {
                            let faults = [(first, fault), (second, other)];
                            let twice = run(&app, start, request, &faults, Manner::PassesOn).await;
                            check(&twice, &sound, &whole, 2, &format!("{start} {request:?} {faults:?}"));
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

/// What a handler that writes `z` afterwards leaves, without it: in the record that was there, or in one of its own.
fn without_z(stored: &str) -> [String; 2] {
    let in_it = stored.replace(" z=8", "").replace("z=8", "nothing");
    let alone = stored.replace(" z=8", "").replace("[z=8]", "").trim().to_owned();
    [in_it, alone]
}

/// What is stored besides `z` is what was stored before the fault or after it, as the fault says, and comes no later.
fn check_what_follows(ran: &Ran, sound: &Ran, expected: &[String], what: &str) {
    let is_whole = without_z(&ran.stored).iter().any(|stored| expected.contains(stored));
    assert!(is_whole, "{what}: {ran}, {}: {expected:?}", ran.stored);
    if ran.is_ok() {
        assert_eq!(ran.sees.contains("z=8"), sound.sees.contains("z=8"), "{what}: {ran}");
    }
}

#[tokio::test]
async fn a_handler_that_continues_after_a_fault_repeats_no_operation() {
    let app = App::new(Kind::Memory).await;
    let mut cases = 0;
    for start in STARTS {
        for request in requests(start) {
            let committing = without_a_fault(&app, start, request).await;
            let whole = whole_states(&app, start, request, &committing).await;
            let sound = run(&app, start, request, &[], Manner::CarriesOn).await;
            // Only what hangs before the last commit can be given up.
            for (at, operation) in committing.operations.split_whitespace().enumerate() {
                for fault in HONEST {
                    let ran = run(&app, start, request, &[(at, fault)], Manner::CarriesOn).await;
                    let done = usize::from(matches!(fault, Fault::LoseReply | Fault::Hang));
                    let expected = match operation {
                        "commit" | "create" => &whole[at + done..=at + done],
                        // What is read may be read again, and an ending may be sent again.
                        _ => &whole[..],
                    };
                    check_what_follows(&ran, &sound, expected, &format!("{start} {request:?} {at} {fault:?}"));
                    cases += 1;
                }
            }
        }
    }
    println!("{cases} cases");
    assert!(cases > 200, "{cases}");
}
