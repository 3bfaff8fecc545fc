//! What must be true once all requests are over and all answers have arrived, in whatever order.

use session::SessionId;
use session::store::SessionStore;
use session_tests::Browser;
use session_tests::program::{Ending, Opener, Program};

use super::programs::Spoken;
use super::reference::{Held, Ledger, Standing, Values, values_of};
use super::schedule::SessionCookie;
use super::setup::{Was, World, now};

/// Checks the store, the cookies and the cost of every request. `last` is the token that the browser holds, if the order in
/// which the answers arrived was one of the schedule's; otherwise each answer may have been the last.
pub(crate) fn check(world: &World, programs: &[&Spoken], answers: &[(usize, SessionCookie)], last: Option<Held>) {
    let mut scene = world.stage.scene();
    let mut ledger = std::mem::take(&mut scene.ledger);
    drop(scene);
    check_store(world, &mut ledger);
    for (number, answer) in answers {
        check_answer(world, &mut ledger, &programs[*number].program, *number, answer);
    }
    // A browser that is gone before its answer comes does not know its new token.
    let all_arrive = programs.iter().all(|spoken| !matches!(spoken.program.ending, Ending::Dropped(_)));
    if let Some(held) = last.filter(|_| all_arrive) {
        let stale = matches!(ledger.standing(held), Standing::Replaced | Standing::Older);
        ledger.check(!stale, 0, "the browser is never left with an old token of a live session");
    }
    check_cookies(world, &mut ledger, answers);
    for (number, spoken) in programs.iter().enumerate() {
        check_cost(&mut ledger, spoken, number);
    }
    world.stage.scene().ledger = ledger;
}

/// The store keeps what its commits add up to, and nothing of what has ended.
fn check_store(world: &World, ledger: &mut Ledger) {
    let store = world.stage.scene().store.clone();
    let stored = |id: &SessionId| now(store.load(id, world.time)).unwrap();
    let kept: Vec<_> = ledger.kept.iter().map(|(id, kept)| (*id, kept.clone())).collect();
    for (id, kept) in kept {
        match stored(&id) {
            Some(record) => {
                ledger.check(kept.is_live, 0, "an ended session never returns");
                ledger.check(values_of(&record) == kept.values, 0, "no write is lost, and none is added");
                ledger.check(record.token == kept.token, 0, "the current token is the last that was made");
            }
            None => ledger.check(!kept.is_live, 0, "no session is lost"),
        }
    }
    for number in 0..ledger.requests.len() {
        for id in ledger.requests[number].ended.clone() {
            ledger.check(stored(&id).is_none(), number, "a session whose ending was acknowledged is over");
        }
    }
}

fn check_answer(world: &World, ledger: &mut Ledger, program: &Program, number: usize, answer: &SessionCookie) {
    let (owes, drops) = (ledger.requests[number].owes, ledger.requests[number].drops);
    match answer {
        SessionCookie::Kept => {
            ledger.check(owes.is_none(), number, "a token that was made is sent");
            let removes = drops && matches!(program.opener, Opener::Browser | Opener::Old);
            let came_with_one = ledger.requests[number].first.is_some();
            ledger.check(!removes || !came_with_one, number, "an ending removes the cookie");
        }
        SessionCookie::Removed => {
            ledger.check(drops && owes.is_none(), number, "a cookie is removed by an ending and by nothing else");
            let first = ledger.requests[number].first.and_then(|id| ledger.kept.get(&id));
            // With a token beyond the grace nobody can tell the live session's cookie from the one that is removed.
            let is_live = first.is_some_and(|kept| kept.is_live) && world.was != Was::RotatedLongAgo;
            ledger.check(!is_live, number, "a sign-out that fails leaves the cookie");
        }
        SessionCookie::Set(_, id) => {
            let made = owes.filter(|(made, _)| Some(*made) == *id);
            ledger.check(made.is_some(), number, "a token is sent by the request whose commit made it");
            let stands = made.map(|(id, token)| ledger.standing((id, Some(token))));
            let stale = matches!(stands, Some(Standing::Replaced | Standing::Older));
            // It was current when it was sent; whoever replaced it had it from the browser, so it had arrived.
            let passed_on = ledger
                .requests
                .iter()
                .any(|other| made.is_some_and(|(id, token)| other.came_with == Some((id, Some(token)))));
            ledger.check(!stale || passed_on, number, "no answer carries a cookie that undoes a newer one");
            let begun = ledger.requests[number].began.clone();
            let its_own = id.is_some_and(|id| begun.contains(&id)) || *id == ledger.requests[number].first;
            ledger.check(its_own, number, "a token is of the request's session, or of one that it began");
        }
    }
}

/// Every cookie that was ever given reads what it should, and nothing else.
fn check_cookies(world: &World, ledger: &mut Ledger, answers: &[(usize, SessionCookie)]) {
    let read = |browser: &Browser| now(world.manager.open(&browser.request()).entries()).unwrap();
    let owed: Vec<Option<Held>> =
        ledger.requests.iter().map(|request| request.owes.map(|(id, token)| (id, Some(token)))).collect();
    let mut check = |browser: &Browser, held: Option<Held>, number: usize| {
        let live = held.filter(|held| ledger.standing(*held) == Standing::Live);
        let expected = live.map_or_else(Values::new, |(id, _)| ledger.kept[&id].values.clone());
        let map = read(browser);
        let same =
            map.len() == expected.len() && expected.iter().all(|(key, value)| map.get(key) == Some(&(*value).into()));
        let promise = if live.is_some() { "the current token shows its session" } else { "an old token reads nothing" };
        ledger.check(same, number, promise);
    };
    check(&world.browser, Some(world.held), 0);
    if matches!(world.was, Was::Rotated | Was::RotatedLongAgo) {
        check(&world.old, Some(world.held_before), 0);
    }
    for (number, answer) in answers {
        if let SessionCookie::Set(browser, _) = answer {
            check(browser, owed[*number], *number);
        }
    }
}

fn check_cost(ledger: &mut Ledger, spoken: &Spoken, number: usize) {
    let cost = ledger.requests[number].cost();
    if !spoken.may_cost(&cost) {
        ledger.break_off(number, &format!("`{}` costs what the table says, and not `{cost}`", spoken.text));
    }
}
