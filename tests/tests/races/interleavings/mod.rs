//! All orders of two and three requests on one session, over the memory store, one operation at a time.
//!
//! Each schedule runs on one thread with no clock: the store stands still before each operation does its work and before
//! it answers, and a driver decides who goes on. A plain ledger keeps what every commit adds up to, and every request is
//! held to what it was told. A schedule that breaks a promise is printed as a script, with the line that replays it.
//!
//! `SESSION_TEST_ORDERS=all` runs the whole set, which takes minutes.

mod final_checks;
mod paused_store;
mod programs;
mod reference;
mod request;
mod runner;
mod schedule;
mod setup;

use self::programs::{LONGER, PLAIN, Spoken, Word};
use self::schedule::{Scenario, Steps};
use self::setup::{Was, World};

fn runs_all() -> bool {
    std::env::var("SESSION_TEST_ORDERS").is_ok_and(|which| which == "all")
}

/// All pairs of the programs, each with itself too.
fn pairs(was: Was, steps: Steps, spoken: &[Spoken]) {
    let world = World::new(was);
    let mut schedules = 0;
    for (number, first) in spoken.iter().enumerate() {
        for second in &spoken[number..] {
            schedules += Scenario { world: &world, programs: &[first, second], steps }.explore();
        }
    }
    println!("{schedules} schedules");
}

/// Every one of these programs beside every one of those.
fn beside(was: Was, steps: Steps, left: &[Spoken], right: &[Spoken]) {
    let world = World::new(was);
    let mut schedules = 0;
    for first in left {
        for second in right {
            schedules += Scenario { world: &world, programs: &[first, second], steps }.explore();
        }
    }
    println!("{schedules} schedules");
}

fn triples(was: Was, steps: Steps, spoken: &[Spoken]) {
    let world = World::new(was);
    let mut schedules = 0;
    for (number, first) in spoken.iter().enumerate() {
        for (next, second) in spoken.iter().enumerate().skip(number) {
            for third in &spoken[next..] {
                schedules += Scenario { world: &world, programs: &[first, second, third], steps }.explore();
            }
        }
    }
    println!("{schedules} schedules");
}

/// What a browser does that may change its cookie.
const VISITS: [&str; 5] = ["rotate user", "invalidate", "write", "rotate", "restart write"];

fn pauses_if_all() -> Steps {
    if runs_all() { Steps::Pauses } else { Steps::Operations }
}

fn all_words() -> Vec<Word> {
    PLAIN.iter().chain(LONGER).copied().collect()
}

fn everything() -> Vec<Spoken> {
    Spoken::all(&all_words())
}

#[test]
fn every_order_of_two_requests_with_a_live_token() {
    pairs(Was::Fresh, pauses_if_all(), &everything());
}

#[test]
fn orders_of_operations_have_the_same_outcomes_as_orders_of_pauses() {
    let (world, spoken) = (World::new(Was::Fresh), Spoken::all(PLAIN));
    for (number, first) in spoken.iter().enumerate() {
        for second in &spoken[number..] {
            let outcomes = |steps| Scenario { world: &world, programs: &[first, second], steps }.outcomes();
            let (pauses, operations) = (outcomes(Steps::Pauses), outcomes(Steps::Operations));
            assert_eq!(pauses, operations, "{} beside {}", first.text, second.text);
        }
    }
}

#[test]
fn every_order_of_two_requests_near_the_expiry() {
    pairs(Was::NearItsEnd, pauses_if_all(), &everything());
}

#[test]
fn every_order_of_two_requests_with_a_deleted_session() {
    pairs(Was::Ended, pauses_if_all(), &everything());
}

#[test]
fn every_order_of_two_requests_with_an_expired_session() {
    pairs(Was::Expired, pauses_if_all(), &everything());
}

#[test]
fn every_order_of_a_replaced_token_and_the_current_one() {
    let old = Spoken::with("old", &all_words());
    beside(Was::Rotated, pauses_if_all(), &everything(), &old);
    pairs(Was::Rotated, pauses_if_all(), &old);
}

#[test]
fn every_order_of_a_token_replaced_long_ago_and_the_current_one() {
    let old = Spoken::with("old", &all_words());
    beside(Was::RotatedLongAgo, pauses_if_all(), &everything(), &old);
    pairs(Was::RotatedLongAgo, pauses_if_all(), &old);
}

#[test]
fn every_order_of_a_request_without_a_cookie_and_the_current_token() {
    beside(Was::Fresh, pauses_if_all(), &everything(), &Spoken::with("stranger", &all_words()));
}

#[test]
fn every_order_of_two_requests_with_delayed_responses() {
    let spoken = if runs_all() { everything() } else { Spoken::all(PLAIN) };
    pairs(Was::Fresh, Steps::Visits, &spoken);
}

#[test]
fn every_order_of_three_requests_with_delayed_responses() {
    let words = if runs_all() { &VISITS[..] } else { &VISITS[..3] };
    let spoken: Vec<_> = words.iter().map(|text| Spoken::new(text)).collect();
    triples(Was::Fresh, Steps::Visits, &spoken);
}

#[test]
fn every_order_of_three_requests_with_a_live_token() {
    triples(Was::Fresh, Steps::Operations, &Spoken::all(PLAIN));
}

/// One schedule, as a failure prints it.
fn replay(was: Was, steps: Steps, texts: &[&str], letters: &str) {
    let spoken: Vec<Spoken> = texts.iter().map(|text| Spoken::new(text)).collect();
    let world = World::new(was);
    Scenario { world: &world, programs: &spoken.iter().collect::<Vec<_>>(), steps }.replay(letters);
}

#[test]
fn a_login_overtaken_by_a_logout_creates_a_new_session() {
    replay(Was::Fresh, Steps::Operations, &["invalidate", "rotate user"], "ABB");
}

#[test]
fn an_update_overtaken_by_another_counts_from_the_stored_value() {
    replay(Was::Fresh, Steps::Operations, &["update", "update"], "ABABB");
}

#[test]
fn updates_overtaken_by_a_login_both_fail() {
    replay(Was::Fresh, Steps::Operations, &["update", "update", "rotate user"], "ABCAB");
}

#[test]
fn a_login_whose_reply_was_lost_is_found_and_its_token_sent() {
    replay(Was::Fresh, Steps::Operations, &["rotate user sync-cut@2 write", "write"], "ABAA");
}

#[test]
fn a_late_response_does_not_overwrite_the_token_of_a_login() {
    replay(Was::Fresh, Steps::Visits, &["update", "rotate user"], "ABBBAA");
}
