//! Tests of all orders of two and three requests on one session, over the memory store, one operation at a time.
//!
//! Each schedule runs on one thread with a fixed clock. The store pauses before each operation and before its reply,
//! and a driver selects the next request. A reference model records every commit and checks the results of every
//! request. A schedule that breaks a rule is printed as a script, together with the call that replays it.
//!
//! `SESSION_TEST_ORDERS=all` runs all schedules, which takes minutes.

mod final_checks;
mod paused_store;
mod pending;
mod programs;
mod reference;
mod request;
mod runner;
mod schedule;
mod setup;

use self::programs::{BESIDE_CUT, LONG_PROGRAMS, NamedProgram, ProgramCost, SHORT_PROGRAMS, cut_programs};
use self::schedule::{Scenario, Steps};
use self::setup::{Initial, Setup};

fn runs_all() -> bool {
    std::env::var("SESSION_TEST_ORDERS").is_ok_and(|which| which == "all")
}

/// All pairs of these programs, including each program with itself.
fn pairs(initial: Initial, steps: Steps, programs: &[NamedProgram]) {
    let setup = Setup::new(initial);
    let mut schedules = 0;
    for (number, first) in programs.iter().enumerate() {
        for second in &programs[number..] {
            schedules += Scenario { setup: &setup, programs: &[first, second], steps }.explore();
        }
    }
    println!("{schedules} schedules");
}

/// Every program of one list with every program of the other.
fn cross(initial: Initial, steps: Steps, left: &[NamedProgram], right: &[NamedProgram]) {
    let setup = Setup::new(initial);
    let mut schedules = 0;
    for first in left {
        for second in right {
            schedules += Scenario { setup: &setup, programs: &[first, second], steps }.explore();
        }
    }
    println!("{schedules} schedules");
}

fn triples(initial: Initial, steps: Steps, programs: &[NamedProgram]) {
    let setup = Setup::new(initial);
    let mut schedules = 0;
    for (number, first) in programs.iter().enumerate() {
        for (next, second) in programs.iter().enumerate().skip(number) {
            for third in &programs[next..] {
                schedules += Scenario { setup: &setup, programs: &[first, second, third], steps }.explore();
            }
        }
    }
    println!("{schedules} schedules");
}

/// Programs that may change the cookie of the browser.
const COOKIE_PROGRAMS: [&str; 5] = ["rotate user", "invalidate", "write", "rotate", "restart write"];

fn pauses_if_all() -> Steps {
    if runs_all() { Steps::Pauses } else { Steps::Operations }
}

fn all_programs() -> Vec<ProgramCost> {
    SHORT_PROGRAMS.iter().chain(LONG_PROGRAMS).copied().collect()
}

fn everything() -> Vec<NamedProgram> {
    NamedProgram::all(&all_programs())
}

#[test]
fn every_order_of_two_requests_with_a_live_token() {
    pairs(Initial::Fresh, pauses_if_all(), &everything());
}

#[test]
fn orders_of_operations_have_the_same_outcomes_as_orders_of_pauses() {
    let (setup, programs) = (Setup::new(Initial::Fresh), NamedProgram::all(SHORT_PROGRAMS));
    for (number, first) in programs.iter().enumerate() {
        for second in &programs[number..] {
            let outcomes = |steps| Scenario { setup: &setup, programs: &[first, second], steps }.outcomes();
            let (pauses, operations) = (outcomes(Steps::Pauses), outcomes(Steps::Operations));
            assert_eq!(pauses, operations, "{} with {}", first.text, second.text);
        }
    }
}

#[test]
fn every_order_of_two_requests_near_the_expiry() {
    pairs(Initial::NearExpiry, pauses_if_all(), &everything());
}

#[test]
fn every_order_of_two_requests_with_a_deleted_session() {
    pairs(Initial::Deleted, pauses_if_all(), &everything());
}

#[test]
fn every_order_of_two_requests_with_an_expired_session() {
    pairs(Initial::Expired, pauses_if_all(), &everything());
}

#[test]
fn every_order_of_a_replaced_token_and_the_current_one() {
    let old = NamedProgram::with("old", &all_programs());
    cross(Initial::Rotated, pauses_if_all(), &everything(), &old);
    pairs(Initial::Rotated, pauses_if_all(), &old);
}

#[test]
fn every_order_of_a_token_replaced_long_ago_and_the_current_one() {
    let old = NamedProgram::with("old", &all_programs());
    cross(Initial::RotatedLongAgo, pauses_if_all(), &everything(), &old);
    pairs(Initial::RotatedLongAgo, pauses_if_all(), &old);
}

#[test]
fn every_order_of_a_request_without_a_cookie_and_the_current_token() {
    cross(Initial::Fresh, pauses_if_all(), &everything(), &NamedProgram::with("anonymous", &all_programs()));
}

#[test]
fn every_order_of_two_requests_with_delayed_responses() {
    let program = if runs_all() { everything() } else { NamedProgram::all(SHORT_PROGRAMS) };
    pairs(Initial::Fresh, Steps::Responses, &program);
}

#[test]
fn every_order_of_three_requests_with_delayed_responses() {
    let words = if runs_all() { &COOKIE_PROGRAMS[..] } else { &COOKIE_PROGRAMS[..3] };
    let program: Vec<_> = words.iter().map(|text| NamedProgram::new(text)).collect();
    triples(Initial::Fresh, Steps::Responses, &program);
}

#[test]
fn every_order_of_three_requests_with_a_live_token() {
    // The orders of two requests include these programs. In triples, similar programs cover them.
    let is_similar = |text: &str| matches!(text, "login" | "renew write");
    let programs = SHORT_PROGRAMS.iter().filter(|(text, _)| runs_all() || !is_similar(text));
    triples(Initial::Fresh, Steps::Operations, &NamedProgram::all(&programs.copied().collect::<Vec<_>>()));
}

fn named(texts: &[&str]) -> Vec<NamedProgram> {
    texts.iter().map(|text| NamedProgram::new(text)).collect()
}

#[test]
fn every_order_of_a_cancelled_commit_and_another_request() {
    cross(Initial::Fresh, pauses_if_all(), &cut_programs(""), &named(BESIDE_CUT));
}

#[test]
fn every_order_of_a_cancelled_commit_near_the_expiry_and_another_request() {
    cross(Initial::NearExpiry, pauses_if_all(), &cut_programs(""), &named(&["write", "rotate user", "revoke"]));
}

#[test]
fn every_order_of_a_cancelled_commit_with_an_ended_or_replaced_token_and_another_request() {
    for initial in [Initial::Deleted, Initial::Expired] {
        cross(initial, pauses_if_all(), &cut_programs(""), &named(&["write", "rotate user"]));
    }
    for initial in [Initial::Rotated, Initial::RotatedLongAgo] {
        cross(initial, pauses_if_all(), &cut_programs("old: "), &named(&["write", "rotate user", "revoke"]));
    }
}

#[test]
fn every_order_of_a_commit_cancelled_twice_and_another_request() {
    let texts = ["rotate user", "login", "login-other", "renew write", "anonymous: write", "write"]
        .into_iter()
        .flat_map(|kind| {
            let pauses = (1..=4).flat_map(|first| (1..=4).map(move |second| (first, second)));
            pauses.map(move |(first, second)| {
                NamedProgram::new(&format!("{kind} sync-cut@{first} sync-cut@{second} write"))
            })
        });
    let updates = (1..=4).map(|second| NamedProgram::new(&format!("update-cut@3 update-cut@{second} update")));
    cross(Initial::Fresh, pauses_if_all(), &texts.chain(updates).collect::<Vec<_>>(), &named(BESIDE_CUT));
}

/// Updates of one process, which wait for each other. Their requests commit nothing else that is a conflict.
const WAITING_UPDATES: &[&str] =
    &["update", "update / 5xx", "clear update", "id: update", "update-cut@1", "update-cut@2", "update / dropped@2"];

#[test]
fn updates_of_one_process_wait_for_each_other_and_have_no_conflict() {
    let (setup, programs) = (Setup::shared(Initial::Fresh), named(WAITING_UPDATES));
    let explore = |programs: &[&NamedProgram]| {
        Scenario { setup: &setup, programs, steps: Steps::Operations }.explore_without_conflicts()
    };
    for (number, first) in programs.iter().enumerate() {
        for second in &programs[number..] {
            assert!(explore(&[first, second]) > 0, "{} waits for {}", second.text, first.text);
            for third in &programs[..4] {
                explore(&[first, second, third]);
            }
        }
    }
}

#[test]
fn every_order_of_an_update_and_another_request_of_one_process() {
    let setup = Setup::shared(Initial::Fresh);
    let others =
        [BESIDE_CUT, &["update update", "read update", "rotate update", "login update", "update-cut@4 update"]]
            .concat();
    for first in &named(&["update", "update update", "update-cut@3 update", "update / dropped@4"]) {
        for second in &named(&others) {
            Scenario { setup: &setup, programs: &[first, second], steps: Steps::Operations }.explore();
        }
    }
}

/// Replays one schedule, as a failure prints it.
fn replay(initial: Initial, steps: Steps, texts: &[&str], letters: &str) {
    let program: Vec<NamedProgram> = texts.iter().map(|text| NamedProgram::new(text)).collect();
    let setup = Setup::new(initial);
    Scenario { setup: &setup, programs: &program.iter().collect::<Vec<_>>(), steps }.replay(letters);
}

#[test]
fn a_login_overtaken_by_a_logout_creates_a_new_session() {
    replay(Initial::Fresh, Steps::Operations, &["invalidate", "rotate user"], "ABB");
}

#[test]
fn an_update_overtaken_by_another_counts_from_the_stored_value() {
    replay(Initial::Fresh, Steps::Operations, &["update", "update"], "ABABB");
}

#[test]
fn updates_overtaken_by_a_login_both_fail() {
    replay(Initial::Fresh, Steps::Operations, &["update", "update", "rotate user"], "ABCAB");
}

#[test]
fn a_cancelled_login_that_was_stored_is_found_and_its_token_sent() {
    replay(Initial::Fresh, Steps::Operations, &["rotate user sync-cut@2 write", "write"], "ABAA");
}

#[test]
fn a_late_response_does_not_overwrite_the_token_of_a_login() {
    replay(Initial::Fresh, Steps::Responses, &["update", "rotate user"], "ABBBAA");
}
